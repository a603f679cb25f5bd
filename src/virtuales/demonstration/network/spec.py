"""What a sample grid is to look like: its size, its seed and its week."""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta

from virtuales.errors import InputError

PEAK_DAY = 2
"""The day of the week's highest demand, Monday being 0."""

PEAK_PERIOD = 36
"""The settlement period of the week's highest demand: 17:30 to 18:00 by the clock on the wall."""

_LIMITS = {
    "grid_supply_points": (1, 2_000),
    "bulk_supply_points": (1, 12),
    "feeders": (0, 24),
    "seed": (0, 2**63 - 1),
    "year": (2000, 2099),
}
_MOST_SITES = 60_000


@dataclass(frozen=True)
class NetworkSpec:
    """The size and the scenario of a sample grid; equal specifications give equal bytes.

    The system operator's view of the standard grid is 20,600 statements; without feeders it is 10,100, with 12 grid
    supply points 125,000, with 50 of them, 5 bulk supply points each and 3 feeders each, a million.

    Args:
        grid_supply_points: 400/132 kV grid supply points; each two neighbours share a transmission hub and have a
            normally-open 132 kV interconnection.
        bulk_supply_points: 132/33 kV bulk supply points below each grid supply point.
        feeders: 33 kV feeders of each bulk supply point, each a circuit pair to one 33/11 kV primary substation; with
            0 the load stands on the 33 kV busbars.
        seed: What names, places and loads are drawn from; identifiers depend on it too.
        year: The year whose ISO week 24 is described.

    Raises:
        InputError: a number is outside what can be built or named.
    """

    grid_supply_points: int = 2
    bulk_supply_points: int = 3
    feeders: int = 2
    seed: int = 24
    year: int = 2026

    def __post_init__(self) -> None:
        """Refuse what could not be built."""
        for item in fields(self):
            low, high = _LIMITS[item.name]
            value = getattr(self, item.name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise InputError(
                    f"A sample grid cannot have {item.name} = {value!r}.",
                    where=f"NetworkSpec.{item.name}",
                    remedy=f"Give a whole number from {low} to {high}.",
                )
        if self.sites > _MOST_SITES:
            raise InputError(
                f"A sample grid of {self.sites} substations has more of them than there are names.",
                where="NetworkSpec",
                remedy=f"Ask for {_MOST_SITES} substations or fewer.",
            )

    @property
    def sites(self) -> int:
        """The number of substations of the whole grid."""
        hubs = (self.grid_supply_points + 1) // 2
        return hubs + self.grid_supply_points * (1 + self.bulk_supply_points * (1 + self.feeders))

    @property
    def week_start(self) -> date:
        """The Monday of ISO week 24."""
        return date.fromisocalendar(self.year, 24, 1)

    @property
    def scenario_time(self) -> datetime:
        """The start of the half hour that the network models describe: the highest demand of the week, in UTC."""
        return period_start(self.week_start + timedelta(days=PEAK_DAY), PEAK_PERIOD)

    @property
    def created(self) -> datetime:
        """The instant that the models' headers name as their making: a week before the week they describe."""
        return period_start(self.week_start - timedelta(days=7), 20)


def period_start(settlement_date: date, period: int) -> datetime:
    """Return when a settlement period of a day in British Summer Time starts, in UTC.

    Settlement periods are half hours counted from local midnight; in week 24 local time is UTC+1, always.

    >>> period_start(date(2026, 6, 10), 1).isoformat()
    '2026-06-09T23:00:00+00:00'
    """
    midnight = datetime(settlement_date.year, settlement_date.month, settlement_date.day, tzinfo=UTC)
    return midnight + timedelta(hours=-1, minutes=30 * (period - 1))
