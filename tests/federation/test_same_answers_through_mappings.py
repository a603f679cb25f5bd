"""Endpoints that speak another vocabulary answer as if their data were translated: random data and queries."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.federation.several_vocabularies import Spread, difference, plain_queries, spreads

from virtuales.federation.options import Options

slowly = settings(
    deadline=None, max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
blocks = st.sampled_from([1, 2, 500])


@slowly
@given(spreads(), plain_queries(), blocks)
def test_the_answer_is_that_of_all_data_in_the_vocabulary_of_the_query(spread: Spread, query: str, block: int) -> None:
    assert not difference(spread, query, Options(parallel=1, block=block))


@slowly
@given(spreads(facts_known=False), plain_queries(facts_known=False), blocks)
def test_so_it_is_where_nothing_is_known_of_the_vocabularies(spread: Spread, query: str, block: int) -> None:
    assert not difference(spread, query, Options(parallel=1, block=block))
