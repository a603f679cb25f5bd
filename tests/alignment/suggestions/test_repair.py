"""Coherence of suggestions: what is left out is the cheapest that breaks every conflict."""

from dataclasses import replace
from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st
from tests.alignment.suggestions.small_models import A, B, class_, model, named

from virtuales.alignment.coherence.judging import Coherence
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.engine import Suggested, suggest
from virtuales.alignment.suggestions.repair import cheapest
from virtuales.alignment.suggestions.scoring import Pair
from virtuales.alignment.suggestions.sides import Sides
from virtuales.models.axioms import axioms_of, disjoint

PAIRS = [(letter, letter) for letter in "abcdef"]
SETS = st.lists(st.frozensets(st.sampled_from(PAIRS), min_size=1, max_size=3), max_size=5)
COSTS = st.fixed_dictionaries({pair: st.sampled_from([0.5, 1.0, 2.0]) for pair in PAIRS})

LEFT = model(A, class_(A, "Asset"), class_(A, "Cable", "Asset"), class_(A, "Site"))
RIGHT = model(B, class_(B, "Asset"), class_(B, "Cable"), class_(B, "Site"))
WRONG = replace(axioms_of(RIGHT), inclusions=(disjoint(B + "Cable", B + "Asset"),))
"""A model in which cables are no assets, as they are in the other."""


def suggested(decided: Decisions | None = None) -> Suggested:
    """Return what is suggested for the two models in view of their axioms."""
    return suggest(Sides.of(LEFT, RIGHT), decided=decided, coherence=Coherence(axioms_of(LEFT), WRONG))


@given(SETS, COSTS)
def test_finds_the_cheapest_that_breaks_all_sets(sets: list[frozenset[Pair]], costs: dict[Pair, float]) -> None:
    every = chain.from_iterable(combinations(PAIRS, size) for size in range(len(PAIRS) + 1))
    best = min(sum(costs[pair] for pair in some) for some in every if all(each & set(some) for each in sets))
    found = cheapest(sets, costs)
    assert all(each & found for each in sets)
    assert sum(costs[pair] for pair in found) == best


def test_suggests_nothing_that_makes_a_class_impossible_and_says_what_was_at_stake() -> None:
    found = suggested()
    assert len(suggest(Sides.of(LEFT, RIGHT)).suggestions) == 3
    assert "Site=Site" in {named(*each.pair) for each in found.suggestions}
    assert len(found.suggestions) == 2
    (conflict,) = found.conflicts
    assert {named(*pair) for pair in conflict.pairs} == {"Asset=Asset", "Cable=Cable"}
    assert "exclude each other" in conflict.reason


def test_leaves_what_is_decided_and_gives_up_what_contradicts_it() -> None:
    found = suggested(Decisions(mapped=frozenset({(A + "Cable", B + "Cable")})))
    assert [named(*each.pair) for each in found.suggestions] == ["Site=Site"]
