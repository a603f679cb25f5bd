"""An RDF store behind HTTP: any server of the SPARQL 1.1 Protocol, Update and Graph Store HTTP Protocol.

Specifications: https://www.w3.org/TR/sparql11-protocol/ and https://www.w3.org/TR/sparql11-http-rdf-update/.
Servers differ in what their default graph is and in whether a request of several updates is atomic; so graphs are
always named, and every change is one operation guarded by the applied sequence number.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO

import httpx
from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, parse, parse_query_results

from virtuales.errors import InputError, StoreFailure, UnreadableInput
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import GRAPH_FORMATS, N_TRIPLES, RESULT_FORMATS, RESULTS_JSON
from virtuales.rdf.terms import NamedNode, Quad, Triple, plain
from virtuales.store.projection import APPLIED_QUERY, INITIAL_UPDATE, SYSTEM_GRAPH, guarded_update
from virtuales.store.rdf_store import NOTHING, Answer, Asked, Row

_EXPORT_BYTES = 1 << 20


@dataclass(frozen=True)
class SparqlServer:
    """The addresses of a SPARQL 1.1 server.

    Args:
        query: URL of the query service.
        update: URL of the update service.
        graph_store: URL of the graph store, to which `?graph=` is added.
    """

    query: str
    update: str
    graph_store: str

    @classmethod
    def at(cls, root: str) -> "SparqlServer":
        """Return the addresses that an Oxigraph server has under its root URL."""
        root = root.rstrip("/")
        return cls(query=f"{root}/query", update=f"{root}/update", graph_store=f"{root}/store")


class SparqlServerStore:
    """An `RdfStore` on a server.

    Args:
        server: Its addresses.
        client: The HTTP client; the caller closes it after the store.
    """

    def __init__(self, server: SparqlServer, client: httpx.Client) -> None:
        self._server = server
        self._client = client
        self._update(INITIAL_UPDATE)

    def select(self, text: str, *, graphs: Sequence[NamedNode]) -> list[Row]:
        """See `RdfStore.select`."""
        solutions = self._results(text, graphs)
        if not isinstance(solutions, QuerySolutions):
            raise InputError("A SELECT query is expected here.", where=text[:80])
        names = [variable.value for variable in solutions.variables]
        return [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in solutions]

    def ask(self, text: str, *, graphs: Sequence[NamedNode]) -> bool:
        """See `RdfStore.ask`."""
        result = self._results(text, graphs)
        if not isinstance(result, QueryBoolean):
            raise InputError("An ASK query is expected here.", where=text[:80])
        return bool(result)

    def construct(self, text: str, *, graphs: Sequence[NamedNode]) -> list[Triple]:
        """See `RdfStore.construct`."""
        answer = self.answer(text, graphs=graphs, accept=N_TRIPLES)
        if answer.media_type not in GRAPH_FORMATS:
            raise InputError("A CONSTRUCT or DESCRIBE query is expected here.", where=text[:80])
        return [quad.triple for quad in parse(answer.body, format=GRAPH_FORMATS[answer.media_type])]

    def answer(
        self, text: str, *, graphs: Sequence[NamedNode], accept: str | None, named: Sequence[NamedNode] = ()
    ) -> Answer:
        """See `RdfStore.answer`."""
        return self.answer_asked(Asked.of(text, graphs, named), accept)

    def answer_asked(self, asked: Asked, accept: str | None) -> Answer:
        """See `RdfStore.answer_asked`."""
        readable, nameable = asked.default or (NOTHING.value,), asked.named or (NOTHING.value,)
        parameters = [("default-graph-uri", iri) for iri in readable] + [("named-graph-uri", iri) for iri in nameable]
        headers = {"Content-Type": "application/sparql-query", "Accept": accept or "*/*"}
        response = self._send(
            "POST", self._server.query, params=parameters, content=asked.text.encode(), headers=headers
        )
        media_type = response.headers.get("content-type", "").partition(";")[0].strip()
        if media_type not in RESULT_FORMATS and media_type not in GRAPH_FORMATS:
            raise StoreFailure(f"The SPARQL server answered with `{media_type}`.", where=self._server.query)
        return Answer(response.content, media_type)

    def _results(self, text: str, graphs: Sequence[NamedNode]) -> QuerySolutions | QueryBoolean:
        answer = self.answer(text, graphs=graphs, accept=f"{RESULTS_JSON}, {N_TRIPLES};q=0.1")
        if answer.media_type not in RESULT_FORMATS:
            raise InputError("A SELECT or ASK query is expected here.", where=text[:80])
        try:
            return parse_query_results(answer.body, format=QueryResultsFormat.JSON)
        except SyntaxError as error:
            raise StoreFailure(f"The SPARQL server's answer is cut or broken: {error}.") from error

    def changed(self, graphs: Iterable[NamedNode]) -> int | None:
        """See `RdfStore.changed`; a server's graphs may be changed by others."""
        del graphs
        return None

    def applied_sequence(self) -> int:
        """See `RdfStore.applied_sequence`."""
        rows = self.select(APPLIED_QUERY, graphs=[SYSTEM_GRAPH])
        if len(rows) != 1:
            raise StoreFailure(
                f"The SPARQL server holds {len(rows)} applied sequence numbers instead of one.",
                where=self._server.query,
                remedy="Rebuild it from the journal.",
            )
        return int(plain(rows[0]["n"]))

    def apply(self, change: ChangeSet, *, sequence: int, after: int | None = None) -> None:
        """See `RdfStore.apply`."""
        before = self.applied_sequence()
        if before != (sequence - 1 if after is None else after):
            raise StoreFailure(f"Event {sequence} cannot follow event {before} in the RDF store.")
        self._update(guarded_update(change, sequence, after=before))
        if self.applied_sequence() != sequence:
            raise StoreFailure(f"The SPARQL server did not apply event {sequence}.", where=self._server.update)

    def load_graph(self, graph: NamedNode, file: Path) -> None:
        """See `RdfStore.load_graph`."""
        with file.open("rb") as source:
            response = self._add_to(graph, source)
        if response.status_code == httpx.codes.BAD_REQUEST:
            raise UnreadableInput(f"The file is not N-Triples: {response.text.strip()}.", where=file.name)
        self._expect_success(response)

    def load_quads(self, quads: Iterable[Quad]) -> None:
        """See `RdfStore.load_quads`."""
        for graph, group in groupby(quads, key=lambda quad: quad.graph_name):
            if not isinstance(graph, NamedNode):
                raise StoreFailure(f"A statement is to be loaded into no named graph: {graph}.")
            self._expect_success(self._add_to(graph, serialize_quads((quad.triple for quad in group), N_TRIPLES)))

    def _add_to(self, graph: NamedNode, statements: IO[bytes] | bytes) -> httpx.Response:
        return self._client.post(
            self._server.graph_store,
            params={"graph": graph.value},
            content=statements,
            headers={"Content-Type": N_TRIPLES},
        )

    def drop_graph(self, graph: NamedNode) -> None:
        """See `RdfStore.drop_graph`."""
        self._update(f"DROP SILENT GRAPH {graph}")

    def graphs(self) -> list[NamedNode]:
        """See `RdfStore.graphs`."""
        text = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"
        headers = {"Content-Type": "application/sparql-query", "Accept": RESULTS_JSON}
        response = self._send("POST", self._server.query, content=text.encode(), headers=headers)
        solutions = parse_query_results(response.content, format=QueryResultsFormat.JSON)
        if not isinstance(solutions, QuerySolutions):
            raise StoreFailure("The SPARQL server did not list its graphs.", where=self._server.query)
        return [row["g"] for row in solutions if isinstance(row["g"], NamedNode)]

    def graph_size(self, graph: NamedNode) -> int:
        """See `RdfStore.graph_size`."""
        rows = self.select("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", graphs=[graph])
        return int(plain(rows[0]["n"]))

    def export_graph(self, graph: NamedNode) -> Iterator[bytes]:
        """See `RdfStore.export_graph`."""
        with self._client.stream(
            "GET", self._server.graph_store, params={"graph": graph.value}, headers={"Accept": N_TRIPLES}
        ) as response:
            if response.status_code == httpx.codes.NOT_FOUND:
                return
            self._expect_success(response)
            yield from _whole_lines(response.iter_bytes(_EXPORT_BYTES))

    def clear(self) -> None:
        """See `RdfStore.clear`."""
        self._update("DROP ALL")
        self._update(INITIAL_UPDATE)

    def flush(self) -> None:
        """Do nothing: the server keeps its own promise of durability."""

    def close(self) -> None:
        """Do nothing: the HTTP client belongs to the caller."""

    def _update(self, text: str) -> None:
        headers = {"Content-Type": "application/sparql-update"}
        self._send("POST", self._server.update, content=text.encode(), headers=headers)

    def _send(
        self,
        method: str,
        url: str,
        *,
        content: bytes,
        headers: dict[str, str],
        params: list[tuple[str, str | int | float | bool | None]] | list[tuple[str, str]] | None = None,
    ) -> httpx.Response:
        try:
            response = self._client.request(method, url, params=params, content=content, headers=headers)  # type: ignore[arg-type]  # httpx's list type is invariant
        except httpx.HTTPError as error:
            raise StoreFailure(f"The SPARQL server did not answer: {error}.", where=url) from error
        if response.status_code == httpx.codes.BAD_REQUEST:
            raise InputError(f"The SPARQL server refused the request: {response.text.strip()}.", where=url)
        self._expect_success(response)
        return response

    def _expect_success(self, response: httpx.Response) -> None:
        if not response.is_success:
            raise StoreFailure(
                f"The SPARQL server answered {response.status_code}: {response.text.strip()[:200]}.",
                where=str(response.request.url),
            )


def _whole_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        whole, newline, rest = (rest + chunk).rpartition(b"\n")
        if newline:
            yield whole + newline
    if rest:
        yield rest
