"""Notifications: what an organisation's people are told, until they have read it."""

from dataclasses import dataclass
from uuid import uuid4

from virtuales.clock import iso_instant
from virtuales.errors import NotFound
from virtuales.journal.ledger import Ledger
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS, RDF, VES
from virtuales.rdf.terms import NamedNode, Quad, date_time, plain, typed
from virtuales.store.rdf_store import RdfStore


@dataclass(frozen=True)
class Notification:
    """A notification.

    Args:
        iri: Its IRI.
        organisation: Whom it is for.
        about: IRI of the thing it is about.
        text: What happened, in one sentence.
        received_at: When, as ISO 8601.
        is_read: Whether somebody has read it.
    """

    iri: NamedNode
    organisation: str
    about: str
    text: str
    received_at: str
    is_read: bool


def notify(ledger: Ledger, graph: NamedNode, *, organisation: NamedNode, about: NamedNode, text: str) -> ChangeSet:
    """Return the change that tells an organisation something."""
    iri = NamedNode(f"{ledger.source}/id/notification/{uuid4()}")
    statements = Statements(graph).say(iri, RDF.type, VES.Notification).say(iri, VES.notifies, organisation)
    statements.say(iri, VES.about, about).say(iri, DCTERMS.title, text)
    statements.say(iri, VES.receivedAt, date_time(iso_instant(ledger.clock.now())))
    return ChangeSet(add=statements.quads + _read(graph, iri, is_read=False))


def mark_read(notification: Notification, graph: NamedNode) -> ChangeSet:
    """Return the change that marks a notification as read."""
    return ChangeSet(
        add=_read(graph, notification.iri, is_read=True), remove=_read(graph, notification.iri, is_read=False)
    )


class Notifications:
    """Reads notifications.

    Args:
        store: Where they are read from.
        graph: The graph that holds them.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self._graph = graph

    def of(self, organisation: NamedNode) -> list[Notification]:
        """Return an organisation's notifications, the newest first."""
        rows = self._store.select(
            f"SELECT ?n ?about ?text ?at ?read WHERE {{ ?n a {VES.Notification} ; {VES.notifies} {organisation} ; "
            f"{VES.about} ?about ; {DCTERMS.title} ?text ; {VES.receivedAt} ?at ; {VES['read']} ?read }} "
            "ORDER BY DESC(?at) ?n",
            graphs=[self._graph],
        )
        return [
            Notification(
                iri=NamedNode(plain(row["n"])),
                organisation=organisation.value,
                about=plain(row["about"]),
                text=plain(row["text"]),
                received_at=plain(row["at"]),
                is_read=plain(row["read"]) == "true",
            )
            for row in rows
        ]

    def get(self, organisation: NamedNode, key: str) -> Notification:
        """Return one of an organisation's notifications by the last part of its IRI.

        Raises:
            NotFound: it has none of that key.
        """
        for notification in self.of(organisation):
            if notification.iri.value.rpartition("/")[2] == key:
                return notification
        raise NotFound("There is no such notification.", where=key)


def _read(graph: NamedNode, iri: NamedNode, *, is_read: bool) -> tuple[Quad, ...]:
    return Statements(graph).say(iri, VES["read"], typed("true" if is_read else "false", "boolean")).quads
