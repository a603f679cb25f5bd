"""Applying techniques of privacy to the statements of a view.

What a technique cannot be applied to is left out: a value that is no number is not rounded and not shown either.
They are applied in a fixed order: suppress, generalise, round, replace names; groups are made of what they leave.
"""

import hashlib
import hmac
import re
import uuid
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

from virtuales.policy.views.checking import PRECISIONS
from virtuales.policy.views.view import Generalisation, Pseudonyms, Rounding, View
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import Literal, NamedNode, Term, Triple

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
        elif value := generalised(one.object, by) if isinstance(by, Generalisation) else rounded(one.object, by):
            found[Triple(one.subject, one.predicate, value)] = None
    return list(found)


def generalised(value: Term, by: Generalisation) -> Literal | None:
    """Return a value with less detail; None where it cannot lose it like this."""
    if not isinstance(value, Literal):
        return None
    if by.precision not in PRECISIONS:
        return Literal(value.value[: int(by.precision)])
    moment = _MOMENT.fullmatch(value.value)
    if moment is None:
        return None
    parts = moment.groups()[: PRECISIONS.index(by.precision) + 1]
    return Literal("-".join(parts), datatype=GENERAL[by.precision])


def rounded(value: Term, by: Rounding) -> Literal | None:
    """Return the nearest multiple of a step; None where the value is no number."""
    if not isinstance(value, Literal):
        return None
    try:
        number = Decimal(value.value.strip())
        if not number.is_finite():
            return None
        nearest = (number / by.step).quantize(Decimal(1), ROUND_HALF_EVEN) * by.step
    except InvalidOperation:
        return None
    whole = value.datatype in _WHOLE and nearest == nearest.to_integral_value()
    shown = nearest.to_integral_value() if whole else nearest
    return Literal(format(shown, "f"), datatype=XSD.integer if whole else XSD.decimal)


def _pseudonymised(statements: Sequence[Triple], by: Pseudonyms, key: bytes) -> list[Triple]:
    named = set(by.properties)
    objects = {one.subject for one in statements if isinstance(one.subject, NamedNode)} if by.objects else set()
    names = ObjectNames(objects, key)
    found: dict[Triple, None] = {}
    for one in statements:
        value: Term | None = one.object
        if one.predicate in named:
            value = names.of_object(one.object) or value_pseudonym(one.object, key)
        else:
            value = names.of_value(one.object)
        if value is not None:
            found[Triple(names.of_object(one.subject) or one.subject, one.predicate, value)] = None
    return list(found)


_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class ObjectNames:
    """What objects are called under an agreement, in the place of their IRIs and identifiers.

    Args:
        objects: The objects.
        key: Decides the pseudonyms.
    """

    def __init__(self, objects: Iterable[NamedNode], key: bytes) -> None:
        self._key = key
        self._objects = set(objects)
        self._told = {text: one for one in self._objects for text in _identifiers(one)}

    def pseudonym(self, node: NamedNode) -> NamedNode:
        """Return an IRI in the place of an object's."""
        digest = hmac.digest(self._key, f"object {node}".encode(), hashlib.sha256)
        return NamedNode(uuid.UUID(bytes=digest[:16], version=5).urn)

    def of_object(self, term: Term) -> NamedNode | None:
        """Return the pseudonym of an object; None for everything else."""
        return self.pseudonym(term) if isinstance(term, NamedNode) and term in self._objects else None

    def of_value(self, term: Term) -> Term | None:
        """Return a value in which no object is named any longer; None where it names one in the midst of others."""
        if isinstance(term, NamedNode):
            return self.of_object(term) or term
        if not isinstance(term, Literal):
            return term
        if term.value in self._told:
            return Literal(self.pseudonym(self._told[term.value]).value.removeprefix("urn:uuid:"))
        return None if any(found in self._told for found in _UUID.findall(term.value)) else term


def _identifiers(node: NamedNode) -> Iterable[str]:
    """Give what else an object may be called in values: its IRI, its last part, and the UUID in it as CIM writes it."""
    yield node.value
    last = node.value.rpartition("#")[2].rpartition("/")[2]
    yield from (last, last.removeprefix("_"))
    found = _UUID.search(node.value)
    if found:
        for text in (found[0], found[0].lower(), found[0].upper()):
            yield from (text, f"_{text}", f"#_{text}", f"urn:uuid:{text}")


def value_pseudonym(value: Term, key: bytes) -> Literal:
    """Return what stands in the place of a value."""
    digest = hmac.digest(key, f"value {value}".encode(), hashlib.sha256)
    return Literal(digest.hex()[:_DIGITS])
