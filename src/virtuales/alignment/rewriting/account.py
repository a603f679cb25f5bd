"""The account of a rewriting: what became of each term of the query, so that nothing is left out unseen."""

from dataclasses import dataclass, field
from typing import Final, Literal

Outcome = Literal["carried", "narrower", "approximate", "kept", "hierarchy", "not carried"]
"""What became of a term.

`carried`: what it says is asked with terms that say the same, or through rules. `narrower`: only terms that say more
are there, so that every answer is right but some may be missing. `approximate`: it was wished to ask also with terms
that say less or something similar, so that answers may be wrong. `kept`: it is of neither vocabulary.
`hierarchy`: it is answered from the model's hierarchy of classes. `not carried`: nothing says it, and its pattern
matches nothing.
"""
Place = Literal["property", "class", "value", "compared"]
"""Where a term stands: `value` is a triple's object, `compared` is in a filter, an expression or a list of values."""
_ORDER: Final[tuple[Outcome, ...]] = ("kept", "hierarchy", "carried", "narrower", "approximate", "not carried")


@dataclass(frozen=True)
class Entry:
    """What became of a term.

    Args:
        term: Its IRI.
        place: Where it stands in the query.
        outcome: What became of it.
        by: The terms and rules that carry it, each with file and line.
        reason: Why it is not carried, or not wholly.
    """

    term: str
    place: Place
    outcome: Outcome
    by: tuple[str, ...] = ()
    reason: str = ""


@dataclass
class Account:
    """What became of each term of a query."""

    _entries: dict[tuple[str, Place], Entry] = field(default_factory=dict)

    def note(self, entry: Entry) -> None:
        """Note what became of a term; of several outcomes in one place the worst counts."""
        key = entry.term, entry.place
        known = self._entries.get(key)
        if known is None or _ORDER.index(entry.outcome) > _ORDER.index(known.outcome):
            self._entries[key] = entry

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What was noted, by term."""
        return tuple(self._entries[key] for key in sorted(self._entries))

    @property
    def lost(self) -> tuple[Entry, ...]:
        """The terms that are not carried."""
        return tuple(entry for entry in self.entries if entry.outcome == "not carried")

    @property
    def exact(self) -> bool:
        """Whether the answers are those that the data gives in the query's vocabulary, neither fewer nor others."""
        return all(entry.outcome in {"carried", "kept", "hierarchy"} for entry in self.entries)
