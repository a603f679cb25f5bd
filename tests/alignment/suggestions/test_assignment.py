"""One partner for each term: the best of all ways, as trying them all finds it."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtuales.alignment.suggestions.assignment import assign
from virtuales.alignment.suggestions.scoring import Pair

WORTH = st.dictionaries(
    st.tuples(st.sampled_from("abcde"), st.sampled_from("vwxyz")),
    st.sampled_from([-0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.75]),
    max_size=16,
)


def best_by_trying(worth: Mapping[Pair, float], taken: frozenset[str] = frozenset()) -> float:
    """Return the most that pairs are worth together, by trying every way."""
    best = 0.0
    for (left, right), value in worth.items():
        if value > 0 and left not in taken and right not in taken:
            rest = {pair: other for pair, other in worth.items() if pair > (left, right)}
            best = max(best, value + best_by_trying(rest, taken | {left, right}))
    return best


@given(WORTH)
def test_finds_what_is_worth_most(worth: dict[Pair, float]) -> None:
    chosen = assign(worth)
    assert sum(worth[pair] for pair in chosen) == pytest.approx(best_by_trying(worth))
    assert len({left for left, _ in chosen}) == len({right for _, right in chosen}) == len(chosen)


def test_gives_up_the_best_pair_for_two_that_are_worth_more() -> None:
    assert assign({("a", "x"): 1.0, ("a", "y"): 0.8, ("b", "x"): 0.8}) == {("a", "y"), ("b", "x")}
