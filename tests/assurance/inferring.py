"""Builders for tests of rules: infer from Turtle, with this engine and with pySHACL."""

import pyshacl
from rdflib import Graph
from tests.assurance.building import PREFIXES, graph, shapes

from virtuales.assurance.inference import ROUNDS, Inference, infer

Texts = set[tuple[str, str, str]]


def inferred(data: str, by: str, rounds: int = ROUNDS) -> Inference:
    """Infer by the rules of a shapes graph."""
    return infer(graph(data), shapes(by), rounds=rounds)


def statements(data: str, by: str) -> Texts:
    """Infer by rules that are sound; return the statements without the namespace of the examples."""
    found = inferred(data, by)
    assert found.left_out == ()
    return {(short(one), short(two), short(three)) for one, two, three in found.statements}


def theirs(data: str, by: str, *, iterate: bool = True) -> Texts:
    """Infer with pySHACL."""
    before, after = (Graph().parse(data=PREFIXES + data) for _ in range(2))
    rules = Graph().parse(data=PREFIXES + by)
    pyshacl.validate(after, shacl_graph=rules, advanced=True, inplace=True, iterate_rules=iterate)
    return {(short(one.n3()), short(two.n3()), short(three.n3())) for one, two, three in after - before}


def short(term: str) -> str:
    """Write a term without namespaces."""
    for namespace, prefix in (
        ("http://example.org/", ":"),
        ("http://www.w3.org/2001/XMLSchema#", "xsd:"),
        ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf:"),
    ):
        term = term.replace(namespace, prefix)
    return term.replace("<", "").replace(">", "").removesuffix("^^xsd:string")
