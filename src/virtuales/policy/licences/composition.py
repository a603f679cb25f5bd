"""Whether data made of several sources may be published, under which licence, and what has to be done for it.

The rules, for each source and the licence of the result:

1. The source's licence has to permit derivatives, where the data is changed, and passing on.
2. What is passed on unchanged keeps its licence.
3. A licence that asks for the same licence (share-alike) is kept by itself, or by one that it names as compatible.
4. Otherwise the result may be stricter but not laxer: it prohibits what the source's licence prohibits, and requires
   what that requires.

What nobody states is not allowed. The rules agree with the chart of Creative Commons for those who adapt
(https://creativecommons.org/faq/), and with what the Open Government Licence says of itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from virtuales.policy.decision import Reason
from virtuales.policy.licences.licence import Licence, Licences
from virtuales.policy.licences.words import in_order, listed, said_of
from virtuales.rdf.namespaces import CC, DPV
from virtuales.rdf.terms import NamedNode


class Outcome(StrEnum):
    """What a composition comes to."""

    ALLOWED = "allowed"
    ALLOWED_IF = "allowed if"
    NOT_ALLOWED = "not allowed"


@dataclass(frozen=True)
class Source:
    """Something that data is made of.

    Args:
        licence: The licence under which it is used.
        name: What people call it; by default the licence's identifier.
        personal_data: Whether it says something about living persons.
    """

    licence: Licence
    name: str = ""
    personal_data: bool = False

    @property
    def said(self) -> str:
        """How a sentence names the source and its licence."""
        return f"{self.name} ({self.licence.identifier})" if self.name else self.licence.identifier


@dataclass(frozen=True)
class Composition:
    """What may be done with data made of several sources.

    Args:
        outcome: Allowed, allowed if the conditions are kept, or not allowed.
        reasons: Why; of a yes with conditions, the conditions. Never empty.
        may_carry: The known licences that the result may carry; empty when there is none.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    may_carry: tuple[Licence, ...] = ()

    @property
    def is_allowed(self) -> bool:
        """Whether it may be published, conditions or not."""
        return self.outcome is not Outcome.NOT_ALLOWED

    def to_json(self) -> dict[str, object]:
        """Write the composition as JSON."""
        return {
            "outcome": self.outcome.value,
            "reasons": [reason.to_json() for reason in self.reasons],
            "may_carry": [licence.identifier for licence in self.may_carry],
        }


def compose(
    sources: Sequence[Source], known: Licences, *, result: Licence | None = None, unmodified: bool = False
) -> Composition:
    """Decide whether what is made of sources may be published, and under which of the known licences.

    Args:
        sources: What it is made of.
        known: The licences that the result might carry; those of one party only where a source has them already.
        result: The licence that it is to carry; None asks for any.
        unmodified: Whether the sources are passed on as they are.
    """
    hindrances = tuple(reason for source in sources for reason in _hindrances(source, unmodified=unmodified))
    if hindrances:
        return Composition(Outcome.NOT_ALLOWED, hindrances)
    own = {source.licence.iri for source in sources}
    offered = [licence for licence in known if licence.assigner is None or licence.iri in own]
    fitting = tuple(licence for licence in offered if not _lost(sources, licence, unmodified=unmodified))
    lost = _lost(sources, result, unmodified=unmodified) if result else ()
    if result is None and not fitting:
        lost = tuple(_clashes(sources, known, unmodified=unmodified))
    if lost:
        return Composition(Outcome.NOT_ALLOWED, lost, fitting)
    conditions = tuple(dict.fromkeys(each for source in sources for each in _conditions(source, known)))
    if conditions:
        return Composition(Outcome.ALLOWED_IF, conditions, fitting)
    free = Reason("no-condition", "The sources ask for nothing.")
    return Composition(Outcome.ALLOWED, (free,), fitting)


def _hindrances(source: Source, *, unmodified: bool) -> Iterator[Reason]:
    """Give what forbids to publish anything of a source, whatever licence the result has."""
    licence = source.licence
    if not licence.permits and not licence.prohibits:
        yield Reason(
            "terms-unknown",
            f"It is not known what {source.said} permits.",
            rule=licence.iri.value,
            remedy="State its terms as an ODRL policy.",
        )
        return
    if not unmodified and not licence.allows(CC.DerivativeWorks):
        yield _not_permitted("no-derivatives", source, "changed versions")
    if not licence.allows(CC.Distribution):
        yield _not_permitted("no-distribution", source, "passing on")
    if source.personal_data and DPV.PersonalData in licence.excludes:
        yield Reason(
            "personal-data-not-covered",
            f"{source.said} does not cover personal data, and the source has some.",
            rule=licence.iri.value,
            remedy="Take the personal data out at the source.",
        )


def _not_permitted(code: str, source: Source, what: str) -> Reason:
    return Reason(
        code,
        f"{source.said} does not permit {what}.",
        rule=source.licence.iri.value,
        remedy="Leave the source out, or agree on it with its provider.",
    )


def _lost(sources: Iterable[Source], result: Licence, *, unmodified: bool) -> tuple[Reason, ...]:
    """Return what the sources' licences ask that a licence of the result would lose."""
    return tuple(reason for each in sources for reason in _lost_of(each, result, unmodified=unmodified))


def _lost_of(source: Source, result: Licence, *, unmodified: bool) -> Iterator[Reason]:
    licence, rule = source.licence, source.licence.iri.value
    if result.iri == licence.iri or (result.iri in licence.compatible and not unmodified):
        return
    if unmodified:
        text = f"{source.said} stays under its own licence as long as it is not changed, so not {result.identifier}."
        yield Reason("unchanged-keeps-licence", text, rule=rule, value=result.identifier)
    elif CC.ShareAlike in licence.requires:
        text = f"{source.said} asks that what is made of it carries the same licence, so not {result.identifier}."
        yield Reason("share-alike", text, rule=rule, value=result.identifier)
    else:
        for action in in_order(licence.prohibits):
            if not _keeps_prohibition(result, action):
                text = f"{source.said} prohibits {said_of(action)}, which {result.identifier} does not."
                yield Reason("prohibition-lost", text, rule=rule, value=result.identifier)
        for action in in_order(licence.requires):
            if not _keeps_requirement(result, action):
                text = f"{source.said} requires {said_of(action)}, which {result.identifier} does not."
                yield Reason("requirement-lost", text, rule=rule, value=result.identifier)


def _keeps_prohibition(result: Licence, action: NamedNode) -> bool:
    """Tell whether a licence prohibits an action; one that permits nothing prohibits everything."""
    return action in result.prohibits or not result.permits


def _keeps_requirement(result: Licence, action: NamedNode) -> bool:
    """Tell whether a licence requires an action of whoever passes the data on; if nobody may, nobody can fail to."""
    return action in result.requires or not result.allows(CC.Distribution)


def _clashes(sources: Sequence[Source], known: Licences, *, unmodified: bool) -> Iterator[Reason]:
    """Give why no known licence will do: what the licences that some source asks for would lose of the others."""
    asked = {each.licence.iri: each.licence for each in sources if unmodified or CC.ShareAlike in each.licence.requires}
    wanted = [*asked.values(), *(one for one in known if any(one.iri in each.compatible for each in asked.values()))]
    found = [reason for licence in wanted for reason in _lost(sources, licence, unmodified=unmodified)]
    yield from dict.fromkeys(found)
    if not found:
        asks = sorted({action.value for each in sources for action in each.licence.prohibits | each.licence.requires})
        text = f"No known licence keeps all that the sources ask: {listed(asks)}."
        yield Reason("no-licence-known", text, remedy="State terms of your own that keep it.")


def _conditions(source: Source, known: Licences) -> Iterator[Reason]:
    """Give what whoever publishes has to do for a source."""
    licence, rule = source.licence, source.licence.iri.value
    for action in in_order(licence.requires):
        if action == CC.ShareAlike:
            kept = [licence, *(one for one in known if one.iri in licence.compatible)]
            text = f"For {source.said}, publish under {listed(one.identifier for one in kept)}."
            yield Reason("share-alike", text, rule=rule)
        else:
            yield Reason("duty", f"For {source.said}, see to {said_of(action)}.", rule=rule)
    for action in in_order(licence.prohibits - {CC.DerivativeWorks, CC.Distribution}):
        text = f"For {source.said}, keep to this: no {said_of(action)}."
        yield Reason("prohibition", text, rule=rule)
    if licence.excludes:
        what = listed((said_of(term) for term in in_order(licence.excludes)), joint="and")
        yield Reason("not-covered", f"{source.said} does not cover {what}: publish none of it.", rule=rule)
