"""The comparisons of which a view's refinements are made: written, read, and refused where they say something else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.odrl import Value
from virtuales.policy.profile import short
from virtuales.rdf.namespaces import ODRL, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, plain

LISTS: Final[Mapping[NamedNode, str]] = MappingProxyType(
    {VES.viewClass: "classes", VES.viewProperty: "properties", VES.viewObject: "objects"}
)


@dataclass(frozen=True)
class Said:
    """A comparison before it has a name."""

    left: NamedNode
    operator: NamedNode
    right: tuple[Value, ...]


Group = Mapping[NamedNode, Said]
"""Comparisons that are joined, by their left operand."""


def equal(left: NamedNode, value: Value) -> Said:
    """Say that something is one value."""
    return Said(left, ODRL.eq, (value,))


def any_of(left: NamedNode, values: Iterable[Value]) -> Said:
    """Say that something is any of some values, in an order of their own."""
    return Said(left, ODRL.isAnyOf, tuple(sorted(values, key=str)))


def iris(said: Said, where: NamedNode, *, most: int | None = None) -> tuple[NamedNode, ...]:
    """Read a comparison with IRIs; raises an InputError where it is another one."""
    found = tuple(value for value in said.right if isinstance(value, NamedNode))
    if (
        said.operator not in {ODRL.eq, ODRL.isAnyOf}
        or len(found) != len(said.right)
        or (most is not None and len(found) > most)
    ):
        what = f"`{short(said.left)}` has to be `eq` or `isAnyOf` IRIs."
        raise InputError(what, where=where.value, remedy="Write their IRIs.")
    return found


def _literal(said: Said, where: NamedNode) -> Literal:
    value = said.right[0]
    if said.operator != ODRL.eq or len(said.right) != 1 or not isinstance(value, Literal):
        what = f"`{short(said.left)}` has to be `eq` one value."
        raise InputError(what, where=where.value, remedy="Write one literal.")
    return value


def text(said: Said, where: NamedNode) -> str:
    """Read a comparison with one literal, whatever its type; raises as `iris` does."""
    return _literal(said, where).value


def flag(said: Said, where: NamedNode) -> bool:
    """Read a comparison with true or false; raises as `iris` does."""
    value = _literal(said, where)
    if value.datatype != XSD.boolean or value.value not in {"true", "false"}:
        what = f"`{short(said.left)}` is neither true nor false."
        raise InputError(what, where=where.value, remedy="Write an xsd:boolean.")
    return value.value == "true"


def number(said: Said, where: NamedNode) -> Decimal:
    """Read a comparison with a number; raises as `iris` does."""
    value = _literal(said, where)
    written = plain(value)
    if value.datatype not in {XSD.integer, XSD.decimal} or not written.replace(".", "", 1).lstrip("-").isdecimal():
        what = f"`{short(said.left)}` is no number."
        raise InputError(what, where=where.value, remedy="Write an xsd:integer or xsd:decimal.")
    return Decimal(written)


def said_twice(left: NamedNode, where: NamedNode) -> InputError:
    """Return the refusal of a view that says something twice."""
    return InputError(f"The view says `{short(left)}` twice.", where=where.value, remedy="Say it once.")


def no_refinement(left: NamedNode, where: NamedNode) -> UnknownTerm:
    """Return the refusal of a left operand that views do not have there."""
    known = (*LISTS, VES.viewArea, VES.viewQuery, VES.conditionProperty, VES.conditionValue, VES.technique)
    return UnknownTerm(
        f"<{left.value}> does not narrow a dataset version here.",
        where=where.value,
        remedy="Use one of: " + ", ".join(sorted(f"ves:{short(one)}" for one in known)) + ".",
    )
