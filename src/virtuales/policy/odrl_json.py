"""Policies as ODRL in JSON-LD's compact form, the form the Dataspace Protocol sends.

The reader is strict: a key, term or shape it does not know is refused with its place, never skipped.
See https://www.w3.org/TR/odrl-model/ and https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1/.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.check import check_policy
from virtuales.policy.context import CONCEPTS
from virtuales.policy.odrl import (
    Agreement,
    AnyConstraint,
    Constraint,
    Duty,
    LogicalConstraint,
    Offer,
    Permission,
    Policy,
    Prohibition,
    Value,
    part_iri,
)
from virtuales.policy.profile import LEFT_OPERANDS, LOGICAL_OPERANDS, Kind, short
from virtuales.rdf.namespaces import ODRL, VES, XSD
from virtuales.rdf.terms import Literal, NamedNode, parse_iri

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_PREFIXES = {"odrl": ODRL.iri, "ves": VES.iri}
_LOGICAL_KEYS = {short(term): term for term in LOGICAL_OPERANDS}
_POLICY_KEYS = frozenset(
    {
        "@context",
        "@id",
        "@type",
        "target",
        "assigner",
        "assignee",
        "permission",
        "prohibition",
        "obligation",
        "conflict",
    }
)
_DUTY_KEYS = frozenset({"@id", "@type", "action", "constraint"})
_PERMISSION_KEYS = _DUTY_KEYS | {"duty"}
_ATOMIC_KEYS = frozenset({"@id", "@type", "leftOperand", "operator", "rightOperand"})
_RULES_MOST = 200

Json = Mapping[str, object]


def parse_policy(
    document: Json,
    *,
    target: NamedNode | None = None,
    assigner: NamedNode | None = None,
    extra: frozenset[str] = frozenset(),
) -> Policy:
    """Read an offer or agreement and check that it can be evaluated.

    Args:
        document: The policy as JSON.
        target: What the policy is about when the document leaves it to its surroundings, as a catalogue entry does.
        assigner: Who offers, likewise.
        extra: Further keys that the caller reads itself, at the policy's top.

    Raises:
        UnknownTerm: a key, class, action, operand or operator that nobody registered.
        InputError: a part is missing, of the wrong shape, or unbound.
    """
    iri = _required_iri(document, "@id", "policy")
    where = iri.value
    _refuse_unknown_keys(document, _POLICY_KEYS | extra, where)
    permissions = tuple(_permission(*item) for item in _parts(document, "permission", iri))
    prohibitions = tuple(
        Prohibition(name, _action(part, name), _constraints(part, name))
        for part, name in _parts(document, "prohibition", iri)
        if _refuse_unknown_keys(part, _DUTY_KEYS, name.value)
    )
    obligations = tuple(_duty(*item) for item in _parts(document, "obligation", iri))
    conflict = document.get("conflict")
    policy = _class(document, where)(
        iri=iri,
        target=_settled(document, "target", target, where),
        assigner=_settled(document, "assigner", assigner, where),
        permissions=permissions,
        prohibitions=prohibitions,
        obligations=obligations,
        assignee=None if document.get("assignee") is None else _required_iri(document, "assignee", where),
        conflict=ODRL.prohibit if conflict is None else _term(conflict, where, "conflict"),
    )
    check_policy(policy)
    return policy


def policy_to_json(policy: Policy) -> dict[str, object]:
    """Write a policy in compact form, without its context (see `POLICY_CONTEXT`)."""
    document: dict[str, object] = {
        "@id": policy.iri.value,
        "@type": short(policy.kind),
        "target": policy.target.value,
        "assigner": policy.assigner.value,
        "conflict": _compact(policy.conflict),
    }
    if policy.assignee is not None:
        document["assignee"] = policy.assignee.value
    rules = {
        "permission": [_rule_json(rule) for rule in policy.permissions],
        "prohibition": [_rule_json(rule) for rule in policy.prohibitions],
        "obligation": [_rule_json(rule) for rule in policy.obligations],
    }
    return document | {name: parts for name, parts in rules.items() if parts}


def _class(document: Json, where: str) -> type[Offer]:
    match document.get("@type"):
        case "Offer" | "odrl:Offer" | ODRL.Offer.value:
            return Offer
        case "Agreement" | "odrl:Agreement" | ODRL.Agreement.value:
            if document.get("assignee") is None:
                raise InputError("The agreement names no assignee.", where=where, remedy="Add `assignee`.")
            return Agreement
        case other:
            raise UnknownTerm(
                f"A policy of the class `{other}` is not accepted here.",
                where=where,
                remedy="Use `Offer` or `Agreement`.",
            )


def _settled(document: Json, key: str, default: NamedNode | None, where: str) -> NamedNode:
    if document.get(key) is None:
        if default is None:
            raise InputError(f"The policy names no {key}.", where=where, remedy=f"Add `{key}` with an IRI.")
        return default
    said = _required_iri(document, key, where)
    if default is not None and said != default:
        raise InputError(
            f"The policy's {key} is <{said.value}>, where <{default.value}> is expected.",
            where=where,
            remedy=f"Leave `{key}` out, or name the expected one.",
        )
    return said


def _parts(document: Json, key: str, parent: NamedNode) -> Iterator[tuple[Json, NamedNode]]:
    """Give each part under a key with its IRI, made from its place when it brings none."""
    values = document.get(key)
    if values is None:
        return
    items = values if isinstance(values, Sequence) and not isinstance(values, str) else [values]
    if len(items) > _RULES_MOST:
        raise InputError(
            f"More than {_RULES_MOST} parts under `{key}`.", where=parent.value, remedy="Write fewer rules."
        )
    for number, item in enumerate(items, start=1):
        place = f"{parent.value}, {key} {number}"
        if not isinstance(item, Mapping):
            raise InputError(f"Under `{key}` an object is expected.", where=place, remedy="Write the part in full.")
        named = "@id" in item
        yield item, _required_iri(item, "@id", place) if named else part_iri(parent, f"{key}-{number}")


def _permission(part: Json, name: NamedNode) -> Permission:
    _refuse_unknown_keys(part, _PERMISSION_KEYS, name.value)
    duties = tuple(_duty(*item) for item in _parts(part, "duty", name))
    return Permission(name, _action(part, name), _constraints(part, name), duties)


def _duty(part: Json, name: NamedNode) -> Duty:
    _refuse_unknown_keys(part, _DUTY_KEYS, name.value)
    return Duty(name, _action(part, name), _constraints(part, name))


def _action(part: Json, name: NamedNode) -> NamedNode:
    return _term(part.get("action"), name.value, "action")


def _constraints(part: Json, name: NamedNode) -> tuple[AnyConstraint, ...]:
    return tuple(_constraint(*item) for item in _parts(part, "constraint", name))


def _constraint(part: Json, name: NamedNode) -> AnyConstraint:
    logical = [key for key in part if key in _LOGICAL_KEYS]
    if not logical:
        return _atomic(part, name)
    key = logical[0]
    _refuse_unknown_keys(part, frozenset({"@id", "@type", key}), name.value)
    return LogicalConstraint(name, _LOGICAL_KEYS[key], tuple(_constraint(*item) for item in _parts(part, key, name)))


def _atomic(part: Json, name: NamedNode) -> Constraint:
    _refuse_unknown_keys(part, _ATOMIC_KEYS, name.value)
    left = _term(part.get("leftOperand"), name.value, "leftOperand")
    right = part.get("rightOperand")
    if right is None:
        raise InputError("The constraint has no right operand.", where=name.value, remedy="Add `rightOperand`.")
    values = right if isinstance(right, Sequence) and not isinstance(right, str) else [right]
    operator = _term(part.get("operator"), name.value, "operator")
    return Constraint(name, left, operator, tuple(_value(value, left, name.value) for value in values))


def _value(value: object, left: NamedNode, where: str) -> Value:
    """Read a right operand; plain text becomes what the left operand compares with, where it can."""
    match value:
        case {"@id": str(iri), **rest} if not rest:
            return _iri(iri, where, "rightOperand")
        case {"@value": str(lexical), "@type": str(datatype), **rest} if not rest:
            full = datatype.replace("xsd:", XSD.iri, 1) if datatype.startswith("xsd:") else datatype
            return _literal(lexical, _iri(full, where, "rightOperand"), where)
        case str(text):
            operand = LEFT_OPERANDS.get(left)
            if operand is not None and operand.kind is Kind.INSTANT:
                return _literal(text, XSD.dateTime, where)
            return _iri(text, where, "rightOperand") if _IRI.fullmatch(text) else _literal(text, XSD.string, where)
        case _:
            raise InputError(
                "The right operand is neither text, an `@id` nor a typed `@value`.",
                where=where,
                remedy='Write {"@id": "<IRI>"} or {"@value": "<text>", "@type": "xsd:dateTime"}.',
            )


def _literal(lexical: str, datatype: NamedNode, where: str) -> Literal:
    try:
        return Literal(lexical, datatype=datatype)
    except ValueError:
        raise InputError(
            "The right operand has characters that no literal can have.",
            where=where,
            remedy="Write it as Unicode text.",
        ) from None


def _term(value: object, where: str, key: str) -> NamedNode:
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
    return _iri(name, where, key)


def _iri(text: str, where: str, key: str) -> NamedNode:
    prefix, _, local = text.partition(":")
    full = _PREFIXES[prefix] + local if prefix in _PREFIXES else text
    try:
        return parse_iri(full, where=key)
    except InputError as error:
        raise InputError(error.what, where=where, remedy=error.remedy) from None


def _required_iri(part: Json, key: str, where: str) -> NamedNode:
    value = part.get(key)
    inner = value.get("@id") if isinstance(value, Mapping) else value
    if not isinstance(inner, str):
        raise InputError(f"`{key}` is missing.", where=where, remedy=f"Add `{key}` with an IRI.")
    return _iri(inner, where, key)


def _refuse_unknown_keys(part: Json, known: frozenset[str], where: str) -> bool:
    unknown = sorted(set(part) - known)
    if unknown:
        raise UnknownTerm(
            f"`{unknown[0]}` is not understood here.",
            where=where,
            remedy="Use only: " + ", ".join(sorted(known)) + ".",
        )
    return True


def _rule_json(rule: Permission | Prohibition | Duty) -> dict[str, object]:
    document: dict[str, object] = {"@id": rule.iri.value, "action": _compact(rule.action)}
    if rule.constraints:
        document["constraint"] = [_constraint_json(part) for part in rule.constraints]
    if isinstance(rule, Permission) and rule.duties:
        document["duty"] = [_rule_json(duty) for duty in rule.duties]
    return document


def _constraint_json(part: AnyConstraint) -> dict[str, object]:
    if isinstance(part, LogicalConstraint):
        return {"@id": part.iri.value, short(part.operand): [_constraint_json(inner) for inner in part.constraints]}
    values = [_value_json(value) for value in part.right]
    return {
        "@id": part.iri.value,
        "leftOperand": _compact(part.left),
        "operator": _compact(part.operator),
        "rightOperand": values[0] if len(values) == 1 else values,
    }


def _value_json(value: Value) -> dict[str, str]:
    if isinstance(value, NamedNode):
        return {"@id": value.value}
    return {"@value": value.value, "@type": value.datatype.value}


def _compact(term: NamedNode) -> str:
    name = term.value.removeprefix(ODRL.iri)
    return name if name in CONCEPTS else term.value
