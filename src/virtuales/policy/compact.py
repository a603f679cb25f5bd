"""Policies written as ODRL in JSON-LD's compact form; `odrl_json` reads them back the same."""

from virtuales.policy.context import CONCEPTS
from virtuales.policy.odrl import AnyConstraint, Collection, Duty, LogicalConstraint, Permission, Policy, Rule, Value
from virtuales.policy.profile import short
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode


def policy_to_json(policy: Policy) -> dict[str, object]:
    """Write a policy in compact form, without its context (see `POLICY_CONTEXT`)."""
    document: dict[str, object] = {"@id": policy.iri.value, "@type": short(policy.kind)}
    for key, iri in (("target", policy.target), ("assigner", policy.assigner)):
        if iri is not None:
            document[key] = iri.value
    document["conflict"] = _compact(policy.conflict)
    if policy.assignee is not None:
        document["assignee"] = policy.assignee.value
    parts: dict[str, list[object]] = {
        "permission": [_rule_json(rule) for rule in policy.permissions],
        "prohibition": [_rule_json(rule) for rule in policy.prohibitions],
        "obligation": [_rule_json(rule) for rule in policy.obligations],
        "inheritFrom": [parent.value for parent in policy.inherits],
        "profile": [name.value for name in policy.profiles],
    }
    return document | {name: values for name, values in parts.items() if values}


def _rule_json(rule: Rule) -> dict[str, object]:
    document: dict[str, object] = {"@id": rule.iri.value, "action": _action_json(rule)}
    if rule.constraints:
        document["constraint"] = [constraint_json(part) for part in rule.constraints]
    key, duties = _duties(rule)
    if duties:
        document[key] = [_rule_json(duty) for duty in duties]
    for name, thing, kind in (("target", rule.target, "Asset"), ("assignee", rule.assignee, "Party")):
        if thing is not None:
            document[name] = _collection_json(thing, kind) if isinstance(thing, Collection) else thing.value
    return document


def _duties(rule: Rule) -> tuple[str, tuple[Duty, ...]]:
    if isinstance(rule, Permission):
        return "duty", rule.duties
    return ("consequence", rule.consequences) if isinstance(rule, Duty) else ("remedy", rule.remedies)


def _action_json(rule: Rule) -> object:
    if not rule.refinements:
        return _compact(rule.action)
    refinements = [constraint_json(part) for part in rule.refinements]
    return {"@id": f"{rule.iri.value}-action", "rdf:value": {"@id": rule.action.value}, "refinement": refinements}


def _collection_json(collection: Collection, kind: str) -> dict[str, object]:
    document: dict[str, object] = {"@id": collection.iri.value, "@type": f"{kind}Collection"}
    if collection.source is not None:
        document["source"] = collection.source.value
    if collection.refinements:
        document["refinement"] = [constraint_json(part) for part in collection.refinements]
    return document


def constraint_json(part: AnyConstraint) -> dict[str, object]:
    """Write a constraint in compact form."""
    if isinstance(part, LogicalConstraint):
        return {"@id": part.iri.value, short(part.operand): [constraint_json(inner) for inner in part.constraints]}
    values = [_value_json(value) for value in part.right]
    document: dict[str, object] = {
        "@id": part.iri.value,
        "leftOperand": _compact(part.left),
        "operator": _compact(part.operator),
        "rightOperand": values[0] if len(values) == 1 else values,
    }
    return document if part.unit is None else document | {"unit": part.unit.value}


def _value_json(value: Value) -> dict[str, str]:
    if isinstance(value, NamedNode):
        return {"@id": value.value}
    return {"@value": value.value, "@type": value.datatype.value}


def _compact(term: NamedNode) -> str:
    name = term.value.removeprefix(ODRL.iri)
    return name if name in CONCEPTS else term.value
