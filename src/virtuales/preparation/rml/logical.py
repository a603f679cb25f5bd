"""Reads logical sources and logical targets of a mapping. See https://kg-construct.github.io/rml-io/spec/docs/."""

import codecs
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import PurePosixPath
from typing import TypeVar

from virtuales.errors import InputError, UnknownTerm
from virtuales.preparation.rml.described import Described, Node
from virtuales.preparation.rml.json_path import JsonPath
from virtuales.preparation.rml.mapping import Formulation, LogicalSource, LogicalTarget, Packing
from virtuales.preparation.rml.serialisations import SERIALISATIONS
from virtuales.rdf.namespaces import RML
from virtuales.rdf.terms import Literal, plain

FORMATS = "http://www.w3.org/ns/formats/"
_TABLE_SHEET = "https://w3id.org/virtuales/ns#sheet"
_ROOTS = frozenset([RML.iri + "MappingDirectory", RML.iri + "CurrentWorkingDirectory"])
_scheme = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_Choice = TypeVar("_Choice", bound=Enum)


def read_source(said: Described, owner: object, node: Node | None) -> LogicalSource:
    """Read the logical source of a triples map.

    Raises:
        InputError: it is incomplete, or names a file that is not below the caller's folder.
        UnknownTerm: a kind of source, formulation or packing that is not understood.
    """
    if node is None or not said.is_described(node):
        raise InputError(
            "The triples map has no logical source." if node is None else f"Nothing is said of its source {node}.",
            where=said.place(owner),
            remedy='Give one: `rml:logicalSource [ rml:source [ rml:path "data.csv" ] ; rml:referenceFormulation …`.',
        )
    source = said.one(node, "source")
    named = tuple(_namespaces(said, said.one(node, "referenceFormulation")))
    formulation = _formulation(said, node, is_xpath=bool(named))
    sheet = [plain(value) for value in said.foreign(source, _TABLE_SHEET)]
    nulls = [*said.all(source, "null"), *said.all(node, "null")]
    return LogicalSource(
        file=_file(said, node, source),
        formulation=formulation,
        iterator=_iterator(said, node, formulation),
        encoding=_encoding(said, source),
        nulls=frozenset(plain(value) for value in nulls),
        namespaces=named,
        sheet=sheet[0] if sheet else None,
        natural=not said.is_first_rml,
        packing=_packing(said, source),
        place=said.place(node),
    )


def read_targets(said: Described, node: object) -> frozenset[LogicalTarget]:
    """Read the logical targets of a term map.

    Raises:
        InputError: one is incomplete, or names a file that is not below the caller's folder.
        UnknownTerm: a serialisation or packing that is not understood.
    """
    return frozenset(_target(said, node, target) for target in said.all(node, "logicalTarget"))


def safe_path(text: str, *, where: str) -> str:
    """Return the path of a file below some folder, in its shortest form.

    Raises:
        InputError: it is an address, absolute, or leads out of the folder.

    >>> safe_path("./tables/a.csv", where="map")
    'tables/a.csv'
    """
    path = PurePosixPath(text)
    if _scheme.match(text) or "\\" in text or path.is_absolute() or ".." in path.parts or not path.name:
        raise InputError(
            f"`{text[:200]}` is no file below the folder that was given.",
            where=where,
            remedy="Write a relative path without `..`, such as `tables/data.csv`; addresses are never fetched.",
        )
    return str(path)


def _file(said: Described, node: object, source: Node | None) -> str:
    path = plain(source) if isinstance(source, Literal) else said.text(source, "path")
    if path is None:
        raise UnknownTerm(
            "The logical source is no file.",
            where=said.place(source if said.is_described(source) else node),
            remedy='Name a file: `rml:source [ a rml:RelativePathSource ; rml:path "data.csv" ]`.',
        )
    root = said.text(source, "root")
    if root is not None and root not in _ROOTS:
        raise UnknownTerm(
            f"The root `{root[:200]}` is not understood.", where=said.place(source), remedy="Use rml:MappingDirectory."
        )
    return safe_path(path, where=said.place(source if said.is_described(source) else node))


def _iterator(said: Described, node: object, formulation: Formulation) -> str | None:
    iterator = said.text(node, "iterator")
    if formulation is Formulation.SPARQL and iterator is None:
        raise InputError("The source has no query.", where=said.place(node), remedy="Give it as `rml:iterator`.")
    if formulation is Formulation.JSON_PATH:
        JsonPath(iterator or "$", where=said.place(node))
    return iterator


def _encoding(said: Described, node: object) -> str | None:
    stated = said.text(node, "encoding")
    if stated is None:
        return None
    try:
        return codecs.lookup(stated.removeprefix(RML.iri)).name
    except LookupError:
        raise UnknownTerm(
            f"`{stated[:200]}` is no encoding.", where=said.place(node), remedy="Use rml:UTF-8 or rml:UTF-16."
        ) from None


def _packing(said: Described, node: object) -> Packing:
    stated = said.one(node, "compression")
    return Packing.NONE if stated is None else _chosen(said, node, Packing, plain(stated))


def _formulation(said: Described, node: object, *, is_xpath: bool) -> Formulation:
    if is_xpath:
        return Formulation.XPATH
    iri = said.text(node, "referenceFormulation")
    if iri is None:
        raise UnknownTerm(
            "The source has no reference formulation.",
            where=said.place(node),
            remedy="Use rml:CSV (also for workbooks), rml:JSONPath or rml:XPath.",
        )
    return _chosen(said, node, Formulation, iri.removeprefix(FORMATS))


def _chosen(said: Described, node: object, choices: type[_Choice], iri: str) -> _Choice:
    try:
        return choices(iri.removeprefix(RML.iri))
    except ValueError:
        known = [f"formats:{each.value}" if "_" in each.value else f"rml:{each.value}" for each in choices]
        raise UnknownTerm(
            f"<{iri}> is not understood here.", where=said.place(node), remedy="Use " + ", ".join(known) + "."
        ) from None


def _namespaces(said: Described, formulation: Node | None) -> Iterator[tuple[str, str]]:
    for node in said.all(formulation, "namespace"):
        prefix, url = said.text(node, "namespacePrefix"), said.text(node, "namespaceURL")
        if not prefix or not url:
            raise InputError(
                "The namespace has no prefix or no URL.",
                where=said.place(node),
                remedy="Give `rml:namespacePrefix` and `rml:namespaceURL`.",
            )
        yield prefix, url


def _target(said: Described, owner: object, node: Node) -> LogicalTarget:
    target = said.one(node, "target")
    path = said.text(target, "path")
    if path is None:
        raise UnknownTerm(
            "The logical target is no file.",
            where=said.place(node if said.is_described(node) else owner),
            remedy='Name a file: `rml:target [ a rml:FilePath ; rml:path "out.nq" ]`.',
        )
    stated = said.text(node, "serialization") or FORMATS + "N-Quads"
    media_type = SERIALISATIONS.get(stated.removeprefix(FORMATS))
    if media_type is None:
        raise UnknownTerm(
            f"The serialisation <{stated}> is not written here.",
            where=said.place(node),
            remedy="Use " + ", ".join(f"formats:{name}" for name in SERIALISATIONS) + ".",
        )
    return LogicalTarget(
        path=safe_path(path, where=said.place(target)),
        media_type=media_type,
        encoding=_encoding(said, node) or "utf-8",
        packing=_packing(said, node),
        place=said.place(node),
    )
