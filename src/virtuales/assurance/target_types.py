"""Targets that a shapes graph defines itself (https://www.w3.org/TR/shacl-af/#SPARQLTargetType)."""

from dataclasses import replace

from virtuales.assurance.calls import with_values
from virtuales.assurance.custom import read_parameters
from virtuales.assurance.queries import read_query
from virtuales.assurance.reading import RDF_NS, Malformed, Node
from virtuales.assurance.shapes import SHACL, SparqlQuery


def read_target(node: Node) -> SparqlQuery:
    """Read a custom target: a SPARQL-based one, or an instance of a target type with its parameters.

    Raises:
        Malformed: it is none that is supported, or in error. A target that lacks a parameter has no nodes by the note;
            here it is named as well.
    """
    if node.values("select"):
        return read_query(node, "select", shape=None)
    kinds = node.graph.subclasses(f"{SHACL}SPARQLTargetType")
    for type_ in node.values(f"{RDF_NS}type"):
        kind = node.graph.node(type_)
        if not kinds.isdisjoint(kind.values(f"{RDF_NS}type")):
            return _of_type(node, kind)
    raise Malformed("It is neither a `sh:SPARQLTarget` nor of a `sh:SPARQLTargetType` that the shapes graph defines.")


def _of_type(node: Node, kind: Node) -> SparqlQuery:
    given: dict[str, str] = {}
    for one in read_parameters(kind):
        value = node.find(one.path)
        if value is not None:
            given[one.name] = value
        elif not one.optional:
            raise Malformed(f"The parameter <{one.path}> of {kind.term} is missing.")
    query = read_query(kind, "select", shape=None, parameters=given)
    return replace(query, text=with_values(query.text, given), parameters=()) if given else query
