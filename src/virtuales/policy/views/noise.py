"""Differential privacy of groups, by the mechanisms of OpenDP (https://docs.opendp.org/).

What is hidden is whether any one object that is counted is there, and what its values are. An object is in one group at
most, so what all groups show of it is what one does. The privacy loss is shared evenly by the numbers that a group is
asked for: its size, and for each measured property how many objects have a value, and the sum of these. Means are made
of both and cost nothing more.

Sums are of whole multiples of a small unit, so that neither they nor their noise are rounded (floating point would tell
more than is asked for: https://doi.org/10.1145/2382196.2382264). Which groups are shown at all is decided by their size
with noise: a group of one object is shown with a chance of delta at most.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from virtuales.errors import ConfigurationError
from virtuales.policy.views.groups import Key, Observation, Values, numbers_of
from virtuales.policy.views.view import Aggregation, Bounds, Noise
from virtuales.rdf.namespaces import VES

_DIGITS = 6
"""Bounds are at least ten to this power of units, or a tenth of it."""
_SIZE = 1
"""By how much one object changes the size of a group."""
_ONE_OBJECT = (1, 1, 1)
"""By how much it changes the sizes of all groups: how many, together, and the most."""


def noisy_observations(groups: Mapping[Key, Sequence[Values]], by: Aggregation, noise: Noise) -> list[Observation]:
    """Return groups as they are with noise on all numbers, which each call draws anew.

    Args:
        groups: The objects of each group.
        by: What the groups are.
        noise: How much is hidden.

    Raises:
        ConfigurationError: OpenDP is not installed.
    """
    mechanisms = Mechanisms.of(float(noise.epsilon) / (1 + 2 * len(by.measured)), float(noise.delta))
    keys = sorted(groups, key=repr)
    sizes = mechanisms.sizes({number: len(groups[key]) for number, key in enumerate(keys)}, least=by.least)
    bounds = {one.property: one for one in noise.bounds}
    found: list[Observation] = []
    for number, size in sorted(sizes.items()):
        key = keys[number]
        found.append(Observation(key, size, scale=mechanisms.scale(_SIZE)))
        for about in by.measured:
            found += _measured(groups[key], by, bounds[about], mechanisms, key)
    return found


def _measured(
    members: Sequence[Values], by: Aggregation, bounds: Bounds, mechanisms: "Mechanisms", key: Key
) -> Iterator[Observation]:
    about = bounds.property
    numbers = numbers_of(members, about)
    count = mechanisms.number(len(numbers), change=_SIZE)
    total, scale = _sum(numbers, bounds, mechanisms)
    if count < by.least:
        return
    if about in by.sums:
        yield Observation(key, count, about, VES.SumOfGroup, total, scale)
    if about in by.means:
        mean = min(max(total / count, bounds.lower), bounds.upper)
        yield Observation(key, count, about, VES.MeanOfGroup, mean)


def _sum(numbers: Sequence[Decimal], bounds: Bounds, mechanisms: "Mechanisms") -> tuple[Decimal, Decimal]:
    """Return the sum of numbers held between bounds, with noise, and its scale."""
    unit = Decimal(10) ** (max(abs(bounds.lower), abs(bounds.upper)).adjusted() - _DIGITS)
    lower = int((bounds.lower / unit).to_integral_value(ROUND_FLOOR))
    upper = int((bounds.upper / unit).to_integral_value(ROUND_CEILING))
    held = (min(max(number, bounds.lower), bounds.upper) / unit for number in numbers)
    whole = sum(int(number.to_integral_value(ROUND_HALF_EVEN)) for number in held)
    change = max(abs(lower), abs(upper))
    return mechanisms.number(whole, change=change) * unit, mechanisms.scale(change) * unit


@dataclass(frozen=True)
class Mechanisms:
    """Draws noise for a privacy loss.

    Args:
        library: OpenDP.
        epsilon: The privacy loss of each number.
        delta: The chance that a group of one object is shown.
    """

    library: Any
    epsilon: float
    delta: float
    _made: dict[int, tuple[float, Any]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, epsilon: float, delta: float) -> "Mechanisms":
        """Return the mechanisms; raises a ConfigurationError where OpenDP is not installed."""
        try:
            import opendp.prelude as library  # noqa: PLC0415  # an extra, imported only when noise is asked for
        except ImportError:
            raise ConfigurationError(
                "What draws the noise of differential privacy, OpenDP, is not installed on this node.",
                remedy="Install `virtuales[privacy]`, or leave `noise` out of the view.",
            ) from None
        library.enable_features("contrib")
        return cls(library, epsilon, delta)

    def scale(self, change: int) -> Decimal:
        """Return the scale of the noise on a number that one object changes by so much at most."""
        return Decimal(repr(self._of_change(change)[0]))

    def number(self, value: int, *, change: int) -> int:
        """Return a number with noise.

        Args:
            value: The number.
            change: By how much one object changes it at most.
        """
        return int(self._of_change(change)[1](value))

    def sizes(self, groups: Mapping[int, int], *, least: int) -> dict[int, int]:
        """Return the sizes of groups with noise; those that come out too small are left out.

        Args:
            groups: The sizes.
            least: How large a group has to come out at least; it may have to be larger because of delta.
        """
        scale, _ = self._of_change(_SIZE)
        threshold = max(least, 1 + math.ceil(scale * -math.log(2 * self.delta)))
        while self._threshold(scale, threshold).map(_ONE_OBJECT)[1] > self.delta:
            threshold += 1
        return {int(group): int(size) for group, size in self._threshold(scale, threshold)(dict(groups)).items()}

    def _of_change(self, change: int) -> tuple[float, Any]:
        """Return the least scale whose loss, as OpenDP proves it, is not above what is asked for, and its noise."""
        if change not in self._made:
            dp, scale = self.library, change / self.epsilon
            space = dp.atom_domain(T="i64"), dp.absolute_distance(T="i64")
            while (noise := dp.m.make_laplace(*space, scale=scale)).map(change) > self.epsilon:
                scale = math.nextafter(scale, math.inf)
            self._made[change] = scale, noise
        return self._made[change]

    def _threshold(self, scale: float, threshold: int) -> Any:  # noqa: ANN401  # the library's own classes
        dp = self.library
        sizes = dp.map_domain(dp.atom_domain(T="i64"), dp.atom_domain(T="i64"))
        distance = dp.l01inf_distance(dp.absolute_distance(T="i64"))
        return dp.m.make_laplace_threshold(sizes, distance, scale=scale, threshold=threshold)
