"""What judging costs, by shape and constraint: each moment counts once, and only for who asks."""

from collections.abc import Callable
from itertools import count

import pytest
from tests.assurance.building import judged

from virtuales.assurance.costs import PATH, TARGETS, Cost, Costs, Unmeasured, asked, measuring
from virtuales.assurance.shapes import SHACL, Shape

OUTER, INNER = Shape("<urn:outer>"), Shape("<urn:inner>")
DATA = ":a a :K ; :p 1 ; :q :b . :b :r 2 ."
SHAPES = """
:S a sh:NodeShape ; sh:targetClass :K ; sh:property :P .
:P a sh:PropertyShape ; sh:path :q ; sh:minCount 1 ; sh:node :N .
:N a sh:NodeShape ; sh:property :R .
:R a sh:PropertyShape ; sh:path :r ; sh:maxCount 0 .
"""


def ticking(nanoseconds: int) -> Callable[[], int]:
    ticks = count(step=nanoseconds)
    return lambda: next(ticks)


def test_measures_nothing_for_who_does_not_ask() -> None:
    assert isinstance(asked(), Unmeasured)
    judged(DATA, SHAPES)
    assert asked().slowest_first() == ()


def test_counts_what_a_part_takes_within_another_for_the_inner_alone() -> None:
    costs = Costs(ticking(1_000_000))
    costs.of(OUTER, PATH, lambda: costs.of(INNER, PATH, lambda: None))
    assert costs.slowest_first() == (Cost(OUTER, PATH, 2.0), Cost(INNER, PATH, 1.0))


def test_adds_up_and_puts_the_slowest_first() -> None:
    costs = Costs(ticking(1_000_000))
    for shape in (OUTER, INNER, INNER):
        costs.of(shape, TARGETS, lambda: None)
    assert [(one.shape, one.milliseconds) for one in costs.slowest_first()] == [(INNER, 2.0), (OUTER, 1.0)]


def test_counts_also_what_a_part_took_that_failed() -> None:
    costs = Costs(ticking(1_000_000))
    with pytest.raises(ZeroDivisionError):
        costs.of(OUTER, PATH, lambda: 1 // 0)
    assert costs.slowest_first() == (Cost(OUTER, PATH, 1.0),)


def test_names_every_part_of_judging() -> None:
    with measuring(Costs()) as costs:
        report = judged(DATA, SHAPES)
    assert len(report) == 1
    measured = {(one.shape.id.rpartition("/")[2][:-1], one.part.removeprefix(SHACL)) for one in costs.slowest_first()}
    assert measured == {
        ("S", TARGETS),
        *((shape, PATH) for shape in "SPNR"),
        ("P", "MinCountConstraintComponent"),
        ("P", "NodeConstraintComponent"),
        ("R", "MaxCountConstraintComponent"),
    }
