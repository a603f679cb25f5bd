"""Evidence in where terms stand: what is above and below them, what they relate, and what is the other way round."""

from collections.abc import Iterable

from virtuales.alignment.suggestions.scoring import Scores
from virtuales.alignment.suggestions.sides import Entry, Side, Sides
from virtuales.rdf.namespaces import XSD

_STEP = 0.8
"""What is left of a likeness for each step up or down a hierarchy."""
_FURTHEST = 6
"""Steps after which nothing is left that would count."""
_TEXT = frozenset(XSD.iri + name for name in ("string", "normalizedString", "token", "anyURI", "language", "NMTOKEN"))
_WHOLE = frozenset(
    XSD.iri + name
    for name in (
        "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
        "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "gYear",
    )
)  # fmt: skip
_NUMBERS = frozenset(XSD.iri + name for name in ("decimal", "float", "double"))
_TIMES = frozenset(XSD.iri + name for name in ("date", "dateTime", "dateTimeStamp", "time"))
_FAMILIES = (_TEXT, _WHOLE, _NUMBERS, _TIMES)
_UNTYPED = 0.7


def hierarchy(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how well what is above, below and around the two goes together."""
    above = scores.together(sides.left.above(left.iri), sides.right.above(right.iri))
    below = scores.together(sides.left.below(left.iri), sides.right.below(right.iri))
    said = [figure for figure in (above, below) if figure is not None]
    return sum(said) / len(said) if said else 0.0


def members(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how well the attributes of two classes, or the values of two enumerations, go together."""
    own, others = _inside(sides.left, left.iri), _inside(sides.right, right.iri)
    return scores.together(own, others) or 0.0


def owner(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how well the classes go together whose objects have the two properties, or to which two values belong."""
    one = left.attributes.domains if left.attributes else (left.owner,)
    other = right.attributes.domains if right.attributes else (right.owner,)
    return _classes(sides, scores, one, other)


def owners(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how well all classes together go with each other whose objects have the two properties."""
    del sides
    one = left.attributes.domains if left.attributes else (left.owner,)
    other = right.attributes.domains if right.attributes else (right.owner,)
    return scores.together(one, other) or 0.0


def values(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how well the values of two properties go together: the classes, or the datatypes."""
    one, other = left.attributes, right.attributes
    if one is None or other is None:
        return 0.0
    if one.datatype and other.datatype:
        return datatypes(one.datatype, other.datatype)
    if one.datatype or other.datatype:
        return 0.0
    return _classes(sides, scores, one.ranges, other.ranges)


def inverse(sides: Sides, scores: Scores, left: Entry, right: Entry) -> float:
    """Return how sure it is that what the two are the other way round are the same."""
    del sides
    one = left.attributes.inverse if left.attributes else None
    other = right.attributes.inverse if right.attributes else None
    return scores.of(one, other) if one and other else 0.0


def datatypes(one: str, other: str) -> float:
    """Return how well two datatypes go together: the same, of one family, numbers, or not."""
    if one == other:
        return 1.0
    if any(one in family and other in family for family in _FAMILIES):
        return 0.9
    if not one.startswith(XSD.iri) or not other.startswith(XSD.iri):
        return _UNTYPED
    if {one, other} <= _WHOLE | _NUMBERS:
        return 0.8
    return 0.5 if one in _TEXT or other in _TEXT else 0.0


def _classes(sides: Sides, scores: Scores, one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Return how well two alternatives of classes go together; a class goes with those above it too, but less."""
    key = one, other
    if key not in scores.classes:
        scores.classes[key] = max((_class(sides, scores, a, b) for a in one for b in other), default=0.0)
    return scores.classes[key]


def _class(sides: Sides, scores: Scores, one: str, other: str) -> float:
    there = (_STEP**step * scores.of(up, other) for step, up in _steps(sides.left, one))
    back = (_STEP**step * scores.of(one, up) for step, up in _steps(sides.right, other))
    return max(*there, *back)


def _steps(side: Side, iri: str) -> Iterable[tuple[int, str]]:
    return enumerate(side.ancestors(iri)[:_FURTHEST])


def _inside(side: Side, iri: str) -> tuple[str, ...]:
    return (*side.properties_of.get(iri, ()), *side.members(iri))
