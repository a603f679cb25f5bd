"""What endpoints hold: kept while they have the same edition, and estimated by VoID where they cannot count."""

from dataclasses import dataclass

import httpx
import pytest
from tests.federation.stores import StoreTransport, url
from tests.federation.test_federate import GENERATORS, OWNERS, PREFIX, store

from virtuales.federation.endpoint import Endpoint
from virtuales.federation.federate import Federation
from virtuales.federation.kept_summaries import KeptSummaries
from virtuales.federation.options import Options
from virtuales.federation.sketch import Hashes
from virtuales.federation.summary import Summary

QUERY = f"{PREFIX} SELECT ?to ?owner {{ ?from :feeds ?to ; :owner ?owner }} ORDER BY ?to"
DOUBTING = Options(summary_seconds=0.0)
VOID = "http://rdfs.org/ns/void#"


def rows(transport: httpx.BaseTransport, summaries: KeptSummaries, *editions: str | None) -> list[str]:
    """Ask two endpoints of these editions, by somebody who believes nobody for long."""
    endpoints = [Endpoint(url(number), edition=edition) for number, edition in enumerate(editions)]
    with Federation(endpoints, DOUBTING, transport=transport, summaries=summaries) as federation:
        return federation.answer(QUERY, "text/csv").body.decode().split()[1:]


def learning(transport: StoreTransport) -> list[int]:
    """Return which endpoints were asked to count, and forget what was asked."""
    found = sorted({number for number, text in transport.queries if "COUNT(*)" in text})
    transport.queries.clear()
    return found


def test_what_an_edition_holds_is_learnt_once_whoever_asks() -> None:
    transport, kept = StoreTransport([store(GENERATORS), store(OWNERS)]), KeptSummaries(10_000)
    first = rows(transport, kept, "1", None)
    assert learning(transport) == [0, 1]
    assert rows(transport, kept, "1", None) == first == ["http://e.example/b,http://e.example/x"]
    assert learning(transport) == [1]


def test_another_edition_is_learnt_anew_at_once() -> None:
    transport, kept = StoreTransport([store(GENERATORS), store(OWNERS)]), KeptSummaries(10_000)
    first = rows(transport, kept, "1", "1")
    transport.stores[1].update(f"{PREFIX} INSERT DATA {{ :b :owner :z }}")
    assert rows(transport, kept, "1", "1") == first, "that it has the old edition was not true, and was believed"
    assert rows(transport, kept, "1", "2") == [*first, "http://e.example/c,http://e.example/z"]


def test_summaries_that_were_used_longest_ago_make_room() -> None:
    known = Summary({"urn:p": 2}, {}, subjects={"urn:p": Hashes("7f90de09 00000000")})
    kept = KeptSummaries(2 * known.characters)
    first, second, third = (Endpoint(f"https://{name}.example/sparql", edition="1") for name in ("a", "b", "c"))
    for each in (first, second, second):
        kept.keep(each, known)
    assert kept.find(first) is known
    kept.keep(third, known)
    assert [kept.find(each) for each in (first, second, third)] == [known, None, known]
    kept.keep(second, Summary({"urn:p" * 100: 1}, {}))
    assert kept.find(second) is None


@dataclass
class Uncounted(StoreTransport):
    """Endpoints of which the second cannot count."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or refuse to count."""
        if "endpoint1" in str(request.url) and b"COUNT" in request.read():
            return httpx.Response(500, text="too much work")
        return super().handle_request(request)


def described(**counts: int) -> str:
    """Describe how many triples properties have, by VoID; true or not."""
    parts = ", ".join(f"[ void:property :{name} ; void:triples {count} ]" for name, count in counts.items())
    return f"@prefix void: <{VOID}> . <urn:all> void:propertyPartition {parts} ."


PAIRS = " ".join(f":n{number} :kind :k ; :owner :x ." for number in range(5)) + " :n1 :rare :r ."


@pytest.mark.parametrize("counts", [{"kind": 900_000, "rare": 1}, {"kind": 1, "rare": 900_000}, {"gone": 3}, {}])
def test_void_orders_what_is_fetched_and_leaves_nothing_out(counts: dict[str, int]) -> None:
    transport = Uncounted([store(GENERATORS), store(PAIRS + (described(**counts) if counts else ""))])
    query = f"{PREFIX} SELECT ?s ?owner {{ ?s :kind ?k . ?s :rare ?r . ?s :owner ?owner }}"
    with Federation([url(0), url(1)], transport=transport) as federation:
        answer = federation.answer(query, "text/csv")
        wanted = [each.wanted for each in answer.account.steps]
        asked = len(transport.queries)
        again = federation.answer(query, "text/csv")
    assert answer.body.split() == again.body.split() == [b"s,owner", b"http://e.example/n1,http://e.example/x"]
    if "kind" in counts:
        likeliest = min(counts, key=lambda name: counts[name])
        assert f"<http://e.example/{likeliest}>" in wanted[0]
    assert not [text for _, text in transport.queries[asked:] if VOID in text], "it is read once"
