"""Offers for the usual cases, so that a steward writes none by hand.

A steward chooses an audience, and limits beside: purposes, a last instant, a number of uses, aggregates only. The usual
choices have a name, as templates:

| template | who may use the data, and how |
|---|---|
| `open` | anybody, for anything, without asking |
| `sector` | any approved participant who asks |
| `organisation` | the organisations named |
| `research` | any approved participant who asks, for research; or the organisations named |
| `until` | any approved participant who asks, until a day; or the organisations named |
| `aggregate` | any approved participant who asks, aggregates alone; or the organisations named |

Each can be about a part of the data: a view. Under `aggregate`, the view says by what to group; without one, the
provider makes the aggregates and delivers them in another way.

None but `open` allows passing the data on, unless that is chosen beside it. What has to be done for the data can be
chosen beside each of them too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from virtuales.clock import iso_instant
from virtuales.errors import InputError
from virtuales.policy.check import check_policy
from virtuales.policy.demands import Demand
from virtuales.policy.odrl import AnyConstraint, Constraint, Duty, Offer, Permission, Prohibition, Value, part_iri
from virtuales.policy.views.refinements import collection_of, speaks_of_views
from virtuales.policy.views.view import View
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, date_time, typed


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
        uses: How often the data may be used under one agreement; None sets no number.
        aggregates: Whether aggregates alone may be had, and not the data itself.
        demands: What has to be done for the data.
        passing_on: Whether the data, and what is made of it, may be passed on within the same limits.
        view: The part that the offer is about; None for all of the data.
    """

    audience: Audience
    organisations: tuple[NamedNode, ...] = ()
    purposes: tuple[NamedNode, ...] = ()
    until: datetime | None = None
    attribution: bool = True
    uses: int | None = None
    aggregates: bool = False
    demands: tuple[Demand, ...] = ()
    passing_on: bool = False
    view: View | None = None


class Template(Enum):
    """A usual case, by its name."""

    OPEN = "open"
    SECTOR = "sector"
    ORGANISATION = "organisation"
    RESEARCH = "research"
    UNTIL = "until"
    AGGREGATE = "aggregate"


TEMPLATES: Mapping[Template, str] = MappingProxyType(
    {
        Template.OPEN: "Anybody may use the data for anything, without asking.",
        Template.SECTOR: "Approved participants who ask may use the data.",
        Template.ORGANISATION: "The organisations that are named may use the data.",
        Template.RESEARCH: "Approved participants who ask, or the organisations named, may use the data for research.",
        Template.UNTIL: "Approved participants who ask, or the organisations named, may use the data until a day.",
        Template.AGGREGATE: "Approved participants who ask, or the organisations named, may have aggregates of the "
        "data, and not the data itself.",
    }
)
"""What each template says."""


def terms_from(
    template: Template,
    *,
    organisations: tuple[NamedNode, ...] = (),
    purposes: tuple[NamedNode, ...] = (),
    until: datetime | None = None,
    uses: int | None = None,
    attribution: bool = True,
) -> OfferTerms:
    """Return what a steward chooses by a template and the choices it leaves.

    Raises:
        InputError: the template needs something that is missing, or excludes something that is given.
    """
    if template is Template.UNTIL and until is None:
        raise InputError("The template `until` needs an end.", where="until", remedy="Say until when.")
    if template is Template.RESEARCH:
        if set(purposes) - {VES.Research}:
            what = "The template `research` allows research alone."
            raise InputError(what, where="purposes", remedy="Name no other purpose, or choose `sector`.")
        purposes = (VES.Research,)
    if template in {Template.OPEN, Template.SECTOR} and organisations:
        what = f"Organisations are named, yet the template is `{template.value}`."
        raise InputError(what, where="organisations", remedy="Choose the template `organisation`, or name none.")
    audience = Audience.ORGANISATIONS if organisations else Audience.PARTICIPANTS
    audience = {Template.OPEN: Audience.OPEN, Template.ORGANISATION: Audience.ORGANISATIONS}.get(template, audience)
    aggregates = template is Template.AGGREGATE
    return OfferTerms(audience, organisations, purposes, until, attribution, uses, aggregates)


def offer_from(terms: OfferTerms, *, iri: NamedNode, target: NamedNode, assigner: NamedNode) -> Offer:
    """Make the offer a steward chose.

    Raises:
        InputError: the choices contradict each other; the error names the one to change.
    """
    _refuse_contradictions(terms)
    permission = part_iri(iri, "permission-1")
    limits = _limits(terms, permission)
    part = collection_of(terms.view, iri=part_iri(iri, "view-1"), source=target) if terms.view else None
    action = ODRL.aggregate if terms.aggregates and part is None else ODRL.use
    passing_on = Prohibition(part_iri(iri, "prohibition-1"), ODRL.distribute)
    naming = Duty(part_iri(iri, "obligation-1"), ODRL.attribute)
    closing = _duties(terms, permission, closing=True)
    offer = Offer(
        iri=iri,
        target=target,
        assigner=assigner,
        permissions=(Permission(permission, action, limits, closing, target=part),),
        prohibitions=() if terms.audience is Audience.OPEN or terms.passing_on else (passing_on,),
        obligations=((naming,) if terms.attribution else ()) + _duties(terms, iri, closing=False),
    )
    check_policy(offer)
    return offer


def is_open(offer: Offer) -> bool:
    """Tell whether anybody may use the target without asking: an unlimited permission and no prohibition.

    Of everything else a participant has to ask the provider.
    """
    return any(map(_is_unlimited, offer.permissions)) and not offer.prohibitions and offer.assignee is None


def _is_unlimited(rule: Permission) -> bool:
    """Tell whether a permission lets anybody use the target, or the part of it that is offered."""
    everything = rule.target is None or speaks_of_views(rule.target)
    limited = rule.constraints or rule.refinements or rule.duties or rule.assignee
    return rule.action == ODRL.use and everything and not limited


def _duties(terms: OfferTerms, owner: NamedNode, *, closing: bool) -> tuple[Duty, ...]:
    chosen = [demand for demand in terms.demands if demand.closes is closing]
    return tuple(demand.to_duty(part_iri(owner, f"demand-{number}")) for number, demand in enumerate(chosen, start=1))


def _limits(terms: OfferTerms, permission: NamedNode) -> tuple[AnyConstraint, ...]:
    limits: list[tuple[NamedNode, NamedNode, tuple[Value, ...]]] = []
    if terms.audience is Audience.PARTICIPANTS:
        limits.append((ODRL.recipient, ODRL.isPartOf, (VES.ApprovedParticipants,)))
    if terms.audience is Audience.ORGANISATIONS:
        limits.append((ODRL.recipient, ODRL.isAnyOf, terms.organisations))
    if terms.purposes:
        limits.append((ODRL.purpose, ODRL.isAnyOf, terms.purposes))
    if terms.until is not None:
        limits.append((ODRL.dateTime, ODRL.lteq, (date_time(iso_instant(terms.until)),)))
    if terms.uses is not None:
        limits.append((ODRL.count, ODRL.lteq, (typed(str(terms.uses), "integer"),)))
    return tuple(
        Constraint(part_iri(permission, f"constraint-{number}"), left, operator, right)
        for number, (left, operator, right) in enumerate(limits, start=1)
    )


def _refuse_contradictions(terms: OfferTerms) -> None:
    if terms.audience is Audience.ORGANISATIONS and not terms.organisations:
        raise InputError("No organisation is named.", where="organisations", remedy="Name at least one organisation.")
    if terms.audience is not Audience.ORGANISATIONS and terms.organisations:
        raise InputError(
            f"Organisations are named, yet the offer is for `{terms.audience.value}`.",
            where="organisations",
            remedy="Choose the audience `organisations`, or name none.",
        )
    if terms.audience is Audience.OPEN and (terms.purposes or terms.until or terms.uses or terms.aggregates):
        raise InputError(
            "Open data has no limit: no purpose, no end, no number of uses.",
            where="audience",
            remedy="Choose the audience `participants`, or leave the limits out.",
        )
    if terms.audience is Audience.OPEN and terms.demands:
        raise InputError(
            "Open data is for anybody, so that nobody could be held to a demand.",
            where="demands",
            remedy="Choose the audience `participants`, or demand nothing.",
        )
    if terms.aggregates and terms.view and terms.view.aggregation is None:
        raise InputError(
            "Aggregates alone may be had, and the view does not say which.",
            where="view",
            remedy="Say by what to group (`aggregate`), or choose another template.",
        )
    if terms.uses is not None and terms.uses < 1:
        raise InputError("The data may be used less than once.", where="uses", remedy="Allow at least one use.")
    if terms.until is not None and terms.until.tzinfo is None:
        raise InputError("The end has no time zone.", where="until", remedy="Write the end in UTC, ending in Z.")
