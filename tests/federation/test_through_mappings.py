"""Single federated queries over endpoints that speak other vocabularies: what is sent, refused and told."""

from dataclasses import replace

import httpx
import pytest
from tests.alignment.rewriting.small_worlds import (
    PREFIXES,
    A,
    B,
    World,
    chain,
    chain_back,
    mapping,
    measured,
    renamed,
    store_of,
    typed_things,
    valued,
)
from tests.federation.stores import StoreTransport, url

from virtuales.alignment.rewriting.strictness import Strictness, admitted
from virtuales.alignment.terms import BROAD_MATCH, CLOSE_MATCH, EXACT_MATCH
from virtuales.errors import InputError
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.explanation import as_text
from virtuales.federation.federate import FederatedAnswer, Federation
from virtuales.federation.options import DEFAULTS, Options
from virtuales.federation.seen import Seen

PAIRS = {("x:t0", "x:t1"), ("x:t1", "x:t2")}


def world() -> World:
    """Make a world of a few strands."""
    made = World()
    typed_things(made, {("x:t0", "Node"), ("x:t1", "Line")})
    renamed(made, PAIRS)
    chain(made, PAIRS)
    valued(made, {("x:t0", "red"), ("x:t1", "blue")})
    measured(made, {("x:t0", 2), ("x:t1", 3)})
    return made


class Asked:
    """Two endpoints, the first with data in the query's vocabulary, the second with the same kind of data in another.

    Args:
        first: The statements of the first.
        second: What the second says, in its own vocabulary.
        strictness: How strict the asker is.
    """

    def __init__(
        self, first: set[tuple[str, str, str]], second: World, strictness: Strictness = Strictness.NARROWER
    ) -> None:
        view = second.view(approximate=strictness in {Strictness.CLOSE, Strictness.BROADER})
        self.seen = Seen(("b",), (replace(view, terms=admitted(view.terms, strictness)),))
        self.transport = StoreTransport([store_of(first), store_of(second.in_b)])

    def answer(self, query: str, options: Options = DEFAULTS) -> FederatedAnswer:
        """Return the answer to a query."""
        endpoints: list[Endpoint | str] = [url(0), Endpoint(url(1), seen=self.seen)]
        with Federation(endpoints, options, transport=self.transport) as federation:
            return federation.answer(PREFIXES + query, "text/csv, application/n-triples;q=0.5")

    def rows(self, query: str) -> list[str]:
        """Return the rows of the answer, sorted."""
        return sorted(self.answer(query).body.decode().split("\r\n")[1:-1])

    def sent(self) -> list[str]:
        """Return the queries for triples that the second endpoint was asked."""
        return [text for number, text in self.transport.queries if number == 1 and "CONSTRUCT" in text]


def test_what_another_vocabulary_says_joins_what_the_querys_own_says() -> None:
    asked = Asked({("x:owner", "a:to", "x:t0")}, world())
    found = asked.rows("SELECT ?owner ?power { ?owner a:to ?t . ?t a:power ?power }")
    assert found == ["http://x.example/owner,2000", "http://x.example/t0,3000"]


def test_values_are_converted_before_they_are_compared_and_added() -> None:
    asked = Asked({("x:t9", "a:power", '"500"^^xsd:decimal')}, world())
    assert asked.rows("SELECT (SUM(?p) AS ?all) { ?t a:power ?p }") == ["5500"]
    assert asked.rows("SELECT ?t { ?t a:power ?p FILTER (?p > 2500) }") == ["http://x.example/t1"]


def test_classes_and_values_that_are_sent_along_are_the_askers() -> None:
    made = World()
    typed_things(made, {("x:t0", "Node"), *((f"x:t{number}", "Line") for number in range(1, 9))})
    valued(made, {("x:t0", "red"), *((f"x:t{number}", "blue") for number in range(1, 9))})
    asked = Asked({("x:want", "a:near", "a:red"), ("x:want", "a:part", "a:Node")}, made)
    assert asked.rows("SELECT ?t { x:want a:near ?kind . ?t a:kind ?kind }") == ["http://x.example/t0"]
    assert any(f"VALUES (?kind) {{ (<{A}red>) }}" in text for text in asked.sent())
    assert asked.rows("SELECT ?t { x:want a:part ?class . ?t a ?class }") == ["http://x.example/t0"]


def test_what_an_endpoint_computes_is_asked_once_and_not_for_each_value() -> None:
    made = World()
    chain_back(made, {(f"x:t{number}", "x:t0") for number in range(1, 9)})
    asked = Asked({("x:want", "a:near", "x:made-t1-t0")}, made)
    assert asked.rows("SELECT ?end { x:want a:near ?made . ?made a:stop ?end }") == ["http://x.example/t0"]
    assert not any("VALUES (?made)" in text for text in asked.sent())


def test_an_endpoint_without_the_terms_that_carry_a_pattern_is_not_asked_for_it() -> None:
    without = world()
    without.in_b = {each for each in without.in_b if each[1] != "b:p"}
    asked = Asked(set(), without)
    assert asked.rows("SELECT ?p { ?t a:power ?p }") == []
    assert not asked.sent()
    assert asked.answer("ASK { ?t a:power ?p }").account.sources[1].status == "answered"


def test_things_that_an_endpoint_does_not_know_are_not_asked_of_it() -> None:
    said = {("x:start", "a:near", f"x:t{number}") for number in range(9)}
    asked = Asked(said, world())
    asked.rows("SELECT ?end { x:start a:near ?t . ?t a:to ?end }")
    assert "t1>" in "".join(asked.sent())
    assert "t8>" not in "".join(asked.sent())


def test_resources_are_described_in_the_askers_terms() -> None:
    body = Asked(set(), world()).answer("DESCRIBE x:t0").body.decode()
    assert f"<{A}to>" in body
    assert f"<{A}Node>" in body
    assert f"<{A}red>" in body
    assert B not in body


def test_any_property_is_carried_over_all_that_mappings_know() -> None:
    asked = Asked(set(), world())
    found = asked.rows("SELECT ?p { x:t0 ?p ?o }")
    assert found == sorted(
        [f"{A}kind", f"{A}near", f"{A}power", f"{A}to", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"]
    )


def test_a_request_names_no_term_that_the_endpoint_does_not_have() -> None:
    asked = Asked(set(), world())
    asked.rows("SELECT ?p { x:t0 ?p ?o }")
    (text,) = (each for each in asked.sent() if "?o" in each)
    assert "v2:Wire" in text
    assert "v2:Cable" not in text
    assert "v2:g " not in text


def test_an_endpoint_is_not_asked_for_what_models_say() -> None:
    asked = Asked({("x:t8", "a", "a:Line")}, world())
    found = asked.rows("PREFIX a: <http://a.example/#> SELECT ?t { ?t a/rdfs:subClassOf+ a:Thing }")
    assert found == ["http://x.example/t0", "http://x.example/t1", "http://x.example/t8"]
    assert not any("subClassOf" in each for each in asked.sent())


class Cutting(StoreTransport):
    """Endpoints of which the second gives no more than three rows."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, and cut what is long."""
        response = super().handle_request(request)
        lines = response.content.split(b"\n")
        head = b"text/tab" in response.headers["Content-Type"].encode()
        if "endpoint1" not in str(request.url) or len(lines) <= 4 + head:
            return response
        body = b"\n".join([*lines[: 3 + head], b""])
        return httpx.Response(200, content=body, headers={"Content-Type": response.headers["Content-Type"]})


def test_an_endpoint_that_cuts_is_asked_page_by_page_in_its_own_terms() -> None:
    made = World()
    measured(made, {(f"x:t{number}", number) for number in range(1, 11)})
    asked = Asked(set(), made)
    asked.transport = Cutting(asked.transport.stores)
    endpoint = Endpoint(url(1), cuts_at=3, seen=asked.seen)
    with Federation([Endpoint(url(0)), endpoint], transport=asked.transport) as federation:
        body = federation.answer(PREFIXES + "SELECT (SUM(?p) AS ?all) { ?t a:power ?p }", "text/csv").body
    assert body.decode().split("\r\n")[1] == "55000"


def test_a_service_is_asked_in_its_own_terms_too() -> None:
    asked = Asked({("x:here", "a:near", "x:t0")}, world())
    options = Options(services=[Endpoint(url(1), seen=asked.seen)])
    query = f"SELECT ?p {{ x:here a:near ?t . SERVICE <{url(1)}> {{ ?t a:power ?p }} }}"
    with Federation([url(0)], options, transport=asked.transport) as federation:
        answer = federation.answer(PREFIXES + query, "text/csv")
    assert answer.body.decode().split("\r\n")[1:-1] == ["2000"]
    told = [(each.models, [term.term for term in each.terms]) for each in answer.account.sources]
    assert told == [((), []), (("b",), [f"{A}power"])]


# The account


def test_the_account_names_what_carried_each_term() -> None:
    account = Asked(set(), world()).answer("SELECT * { ?x a:near ?y ; a:power ?p ; a a:Node }").account
    assert account.sources[0].models == ()
    assert account.sources[0].terms == ()
    source = account.sources[1]
    assert source.models == ("b",)
    told = {each.term: each for each in source.terms}
    assert told[f"{A}near"].by == ("rule `chain` (chain.rq)",)
    (by,) = told[f"{A}power"].by
    assert by.startswith(f"<{B}p> (same; small.sssom.tsv, line ")
    assert told[f"{A}Node"].outcome == "carried"


def test_a_pattern_that_no_mapping_carries_matches_nothing_there_and_is_told() -> None:
    asked = Asked({("x:t0", "a:colour", "a:red")}, world())
    answer = asked.answer("SELECT ?t { ?t a:colour a:red }")
    assert b"t0" in answer.body
    (entry,) = (each for each in answer.account.sources[1].terms if each.term == f"{A}colour")
    assert (entry.outcome, entry.reason) == ("not carried", "No mapping names it.")
    assert f"not carried: property <{A}colour>: No mapping names it." in as_text(answer.account)


def test_refuses_a_query_with_such_a_pattern_where_every_term_is_wished_for() -> None:
    asked = Asked({("x:t0", "a:colour", "a:red")}, world())
    with pytest.raises(InputError, match=f"No mapping carries <{A}colour> for data in `b`") as caught:
        asked.answer("SELECT ?t { ?t a:to/a:colour a:red }", Options(every_term=True))
    assert caught.value.where == url(1)
    assert not asked.sent()


def test_the_explanation_shows_what_was_asked_in_the_endpoints_terms() -> None:
    told = as_text(Asked(set(), world()).answer("SELECT * { ?x a:near ?y }").account)
    assert f"?x <{A}near> ?y" in told
    assert f"PREFIX v2: <{B}>" in told
    assert "?x v2:end" in told
    assert "v2:other ?y" in told


# Strictness


@pytest.mark.parametrize(
    ("predicate", "strictness", "found"),
    [
        (EXACT_MATCH, Strictness.EXACT, 1),
        (BROAD_MATCH, Strictness.EXACT, 0),
        (BROAD_MATCH, Strictness.NARROWER, 1),
        (CLOSE_MATCH, Strictness.NARROWER, 0),
        (CLOSE_MATCH, Strictness.CLOSE, 1),
        ("skos:narrowMatch", Strictness.CLOSE, 0),
        ("skos:narrowMatch", Strictness.BROADER, 1),
        ("skos:relatedMatch", Strictness.BROADER, 0),
    ],
)
def test_the_asker_says_how_strict_mappings_have_to_be(predicate: str, strictness: Strictness, found: int) -> None:
    made = World(facts_known=False)
    made.in_b.add(("x:t0", "b:towards", "x:t1"))
    full = predicate.replace("skos:", "http://www.w3.org/2004/02/skos/core#")
    made.mappings.append(mapping("towards", full, "to"))
    assert len(Asked(set(), made, strictness).rows("SELECT * { ?x a:to ?y }")) == found


def test_what_is_not_strict_enough_is_told() -> None:
    made = World(facts_known=False)
    made.in_b.add(("x:t0", "b:towards", "x:t1"))
    made.mappings.append(mapping("towards", BROAD_MATCH, "to"))
    (entry,) = Asked(set(), made, Strictness.EXACT).answer("ASK { ?x a:to ?y }").account.sources[1].terms
    assert entry.outcome == "not carried"
    assert f"<{B}towards> (narrower; " in entry.reason
    assert "`narrower` would admit" in entry.reason


def test_what_is_denied_carries_nothing() -> None:
    made = World(facts_known=False)
    made.in_b.add(("x:t0", "b:towards", "x:t1"))
    made.mappings += [
        mapping("towards", CLOSE_MATCH, "to"),
        mapping("towards", EXACT_MATCH, "to", predicate_modifier="Not"),
    ]
    assert Asked(set(), made, Strictness.BROADER).rows("SELECT * { ?x a:to ?y }") == []
