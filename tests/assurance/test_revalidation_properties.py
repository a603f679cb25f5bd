"""Judging again what a change concerns gives what judging the whole again gives, for random shapes, data and changes.

Statements come and go one or two at a time: a larger change concerns so many nodes that one which is overlooked is
judged again for another reason.
"""

from collections import Counter
from random import Random

import pytest
from tests.assurance.building import graph, shapes
from tests.assurance.random_shapes import WRITTEN, ShapeMaker, statements

from virtuales.assurance.components import BY_IRI, sparql
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


def agrees_at_every_step(by: ShapesGraph, random: Random, *, steps: int, subclasses: float = 0.0) -> int:
    """Change random data step by step; return how many steps changed the results."""
    now = sorted(set(statements(random, 14, subclasses=0.1)))
    kept, told = Revalidator(graph("\n".join(now)), by), 0
    for step in range(steps):
        before = Counter(kept.report.results)
        removed = [*random.sample(now, random.choice((0, 1, 1))), *statements(random, random.choice((0, 0, 1)))]
        added = [*statements(random, random.choice((0, 1, 1)), subclasses=subclasses)]
        now = sorted((set(now) - set(removed)) | set(added))
        report = kept.apply(graph("\n".join(removed)), graph("\n".join(added)))
        why = f"step {step}: without {removed}, with {added}: {now}"
        assert_same(report, validate(graph("\n".join(now)), by), why)
        told += Counter(report.results) != before
    return told


def test_shapes_are_made_of_every_component_that_no_query_judges() -> None:
    known = {one.parameter for one in BY_IRI.values()} - {one.parameter for one in sparql.COMPONENTS}
    assert {*WRITTEN} == known | {"property"}


def sound(made: str, number: int) -> ShapesGraph:
    """Compile shapes, none of which may be in error."""
    by = shapes(made)
    assert by.faults == ()
    assert len(by.targeted) == number
    return by


@pytest.mark.parametrize("seed", range(40))
def test_judges_random_shapes_as_a_full_run_does(seed: int) -> None:
    by = sound(ShapeMaker(seed).shapes(12), 12)
    assert agrees_at_every_step(by, Random(seed), steps=12) >= 4, "the changes hit too little"


@pytest.mark.parametrize("seed", range(4))
def test_judges_as_a_full_run_does_when_classes_change(seed: int) -> None:
    by = sound(ShapeMaker(1000 + seed).shapes(8), 8)
    agrees_at_every_step(by, Random(1000 + seed), steps=8, subclasses=0.7)


@pytest.mark.parametrize("seed", range(6))
def test_judges_shapes_with_queries_as_a_full_run_does(seed: int) -> None:
    by = sound(ShapeMaker(2000 + seed).shapes(6, queries=4), 6)
    agrees_at_every_step(by, Random(2000 + seed), steps=6)
