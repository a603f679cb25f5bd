"""The change sets of a participant's life: registered, checked, decided about, attested of."""

from dataclasses import dataclass, replace
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.errors import Conflict, NotFound
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import FOAF, RDF, VES
from virtuales.rdf.terms import NamedNode, Quad, date_time, typed
from virtuales.trust.attestation import Attestation, AttestationTerms, attestation_statements
from virtuales.trust.participants import Participant, RegistryGraphs
from virtuales.trust.published_terms import TermsAcceptance, acceptance_statements
from virtuales.trust.registration import Registration
from virtuales.trust.verification import (
    CheckRecord,
    Move,
    Status,
    checked_reason,
    get_check,
    next_status,
    refuse_unchecked,
)


@dataclass(frozen=True)
class Ruling:
    """Who decided, when and why.

    Args:
        by: IRI or client identifier of the person.
        at: When, with a time zone.
        reason: Why, in the person's words; never empty.
    """

    by: str
    at: datetime
    reason: str


def register(registration: Registration, *, iri: NamedNode, at: datetime, graphs: RegistryGraphs) -> ChangeSet:
    """Return the change that makes an organisation a pending participant.

    Args:
        registration: What it says about itself.
        iri: The IRI it gets.
        at: When it registered.
        graphs: The registry's graphs.
    """
    known, private = Statements(graphs.registry), Statements(graphs.private)
    known.say(iri, RDF.type, VES.Participant).say(iri, VES.legalName, registration.legal_name)
    known.say(iri, VES.registrationNumber, registration.registration_number)
    known.say(iri, VES.hostedAt, NamedNode(registration.node_url))
    known.say_all(iri, VES.roleSought, [role.value for role in registration.roles])
    known.say(iri, VES.acceptedTerms, registration.accepted_terms)
    known.say(iri, VES.publicKey, registration.public_key.multikey)
    homepage = NamedNode(f"https://{registration.domain}/") if registration.domain else None
    known.say(iri, FOAF.homepage, homepage)
    known.say(iri, VES.registeredAt, date_time(iso_instant(at)))
    known.say(iri, VES.status, VES[Status.PENDING.value])
    private.say(iri, VES.contactName, registration.contact_name).say(iri, VES.contactEmail, registration.contact_email)
    accepted = TermsAcceptance(registration.accepted_terms, at, accepted_by="registration")
    return ChangeSet(add=known.quads + private.quads) | acceptance_statements(iri, accepted, graphs)


def record_check(participant: Participant, record: CheckRecord, graphs: RegistryGraphs) -> ChangeSet:
    """Return the change that records a check's outcome, in the place of an earlier one of the same name.

    Raises:
        UnknownTerm: there is no such check.
        Conflict: the participant is not pending.
    """
    get_check(record.name)
    if participant.status is not Status.PENDING:
        raise Conflict(f"The participant is {participant.status}: its checks are closed.", where=participant.iri.value)
    earlier = [old for old in participant.checks if old.name == record.name]
    removed = [quad for old in earlier for quad in _check_quads(participant.iri, old, graphs.private)]
    return ChangeSet(add=_check_quads(participant.iri, record, graphs.private), remove=tuple(removed))


def decide(participant: Participant, move: Move, ruling: Ruling, graphs: RegistryGraphs) -> ChangeSet:
    """Return the change that approves, refuses, suspends or reinstates a participant.

    Raises:
        IllegalTransition: its status does not allow the move.
        Conflict: approval lacks a check.
        InputError: the ruling gives no reason.
    """
    status = next_status(participant.status, move)
    if move is Move.APPROVE:
        refuse_unchecked(participant.checks)
    after = _decision(participant.iri, status, (ruling.by, checked_reason(ruling.reason), ruling.at), graphs)
    earlier = (participant.decided_by, participant.decision_reason, participant.decided_at)
    return ChangeSet(add=after, remove=_decision(participant.iri, participant.status, earlier, graphs))


def attest(participant: Participant, terms: AttestationTerms, by: str, graphs: RegistryGraphs) -> ChangeSet:
    """Return the change that attests something of a participant.

    Raises:
        Conflict: the participant is refused, or the same is attested for the same time.
    """
    if participant.status is Status.REFUSED:
        raise Conflict("Nothing is attested of a refused organisation.", where=participant.iri.value)
    same = [one for one in participant.attestations if one.concept == terms.concept.iri]
    for one in same:
        if one.withdrawn_at is None and (one.valid_from, one.valid_until) == (terms.valid_from, terms.valid_until):
            raise Conflict(
                f"{terms.concept.name} is attested for this time already.",
                where=one.name,
                remedy="Give other days, or withdraw what is there first.",
            )
    number = len(same) + 1
    name = f"{terms.concept.notation}-{terms.valid_from:%Y-%m-%d}-{number}"
    given = Attestation(
        NamedNode(f"{participant.iri.value}#attestation-{name}"),
        terms.concept.iri,
        terms.valid_from,
        valid_until=terms.valid_until,
        issuer=terms.issuer,
        evidence=terms.evidence,
        given_by=by,
    )
    return attestation_statements(participant.iri, given, registry=graphs.registry, private=graphs.private)


def withdraw_attestation(participant: Participant, name: str, ruling: Ruling, graphs: RegistryGraphs) -> ChangeSet:
    """Return the change that takes back what is attested of a participant.

    Raises:
        NotFound: nothing of that name is attested.
        Conflict: it was taken back before.
        InputError: the ruling gives no reason.
    """
    found = next((one for one in participant.attestations if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in participant.attestations) or "nothing"
        raise NotFound("There is no such attestation.", where=name, remedy=f"Of this organisation there is: {known}.")
    if found.withdrawn_at is not None:
        raise Conflict("The attestation was withdrawn before.", where=name)
    gone = replace(
        found, withdrawn_at=ruling.at, withdrawn_by=ruling.by, withdrawal_reason=checked_reason(ruling.reason)
    )
    before, after = (
        attestation_statements(participant.iri, one, registry=graphs.registry, private=graphs.private).add
        for one in (found, gone)
    )
    return ChangeSet(add=tuple(q for q in after if q not in before))


def _decision(
    iri: NamedNode, status: Status, ruling: tuple[str | None, str | None, datetime | None], graphs: RegistryGraphs
) -> tuple[Quad, ...]:
    by, reason, at = ruling
    known, private = Statements(graphs.registry), Statements(graphs.private)
    known.say(iri, VES.status, VES[status.value])
    known.say(iri, VES.decidedAt, date_time(iso_instant(at)) if at else None)
    private.say(iri, VES.decidedBy, by).say(iri, VES.decisionReason, reason)
    return known.quads + private.quads


def _check_quads(participant: NamedNode, record: CheckRecord, graph: NamedNode) -> tuple[Quad, ...]:
    name = NamedNode(f"{participant.value}#check-{record.name}")
    statements = Statements(graph).say(participant, VES.verificationCheck, name)
    statements.say(name, RDF.type, VES.VerificationCheck).say(name, VES.checkName, record.name)
    statements.say(name, VES.checkOutcome, typed("true" if record.passed else "false", "boolean"))
    statements.say(name, VES.checkNote, record.note).say(name, VES.checkedBy, record.checked_by)
    statements.say(name, VES.checkedAt, date_time(iso_instant(record.checked_at)))
    return statements.quads
