"""What is checked before a policy is published, so that nothing is found broken later.

Beside terms that nobody knows (`check`): rules that nothing can ever meet, permissions that have ended or that a
prohibition always bars, and what one offer permits and another about the same thing prohibits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from virtuales.clock import iso_instant
from virtuales.errors import InputError
from virtuales.policy.check import Problem, check_policy, duties_of, problems
from virtuales.policy.odrl import Constraint, Permission, Policy, Prohibition, Rule, Thing
from virtuales.policy.profile import CORE, Profile, short
from virtuales.policy.satisfiability import Verdict, implies, together
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode, date_time


@dataclass(frozen=True)
class Overlap:
    """A permission and a prohibition that can both apply to one use.

    Args:
        permission: The permission's IRI.
        prohibition: The prohibition's IRI.
        sure: Whether some use surely meets both; otherwise more would have to be known.
        message: One sentence that says so, and what comes of it.
    """

    permission: NamedNode
    prohibition: NamedNode
    sure: bool
    message: str

    def to_json(self) -> dict[str, object]:
        """Write the overlap as JSON."""
        return {
            "permission": self.permission.value,
            "prohibition": self.prohibition.value,
            "sure": self.sure,
            "message": self.message,
        }


def check_publishable(policy: Policy, now: datetime, profile: Profile = CORE) -> None:
    """Refuse a policy that is not worth publishing.

    Raises:
        UnknownTerm: it has a term that this node does not know.
        InputError: it has a rule that can never apply, or another problem.
    """
    check_policy(policy, profile)
    for problem in publication_problems(policy, now, profile):
        raise InputError(problem.what, where=problem.where, remedy=problem.remedy)


def publication_problems(policy: Policy, now: datetime, profile: Profile = CORE) -> list[Problem]:
    """Return everything that is wrong with a policy that is to be published; empty for one that can be."""
    found = problems(policy, profile)
    if not found:
        found = [problem for rule in policy.rules for problem in _never(rule, profile)]
        found += [problem for rule in policy.permissions for problem in _useless(rule, policy, now, profile=profile)]
    return found


def overlaps(policies: Sequence[Policy], profile: Profile = CORE) -> list[Overlap]:
    """Return where a permission and a prohibition, of one policy or of two about the same thing, can both apply."""
    found: list[Overlap] = []
    for one in policies:
        for other in policies:
            for permission in one.permissions:
                for prohibition in other.prohibitions:
                    found += _overlap((one, permission), (other, prohibition), profile)
    return found


def _never(rule: Rule, profile: Profile) -> Iterator[Problem]:
    if together(rule.constraints, rule.refinements, profile=profile) is Verdict.CONFLICT:
        kind = type(rule).__name__.lower()
        yield Problem(
            f"The {kind} `{short(rule.action)}` can never apply: its constraints contradict each other.",
            rule.iri.value,
            "Take one of the constraints away, or join them by `or`.",
        )
    for duty in duties_of(rule):
        yield from _never(duty, profile)


def _useless(rule: Permission, policy: Policy, now: datetime, *, profile: Profile) -> Iterator[Problem]:
    action = short(rule.action)
    later = Constraint(rule.iri, ODRL.dateTime, ODRL.gteq, (date_time(iso_instant(now)),))
    alone = together(rule.constraints, profile=profile)
    if alone is not Verdict.CONFLICT and together(rule.constraints, (later,), profile=profile) is Verdict.CONFLICT:
        what = f"The permission `{action}` has ended: no time from now on meets its constraints."
        yield Problem(what, rule.iri.value, "Give an end that lies ahead.")
    for bar in policy.prohibitions if policy.conflict != ODRL.perm else ():
        wide = bar.constraints + bar.refinements
        narrow = rule.constraints + rule.refinements
        if (
            profile.encompasses(bar.action, rule.action)
            and _covers(bar.target, rule.target)
            and _covers(bar.assignee, rule.assignee)
            and implies(narrow, wide, profile=profile) is True
        ):
            what = f"The permission `{action}` can never be used: the prohibition <{bar.iri.value}> always applies too."
            yield Problem(what, rule.iri.value, "Take the permission or the prohibition away, or limit one of them.")


def _covers(wide: Thing, narrow: Thing) -> bool:
    return wide is None or wide == narrow


def _overlap(
    permitting: tuple[Policy, Permission], prohibiting: tuple[Policy, Prohibition], profile: Profile
) -> Iterable[Overlap]:
    (one, permission), (other, prohibition) = permitting, prohibiting
    actions = _common_action(permission.action, prohibition.action, profile)
    if actions is None or not _same_thing(permission.target or one.target, prohibition.target or other.target):
        return
    if not _same_thing(permission.assignee or one.assignee, prohibition.assignee or other.assignee):
        return
    limits = (permission.constraints, permission.refinements, prohibition.constraints, prohibition.refinements)
    verdict = together(*limits, profile=profile)
    if verdict is Verdict.CONFLICT or _goes_without_saying(permitting, prohibiting, actions, profile=profile):
        return
    sure = verdict is Verdict.COMPATIBLE
    yield Overlap(permission.iri, prohibition.iri, sure, _settled(one, other, short(actions), sure=sure))


def _goes_without_saying(
    permitting: tuple[Policy, Permission],
    prohibiting: tuple[Policy, Prohibition],
    action: NamedNode,
    *,
    profile: Profile,
) -> bool:
    """Tell whether nobody would take what is prohibited for permitted.

    A policy that prohibits part of a wider action that it permits says what it means, and what it prohibits itself it
    does not permit.
    """
    (one, permission), (other, prohibition) = permitting, prohibiting
    if one.iri == other.iri:
        return action != permission.action
    limits = permission.constraints + permission.refinements + prohibition.constraints + prohibition.refinements
    return one.conflict != ODRL.perm and any(
        profile.encompasses(bar.action, action)
        and _covers(bar.target, permission.target)
        and _covers(bar.assignee, permission.assignee)
        and implies(limits, bar.constraints + bar.refinements, profile=profile) is True
        for bar in one.prohibitions
    )


def _common_action(one: NamedNode, other: NamedNode, profile: Profile) -> NamedNode | None:
    """Return the narrower of two actions of which one is included in the other."""
    if profile.encompasses(one, other):
        return other
    return one if profile.encompasses(other, one) else None


def _same_thing(one: Thing, other: Thing) -> bool:
    """Tell whether two rules can be about one thing; two names are taken for two things."""
    return one is None or other is None or one == other or not isinstance(one, NamedNode)


def _settled(one: Policy, other: Policy, action: str, *, sure: bool) -> str:
    both = f"`{action}` can be" if sure else f"`{action}` may be, as far as is known,"
    if one.iri == other.iri:
        outcome = {ODRL.perm: "the permission wins", ODRL.prohibit: "the prohibition wins"}.get(
            one.conflict, "the policy is void then"
        )
        return f"{both} permitted and prohibited by the policy at once; {outcome}."
    return f"{both} permitted by <{one.iri.value}> and prohibited by <{other.iri.value}>: each speaks for itself alone."
