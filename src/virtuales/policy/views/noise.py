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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from virtuales.errors import ConfigurationError
from virtuales.policy.views.groups import Key, Measured, Observation, Totals
from virtuales.policy.views.view import Aggregation, Bounds, Noise
from virtuales.rdf.namespaces import VES

_SIZE = 1
"""By how much one object changes the size of a group."""
_ONE_OBJECT = (1, 1, 1)
"""By how much it changes the sizes of all groups: how many, together, and the most."""


def noisy_observations(groups: Mapping[Key, Totals], by: Aggregation, noise: Noise) -> list[Observation]:
    """Return groups as they are with noise on all numbers, which each call draws anew.

    Args:
        groups: Their sizes and totals.
        by: What the groups are.
        noise: How much is hidden.

    Raises:
        ConfigurationError: OpenDP is not installed.
    """
    mechanisms = Mechanisms.of(float(noise.epsilon) / (1 + 2 * len(by.measured)), float(noise.delta))
    keys = sorted(groups, key=repr)
    sizes = mechanisms.sizes({number: groups[key].size for number, key in enumerate(keys)}, least=by.least)
    bounds = {one.about: one for one in noise.bounds}
    found: list[Observation] = []
    for number, size in sorted(sizes.items()):
        key = keys[number]
        found.append(Observation(key, size, scale=mechanisms.scale(_SIZE)))
        for about in by.measured:
            measured = groups[key].measured.get(about, Measured(0, Decimal(0), 0))
            found += _measured(measured, by, bounds[about], mechanisms, key)
    return found


def _measured(
    measured: Measured, by: Aggregation, bounds: Bounds, mechanisms: "Mechanisms", key: Key
) -> Iterator[Observation]:
    about = bounds.about
    count = mechanisms.number(measured.count, change=_SIZE)
    total = mechanisms.number(measured.held, change=bounds.change) * bounds.unit
    if count < by.least:
        return
    if about in by.sums:
        yield Observation(key, count, about, VES.SumOfGroup, total, mechanisms.scale(bounds.change) * bounds.unit)
    if about in by.means:
        mean = min(max(total / count, bounds.lower), bounds.upper)
        yield Observation(key, count, about, VES.MeanOfGroup, mean)


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
