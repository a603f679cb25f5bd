"""SERVICE in a federated query: only services that are allowed are asked, and a silent one may fail."""

import httpx
import pytest
from tests.federation.stores import StoreTransport, url
from tests.federation.test_federate import GENERATORS, OWNERS, PREFIX, store

from virtuales.errors import InputError
from virtuales.federation.endpoint import Endpoint, EndpointRefused
from virtuales.federation.federate import Federation
from virtuales.federation.options import Options

SERVICES = f":here :at <{url(1)}> ."
ELSEWHERE = ":here :at <http://other.example/> ."


class Busy(StoreTransport):
    """Endpoints of which the second refuses whatever is asked."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or refuse."""
        if "endpoint1" in str(request.url):
            return httpx.Response(503, text="busy")
        return super().handle_request(request)


def ask(query: str, transport: StoreTransport) -> list[str]:
    """Ask the first endpoint; the second is a service. Return the lines of the answer, sorted, without their head."""
    options = Options(services=[Endpoint(url(1))], parallel=1)
    with Federation([url(0)], options, transport=transport) as federation:
        return sorted(federation.answer(PREFIX + query, "text/csv").body.decode().split("\r\n")[1:-1])


def test_a_service_is_asked_for_its_part_alone() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS + ":z :feeds :zz .")])
    found = ask(f"SELECT ?to ?o {{ ?from :feeds ?to SERVICE <{url(1)}> {{ ?from :owner ?o }} }}", transport)
    assert found == ["http://e.example/b,http://e.example/x"]
    assert ask("SELECT ?from { ?from :feeds ?to } ORDER BY ?from", transport) == [
        "http://e.example/a",
        "http://e.example/b",
    ]


def test_a_variable_may_name_the_service() -> None:
    transport = StoreTransport([store(GENERATORS + SERVICES), store(OWNERS)])
    assert ask("SELECT ?o { :here :at ?s SERVICE ?s { :a :owner ?o } }", transport) == ["http://e.example/x"]


def test_refuses_a_service_that_a_variable_names_and_that_is_not_allowed() -> None:
    transport = StoreTransport([store(GENERATORS + ELSEWHERE), store(OWNERS)])
    with pytest.raises(InputError, match="may not be asked"):
        ask("SELECT ?o { :here :at ?s SERVICE ?s { :a :owner ?o } }", transport)


def test_refuses_graphs_within_a_service() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS)])
    with pytest.raises(InputError, match="default graph only"):
        ask(f"SELECT * {{ SERVICE <{url(1)}> {{ GRAPH ?g {{ ?s ?p ?o }} }} }}", transport)


def test_a_variable_for_a_graph_is_never_a_service() -> None:
    transport = StoreTransport([store(GENERATORS), store(OWNERS)])
    query = f"SELECT ?g {{ SERVICE <{url(1)}> {{ :a :owner ?o }} OPTIONAL {{ GRAPH ?g {{ ?a :owner ?b }} }} }}"
    assert ask(query, transport) == [""]


def test_a_service_that_fails_fails_the_query() -> None:
    with pytest.raises(EndpointRefused):
        ask(f"SELECT ?to {{ ?from :feeds ?to SERVICE <{url(1)}> {{ ?from :owner ?o }} }}", Busy([store(GENERATORS)]))


def test_a_silent_service_that_fails_gives_one_empty_solution() -> None:
    query = f"SELECT ?to {{ :a :feeds ?to SERVICE SILENT <{url(1)}> {{ ?from :owner ?o }} }}"
    assert ask(query, Busy([store(GENERATORS)])) == ["http://e.example/b"]
