"""The agreements a node holds: recorded, found when access is decided, ended."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from virtuales.clock import iso_instant
from virtuales.contract.agreement import SignedAgreement, parse_agreement
from virtuales.errors import Conflict, InputError, NotFound
from virtuales.policy.decision import Decision
from virtuales.policy.odrl_rdf import policy_quads
from virtuales.policy.profile import CORE, Profile
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, Quad, date_time, plain
from virtuales.store.rdf_store import RdfStore, Row


class AgreementStatus(StrEnum):
    """How an agreement stands at a moment."""

    PENDING = "not yet valid"
    ACTIVE = "active"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    REVOKED = "revoked"
    REPLACED = "replaced"


_STATUS = {
    AgreementStatus.REVOKED: VES.Revoked,
    AgreementStatus.TERMINATED: VES.Terminated,
    AgreementStatus.REPLACED: VES.Replaced,
}
_KINDS = {term: status for status, term in _STATUS.items()}
_WEIGHTS = {AgreementStatus.REPLACED: 1, AgreementStatus.TERMINATED: 2, AgreementStatus.REVOKED: 3}
"""Of two endings that cross on their way, both sides keep the one that weighs more."""


@dataclass(frozen=True)
class Ending:
    """How an agreement ended before its time.

    Args:
        kind: Whether it was revoked, terminated or replaced.
        at: When.
        reason: Why.
        by: The party that ended it.
        notice: The signed notice as JSON; None where none was needed.
    """

    kind: AgreementStatus
    at: datetime
    reason: str
    by: NamedNode
    notice: str | None = None

    def outweighs(self, other: "Ending | None") -> bool:
        """Tell whether this ending takes the place of another one: it weighs more, or as much and came first."""
        if other is None or self.kind is not other.kind:
            return other is None or _WEIGHTS[self.kind] > _WEIGHTS[other.kind]
        return (self.at, self.by.value) < (other.at, other.by.value)


@dataclass(frozen=True)
class AgreementRecord:
    """An agreement and what became of it.

    Args:
        signed: The agreement with its signatures.
        ending: How it ended before its time; None when it did not.
    """

    signed: SignedAgreement
    ending: Ending | None = None

    @property
    def iri(self) -> NamedNode:
        """The agreement's IRI."""
        return self.signed.agreement.iri

    def status(self, at: datetime) -> AgreementStatus:
        """Return how the agreement stands at a moment; an ending holds from the start, whatever the clock says."""
        if self.ending is not None:
            return self.ending.kind
        if at < self.signed.validity.start:
            return AgreementStatus.PENDING
        return AgreementStatus.ACTIVE if self.signed.validity.contains(at) else AgreementStatus.EXPIRED

    def in_force(self, at: datetime) -> Decision:
        """Decide whether the agreement holds at a moment."""
        status = self.status(at)
        if status is AgreementStatus.ACTIVE:
            return Decision.allow("agreement-active", f"The agreement <{self.iri.value}> is active.")
        why = f" {self.ending.reason}" if self.ending else ""
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
        vocabulary: The terms that agreements may use.
    """

    def __init__(self, store: RdfStore, graph: NamedNode, vocabulary: Profile = CORE) -> None:
        self._store = store
        self._graph = graph
        self._vocabulary = vocabulary

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
            f"""SELECT ?document ?status ?ended ?reason ?by ?notice WHERE {{
                ?iri a {ODRL.Agreement} ; {VES.agreementDocument} ?document ; {VES.validFrom} ?from .
                ?iri {VES.status} ?status .
                {pattern}
                OPTIONAL {{ ?iri {VES.endedAt}|{VES.revokedAt} ?ended }}
                OPTIONAL {{ ?iri {VES.endReason}|{VES.revocationReason} ?reason }}
                OPTIONAL {{ ?iri {VES.decidedBy} ?by }}
                OPTIONAL {{ ?iri {VES.noticeDocument} ?notice }}
            }} ORDER BY DESC(?from) ?iri""",
            graphs=[self._graph],
        )
        return [_record(row, self._vocabulary) for row in rows]


def record_agreement(signed: SignedAgreement, graph: NamedNode, *, signed_by: NamedNode | None = None) -> ChangeSet:
    """Return the change that keeps an agreement; verify its signatures before.

    Args:
        signed: The agreement, signed by both parties.
        graph: The graph of the node's agreements.
        signed_by: The one party that signed, where the other's connector signs nothing; None for both.
    """
    iri, request, validity = signed.agreement.iri, signed.request, signed.validity
    statements = Statements(graph)
    statements.say(iri, VES.status, VES.Active).say(iri, VES.agreementDocument, signed.text())
    statements.say(iri, VES.validFrom, date_time(iso_instant(validity.start)))
    statements.say(iri, VES.validUntil, date_time(iso_instant(validity.end)) if validity.end else None)
    statements.say(iri, VES.negotiation, request.negotiation).say(iri, VES.requestedPurpose, request.purpose)
    statements.say(iri, VES.justification, request.justification).say(iri, VES.termsVersion, signed.terms_version)
    both = [signed.agreement.assigner, request.assignee]
    statements.say_all(iri, VES.signedBy, [signed_by] if signed_by else both)
    return ChangeSet(add=policy_quads(signed.agreement, graph) + statements.quads)


def end_agreement(record: AgreementRecord, ending: Ending, graph: NamedNode) -> ChangeSet:
    """Return the change that ends an agreement at once.

    Args:
        record: The agreement.
        ending: How it ends.
        graph: The graph of the node's agreements.

    Raises:
        Conflict: it has ended already in that way or in one that weighs more, or the organisation is no party.
        InputError: no reason is given.
    """
    where = record.iri.value
    if not ending.outweighs(record.ending):
        raise Conflict(
            f"The agreement is {record.ending.kind if record.ending else ending.kind} already.",
            where=where,
            remedy="Nothing needs to be done.",
        )
    if ending.by not in (record.signed.agreement.assigner, record.signed.request.assignee):
        raise Conflict(f"<{ending.by.value}> is no party of the agreement.", where=where, remedy="Let a party end it.")
    if not ending.reason.strip():
        raise InputError("The end has no reason.", where="reason", remedy="Say in a sentence why.")
    before = _ending_statements(record.iri, record.ending, graph)
    return ChangeSet(add=_ending_statements(record.iri, ending, graph), remove=before)


def _ending_statements(iri: NamedNode, ending: Ending | None, graph: NamedNode) -> tuple[Quad, ...]:
    if ending is None:
        return Statements(graph).say(iri, VES.status, VES.Active).quads
    statements = Statements(graph).say(iri, VES.status, _STATUS[ending.kind])
    statements.say(iri, VES.endedAt, date_time(iso_instant(ending.at))).say(iri, VES.endReason, ending.reason.strip())
    return statements.say(iri, VES.decidedBy, ending.by).say(iri, VES.noticeDocument, ending.notice).quads


def _record(row: Row, vocabulary: Profile) -> AgreementRecord:
    kind = _KINDS.get(row["status"]) if isinstance(row["status"], NamedNode) else None
    ending, by, notice = None, row.get("by"), row.get("notice")
    if kind is not None and isinstance(by, NamedNode):
        at, reason = datetime.fromisoformat(plain(row["ended"])), plain(row["reason"])
        ending = Ending(kind, at, reason, by, None if notice is None else plain(notice))
    return AgreementRecord(parse_agreement(plain(row["document"]), vocabulary), ending)
