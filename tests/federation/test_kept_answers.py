"""Answers that are kept: what has not changed is not sent again, and nobody gets what somebody else was told."""

import hashlib
from dataclasses import dataclass, field

import httpx
import pytest
from tests.federation.stores import StoreTransport, url
from tests.federation.test_federate import GENERATORS, OWNERS, PREFIX, ask, store

from virtuales.federation.endpoint import Endpoint
from virtuales.federation.federate import Federation
from virtuales.federation.kept import KeptAnswer, KeptAnswers
from virtuales.federation.options import Options

QUERY = f"{PREFIX} SELECT ?to ?owner {{ ?from :feeds ?to ; :owner ?owner }} ORDER BY ?to"
QUERY_TYPE = "application/sparql-query"


@dataclass
class Tagging(StoreTransport):
    """Endpoints whose answers have entity tags, and that take QUERY unless they are old."""

    old: bool = False
    cache_control: str = "private, no-cache"
    weak: bool = False
    methods: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or say that the answer has not changed."""
        self.methods.append(request.method)
        response = super().handle_request(request)
        tag = f'"{hashlib.sha256(response.content).hexdigest()}"'
        said = {"ETag": f"W/{tag}" if self.weak else tag, "Cache-Control": self.cache_control}
        if not self.old:
            said["Accept-Query"] = QUERY_TYPE
        if request.headers.get("if-none-match") == tag:
            assert request.method == "QUERY", "only safe requests have conditions of that kind"
            return httpx.Response(304, headers=said)
        return httpx.Response(200, content=response.content, headers={**response.headers, **said})


def tagging(**how: object) -> Tagging:
    """Make two endpoints."""
    return Tagging([store(GENERATORS), store(OWNERS)], **how)  # type: ignore[arg-type]  # fields of the class


def test_what_has_not_changed_is_not_sent_again() -> None:
    transport = tagging()
    with Federation([url(0), url(1)], Options(summary_seconds=0.0), transport=transport) as federation:
        first, second = federation.answer(QUERY, "text/csv"), federation.answer(QUERY, "text/csv")
        assert second.body == first.body
        assert first.account.bytes_received > 0
        assert second.account.bytes_received == 0
        assert sum(each.spared for each in second.account.sources) == second.account.requests == first.account.requests
        transport.stores[1].update(f"{PREFIX} INSERT DATA {{ :b :owner :z }}")
        third = federation.answer(QUERY, "text/csv")
    assert third.body.split() == [
        b"to,owner",
        b"http://e.example/b,http://e.example/x",
        b"http://e.example/c,http://e.example/z",
    ]
    assert third.account.sources[0].bytes_received == 0 < third.account.sources[1].bytes_received


def test_an_endpoint_that_does_not_take_query_is_asked_by_post_alone() -> None:
    transport = tagging(old=True)
    with Federation([url(0), url(1)], transport=transport) as federation:
        assert federation.answer(QUERY, "text/csv").body == federation.answer(QUERY, "text/csv").body
    assert set(transport.methods) == {"POST"}


@pytest.mark.parametrize("how", [{"cache_control": "no-store"}, {"weak": True}])
def test_keeps_only_what_may_be_kept_and_has_a_strong_tag(how: dict[str, object]) -> None:
    with Federation([url(0), url(1)], transport=tagging(**how)) as federation:
        federation.answer(QUERY)
        assert federation.answer(QUERY).account.bytes_received > 0


def test_nothing_is_kept_where_there_is_no_room() -> None:
    with Federation([url(0), url(1)], Options(kept_bytes=0), transport=tagging()) as federation:
        federation.answer(QUERY)
        assert federation.answer(QUERY).account.bytes_received > 0


def test_an_answer_to_one_is_never_found_for_another() -> None:
    kept = KeptAnswers(1000)
    asked = Endpoint(url(0), {"Authorization": "Bearer one"})
    kept.keep(asked, "ASK {}", "text/csv", KeptAnswer('"1"', b"true"))
    assert kept.find(asked, "ASK {}", "text/csv") == KeptAnswer('"1"', b"true")
    others = (Endpoint(url(0), {"Authorization": "Bearer two"}), Endpoint(url(0)), Endpoint(url(1), asked.headers))
    assert {kept.find(each, "ASK {}", "text/csv") for each in others} == {None}
    assert kept.find(asked, "ASK {}", "text/tab-separated-values") is None


def test_forgets_what_was_used_longest_ago() -> None:
    kept, one = KeptAnswers(1000), Endpoint("http://e.example/")
    for number in range(3):
        kept.keep(one, f"{number}", "text/csv", KeptAnswer('"1"', b"x" * 240))
    assert kept.find(one, "0", "text/csv"), "which is use"
    kept.keep(one, "0", "text/csv", KeptAnswer('"2"', b"y" * 240))
    kept.keep(one, "3", "text/csv", KeptAnswer('"1"', b"x" * 240))
    assert [number for number in range(4) if kept.find(one, f"{number}", "text/csv")] == [0, 2, 3]
    kept.keep(one, "4", "text/csv", KeptAnswer('"1"', b"x" * 251))
    assert kept.find(one, "4", "text/csv") is None, "it would take more than a quarter of the room"


def test_no_request_is_longer_than_servers_take() -> None:
    long = " ".join(f":n{number} :feeds :{'m' * 300}{number} ." for number in range(400))
    known = " ".join(f":{'m' * 300}{number} :owner :o{number} ." for number in range(400))
    spread = " ".join(f":other{number} :owner :o ." for number in range(2000))
    transport = StoreTransport([store(long), store(known + spread)])
    assert len(ask(transport, "SELECT * { ?from :feeds ?to . ?to :owner ?owner }")) == 400
    sent = [text for number, text in transport.queries if number == 1 and "VALUES" in text]
    assert len(sent) > 1
    assert max(map(len, sent)) < 100_000
