"""What the registry knows of who asks, as policies look at it: certifications, groups and industries in force.

It is looked up with the instant of each decision, so that what expires closes the data by itself, and a refusal can say
that it did.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.policy.request import Lapsed, UseRequest
from virtuales.policy.statements import Statements, units_stated, values_stated
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode
from virtuales.trust.attestation import Attestation
from virtuales.trust.participants import Participant
from virtuales.trust.standing import standing_of
from virtuales.trust.standing_concepts import StandingKind, kind_of, with_broader

_OPERANDS: Mapping[StandingKind, NamedNode] = MappingProxyType(
    {
        StandingKind.CERTIFICATION: VES.certification,
        StandingKind.GROUP: VES.group,
        StandingKind.INDUSTRY: ODRL.industry,
    }
)
"""The left operand under which policies ask for what is attested."""


def informed(request: UseRequest, participant: Participant | None) -> UseRequest:
    """Return a request with what the registry knows of an organisation at the request's time.

    What is attested goes before what the organisation says of itself.

    Args:
        request: What is asked.
        participant: Who asks, as the registry has it now; None for a stranger, of whom nothing is known.
    """
    if participant is None:
        return request
    standing = standing_of(participant, request.time)
    attested = {VES.certification: standing.certifications, ODRL.industry: standing.industries}
    return replace(
        request,
        groups=request.groups | standing.groups,
        facts={**request.facts, **attested},
        lapsed=_lapsed(participant, request) if participant.attestations else request.lapsed,
    )


def with_statements(request: UseRequest, stated: Statements) -> UseRequest:
    """Return a request with what the asker states of that which nobody else has said."""
    if not stated:
        return request
    said = tuple(one for one in stated if one.left not in request.facts)
    return replace(
        request,
        facts={**request.facts, **values_stated(said)},
        units={**request.units, **units_stated(said)},
    )


def _lapsed(participant: Participant, request: UseRequest) -> Lapsed:
    """Say of everything attested that is not in force at the time of a request how that is so."""
    found: dict[NamedNode, dict[NamedNode, str]] = {}
    for one in participant.attestations:
        if one.holds(request.time):
            continue
        for concept in with_broader({one.concept}):
            kind = kind_of(concept)
            if kind is not None:
                found.setdefault(_OPERANDS[kind], {})[concept] = _sentence(one, request)
    return found


def _sentence(one: Attestation, request: UseRequest) -> str:
    if one.withdrawn_at is not None and one.withdrawn_at <= request.time:
        return f"{one.title} was withdrawn at {iso_instant(one.withdrawn_at)}."
    if request.time < one.valid_from:
        return f"{one.title} is attested from {one.valid_from:%Y-%m-%d} on."
    return f"{one.title} expired: its last day was {one.last_day}."
