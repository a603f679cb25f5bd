"""What somebody looks for in the index, and what of it they may see."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from virtuales.catalogue.index.document import Box
from virtuales.catalogue.index.fields import FACETS
from virtuales.errors import InputError

Sort = Literal["relevance", "freshness", "use", "title"]
SORTS: tuple[Sort, ...] = get_args(Sort)
Access = Literal["now", "ask", "known"]
ACCESSES: tuple[Access, ...] = get_args(Access)
MAX_LIMIT = 100
MAX_TEXT = 500
MAX_OFFSET = 100_000


@dataclass(frozen=True)
class Sight:
    """What somebody may see, and how they stand to it.

    Args:
        graphs: IRIs of the graphs of entries that they may see.
        organisation: IRI of the approved organisation that asks; None for the public.
        own_graphs: IRIs of the graphs of what this node publishes.
        granted: IRIs of the dataset versions that agreements let the organisation use now.
    """

    graphs: tuple[str, ...]
    organisation: str | None = None
    own_graphs: tuple[str, ...] = ()
    granted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SearchQuestion:
    """What somebody looks for.

    Args:
        text: Words, and phrases in double quotes; empty matches everything.
        chosen: For each facet that something was chosen of, the values of which a dataset has to have one.
        access: How the asker has to stand to a dataset; empty for however.
        period: The days that a dataset has to cover some of, as ISO dates; either may be open.
        area: The area that a dataset has to cover some of.
        sort: The order; by default by relevance where there is a text, else the freshest first.
        limit: The most datasets to return.
        offset: How many to pass over.

    Raises:
        InputError: one of them is none, too long or out of range.
    """

    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    access: tuple[Access, ...] = ()
    period: tuple[str | None, str | None] = (None, None)
    area: Box | None = None
    sort: Sort | None = None
    limit: int = 20
    offset: int = 0

    def __post_init__(self) -> None:
        """Refuse what nobody could mean."""
        if len(self.text) > MAX_TEXT:
            raise InputError(f"The text is longer than {MAX_TEXT} characters.", where="q", remedy="Use fewer words.")
        strange = sorted(self.chosen.keys() - set(FACETS))
        if strange:
            raise InputError(
                f"`{strange[0]}` is nothing to choose by.", where="facet", remedy="One of: " + ", ".join(FACETS) + "."
            )
        if self.sort is not None and self.sort not in SORTS:
            raise InputError(f"`{self.sort}` is no order.", where="sort", remedy="One of: " + ", ".join(SORTS) + ".")
        unknown = [one for one in self.access if one not in ACCESSES]
        if unknown:
            raise InputError(
                f"`{unknown[0]}` is no way of access.", where="access", remedy="One of: " + ", ".join(ACCESSES) + "."
            )
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InputError("The page size is out of range.", where="limit", remedy=f"Ask for 1 to {MAX_LIMIT}.")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise InputError(
                f"No list is longer than {MAX_OFFSET} entries.", where="after", remedy="Narrow the question down."
            )
        self._refuse_days_that_are_none()

    def _refuse_days_that_are_none(self) -> None:
        for day in filter(None, self.period):
            try:
                date.fromisoformat(day)
            except ValueError as error:
                raise InputError(f"`{day}` is no ISO date.", where="period", remedy="Write 2026-06-08.") from error

    @property
    def order(self) -> Sort:
        """The order that is meant."""
        return self.sort or ("relevance" if self.text.strip() else "freshness")

    def pairs(self) -> list[tuple[str, str]]:
        """Return what is looked for as pairs for an address, without order and page."""
        area = self.area
        box = f"{area.west},{area.south},{area.east},{area.north}" if area else ""
        single = (("q", self.text), ("from", self.period[0]), ("to", self.period[1]), ("area", box))
        chosen = [(name, value) for name, values in self.chosen.items() for value in values]
        return [(name, value) for name, value in single if value] + chosen + [("access", one) for one in self.access]


def question_of(pairs: Iterable[tuple[str, str]]) -> SearchQuestion:
    """Return the question that pairs of an address mean; order and page are left out.

    Raises:
        InputError: a value is none of its kind, or a name is none.

    >>> question_of([("q", "demand"), ("sensitivity", "O")]).chosen
    {'sensitivity': ('O',)}
    """
    given: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if value:
            given[name] = (*given.get(name, ()), value)
    single = {name: given.pop(name, ("",))[0] for name in ("q", "from", "to", "area", "sort", "page")}
    access = given.pop("access", ())
    return SearchQuestion(
        text=single["q"],
        chosen=given,
        access=access,  # type: ignore[arg-type]  # what is no way of access is refused
        period=(single["from"] or None, single["to"] or None),
        area=parse_box(single["area"]) if single["area"] else None,
    )


def parse_box(text: str) -> Box:
    """Read an area: west, south, east and north in degrees, with commas.

    Raises:
        InputError: the text is no box on the globe.

    >>> parse_box("-3,53,-1,54")
    Box(west=-3.0, south=53.0, east=-1.0, north=54.0)
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
        is_box = -180 <= west <= east <= 180 and -90 <= south <= north <= 90  # noqa: PLR2004  # degrees of the globe
    except ValueError:
        is_box = False
    if not is_box:
        raise InputError(
            f"`{text}` is no area.",
            where="area",
            remedy="Write west, south, east and north in degrees: -3.2,53.1,-1.9,53.6.",
        )
    return Box(west, south, east, north)
