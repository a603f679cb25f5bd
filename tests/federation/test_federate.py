"""Single federated queries: what is refused, what is sent, what the account says."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from pyoxigraph import RdfFormat, Store
from tests.federation.stores import StoreTransport, url

from virtuales.errors import InputError, LimitExceeded, NotAcceptable
from virtuales.federation.endpoint import (
    EndpointDead,
    EndpointFailure,
    EndpointMalformed,
    EndpointRefused,
    EndpointTimedOut,
    EndpointTooMuch,
    EndpointTruncated,
)
from virtuales.federation.federate import Federation
from virtuales.federation.options import DEFAULTS, Options

PREFIX = "PREFIX : <http://e.example/> "
CSV = "text/csv"


def store(turtle: str) -> Store:
    """Make a store of data in Turtle."""
    made = Store()
    made.load(f"@prefix : <http://e.example/> . {turtle}".encode(), format=RdfFormat.TURTLE)
    return made


def ask(transport: httpx.BaseTransport, query: str, options: Options = DEFAULTS, *, endpoints: int = 2) -> list[str]:
    """Return the lines of a federated answer as CSV, without their head, in order."""
    with Federation([url(number) for number in range(endpoints)], options, transport=transport) as federation:
        lines = federation.answer(PREFIX + query, CSV).body.decode().split("\r\n")[1:-1]
    return sorted(lines)


GENERATORS = ":a :feeds :b . :b :feeds :c ."
OWNERS = ":a :owner :x . :c :owner :y ."


def test_joins_what_two_endpoints_know() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS)])
    found = ask(transport, "SELECT ?to ?owner { ?from :feeds ?to ; :owner ?owner }")
    assert found == ["http://e.example/b,http://e.example/x"]


def test_counts_a_statement_of_two_endpoints_once() -> None:
    transport = StoreTransport([store(GENERATORS), store(GENERATORS)])
    assert ask(transport, "SELECT (COUNT(*) AS ?n) { ?from :feeds ?to }") == ["2"]


def test_blank_nodes_of_two_endpoints_never_meet() -> None:
    transport = StoreTransport([store("_:b :feeds :c ."), store("_:b :owner :x .")])
    assert ask(transport, "SELECT ?owner { ?b :feeds :c ; :owner ?owner }") == []


class Relabelling(StoreTransport):
    """Endpoints that label the blank nodes of every answer anew, from the first."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a query."""
        response = super().handle_request(request)
        labels: dict[bytes, bytes] = {}

        def anew(match: re.Match[bytes]) -> bytes:
            return labels.setdefault(match[0], b"_:b%d" % len(labels))

        body = re.sub(rb"_:\w+", anew, response.content)
        return httpx.Response(200, content=body, headers={"Content-Type": response.headers["Content-Type"]})


def test_refuses_blank_nodes_whose_labels_mean_nothing_beyond_one_answer() -> None:
    blank = "[] :feeds :c ; :owner :x . [] :feeds :d ; :owner :y ."
    query = "SELECT ?owner { ?b :feeds :c ; :owner ?owner }"
    assert ask(StoreTransport([store(blank), store(OWNERS)]), query) == ["http://e.example/x"]
    with pytest.raises(EndpointMalformed, match="another label in every answer"):
        ask(Relabelling([store(blank), store(OWNERS)]), query)


def test_sends_only_values_that_are_known_by_then() -> None:
    busy = " ".join(f":n{number} :owner :x ." for number in range(50))
    transport = StoreTransport([store(GENERATORS), store(OWNERS + busy)])
    ask(transport, "SELECT * { :a :feeds ?to . ?to :feeds ?end . ?end :owner ?owner }")
    sent = [text for number, text in transport.queries if number == 1 and "CONSTRUCT" in text]
    assert len(sent) == 1
    assert "VALUES (?end) { (<http://e.example/c>) }" in sent[0]


def test_sends_values_of_one_variable_where_all_together_are_too_many() -> None:
    lines = " ".join(f":a{number} :feeds :b{number} . :c{number} :rates :d{number} ." for number in range(20))
    near = " ".join(f":b{number} :near :d{number} . :x{number} :near :y{number} ." for number in range(40))
    query = "SELECT * { ?a :feeds ?b . ?c :rates ?d OPTIONAL { ?b :near ?d } }"
    answers = []
    for values in (100, 10, 1000):
        transport = StoreTransport([store(lines), store(near)])
        answers.append(ask(transport, query, Options(values=values, parallel=1)))
        (sent,) = [text for number, text in transport.queries if number == 1 and "CONSTRUCT" in text]
        assert sent.count("(<http://e.example/") == (0 if values == 10 else 20)
    assert len(answers[0]) == 400
    assert answers[0] == answers[1] == answers[2]


def test_asks_an_endpoint_only_for_what_it_may_have() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS)])
    ask(transport, "SELECT * { ?from :feeds ?to }")
    assert [number for number, text in transport.queries if "CONSTRUCT" in text] == [0]


def test_asks_one_endpoint_for_all_that_it_alone_has_at_once() -> None:
    transport = StoreTransport([store(GENERATORS), store(":a :owner :x . :x :name 'X' .")])
    ask(transport, "SELECT * { ?asset :owner ?owner . ?owner :name ?name }")
    assert len([text for _, text in transport.queries if "CONSTRUCT" in text]) == 1


def test_the_account_says_what_each_source_gave() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS)])
    with Federation([url(0), url(1)], transport=transport) as federation:
        account = federation.answer(f"{PREFIX} SELECT * {{ ?from :feeds ?to }}").account
    assert [(each.url, each.status, each.triples) for each in account.sources] == [
        (url(0), "answered", 2),
        (url(1), "answered", 0),
    ]
    assert account.complete
    assert account.requests == len(transport.queries)
    assert account.triples_fetched == 2
    assert account.bytes_received > 0


def test_refuses_a_query_that_is_none() -> None:
    with pytest.raises(InputError, match="a term is expected"):
        ask(StoreTransport([store(""), store("")]), "SELECT * { ?s ?p }")


def test_refuses_a_service_that_is_not_named_among_the_endpoints() -> None:
    with pytest.raises(InputError, match="may not be asked"):
        ask(StoreTransport([store(""), store("")]), "SELECT * { SERVICE <http://other.example/> { ?s ?p ?o } }")


def test_refuses_a_form_that_an_answer_does_not_have() -> None:
    transport = StoreTransport([store(GENERATORS)])
    with Federation([url(0)], transport=transport) as federation, pytest.raises(NotAcceptable):
        federation.answer("SELECT * { ?s ?p ?o }", "image/png")


def test_refuses_to_bring_together_more_than_is_allowed() -> None:
    with pytest.raises(LimitExceeded, match="more than 1 triples"):
        ask(StoreTransport([store(GENERATORS), store("")]), "SELECT * { ?s ?p ?o }", Options(triples=1))


Fault = Callable[[], httpx.Response]
"""Makes a response that is of no use, or raises what goes wrong."""


class Faulty(StoreTransport):
    """Endpoints of which the second misbehaves whenever it is asked for triples, for so many times."""

    def __init__(self, fault: Fault, times: float = float("inf")) -> None:
        super().__init__([store(GENERATORS), store(":c :feeds :d .")])
        self._fault = fault
        self._times = times

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or misbehave."""
        if "endpoint1" in str(request.url) and b"CONSTRUCT" in request.read() and self._times > 0:
            self._times -= 1
            return self._fault()
        return super().handle_request(request)


class CutShort(httpx.SyncByteStream):
    """A body that breaks off."""

    def __iter__(self) -> Iterator[bytes]:
        """Give a part of the body."""
        yield b"<http://e.example/c> "
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def raising(error: Exception) -> Fault:
    """Make a fault that is no response at all."""

    def fault() -> httpx.Response:
        raise error

    return fault


N_TRIPLES = {"Content-Type": "application/n-triples"}
FAULTS: list[tuple[Fault, type[EndpointFailure], str]] = [
    (lambda: httpx.Response(503, text="busy"), EndpointRefused, "refused"),
    (raising(httpx.ConnectError("refused")), EndpointDead, "dead"),
    (raising(httpx.ReadTimeout("slow")), EndpointTimedOut, "timed out"),
    (lambda: httpx.Response(200, text="<html>", headers={"Content-Type": "text/html"}), EndpointMalformed, "malformed"),
    (lambda: httpx.Response(200, text="no triples", headers=N_TRIPLES), EndpointMalformed, "malformed"),
    (lambda: httpx.Response(200, stream=CutShort(), headers=N_TRIPLES), EndpointTruncated, "cut"),
    (lambda: httpx.Response(200, content=b"#" * 5000, headers=N_TRIPLES), EndpointTooMuch, "too much"),
]
OPTIONS = Options(answer_bytes=4000, pause=0.0)


@pytest.mark.parametrize(("fault", "failure", "status"), FAULTS)
def test_a_source_that_fails_fails_the_query(fault: Fault, failure: type[EndpointFailure], status: str) -> None:
    with pytest.raises(failure) as caught:
        ask(Faulty(fault), "SELECT * { ?from :feeds ?to }", OPTIONS)
    assert caught.value.where == url(1)
    assert caught.value.status == status


def test_learns_anew_what_endpoints_hold() -> None:
    transport = StoreTransport([store(GENERATORS), store("")])
    options = Options(summary_seconds=0.0)
    with Federation([url(0), url(1)], options, transport=transport) as federation:
        query = f"{PREFIX} SELECT * {{ ?from :owner ?o }}"
        assert len(federation.answer(query, CSV).body.splitlines()) == 1
        transport.stores[1].load(f"@prefix : <http://e.example/> . {OWNERS}".encode(), format=RdfFormat.TURTLE)
        assert len(federation.answer(query, CSV).body.splitlines()) == 3


@pytest.mark.parametrize("parallel", [1, 4])
@pytest.mark.parametrize(("fault", "failure", "status"), FAULTS[:4])
def test_a_partial_answer_names_the_source_that_it_lacks(
    fault: Fault, failure: type[EndpointFailure], status: str, parallel: int
) -> None:
    options = Options(partial=True, parallel=parallel, pause=0.0)
    with Federation([url(0), url(1)], options, transport=Faulty(fault)) as federation:
        answer = federation.answer(f"{PREFIX} SELECT * {{ ?from :feeds ?to }}", CSV)
    assert failure.status == status
    assert len(answer.body.splitlines()) == 3
    assert not answer.account.complete
    assert [each.status for each in answer.account.sources] == ["answered", status]
    assert answer.account.sources[1].problem
