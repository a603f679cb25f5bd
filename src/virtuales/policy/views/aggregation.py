"""Groups in the place of objects: how many there are of each kind, and sums and means of their values.

A group is an observation (https://www.w3.org/TR/vocab-data-cube/) with its size and the values that its objects have in
common; each sum or mean is one with a measure (`qb:measureType`). Every observation rests on as many objects as the
view asks for at least, also a sum, of which only objects count that have a value. Objects without one of the common
values, or with several, belong to no group and are left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from virtuales.errors import InputError
from virtuales.policy.views.groups import Key, Observation, Values, grouped, numbers_of
from virtuales.policy.views.noise import noisy_observations
from virtuales.policy.views.view import Aggregation
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode, Triple


def aggregated(statements: Iterable[Triple], by: Aggregation, *, name: NamedNode) -> list[Triple]:
    """Return groups of what statements are about; where noise is asked for, each call draws it anew.

    Args:
        statements: The statements.
        by: What the groups are.
        name: What their IRIs start with.

    Raises:
        InputError: a group is too small, and small ones are not to be left out.
        ConfigurationError: noise is asked for, and what draws it is not installed.
    """
    groups = grouped(statements, by)
    if by.noise:
        kept = noisy_observations(groups, by, by.noise)
    else:
        kept = _large([each for common, members in groups.items() for each in _observations(common, members, by)], by)
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


def _observations(common: Key, members: Sequence[Values], by: Aggregation) -> Iterator[Observation]:
    yield Observation(common, len(members))
    if len(members) < by.least:
        return
    for statistic, properties in ((VES.SumOfGroup, by.sums), (VES.MeanOfGroup, by.means)):
        for about in properties:
            numbers = numbers_of(members, about)
            if numbers:
                total = sum(numbers, Decimal(0))
                value = total if statistic == VES.SumOfGroup else total / len(numbers)
                yield Observation(common, len(numbers), about, statistic, value)
