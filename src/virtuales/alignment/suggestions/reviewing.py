"""The review of suggestions: a person decides on each, and the decision is a mapping that they answer for.

A suggestion is *pending* as long as nobody has put their name to it. What is accepted becomes their mapping, what is
rejected their negative mapping, so that it is never suggested again. Everything stands in the mapping set itself, so a
review can be left and resumed at any time.
"""

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, get_args

from virtuales.alignment.curators import ORCID
from virtuales.alignment.curies import Contraction
from virtuales.alignment.derived_set import merged_prefixes
from virtuales.alignment.mapping import NO_EXTENSIONS, Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.slots import NOT
from virtuales.alignment.suggestions.as_set import SURE
from virtuales.alignment.terms import BROAD_MATCH, MANUAL_CURATION, MAPPING_REVIEW, NARROW_MATCH, RELATED_MATCH
from virtuales.errors import InputError, UnknownTerm

Decision = Literal["accept", "reject", "narrower", "broader", "related"]
"""What can be decided of a suggestion: of the last three, what the object is to the subject."""
DECISIONS: Final[tuple[Decision, ...]] = get_args(Decision)
_PREDICATES: Final[AbstractMapping[Decision, str]] = MappingProxyType(
    {"narrower": NARROW_MATCH, "broader": BROAD_MATCH, "related": RELATED_MATCH}
)


@dataclass(frozen=True)
class State:
    """The sets of a review at one moment.

    Args:
        suggestions: The set under review.
        into: The set that takes what is decided; None when it stays where it is.
    """

    suggestions: MappingSet
    into: MappingSet | None = None


class Review:
    """A review of a set of suggestions by one person.

    Args:
        state: The set, and the one that takes what is decided.
        reviewer: The person's ORCID iD as an IRI.
    """

    def __init__(self, state: State, reviewer: str) -> None:
        self._reviewer = reviewer
        self._states = [_without_decided(state)]
        self._contraction = Contraction(state.suggestions.curie_map)

    @property
    def state(self) -> State:
        """The sets as they are now."""
        return self._states[-1]

    def pending(self) -> tuple[Mapping, ...]:
        """Return the suggestions that nobody has decided on, the likeliest first."""
        rows = (row for row in self.state.suggestions.mappings if is_pending(row))
        return tuple(sorted(rows, key=lambda row: (-(row.confidence or 0.0), row.core)))

    def name(self, row: Mapping) -> str:
        """Return what a suggestion is called in scripts: both terms, `cim:Line=ex:Circuit`."""
        return "=".join(self._contraction.find(iri) or iri for iri in (row.subject_id, row.object_id))

    def find(self, name: str) -> Mapping:
        """Return the pending suggestion of a name; the terms may be written as IRIs too.

        Raises:
            UnknownTerm: no pending suggestion is called so.
        """
        for row in self.pending():
            if name in {self.name(row), f"{row.subject_id}={row.object_id}"}:
                return row
        remedy = "`--list` shows what is pending. It may have been decided before."
        raise UnknownTerm(f"No pending suggestion is called `{name}`.", remedy=remedy)

    def decide(self, row: Mapping, decision: str, *, on: date, comment: str = "") -> None:
        """Decide on a pending suggestion.

        Args:
            row: The suggestion.
            decision: What is decided, one of `DECISIONS`.
            on: The day.
            comment: What the next editor should know; by default the evidence stays there.

        Raises:
            InputError: there is no such decision.
        """
        if decision not in DECISIONS:
            raise InputError(f"`{decision}` is no decision.", remedy="Decide one of " + ", ".join(DECISIONS) + ".")
        made = replace(
            row,
            predicate_id=_PREDICATES.get(decision, row.predicate_id),
            predicate_modifier=NOT if decision == "reject" else row.predicate_modifier,
            mapping_justification=MANUAL_CURATION,
            author_id=(self._reviewer,),
            mapping_date=on,
            confidence=None,
            similarity_score=row.confidence,
            similarity_measure=row.mapping_tool,
            mapping_tool="",
            mapping_tool_version="",
            comment=comment or row.comment,
            extensions={slot: value for slot, value in row.extensions.items() if slot != SURE} or NO_EXTENSIONS,
        )
        self._states.append(_decided(self.state, row, made))

    def undo(self) -> bool:
        """Take back the latest decision of this review; tell whether there was one."""
        if len(self._states) == 1:
            return False
        del self._states[-1]
        return True


def is_pending(row: Mapping) -> bool:
    """Tell whether nobody has put their name to a mapping."""
    return not (row.author_id or row.reviewer_id) and row.mapping_justification not in {MANUAL_CURATION, MAPPING_REVIEW}


def _decided(state: State, row: Mapping, made: Mapping) -> State:
    rows = state.suggestions.mappings
    if state.into is None:
        changed = tuple(made if each is row else each for each in rows)
        return State(replace(state.suggestions, mappings=changed, curie_map=_with_orcid(state.suggestions.curie_map)))
    left = replace(state.suggestions, mappings=tuple(each for each in rows if each is not row))
    prefixes = {**merged_prefixes([state.into, state.suggestions]), **state.into.curie_map}
    taken = sorted((*state.into.mappings, made), key=lambda each: each.core)
    return State(left, replace(state.into, mappings=tuple(taken), curie_map=_with_orcid(prefixes)))


def _with_orcid(prefixes: AbstractMapping[str, str]) -> dict[str, str]:
    """Return prefixes among which one fits a person's iD."""
    return dict(prefixes) if ORCID in prefixes.values() else {**prefixes, "orcid": ORCID}


def _without_decided(state: State) -> State:
    """Leave out pending rows on which the other set decides already: a review that was broken off wrote it first."""
    if state.into is None:
        return state
    decided = {(row.subject_id, row.object_id) for row in state.into.mappings}
    rows = state.suggestions.mappings
    kept = tuple(row for row in rows if not is_pending(row) or (row.subject_id, row.object_id) not in decided)
    return State(replace(state.suggestions, mappings=kept), state.into)
