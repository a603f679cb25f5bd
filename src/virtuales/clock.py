"""Time as something that is passed: code asks a `Clock`, never the machine.

A test that needs a contract to expire moves a `ManualClock`; only the composition root makes a `SystemClock`.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells what time it is."""

    def now(self) -> datetime:
        """Return the present instant, in UTC, with its time zone."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant as the machine tells it, in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved.

    >>> clock = ManualClock(datetime(2026, 6, 1, tzinfo=UTC))
    >>> clock.advance(timedelta(days=1))
    >>> clock.now().isoformat()
    '2026-06-02T00:00:00+00:00'
    """

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """Return the instant to which the clock was last moved."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move the clock forward by `step`."""
        self._now += step


def iso_instant(moment: datetime) -> str:
    """Write an instant as `xsd:dateTime` in UTC, whole seconds or microseconds, ending in Z.

    >>> iso_instant(datetime(2026, 6, 1, 12, tzinfo=UTC))
    '2026-06-01T12:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
