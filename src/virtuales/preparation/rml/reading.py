"""Reads RML mappings: the vocabulary of RML-Core, and that of R2RML and the first RML, told apart term by term."""

from pathlib import Path

from virtuales.errors import InputError, UnknownTerm, UnreadableInput
from virtuales.preparation.csvw.datatypes import Datatype
from virtuales.preparation.rml.checking import check_mapping
from virtuales.preparation.rml.described import NAMESPACES, Described, Node
from virtuales.preparation.rml.logical import read_source, read_targets
from virtuales.preparation.rml.mapping import (
    Join,
    LogicalTarget,
    PredicateObjectMap,
    RefObjectMap,
    TermMap,
    TermType,
    TriplesMap,
    TriplesMaps,
)
from virtuales.preparation.rml.template import Template
from virtuales.preparation.terms import language_tag
from virtuales.rdf.namespaces import RML
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Subject, plain

_CSVW = "http://www.w3.org/ns/csvw#"
_IRIS = frozenset([TermType.IRI, TermType.URI, TermType.UNSAFE_IRI])
_RESOURCES = _IRIS | {TermType.BLANK_NODE}


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
        UnknownTerm: a property, kind of source, formulation or term that is not understood.
    """
    called = name or (source.name if isinstance(source, Path) else "the mapping")
    described = Described(source, called)
    subjects = described.triples_maps()
    if not subjects:
        raise UnreadableInput("The mapping holds no triples map.", where=called, remedy="Give `rml:logicalSource`s.")
    mapping = {plain(subject): _triples_map(described, subject) for subject in subjects}
    check_mapping(mapping)
    return mapping


def _triples_map(said: Described, node: Subject) -> TriplesMap:
    subjects = list(said.maps(node, "subjectMap"))
    if len(subjects) != 1:
        raise InputError(
            f"The triples map has {len(subjects)} subject maps.", where=said.place(node), remedy="Give it exactly one."
        )
    subject, constant = subjects[0]
    owner = node if constant is not None else subject
    subject_map = _term_map(said, subject, constant, TermType.IRI)
    _require(said, owner, subject_map, _RESOURCES)
    return TriplesMap(
        name=plain(node),
        source=read_source(said, node, said.one(node, "logicalSource")),
        subject=subject_map,
        classes=tuple(_iri(said, subject, value) for value in said.all(subject, "class")),
        graphs=_graphs(said, subject) if constant is None else (),
        predicate_objects=tuple(_predicate_object(said, node, each) for each in said.all(node, "predicateObjectMap")),
        base=said.text(node, "baseIRI"),
        place=said.place(node),
    )


def _predicate_object(said: Described, owner: object, node: object) -> PredicateObjectMap:
    if not said.is_described(node):
        raise InputError(
            f"Nothing is said of the predicate-object map {node}.",
            where=said.place(owner),
            remedy="Describe it, or correct its name.",
        )
    predicates = [_term_map(said, each, constant, TermType.IRI) for each, constant in said.maps(node, "predicateMap")]
    objects = [_object_map(said, each, constant) for each, constant in said.maps(node, "objectMap")]
    if not predicates or not objects:
        raise InputError(
            "A predicate-object map needs a predicate and an object.", where=said.place(node), remedy="Give both."
        )
    for predicate in predicates:
        _require(said, node, predicate, _IRIS)
    return PredicateObjectMap(tuple(predicates), tuple(objects), _graphs(said, node))


def _graphs(said: Described, node: object) -> tuple[TermMap, ...]:
    graphs = tuple(_term_map(said, each, constant, TermType.IRI) for each, constant in said.maps(node, "graphMap"))
    for graph in graphs:
        _require(said, node, graph, _RESOURCES)
    return graphs


def _object_map(said: Described, node: object, constant: Node | None) -> TermMap | RefObjectMap:
    parent = said.one(node, "parentTriplesMap") if constant is None else None
    if parent is None:
        return _term_map(said, node, constant, None)
    joins = tuple(
        Join(_side(said, join, "child"), _side(said, join, "parent")) for join in said.all(node, "joinCondition")
    )
    return RefObjectMap(plain(parent), joins, read_targets(said, node), said.place(node))


def _side(said: Described, join: object, name: str) -> TermMap:
    reference = said.text(join, name)
    if reference is not None:
        return TermMap(TermType.LITERAL, reference=reference, place=said.place(join))
    node = said.one(join, f"{name}Map")
    if node is None:
        raise InputError(f"The join has no `rml:{name}`.", where=said.place(join), remedy="Give child and parent.")
    return _term_map(said, node, None, TermType.LITERAL)


def _term_map(said: Described, node: object, constant: Node | None, usual: TermType | None) -> TermMap:
    """Read a term map; `usual` is its term type by its place, None for an object, which tells by its form."""
    if constant is not None:
        return _constant(said, node, constant, None, frozenset())
    stated, value = said.text(node, "termType"), said.one(node, "constant")
    term_type = _term_type(said, node, stated) if stated else None
    if value is not None:
        return _constant(said, node, value, term_type, read_targets(said, node))
    reference, template = said.text(node, "reference"), said.text(node, "template")
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
    _refuse_typing(said, node, term_type, datatype=datatype, language=language)
    return TermMap(
        term_type,
        reference=reference,
        template=parsed,
        datatype=datatype,
        language=language,
        targets=read_targets(said, node),
        place=said.place(node),
    )


def _refuse_typing(
    said: Described, node: object, term_type: TermType, *, datatype: TermMap | None, language: TermMap | None
) -> None:
    if datatype is not None and language is not None:
        raise InputError(
            "A literal has a datatype or a language, not both.", where=said.place(node), remedy="Drop one of them."
        )
    if term_type is not TermType.LITERAL and (datatype or language) is not None:
        raise InputError(
            f"A {term_type.value} has neither datatype nor language.",
            where=said.place(node),
            remedy="Drop it, or make the term a literal by `rml:termType rml:Literal`.",
        )


def _constant(
    said: Described, node: object, value: Node, stated: TermType | None, targets: frozenset[LogicalTarget]
) -> TermMap:
    if isinstance(value, BlankNode):
        raise InputError("A constant cannot be a blank node.", where=said.place(node), remedy="Give it an IRI.")
    found = TermType.LITERAL if isinstance(value, Literal) else TermType.IRI
    if stated is not None and stated is not found:
        raise InputError(
            f"The constant {value} is no {stated.value}.", where=said.place(node), remedy="Drop `rml:termType`."
        )
    return TermMap(found, constant=value, targets=targets, place=said.place(node))


def _typing(said: Described, node: object, name: str) -> TermMap | None:
    usual = TermType.IRI if name == "datatype" else TermType.LITERAL
    value, inner = said.one(node, name), said.one(node, f"{name}Map")
    if value is None and inner is None:
        return None
    written = _written(said, node, value) if name == "datatype" else None
    if written is not None:
        return TermMap(TermType.IRI, constant=NamedNode(written.literal_iri), written=written, place=said.place(node))
    made = _term_map(said, node if value is not None else inner, value, usual)
    if made.term_type not in ({TermType.LITERAL} if name == "language" else _IRIS):
        raise InputError(
            f"{made.constant or 'This'} is no {name}.",
            where=made.place,
            remedy='Write a text such as "en".' if name == "language" else "Give the datatype's IRI.",
        )
    if name == "language" and made.constant is not None:
        language_tag(made.constant.value, where=made.place)
    return made


def _written(said: Described, owner: object, node: object) -> Datatype | None:
    """Read a datatype that the mapping describes in the words of CSV on the Web; None if it does not."""
    given = said.names(node, _CSVW)
    if not given:
        return None
    unknown = [name for name in given if name not in {"base", "format"}]
    if unknown or "base" not in given:
        raise UnknownTerm(
            f"`csvw:{unknown[0]}` of a datatype is not understood." if unknown else "The datatype has no `csvw:base`.",
            where=said.place(owner),
            remedy='Describe it by `csvw:base`, such as "date", and `csvw:format`, such as "dd/MM/yyyy".',
        )
    base, form = ([plain(value) for value in said.foreign(node, _CSVW + name)] for name in ("base", "format"))
    try:
        return Datatype(base[0], format=form[0] if form else None)
    except UnknownTerm as error:
        raise UnknownTerm(error.what, where=said.place(owner), remedy=error.remedy) from None


def _term_type(said: Described, node: object, iri: str) -> TermType:
    try:
        return TermType(iri.removeprefix(RML.iri))
    except ValueError:
        raise UnknownTerm(
            f"<{iri}> is no term type.",
            where=said.place(node),
            remedy="Use " + ", ".join(f"rml:{known.value}" for known in TermType) + ".",
        ) from None


def _require(said: Described, node: object, term_map: TermMap, allowed: frozenset[TermType]) -> None:
    if term_map.term_type not in allowed:
        raise InputError(
            f"A {term_map.term_type.value} cannot stand here.",
            where=term_map.place or said.place(node),
            remedy="Use " + " or ".join(sorted(kind.value for kind in allowed)) + ".",
        )


def _iri(said: Described, node: object, value: Node) -> NamedNode:
    if isinstance(value, NamedNode):
        return value
    raise InputError(f"{value} is no IRI of a class.", where=said.place(node), remedy="Give its IRI.")
