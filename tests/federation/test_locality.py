"""Endpoints join by themselves what joins nothing of another endpoint's, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st
from tests.federation.stores import StoreTransport
from tests.federation.test_federate import ask, store

from virtuales.federation.locality import grown
from virtuales.federation.sketch import Hashes
from virtuales.federation.summary import Summary
from virtuales.query.syntax.flattening import Triple
from virtuales.rdf.terms import NamedNode, Variable

QUERY = "SELECT ?unit ?name { ?unit :site ?site . ?site :label ?name }"
LEEDS = ":a1 :site :a2 . :a2 :label 'Leeds' ."
VALE = ":b1 :site :b2 . :b2 :label 'Vale' ."


def constructs(transport: StoreTransport) -> list[int]:
    return sorted(number for number, text in transport.queries if "CONSTRUCT" in text)


def test_endpoints_join_what_is_theirs_alone() -> None:
    transport = StoreTransport([store(LEEDS), store(VALE)])
    assert ask(transport, QUERY) == ["http://e.example/a1,Leeds", "http://e.example/b1,Vale"]
    assert constructs(transport) == [0, 1]


def test_blank_nodes_are_an_endpoints_own() -> None:
    transport = StoreTransport([store(":a1 :site [ :label 'Leeds' ] ."), store(":b1 :site [ :label 'Vale' ] .")])
    assert ask(transport, QUERY) == ["http://e.example/a1,Leeds", "http://e.example/b1,Vale"]
    assert constructs(transport) == [0, 1]


def test_what_two_endpoints_know_of_one_thing_is_joined_here() -> None:
    transport = StoreTransport([store(LEEDS + ":a3 :site :b2 ."), store(VALE)])
    assert ask(transport, QUERY) == [
        "http://e.example/a1,Leeds",
        "http://e.example/a3,Vale",
        "http://e.example/b1,Vale",
    ]


def test_a_thing_that_both_describe_alike_is_joined_here() -> None:
    transport = StoreTransport([store(LEEDS + ":b2 :label 'Dale' ."), store(VALE + LEEDS)])
    assert ask(transport, QUERY) == [
        "http://e.example/a1,Leeds",
        "http://e.example/b1,Dale",
        "http://e.example/b1,Vale",
    ]


def test_equal_literals_of_two_endpoints_meet() -> None:
    transport = StoreTransport([store(":a :name 'X' . :a :code 'A' ."), store(":b :name 'Y' . :b :code 'X' .")])
    assert ask(transport, "SELECT ?one ?other { ?one :name ?same . ?other :code ?same }") == [
        "http://e.example/a,http://e.example/b"
    ]


def test_many_values_of_one_thing_are_not_multiplied() -> None:
    many = " ".join(f":a :one {number} ; :two {number} ." for number in range(50))
    transport = StoreTransport([store(many + " :x :one 1 ."), store(":b :one 1 ; :two 1 .")])
    assert len(ask(transport, "SELECT ?a ?b { ?s :one ?a ; :two ?b }")) == 50 * 50 + 1
    assert len(constructs(transport)) > 2


def test_a_sequence_of_properties_is_joined_as_the_patterns_that_it_stands_for() -> None:
    transport = StoreTransport([store(LEEDS), store(VALE)])
    query = "SELECT ?unit ?name { ?unit :site/:label ?name }"
    assert ask(transport, query) == ["http://e.example/a1,Leeds", "http://e.example/b1,Vale"]
    assert constructs(transport) == [0, 1]


NUMBERS = st.sets(st.integers(0, 12), max_size=4)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4))
def test_endpoints_join_where_no_hash_is_at_two_of_them_only(
    known: list[tuple[set[int], set[int]]],
) -> None:
    site, label = NamedNode("http://e.example/site"), NamedNode("http://e.example/label")
    one, two, three = Variable("one"), Variable("two"), Variable("three")
    told = [{site.value: hashes(sites), label.value: hashes(labels)} for sites, labels in known]
    summaries = [
        Summary({site.value: 1, label.value: 1}, {}, {label.value: each[label.value]}, {site.value: each[site.value]})
        for each in told
    ]
    joined = grown(Triple(one, site, two), {0: Triple(two, label, three)}, summaries)
    elsewhere = [
        sites & labels
        for number, (sites, _) in enumerate(known)
        for other, (_, labels) in enumerate(known)
        if number != other
    ]
    assert bool(joined) != any(elsewhere)


def hashes(numbers: set[int]) -> Hashes:
    return Hashes(" ".join(f"{number:08x}" for number in numbers))
