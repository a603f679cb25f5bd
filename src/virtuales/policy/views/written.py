"""Views as stewards write them: a JSON object with short names, read into a view by the terms that the data has.

{"classes": ["ACLineSegment"], "properties": ["IdentifiedObject.name", "Conductor.length"],
"area": [-2.0, 51.0, -1.5, 52.0], "round": [{"properties": ["Conductor.length"], "step": 100}]}
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, Literal, cast

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.odrl import Value
from virtuales.policy.reading import Json
from virtuales.policy.views.checking import refuse_unfit
from virtuales.policy.views.view import (
    Aggregation,
    Area,
    Bounds,
    Condition,
    Generalisation,
    Noise,
    Pseudonyms,
    Rounding,
    Suppression,
    View,
)
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import Literal as RdfLiteral
from virtuales.rdf.terms import NamedNode, is_unicode, parse_iri, typed

Kind = Literal["class", "property"]
TermOf = Callable[[str, Kind], NamedNode]
"""Gives the class or property that a name stands for, or raises."""

KEYS: Final = frozenset(
    {"classes", "properties", "objects", "where", "area", "period", "construct"}
    | {"suppress", "generalise", "round", "pseudonyms", "aggregate"}
)
_COMPARISONS: Final = {name: ODRL[name] for name in ("eq", "neq", "lt", "lteq", "gt", "gteq")}
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_UUID: Final = re.compile(r"_?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_EDGES: Final = 4
_ENDS: Final = 2


def read_view(document: Json, term_of: TermOf) -> View:
    """Read a view as a steward writes it.

    Args:
        document: The JSON object.
        term_of: What names of classes and properties stand for.

    Raises:
        UnknownTerm: it has a key, or a name of a class or property, that is not known; all such names are told.
        InputError: a part of it is not of its form, or the view chooses nothing.
    """
    _refuse_keys(document, KEYS, "view")
    view = _Reader(document, term_of).view()
    refuse_unfit(view)
    return view


def named_in_full(name: str, _kind: Kind) -> NamedNode:
    """Take names for IRIs, where no data is at hand that could tell what short names stand for."""
    return parse_iri(name, where="view")


class _Reader:
    """Reads one view, and collects the names that it does not know."""

    def __init__(self, document: Json, term_of: TermOf) -> None:
        self._document = document
        self._term_of = term_of
        self._unknown: list[UnknownTerm] = []

    def view(self) -> View:
        said = self._document
        conditions = [self._condition(each) for each in _objects(said, "where")]
        if said.get("period") is not None:
            conditions += self._period(_object(said["period"], "period"))
        parts = {
            "classes": self._terms(said, "classes", "class"),
            "properties": self._terms(said, "properties", "property"),
            "suppressions": (Suppression(left_out),) if (left_out := self._terms(said, "suppress")) else (),
            "generalisations": tuple(self._generalisation(each) for each in _objects(said, "generalise")),
            "roundings": tuple(self._rounding(each) for each in _objects(said, "round")),
            "pseudonyms": self._pseudonyms(said.get("pseudonyms")),
            "aggregation": self._aggregation(said.get("aggregate")),
        }
        self._refuse_unknown()
        return View(
            objects=tuple(_object_iri(text) for text in _texts(said, "objects")),
            conditions=tuple(conditions),
            area=_area(said["area"]) if said.get("area") is not None else None,
            construct=_construct(said.get("construct")),
            **parts,  # type: ignore[arg-type]  # each is read for its own field
        )

    def _refuse_unknown(self) -> None:
        if len(self._unknown) == 1:
            raise self._unknown[0]
        if self._unknown:
            raise UnknownTerm(
                " ".join(error.what for error in self._unknown),
                where="view",
                remedy=" ".join(error.remedy for error in self._unknown if error.remedy) or None,
            )

    def _terms(self, part: Json, key: str, kind: Kind = "property") -> tuple[NamedNode, ...]:
        found = (self._term(name, kind) for name in _texts(part, key))
        return tuple(dict.fromkeys(term for term in found if term is not None))

    def _term(self, name: str, kind: Kind = "property") -> NamedNode | None:
        try:
            return self._term_of(name, kind)
        except UnknownTerm as error:
            self._unknown.append(error)
            return None

    def _one(self, part: Json, where: str) -> NamedNode:
        """Read the one property that a part names; a name that is not known is told later."""
        name = part.get("property")
        if not isinstance(name, str):
            raise InputError(f"`{where}` names no property.", where=where, remedy="Add `property`.")
        return self._term(name) or NamedNode("urn:unknown")

    def _condition(self, part: Json) -> Condition:
        _refuse_keys(part, frozenset({"property", "operator", "value"}), "where")
        operator, value = part.get("operator", "eq"), part.get("value")
        about = self._one(part, "where")
        if isinstance(value, list) and operator == "eq" and value:
            return Condition(about, ODRL.isAnyOf, tuple(_value(each, "where") for each in value))
        if operator not in _COMPARISONS:
            remedy = f"Use one of: {', '.join(_COMPARISONS)}."
            raise InputError(f"`{operator}` compares nothing.", where="where", remedy=remedy)
        return Condition(about, _COMPARISONS[str(operator)], (_value(value, "where"),))

    def _period(self, part: Json) -> Iterable[Condition]:
        _refuse_keys(part, frozenset({"property", "from", "until"}), "period")
        about = self._one(part, "period")
        if part.get("from") is None and part.get("until") is None:
            what = "The period neither begins nor ends."
            raise InputError(what, where="period", remedy="Say `from`, `until` or both.")
        for key, operator in (("from", ODRL.gteq), ("until", ODRL.lt)):
            if part.get(key) is not None:
                yield Condition(about, operator, (_moment(part[key], f"period.{key}"),))

    def _generalisation(self, part: Json) -> Generalisation:
        _refuse_keys(part, frozenset({"properties", "to"}), "generalise")
        return Generalisation(self._needed(part, "properties", "generalise"), str(part.get("to")))

    def _rounding(self, part: Json) -> Rounding:
        _refuse_keys(part, frozenset({"properties", "step"}), "round")
        return Rounding(self._needed(part, "properties", "round"), _number(part.get("step"), "round"))

    def _needed(self, part: Json, key: str, where: str) -> tuple[NamedNode, ...]:
        if not _texts(part, key):
            raise InputError(f"`{where}` names no property.", where=where, remedy=f"Add `{key}`.")
        return self._terms(part, key)

    def _pseudonyms(self, said: object) -> Pseudonyms | None:
        if said is None:
            return None
        part = _object(said, "pseudonyms")
        _refuse_keys(part, frozenset({"properties", "objects"}), "pseudonyms")
        return Pseudonyms(self._terms(part, "properties"), _flag(part, "objects", "pseudonyms"))

    def _aggregation(self, said: object) -> Aggregation | None:
        if said is None:
            return None
        part = _object(said, "aggregate")
        _refuse_keys(part, frozenset({"by", "at_least", "sums", "means", "small_groups", "noise"}), "aggregate")
        noise = self._noise(part.get("noise"))
        least, small = part.get("at_least"), part.get("small_groups", "leave out" if noise else "refuse")
        if not isinstance(least, int) or isinstance(least, bool):
            what = "It is not said how many objects a group has at least."
            raise InputError(what, where="aggregate", remedy="Add `at_least`, such as 5.")
        if small not in {"refuse", "leave out"}:
            what = f"`small_groups` is `{small}`."
            raise InputError(what, where="aggregate", remedy="Write `refuse` or `leave out`.")
        return Aggregation(
            by=self._needed(part, "by", "aggregate"),
            least=least,
            sums=self._terms(part, "sums"),
            means=self._terms(part, "means"),
            drops_small=small == "leave out",
            noise=noise,
        )

    def _noise(self, said: object) -> Noise | None:
        if said is None:
            return None
        part = _object(said, "noise")
        _refuse_keys(part, frozenset({"epsilon", "delta", "bounds", "budget"}), "noise")
        bounds = _object(part.get("bounds", {}), "bounds")
        named = [(self._term(name), name) for name in bounds]
        epsilon = _number(part.get("epsilon"), "epsilon")
        return Noise(
            epsilon=epsilon,
            delta=_number(part.get("delta"), "delta"),
            bounds=tuple(Bounds(about, *_pair(bounds[name], "bounds")) for about, name in named if about),
            budget=_number(part["budget"], "budget") if part.get("budget") is not None else epsilon,
        )


def _refuse_keys(part: Json, known: frozenset[str], where: str) -> None:
    unknown = sorted(set(part) - known)
    if unknown:
        what = f"`{unknown[0]}` is no part of `{where}`."
        raise UnknownTerm(what, where=where, remedy="Use only: " + ", ".join(sorted(known)) + ".")


def _objects(part: Json, key: str) -> list[Json]:
    value = part.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise InputError(f"`{key}` is no list.", where=key, remedy="Write a list of objects.")
    return [_object(each, key) for each in value]


def _object(value: object, where: str) -> Json:
    if not isinstance(value, Mapping):
        raise InputError(f"Under `{where}` an object is expected.", where=where, remedy="Write it in braces.")
    return cast("Json", value)


def _texts(part: Json, key: str) -> list[str]:
    value = part.get(key)
    found = [] if value is None else value
    if not isinstance(found, list | tuple) or not all(isinstance(each, str) and is_unicode(each) for each in found):
        raise InputError(f"`{key}` is no list of names.", where=key, remedy="Write a list of texts.")
    return list(found)


def _flag(part: Json, key: str, where: str) -> bool:
    value = part.get(key, False)
    if not isinstance(value, bool):
        raise InputError(f"`{key}` is neither true nor false.", where=where, remedy="Write true or false.")
    return value


def _object_iri(text: str) -> NamedNode:
    """Return the IRI of an object by its IRI or its mRID."""
    found = _UUID.fullmatch(text)
    return NamedNode(f"urn:uuid:{found[1].lower()}") if found else parse_iri(text, where="objects")


def _area(value: object) -> Area:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != _EDGES:
        what = "The area is no list of four numbers."
        raise InputError(what, where="area", remedy="Give west, south, east, north in degrees.")
    return Area(*(_number(edge, "area") for edge in value))


def _pair(value: object, where: str) -> tuple[Decimal, Decimal]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != _ENDS:
        raise InputError("Bounds are no list of two numbers.", where=where, remedy="Give the least and the greatest.")
    return _number(value[0], where), _number(value[1], where)


def _construct(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or not is_unicode(value):
        raise InputError("The query is no text.", where="construct", remedy="Write a CONSTRUCT query.")
    return value


def _number(value: object, where: str) -> Decimal:
    try:
        found = Decimal("NaN" if isinstance(value, bool) else str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        what = f"`{str(value)[:40]}` is no number."
        raise InputError(what, where=where, remedy="Write a number.")
    return found


def _moment(value: object, where: str) -> RdfLiteral:
    if isinstance(value, str) and _DATE.fullmatch(value):
        return typed(value, "date")
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return typed(value, "dateTime")
    what = f"`{str(value)[:40]}` is no day and no instant."
    raise InputError(what, where=where, remedy="Write it as the data has it: 2026-06-08 or 2026-06-08T12:00:00Z.")


def _value(value: object, where: str) -> Value:
    match value:
        case bool():
            return typed(str(value).lower(), "boolean")
        case int():
            return typed(str(value), "integer")
        case float() | Decimal():
            return typed(format(Decimal(str(value)), "f"), "decimal")
        case str() if value.startswith(("http://", "https://", "urn:")):
            return parse_iri(value, where=where)
        case str() if _DATE.fullmatch(value) or _INSTANT.fullmatch(value):
            return _moment(value, where)
        case str() if is_unicode(value):
            return RdfLiteral(value)
    what = "A condition compares with a text, a number, true or false."
    raise InputError(what, where=where, remedy="Write a `value`, or a list of them with `eq`.")
