"""Judging again what a change concerns gives what judging the whole again gives, for random shapes, data and changes.

In each of several data sets a few statements come and go at a time: where more change about the same nodes, one
that is overlooked is judged again for another reason.
"""

from collections import Counter
from random import Random

import pytest
from tests.assurance.building import graph, shapes
from tests.assurance.random_shapes import COPIES, NODES, SUBCLASSES, WRITTEN, ShapeMaker, statement

from virtuales.assurance.components import BY_IRI
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate


def assert_same(kept: ValidationReport, whole: ValidationReport, why: str) -> None:
    """Compare two reports: results, counts, and the order of their rules."""
    assert Counter(kept.results) == Counter(whole.results), why
    assert kept.focus_nodes == whole.focus_nodes, why
    assert kept.judged == whole.judged, why
    assert _order(kept) == _order(whole), why
    assert kept.conforms == whole.conforms, why


def _order(report: ValidationReport) -> list[tuple[str, str]]:
    return list(dict.fromkeys((one.source_shape, one.component) for one in report.groups))


def agrees_at_every_step(by: ShapesGraph, random: Random, *, steps: int, subclasses: float = 0.0) -> None:
    """Change a statement or two of each data set, step by step."""
    now = {statement(random, copy) for copy in range(COPIES) for _ in range(14)} | set(random.sample(SUBCLASSES, 1))
    kept = Revalidator(graph("\n".join(now)), by)
    for step in range(steps):
        removed, added = [], []
        for copy in range(COPIES):
            own = sorted(line for line in now if line.startswith(tuple(f"{node}{copy} " for node in NODES)))
            removed += [*random.sample(own, min(len(own), random.choice((0, 1, 1, 3)))), *_maybe(random, copy)]
            added += _maybe(random, copy)
        added += [random.choice(SUBCLASSES)] if random.random() < subclasses else []
        now = (now - set(removed)) | set(added)
        report = kept.apply(graph("\n".join(removed)), graph("\n".join(added)))
        why = f"step {step}: without {removed}, with {added}: {sorted(now)}"
        assert_same(report, validate(graph("\n".join(now)), by), why)


def _maybe(random: Random, copy: int) -> list[str]:
    return [statement(random, copy)] if random.random() < 0.6 else []


def test_shapes_are_made_of_every_component_that_no_query_judges() -> None:
    known = {one.parameter for one in BY_IRI.values() if one.bounded}
    assert {*WRITTEN} == known | {"property"}


def sound(made: str, number: int) -> ShapesGraph:
    """Compile shapes, none of which may be in error."""
    by = shapes(made)
    assert by.faults == ()
    assert len(by.targeted) == number
    return by


@pytest.mark.parametrize("seed", range(60))
def test_judges_random_shapes_as_a_full_run_does(seed: int) -> None:
    """Few shapes at a time: what one of them fails to take into the excerpt another might."""
    by = sound(ShapeMaker(seed).shapes(3), 3)
    agrees_at_every_step(by, Random(seed), steps=8)


@pytest.mark.parametrize("seed", range(4))
def test_judges_as_a_full_run_does_when_classes_change(seed: int) -> None:
    by = sound(ShapeMaker(1000 + seed).shapes(8), 8)
    agrees_at_every_step(by, Random(1000 + seed), steps=8, subclasses=0.7)


@pytest.mark.parametrize("seed", range(6))
def test_judges_shapes_with_queries_as_a_full_run_does(seed: int) -> None:
    by = sound(ShapeMaker(2000 + seed).shapes(6, queries=4), 6)
    agrees_at_every_step(by, Random(2000 + seed), steps=6)
