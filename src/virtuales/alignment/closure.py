"""Everything that follows from a set of mappings, with the surest way to each conclusion.

Facts are rows of numbers and each round joins the new ones with all others at once, so that 100,000 mappings take a
few seconds. A round considers conclusions that are new or surer than before; as no conclusion is surer than its
premises, the rounds come to an end and the order of the mappings does not matter.
"""

from collections import abc
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from virtuales.alignment.chain_rules import Chain, ChainRules
from virtuales.alignment.chaining import Derived, chainable, conclusion, invert
from virtuales.alignment.mapping import Mapping
from virtuales.errors import TooLarge

MOST_FACTS: Final = 5_000_000
"""Conclusions, and candidates for them in one step, that are worked out before the attempt is given up."""
_TOLERANCE: Final = 1e-9
"""By how much a conclusion must be surer to replace another; products differ in their last digits."""
_ASSERTED: Final = -1

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Rows:
    """Facts or candidates for them, a row each.

    Args:
        keys: Subject, predicate and object as one number.
        sure: The confidence, 1 where none is said.
        left: The row of the first premise; for an asserted fact, its mapping's place among the given.
        right: The row of the second premise, -1 if there is none, and for an asserted fact too.
        rule: The rule's number; -1 for an asserted fact.
    """

    keys: Integers
    sure: Numbers
    left: Integers
    right: Integers
    rule: Integers

    def __len__(self) -> int:
        return len(self.keys)

    def take(self, which: npt.NDArray[np.bool_] | Integers) -> "_Rows":
        return _Rows(self.keys[which], self.sure[which], self.left[which], self.right[which], self.rule[which])

    @staticmethod
    def joined(parts: abc.Sequence["_Rows"]) -> "_Rows":
        return _Rows(
            np.concatenate([part.keys for part in parts]),
            np.concatenate([part.sure for part in parts]),
            np.concatenate([part.left for part in parts]),
            np.concatenate([part.right for part in parts]),
            np.concatenate([part.rule for part in parts]),
        )

    def surest(self) -> "_Rows":
        """Return one row for each key, sorted by key: the surest, and among equals the one that came first."""
        order = np.lexsort((np.arange(len(self)), -self.sure, self.keys))
        keys = self.keys[order]
        first = np.ones(len(keys), dtype=np.bool_)
        first[1:] = keys[1:] != keys[:-1]
        return self.take(order[first])


_NONE: Final = np.zeros(0, np.int64)
_NO_ROWS: Final = _Rows(_NONE, np.zeros(0, np.float64), _NONE, _NONE, _NONE)


class Closure:
    """What follows from some mappings.

    Args:
        mappings: The mappings; negative ones deny what would follow, and what stands beside them as asserted.
        rules: The rules that hold.

    Raises:
        TooLarge: more than five million conclusions follow.
    """

    def __init__(self, mappings: abc.Iterable[Mapping], rules: ChainRules) -> None:
        self._given = tuple(mappings)
        self._rules = rules
        self._names: dict[str, int] = {}
        self._predicates: dict[str, int] = {}
        self._number_terms()
        self._rule_list: list[Chain | str] = [*rules.chains, *_unary(rules)]
        self._denied, self._denials = self._denied_keys()
        self._table = _NO_ROWS
        self._blocked = _NO_ROWS
        self._contradicted = self._assert()
        self._derive()

    def __len__(self) -> int:
        """Return how many conclusions there are."""
        return len(self._conclusions)

    @cached_property
    def _conclusions(self) -> Integers:
        """The rows of the surest way to each conclusion, by key."""
        rows = np.flatnonzero(self._table.rule != _ASSERTED)
        chosen = self._table.take(rows)
        order = np.lexsort((np.arange(len(rows)), -chosen.sure, chosen.keys))
        keys = chosen.keys[order]
        first = np.ones(len(keys), dtype=np.bool_)
        first[1:] = keys[1:] != keys[:-1]
        return rows[order[first]]

    def derived(self) -> abc.Iterator[Derived]:
        """Give every conclusion that is not asserted anyway, by subject, predicate and object as they first came."""
        rows = self._conclusions
        keys, sure = self._table.keys[rows].tolist(), self._table.sure[rows].tolist()
        for row, key, confidence in zip(rows.tolist(), keys, sure, strict=True):
            yield self._explained(row, self._table, key, confidence)

    def find(self, subject: str, predicate: str, target: str) -> Derived | None:
        """Return how a mapping follows, or None if it does not, or is asserted."""
        parts = (self._names.get(subject), self._predicates.get(predicate), self._names.get(target))
        if None in parts:
            return None
        key = self._key(*(part for part in parts if part is not None))
        keys = self._table.keys[self._conclusions]
        place = int(np.searchsorted(keys, key))
        if place == len(keys) or keys[place] != key:
            return None
        row = int(self._conclusions[place])
        return self._explained(row, self._table, key, float(self._table.sure[row]))

    def contradictions(self) -> abc.Iterator[Derived]:
        """Give what a negative mapping denies: asserted mappings with themselves as premise, then would-be conclusions.

        An asserted mapping that is denied leads to nothing, and a denied conclusion is none.
        """
        for place, denial in self._contradicted:
            yield Derived(self._given[place], (self._given[place],), self._given[denial])
        blocked = self._blocked.surest()
        for row in range(len(blocked)):
            key = int(blocked.keys[row])
            derived = self._explained(row, blocked, key, float(blocked.sure[row]))
            yield replace(derived, contradicts=self._given[self._denials[key]])

    def _number_terms(self) -> None:
        names, predicates = self._names, self._predicates
        for mapping in self._given:
            if chainable(mapping):
                names.setdefault(mapping.subject_id, len(names))
                names.setdefault(mapping.object_id, len(names))
                predicates.setdefault(mapping.predicate_id, len(predicates))
        spoken = {each for chain in self._rules.chains for each in (chain.first, chain.second, chain.result)}
        spoken |= set(self._rules.inverses.values()) | {each for many in self._rules.weaker.values() for each in many}
        for predicate in sorted(spoken | self._rules.weaker.keys()):
            predicates.setdefault(predicate, len(predicates))

    def _key(self, subject: int, predicate: int, target: int) -> int:
        return (subject * len(self._predicates) + predicate) * len(self._names) + target

    def _denied_keys(self) -> tuple[Integers, dict[int, int]]:
        """Return the keys that negative mappings deny, sorted, and for each the place of the mapping that does."""
        denials: dict[int, int] = {}
        for place, mapping in enumerate(self._given):
            if mapping.negated and chainable(mapping):
                for each in filter(None, (mapping, invert(mapping, self._rules))):
                    ends = self._names[each.subject_id], self._names[each.object_id]
                    for predicate in self._rules.stronger(each.predicate_id) & self._predicates.keys():
                        denials.setdefault(self._key(ends[0], self._predicates[predicate], ends[1]), place)
        return np.array(sorted(denials), dtype=np.int64), denials

    def _assert(self) -> list[tuple[int, int]]:
        """Fill the table with what is asserted and not denied; return the places of what is denied, and by what."""
        contradicted: list[tuple[int, int]] = []
        rows: list[tuple[int, float, int]] = []
        names, predicates = self._names, self._predicates
        width, height = len(names), len(predicates)
        for place, mapping in enumerate(self._given):
            if mapping.negated or not chainable(mapping):
                continue
            predicate = predicates[mapping.predicate_id]
            key = (names[mapping.subject_id] * height + predicate) * width + names[mapping.object_id]
            if key in self._denials:
                contradicted.append((place, self._denials[key]))
            else:
                rows.append((key, 1.0 if mapping.confidence is None else mapping.confidence, place))
        if rows:
            keys, sure, places = zip(*rows, strict=True)
            nothing = np.full(len(rows), _ASSERTED, dtype=np.int64)
            table = _Rows(np.array(keys, dtype=np.int64), np.array(sure), np.array(places), nothing, nothing)
            self._table = table.surest()
        return contradicted

    def _derive(self) -> None:
        best = self._table  # one row a key, sorted by key
        numbers = np.arange(len(best))  # the place in the table of each row of `best`
        asserted, fresh = best.keys, np.ones(len(best), dtype=np.bool_)
        while fresh.any():
            candidates = self._candidates(best, numbers, fresh)
            denied = _within(candidates.keys, self._denied)
            if denied.any():
                self._blocked = _Rows.joined([self._blocked, candidates.take(denied)]).surest()
            candidates = candidates.take(~denied & ~_within(candidates.keys, asserted)).surest()
            candidates = candidates.take(_better(candidates, best))
            start = len(self._table)
            self._table = _Rows.joined([self._table, candidates])
            _refuse_more_than(MOST_FACTS, len(self._table))
            kept = ~_within(best.keys, candidates.keys)
            numbers = np.concatenate([numbers[kept], start + np.arange(len(candidates))])
            fresh = np.concatenate(
                [np.zeros(int(kept.sum()), dtype=np.bool_), np.ones(len(candidates), dtype=np.bool_)]
            )
            best = _Rows.joined([best.take(kept), candidates])
            order = np.argsort(best.keys, kind="stable")
            best, numbers, fresh = best.take(order), numbers[order], fresh[order]

    def _candidates(self, best: _Rows, numbers: Integers, fresh: npt.NDArray[np.bool_]) -> _Rows:
        """Return what follows in one step from premises of which at least one is fresh."""
        width, height = len(self._names), len(self._predicates)
        target, rest = best.keys % width, best.keys // width
        facts = _Facts(rest // height, rest % height, target, best.sure, numbers, fresh)
        found = [_NO_ROWS]
        for number, rule in enumerate(self._rule_list):
            if isinstance(rule, Chain):
                ends = (self._predicates[rule.first], self._predicates[rule.second])
                for left, right in facts.pairs(*ends):
                    found.append(self._chained(rule, number, facts, (left, right)))
            else:
                found.append(self._turned(rule, number, facts))
        return _Rows.joined(found)

    def _chained(self, rule: Chain, number: int, facts: "_Facts", pair: tuple[Integers, Integers]) -> _Rows:
        left, right = pair
        apart = facts.subject[left] != facts.target[right]
        left, right = left[apart], right[apart]
        sure = (
            np.minimum(facts.sure[left], facts.sure[right])
            if self._rules.combination == "minimum"
            else facts.sure[left] * facts.sure[right]
        )
        keys = self._keys(facts.subject[left], self._predicates[rule.result], facts.target[right])
        numbers = facts.number
        return _Rows(keys, sure * rule.factor, numbers[left], numbers[right], np.full(len(left), number))

    def _turned(self, rule: str, number: int, facts: "_Facts") -> _Rows:
        """Apply a rule of one premise: `inverse P` or `weaker P Q`."""
        kind, premise, *result = rule.split(" ")
        which = np.flatnonzero(facts.fresh & (facts.predicate == self._predicates.get(premise, -1)))
        ends = facts.subject[which], facts.target[which]
        if kind == "inverse":
            keys = self._keys(ends[1], self._predicates[self._rules.inverses[premise]], ends[0])
        else:
            keys = self._keys(ends[0], self._predicates[result[0]], ends[1])
        nothing = np.full(len(which), -1)
        return _Rows(keys, facts.sure[which], facts.number[which], nothing, np.full(len(which), number))

    def _keys(self, subject: Integers, predicate: int, target: Integers) -> Integers:
        return (subject * len(self._predicates) + predicate) * len(self._names) + target

    @cached_property
    def _iris(self) -> tuple[list[str], list[str]]:
        return list(self._names), list(self._predicates)

    def _explained(self, row: int, rows: _Rows, key: int, sure: float) -> Derived:
        names, predicates = self._iris
        rest, target = divmod(key, len(names))
        subject, predicate = divmod(rest, len(predicates))
        premises = tuple(self._premises(row, rows))
        rule = self._rule_list[int(rows.rule[row])]
        if len(premises) == 1 and isinstance(rule, str) and rule.startswith("inverse"):
            turned = invert(premises[0], self._rules)
            if turned is not None and turned.predicate_id == predicates[predicate]:
                return Derived(turned, premises)
        confidence = sure if any(each.confidence is not None for each in premises) else None
        ends = names[subject], names[target]
        return Derived(conclusion(premises, ends, predicates[predicate], confidence), premises)

    @cached_property
    def _ways(self) -> tuple[list[int], list[int], list[int]]:
        """The table's columns that say which rows led to a row, as lists, which are faster to look into."""
        return self._table.left.tolist(), self._table.right.tolist(), self._table.rule.tolist()

    def _premises(self, row: int, rows: _Rows) -> abc.Iterator[Mapping]:
        """Give the asserted mappings that led to a row, in the order of the chain from its subject to its object."""
        lefts, rights, rules = self._ways
        waiting = self._steps(int(rows.left[row]), int(rows.right[row]), int(rows.rule[row]), back=False)
        while waiting:
            place, back = waiting.pop()
            if rules[place] == _ASSERTED:
                yield self._given[lefts[place]]
            else:
                waiting += self._steps(lefts[place], rights[place], rules[place], back=back)

    def _steps(self, left: int, right: int, rule: int, *, back: bool) -> list[tuple[int, bool]]:
        """Return the rows that a rule was applied to, the first to follow last, and whether each is turned round."""
        if right >= 0:
            return [(left, back), (right, back)] if back else [(right, back), (left, back)]
        turns = str(self._rule_list[rule]).startswith("inverse")
        return [(left, back != turns)]


@dataclass(frozen=True)
class _Facts:
    """The facts of one round, column by column, and the rows that can be joined."""

    subject: Integers
    predicate: Integers
    target: Integers
    sure: Numbers
    number: Integers
    fresh: npt.NDArray[np.bool_]

    def pairs(self, first: int, second: int) -> abc.Iterator[tuple[Integers, Integers]]:
        """Give the rows `a first b` and `b second c`, each pair once, of which at least one is fresh."""
        lefts, rights = self._of(first), self._of(second)
        if not len(lefts) or not len(rights):
            return
        yield self._joined(lefts[self.fresh[lefts]], rights)
        yield self._joined(lefts[~self.fresh[lefts]], rights[self.fresh[rights]])

    def _of(self, predicate: int) -> Integers:
        return np.flatnonzero(self.predicate == predicate)

    def _joined(self, lefts: Integers, rights: Integers) -> tuple[Integers, Integers]:
        starts = self.subject[rights]  # sorted, as the facts are sorted by key
        low = np.searchsorted(starts, self.target[lefts], side="left")
        counts = np.searchsorted(starts, self.target[lefts], side="right") - low
        _refuse_more_than(4 * MOST_FACTS, int(counts.sum()))
        left = np.repeat(lefts, counts)
        offsets = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
        return left, rights[np.repeat(low, counts) + offsets]


def _unary(rules: ChainRules) -> list[str]:
    turned = [f"inverse {predicate}" for predicate in rules.inverses]
    weakened = [f"weaker {predicate} {each}" for predicate, many in rules.weaker.items() for each in many]
    return turned + (weakened if rules.generalise else [])


def _within(keys: Integers, known: Integers) -> npt.NDArray[np.bool_]:
    """Tell which keys are among the known, which are sorted."""
    if not len(known):
        return np.zeros(len(keys), dtype=np.bool_)
    places = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(known[places] == keys)


def _better(candidates: _Rows, best: _Rows) -> npt.NDArray[np.bool_]:
    """Tell which candidates are new, or surer than what is known."""
    if not len(best):
        return np.ones(len(candidates), dtype=np.bool_)
    places = np.minimum(np.searchsorted(best.keys, candidates.keys), len(best) - 1)
    known = best.keys[places] == candidates.keys
    return np.asarray(~known | (candidates.sure > best.sure[places] + _TOLERANCE))


def _refuse_more_than(most: int, number: int) -> None:
    if number > most:
        raise TooLarge(
            f"More than {most:,} mappings would follow.",
            remedy="Chain fewer sets at once, or declare fewer rules for them.",
        )
