"""Canonicalisation: limits that stop what would never end; the published suite is among the conformance tests."""

import time
from itertools import permutations

import pytest

from virtuales.errors import InputError, TooLarge, UnknownTerm, UnreadableInput
from virtuales.rdf.canonical import canonical_n_quads, json_ld_quads
from virtuales.rdf.terms import BlankNode, NamedNode, Quad

P = NamedNode("https://example.org/p")


def clique(size: int) -> list[Quad]:
    nodes = [BlankNode(f"n{number}") for number in range(size)]
    return [Quad(left, P, right) for left, right in permutations(nodes, 2)]


def ring(size: int, *, steps: tuple[int, ...]) -> list[Quad]:
    nodes = [BlankNode(f"n{number}") for number in range(size)]
    return [Quad(nodes[n], P, nodes[(n + step) % size]) for n in range(size) for step in steps]


@pytest.mark.parametrize(
    "quads",
    [clique(10), clique(40), ring(60, steps=(1, 2, 3)), [Quad(BlankNode(), P, BlankNode()) for _ in range(1000)]],
    ids=["clique of 10", "clique of 40", "ring of 60", "a thousand blank nodes"],
)
def test_refuses_poison_in_under_a_second(quads: list[Quad]) -> None:
    started = time.process_time()
    with pytest.raises(TooLarge):
        canonical_n_quads(quads)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({}, InputError),
        ({"@context": "https://example.org/context", "@id": "urn:x"}, UnknownTerm),
        ({"@context": ["https://example.org/context"], "@id": "urn:x"}, UnknownTerm),
        ({"@context": {"@import": "https://example.org/context"}, "@id": "urn:x"}, UnknownTerm),
        ({"@context": {"p": "urn:p"}, "@id": "urn:x", "q": "dropped"}, UnknownTerm),
        ({"@context": {"p": "urn:p"}, "@id": "urn:x", "p": {"q": "dropped"}}, UnknownTerm),
        ({"@context": {"p": "urn:p"}, "@id": "urn:x", "p": {"@context": {"q": "urn:q"}, "q": 1}}, UnknownTerm),
        ({"@context": {"p": {"@id": "urn:p", "@type": "@id"}}, "@id": "urn:x", "p": "relative"}, UnknownTerm),
        ({"@context": {"p": {"@id": "urn:p", "@type": "@vocab"}}, "@id": "urn:x", "p": "unlisted"}, UnknownTerm),
        ({"@context": {"p": "urn:p"}, "@id": "relative", "p": 1}, UnknownTerm),
        ({"@context": {"p": "urn:p"}, "@id": "urn:x", "p": float("nan")}, UnreadableInput),
        ({"@context": {"p": 7}, "@id": "urn:x", "p": 1}, UnreadableInput),
    ],
)
def test_refuses_json_ld_that_would_lose_something(document: dict[str, object], error: type[InputError]) -> None:
    with pytest.raises(error):
        json_ld_quads(document, {})


def test_refuses_deeply_nested_json_ld() -> None:
    inner: object = "x"
    for _ in range(100):
        inner = {"p": inner}
    with pytest.raises(TooLarge):
        json_ld_quads({"@context": {"p": "urn:p"}, "@id": "urn:x", "p": inner}, {})


def test_names_of_blank_nodes_do_not_matter() -> None:
    first = [Quad(BlankNode("a"), P, BlankNode("b")), Quad(BlankNode("b"), P, NamedNode("urn:end"))]
    second = [Quad(BlankNode("y"), P, NamedNode("urn:end")), Quad(BlankNode("x"), P, BlankNode("y"))]
    assert canonical_n_quads(first) == canonical_n_quads(second)
