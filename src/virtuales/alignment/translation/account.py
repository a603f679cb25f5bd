"""The account of a translation: what became of every statement, so that nothing is lost without being listed."""

from collections import Counter, abc
from dataclasses import dataclass, field
from typing import Final, Literal

Outcome = Literal["mapped", "rule", "lost"]
"""Carried by a term mapping, taken over by a rule, or not carried."""
EXAMPLES: Final = 3
"""Objects named of each kind of entry."""


@dataclass(frozen=True)
class Entry:
    """What became of the statements with one term in one model.

    Args:
        model: The model that they stood in.
        term: The IRI of their property; of the class for the statements that say an object's class.
        outcome: What became of them.
        detail: The target's term, the rule's name, or the reason.
        count: How many there were.
        examples: IRIs of the first objects they were about.
    """

    model: str
    term: str
    outcome: Outcome
    detail: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """Statements that a rule made.

    Args:
        rule: The rule's name.
        term: The IRI of their property; of the class for the statements that say an object's class.
        count: How many there are.
        placed: Whether a model of the target has room for them; else they are left out.
    """

    rule: str
    term: str
    count: int
    placed: bool = True


@dataclass(frozen=True)
class Account:
    """What became of everything.

    Args:
        statements: How many statements the source has, headers left out.
        entries: What became of them, by model and term.
        made: What the rules made.
        classes_added: How many statements say an object's class again, where another model of the package speaks of it.
    """

    statements: int
    entries: tuple[Entry, ...]
    made: tuple[Made, ...] = ()
    classes_added: int = 0

    def total(self, outcome: Outcome) -> int:
        """Count the statements with an outcome."""
        return sum(entry.count for entry in self.entries if entry.outcome == outcome)

    @property
    def lost(self) -> tuple[Entry, ...]:
        """What was not carried, the most frequent first."""
        return tuple(sorted((one for one in self.entries if one.outcome == "lost"), key=lambda one: -one.count))

    def check(self) -> None:
        """Make sure that every statement is in the account once.

        Raises:
            AssertionError: it is not, which is a fault of this program.
        """
        counted = sum(entry.count for entry in self.entries)
        if counted != self.statements:
            raise AssertionError(f"{self.statements:,} statements were read, and {counted:,} are accounted for")


@dataclass
class Ledger:
    """Where a running translation notes what becomes of statements."""

    _counts: Counter[tuple[str, str, Outcome, str]] = field(default_factory=Counter)
    _examples: dict[tuple[str, str, Outcome, str], list[str]] = field(default_factory=dict)

    def note(self, key: tuple[str, str, Outcome, str], subject: bytes) -> None:
        """Note one statement: the model, the term, the outcome, its detail; and whom it was about."""
        self._counts[key] += 1
        if self._counts[key] <= EXAMPLES:
            self._examples.setdefault(key, []).append(subject[1:-1].decode())

    def count(self, key: tuple[str, str, Outcome, str], number: int) -> None:
        """Note several statements at once, without examples."""
        if number:
            self._counts[key] += number

    def entries(self) -> abc.Iterator[Entry]:
        """Give what was noted, in order."""
        for key in sorted(self._counts):
            yield Entry(*key, self._counts[key], tuple(self._examples.get(key, ())))
