"""The questions that a notebook asks of nodes, in the name of a profile of `virtuales login` or of nobody."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

import httpx

from virtuales.cli.client.connection import PATIENT, Connection, path_of
from virtuales.cli.client.producers import Missing, Producers, ask_producers
from virtuales.cli.client.profile import get_profile
from virtuales.cli.client.versions import place_of
from virtuales.client.answers import ProducersAnswer, TableAnswer
from virtuales.exchange.lowering.results import table_of
from virtuales.federation.links import Links
from virtuales.rdf.media import RESULTS_JSON
from virtuales.workflow.asked_vocabulary import Vocabulary

PATHS: Final = (
    "/api/v1/catalogue",
    "/api/v1/catalogue/dataset",
    "/api/v1/objects/{mrid}",
    "/api/v1/queries",
    "/api/v1/queries/{name}/answer",
    "/sparql/catalogue",
    "/sparql/dataset/{slug}/version/{number}",
    "/sparql/federation",
    "/api/v1/federation/accounts/{key}",
    "/download/dataset/{slug}/version/{number}/{name}",
)
"""The addresses of nodes that are used here, as their OpenAPI description names them."""


class Client:
    """Asks nodes; closes its connections when its block ends.

    Args:
        connection: Who asks.
        http: The HTTP client that the connection uses.
        node: Base URL of the node whose catalogue and saved queries are asked.

    Raises:
        InputError: no node is named, and there is no profile to say which one.
    """

    def __init__(self, connection: Connection, http: httpx.Client, *, node: str | None = None) -> None:
        self._connection = connection
        self._http = http
        self.node = (node or connection.orchestrator).rstrip("/")

    @classmethod
    def of_profile(cls, name: str = "default", *, node: str | None = None) -> Self:
        """Ask in the name of a profile that `virtuales login` kept.

        Args:
            name: The profile.
            node: Base URL of the node whose catalogue is asked; by default the profile's orchestrator.

        Raises:
            ConfigurationError: there is no such profile.
        """
        profile, http = get_profile(name), httpx.Client()
        return cls(Connection(profile, http), http, node=node)

    @classmethod
    def of_nobody(cls, node: str) -> Self:
        """Ask a node for what is public."""
        http = httpx.Client()
        return cls(Connection(None, http), http, node=node)

    def __enter__(self) -> Self:
        """Begin a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def find(self, words: str = "", **facets: str) -> list[dict[str, Any]]:
        """Return every dataset that has all words, and the facets, such as `publisher` or `sensitivity`."""
        found: list[dict[str, Any]] = []
        after = None
        while True:
            params = {"q": words, "after": after, "limit": 100, **facets}
            page = self._connection.get(self.node, path_of("catalogue"), params=params)
            found += page["datasets"]
            after = page["next"]
            if after is None:
                return found

    def show(self, iri: str) -> dict[str, Any]:
        """Return what the catalogue says of a dataset or version, and how you stand to it."""
        shown: dict[str, Any] = self._connection.get(self.node, path_of("catalogue", "dataset"), params={"iri": iri})
        return shown

    def object(self, mrid: str) -> dict[str, Any]:
        """Return what every producer says of an object of the grid."""
        found: dict[str, Any] = self._connection.get(self.node, path_of("objects", mrid))
        return found

    def query(self, sparql: str, iri: str | None = None) -> TableAnswer:
        """Ask a dataset version, or without one the catalogue; a dataset stands for its current version.

        Args:
            sparql: A SELECT or ASK query.
            iri: The dataset or version.
        """
        node, path = self.node, "/sparql/catalogue"
        if iri is not None:
            place = place_of(self._connection, iri)
            node, path = place.node, place.sparql
        headers = {"Content-Type": "application/sparql-query", "Accept": RESULTS_JSON}
        sent = self._connection.send("POST", node, path, content=sparql.encode(), headers=headers, timeout=PATIENT)
        return TableAnswer.of(sent.content)

    def query_producers(
        self,
        sparql: str,
        *,
        versions: Sequence[str] = (),
        words: str = "",
        missing: Missing = "refused",
        model: str | Vocabulary | None = None,
        links: Mapping[str, Mapping[str, str] | Path] = MappingProxyType({}),
    ) -> ProducersAnswer:
        """Ask all producers: what your agreements grant, what is open, and your own data.

        The organisation's own node is asked, which knows its agreements; without a profile the client's node.

        Args:
            sparql: A SELECT or ASK query.
            versions: IRIs of dataset versions, or of datasets, to ask; without any, all of the catalogue.
            words: Words that the datasets must have.
            missing: Which sources may be missing: `none`; `refused`, those you may not use, unless named; or `any`.
            model: The model that the query is in, so that data in others are asked through the mappings; a `Vocabulary`
                says also how strictly, and whether every term has to be carried.
            links: For datasets or versions, by IRI, what they call otherwise: their IRIs to the query's, or a file of
                links (a mapping set, or RDF with `owl:sameAs` or `skos:exactMatch`).

        Raises:
            InputError: the query may not be asked, or not every term is carried that has to be.
            SourcesRefused: a source may not be used, and may not be missing.
            SourcesMissing: a source gave nothing, or not all, and may not be missing.
        """
        node = self._connection.home if self._connection.profile else self.node
        told = {iri: Links.read(one) if isinstance(one, Path) else Links(one) for iri, one in links.items()}
        vocabulary = Vocabulary(model) if isinstance(model, str) else model
        producers = Producers(versions, words, missing=missing, vocabulary=vocabulary, links=told)
        found = ask_producers(self._connection, node, sparql, accept=RESULTS_JSON, producers=producers)
        return ProducersAnswer(table_of(found.answer.body), found.account)

    def queries(self, tag: str | None = None) -> list[dict[str, Any]]:
        """Return the saved queries, all or those with a tag."""
        found: list[dict[str, Any]] = self._connection.get(self.node, path_of("queries"), params={"tag": tag})
        return found

    def ask(self, name: str, version: str | None = None, **values: str) -> TableAnswer:
        """Ask a saved query by its name, with its values.

        Args:
            name: The query.
            version: The dataset or version that a query about data is asked of, on its own node.
            values: The values, by the parameters' names.
        """
        node, params = self.node, dict[str, str](values)
        if version is not None:
            place = place_of(self._connection, version)
            node, params["version"] = place.node, place.iri
        path = path_of("queries", name, "answer")
        sent = self._connection.send(
            "GET", node, path, params=params, headers={"Accept": RESULTS_JSON}, timeout=PATIENT
        )
        return TableAnswer.of(sent.content)

    def download(self, iri: str, name: str, to: Path) -> Path:
        """Save a file of a dataset version; return where it is."""
        place = place_of(self._connection, iri)
        asked = self._connection.stream("GET", place.node, place.download(name), timeout=PATIENT)
        with asked as response, to.open("wb") as sink:
            for part in response.iter_bytes():
                sink.write(part)
        return to
