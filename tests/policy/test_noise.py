"""Noise hides one object as well as it says, and no better than it has to."""

import math
import sys
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest

from virtuales.errors import ConfigurationError
from virtuales.policy.views.aggregation import aggregated
from virtuales.policy.views.groups import totals_of
from virtuales.policy.views.noise import Mechanisms
from virtuales.policy.views.view import Aggregation, Bounds, Noise
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import Literal, NamedNode, Triple, plain, typed

NAME = NamedNode("https://p.example/release")
REGION, LOAD = NamedNode("https://terms.example/region"), NamedNode("https://terms.example/load")
DRAWS = 2000
DELTA = 1e-6


def homes(loads: Sequence[int], region: str = "Vale") -> list[Triple]:
    """Return homes of a region with a load each."""
    named = [NamedNode(f"https://p.example/{region}/{number}") for number in range(len(loads))]
    regions = [Triple(one, REGION, Literal(region)) for one in named]
    return regions + [Triple(one, LOAD, typed(str(load), "integer")) for one, load in zip(named, loads, strict=True)]


def by_region(epsilon: str) -> Aggregation:
    noise = Noise(Decimal(epsilon), Decimal("0.000001"), (Bounds(LOAD, Decimal(0), Decimal(10)),), Decimal(20))
    return Aggregation((REGION,), 2, sums=(LOAD,), means=(LOAD,), drops_small=True, noise=noise)


def shown(statements: Sequence[Triple], by: Aggregation) -> dict[str, list[float]]:
    """Return the numbers that groups tell, each by what it is: `size`, `sum` or `mean`."""
    said = aggregated(totals_of(statements, by), by, name=NAME)
    kinds = {one.subject: plain(one.object).rpartition("#")[2] for one in said if one.predicate == VES.statistic}
    found: dict[str, list[float]] = {}
    for one in said:
        if one.predicate == LOAD:
            found.setdefault(kinds[one.subject], []).append(float(plain(one.object)))
        elif one.predicate == VES.objectCount and one.subject not in kinds:
            found.setdefault("size", []).append(float(plain(one.object)))
    return found


def test_one_object_more_changes_no_answer_by_more_than_the_loss() -> None:
    mechanisms = Mechanisms.of(0.5, DELTA)
    without, with_it = (Counter(mechanisms.number(size, change=1) for _ in range(DRAWS)) for size in (100, 101))
    for answer in range(95, 107):
        for one, other in ((without, with_it), (with_it, without)):
            # six standard deviations of what counting draws can be off by: one false alarm in a billion
            most = math.exp(0.5) * (other[answer] + 6 * math.sqrt(other[answer] + 6))
            assert one[answer] <= most + 6 * math.sqrt(one[answer] + 6)


def test_noise_is_as_wide_as_its_scale_and_centred() -> None:
    mechanisms = Mechanisms.of(0.5, DELTA)
    off = [mechanisms.number(0, change=7) for _ in range(DRAWS)]
    scale = float(mechanisms.scale(7))
    assert scale == pytest.approx(14)
    assert abs(sum(off) / DRAWS) < 6 * scale * math.sqrt(2 / DRAWS)
    assert sum(map(abs, off)) / DRAWS == pytest.approx(scale, rel=6 / math.sqrt(DRAWS))


def test_groups_of_one_are_not_shown() -> None:
    mechanisms = Mechanisms.of(1, DELTA)
    sizes = mechanisms.sizes({**dict.fromkeys(range(200), 1), 200: 1000}, least=2)
    assert sizes.keys() == {200}


def test_groups_are_near_what_they_are_without_noise() -> None:
    found = shown(homes([4] * 1000) + homes([4], "Moor"), by_region("3"))
    (size,), (total,), (mean,) = found["size"], found["SumOfGroup"], found["MeanOfGroup"]
    assert size != 1000 or total != 4000
    assert abs(size - 1000) < 30
    assert abs(total - 4000) < 300
    assert abs(mean - 4) < 0.5


def test_values_beyond_their_bounds_count_as_the_bounds() -> None:
    (total,) = shown(homes([4] * 1000 + [10**9]), by_region("3"))["SumOfGroup"]
    assert abs(total - 4010) < 300


def test_the_loss_is_shared_by_all_numbers_of_a_group() -> None:
    said = aggregated(totals_of(homes([4] * 1000), by_region("3")), by_region("3"), name=NAME)
    scales = sorted(float(plain(one.object)) for one in said if one.predicate == VES.noiseScale)
    assert scales == pytest.approx([1, 10])


def test_refuses_noise_where_nothing_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(ConfigurationError, match="OpenDP, is not installed") as refusal:
        shown(homes([4] * 10), by_region("1"))
    assert "virtuales[privacy]" in str(refusal.value.remedy)
