"""Reads licences from RDF: our own facts, and those of others, in the terms of Creative Commons or as ODRL policies.

Both ways of saying are read into the terms of Creative Commons (https://creativecommons.org/ns). A term of ODRL that
means the same is put for it; any other term is kept as it is, since what is dropped could not forbid anything.
"""

import codecs
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from virtuales.errors import UnreadableInput
from virtuales.policy.licences.licence import Licence, Licences
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX, parse_file
from virtuales.rdf.namespaces import CC, DCTERMS, ODRL, RDF, RDFS, VES
from virtuales.rdf.terms import Literal, NamedNode, Quad, Subject, Term, plain

_Node = dict[NamedNode, list[Term]]
_Graph = dict[Subject, _Node]

_SAME: Mapping[str, tuple[NamedNode, ...]] = MappingProxyType(
    {
        f"{ODRL.iri}use": (CC.DerivativeWorks, CC.Distribution, CC.Reproduction),
        f"{ODRL.iri}derive": (CC.DerivativeWorks,),
        f"{ODRL.iri}modify": (CC.DerivativeWorks,),
        f"{ODRL.iri}distribute": (CC.Distribution,),
        f"{ODRL.iri}reproduce": (CC.Reproduction,),
        f"{ODRL.iri}commercialize": (CC.CommercialUse,),
        f"{ODRL.iri}attribute": (CC.Attribution,),
        f"{ODRL.iri}attachPolicy": (CC.Notice,),
        f"{ODRL.iri}shareAlike": (CC.ShareAlike,),
        f"{CC.iri}Copyleft": (CC.ShareAlike,),
        f"{CC.iri}LesserCopyleft": (CC.ShareAlike,),
    }
)
"""Actions of ODRL and other terms, and what they are in the terms of Creative Commons."""
_KINDS = frozenset({ODRL.Policy, ODRL.Set, ODRL.Offer, CC.License, DCTERMS.LicenseDocument})
_IDENTIFIERS = (
    "http://purl.org/dc/terms/identifier",
    "http://spdx.org/rdf/terms#licenseId",
    "https://licensedb.org/ns#id",
)
_TO_PARTS = frozenset({ODRL.permission, ODRL.prohibition, ODRL.obligation, ODRL.duty, ODRL.constraint})
_TITLES = (DCTERMS.title, RDFS.label)
_ALIASES = (RDFS.seeAlso, DCTERMS.source)


def load_licences(file: Path, *further: Path) -> Licences:
    """Read the licences that files describe; of two descriptions of the same IRI the later one counts.

    Raises:
        UnreadableInput: a file is missing, is no RDF, or describes no licence.
    """
    return Licences(read_licences(file)).joined(licence for each in further for licence in read_licences(each))


def read_licences(file: Path) -> tuple[Licence, ...]:
    """Read the licences that a file describes, in the order of their IRIs.

    A licence is what the file calls one: a policy of ODRL, a `cc:License` or a `dcterms:LicenseDocument`.

    Raises:
        UnreadableInput: the file is missing, is no RDF, or describes no licence.
    """
    graph: _Graph = {}
    for quad in _statements(file):
        if isinstance(quad.subject, Subject):
            graph.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
    found = [
        _licence(node, said, graph)
        for node, said in graph.items()
        if isinstance(node, NamedNode) and not _KINDS.isdisjoint(_named(said.get(RDF.type, [])))
    ]
    if not found:
        raise UnreadableInput(
            "The file describes no licence.",
            where=str(file),
            remedy="Give each licence an IRI and the type `odrl:Set`, `cc:License` or `dcterms:LicenseDocument`.",
        )
    return tuple(sorted(found, key=lambda licence: licence.iri.value))


def licence_statements(file: Path, licence: Licence) -> tuple[Quad, ...]:
    """Return what a file says of a licence and of the parts of its policy.

    Raises:
        UnreadableInput: the file is missing or is no RDF.
    """
    by_subject: dict[Subject, list[Quad]] = {}
    for quad in _statements(file):
        if isinstance(quad.subject, Subject):
            by_subject.setdefault(quad.subject, []).append(quad)
    found: list[Quad] = []
    awaiting: list[Subject] = [licence.iri]
    while awaiting:
        said = by_subject.pop(awaiting.pop(), [])
        found += said
        awaiting += [quad.object for quad in said if quad.predicate in _TO_PARTS and isinstance(quad.object, Subject)]
    return tuple(found)


def _statements(file: Path) -> Iterator[Quad]:
    """Parse a file; published collections have a byte order mark, which no RDF syntax knows."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UnreadableInput(f"The file cannot be read: {error.strerror}.", where=str(file)) from error
    if not content.startswith(codecs.BOM_UTF8):
        return parse_file(file)
    media_type = MEDIA_TYPES_BY_SUFFIX.get(file.suffix.lower())
    base = file.resolve().as_uri()
    return parse_file(content.removeprefix(codecs.BOM_UTF8), media_type, base=base, name=str(file))


def _licence(iri: NamedNode, said: _Node, graph: _Graph) -> Licence:
    identifiers = [plain(value) for name in _IDENTIFIERS for value in said.get(NamedNode(name), [])]
    identifier = identifiers[0] if identifiers else iri.value.rstrip("/").rpartition("/")[2].rpartition("#")[2]
    titles = [plain(value) for name in _TITLES for value in said.get(name, [])]
    texts = sorted(_addresses(said.get(CC.legalcode, [])))
    comments = said.get(RDFS.comment, [])
    permissions = _parts(said.get(ODRL.permission, []), graph)
    duties = [duty for part in permissions for duty in _parts(part.get(ODRL.duty, []), graph)]
    obligations = _parts([*said.get(ODRL.obligation, []), *said.get(ODRL.duty, [])], graph)
    prohibitions = _parts(said.get(ODRL.prohibition, []), graph)
    return Licence(
        iri=iri,
        identifier=identifier,
        title=titles[0] if titles else identifier,
        is_open=any(isinstance(value, Literal) and value.value == "true" for value in said.get(VES.openLicence, [])),
        permits=_in_cc([*said.get(CC.permits, []), *_actions(filter(_is_unlimited, permissions), graph)]),
        prohibits=_in_cc([*said.get(CC.prohibits, []), *_actions(prohibitions, graph)]),
        requires=_in_cc([*said.get(CC.requires, []), *_actions([*duties, *obligations], graph)]),
        compatible=_named(said.get(VES.compatibleLicence, [])),
        excludes=_named(said.get(VES.doesNotCover, [])),
        assigner=next((value for value in said.get(ODRL.assigner, []) if isinstance(value, NamedNode)), None),
        legal_code=texts[0] if texts else None,
        aliases=tuple(sorted({text for name in _ALIASES for text in _addresses(said.get(name, []))})),
        note=plain(comments[0]) if comments else "",
    )


def _parts(values: Iterable[Term], graph: _Graph) -> list[_Node]:
    return [graph.get(value, {}) for value in values if isinstance(value, Subject)]


def _actions(rules: Iterable[_Node], graph: _Graph) -> list[Term]:
    """Return the actions of rules; one that is refined is a node of its own that names the action."""
    said = [action for rule in rules for action in rule.get(ODRL.action, [])]
    return [*said, *(value for part in _parts(said, graph) for value in part.get(RDF.value, []))]


def _is_unlimited(permission: _Node) -> bool:
    """Tell whether a permission holds as it stands: without a constraint, and its action not refined."""
    return ODRL.constraint not in permission and all(
        isinstance(action, NamedNode) for action in permission.get(ODRL.action, [])
    )


def _in_cc(values: Iterable[Term]) -> frozenset[NamedNode]:
    return frozenset(term for value in _named(values) for term in _SAME.get(value.value, (value,)))


def _named(values: Iterable[Term]) -> frozenset[NamedNode]:
    return frozenset(value for value in values if isinstance(value, NamedNode))


def _addresses(values: Iterable[Term]) -> list[str]:
    """Return the web addresses among values, which are IRIs in some files and text in others."""
    said = [value.value for value in values if isinstance(value, NamedNode | Literal)]
    return [text for text in said if text.startswith(("http://", "https://"))]
