"""The obligations of an agreement: what the consumer has to do, until when, what it shows for it, what became of it.

A duty binds at once, or from a moment on (a constraint on the time), and is due by a moment (a refinement on the time):
what has to be done before a moment can be due, and what opens the data only once it was done closes it meanwhile. To
delete the data is due when the agreement ends. The consumer gives evidence; the provider accepts it or does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from virtuales.clock import iso_instant
from virtuales.contract.agreements import AgreementRecord
from virtuales.contract.conduct import Conduct
from virtuales.errors import Conflict, InputError, NotFound
from virtuales.policy.odrl import Agreement, Constraint, Constraints, Duty
from virtuales.policy.values import duration, instant
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS, ODRL, PROV, RDF, VES
from virtuales.rdf.terms import NamedNode, Quad, date_time, plain
from virtuales.store.rdf_store import RdfStore

_LATEST = frozenset({ODRL.lt, ODRL.lteq})
_AFTER = frozenset({ODRL.gt, ODRL.gteq})
_EVIDENCE_MOST = 4000


class EvidenceState(StrEnum):
    """What the provider makes of evidence."""

    GIVEN = "given"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ObligationState(StrEnum):
    """How an obligation stands."""

    OPEN = "open"
    TO_BE_JUDGED = "to be judged"
    FULFILLED = "fulfilled"
    OVERDUE = "overdue"
    VIOLATED = "violated"


@dataclass(frozen=True)
class Evidence:
    """What the consumer shows for having done something.

    Args:
        iri: Its IRI.
        rule: The duty it is for.
        text: What was done, and where that can be seen.
        given_at: When it was given.
        state: What the provider makes of it.
        reason: Why, where the provider said.
        document: The document that the consumer signed, as JSON text; None before there is one.
    """

    iri: NamedNode
    rule: NamedNode
    text: str
    given_at: datetime
    state: EvidenceState = EvidenceState.GIVEN
    reason: str | None = None
    document: str | None = None

    def __post_init__(self) -> None:
        """Refuse evidence that says nothing."""
        if not self.text.strip() or len(self.text) > _EVIDENCE_MOST:
            raise InputError(
                "The evidence does not say what was done.",
                where="evidence",
                remedy=f"Write up to {_EVIDENCE_MOST} characters.",
            )


@dataclass(frozen=True)
class Obligation:
    """One obligation of an agreement.

    Args:
        duty: The duty.
        due: When it has to be done; None where it has no end, or none that is known yet.
        closes: Whether the data is closed while it is not done: from `due` on, or at once where that is None.
        state: How it stands.
        evidence: What was shown for it, the oldest first.
    """

    duty: Duty
    due: datetime | None
    closes: bool
    state: ObligationState
    evidence: tuple[Evidence, ...] = ()


def obligations_of(
    record: AgreementRecord, conduct: Conduct, evidence: Iterable[Evidence], now: datetime
) -> list[Obligation]:
    """Return the obligations of an agreement as they stand, those with the nearest end first.

    Args:
        record: The agreement.
        conduct: What the provider has on record about its rules.
        evidence: What the consumer has shown.
        now: The present.
    """
    shown = list(evidence)
    found = [
        _obligation(record, duty, conduct, [one for one in shown if one.rule == duty.iri], now=now, holds_back=holds)
        for duty, holds in (*duties_in(record.signed.agreement), *brought_about(record.signed.agreement, conduct))
    ]
    return sorted(found, key=lambda one: (one.due is None, one.due or now, one.duty.iri.value))


def duties_in(agreement: Agreement) -> Iterator[tuple[Duty, bool]]:
    """Give the duties of an agreement, and of each whether a permission depends on it."""
    for permission in agreement.permissions:
        for duty in permission.duties:
            yield duty, True
    for duty in agreement.obligations:
        yield duty, False


def brought_about(agreement: Agreement, conduct: Conduct) -> Iterator[tuple[Duty, bool]]:
    """Give what has to be done since something was violated: remedies of prohibitions, consequences of duties.

    While they are not done the data is closed.
    """
    for prohibition in agreement.prohibitions:
        if prohibition.iri in conduct.violated:
            for remedy in prohibition.remedies:
                yield remedy, True
                yield from _consequences(remedy, conduct)
    for duty, _ in duties_in(agreement):
        yield from _consequences(duty, conduct)


def _consequences(duty: Duty, conduct: Conduct) -> Iterator[tuple[Duty, bool]]:
    if duty.iri in conduct.violated:
        for consequence in duty.consequences:
            yield consequence, True
            yield from _consequences(consequence, conduct)


def all_duties(agreement: Agreement) -> Iterator[Duty]:
    """Give every duty of an agreement, remedies and consequences among them."""
    ahead = [duty for duty, _ in duties_in(agreement)]
    ahead += [remedy for prohibition in agreement.prohibitions for remedy in prohibition.remedies]
    while ahead:
        duty = ahead.pop(0)
        ahead.extend(duty.consequences)
        yield duty


def due_of(record: AgreementRecord, duty: Duty) -> datetime | None:
    """Return when a duty has to be done: the moment it names, or the agreement's end for what has to be deleted."""
    start = record.signed.validity.start
    limits = [*_moments(duty.refinements, _LATEST, start), *_moments(duty.constraints, _AFTER, start)]
    if limits:
        return min(limits)
    if duty.action != ODRL.delete:
        return None
    ended = record.ending.at if record.ending else None
    ends = [moment for moment in (ended, record.signed.validity.end) if moment is not None]
    return min(ends, default=None)


def _moments(constraints: Constraints, operators: frozenset[NamedNode], start: datetime) -> Iterator[datetime]:
    for limit in constraints:
        if not isinstance(limit, Constraint) or limit.operator not in operators:
            continue
        if limit.left == ODRL.dateTime:
            moment = instant(limit.right[0])
        elif limit.left == ODRL.delayPeriod:
            span = duration(limit.right[0])
            moment = start + span if isinstance(span, timedelta) else None
        else:
            moment = None
        if moment is not None:
            yield moment


def _obligation(
    record: AgreementRecord, duty: Duty, conduct: Conduct, shown: list[Evidence], *, now: datetime, holds_back: bool
) -> Obligation:
    due = due_of(record, duty)
    if duty.iri in conduct.fulfilled:
        state = ObligationState.FULFILLED
    elif duty.iri in conduct.violated:
        state = ObligationState.VIOLATED
    elif any(one.state is EvidenceState.GIVEN for one in shown):
        state = ObligationState.TO_BE_JUDGED
    else:
        state = ObligationState.OVERDUE if due is not None and due <= now else ObligationState.OPEN
    return Obligation(duty, due, holds_back, state, tuple(shown))


def give_evidence(evidence: Evidence, agreement: NamedNode, graph: NamedNode) -> ChangeSet:
    """Return the change that keeps what the consumer shows."""
    statements = Statements(graph).say(evidence.iri, RDF.type, VES.Evidence).say(evidence.iri, VES.about, agreement)
    statements.say(evidence.iri, VES.ofRule, evidence.rule).say(
        evidence.iri, DCTERMS.description, evidence.text.strip()
    )
    statements.say(evidence.iri, PROV.generatedAtTime, date_time(iso_instant(evidence.given_at)))
    statements.say(evidence.iri, VES.signedDocument, evidence.document)
    return ChangeSet(add=statements.quads + _standing(evidence, evidence.state, None, graph))


def judge_evidence(evidence: Evidence, state: EvidenceState, reason: str, graph: NamedNode) -> ChangeSet:
    """Return the change by which the provider accepts or declines what was shown.

    Raises:
        Conflict: it was judged already.
        InputError: no reason is given.
    """
    if evidence.state is not EvidenceState.GIVEN:
        what = f"The evidence was {evidence.state} already."
        raise Conflict(what, where=evidence.iri.value, remedy="Wait for other evidence.")
    if not reason.strip():
        raise InputError("The judgement has no reason.", where="reason", remedy="Say in a sentence why.")
    return ChangeSet(
        add=_standing(evidence, state, reason.strip(), graph), remove=_standing(evidence, evidence.state, None, graph)
    )


def evidence_for(store: RdfStore, graph: NamedNode, agreement: NamedNode) -> list[Evidence]:
    """Return what was shown under an agreement, the oldest first."""
    rows = store.select(
        f"""SELECT * WHERE {{ ?iri a {VES.Evidence} ; {VES.about} {agreement} ; {VES.ofRule} ?rule ;
            {DCTERMS.description} ?text ; {PROV.generatedAtTime} ?at ; {VES.evidenceState} ?state .
            OPTIONAL {{ ?iri {VES.decisionReason} ?reason }}
            OPTIONAL {{ ?iri {VES.signedDocument} ?document }} }} ORDER BY ?at ?iri""",
        graphs=[graph],
    )
    return [
        Evidence(
            iri=NamedNode(plain(row["iri"])),
            rule=NamedNode(plain(row["rule"])),
            text=plain(row["text"]),
            given_at=datetime.fromisoformat(plain(row["at"])),
            state=EvidenceState(plain(row["state"])),
            reason=plain(row["reason"]) if "reason" in row else None,
            document=plain(row["document"]) if "document" in row else None,
        )
        for row in rows
    ]


def get_evidence(store: RdfStore, graph: NamedNode, agreement: NamedNode, key: str) -> Evidence:
    """Return what was shown under an agreement, by the last part of its IRI.

    Raises:
        NotFound: there is nothing of that key.
    """
    for evidence in evidence_for(store, graph, agreement):
        if evidence.iri.value.rpartition("/")[2] == key:
            return evidence
    raise NotFound("There is no such evidence.", where=key, remedy="List the agreement's obligations.")


def _standing(evidence: Evidence, state: EvidenceState, reason: str | None, graph: NamedNode) -> tuple[Quad, ...]:
    statements = Statements(graph).say(evidence.iri, VES.evidenceState, state.value)
    return statements.say(evidence.iri, VES.decisionReason, reason).quads
