"""How far mappings and rules cover one model seen from another: every term is mapped, carried by rule, or declared."""

from collections import Counter, abc
from dataclasses import dataclass
from typing import Final, Literal

from virtuales.alignment.rules import MappingRule
from virtuales.alignment.translation.term_table import TermTable
from virtuales.models.facts import Model

State = Literal["mapped", "by rule", "gone", "new", "undeclared"]
STATES: Final[tuple[State, ...]] = ("mapped", "by rule", "gone", "new", "undeclared")
"""Carried by a term mapping; by a rule; declared to have no counterpart in the target, or in the source; none of it."""
Kind = Literal["class", "property"]
_HEADER: Final = "http://iec.ch/TC57/61970-552/"
"""Where the terms of headers are, which are the same in every edition."""


@dataclass(frozen=True)
class Row:
    """How many terms of a kind are in which state in one profile.

    Args:
        profile: The profile's keyword.
        kind: Classes or properties.
        counts: The number of terms in each state.
        undeclared: The IRIs of those of which nothing is said.
    """

    profile: str
    kind: Kind
    counts: abc.Mapping[State, int]
    undeclared: tuple[str, ...]


def coverage(
    source: Model, target: Model, table: TermTable, rules: abc.Sequence[MappingRule], profiles: abc.Iterable[str]
) -> tuple[Row, ...]:
    """Count what becomes of the terms of some profiles.

    Args:
        source: The model to translate from.
        target: The model to translate to.
        table: What the source's terms are in the target.
        rules: The rules between the two.
        profiles: Keywords of profiles; those of the source and of the target are counted together.
    """
    carried = {one.term for rule in rules for one in rule.carries}
    reached = set(table.terms.values()) | {term for others in table.nearby.values() for term in others}
    rows = []
    for profile in profiles:
        for kind in ("class", "property"):
            states = {term: _state(term, table, carried) for term in _terms(source, kind, profile)}
            fresh = [term for term in _terms(target, kind, profile) if term not in reached]
            counts = Counter(states.values())
            counts["new"] = sum(term in table.fresh for term in fresh)
            silent = [term for term, state in states.items() if state == "undeclared"]
            silent += [term for term in fresh if term not in table.fresh]
            counts["undeclared"] = len(silent)
            rows.append(Row(profile, kind, {state: counts[state] for state in STATES}, tuple(sorted(silent))))
    return tuple(rows)


def _state(term: str, table: TermTable, carried: abc.Set[str]) -> State:
    if term in table.terms:
        return "mapped"
    if term in carried:
        return "by rule"
    return "gone" if term in table.gone or term in table.nearby else "undeclared"


def _terms(model: Model, kind: Kind, profile: str) -> list[str]:
    facts = model.classes.values() if kind == "class" else model.properties.values()
    return [fact.iri for fact in facts if profile in fact.profiles and not fact.iri.startswith(_HEADER)]
