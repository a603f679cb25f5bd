"""Dates as forms send them."""

from datetime import UTC, date, datetime, time

from virtuales.errors import InputError


def end_of_day(day: str) -> datetime | None:
    """Return the last instant of a day that is written as an ISO date; None when none is given.

    Raises:
        InputError: it is no date.

    >>> end_of_day("2027-06-30").isoformat()
    '2027-06-30T23:59:59+00:00'
    """
    if not day.strip():
        return None
    try:
        return datetime.combine(date.fromisoformat(day.strip()), time.max.replace(microsecond=0), UTC)
    except ValueError:
        raise InputError("The last day is no date.", where="until", remedy="Write it as 2027-06-30.") from None
