"""A query has the same answers on data in its own vocabulary as the rewritten query on the same data in another."""

from hypothesis import HealthCheck, assume, given, settings
from tests.alignment.rewriting.random_queries import queries
from tests.alignment.rewriting.small_worlds import World, answer, store_of, worlds
from tests.effort import examples

from virtuales.alignment.rewriting.rewriter import rewrite
from virtuales.errors import InputError
from virtuales.query.syntax.parser import parse_query

slowly = settings(
    deadline=None, max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def check(world: World, query: str) -> None:
    """Compare the answers in both vocabularies."""
    view = world.view()
    try:
        tree = parse_query(query)
        rewritten = rewrite(tree, view)
    except InputError as error:
        assume("SPARQL" not in error.what and "selects no variable" not in error.what)
        raise
    before = answer(store_of(world.in_a, view.query.model), query)
    assert answer(store_of(world.in_b), rewritten.text) == before, rewritten.text


@slowly
@given(worlds(), queries())
def test_same_answers_where_models_are_known(world: World, query: str) -> None:
    check(world, query)


@slowly
@given(worlds(facts_known=False), queries(facts_known=False))
def test_same_answers_where_nothing_is_known_of_the_vocabularies(world: World, query: str) -> None:
    check(world, query)
