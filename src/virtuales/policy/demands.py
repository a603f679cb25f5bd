"""What an offer demands of whoever uses the data: to delete it, to report on its use; by when, and what if not.

A demand becomes a duty of ODRL. One that has to be met by a moment is an obligation whose action is refined by the
time; one that closes the data while it is overdue is a duty of the permission, which binds from that moment on.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from virtuales.clock import iso_instant
from virtuales.errors import InputError
from virtuales.policy.odrl import Constraint, Constraints, Duty, part_iri
from virtuales.policy.values import duration_literal
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, date_time

ACTIONS: Final = {"delete": ODRL.delete, "report": ODRL.inform}
"""What can be demanded: to delete the data, and to report on its use to the provider."""
_DAYS: Final = re.compile(r"(\d{1,5})d")


@dataclass(frozen=True)
class Demand:
    """One demand.

    Args:
        action: What has to be done: `odrl:delete`, `odrl:inform`.
        due: By when: a moment, or how long after the agreement; None for when the agreement ends, or for no end.
        closes: Whether the data is closed from then on until it is done.
    """

    action: NamedNode
    due: datetime | timedelta | None = None
    closes: bool = False

    def __post_init__(self) -> None:
        """Refuse a demand that closes the data at no moment."""
        if self.closes and self.due is None:
            what = "It is not said from when on the data is closed."
            raise InputError(what, where="demands", remedy="Write it as `report=30d,closing`.")

    def to_duty(self, iri: NamedNode) -> Duty:
        """Return the duty that the demand makes."""
        limits = _limit(iri, self.due, ODRL.gteq if self.closes else ODRL.lteq)
        if self.closes:
            return Duty(iri, self.action, constraints=limits)
        return Duty(iri, self.action, refinements=limits)


def parse_demand(text: str) -> Demand:
    """Read a demand as it is written.

    Raises:
        InputError: it is none.

    >>> parse_demand("report=30d,closing").due
    datetime.timedelta(days=30)
    >>> parse_demand("delete").due is None
    True
    """
    said, _, closing = text.strip().partition(",")
    name, _, when = said.partition("=")
    if name not in ACTIONS or closing not in ("", "closing"):
        raise InputError(
            f"`{text[:80]}` is no demand.",
            where="demands",
            remedy="Write `delete`, `delete=2027-06-30`, `report=30d` or `report=30d,closing`.",
        )
    return Demand(ACTIONS[name], _due(when) if when else None, closing == "closing")


def _due(when: str) -> datetime | timedelta:
    days = _DAYS.fullmatch(when)
    if days:
        return timedelta(days=int(days[1]))
    try:
        moment = datetime.fromisoformat(when)
        iso_instant(moment)
    except (ValueError, OverflowError):
        what = f"`{when[:80]}` is neither a day nor a number of days."
        raise InputError(what, where="demands", remedy="Write 2027-06-30, or 30d.") from None
    if moment.tzinfo is None and moment.time() == time.min:
        return datetime.combine(moment.date(), time.max.replace(microsecond=0), UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _limit(iri: NamedNode, due: datetime | timedelta | None, operator: NamedNode) -> Constraints:
    if due is None:
        return ()
    name = part_iri(iri, "due")
    if isinstance(due, timedelta):
        return (Constraint(name, ODRL.delayPeriod, operator, (duration_literal(due),)),)
    return (Constraint(name, ODRL.dateTime, operator, (date_time(iso_instant(due)),)),)
