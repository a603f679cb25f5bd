"""What a soak calls growth, and what it does not."""

import pytest

from service.soak import Sample, Soaked

MB = 1 << 20


def soaked(*megabytes: int) -> Soaked:
    return Soaked(samples=[Sample(float(number), held * MB, 100 * MB) for number, held in enumerate(megabytes)])


@pytest.mark.parametrize(
    ("held", "levelled"),
    [
        ((100, 200, 300, 300, 305, 300, 305, 310), True),
        ((100, 200, 300, 300, 320, 350, 400, 450), False),
        ((100, 900, 300, 300, 300, 300, 300, 300), True),
        ((100, 100, 100, 100, 100, 100, 105, 108), True),
        ((100, 100, 100, 100, 100, 100, 110, 115), False),
    ],
)
def test_memory_levels_off_where_late_is_not_more_than_early(held: tuple[int, ...], levelled: bool) -> None:
    assert soaked(*held).levelled_off() == {"node": levelled, "workers": True}


def test_of_a_hundred_answers_one_may_take_longer() -> None:
    assert Soaked({"tiny": [0.1] * 995 + [9.0] * 5}).p99("tiny") == pytest.approx(0.1)
    assert Soaked({"tiny": [0.1] * 985 + [9.0] * 15}).p99("tiny") == pytest.approx(9.0)


def test_the_slope_is_that_of_the_second_half() -> None:
    growing = soaked(*range(100, 50, -10), *range(100, 110, 2)).slopes()
    assert growing["node"] == pytest.approx(2 * MB)
    assert growing["workers"] == pytest.approx(0)
