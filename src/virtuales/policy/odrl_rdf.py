"""Policies as statements in the RDF store, and back."""

from collections import defaultdict

from virtuales.errors import InputError, NotFound, UnknownTerm
from virtuales.policy.odrl import (
    AnyConstraint,
    Duty,
    LogicalConstraint,
    Permission,
    Policy,
    Prohibition,
)
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.profile import LOGICAL_OPERANDS, short
from virtuales.rdf.changeset import Statements
from virtuales.rdf.namespaces import ODRL, RDF
from virtuales.rdf.terms import Literal, NamedNode, Quad, Term
from virtuales.store.rdf_store import RdfStore

_CHILDREN = (
    ODRL.permission,
    ODRL.prohibition,
    ODRL.obligation,
    ODRL.duty,
    ODRL.constraint,
    *sorted(LOGICAL_OPERANDS, key=short),
)
_TERMS = (ODRL.action, ODRL.leftOperand, ODRL.operator, ODRL.conflict, ODRL.target, ODRL.assigner, ODRL.assignee)
_DEPTH = 12

Node = dict[NamedNode, list[Term]]


def policy_quads(policy: Policy, graph: NamedNode) -> tuple[Quad, ...]:
    """Write a policy as statements of a graph; every part has its IRI, so there is no blank node."""
    statements = Statements(graph)
    iri = policy.iri
    statements.say(iri, RDF.type, policy.kind).say(iri, ODRL.target, policy.target)
    statements.say(iri, ODRL.assigner, policy.assigner).say(iri, ODRL.assignee, policy.assignee)
    statements.say(iri, ODRL.conflict, policy.conflict)
    for predicate, rules in (
        (ODRL.permission, policy.permissions),
        (ODRL.prohibition, policy.prohibitions),
        (ODRL.obligation, policy.obligations),
    ):
        for rule in rules:
            statements.say(iri, predicate, rule.iri)
            _say_rule(statements, rule)
    return statements.quads


def get_policy(store: RdfStore, graph: NamedNode, iri: NamedNode) -> Policy:
    """Read a policy from a graph and check that it can be evaluated.

    Statements about the policy itself in other vocabularies are left to their readers; about its parts they are
    refused, since they could change what a rule means.

    Raises:
        NotFound: the graph has no such policy.
        UnknownTerm: the policy uses a term this node does not know.
        InputError: the policy is incomplete.
    """
    path = "|".join(f"<{predicate.value}>" for predicate in _CHILDREN)
    rows = store.select(f"SELECT DISTINCT ?s ?p ?o WHERE {{ <{iri.value}> ({path})* ?s . ?s ?p ?o }}", graphs=[graph])
    nodes: dict[NamedNode, Node] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        subject, predicate = row["s"], row["p"]
        if isinstance(subject, NamedNode) and isinstance(predicate, NamedNode):
            nodes[subject][predicate].append(row["o"])
    kinds = {ODRL.Offer, ODRL.Agreement} & set(_named(nodes.get(iri, {}).get(RDF.type, [])))
    if not kinds:
        raise NotFound("There is no such policy.", where=iri.value)
    top = {key: values for key, values in nodes[iri].items() if key.value.startswith(ODRL.iri)}
    document = _document(iri, top, nodes, depth=0) | {"@type": kinds.pop().value}
    return parse_policy(document)


def _document(iri: NamedNode, node: Node, nodes: dict[NamedNode, Node], *, depth: int) -> dict[str, object]:
    """Turn a node and all under it into compact JSON, for the one strict reader."""
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
        elif predicate in _TERMS:
            if len(values) != 1:
                raise InputError(f"`{key}` has {len(values)} values.", where=iri.value, remedy="Give exactly one.")
            document[key] = _named(values, iri)[0].value
        elif predicate == ODRL.rightOperand:
            document[key] = [_operand(value, iri) for value in sorted(values, key=str)]
        else:
            raise UnknownTerm(
                f"<{predicate.value}> is not understood in a policy.", where=iri.value, remedy="Leave it out."
            )
    return document


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


def _say_rule(statements: Statements, rule: Permission | Prohibition | Duty) -> None:
    statements.say(rule.iri, ODRL.action, rule.action)
    _say_constraints(statements, rule.iri, ODRL.constraint, rule.constraints)
    if isinstance(rule, Permission):
        for duty in rule.duties:
            statements.say(rule.iri, ODRL.duty, duty.iri)
            _say_rule(statements, duty)


def _say_constraints(
    statements: Statements, parent: NamedNode, predicate: NamedNode, constraints: tuple[AnyConstraint, ...]
) -> None:
    for part in constraints:
        statements.say(parent, predicate, part.iri)
        if isinstance(part, LogicalConstraint):
            _say_constraints(statements, part.iri, part.operand, part.constraints)
        else:
            statements.say(part.iri, ODRL.leftOperand, part.left).say(part.iri, ODRL.operator, part.operator)
            statements.say_all(part.iri, ODRL.rightOperand, part.right)
