"""The half-hourly demand of ISO week 24 at each grid supply point, as a distribution operator submits it.

One row a grid supply point and settlement period: seven days of 48 half hours. The highest half hour, Wednesday's
36th, is the one that the network models describe, and its demand is the sum of the models' loads.
"""

import csv
import random
from bisect import bisect_right
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

from virtuales.clock import iso_instant
from virtuales.demonstration.network.model import GridModel
from virtuales.demonstration.network.plan import GridPlan, GridSupplyPoint
from virtuales.demonstration.network.spec import PEAK_DAY, PEAK_PERIOD, period_start

COLUMNS = (
    "grid_supply_point",
    "grid_supply_point_mrid",
    "settlement_date",
    "settlement_period",
    "period_start_utc",
    "gross_demand_mw",
    "gross_demand_mvar",
    "embedded_generation_mw",
    "net_demand_mw",
)
"""Headings of the table; a unit stands at the end of the name of each quantity. Powers are means over the half hour."""

PERIODS_A_DAY = 48
DAYS = 7

_HOURS = (0.0, 3.0, 5.0, 7.0, 9.0, 12.0, 15.0, 17.5, 19.0, 21.0, 22.5, 24.0)
_LEVELS = (0.66, 0.58, 0.60, 0.80, 0.90, 0.91, 0.90, 1.0, 0.97, 0.92, 0.82, 0.66)
_OF_THE_DAY = (0.975, 0.985, 1.0, 0.99, 0.96, 0.88, 0.86)


def week24_csv(plan: GridPlan) -> bytes:
    """Return the table of a plan's half-hourly demand, UTF-8 with a heading line.

    Rows are ordered by grid supply point, then day, then settlement period (1 to 48, counted from local midnight).
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, supply in enumerate(plan.grid_supply_points):
        writer.writerows(_rows(plan, number, supply))
    return text.getvalue().encode()


def demand_shape(day: int, period: int) -> float:
    """Return demand relative to the week's highest half hour, for a day (Monday is 0) and settlement period.

    >>> demand_shape(PEAK_DAY, PEAK_PERIOD)
    1.0
    """
    hour = (period - 1) / 2
    place = min(bisect_right(_HOURS, hour), len(_HOURS) - 1)
    start, end = _HOURS[place - 1], _HOURS[place]
    part = (hour - start) / (end - start)
    return (_LEVELS[place - 1] + part * (_LEVELS[place] - _LEVELS[place - 1])) * _OF_THE_DAY[day]


def _rows(plan: GridPlan, number: int, supply: GridSupplyPoint) -> Iterator[tuple[str | int, ...]]:
    spec = plan.spec
    source = random.Random(f"{spec.seed} week 24 {number}")  # noqa: S311 - sample data, not secrets
    mrid = GridModel(spec.seed).mrid("Substation", supply.site.name)
    wind = _wind(source)
    for day in range(DAYS):
        date = spec.week_start + timedelta(days=day)
        for period in range(1, PERIODS_A_DAY + 1):
            factor = min(0.995, demand_shape(day, period) * source.uniform(0.992, 1.008))
            if (day, period) == (PEAK_DAY, PEAK_PERIOD):
                factor = 1.0
            gross = round(supply.demand.mw * factor, 2)
            embedded = round(supply.wind_mw * wind[day * PERIODS_A_DAY + period - 1], 2)
            yield (
                supply.site.name,
                mrid,
                date.isoformat(),
                period,
                iso_instant(period_start(date, period)),
                f"{gross:.2f}",
                f"{supply.demand.mvar * (0.25 + 0.75 * factor):.2f}",
                f"{embedded:.2f}",
                f"{gross - embedded:.2f}",
            )


def _wind(source: random.Random) -> list[float]:
    """Return a week of wind output relative to that of the highest half hour of demand, half hour by half hour."""
    level, series = 0.4, []
    for _ in range(DAYS * PERIODS_A_DAY):
        level = min(0.95, max(0.05, level + source.gauss(0.0, 0.03) + 0.02 * (0.4 - level)))
        series.append(level)
    anchor = series[PEAK_DAY * PERIODS_A_DAY + PEAK_PERIOD - 1]
    return [min(2.4, value / anchor) for value in series]
