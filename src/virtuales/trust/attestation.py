"""What the orchestrator attests of an organisation for a time, and how that stands in the registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from virtuales.clock import iso_instant
from virtuales.errors import InputError
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import RDF, VES
from virtuales.rdf.terms import Literal, NamedNode, date_time
from virtuales.trust.standing_concepts import StandingConcept, StandingKind, get_concept, standing_concepts

_LONGEST = 500
_EARLIEST, _LATEST = date(1900, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class AttestationTerms:
    """What is attested and for how long, valid in form.

    Args:
        concept: The kind of certification, the group or the industry.
        issuer: The body that stands behind it; every certification has one.
        evidence: What the staff saw.
        valid_from: The instant from which it holds.
        valid_until: The instant from which it no longer holds; None where there is no end.
    """

    concept: StandingConcept
    issuer: str | None
    evidence: str
    valid_from: datetime
    valid_until: datetime | None


@dataclass(frozen=True)
class Attestation:
    """Something attested of an organisation, whether it holds now or not.

    Args:
        iri: Its IRI, within the organisation's.
        concept: IRI of what is attested.
        valid_from: The instant from which it holds.
        valid_until: The instant from which it no longer holds; None where there is no end.
        issuer: The body that stands behind it, if one is named.
        withdrawn_at: When it was taken back; None when it was not.
        evidence: What the staff saw; known to the orchestrator alone, as is what follows.
        given_by: Who attested it.
        withdrawn_by: Who took it back.
        withdrawal_reason: Why.
    """

    iri: NamedNode
    concept: NamedNode
    valid_from: datetime
    valid_until: datetime | None = None
    issuer: str | None = None
    withdrawn_at: datetime | None = None
    evidence: str | None = None
    given_by: str | None = None
    withdrawn_by: str | None = None
    withdrawal_reason: str | None = None

    @property
    def name(self) -> str:
        """The last part of its IRI, by which the desk names it."""
        return self.iri.value.rpartition("#attestation-")[2]

    @property
    def title(self) -> str:
        """The concept's name for people, or its IRI where this node does not know it."""
        known = standing_concepts().get(self.concept)
        return known.name if known else self.concept.value

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None where there is no end."""
        return (self.valid_until - timedelta(microseconds=1)).date() if self.valid_until else None

    def holds(self, at: datetime) -> bool:
        """Tell whether it is in force at an instant: begun, not ended, not taken back."""
        ends = [end for end in (self.valid_until, self.withdrawn_at) if end is not None]
        return self.valid_from <= at and all(at < end for end in ends)

    def state(self, at: datetime) -> str:
        """Say in a word how it stands at an instant."""
        if self.withdrawn_at is not None and self.withdrawn_at <= at:
            return "withdrawn"
        if at < self.valid_from:
            return "to come"
        return "in force" if self.holds(at) else "expired"


def parse_terms(
    concept: str, *, issuer: str | None, evidence: str, valid_from: date, valid_until: date | None
) -> AttestationTerms:
    """Read what is to be attested; days begin and end at midnight UTC, and the last day counts.

    Raises:
        UnknownTerm: the concept is not known.
        InputError: evidence is missing, a certification names no issuer, a day is far off, or the end lies before the
            beginning.
    """
    known = get_concept(concept)
    stands_behind = _line(issuer or "", "issuer")
    if known.kind is StandingKind.CERTIFICATION and not stands_behind:
        raise InputError(
            "A certification names no issuer.", where="issuer", remedy="Name the body that issued the certificate."
        )
    seen = _line(evidence, "evidence")
    if not seen:
        raise InputError("There is no evidence.", where="evidence", remedy="Say what you saw, and where.")
    for name, day in (("valid_from", valid_from), ("valid_until", valid_until or valid_from)):
        if not _EARLIEST <= day <= _LATEST:
            raise InputError(
                f"The day {day} is not one of this time.", where=name, remedy=f"Write one up to {_LATEST}, or no end."
            )
    if valid_until is not None and valid_until < valid_from:
        raise InputError(
            f"The last day, {valid_until}, lies before the first, {valid_from}.",
            where="valid_until",
            remedy="Give a later last day, or none.",
        )
    end = _midnight(valid_until + timedelta(days=1)) if valid_until else None
    return AttestationTerms(known, stands_behind or None, seen, _midnight(valid_from), end)


def attestation_statements(
    organisation: NamedNode, one: Attestation, *, registry: NamedNode, private: NamedNode
) -> ChangeSet:
    """Return the change that makes the registry say an attestation."""
    known, kept = Statements(registry), Statements(private)
    known.say(organisation, VES.attestation, one.iri).say(one.iri, RDF.type, VES.Attestation)
    known.say(one.iri, VES.attests, one.concept).say(one.iri, VES.attestedBy, one.issuer)
    known.say(one.iri, VES.validFrom, _instant(one.valid_from)).say(one.iri, VES.validUntil, _instant(one.valid_until))
    known.say(one.iri, VES.revokedAt, _instant(one.withdrawn_at))
    kept.say(one.iri, VES.attestationEvidence, one.evidence).say(one.iri, VES.decidedBy, one.given_by)
    kept.say(one.iri, VES.revokedBy, one.withdrawn_by).say(one.iri, VES.revocationReason, one.withdrawal_reason)
    return ChangeSet(add=known.quads + kept.quads)


def read_attestation(iri: NamedNode, said: Mapping[NamedNode, str]) -> Attestation:
    """Read an attestation from what the registry's graphs say of it, one value each.

    Raises:
        KeyError: they do not say what is attested, or from when.
    """
    return Attestation(
        iri,
        NamedNode(said[VES.attests]),
        valid_from=datetime.fromisoformat(said[VES.validFrom]),
        valid_until=_moment(said.get(VES.validUntil)),
        issuer=said.get(VES.attestedBy),
        withdrawn_at=_moment(said.get(VES.revokedAt)),
        evidence=said.get(VES.attestationEvidence),
        given_by=said.get(VES.decidedBy),
        withdrawn_by=said.get(VES.revokedBy),
        withdrawal_reason=said.get(VES.revocationReason),
    )


def _line(text: str, where: str) -> str:
    line = " ".join(text.split())
    if len(line) > _LONGEST or not line.isprintable():
        raise InputError(
            f"The field `{where}` is too long or has unprintable characters.",
            where=where,
            remedy=f"Use at most {_LONGEST} printable characters.",
        )
    return line


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _instant(moment: datetime | None) -> Literal | None:
    return date_time(iso_instant(moment)) if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
