"""A validation report as an RDF graph (https://www.w3.org/TR/shacl/#validation-report)."""

from collections.abc import Iterator

from virtuales.assurance.paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence
from virtuales.assurance.reading import RDF_NS, literal_parts
from virtuales.assurance.report import ValidationReport, ValidationResult
from virtuales.assurance.shapes import SHACL
from virtuales.errors import InputError
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import TURTLE
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Subject, Triple, typed

_PREFIXES = {"sh": SHACL, "rdf": RDF_NS, "xsd": "http://www.w3.org/2001/XMLSchema#"}
_NIL = NamedNode(f"{RDF_NS}nil")


def report_turtle(report: ValidationReport) -> str:
    """Write a report in Turtle."""
    return serialize_quads(report_triples(report), TURTLE, prefixes=_PREFIXES).decode()


def report_triples(report: ValidationReport) -> Iterator[Triple]:
    """Give the statements of a report."""
    node = BlankNode("report")
    yield Triple(node, _rdf("type"), _sh("ValidationReport"))
    yield Triple(node, _sh("conforms"), typed("true" if report.conforms else "false", "boolean"))
    for place, result in enumerate(report.results):
        this = BlankNode(f"result{place}")
        yield Triple(node, _sh("result"), this)
        yield from _result_triples(this, result)


def term_of(text: str) -> NamedNode | BlankNode | Literal:
    """Make a term of text that is written as in N-Triples.

    >>> term_of('"a"@en').language
    'en'
    """
    if text.startswith("<"):
        return NamedNode(text[1:-1])
    if text.startswith("_:"):
        return BlankNode(text[2:])
    lexical, datatype, language = literal_parts(text)
    return Literal(lexical, language=language) if language else Literal(lexical, datatype=NamedNode(datatype))


def triple_of(texts: tuple[str, str, str]) -> Triple:
    """Make a statement of three terms that are written as in N-Triples.

    Raises:
        InputError: a literal is its subject, or something else than an IRI its predicate.
    """
    subject, predicate, value = map(term_of, texts)
    if isinstance(subject, Literal) or not isinstance(predicate, NamedNode):
        raise InputError("These terms make no statement.", where=" ".join(texts))
    return Triple(subject, predicate, value)


def _result_triples(this: BlankNode, result: ValidationResult) -> Iterator[Triple]:
    yield Triple(this, _rdf("type"), _sh("ValidationResult"))
    yield Triple(this, _sh("focusNode"), term_of(result.focus_node))
    yield Triple(this, _sh("resultSeverity"), NamedNode(result.severity))
    yield Triple(this, _sh("sourceConstraintComponent"), NamedNode(result.component))
    yield Triple(this, _sh("sourceShape"), term_of(result.source_shape))
    if result.value is not None:
        yield Triple(this, _sh("value"), term_of(result.value))
    if result.source_constraint:
        yield Triple(this, _sh("sourceConstraint"), term_of(result.source_constraint))
    if result.path is not None:
        writer = _PathWriter(this.value)
        end = writer.write(result.path)
        yield Triple(this, _sh("resultPath"), end)
        yield from writer.triples
    for message in result.messages or (literal_text(result.message),):
        yield Triple(this, _sh("resultMessage"), term_of(message))
    for place, detail in enumerate(result.details):
        inner = BlankNode(f"{this.value}detail{place}")
        yield Triple(this, _sh("detail"), inner)
        yield from _result_triples(inner, detail)


class _PathWriter:
    """Writes a path as RDF, with blank nodes of its own for each result."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._count = 0
        self.triples: list[Triple] = []

    def write(self, path: Path) -> Subject:
        match path:
            case Predicate(iri):
                return NamedNode(iri[1:-1])
            case Sequence(several):
                return self._list(several)
            case Alternative(several):
                return self._node("alternativePath", self._list(several))
            case Inverse(inner):
                return self._node("inversePath", self.write(inner))
            case Repeated(inner, least, unbounded):
                name = ("oneOrMorePath" if least else "zeroOrMorePath") if unbounded else "zeroOrOnePath"
                return self._node(name, self.write(inner))

    def _fresh(self) -> BlankNode:
        self._count += 1
        return BlankNode(f"{self._label}path{self._count}")

    def _node(self, name: str, value: Subject) -> BlankNode:
        node = self._fresh()
        self.triples.append(Triple(node, _sh(name), value))
        return node

    def _list(self, several: tuple[Path, ...]) -> Subject:
        rest: Subject = _NIL
        for path in reversed(several):
            node = self._fresh()
            self.triples += [Triple(node, _rdf("first"), self.write(path)), Triple(node, _rdf("rest"), rest)]
            rest = node
        return rest


def _sh(name: str) -> NamedNode:
    return NamedNode(SHACL + name)


def _rdf(name: str) -> NamedNode:
    return NamedNode(RDF_NS + name)


def literal_text(lexical: str, language: str = "") -> str:
    """Write a string, with a language where it has one, as N-Triples does."""
    return str(Literal(lexical, language=language) if language else Literal(lexical))
