"""Policies that inherit from others: the rules of the parents hold as well (ODRL 2.2, section 2.8)."""

from collections.abc import Callable
from dataclasses import replace

from virtuales.errors import InputError
from virtuales.policy.odrl import Duty, Permission, Policy, Prohibition
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode

_GENERATIONS = 8

Find = Callable[[NamedNode], Policy]
"""Gives a policy by its IRI, or raises."""


def with_inherited(policy: Policy, find: Find) -> Policy:
    """Return the policy with the rules of all it inherits from, and nothing left to inherit.

    A rule of a parent keeps the target and the assignee that it has there. Where policies name different conflict
    strategies, any conflict makes the whole void (`odrl:invalid`), which is what ODRL says of contradictory ones.

    Args:
        policy: The policy.
        find: Gives the policies that it names, and raises for those that it does not know.

    Raises:
        InputError: a policy inherits from itself, by however many steps, or over more than eight generations.
    """
    return _resolved(policy, find, (policy.iri,))


def _resolved(policy: Policy, find: Find, line: tuple[NamedNode, ...]) -> Policy:
    merged = replace(policy, inherits=())
    for name in policy.inherits:
        if name in line:
            what = f"The policy inherits from itself, through <{name.value}>."
            raise InputError(what, where=policy.iri.value, remedy="Take one `inheritFrom` away.")
        if len(line) > _GENERATIONS:
            what = f"Policies inherit over more than {_GENERATIONS} generations."
            raise InputError(what, where=policy.iri.value, remedy="Write the rules into the policy.")
        merged = _merged(merged, _resolved(find(name), find, (*line, name)))
    return merged


def _merged(policy: Policy, parent: Policy) -> Policy:
    return replace(
        policy,
        permissions=policy.permissions + tuple(_own_permission(rule, parent) for rule in parent.permissions),
        prohibitions=policy.prohibitions + tuple(_own_prohibition(rule, parent) for rule in parent.prohibitions),
        obligations=policy.obligations + tuple(_own_duty(rule, parent) for rule in parent.obligations),
        conflict=policy.conflict if policy.conflict == parent.conflict else ODRL.invalid,
        profiles=tuple(dict.fromkeys((*policy.profiles, *parent.profiles))),
    )


def _own_permission(rule: Permission, parent: Policy) -> Permission:
    return replace(rule, target=rule.target or parent.target, assignee=rule.assignee or parent.assignee)


def _own_prohibition(rule: Prohibition, parent: Policy) -> Prohibition:
    return replace(rule, target=rule.target or parent.target, assignee=rule.assignee or parent.assignee)


def _own_duty(rule: Duty, parent: Policy) -> Duty:
    return replace(rule, target=rule.target or parent.target, assignee=rule.assignee or parent.assignee)
