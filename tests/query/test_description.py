"""A description says what graphs hold; graphs that never change are counted once."""

from collections.abc import Sequence

from virtuales.query.description import Described, GraphCounts, KeptCounts, describe
from virtuales.rdf.namespaces import SD, VOID
from virtuales.rdf.terms import NamedNode, plain

G1, G2, G3 = (NamedNode(f"http://example.org/g{number}") for number in (1, 2, 3))
ENDPOINT = "http://example.org/sparql"


def test_graphs_are_counted_once() -> None:
    asked: list[list[NamedNode]] = []

    def count(graphs: Sequence[NamedNode]) -> dict[str, GraphCounts]:
        asked.append([*graphs])
        return {graph.value: GraphCounts(1) for graph in graphs if graph != G2}

    kept = KeptCounts(most=2)
    assert set(kept.of([G1, G2], count)) == {G1.value}
    assert set(kept.of([G2, G1], count)) == {G1.value}
    assert set(kept.of([G3, G1], count)) == {G3.value, G1.value}
    kept.of([G2], count)
    assert asked == [[G1, G2], [G3], [G2]]


def test_says_whether_the_default_graph_is_the_union_of_the_named() -> None:
    counts = {graph.value: GraphCounts(2, {"http://example.org/C": 1}, {}) for graph in (G1, G2)}
    union = describe(Described(ENDPOINT, counts, [G1.value, G2.value, G3.value]))
    part = describe(Described(ENDPOINT, counts, [G1.value]))
    assert any(quad.object == SD.UnionDefaultGraph for quad in union)
    assert not any(quad.object == SD.UnionDefaultGraph for quad in part)
    (default,) = (quad.object for quad in part if quad.predicate == SD.defaultGraph)
    assert [plain(quad.object) for quad in part if (quad.subject, quad.predicate) == (default, VOID.triples)] == ["2"]
    assert sum(quad.predicate == SD.namedGraph for quad in part) == 2


def test_names_no_update_where_there_is_none() -> None:
    assert not any(quad.object == SD.SPARQL11Update for quad in describe(Described(ENDPOINT, {}, ())))
    updated = describe(Described(ENDPOINT, {}, (), update=f"{ENDPOINT}/update"))
    assert any(quad.object == NamedNode(f"{ENDPOINT}/update") and quad.predicate == SD.endpoint for quad in updated)
