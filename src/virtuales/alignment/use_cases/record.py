"""What the record of a use case holds, as it is read from its file.

A requirement that was changed stands beside the one it revises (`prov:wasRevisionOf`), so that the record tells what
was changed, when and why. See docs/use-cases.md for how it is written.
"""

from collections import abc
from dataclasses import dataclass, field
from typing import Final, Literal

from virtuales.rdf.namespaces import DCAT, QUDT, VES
from virtuales.rdf.terms import NamedNode, Triple

Aspect = Literal["unit", "resolution", "timeliness", "term"]
"""What of a requirement terms can fail to serve."""
ASPECTS: Final[abc.Mapping[NamedNode, Aspect]] = {
    QUDT.hasUnit: "unit",
    DCAT.temporalResolution: "resolution",
    VES.maximumAge: "timeliness",
    VES.term: "term",
}
"""How a record names what terms lack: by the requirement's own property."""

Priority = Literal["must have", "should have", "could have", "will not have"]
PRIORITIES: Final[abc.Mapping[NamedNode, Priority]] = {
    VES.MustHave: "must have",
    VES.ShouldHave: "should have",
    VES.CouldHave: "could have",
    VES.WontHave: "will not have",
}
METHOD_STEPS: Final[abc.Mapping[NamedNode, str]] = {
    VES.ModelReview: "Review of models",
    VES.StakeholderEngagement: "Engagement of stakeholders",
    VES.RequirementsRefinement: "Refinement of requirements",
    VES.Alignment: "Alignment",
    VES.GapAnalysis: "Gap analysis",
}
"""The five steps of the method, in order."""


@dataclass(frozen=True)
class Named:
    """An actor of a use case: a role that somebody plays.

    Args:
        iri: What names it.
        label: Its name for people.
        description: What it is.
    """

    iri: str
    label: str
    description: str = ""


@dataclass(frozen=True)
class Step(Named):
    """A step of a use case.

    Args:
        after: The steps right before it.
        performed_by: The actors who do it.
    """

    after: tuple[str, ...] = ()
    performed_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class TermCoverage:
    """Terms of one model that together serve a requirement, as the record states it.

    Args:
        model: The model's IRI.
        terms: The terms.
        lacks: What of the requirement they do not serve.
        comment: The same in words.
    """

    model: str
    terms: tuple[str, ...]
    lacks: frozenset[Aspect] = frozenset()
    comment: str = ""


@dataclass(frozen=True)
class Requirement:
    """A data requirement in one version.

    Args:
        iri: What names this version.
        identifier: Its short name, the same in all versions.
        title: What is needed.
        description: The same at more length.
        version: Number of the version.
        issued: When the version was written down, as an ISO date.
        priority: How much the use case depends on it.
        needed_by: The actors who need it.
        supplied_by: The actors who have it.
        needed_at: The steps at which it is needed.
        purposes: What for.
        unit: Symbol of the unit; empty where the data has none.
        resolution: How fine in time, as an ISO 8601 duration; empty where it does not matter.
        maximum_age: How old it may be, likewise.
        personal: Whether it is about identifiable people.
        coverage: The terms that serve it.
        change_note: Why it was changed.
        led_by: The remarks that led to the change.
        revises: The IRI of the version before.
    """

    iri: str
    identifier: str
    title: str
    description: str
    version: str
    issued: str
    priority: Priority
    needed_by: tuple[str, ...]
    supplied_by: tuple[str, ...]
    needed_at: tuple[str, ...]
    purposes: tuple[str, ...]
    unit: str = ""
    resolution: str = ""
    maximum_age: str = ""
    personal: bool = False
    coverage: tuple[TermCoverage, ...] = ()
    change_note: str = ""
    led_by: tuple[str, ...] = ()
    revises: str = ""


@dataclass(frozen=True)
class Remark:
    """A pain point or a comment.

    Args:
        iri: What names it.
        text: What was said.
        about: The use case, requirements or terms that it is about.
        by: Who said it: an actor's IRI or a name.
        on: When, as an ISO date or time.
        source: Where it was read, if it was not said to us.
        pain_point: Whether it says what is difficult today.
    """

    iri: str
    text: str
    about: tuple[str, ...]
    by: str
    on: str
    source: str = ""
    pain_point: bool = False


@dataclass(frozen=True)
class Activity:
    """What was done in a step of the method.

    Args:
        iri: What names it.
        step: The IRI of the step.
        label: What was done.
        ended: When, as an ISO date.
        used: What it looked at: models, documents.
    """

    iri: str
    step: str
    label: str
    ended: str
    used: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A term that is proposed as an extension.

    Args:
        iri: The term.
        label: Its name for people.
        definition: What it means.
        proposed_for: IRIs of the requirements that it would serve.
        statements: All that is said of it.
        drafted: Whether it was made from a requirement and awaits an editor.
    """

    iri: str
    label: str
    definition: str
    proposed_for: tuple[str, ...]
    statements: tuple[Triple, ...]
    drafted: bool = False


@dataclass(frozen=True)
class UseCase:
    """The record of one use case.

    Args:
        iri: What names it.
        identifier: Its registered name.
        title: Its name for people.
        description: What it is about.
        source: Where it comes from.
        version: The record's version.
        actors: Its actors, by name.
        steps: Its steps, in order.
        requirements: Its requirements as they are now, by identifier.
        earlier: The versions that were revised, by IRI.
        remarks: Pain points and comments, the earliest first.
        activities: What was done in the steps of the method, in order.
        proposals: Terms that are proposed.
    """

    iri: str
    identifier: str
    title: str
    description: str
    source: str
    version: str
    actors: tuple[Named, ...]
    steps: tuple[Step, ...]
    requirements: tuple[Requirement, ...]
    earlier: abc.Mapping[str, Requirement] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    activities: tuple[Activity, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def reviewed(self) -> tuple[str, ...]:
        """IRIs of what the review of models looked at, each once."""
        used = (iri for one in self.activities if one.step == VES.ModelReview.value for iri in one.used)
        return tuple(dict.fromkeys(used))

    def history(self, requirement: Requirement) -> tuple[Requirement, ...]:
        """Return all versions of a requirement, the first one first; a loop is walked once."""
        found = [requirement]
        while found[-1].revises in self.earlier and self.earlier[found[-1].revises] not in found:
            found.append(self.earlier[found[-1].revises])
        return tuple(reversed(found))

    def name_of(self, iri: str) -> str:
        """Return what people call an actor, a step, a requirement or the use case; the IRI of anything else."""
        known = {one.iri: one.label for one in (*self.actors, *self.steps)}
        known |= {one.iri: f"{one.identifier} {one.title}" for one in self.requirements}
        return {**known, self.iri: self.title}.get(iri, iri)

    def about(self, iri: str) -> tuple[Remark, ...]:
        """Return the remarks about something; remarks about an earlier version of a requirement are about it too."""
        requirement = next((one for one in self.requirements if one.iri == iri), None)
        wanted = {one.iri for one in self.history(requirement)} if requirement else {iri}
        return tuple(one for one in self.remarks if wanted.intersection(one.about))


def changes(before: Requirement, after: Requirement) -> tuple[str, ...]:
    """Tell in words what is different between two versions of a requirement.

    >>> one = Requirement("x1", "R", "t", "d", "1", "2026-01-01", "must have", (), (), (), (), resolution="P1Y")
    >>> two = Requirement("x", "R", "t", "d", "2", "2026-02-01", "must have", (), (), (), (), resolution="PT30M")
    >>> changes(one, two)
    ('resolution: P1Y, now PT30M',)
    """
    named = {
        "title": "title",
        "priority": "priority",
        "unit": "unit",
        "resolution": "resolution",
        "maximum_age": "maximum age",
    }
    found = [
        f"{name}: {getattr(before, slot) or 'none'}, now {getattr(after, slot) or 'none'}"
        for slot, name in named.items()
        if getattr(before, slot) != getattr(after, slot)
    ]
    if before.description != after.description:
        found.append(f"description, before: {before.description}")
    several = ("needed_by", "supplied_by", "needed_at", "purposes")
    moved = (slot for slot in several if set(getattr(before, slot)) != set(getattr(after, slot)))
    return (*found, *(slot.replace("_", " ") for slot in moved))
