"""Reads RML mappings: the vocabulary of RML-Core, and that of R2RML and the first RML, told apart term by term."""

from collections.abc import Iterator
from pathlib import Path

from virtuales.errors import InputError, UnknownTerm, UnreadableInput
from virtuales.preparation.rml.mapping import (
    Formulation,
    Join,
    LogicalSource,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TermType,
    TriplesMap,
    TriplesMaps,
)
from virtuales.preparation.rml.template import Template
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import RML
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Subject, plain

NAMESPACES = ("http://w3id.org/rml/", "http://www.w3.org/ns/r2rml#", "http://semweb.mmlab.be/ns/rml#")
"""The namespaces that mappings are written in; the first is the one that is understood, the others are read as it."""
_QUERY_LANGUAGES = "http://semweb.mmlab.be/ns/ql#"
_TABLE_SHEET = "https://w3id.org/virtuales/ns#sheet"
_SHORTCUTS = {"subject": "subjectMap", "predicate": "predicateMap", "object": "objectMap", "graph": "graphMap"}

_Node = NamedNode | BlankNode | Literal


def is_mapping(head: bytes) -> bool:
    """Tell by its first bytes whether a Turtle file speaks the vocabulary of RML.

    >>> is_mapping(b"@prefix rml: <http://w3id.org/rml/> .")
    True
    """
    return any(f"<{namespace}".encode() in head for namespace in NAMESPACES)


def read_mapping(source: Path | bytes, *, name: str | None = None) -> TriplesMaps:
    """Read the triples maps of a mapping document in Turtle.

    Raises:
        UnreadableInput: it is no well-formed Turtle, or holds no triples map.
        InputError: a triples map is incomplete, or contradicts itself.
        UnknownTerm: a kind of source, formulation or term that is not known here.
    """
    called = name or (source.name if isinstance(source, Path) else "the mapping")
    described = _Described(called)
    for quad in parse_file(source, TURTLE, name=called, base="http://example.com/"):
        described.add(quad.subject, quad.predicate, quad.object)
    subjects = described.triples_maps()
    if not subjects:
        raise UnreadableInput("The mapping holds no triples map.", where=called, remedy="Give `rml:logicalSource`s.")
    return {plain(subject): _triples_map(described, subject) for subject in subjects}


class _Described:
    """The statements of a mapping by subject and predicate, in one vocabulary."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._said: dict[object, dict[str, list[_Node]]] = {}
        self.is_first_rml = False

    def add(self, subject: object, predicate: NamedNode, value: object) -> None:
        self.is_first_rml |= predicate.value.startswith(NAMESPACES[2])
        if isinstance(value, NamedNode | BlankNode | Literal):
            term = NamedNode(_modern(value.value)) if isinstance(value, NamedNode) else value
            self._said.setdefault(subject, {}).setdefault(_modern(predicate.value), []).append(term)

    def triples_maps(self) -> list[Subject]:
        wanted = RML.logicalSource.value
        return [s for s, said in self._said.items() if wanted in said and isinstance(s, NamedNode | BlankNode)]

    def all(self, node: object, name: str) -> list[_Node]:
        return self._said.get(node, {}).get(RML.iri + name, [])

    def one(self, node: object, name: str) -> _Node | None:
        found = self.all(node, name)
        if len(found) > 1:
            raise InputError(f"There are {len(found)} `rml:{name}`.", where=self.place(node), remedy="Give one.")
        return found[0] if found else None

    def text(self, node: object, name: str) -> str | None:
        value = self.one(node, name)
        return None if value is None else plain(value)

    def foreign(self, node: object, predicate: str) -> list[_Node]:
        return self._said.get(node, {}).get(predicate, [])

    def predicates(self, node: object) -> list[str]:
        return list(self._said.get(node, {}))

    def place(self, node: object) -> str:
        return f"{self.name}, {'<' + node.value + '>' if isinstance(node, NamedNode) else 'a node without IRI'}"

    def maps(self, node: object, kind: str) -> Iterator[tuple[object, _Node | None]]:
        """Give the term maps of a kind: pairs of a node, and None; or of the owner, and a constant."""
        shortcut = next(short for short, full in _SHORTCUTS.items() if full == kind)
        yield from ((found, None) for found in self.all(node, kind))
        yield from ((node, constant) for constant in self.all(node, shortcut))


def _modern(iri: str) -> str:
    for namespace in (*NAMESPACES[1:], _QUERY_LANGUAGES):
        if iri.startswith(namespace):
            name = iri[len(namespace) :]
            return RML.iri + {"sourceName": "path"}.get(name, name)
    return iri


def _triples_map(said: _Described, node: Subject) -> TriplesMap:
    subjects = list(said.maps(node, "subjectMap"))
    if len(subjects) != 1:
        raise InputError(
            f"The triples map has {len(subjects)} subject maps.", where=said.place(node), remedy="Give it exactly one."
        )
    subject, constant = subjects[0]
    owner = node if constant is not None else subject
    subject_map = _term_map(said, subject, constant, TermType.IRI)
    _require(said, owner, subject_map, {TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.BLANK_NODE})
    return TriplesMap(
        name=plain(node),
        source=_source(said, said.one(node, "logicalSource")),
        subject=subject_map,
        classes=tuple(_iri(said, subject, value) for value in said.all(subject, "class")),
        graphs=_graphs(said, subject) if constant is None else (),
        predicate_objects=tuple(_predicate_object(said, each) for each in said.all(node, "predicateObjectMap")),
        base=said.text(node, "baseIRI"),
    )


def _predicate_object(said: _Described, node: object) -> PredicateObjectMap:
    predicates = [_term_map(said, each, constant, TermType.IRI) for each, constant in said.maps(node, "predicateMap")]
    objects = [_object_map(said, each, constant) for each, constant in said.maps(node, "objectMap")]
    if not predicates or not objects:
        raise InputError(
            "A predicate-object map needs a predicate and an object.", where=said.place(node), remedy="Give both."
        )
    for predicate in predicates:
        _require(said, node, predicate, {TermType.IRI, TermType.URI, TermType.UNSAFE_IRI})
    return PredicateObjectMap(tuple(predicates), tuple(objects), _graphs(said, node))


def _graphs(said: _Described, node: object) -> tuple[TermMap, ...]:
    graphs = tuple(_term_map(said, each, constant, TermType.IRI) for each, constant in said.maps(node, "graphMap"))
    for graph in graphs:
        _require(said, node, graph, {TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.BLANK_NODE})
    return graphs


def _object_map(said: _Described, node: object, constant: _Node | None) -> TermMap | RefObjectMap:
    parent = said.one(node, "parentTriplesMap") if constant is None else None
    if parent is None:
        return _term_map(said, node, constant, None)
    joins = tuple(
        Join(_side(said, join, "child"), _side(said, join, "parent")) for join in said.all(node, "joinCondition")
    )
    return RefObjectMap(plain(parent), joins)


def _side(said: _Described, join: object, name: str) -> TermMap:
    reference = said.text(join, name)
    if reference is not None:
        return TermMap(TermType.LITERAL, reference=reference)
    node = said.one(join, f"{name}Map")
    if node is None:
        raise InputError(f"The join has no `rml:{name}`.", where=said.place(join), remedy="Give child and parent.")
    return _term_map(said, node, None, TermType.LITERAL)


def _term_map(said: _Described, node: object, constant: _Node | None, usual: TermType | None) -> TermMap:
    """Read a term map; `usual` is its term type by its place, None for an object, which tells by its form."""
    if constant is not None:
        return _constant(said, node, constant, None)
    stated, value = said.text(node, "termType"), said.one(node, "constant")
    term_type = _term_type(said, node, stated) if stated else None
    if value is not None:
        return _constant(said, node, value, term_type)
    reference, template = said.text(node, "reference"), said.text(node, "template")
    reference = reference if reference is not None else said.text(node, "column")
    if reference is not None and template is not None:
        raise InputError("The term map has a reference and a template.", where=said.place(node), remedy="Give one.")
    if reference is None and template is None and term_type is not TermType.BLANK_NODE:
        raise InputError(
            "The term map makes no term.", where=said.place(node), remedy="Give a constant, reference or template."
        )
    datatype, language = _typing(said, node, "datatype"), _typing(said, node, "language")
    if term_type is None:
        literal = usual is None and (reference is not None or datatype is not None or language is not None)
        term_type = TermType.LITERAL if literal else usual or TermType.IRI
    parsed = Template.parse(template, where=said.place(node)) if template is not None else None
    return TermMap(term_type, reference=reference, template=parsed, datatype=datatype, language=language)


def _constant(said: _Described, node: object, value: _Node, stated: TermType | None) -> TermMap:
    if isinstance(value, BlankNode):
        raise InputError("A constant cannot be a blank node.", where=said.place(node), remedy="Give it an IRI.")
    found = TermType.LITERAL if isinstance(value, Literal) else TermType.IRI
    if stated is not None and stated is not found:
        raise InputError(
            f"The constant {value} is no {stated.value}.", where=said.place(node), remedy="Drop `rml:termType`."
        )
    return TermMap(found, constant=value)


def _typing(said: _Described, node: object, name: str) -> TermMap | None:
    value = said.one(node, name)
    if value is not None:
        return _constant(said, node, value, None)
    inner = said.one(node, f"{name}Map")
    usual = TermType.IRI if name == "datatype" else TermType.LITERAL
    return None if inner is None else _term_map(said, inner, None, usual)


def _term_type(said: _Described, node: object, iri: str) -> TermType:
    try:
        return TermType(iri.removeprefix(RML.iri))
    except ValueError:
        raise UnknownTerm(
            f"<{iri}> is no term type.",
            where=said.place(node),
            remedy="Use " + ", ".join(f"rml:{known.value}" for known in TermType) + ".",
        ) from None


def _require(said: _Described, node: object, term_map: TermMap, allowed: set[TermType]) -> None:
    if term_map.term_type not in allowed:
        raise InputError(
            f"A {term_map.term_type.value.lower()} cannot stand here.",
            where=said.place(node),
            remedy="Use " + " or ".join(sorted(kind.value for kind in allowed)) + ".",
        )


def _iri(said: _Described, node: object, value: _Node) -> NamedNode:
    if isinstance(value, NamedNode):
        return value
    raise InputError(f"{value} is no IRI of a class.", where=said.place(node), remedy="Give its IRI.")


def _source(said: _Described, node: _Node | None) -> LogicalSource:
    source = said.one(node, "source")
    file = plain(source) if isinstance(source, Literal) else said.text(source, "path")
    if file is None:
        raise UnknownTerm(
            "The logical source is no file that was sent along.",
            where=said.place(source if source is not None else node),
            remedy='Name a file: `rml:source [ a rml:RelativePathSource ; rml:path "data.csv" ]`.',
        )
    _refuse_packed(said, source)
    stated = said.text(node, "referenceFormulation")
    formulation = said.one(node, "referenceFormulation")
    named = () if formulation is None else tuple(_namespaces(said, formulation))
    sheet = [plain(value) for value in said.foreign(source, _TABLE_SHEET)]
    encoding = said.text(source, "encoding")
    nulls = frozenset(plain(value) for value in said.all(source, "null"))
    return LogicalSource(
        file=file.removeprefix("./"),
        formulation=_formulation(said, node, stated, xpath=bool(named)),
        iterator=said.text(node, "iterator"),
        encoding=encoding.removeprefix(RML.iri) if encoding else None,
        nulls=nulls,
        namespaces=named,
        sheet=sheet[0] if sheet else None,
        natural=not said.is_first_rml,
    )


def _refuse_packed(said: _Described, source: object) -> None:
    packing = said.text(source, "compression")
    if packing is not None and packing != RML.iri + "none":
        raise UnknownTerm(
            f"Sources packed as <{packing}> are not read.", where=said.place(source), remedy="Send the file unpacked."
        )


def _namespaces(said: _Described, formulation: object) -> Iterator[tuple[str, str]]:
    for node in said.all(formulation, "namespace"):
        prefix, url = said.text(node, "namespacePrefix"), said.text(node, "namespaceURL")
        if prefix and url:
            yield prefix, url


def _formulation(said: _Described, node: object, iri: str | None, *, xpath: bool) -> Formulation:
    if xpath:
        return Formulation.XPATH
    try:
        return Formulation((iri or "").removeprefix(RML.iri))
    except ValueError:
        raise UnknownTerm(
            f"References as <{iri}> are not known here." if iri else "The source has no reference formulation.",
            where=said.place(node),
            remedy="Use rml:CSV (also for workbooks), rml:JSONPath or rml:XPath.",
        ) from None
