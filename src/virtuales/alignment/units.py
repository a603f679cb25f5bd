"""Units of measure, and values converted from one to another without rounding.

The facts are in `ontology/units.ttl`; they follow QUDT (https://www.qudt.org), where a value in a unit plus the unit's
offset, times its multiplier, is the value in the SI unit of the same dimension. Units of the same dimension can measure
different quantities: a megavolt-ampere is no megawatt.
"""

from collections import abc
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

from virtuales.errors import ConfigurationError, InputError, UnknownTerm
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import QUDT, RDF, SKOS
from virtuales.rdf.terms import NamedNode, Term, plain
from virtuales.resources import contributed

FILE: Final = "units.ttl"
PER_UNIT: Final = "https://w3id.org/virtuales/unit#PU"
"""A multiple of a base value."""
_LARGEST_DENOMINATOR: Final = 10**12

Number = int | str | Decimal | Fraction


@dataclass(frozen=True)
class Unit:
    """A unit of measure.

    Args:
        iri: The unit.
        symbol: Its symbol.
        multiplier: What a value, with the offset added, is multiplied by to be in SI units.
        offset: What is added to a value first; 0 for all but temperatures.
        dimension: Local name of its dimension in QUDT.
        kinds: Local names of the quantity kinds that it measures.
        currency: The code of its currency by ISO 4217; empty for all but money.
        names: Everything that it is written as, the symbol among them.
    """

    iri: str
    symbol: str
    multiplier: Fraction
    offset: Fraction = Fraction(0)
    dimension: str = ""
    kinds: frozenset[str] = frozenset()
    currency: str = ""
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Conversion:
    """How a value in one unit becomes one in another: times a factor, plus an addend."""

    factor: Fraction
    addend: Fraction = Fraction(0)

    def __call__(self, value: Number) -> Fraction:
        """Convert a value."""
        return Fraction(value) * self.factor + self.addend

    @property
    def identical(self) -> bool:
        """Whether it changes nothing."""
        return self.factor == 1 and self.addend == 0


@dataclass(frozen=True)
class Base:
    """A base value that values per unit are multiples of."""

    value: Number
    unit: str


class Units:
    """The known units.

    Args:
        units: Each unit once.

    Raises:
        ConfigurationError: two units are written the same way.
    """

    def __init__(self, units: abc.Iterable[Unit]) -> None:
        self._by_name: dict[str, Unit] = {}
        self._units = tuple(units)
        for unit in self._units:
            for name in {unit.iri, *unit.names}:
                other = self._by_name.setdefault(name, unit)
                if other != unit:
                    raise ConfigurationError(
                        f"`{name}` is both <{other.iri}> and <{unit.iri}>.", where=FILE, remedy="Keep one of them."
                    )

    def __iter__(self) -> abc.Iterator[Unit]:
        """Give every unit."""
        return iter(self._units)

    @classmethod
    def load(cls, folder: Path) -> "Units":
        """Read `units.ttl` in a folder.

        Raises:
            UnreadableInput: it is not Turtle.
            ConfigurationError: a unit lacks a statement, or two are written the same way.
        """
        nodes: dict[str, dict[NamedNode, list[Term]]] = {}
        for quad in parse_file(folder / FILE):
            nodes.setdefault(plain(quad.subject), {}).setdefault(quad.predicate, []).append(quad.object)
        return cls(_unit(iri, node) for iri, node in nodes.items() if QUDT.Unit in node.get(RDF.type, ()))

    def find(self, name: str) -> Unit | None:
        """Return a unit by its symbol, another way to write it, its UCUM code, or its IRI; None if none is known."""
        return self._by_name.get(name)

    def get(self, name: str) -> Unit:
        """Return a unit as `find` does.

        Raises:
            UnknownTerm: no such unit is known.
        """
        unit = self.find(name)
        if unit is None:
            raise UnknownTerm(
                f"`{name}` is no unit that is known here.",
                remedy="Write a symbol such as `MW`, or the unit's IRI in QUDT.",
            )
        return unit

    def conversion(self, source: str, target: str) -> Conversion:
        """Return how values in one unit become values in another.

        Raises:
            UnknownTerm: a unit is not known.
            InputError: the units do not measure the same quantity.

        >>> shipped_units().conversion("MW", "kW").factor
        Fraction(1000, 1)
        """
        one, two = self.get(source), self.get(target)
        reason = _apart(one, two)
        if reason:
            raise InputError(
                f"A value in {one.symbol} cannot become one in {two.symbol}: {reason}.",
                remedy="Compare quantities of one kind only.",
            )
        factor = one.multiplier / two.multiplier
        return Conversion(factor, one.offset * factor - two.offset)

    def convert(self, value: Number, source: str, target: str, *, base: Base | None = None) -> Fraction:
        """Convert a value without rounding.

        Args:
            value: The value; a text is read as a decimal number or a fraction.
            source: The unit that it is in.
            target: The unit that it is to be in.
            base: For a value per unit, or one that is to be, the base value.

        Raises:
            UnknownTerm: a unit is not known.
            InputError: the units do not measure the same quantity, or a base value is missing, zero or of no use.

        >>> shipped_units().convert("1.05", "pu", "V", base=Base(400, "kV"))
        Fraction(420000, 1)
        """
        relative = [self.get(name).iri == PER_UNIT for name in (source, target)]
        if base is None or relative[0] == relative[1]:
            if base is not None:
                raise InputError("A base value is of use between per unit and another unit only.", where="base")
            return self.conversion(source, target)(value)
        if relative[0]:
            return Fraction(value) * self.conversion(base.unit, target)(base.value)
        whole = self.conversion(base.unit, source)(base.value)
        if whole == 0:
            raise InputError("A base value of zero has no multiples.", where="base", remedy="Give another.")
        return Fraction(value) / whole


@lru_cache(maxsize=1)
def shipped_units() -> Units:
    """Return the units of the shipped `ontology/units.ttl`, read when first asked for."""
    return Units.load(contributed("ontology"))


def _apart(one: Unit, two: Unit) -> str:
    """Say why two units do not measure the same, or nothing."""
    if one.iri == two.iri:
        return ""
    if PER_UNIT in (one.iri, two.iri):
        return "a value per unit is a multiple of a base value, which has to be given"
    if one.dimension != two.dimension:
        return f"their dimensions are {one.dimension} and {two.dimension}"
    if not one.kinds & two.kinds:
        return f"one measures {_listed(one.kinds)}, the other {_listed(two.kinds)}"
    return "" if one.currency == two.currency else f"one is in {one.currency}, the other in {two.currency}"


def _listed(kinds: abc.Iterable[str]) -> str:
    return " or ".join(sorted(kinds))


def _unit(iri: str, node: abc.Mapping[NamedNode, abc.Sequence[Term]]) -> Unit:
    said = {predicate: [plain(value) for value in values] for predicate, values in node.items()}
    for predicate in (QUDT.symbol, QUDT.conversionMultiplier, QUDT.hasDimensionVector, QUDT.hasQuantityKind):
        if predicate not in said:
            raise ConfigurationError(f"The unit <{iri}> lacks <{predicate.value}>.", where=FILE, remedy="Add it.")
    names = [said.get(predicate, []) for predicate in (QUDT.symbol, QUDT.ucumCode, SKOS.altLabel)]
    return Unit(
        iri=iri,
        symbol=said[QUDT.symbol][0],
        multiplier=exact(said[QUDT.conversionMultiplier][0]),
        offset=Fraction(said.get(QUDT.conversionOffset, ["0"])[0]),
        dimension=_local(said[QUDT.hasDimensionVector][0]),
        kinds=frozenset(map(_local, said[QUDT.hasQuantityKind])),
        currency=said.get(QUDT.currencyCode, [""])[0],
        names=frozenset(name for several in names for name in several),
    )


def exact(decimal: str) -> Fraction:
    """Return the number that a decimal number was rounded from, where a simple fraction has just these digits.

    >>> exact("0.5555555555555555555555555555555556"), exact("0.25")
    (Fraction(5, 9), Fraction(1, 4))
    """
    written = Fraction(decimal)
    digits = len(decimal.partition(".")[2])
    simple = written.limit_denominator(_LARGEST_DENOMINATOR)
    far = abs(simple - written) * 10**digits
    return simple if far <= 1 and digits > len(str(simple.denominator)) * 2 else written


def _local(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]
