"""Reading the terms and values of a policy in JSON: each is known and well formed, or refused with its place."""

import re
from collections.abc import Mapping

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.context import CONCEPTS
from virtuales.policy.odrl import Value
from virtuales.policy.profile import LEFT_OPERANDS, Kind
from virtuales.rdf.namespaces import ODRL, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, parse_iri

Json = Mapping[str, object]

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_PREFIXES = {"odrl": ODRL.iri, "ves": VES.iri}
_WRITTEN_AS = {Kind.INSTANT: XSD.dateTime, Kind.DURATION: XSD.duration}


def read_value(value: object, left: NamedNode, where: str) -> Value:
    """Read a right operand; plain text becomes what the left operand compares with, where it can."""
    match value:
        case {"@id": str(iri), **rest} if not rest:
            return read_iri(iri, where, "rightOperand")
        case {"@value": str(lexical), "@type": str(datatype), **rest} if not rest:
            full = datatype.replace("xsd:", XSD.iri, 1) if datatype.startswith("xsd:") else datatype
            return _literal(lexical, read_iri(full, where, "rightOperand"), where)
        case bool():
            pass
        case int(number):
            return Literal(str(number), datatype=XSD.integer)
        case str(text):
            return _from_text(text, left, where)
    raise InputError(
        "The right operand is neither text, a whole number, an `@id` nor a typed `@value`.",
        where=where,
        remedy='Write {"@id": "<IRI>"} or {"@value": "<text>", "@type": "xsd:dateTime"}.',
    )


def _from_text(text: str, left: NamedNode, where: str) -> Value:
    operand = LEFT_OPERANDS.get(left)
    datatype = _WRITTEN_AS.get(operand.kind) if operand else None
    if datatype is not None:
        return _literal(text, datatype, where)
    return read_iri(text, where, "rightOperand") if _IRI.fullmatch(text) else _literal(text, XSD.string, where)


def _literal(lexical: str, datatype: NamedNode, where: str) -> Literal:
    try:
        return Literal(lexical, datatype=datatype)
    except ValueError:
        raise InputError(
            "The right operand has characters that no literal can have.",
            where=where,
            remedy="Write it as Unicode text.",
        ) from None


def read_term(value: object, where: str, key: str) -> NamedNode:
    """Read a vocabulary term: a bare ODRL name, a prefixed name, an IRI, or an object with `@id`."""
    name = value.get("@id") if isinstance(value, Mapping) and set(value) == {"@id"} else value
    if not isinstance(name, str):
        raise InputError(f"`{key}` is missing or no single term.", where=where, remedy=f"Write one term as `{key}`.")
    if name in CONCEPTS:
        return NamedNode(ODRL.iri + name)
    if ":" not in name:
        raise UnknownTerm(
            f"`{name}` is not a term this node knows as `{key}`.",
            where=where,
            remedy="Use one of: " + ", ".join(sorted(CONCEPTS)) + ".",
        )
    return read_iri(name, where, key)


def read_iri(text: str, where: str, key: str) -> NamedNode:
    """Read an IRI, which may be written with one of the policy's prefixes."""
    prefix, _, local = text.partition(":")
    full = _PREFIXES[prefix] + local if prefix in _PREFIXES else text
    try:
        return parse_iri(full, where=key)
    except InputError as error:
        raise InputError(error.what, where=where, remedy=error.remedy) from None


def required_iri(part: Json, key: str, where: str) -> NamedNode:
    """Read the IRI under a key, which is text or an object with `@id`."""
    value = part.get(key)
    inner = value.get("@id") if isinstance(value, Mapping) else value
    if not isinstance(inner, str):
        raise InputError(f"`{key}` is missing.", where=where, remedy=f"Add `{key}` with an IRI.")
    return read_iri(inner, where, key)


def optional_iri(part: Json, key: str, where: str) -> NamedNode | None:
    """Read the IRI under a key, as `required_iri` does; None where there is none."""
    return None if part.get(key) is None else required_iri(part, key, where)


def refuse_unknown_keys(part: Json, known: frozenset[str], where: str) -> None:
    """Refuse an object that says more than is understood."""
    unknown = sorted(set(part) - known)
    if unknown:
        raise UnknownTerm(
            f"`{unknown[0]}` is not understood here.",
            where=where,
            remedy="Use only: " + ", ".join(sorted(known)) + ".",
        )
