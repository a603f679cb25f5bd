"""The agreements a node holds: recorded, found when access is decided, revoked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from virtuales.clock import iso_instant
from virtuales.contract.agreement import SignedAgreement, parse_agreement
from virtuales.errors import Conflict, InputError, NotFound
from virtuales.policy.decision import Decision
from virtuales.policy.odrl_rdf import policy_quads
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import Literal, NamedNode, date_time, plain
from virtuales.store.rdf_store import RdfStore, Row


class AgreementStatus(StrEnum):
    """How an agreement stands at a moment."""

    PENDING = "not yet valid"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class AgreementRecord:
    """An agreement and what became of it.

    Args:
        signed: The agreement with its signatures.
        revoked_at: When it was revoked; None when it was not.
        revocation_reason: Why.
        revoked_by: IRI of the organisation that revoked it.
    """

    signed: SignedAgreement
    revoked_at: datetime | None = None
    revocation_reason: str | None = None
    revoked_by: str | None = None

    @property
    def iri(self) -> NamedNode:
        """The agreement's IRI."""
        return self.signed.agreement.iri

    def status(self, at: datetime) -> AgreementStatus:
        """Return how the agreement stands at a moment; a revocation holds from the start, whatever the clock says."""
        if self.revoked_at is not None:
            return AgreementStatus.REVOKED
        if at < self.signed.validity.start:
            return AgreementStatus.PENDING
        return AgreementStatus.ACTIVE if self.signed.validity.contains(at) else AgreementStatus.EXPIRED

    def in_force(self, at: datetime) -> Decision:
        """Decide whether the agreement holds at a moment."""
        status = self.status(at)
        if status is AgreementStatus.ACTIVE:
            return Decision.allow("agreement-active", f"The agreement <{self.iri.value}> is active.")
        why = f" {self.revocation_reason}" if self.revocation_reason else ""
        return Decision.deny(
            "agreement-" + status.name.lower(),
            f"The agreement <{self.iri.value}> is {status}.{why}",
            value=iso_instant(at),
            remedy="Request access again.",
        )


class Agreements:
    """Reads agreements.

    Args:
        store: The RDF store.
        graph: The graph of the node's agreements.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self._graph = graph

    def get(self, iri: NamedNode) -> AgreementRecord:
        """Return an agreement.

        Raises:
            NotFound: there is none of that IRI.
        """
        found = self._select(f"FILTER(?iri = {iri})")
        if not found:
            raise NotFound("There is no such agreement.", where=iri.value)
        return found[0]

    def between(self, assignee: NamedNode, target: NamedNode) -> list[AgreementRecord]:
        """Return every agreement of an organisation about a dataset version, whatever its status, newest first."""
        return self._select(f"?iri {ODRL.assignee} {assignee} ; {ODRL.target} {target} .")

    def active(self, assignee: NamedNode, target: NamedNode, at: datetime) -> list[AgreementRecord]:
        """Return the agreements that hold at a moment between an organisation and a dataset version, newest first."""
        return [record for record in self.between(assignee, target) if record.status(at) is AgreementStatus.ACTIVE]

    def of_party(self, organisation: NamedNode) -> list[AgreementRecord]:
        """Return every agreement in which an organisation is a party, newest first."""
        return self._select(f"?iri {ODRL.assignee}|{ODRL.assigner} {organisation} .")

    def about(self, target: NamedNode) -> list[AgreementRecord]:
        """Return every agreement about a dataset version, newest first."""
        return self._select(f"?iri {ODRL.target} {target} .")

    def all(self) -> list[AgreementRecord]:
        """Return every agreement, newest first."""
        return self._select("")

    def _select(self, pattern: str) -> list[AgreementRecord]:
        rows = self._store.select(
            f"""SELECT ?document ?revoked ?reason ?by WHERE {{
                ?iri a {ODRL.Agreement} ; {VES.agreementDocument} ?document ; {VES.validFrom} ?from .
                {pattern}
                OPTIONAL {{ ?iri {VES.revokedAt} ?revoked }}
                OPTIONAL {{ ?iri {VES.revocationReason} ?reason }}
                OPTIONAL {{ ?iri {VES.decidedBy} ?by }}
            }} ORDER BY DESC(?from) ?iri""",
            graphs=[self._graph],
        )
        return [_record(row) for row in rows]


def record_agreement(signed: SignedAgreement, graph: NamedNode) -> ChangeSet:
    """Return the change that keeps an agreement; verify its signatures before.

    Args:
        signed: The agreement, signed by both parties.
        graph: The graph of the node's agreements.
    """
    iri, request, validity = signed.agreement.iri, signed.request, signed.validity
    statements = Statements(graph)
    statements.say(iri, VES.status, VES.Active).say(iri, VES.agreementDocument, signed.text())
    statements.say(iri, VES.validFrom, date_time(iso_instant(validity.start)))
    statements.say(iri, VES.validUntil, date_time(iso_instant(validity.end)) if validity.end else None)
    statements.say(iri, VES.negotiation, request.negotiation).say(iri, VES.requestedPurpose, request.purpose)
    statements.say(iri, VES.justification, request.justification).say(iri, VES.termsVersion, signed.terms_version)
    statements.say_all(iri, VES.signedBy, [signed.agreement.assigner, request.assignee])
    return ChangeSet(add=policy_quads(signed.agreement, graph) + statements.quads)


def revoke_agreement(
    record: AgreementRecord, *, by: NamedNode, at: datetime, reason: str, graph: NamedNode
) -> ChangeSet:
    """Return the change that ends an agreement at once.

    Args:
        record: The agreement.
        by: The organisation that ends it, one of its parties.
        at: When.
        reason: Why; never empty.
        graph: The graph of the node's agreements.

    Raises:
        Conflict: it is revoked already, or the organisation is no party.
        InputError: no reason is given.
    """
    where = record.iri.value
    if record.revoked_at is not None:
        raise Conflict("The agreement is revoked already.", where=where, remedy="Nothing needs to be done.")
    if by not in (record.signed.agreement.assigner, record.signed.request.assignee):
        raise Conflict(f"<{by.value}> is no party of the agreement.", where=where, remedy="Let a party end it.")
    if not reason.strip():
        raise InputError("The revocation has no reason.", where="reason", remedy="Say in a sentence why.")
    before = Statements(graph).say(record.iri, VES.status, VES.Active)
    after = Statements(graph).say(record.iri, VES.status, VES.Revoked)
    after.say(record.iri, VES.revokedAt, date_time(iso_instant(at)))
    after.say(record.iri, VES.revocationReason, reason.strip()).say(record.iri, VES.decidedBy, by)
    return ChangeSet(add=after.quads, remove=before.quads)


def _record(row: Row) -> AgreementRecord:
    revoked, reason, by = row.get("revoked"), row.get("reason"), row.get("by")
    return AgreementRecord(
        signed=parse_agreement(plain(row["document"])),
        revoked_at=datetime.fromisoformat(revoked.value) if isinstance(revoked, Literal) else None,
        revocation_reason=reason.value if isinstance(reason, Literal) else None,
        revoked_by=by.value if isinstance(by, NamedNode) else None,
    )
