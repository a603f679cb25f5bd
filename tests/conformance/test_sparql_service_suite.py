"""The W3C's suite of SPARQL 1.1 Federated Query, with every endpoint that it speaks of within the process."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from pyoxigraph import (
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse_query_results,
)
from tests.federation.stores import answered
from tests.shared_data import SHARED, shared

from virtuales.federation.endpoint import Endpoint
from virtuales.federation.federate import Federation
from virtuales.federation.options import Options

SUITE = "suites/rdf-tests/sparql/sparql11/service"
LOCAL = "http://local.example/sparql"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
CASES = f"""
SELECT ?query ?result ?data ?endpoint ?remote WHERE {{
  ?test <{MF}action> ?action ; <{MF}result> ?result . ?action <{QT}query> ?query .
  OPTIONAL {{ ?action <{QT}data> ?data }}
  OPTIONAL {{ ?action <{QT}serviceData> [ <{QT}endpoint> ?endpoint ; <{QT}data> ?remote ] }}
}}"""


@dataclass
class Case:
    """A query with its data, here and at the endpoints, and its result."""

    result: Path
    data: dict[str, Path] = field(default_factory=dict)


def cases() -> dict[str, Case]:
    """Read the suite; nothing where it is not at hand."""
    manifest = SHARED / SUITE / "manifest.ttl"
    found: dict[str, Case] = {}
    if not manifest.exists():
        return found
    graph = Store()
    graph.load(path=manifest, format=RdfFormat.TURTLE, base_iri=manifest.resolve().as_uri())
    rows = graph.query(CASES)
    assert isinstance(rows, QuerySolutions)
    for row in rows:
        query, result, data, endpoint, remote = (_plain(row[name]) for name in range(5))
        case = found.setdefault(Path(query).name, Case(_path(result)))
        if data:
            case.data[LOCAL] = _path(data)
        if endpoint:
            case.data[endpoint] = _path(remote)
    return found


def _plain(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def _path(iri: str) -> Path:
    return Path(iri.removeprefix("file://"))


class Endpoints(httpx.BaseTransport):
    """Endpoints that answer from files, and none besides."""

    def __init__(self, files: dict[str, Path]) -> None:
        self._stores = {LOCAL: Store()} | {url: Store() for url in files}
        for url, file in files.items():
            self._stores[url].load(path=file, format=RdfFormat.TURTLE)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a query."""
        if str(request.url) not in self._stores:
            raise httpx.ConnectError("no such host")
        return answered(self._stores[str(request.url)], request.read().decode())


def rows_of(body: bytes, form: QueryResultsFormat) -> Counter[frozenset[tuple[str, str]]]:
    """Return solutions without their order; blank nodes are all alike."""
    results = parse_query_results(body, format=form)
    assert isinstance(results, QuerySolutions)
    names = [each.value for each in results.variables]
    return Counter(
        frozenset(
            (name, "_:" if str(term).startswith("_:") else str(term))
            for name, term in zip(names, row, strict=True)
            if term is not None
        )
        for row in results
    )


def test_every_case_of_the_suite_is_there() -> None:
    shared(SUITE)
    assert len(cases()) == 7


@pytest.mark.parametrize("name", [f"service0{number}.rq" for number in ("1", "2", "3", "4a", "5", "6", "7")])
def test_a_query_with_services_is_answered_as_the_suite_says(name: str) -> None:
    file = shared(f"{SUITE}/{name}")
    case = cases()[name]
    options = Options(services=[Endpoint(url) for url in case.data if url != LOCAL])
    with Federation([LOCAL], options, transport=Endpoints(case.data)) as federation:
        answer = federation.answer(file.read_text(), "application/sparql-results+json")
    expected = rows_of(case.result.read_bytes(), QueryResultsFormat.XML)
    assert rows_of(answer.body, QueryResultsFormat.JSON) == expected
