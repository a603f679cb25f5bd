"""Offers for the usual cases, so that a steward writes none by hand.

| template | who may use the data |
|---|---|
| `open` | anybody, for anything, without asking |
| `participants` | any approved participant who asks |
| `organisations` | the organisations named |

A purpose limit and a last day can be added to the last two. None but `open` allows passing the data on.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from virtuales.clock import iso_instant
from virtuales.errors import InputError
from virtuales.policy.check import check_policy
from virtuales.policy.odrl import AnyConstraint, Constraint, Duty, Offer, Permission, Prohibition, part_iri
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, date_time


class Audience(Enum):
    """Whom an offer addresses."""

    OPEN = "open"
    PARTICIPANTS = "participants"
    ORGANISATIONS = "organisations"


@dataclass(frozen=True)
class OfferTerms:
    """What a steward chooses.

    Args:
        audience: Whom the offer addresses.
        organisations: The organisations named; only with `Audience.ORGANISATIONS`, and then at least one.
        purposes: The purposes allowed; empty allows every purpose.
        until: The last instant of use, with a time zone; None sets no end.
        attribution: Whether the source has to be named.
    """

    audience: Audience
    organisations: tuple[NamedNode, ...] = ()
    purposes: tuple[NamedNode, ...] = ()
    until: datetime | None = None
    attribution: bool = True


def offer_from(terms: OfferTerms, *, iri: NamedNode, target: NamedNode, assigner: NamedNode) -> Offer:
    """Make the offer a steward chose.

    Raises:
        InputError: the choices contradict each other; the error names the one to change.
    """
    _refuse_contradictions(terms)
    permission = part_iri(iri, "permission-1")
    limits = _limits(terms, permission)
    passing_on = Prohibition(part_iri(iri, "prohibition-1"), ODRL.distribute)
    naming = Duty(part_iri(iri, "obligation-1"), ODRL.attribute)
    offer = Offer(
        iri=iri,
        target=target,
        assigner=assigner,
        permissions=(Permission(permission, ODRL.use, limits),),
        prohibitions=() if terms.audience is Audience.OPEN else (passing_on,),
        obligations=(naming,) if terms.attribution else (),
    )
    check_policy(offer)
    return offer


def is_open(offer: Offer) -> bool:
    """Tell whether anybody may use the target without asking: an unlimited permission and no prohibition.

    Of everything else a participant has to ask the provider.
    """
    unlimited = any(rule.action == ODRL.use and not rule.constraints and not rule.duties for rule in offer.permissions)
    return unlimited and not offer.prohibitions and offer.assignee is None


def _limits(terms: OfferTerms, permission: NamedNode) -> tuple[AnyConstraint, ...]:
    limits: list[tuple[NamedNode, NamedNode, tuple[NamedNode, ...]]] = []
    if terms.audience is Audience.PARTICIPANTS:
        limits.append((ODRL.recipient, ODRL.isPartOf, (VES.ApprovedParticipants,)))
    if terms.audience is Audience.ORGANISATIONS:
        limits.append((ODRL.recipient, ODRL.isAnyOf, terms.organisations))
    if terms.purposes:
        limits.append((ODRL.purpose, ODRL.isAnyOf, terms.purposes))
    constraints = [
        Constraint(part_iri(permission, f"constraint-{number}"), left, operator, right)
        for number, (left, operator, right) in enumerate(limits, start=1)
    ]
    if terms.until is not None:
        name = part_iri(permission, f"constraint-{len(limits) + 1}")
        constraints.append(Constraint(name, ODRL.dateTime, ODRL.lteq, (date_time(iso_instant(terms.until)),)))
    return tuple(constraints)


def _refuse_contradictions(terms: OfferTerms) -> None:
    if terms.audience is Audience.ORGANISATIONS and not terms.organisations:
        raise InputError("No organisation is named.", where="organisations", remedy="Name at least one organisation.")
    if terms.audience is not Audience.ORGANISATIONS and terms.organisations:
        raise InputError(
            f"Organisations are named, yet the offer is for `{terms.audience.value}`.",
            where="organisations",
            remedy="Choose the audience `organisations`, or name none.",
        )
    if terms.audience is Audience.OPEN and (terms.purposes or terms.until):
        raise InputError(
            "Open data has neither a purpose limit nor an end.",
            where="audience",
            remedy="Choose the audience `participants`, or leave the limits out.",
        )
    if terms.until is not None and terms.until.tzinfo is None:
        raise InputError("The end has no time zone.", where="until", remedy="Write the end in UTC, ending in Z.")
