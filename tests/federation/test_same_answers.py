"""A federated answer is that of the store in which all the data is merged: random data, random queries."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.federation.same_answers import difference, is_valid
from tests.federation.small_worlds import query, world

from virtuales.federation.options import Options


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_the_answer_is_that_of_the_merged_store(draw: Random) -> None:
    data, text = world(draw), query(draw)
    if is_valid(text):
        assert not difference(
            data, text, Options(parallel=1, block=draw.choice([1, 2, 500]), values=draw.choice([1, 3, 500]))
        )


@pytest.mark.parametrize("seed", range(20))
def test_requests_beside_each_other_change_no_answer(seed: int) -> None:
    draw = Random(seed)
    data, text = world(draw), query(draw)
    if is_valid(text):
        assert not difference(data, text, Options(parallel=4, block=2))
