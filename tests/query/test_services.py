"""Services that a query names are asked where they may be, and their rows take their place."""

import json
from collections.abc import Callable

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, QuerySolutions, Store

from virtuales.errors import InputError, LimitExceeded, PeerFailure, UnreadableInput
from virtuales.query.protocol import QueryRequest
from virtuales.query.services import NO_SERVICES, Services

THERE, OTHER = "http://there.example/sparql", "http://other.example/sparql"
A, B, P = (NamedNode(f"http://e.org/{name}") for name in "abp")


def remote(*quads: tuple[NamedNode, object]) -> Callable[[str, str], bytes]:
    """Make an endpoint that holds something of each subject."""
    store = Store()
    store.extend(Quad(subject, P, value) for subject, value in quads)  # type: ignore[arg-type]  # terms

    def ask(_url: str, query: str) -> bytes:
        found = store.query(query)
        assert isinstance(found, QuerySolutions)
        return found.serialize(format=QueryResultsFormat.JSON) or b""

    return ask


def answers(services: Services, text: str, *local: NamedNode) -> list[dict[str, str]]:
    """Answer a query over things that are here, and through the services."""
    store = Store()
    store.extend(Quad(one, P, one) for one in local)
    resolved = services.resolved(QueryRequest(text)).text
    assert "SERVICE <" not in resolved
    found = store.query(resolved)
    assert isinstance(found, QuerySolutions)
    rows = json.loads(found.serialize(format=QueryResultsFormat.JSON) or b"")["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in rows]


FULL = Services({THERE}, remote((A, Literal(1)), (B, Literal(2)), (A, Literal('x,"y"\n', language="en"))))


def test_rows_are_joined_with_what_is_here() -> None:
    text = f"SELECT ?s ?o WHERE {{ ?s <{P.value}> ?s SERVICE <{THERE}> {{ ?s <{P.value}> ?o }} }} ORDER BY ?o"
    assert sorted(row["o"] for row in answers(FULL, text, A)) == ["1", 'x,"y"\n']


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("OPTIONAL { SERVICE <%s> { ?s ?p 1 } }", 2),
        ("MINUS { SERVICE <%s> { ?s ?p 1 } }", 1),
        ("FILTER NOT EXISTS { SERVICE <%s> { ?s ?p 1 } }", 1),
        ("{ SELECT ?s WHERE { SERVICE <%s> { ?s ?p ?o FILTER(?o = 2) } } }", 1),
        ("SERVICE <%s> { { SELECT (COUNT(*) AS ?n) WHERE { ?x ?y ?z } } }", 2),
        ("SERVICE <%s> { }", 2),
    ],
)
def test_a_service_may_stand_anywhere(pattern: str, count: int) -> None:
    assert len(answers(FULL, f"SELECT * WHERE {{ ?s <{P.value}> ?s {pattern % THERE} }}", A, B)) == count


def test_a_name_is_no_service() -> None:
    request = QueryRequest('SELECT ?service WHERE { ?service <http://e.org/SERVICE> "SERVICE" }')
    assert FULL.resolved(request) == request


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (f"SERVICE <{OTHER}> {{ ?s ?p ?o }}", "may not be asked from here"),
        (f"SERVICE SILENT <{OTHER}> {{ ?s ?p ?o }}", "may not be asked from here"),
        ("SERVICE ?x { ?s ?p ?o }", "may not be asked from here"),
        (f"SERVICE <{THERE}> {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}", "within another"),
        (f"SERVICE <{THERE}> {{ ?s ?p ?o }} " * 9, "asks 9 services"),
    ],
)
def test_refuses_services_that_may_not_be_asked(pattern: str, says: str) -> None:
    def never(_url: str, _query: str) -> bytes:
        raise AssertionError("nobody is to be asked")

    with pytest.raises(InputError, match=says):
        Services({THERE}, never).resolved(QueryRequest(f"SELECT * WHERE {{ {pattern} }}"))


def test_refuses_what_is_not_valid() -> None:
    with pytest.raises(UnreadableInput):
        FULL.resolved(QueryRequest(f"SELECT * WHERE {{ SERVICE <{THERE}> {{ ?s ?p }} }}"))


def test_without_services_the_engine_never_sees_the_word() -> None:
    request = QueryRequest(f"SELECT * WHERE {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}")
    with pytest.raises(InputError, match="does not call other servers"):
        NO_SERVICES.resolved(request).over([A])


def test_a_failure_is_told_unless_it_is_to_be_silent() -> None:
    def fails(url: str, _query: str) -> bytes:
        raise PeerFailure("The service did not answer.", where=url)

    services = Services({THERE}, fails)
    pattern = f"<{THERE}> {{ ?s ?p ?o }}"
    with pytest.raises(PeerFailure):
        services.resolved(QueryRequest(f"SELECT * WHERE {{ SERVICE {pattern} }}"))
    assert answers(services, f"SELECT * WHERE {{ ?s <{P.value}> ?s SERVICE SILENT {pattern} }}", A) == [{"s": A.value}]


@pytest.mark.parametrize("body", [b"", b"<sparql/>", b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":'])
def test_an_answer_that_is_cut_or_broken_is_a_failure(body: bytes) -> None:
    services = Services({THERE}, lambda _url, _query: body)
    with pytest.raises(PeerFailure):
        services.resolved(QueryRequest(f"SELECT * WHERE {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}"))


def test_refuses_too_many_rows_and_what_has_no_name() -> None:
    few = Services({THERE}, FULL.ask, rows=2)
    with pytest.raises(LimitExceeded, match="more than 2 rows"):
        few.resolved(QueryRequest(f"SELECT * WHERE {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}"))
    blank = b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":{"type":"bnode","value":"b0"}}]}}'
    with pytest.raises(InputError, match="blank node"):
        Services({THERE}, lambda _url, _query: blank).resolved(
            QueryRequest(f"SELECT * WHERE {{ SERVICE <{THERE}> {{ ?s ?p ?o }} }}")
        )
