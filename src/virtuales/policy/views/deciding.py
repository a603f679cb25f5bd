"""Which part of a dataset version a policy lets somebody use: each part is asked for, the whole one first."""

from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from virtuales.policy.decision import Decision
from virtuales.policy.evaluate import evaluate
from virtuales.policy.odrl import Collection, Offer, Policy
from virtuales.policy.request import UseRequest
from virtuales.policy.views.refinements import speaks_of_views, view_of
from virtuales.policy.views.view import View
from virtuales.policy.world import NOTHING_KNOWN, World

Kind = TypeVar("Kind", bound=Policy)


@lru_cache(maxsize=1024)
def parts_of(policy: Policy) -> tuple[Collection | None, ...]:
    """Return the parts that permissions are about, None for the whole, which comes first."""
    targets = [rule.target for rule in policy.permissions]
    named = [part if isinstance(part, Collection) and speaks_of_views(part) else None for part in targets]
    return tuple(dict.fromkeys(sorted(named, key=lambda part: part is not None))) or (None,)


def has_views(policy: Policy) -> bool:
    """Tell whether a policy has a permission that is about a part."""
    return parts_of(policy) != (None,)


@lru_cache(maxsize=1024)
def about_part(policy: Offer, part: Collection | None) -> Offer:
    """Return a policy as it is about one part: permissions for it are about the policy's target, others are gone."""
    kept = tuple(
        replace(rule, target=None) if part is not None else rule
        for rule in policy.permissions
        if (rule.target == part if part is not None else not speaks_of_views(rule.target))
    )
    return replace(policy, permissions=kept)


def decide_part(policy: Offer, request: UseRequest, world: World = NOTHING_KNOWN) -> tuple[Decision, View | None]:
    """Decide what of its target a policy lets somebody use.

    Returns:
        The decision, and the part that it is about; None for the whole target, and with a no.
    """
    parts = parts_of(policy)
    if parts == (None,):
        return evaluate(policy, request, world), None
    refusals: list[Decision] = []
    for part in parts:
        decision = evaluate(about_part(policy, part), request, world)
        if decision.allowed:
            return decision, None if part is None else view_of(part)
        refusals.append(decision)
    return Decision.all_of(refusals), None


def without_parts(policy: Kind) -> Kind:
    """Return a policy whose permissions about parts are read as what it offers, whichever part that is."""
    if not has_views(policy):
        return policy
    kept = tuple(replace(rule, target=None) if speaks_of_views(rule.target) else rule for rule in policy.permissions)
    return replace(policy, permissions=kept)


def sole_view(policy: Policy) -> View | None:
    """Return the view that a policy is about, where all its permissions are about one and the same."""
    parts = parts_of(policy)
    return view_of(parts[0]) if len(parts) == 1 and parts[0] is not None else None
