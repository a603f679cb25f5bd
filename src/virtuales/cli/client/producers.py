"""Asking all producers by way of one node, and fetching the account of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.cli.client.connection import PATIENT, Connection
from virtuales.errors import PeerFailure
from virtuales.store.rdf_store import Answer

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
        model: The model that the query is in, so that data in others are asked through the mappings.
        strictness: Which other terms may stand for the query's; None for the node's default.
    """

    versions: Sequence[str] = ()
    words: str = ""
    publisher: str | None = None
    profile: str | None = None
    missing: Missing = "refused"
    model: str | None = None
    strictness: Strictness | None = None

    def parameters(self) -> list[tuple[str, str]]:
        """Return what the endpoint is told of it."""
        said = {"q": self.words, "publisher": self.publisher, "profile": self.profile, "missing": self.missing}
        said |= {"model": self.model, "strictness": self.strictness}
        named = [("version", iri) for iri in self.versions]
        return [*named, *((name, value) for name, value in said.items() if value)]


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
    headers = {"Content-Type": "application/sparql-query", "Accept": accept}
    sent = connection.send(
        "POST",
        node,
        ENDPOINT,
        params=producers.parameters(),
        content=text.encode(),
        headers=headers,
        timeout=PATIENT,
    )
    link = sent.links.get("describedby", {}).get("url", "")
    account = connection.get(node, urlsplit(link).path) if link else None
    if not isinstance(account, dict) or not isinstance(account.get("sources"), list):
        raise PeerFailure("The node's answer has no account of its sources.", where=node)
    return Accounted(Answer(sent.content, sent.headers.get("content-type", "")), account)
