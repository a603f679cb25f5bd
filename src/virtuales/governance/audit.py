"""The audit trail: who asked for which data, under which agreement, what was decided and why.

Each access is an event of the journal, so it is chained and durable before the data leaves; in RDF it is a PROV
activity (https://www.w3.org/TR/prov-o/) in a graph that the orchestrator follows.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from virtuales.clock import iso_instant
from virtuales.journal.event import EventDraft
from virtuales.journal.ledger import Ledger
from virtuales.policy.values import instant
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import PROV, RDF, VES
from virtuales.rdf.terms import NamedNode, date_time, plain
from virtuales.store.rdf_store import RdfStore


@dataclass(frozen=True)
class Access:
    """One attempt to get at data.

    Args:
        version: IRI of the dataset version.
        organisation: IRI of the organisation that asked; None for the public.
        client: The client that asked in its name.
        door: How it asked: `sparql` or `download`.
        allowed: Whether it was let in.
        reasons: Why, one sentence each.
        agreement: IRI of the agreement that allowed it.
        detail: The query's text or the file's name; the trail keeps a query's digest, not its text.
    """

    version: NamedNode
    organisation: str | None
    client: str | None
    door: str
    allowed: bool
    reasons: tuple[str, ...]
    agreement: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class AuditRecord:
    """An access as the trail shows it."""

    iri: str
    time: str
    version: str
    organisation: str | None
    door: str
    decision: str
    reasons: tuple[str, ...]
    agreement: str | None


@dataclass(frozen=True)
class Uses:
    """How often data was used under an agreement, and when first; None when it was not."""

    number: int
    first: datetime | None


def record_access(ledger: Ledger, access: Access) -> str:
    """Record an access before its answer leaves, and return the record's IRI."""
    addresses = Addresses(ledger.source)
    node = addresses.thing("access", str(uuid4()))
    detail = hashlib.sha256(access.detail.encode()).hexdigest() if access.door == "sparql" else access.detail
    graph = Statements(addresses.graph("audit"))
    graph.say(node, RDF.type, PROV.Activity).say(node, RDF.type, VES.Access)
    graph.say(node, PROV.used, access.version).say(node, PROV.startedAtTime, date_time(iso_instant(ledger.clock.now())))
    graph.say(node, VES.accessPath, access.door).say(
        node, VES.accessDecision, "allowed" if access.allowed else "refused"
    )
    graph.say_all(node, VES.accessReason, list(access.reasons))
    if access.organisation:
        graph.say(node, PROV.wasAssociatedWith, NamedNode(access.organisation))
    if access.agreement:
        graph.say(node, VES.agreement, NamedNode(access.agreement))
    ledger.note(
        EventDraft(
            "AccessGranted" if access.allowed else "AccessRefused",
            node.value,
            facts={"version": access.version.value, "client": access.client, "door": access.door, "detail": detail},
            change=ChangeSet(add=graph.quads),
            actor=access.organisation,
        )
    )
    return node.value


class AuditTrail:
    """Reads the audit trail.

    Args:
        store: Where it is read from.
        graphs: The audit graphs of the nodes whose accesses the reader may see.
    """

    def __init__(self, store: RdfStore, graphs: Sequence[NamedNode]) -> None:
        self._store = store
        self._graphs = list(graphs)

    def uses_under(self, agreement: NamedNode) -> Uses:
        """Return how often an agreement let somebody in, and when first."""
        (row,) = self._store.select(
            f"SELECT (COUNT(?a) AS ?number) (MIN(?time) AS ?first) WHERE {{ ?a {VES.agreement} {agreement} ; "
            f"{VES.accessDecision} 'allowed' ; {PROV.startedAtTime} ?time }}",
            graphs=self._graphs,
        )
        first = row.get("first")
        return Uses(int(plain(row["number"])), instant(first))

    def latest(self, *, limit: int = 100, version: str | None = None) -> list[AuditRecord]:
        """Return the latest accesses, the newest first, of all versions or of one."""
        only = f"FILTER(?version = <{version}>)" if version else ""
        query = (
            "SELECT ?a ?time ?version ?door ?decision ?org ?agreement "
            "(GROUP_CONCAT(?why; separator='\\n') AS ?reasons) "
            f"WHERE {{ ?a a {VES.Access} ; {PROV.startedAtTime} ?time ; {PROV.used} ?version ; "
            f"{VES.accessPath} ?door ; {VES.accessDecision} ?decision . OPTIONAL {{ ?a {VES.accessReason} ?why }} "
            f"OPTIONAL {{ ?a {PROV.wasAssociatedWith} ?org }} OPTIONAL {{ ?a {VES.agreement} ?agreement }} {only} }} "
            "GROUP BY ?a ?time ?version ?door ?decision ?org ?agreement "
            f"ORDER BY DESC(?time) LIMIT {int(limit)}"
        )
        return [
            AuditRecord(
                iri=plain(row["a"]),
                time=plain(row["time"]),
                version=plain(row["version"]),
                organisation=plain(row["org"]) if "org" in row else None,
                door=plain(row["door"]),
                decision=plain(row["decision"]),
                reasons=tuple(line for line in plain(row["reasons"]).split("\n") if line),
                agreement=plain(row["agreement"]) if "agreement" in row else None,
            )
            for row in self._store.select(query, graphs=self._graphs)
        ]
