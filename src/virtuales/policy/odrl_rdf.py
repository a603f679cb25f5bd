"""Policies as statements in the RDF store, and back."""

from collections import defaultdict
from collections.abc import Mapping

from virtuales.errors import InputError, NotFound, UnknownTerm
from virtuales.policy.odrl import (
    Collection,
    Constraints,
    Duty,
    LogicalConstraint,
    Offer,
    Permission,
    Policy,
    Prohibition,
    Rule,
    Thing,
)
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.profile import CORE, LOGICAL_OPERANDS, Profile, short
from virtuales.rdf.changeset import Statements
from virtuales.rdf.namespaces import ODRL, RDF
from virtuales.rdf.terms import Literal, NamedNode, Quad, Term
from virtuales.store.rdf_store import RdfStore

_CHILDREN = (
    ODRL.permission,
    ODRL.prohibition,
    ODRL.obligation,
    ODRL.duty,
    ODRL.remedy,
    ODRL.consequence,
    ODRL.constraint,
    ODRL.refinement,
    *sorted((*LOGICAL_OPERANDS, ODRL.andSequence), key=short),
)
_RULES = (ODRL.permission, ODRL.prohibition, ODRL.obligation, ODRL.duty, ODRL.remedy, ODRL.consequence)
_THINGS = (ODRL.action, ODRL.target, ODRL.assignee)
"""What stands either for itself or, with a part of its own, for something narrower."""

_TERMS = (ODRL.leftOperand, ODRL.operator, ODRL.conflict, ODRL.assigner, ODRL.source, ODRL.unit, ODRL.uid)
_LISTS = (ODRL.inheritFrom, ODRL.profile)
_DEPTH = 16

Node = Mapping[NamedNode, list[Term]]
Nodes = Mapping[NamedNode, Node]


def policy_quads(policy: Policy, graph: NamedNode) -> tuple[Quad, ...]:
    """Write a policy as statements of a graph; every part has its IRI, so there is no blank node."""
    statements = Statements(graph)
    iri = policy.iri
    statements.say(iri, RDF.type, policy.kind).say(iri, ODRL.target, policy.target)
    statements.say(iri, ODRL.assigner, policy.assigner).say(iri, ODRL.assignee, policy.assignee)
    statements.say(iri, ODRL.conflict, policy.conflict)
    statements.say_all(iri, ODRL.inheritFrom, policy.inherits).say_all(iri, ODRL.profile, policy.profiles)
    for predicate, rules in (
        (ODRL.permission, policy.permissions),
        (ODRL.prohibition, policy.prohibitions),
        (ODRL.obligation, policy.obligations),
    ):
        for rule in rules:
            statements.say(iri, predicate, rule.iri)
            _say_rule(statements, rule)
    return statements.quads


def get_policy(store: RdfStore, graph: NamedNode, iri: NamedNode, vocabulary: Profile = CORE) -> Offer:
    """Read an offer or agreement from a graph and check that it can be evaluated with the terms of a vocabulary.

    Statements about the policy itself in other vocabularies are left to their readers; about its parts they are
    refused, since they could change what a rule means.

    Raises:
        NotFound: the graph has no such policy.
        UnknownTerm: the policy uses a term this node does not know.
        InputError: the policy is incomplete.
    """
    path = "|".join(f"<{predicate.value}>" for predicate in (*_CHILDREN, ODRL.action))
    path += f"|({'|'.join(map(str, _RULES))})/({ODRL.target}|{ODRL.assignee})"
    rows = store.select(f"SELECT DISTINCT ?s ?p ?o WHERE {{ <{iri.value}> ({path})* ?s . ?s ?p ?o }}", graphs=[graph])
    nodes: dict[NamedNode, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        subject, predicate = row["s"], row["p"]
        if isinstance(subject, NamedNode) and isinstance(predicate, NamedNode):
            nodes[subject][predicate].append(row["o"])
    kinds = {ODRL.Offer, ODRL.Agreement} & set(_named(nodes.get(iri, {}).get(RDF.type, [])))
    if not kinds:
        raise NotFound("There is no such policy.", where=iri.value)
    return parse_policy(compact_document(iri, kinds.pop(), nodes), vocabulary=vocabulary)


def compact_document(iri: NamedNode, kind: NamedNode, nodes: Nodes) -> dict[str, object]:
    """Turn a policy's statements into compact JSON, for the one strict reader.

    Args:
        iri: The policy's IRI.
        kind: Its class.
        nodes: What is said about the policy and all its parts.

    Raises:
        UnknownTerm: a part says something that is not understood.
        InputError: a part has no IRI, or several values where one is expected.
    """
    top = {key: values for key, values in nodes[iri].items() if key.value.startswith(ODRL.iri)}
    return _document(iri, top, nodes, depth=0) | {"@type": kind.value}


def _document(iri: NamedNode, node: Node, nodes: Nodes, *, depth: int) -> dict[str, object]:
    if depth > _DEPTH:
        raise InputError(f"The policy is nested more than {_DEPTH} deep.", where=iri.value, remedy="Flatten it.")
    document: dict[str, object] = {"@id": iri.value}
    for predicate, values in node.items():
        key = short(predicate)
        if predicate == RDF.type:
            continue
        if predicate in _CHILDREN:
            document[key] = [
                _document(child, nodes.get(child, {}), nodes, depth=depth + 1)
                for child in sorted(_named(values, iri), key=lambda child: child.value)
            ]
        elif predicate in _THINGS:
            document[key] = _thing(_one(values, key, iri), nodes, depth=depth)
        elif predicate in _TERMS:
            document[key] = _one(values, key, iri).value
        elif predicate in _LISTS:
            document[key] = sorted(name.value for name in _named(values, iri))
        elif predicate == ODRL.rightOperand:
            document[key] = [_operand(value, iri) for value in sorted(values, key=str)]
        elif predicate == RDF.value:
            document["rdf:value"] = {"@id": _one(values, "rdf:value", iri).value}
        else:
            raise UnknownTerm(
                f"<{predicate.value}> is not understood in a policy.", where=iri.value, remedy="Leave it out."
            )
    return document


def _thing(named: NamedNode, nodes: Nodes, *, depth: int) -> object:
    """Return an action, asset or party: by its IRI alone, or in full where it is narrowed."""
    node = nodes.get(named, {})
    if {RDF.value, ODRL.refinement, ODRL.source}.isdisjoint(node):
        return named.value
    return _document(named, node, nodes, depth=depth + 1)


def _one(values: list[Term], key: str, where: NamedNode) -> NamedNode:
    if len(values) != 1:
        raise InputError(f"`{key}` has {len(values)} values.", where=where.value, remedy="Give exactly one.")
    return _named(values, where)[0]


def _named(values: list[Term], where: NamedNode | None = None) -> list[NamedNode]:
    named = [value for value in values if isinstance(value, NamedNode)]
    if where is not None and len(named) != len(values):
        raise InputError("A part of the policy has no IRI.", where=where.value, remedy="Give every part an IRI.")
    return named


def _operand(value: Term, where: NamedNode) -> dict[str, str]:
    if isinstance(value, NamedNode):
        return {"@id": value.value}
    if isinstance(value, Literal):
        return {"@value": value.value, "@type": value.datatype.value}
    raise InputError("The right operand is a blank node.", where=where.value, remedy="Give an IRI or a literal.")


def _say_rule(statements: Statements, rule: Rule) -> None:
    iri = rule.iri
    if rule.refinements:
        refined = NamedNode(f"{iri.value}-action")
        statements.say(iri, ODRL.action, refined).say(refined, RDF.value, rule.action)
        _say_constraints(statements, refined, ODRL.refinement, rule.refinements)
    else:
        statements.say(iri, ODRL.action, rule.action)
    _say_constraints(statements, iri, ODRL.constraint, rule.constraints)
    _say_thing(statements, iri, ODRL.target, rule.target)
    _say_thing(statements, iri, ODRL.assignee, rule.assignee)
    for predicate, duty in _duties(rule):
        statements.say(iri, predicate, duty.iri)
        _say_rule(statements, duty)


def _duties(rule: Rule) -> list[tuple[NamedNode, Duty]]:
    if isinstance(rule, Permission):
        return [(ODRL.duty, duty) for duty in rule.duties]
    if isinstance(rule, Prohibition):
        return [(ODRL.remedy, duty) for duty in rule.remedies]
    return [(ODRL.consequence, duty) for duty in rule.consequences]


def _say_thing(statements: Statements, rule: NamedNode, predicate: NamedNode, thing: Thing) -> None:
    if isinstance(thing, Collection):
        statements.say(rule, predicate, thing.iri).say(thing.iri, ODRL.source, thing.source)
        kind = ODRL.AssetCollection if predicate == ODRL.target else ODRL.PartyCollection
        statements.say(thing.iri, RDF.type, kind)
        _say_constraints(statements, thing.iri, ODRL.refinement, thing.refinements)
    else:
        statements.say(rule, predicate, thing)


def _say_constraints(statements: Statements, parent: NamedNode, predicate: NamedNode, constraints: Constraints) -> None:
    for part in constraints:
        statements.say(parent, predicate, part.iri)
        if isinstance(part, LogicalConstraint):
            _say_constraints(statements, part.iri, part.operand, part.constraints)
        else:
            statements.say(part.iri, ODRL.leftOperand, part.left).say(part.iri, ODRL.operator, part.operator)
            statements.say_all(part.iri, ODRL.rightOperand, part.right).say(part.iri, ODRL.unit, part.unit)
