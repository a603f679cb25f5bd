"""The saved query that tells when settlement periods are, against the time zone's own data."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from virtuales.query.in_memory import InMemoryGraph
from virtuales.rdf.terms import plain
from virtuales.workflow.saved_queries import shipped_queries

LONDON = ZoneInfo("Europe/London")
ELEXON = "https://w3id.org/virtuales/elexon-balancing#"
XSD = "http://www.w3.org/2001/XMLSchema#"
HALF_HOUR = timedelta(minutes=30)
Interval = tuple[datetime, datetime]


def asked(periods: Iterable[tuple[date, int]]) -> dict[tuple[date, int], Interval]:
    """Return when settlement periods are, as the query answers; those that it gives no row for are left out."""
    graph = InMemoryGraph()
    graph.load(
        "".join(
            f'<urn:{day}:{period}> <{ELEXON}settlementDate> "{day}"^^<{XSD}date> .\n'
            f'<urn:{day}:{period}> <{ELEXON}settlementPeriod> "{period}"^^<{XSD}integer> .\n'
            for day, period in periods
        ).encode()
    )
    query = shipped_queries().get("settlement-periods")
    return {
        (date.fromisoformat(plain(row["date"])), int(plain(row["period"]))): (
            datetime.fromisoformat(plain(row["start"])),
            datetime.fromisoformat(plain(row["end"])),
        )
        for row in graph.solutions(query.bound({})).rows
    }


def expected(day: date) -> dict[tuple[date, int], Interval]:
    """Return when the settlement periods of a day are, by the time zone's data."""
    start, after = (
        datetime(each.year, each.month, each.day, tzinfo=LONDON).astimezone(UTC)
        for each in (day, day + timedelta(days=1))
    )
    count = (after - start) // HALF_HOUR
    return {
        (day, number + 1): (start + number * HALF_HOUR, start + (number + 1) * HALF_HOUR) for number in range(count)
    }


@pytest.mark.parametrize(
    ("day", "count", "first"),
    [
        (date(2026, 3, 28), 48, "2026-03-28T00:00:00+00:00"),
        (date(2026, 3, 29), 46, "2026-03-29T00:00:00+00:00"),
        (date(2026, 3, 30), 48, "2026-03-29T23:00:00+00:00"),
        (date(2026, 10, 24), 48, "2026-10-23T23:00:00+00:00"),
        (date(2026, 10, 25), 50, "2026-10-24T23:00:00+00:00"),
        (date(2026, 10, 26), 48, "2026-10-26T00:00:00+00:00"),
    ],
)
def test_a_day_has_as_many_periods_as_half_hours(day: date, count: int, first: str) -> None:
    found = asked((day, period) for period in range(52))
    assert len(found) == count
    assert found[day, 1][0] == datetime.fromisoformat(first)
    assert found == expected(day)


def test_the_last_period_of_a_day_ends_when_the_next_day_begins() -> None:
    days = [date(2026, 10, 24) + timedelta(days=number) for number in range(3)]
    ends = [max(end for _, end in expected(day).values()) for day in days[:-1]]
    assert ends == [asked([(day, 1)])[day, 1][0] for day in days[1:]]


def test_agrees_with_the_time_zone_around_every_change_of_the_clocks() -> None:
    days = [
        date(year, month, 25) + timedelta(days=number)
        for year in range(1996, 2061)
        for month in (3, 10)
        for number in range(-1, 8)
    ]
    periods = (1, 2, 3, 46, 47, 48, 49, 50)
    found = asked((day, period) for day in days for period in periods)
    wanted = {key: value for day in days for key, value in expected(day).items() if key[1] in periods}
    assert found == wanted


def test_agrees_with_the_time_zone_on_every_day_of_some_years() -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for year in (2000, 2026, 2028) for number in range(365)]
    assert asked((day, 1) for day in days) == {(day, 1): expected(day)[day, 1] for day in days}
