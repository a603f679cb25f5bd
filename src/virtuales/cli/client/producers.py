"""Asking all producers by way of one node, and fetching the account of the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from virtuales.cli.client.connection import PATIENT, Connection
from virtuales.errors import PeerFailure
from virtuales.federation.links import Links
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import TRIG
from virtuales.rdf.namespaces import OWL
from virtuales.rdf.terms import NamedNode, Quad, parse_iri
from virtuales.store.rdf_store import Answer
from virtuales.workflow.asked_vocabulary import Vocabulary

ENDPOINT: Final = "/sparql/federation"
Missing = Literal["none", "refused", "any"]
"""Which sources may be missing from an answer: none; those that may not be used, unless named; or any."""


@dataclass(frozen=True)
class Producers:
    """What a question is put to.

    Args:
        versions: IRIs of dataset versions, or of datasets; without any, all of the catalogue.
        words: Words that the datasets must have.
        publisher: IRI of the organisation that publishes them.
        profile: IRI of a profile or model that they conform to.
        missing: Which sources may be missing from the answer.
        vocabulary: The model that the query is in, so that data in others are asked through the mappings.
        links: What sources call by other IRIs than the query, by the IRI of the dataset version or dataset.
    """

    versions: Sequence[str] = ()
    words: str = ""
    publisher: str | None = None
    profile: str | None = None
    missing: Missing = "refused"
    vocabulary: Vocabulary | None = None
    links: Mapping[str, Links] = field(default_factory=dict)

    def parameters(self) -> dict[str, str | list[str]]:
        """Return what the endpoint is told of it."""
        said = {"q": self.words, "publisher": self.publisher, "profile": self.profile, "missing": self.missing}
        if self.vocabulary is not None:
            said |= {"model": self.vocabulary.model, "strictness": self.vocabulary.strictness}
            said |= {"every-term": "true"} if self.vocabulary.every_term else {}
        said["links"] = self._written_links()
        return {"version": [*self.versions], **{name: value for name, value in said.items() if value}}

    def _written_links(self) -> str:
        """Write the links in TriG, those of each source in a graph of its name."""
        told = (
            Quad(*_linked(theirs, ours), parse_iri(source, where="links"))
            for source, links in self.links.items()
            for theirs, ours in links.table.items()
        )
        return serialize_quads(told, TRIG).decode()


def _linked(theirs: str, ours: str) -> tuple[NamedNode, NamedNode, NamedNode]:
    return parse_iri(theirs, where="links"), OWL.sameAs, parse_iri(ours, where="links")


@dataclass(frozen=True)
class Accounted:
    """An answer with the account of its sources, as the node's API describes it."""

    answer: Answer
    account: dict[str, Any]


def ask_producers(connection: Connection, node: str, text: str, *, accept: str, producers: Producers) -> Accounted:
    """Ask all producers by way of a node.

    Args:
        connection: Who asks.
        node: Base URL of the node.
        text: The query.
        accept: The forms that the answer may have.
        producers: What the question is put to.

    Raises:
        SourcesRefused: a source may not be used, and may not be missing.
        SourcesMissing: a source gave nothing, or not all, and may not be missing.
        PeerFailure: the node does not answer as nodes do.
    """
    form = {"query": text, **producers.parameters()}
    sent = connection.send("POST", node, ENDPOINT, data=form, headers={"Accept": accept}, timeout=PATIENT)
    link = sent.links.get("describedby", {}).get("url", "")
    account = connection.get(node, urlsplit(link).path) if link else None
    if not isinstance(account, dict) or not isinstance(account.get("sources"), list):
        raise PeerFailure("The node's answer has no account of its sources.", where=node)
    return Accounted(Answer(sent.content, sent.headers.get("content-type", "")), account)
