"""Builders for tests: data and shapes written in Turtle with the usual prefixes."""

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE

PREFIXES = """
@prefix : <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


def graph(turtle: str) -> ColumnarGraph:
    """Read a data graph."""
    return ColumnarGraph.from_quads(parse_file((PREFIXES + turtle).encode(), TURTLE))


def shapes(turtle: str) -> ShapesGraph:
    """Compile a shapes graph."""
    return compile_shapes([(PREFIXES + turtle).encode()])


def judged(data: str, by: str) -> ValidationReport:
    """Judge a data graph by a shapes graph."""
    return validate(graph(data), shapes(by))


def found(report: ValidationReport) -> list[tuple[str, str | None]]:
    """Return focus node and value of each result, without the namespace of the examples, in order."""
    short = [(one.focus_node, one.value) for one in report.results]
    return sorted((_short(focus), None if value is None else _short(value)) for focus, value in short)


def _short(term: str) -> str:
    return term.replace("http://example.org/", ":").strip("<>")
