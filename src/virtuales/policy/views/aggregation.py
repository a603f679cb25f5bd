"""Groups in the place of objects: how many there are of each kind, and sums and means of their values.

A group is an observation (https://www.w3.org/TR/vocab-data-cube/) with its size and the values that its objects have in
common; each sum or mean is one with a measure (`qb:measureType`). Every observation rests on as many objects as the
view asks for at least, also a sum, of which only objects count that have a value. Objects without one of the common
values, or with several, belong to no group and are left out.
"""

from collections.abc import Iterator, Mapping, Sequence

from virtuales.errors import InputError
from virtuales.policy.views.groups import Key, Observation, Totals
from virtuales.policy.views.noise import noisy_observations
from virtuales.policy.views.view import Aggregation
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, Triple


def aggregated(groups: Mapping[Key, Totals], by: Aggregation, *, name: NamedNode) -> list[Triple]:
    """Return groups as statements; where noise is asked for, each call draws it anew.

    Args:
        groups: Their sizes and totals.
        by: What the groups are.
        name: What their IRIs start with.

    Raises:
        InputError: a group is too small, and small ones are not to be left out.
        ConfigurationError: noise is asked for, and what draws it is not installed.
    """
    if by.noise:
        kept = noisy_observations(groups, by, by.noise)
    else:
        kept = _large([each for common, totals in groups.items() for each in _observations(common, totals, by)], by)
    return [said for each in kept for said in each.said(by, name)]


def _large(found: Sequence[Observation], by: Aggregation) -> list[Observation]:
    small = [each for each in found if each.size < by.least]
    if small and not by.drops_small:
        raise InputError(
            f"{len(small):,} of {len(found):,} aggregates rest on fewer than {by.least} objects.",
            where="aggregate",
            remedy="Group by less, generalise what is grouped by, or have small groups left out.",
        )
    return [each for each in found if each.size >= by.least]


def _observations(common: Key, totals: Totals, by: Aggregation) -> Iterator[Observation]:
    yield Observation(common, totals.size)
    if totals.size < by.least:
        return
    for statistic, properties in ((VES.SumOfGroup, by.sums), (VES.MeanOfGroup, by.means)):
        for about in properties:
            found = totals.measured.get(about)
            if found and found.count:
                value = found.total if statistic == VES.SumOfGroup else found.total / found.count
                yield Observation(common, found.count, about, statistic, value)
