"""Endpoints that are bad, one by one and together: the query ends, says what happened, and leaves nothing behind."""

import threading
import time
from collections.abc import Iterator

import psutil
import pytest
from tests.federation.bad_endpoints import KINDS, BadEndpoints, serving
from tests.federation.test_federate import GENERATORS, PREFIX, store
from tests.nodes import eventually

from virtuales.errors import LimitExceeded
from virtuales.federation.account import Source
from virtuales.federation.endpoint import EndpointFailure, EndpointSilent
from virtuales.federation.federate import Federation
from virtuales.federation.options import Options

QUERY = f"{PREFIX} SELECT * {{ ?from :feeds ?to }}"
PARTIAL = Options(seconds=60, endpoint_seconds=1.5, answer_bytes=1 << 20, retries=1, pause=0.01, partial=True)
STATUS = {
    "hangs": "timed out",
    "drips-headers": "timed out",
    "drips": "timed out",
    "stalls": "timed out",
    "breaks-off": "cut",
    "resets": "dead",
    "babbles": "dead",
    "lies": "malformed",
    "floods": "too much",
    "redirects": "refused",
}


@pytest.fixture(scope="module")
def server() -> Iterator[BadEndpoints]:
    """All the endpoints."""
    with serving(store(GENERATORS)) as server:
        yield server


def connections(server: BadEndpoints) -> int:
    """Return how many connections to a server are open."""
    mine = psutil.Process().net_connections("tcp4")
    return sum(bool(each.raddr) and each.raddr.port == server.port for each in mine)


def threads() -> int:
    """Return how many threads ask endpoints."""
    return sum(each.name.startswith("federation") for each in threading.enumerate())


def test_each_kind_is_tried() -> None:
    assert STATUS.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_endpoint_costs_no_more_than_its_part(server: BadEndpoints, kind: str) -> None:
    with Federation([server.url("well"), server.url(kind)], PARTIAL) as federation:
        answer = federation.answer(QUERY, "text/csv")
    assert len(answer.body.splitlines()) == 3
    assert [each.status for each in answer.account.sources] == ["answered", STATUS[kind]]
    assert answer.account.sources[1].problem
    assert connections(server) == threads() == 0


def test_all_kinds_together_cost_no_more_than_theirs(server: BadEndpoints) -> None:
    with Federation([server.url(kind) for kind in ("well", *KINDS)], PARTIAL) as federation:
        answers = [federation.answer(QUERY, "text/csv") for _ in range(3)]
    assert {len(each.body.splitlines()) for each in answers} == {3}
    sources = {each.url.rpartition("/")[2]: each.status for each in answers[0].account.sources}
    assert sources == {"well": "answered", **STATUS}
    assert connections(server) == threads() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_query_that_is_to_be_whole_names_the_bad_endpoint(server: BadEndpoints, kind: str) -> None:
    options = Options(endpoint_seconds=1.5, answer_bytes=1 << 20, retries=0)
    with (
        Federation([server.url("well"), server.url(kind)], options) as federation,
        pytest.raises(EndpointFailure) as caught,
    ):
        federation.answer(QUERY)
    assert caught.value.where == server.url(kind)
    assert connections(server) == threads() == 0


@pytest.mark.parametrize("kind", ["hangs", "drips-headers", "stalls"])
def test_a_query_ends_by_its_deadline_whatever_comes(server: BadEndpoints, kind: str) -> None:
    options = Options(seconds=1.0, endpoint_seconds=600, partial=True)
    with Federation([server.url(kind)], options) as federation:
        started = time.monotonic()
        answer = federation.answer(QUERY, "text/csv")
        assert time.monotonic() - started < 30
        assert answer.account.sources[0].status == "timed out"
        eventually(lambda: connections(server) == 0, what="the connections to the endpoint are closed")


@pytest.mark.parametrize("kind", ["hangs", "drips-headers", "stalls"])
def test_requests_end_with_whoever_waits_for_the_answer(server: BadEndpoints, kind: str) -> None:
    left = time.monotonic() + 0.5
    with (
        Federation([server.url(kind)], Options(seconds=600, endpoint_seconds=600)) as federation,
        pytest.raises(LimitExceeded, match="Nobody waits"),
    ):
        federation.answer(QUERY, gone=lambda: time.monotonic() > left)
    assert connections(server) == threads() == 0


def last(federation: Federation) -> Source:
    """Ask, and return what became of the last endpoint."""
    return federation.answer(QUERY).account.sources[-1]


@pytest.mark.parametrize("kind", ["hangs", "resets"])
def test_an_endpoint_that_gives_no_sign_is_asked_no_more_for_a_while(server: BadEndpoints, kind: str) -> None:
    with Federation([server.url("well"), server.url(kind)], PARTIAL) as federation:
        assert last(federation).status == STATUS[kind]
        again = last(federation)
    assert again.requests == 0
    assert "left alone" in str(again.problem)


def test_an_endpoint_that_a_query_could_not_wait_for_is_asked_the_simplest_question_first(server: BadEndpoints) -> None:
    options = Options(seconds=1.0, endpoint_seconds=600, partial=True)
    with Federation([server.url("hangs")], options) as federation:
        assert last(federation).status == "timed out"
        told = [last(federation) for _ in range(2)]
    assert [each.status for each in told] == ["dead", "dead"]
    assert told[1].requests == 0


def test_an_endpoint_on_trial_is_asked_the_simplest_question_first(server: BadEndpoints) -> None:
    options = Options(endpoint_seconds=1.5, breaker_seconds=0.0, partial=True, parallel=1)
    with Federation([server.url("well"), server.url("hangs")], options) as federation:
        last(federation)
        assert last(federation).requests == 1


def test_a_question_that_takes_too_long_is_no_fault_of_an_endpoint_that_answers_others() -> None:
    with serving(store(GENERATORS)) as server:
        options = Options(endpoint_seconds=1.0, probe_seconds=10.0, partial=True)
        with Federation([server.url("well"), server.url("hangs-at-triples")], options) as federation:
            first, second = last(federation), last(federation)
    assert first.status == second.status == "timed out"
    assert second.requests > 0


def test_silence_is_told() -> None:
    with (
        serving(store(GENERATORS)) as server,
        Federation([server.url("hangs")], Options(endpoint_seconds=0.2)) as federation,
        pytest.raises(EndpointSilent, match="answers nothing else either"),
    ):
        federation.answer(QUERY)
