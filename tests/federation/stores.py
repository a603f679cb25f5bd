"""Endpoints within the process: stores asked through a transport, so that nothing goes over the network."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat, Store


def url(number: int) -> str:
    """Return the URL of an endpoint."""
    return f"http://endpoint{number}.example/sparql"


@dataclass
class StoreTransport(httpx.BaseTransport):
    """Answers the SPARQL protocol from stores.

    Args:
        stores: The stores; the first has the URL `url(0)`.
    """

    stores: Sequence[Store]
    queries: list[tuple[int, str]] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a query."""
        number = int(str(request.url).removeprefix("http://endpoint").partition(".")[0])
        text = request.read().decode()
        self.queries.append((number, text))
        return answered(self.stores[number], text)


def answered(store: Store, query: str) -> httpx.Response:
    """Answer a query as a server does."""
    try:
        result = store.query(query)
    except SyntaxError as error:
        return httpx.Response(400, text=str(error))
    if isinstance(result, QueryTriples):
        return _response(result.serialize(format=RdfFormat.N_TRIPLES), "application/n-triples")
    return _response(result.serialize(format=QueryResultsFormat.TSV), "text/tab-separated-values")


def _response(body: bytes | None, media_type: str) -> httpx.Response:
    return httpx.Response(200, content=body or b"", headers={"Content-Type": media_type})
