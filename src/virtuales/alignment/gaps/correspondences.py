"""Where a term leads in other models: to itself, or by mappings, asserted or chained, exactly or nearly."""

from collections import abc
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from virtuales.alignment.chain_rules import rules_of
from virtuales.alignment.chaining import chainable, invert, name_of
from virtuales.alignment.checks.known_terms import KnownTerm, KnownTerms
from virtuales.alignment.checks.pairs import BELOW, SAME
from virtuales.alignment.closure import Closure
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.terms import CLOSE_MATCH, NARROW_MATCH, NO_TERM_FOUND
from virtuales.models.facts import Model

Nearness = Literal["same", "broader", "narrower", "close", "related"]
"""What the other model's term is, seen from ours."""
_ORDER: Final[tuple[Nearness, ...]] = ("same", "broader", "narrower", "close", "related")
_NEARNESS: Final[abc.Mapping[str, Nearness]] = {
    **dict.fromkeys(SAME, "same"),
    **dict.fromkeys(BELOW, "broader"),
    NARROW_MATCH: "narrower",
    CLOSE_MATCH: "close",
}


@dataclass(frozen=True)
class Counterpart:
    """A term of another model that a term leads to.

    Args:
        term: The other model's term.
        nearness: What it is, seen from ours.
        because: The asserted mappings that lead there; none where both models have the very term.
    """

    term: KnownTerm
    nearness: Nearness
    because: tuple[str, ...] = ()


class Correspondences:
    """Where some terms lead by mapping sets.

    Args:
        start: The terms that are asked about.
        sets: The mapping sets.
        terms: The terms of all models.
    """

    def __init__(self, start: abc.Iterable[str], sets: abc.Sequence[MappingSet], terms: KnownTerms) -> None:
        self._terms = terms
        self._start = frozenset(start)
        self._sets = sets

    def find(self, iri: str, model: Model) -> Counterpart | None:
        """Return where a term leads in a model, the nearest first, or nothing."""
        itself = self._terms.in_model(iri, model)
        if itself is not None:
            return Counterpart(itself, "same")
        found = []
        for mapping, because in self._leading.get(iri, ()):
            term = self._terms.in_model(mapping.object_id, model)
            if term is not None:
                nearness = _NEARNESS.get(mapping.predicate_id, "related")
                found.append(Counterpart(term, nearness, because))
        return min(found, key=lambda one: (_ORDER.index(one.nearness), len(one.because), one.term.iri), default=None)

    def missing(self, iri: str, model: Model) -> str:
        """Return why mappings say that a term has no counterpart in a model; empty where none says so."""
        for each in self._gone.get(iri, ()):
            if self._terms.named(each.object_source) is model:
                return each.comment or "The mappings say that it has no counterpart."
        return ""

    def contradictions(self, iri: str, model: Model) -> tuple[str, ...]:
        """Return what mappings say of a term and a model and others deny."""
        return tuple(
            said
            for ends, said in self._contradicted
            if iri in ends and any(self._terms.in_model(other, model) for other in ends if other != iri)
        )

    @cached_property
    def _component(self) -> tuple[Mapping, ...]:
        """The mappings that have to do with the terms in any number of steps: all that can matter, and no more."""
        by_term: dict[str, list[Mapping]] = {}
        for each in (mapping for one in self._sets for mapping in one.mappings if chainable(mapping)):
            by_term.setdefault(each.subject_id, []).append(each)
            by_term.setdefault(each.object_id, []).append(each)
        seen, waiting = set(self._start), list(self._start)
        kept: dict[int, Mapping] = {}
        while waiting:
            for each in by_term.get(waiting.pop(), ()):
                kept[id(each)] = each
                new = {each.subject_id, each.object_id} - seen
                seen |= new
                waiting += new
        return tuple(kept.values())

    @cached_property
    def _closure(self) -> Closure:
        return Closure(self._component, rules_of(*self._sets))

    @cached_property
    def _leading(self) -> dict[str, list[tuple[Mapping, tuple[str, ...]]]]:
        rules = rules_of(*self._sets)
        denied = {id(one.mapping) for one in self._closure.contradictions()}
        found: dict[str, list[tuple[Mapping, tuple[str, ...]]]] = {}
        for each in self._component:
            if not each.negated and id(each) not in denied:
                for seen in filter(None, (each, invert(each, rules))):
                    found.setdefault(seen.subject_id, []).append((seen, (name_of(each),)))
        for one in self._closure.derived():
            because = tuple(map(name_of, one.premises))
            found.setdefault(one.mapping.subject_id, []).append((one.mapping, because))
        return found

    @cached_property
    def _gone(self) -> dict[str, list[Mapping]]:
        """For each term the mappings that say that it has no counterpart, seen from it."""
        rules = rules_of(*self._sets)
        found: dict[str, list[Mapping]] = {}
        for each in (mapping for one in self._sets for mapping in one.mappings if mapping.unmapped):
            seen = each if each.object_id == NO_TERM_FOUND else invert(each, rules)
            if seen is not None and not seen.negated:
                found.setdefault(seen.subject_id, []).append(seen)
        return found

    @cached_property
    def _contradicted(self) -> list[tuple[tuple[str, str], str]]:
        return [
            (
                (one.mapping.subject_id, one.mapping.object_id),
                f"{' ; '.join(map(name_of, one.premises))}, denied by {name_of(one.contradicts)}",
            )
            for one in self._closure.contradictions()
            if one.contradicts is not None
        ]
