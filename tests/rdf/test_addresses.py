"""The IRIs that a node mints: what no IRI can hold is nothing that there is."""

from collections.abc import Callable

import pytest

from virtuales.errors import NotFound
from virtuales.rdf.addresses import Addresses

HERE = Addresses("http://n.example")


@pytest.mark.parametrize(
    "address",
    [
        lambda key: HERE.thing("agreement", key),
        lambda key: HERE.version(key, 1),
        lambda key: HERE.draft_graph(key, "1"),
        lambda key: HERE.ontology_graph(key, "1"),
        HERE.use_case_graph,
    ],
)
@pytest.mark.parametrize("key", ["a\tb", "a>b", "a b", "\u0008"])
def test_what_no_iri_can_hold_is_not_found(address: Callable[[str], object], key: str) -> None:
    with pytest.raises(NotFound, match="no such thing"):
        address(key)


def test_addresses_are_under_the_base() -> None:
    assert HERE.draft_graph("lines", "1").value == "http://n.example/graphs/drafts/lines/1"
    assert HERE.ontology_graph("cgmes", "3.0.0").value == "http://n.example/graph/ontology/cgmes/3.0.0"
    assert HERE.use_case_graph("faults").value == "http://n.example/graph/use-case/faults"
    assert HERE.owns(HERE.version("lines", 1).value)
