"""What a view is: the part of a dataset version that a rule of a policy is about.

A view chooses objects (by class, by name, by their values, by where they are) and their statements (by property), or it
is what a `CONSTRUCT` makes. Techniques of privacy then change what was chosen. It says nothing of where it is kept.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Final

from virtuales.errors import InputError
from virtuales.policy.odrl import Value
from virtuales.rdf.terms import Literal, NamedNode

WKT: Final = NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral")
_NUMBER: Final = r"-?\d{1,3}(?:\.\d{1,12})?"
_BOX: Final = re.compile(rf"POLYGON\(\(({_NUMBER}) ({_NUMBER}),({_NUMBER}) \2,\3 ({_NUMBER}),\1 \4,\1 \2\)\)", re.ASCII)
_EAST_MOST, _NORTH_MOST = 180, 90
_DIGITS: Final = 6


@dataclass(frozen=True)
class Area:
    """A box in degrees of longitude and latitude (WGS 84), with its edges.

    Raises:
        InputError: the corners do not make a box on the globe.
    """

    west: Decimal
    south: Decimal
    east: Decimal
    north: Decimal

    def __post_init__(self) -> None:
        """Refuse a box that is none."""
        if not (
            -_EAST_MOST <= self.west <= self.east <= _EAST_MOST
            and -_NORTH_MOST <= self.south <= self.north <= _NORTH_MOST
        ):
            raise InputError(
                "The area is no box on the globe.",
                where="area",
                remedy="Give west, south, east, north in degrees, west not beyond east and south not beyond north.",
            )

    @property
    def wkt(self) -> Literal:
        """The box as a polygon in Well-Known Text."""
        w, s, e, n = (format(edge, "f") for edge in (self.west, self.south, self.east, self.north))
        return Literal(f"POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))", datatype=WKT)

    @classmethod
    def from_wkt(cls, text: str) -> "Area":
        """Read what `wkt` writes.

        Raises:
            InputError: it is no such polygon.

        >>> Area.from_wkt("POLYGON((-2 51,-1.5 51,-1.5 52,-2 52,-2 51))").east
        Decimal('-1.5')
        """
        found = _BOX.fullmatch(text)
        if not found:
            what = "The area is no box in Well-Known Text."
            raise InputError(what, where=text[:100], remedy="Write POLYGON((west south,east south,east north,…)).")
        west, south, east, north = map(Decimal, found.groups())
        return cls(west, south, east, north)


@dataclass(frozen=True)
class Condition:
    """What a value of an object has to be like.

    Args:
        property: The property.
        operator: `odrl:eq`, `neq`, `lt`, `lteq`, `gt`, `gteq` or `isAnyOf`.
        values: What the value is compared with; more than one only with `isAnyOf`.
    """

    property: NamedNode
    operator: NamedNode
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Pseudonyms:
    """Names in the place of names: the same for the same name under one agreement, and not under two.

    Args:
        properties: Properties whose values are replaced.
        objects: Whether the objects' own IRIs are replaced, and values that are their identifiers.
    """

    properties: tuple[NamedNode, ...] = ()
    objects: bool = False


@dataclass(frozen=True)
class Rounding:
    """Numbers to the nearest multiple of a step."""

    properties: tuple[NamedNode, ...]
    step: Decimal


@dataclass(frozen=True)
class Generalisation:
    """Values with less detail.

    Args:
        properties: Properties whose values are replaced.
        precision: What is left: `year`, `month` or `day` of an instant, or the number of first characters of a text.
    """

    properties: tuple[NamedNode, ...]
    precision: str


@dataclass(frozen=True)
class Suppression:
    """Statements that are left out."""

    properties: tuple[NamedNode, ...]


@dataclass(frozen=True)
class Bounds:
    """Between which numbers values are held: what lies beyond counts as the nearer one."""

    about: NamedNode
    lower: Decimal
    upper: Decimal

    @property
    def unit(self) -> Decimal:
        """The small unit of which sums are whole multiples: six digits less than the bounds have."""
        return Decimal(10) ** (self._furthest.adjusted() - _DIGITS)

    @property
    def change(self) -> int:
        """By how many units one object changes a sum at most."""
        return int((self._furthest / self.unit).to_integral_value(ROUND_CEILING))

    def held(self, number: Decimal) -> int:
        """Return a number, held between the bounds, in units."""
        return int((min(max(number, self.lower), self.upper) / self.unit).to_integral_value(ROUND_HALF_EVEN))

    @property
    def _furthest(self) -> Decimal:
        return max(abs(self.lower), abs(self.upper))


@dataclass(frozen=True)
class Noise:
    """Differential privacy (https://doi.org/10.1561/0400000042): noise that hides whether any one object is there.

    Args:
        epsilon: The privacy loss of all that the view shows together.
        delta: The chance that a group tells of its only object.
        bounds: Bounds of every property that is measured.
        budget: The privacy loss that one organisation may be shown of the dataset version in all.
    """

    epsilon: Decimal
    delta: Decimal
    bounds: tuple[Bounds, ...]
    budget: Decimal


@dataclass(frozen=True)
class Aggregation:
    """Groups of objects in the place of objects.

    Args:
        by: The properties whose values tell the groups apart.
        least: How many objects a group has at least.
        sums: Properties whose values are added up.
        means: Properties whose values are averaged.
        drops_small: Whether groups that are too small are left out; otherwise the view cannot be made.
        noise: Noise on all numbers; None shows them as they are.
    """

    by: tuple[NamedNode, ...]
    least: int
    sums: tuple[NamedNode, ...] = ()
    means: tuple[NamedNode, ...] = ()
    drops_small: bool = False
    noise: Noise | None = None

    @property
    def measured(self) -> tuple[NamedNode, ...]:
        """The properties whose values are added up or averaged, each once."""
        return tuple(dict.fromkeys((*self.sums, *self.means)))


@dataclass(frozen=True)
class View:
    """A part of a dataset version; what is left empty chooses everything.

    Args:
        classes: Classes whose objects are seen.
        properties: Properties that are seen, beside `rdf:type`.
        objects: The only objects that are seen.
        conditions: What the objects' values have to be like, all of them.
        area: Where the objects lie.
        construct: A `CONSTRUCT` query over the version that makes the view, in the place of all these.
        suppressions: Statements that are left out.
        generalisations: Values with less detail.
        roundings: Rounded numbers.
        pseudonyms: Replaced names; None replaces none.
        aggregation: Groups in the place of objects; None keeps the objects.
    """

    classes: tuple[NamedNode, ...] = ()
    properties: tuple[NamedNode, ...] = ()
    objects: tuple[NamedNode, ...] = ()
    conditions: tuple[Condition, ...] = ()
    area: Area | None = None
    construct: str | None = None
    suppressions: tuple[Suppression, ...] = ()
    generalisations: tuple[Generalisation, ...] = ()
    roundings: tuple[Rounding, ...] = ()
    pseudonyms: Pseudonyms | None = None
    aggregation: Aggregation | None = None

    def __post_init__(self) -> None:
        """Refuse a view that is the whole version, or that says two things at once."""
        chosen = (self.classes, self.properties, self.objects, self.conditions, self.area)
        changed = (self.suppressions, self.generalisations, self.roundings, self.pseudonyms, self.aggregation)
        if self.construct is not None and any(chosen):
            raise InputError(
                "A view is either made by a query, or chosen by classes, properties, objects, values and area.",
                where="construct",
                remedy="Say it all in the query, or leave the query out.",
            )
        if self.construct is None and not any((*chosen, *changed)):
            raise InputError("The view chooses nothing.", where="view", remedy="Say what it is limited to.")

    @property
    def is_keyed(self) -> bool:
        """Whether what it holds differs from agreement to agreement."""
        return self.pseudonyms is not None

    @property
    def noise(self) -> Noise | None:
        """The noise on what it shows; None where there is none."""
        return self.aggregation.noise if self.aggregation else None
