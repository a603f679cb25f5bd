"""Applying techniques of privacy to the statements of a view.

What a technique cannot be applied to is left out: a value that is no number is not rounded and not shown either.
They are applied in a fixed order: suppress, generalise, round, replace names; groups are made of what they leave.
"""

import hashlib
import hmac
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

from virtuales.policy.views.checking import PRECISIONS
from virtuales.policy.views.view import Generalisation, Pseudonyms, Rounding, View
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Triple

_MOMENT: Final = re.compile(r"(-?\d{4,})-(\d\d)-(\d\d)(?:T.*)?", re.DOTALL)
GENERAL: Final = {
    "year": NamedNode("http://www.w3.org/2001/XMLSchema#gYear"),
    "month": NamedNode("http://www.w3.org/2001/XMLSchema#gYearMonth"),
    "day": XSD.date,
}
_DIGITS: Final = 24
_WHOLE: Final = frozenset({XSD.integer, NamedNode(XSD.iri + "int"), NamedNode(XSD.iri + "long")})


def applied(statements: Iterable[Triple], view: View, *, key: bytes) -> list[Triple]:
    """Return the statements as the techniques of a view leave them; groups are made of them afterwards.

    Args:
        statements: What the view chose.
        view: The view.
        key: Decides the pseudonyms.
    """
    left_out = {about for one in view.suppressions for about in one.properties}
    found = [one for one in statements if one.predicate not in left_out]
    for coarse in view.generalisations:
        found = _changed(found, coarse.properties, coarse)
    for step in view.roundings:
        found = _changed(found, step.properties, step)
    return _pseudonymised(found, view.pseudonyms, key) if view.pseudonyms else found


def _changed(
    statements: Sequence[Triple], properties: Sequence[NamedNode], by: Generalisation | Rounding
) -> list[Triple]:
    concerned = set(properties)
    found: dict[Triple, None] = {}
    for one in statements:
        if one.predicate not in concerned:
            found[one] = None
        elif value := _generalised(one.object, by) if isinstance(by, Generalisation) else _rounded(one.object, by):
            found[Triple(one.subject, one.predicate, value)] = None
    return list(found)


def _generalised(value: object, by: Generalisation) -> Literal | None:
    if not isinstance(value, Literal):
        return None
    if by.precision not in PRECISIONS:
        return Literal(value.value[: int(by.precision)])
    moment = _MOMENT.fullmatch(value.value)
    if moment is None:
        return None
    parts = moment.groups()[: PRECISIONS.index(by.precision) + 1]
    return Literal("-".join(parts), datatype=GENERAL[by.precision])


def _rounded(value: object, by: Rounding) -> Literal | None:
    if not isinstance(value, Literal):
        return None
    try:
        number = Decimal(value.value.strip())
        if not number.is_finite():
            return None
        rounded = (number / by.step).quantize(Decimal(1), ROUND_HALF_EVEN) * by.step
    except InvalidOperation:
        return None
    whole = value.datatype in _WHOLE and rounded == rounded.to_integral_value()
    shown = rounded.to_integral_value() if whole else rounded
    return Literal(format(shown, "f"), datatype=XSD.integer if whole else XSD.decimal)


def _pseudonymised(statements: Sequence[Triple], by: Pseudonyms, key: bytes) -> list[Triple]:
    named = set(by.properties)
    objects = {one.subject for one in statements if isinstance(one.subject, NamedNode)} if by.objects else set()
    told = {text: one for one in objects for text in _identifiers(one)}
    found: dict[Triple, None] = {}
    for one in statements:
        subject, value = one.subject, one.object
        if one.predicate in named:
            value = value_pseudonym(value, key) if value not in objects else _object_pseudonym(value, key)
        elif value in objects:
            value = _object_pseudonym(value, key)
        elif isinstance(value, Literal) and value.value in told:
            value = Literal(_object_pseudonym(told[value.value], key).value.removeprefix("urn:uuid:"))
        elif isinstance(value, Literal) and _names_one(value.value, told):
            continue
        if subject in objects:
            subject = _object_pseudonym(subject, key)
        found[Triple(subject, one.predicate, value)] = None
    return list(found)


_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _names_one(text: str, told: Mapping[str, NamedNode]) -> bool:
    """Tell whether a longer text holds the identifier of an object, in the midst of something else."""
    return any(found in told for found in _UUID.findall(text))


def _identifiers(node: NamedNode) -> Iterable[str]:
    """Give what else an object may be called in values: its IRI, its last part, and the UUID in it as CIM writes it."""
    yield node.value
    last = node.value.rpartition("#")[2].rpartition("/")[2]
    yield from (last, last.removeprefix("_"))
    found = _UUID.search(node.value)
    if found:
        for text in (found[0], found[0].lower(), found[0].upper()):
            yield from (text, f"_{text}", f"#_{text}", f"urn:uuid:{text}")


def _object_pseudonym(node: object, key: bytes) -> NamedNode:
    digest = hmac.digest(key, f"object {node}".encode(), hashlib.sha256)
    return NamedNode(uuid.UUID(bytes=digest[:16], version=5).urn)


def value_pseudonym(value: NamedNode | BlankNode | Literal | Triple, key: bytes) -> Literal:
    """Return what stands in the place of a value."""
    digest = hmac.digest(key, f"value {value}".encode(), hashlib.sha256)
    return Literal(digest.hex()[:_DIGITS])
