"""The decision whether a policy lets a party do something: fails closed, and says why.

A constraint is met, not met, or cannot be judged (the request says nothing about its left operand). What cannot be
judged never helps the asker: a permission needs every constraint met, a prohibition applies unless one is not met.
"""

from functools import lru_cache

from virtuales.policy.check import problems
from virtuales.policy.constraints import judge_all
from virtuales.policy.decision import Decision, Reason
from virtuales.policy.duties import DutyMode, DutyReport, DutyState, report_duty, was_infringed
from virtuales.policy.matching import judge_refinements, match_party, match_target
from virtuales.policy.odrl import Permission, Policy, Prohibition
from virtuales.policy.profile import Profile
from virtuales.policy.reasons import grant, no_permission, prohibited, refusals
from virtuales.policy.report import PolicyReport, RuleReport
from virtuales.policy.request import UseRequest
from virtuales.policy.world import NOTHING_KNOWN, World
from virtuales.rdf.namespaces import ODRL


def evaluate(
    policy: Policy,
    request: UseRequest,
    world: World = NOTHING_KNOWN,
    *,
    mode: DutyMode = DutyMode.BEFORE,
    profile: Profile | None = None,
) -> Decision:
    """Decide whether `policy` lets `request` happen; `report` says more about how it came to that."""
    return report(policy, request, world, mode=mode, profile=profile).decision


def report(
    policy: Policy,
    request: UseRequest,
    world: World = NOTHING_KNOWN,
    *,
    mode: DutyMode = DutyMode.BEFORE,
    profile: Profile | None = None,
) -> PolicyReport:
    """Report for every rule of a policy whether it lets `request` happen, and decide.

    A policy with any unknown or unbound part denies. Permissions and prohibitions that both apply are settled by the
    policy's conflict strategy (ODRL 2.2, section 3.1).

    Args:
        policy: The policy, with the rules it inherits (see `virtuales.policy.inheritance`).
        request: Who wants to do what.
        world: What is known beyond the request.
        mode: What an unfulfilled duty of a permission means. With `BEFORE`, an obligation that was violated denies
            too, until its consequences are done, as does a prohibition that was, until its remedies are.
        profile: The terms that may be used; without it those that the policy was read with.
    """
    profile = profile or policy.vocabulary
    outside = _unusable(policy, profile) or _out_of_scope(policy, request, world, profile)
    if outside:
        return PolicyReport(policy.iri, Decision(allowed=False, reasons=outside))
    judge = _Judge(policy, request, world, mode=mode, profile=profile)
    permissions = tuple(judge.rule(rule) for rule in policy.permissions)
    rules = permissions + tuple(judge.rule(rule) for rule in policy.prohibitions)
    obligations = tuple(report_duty(duty, request, world, profile) for duty in policy.obligations)
    overdue = _overdue(rules, obligations, world) if mode is DutyMode.BEFORE else ()
    decision = Decision(allowed=False, reasons=overdue) if overdue else _decide(policy, request, rules)
    return PolicyReport(policy.iri, decision, rules, obligations)


class _Judge:
    """Judges the rules of one policy for one request."""

    def __init__(self, policy: Policy, request: UseRequest, world: World, *, mode: DutyMode, profile: Profile) -> None:
        self._policy, self._request, self._world = policy, request, world
        self._mode, self._profile = mode, profile

    def rule(self, rule: Permission | Prohibition) -> RuleReport:
        request, world, profile = self._request, self._world, self._profile
        duties = rule.duties if isinstance(rule, Permission) else rule.remedies
        target = self._policy.target if rule.target is None else rule.target
        return RuleReport(
            rule=rule,
            target=match_target(target, request, world, profile),
            party=match_party(rule.assignee, request, world, profile),
            action=profile.encompasses(rule.action, request.action),
            refinements=tuple(judge_refinements(rule, request, world, profile)),
            constraints=tuple(judge_all(rule.constraints, request, world, profile=profile)),
            duties=tuple(report_duty(duty, request, world, profile) for duty in duties),
            mode=self._mode,
        )


def _decide(policy: Policy, request: UseRequest, rules: tuple[RuleReport, ...]) -> Decision:
    applying = [prohibited(rule) for rule in rules if isinstance(rule.rule, Prohibition) and rule.applies is not False]
    about = [rule for rule in rules if isinstance(rule.rule, Permission) and rule.action]
    grants = [grant(rule) for rule in about if rule.applies is True]
    if applying and (policy.conflict != ODRL.perm or not grants):
        return Decision(allowed=False, reasons=tuple(applying))
    if grants:
        return Decision(allowed=True, reasons=tuple(grants))
    found = [reason for rule in about for reason in refusals(rule)]
    return Decision(allowed=False, reasons=tuple(found) or (no_permission(request),))


def _overdue(rules: tuple[RuleReport, ...], obligations: tuple[DutyReport, ...], world: World) -> tuple[Reason, ...]:
    """Return what was violated under the policy and has not been made good."""
    violated = [duty.duty.iri for duty in obligations if duty.state is DutyState.VIOLATED]
    infringed = [
        rule.rule.iri
        for rule in rules
        if isinstance(rule.rule, Prohibition) and was_infringed(rule.rule.iri, rule.duties, world)
    ]
    return tuple(
        Reason(
            "violated",
            "A rule of the policy was violated, and that has not been made good.",
            rule=iri.value,
            remedy="Do what the policy demands after a violation, and show it to the provider.",
        )
        for iri in (*violated, *infringed)
    )


@lru_cache(maxsize=4096)
def _unusable(policy: Policy, profile: Profile) -> tuple[Reason, ...]:
    return tuple(
        Reason("policy-unusable", problem.what, constraint=problem.where, remedy=problem.remedy)
        for problem in problems(policy, profile)
    )


def _out_of_scope(policy: Policy, request: UseRequest, world: World, profile: Profile) -> tuple[Reason, ...]:
    if request.time.tzinfo is None:
        return (Reason("time-without-zone", "The time of use has no time zone.", remedy="Give the time in UTC."),)
    if policy.target is not None and not match_target(policy.target, request, world, profile):
        return (
            Reason(
                "other-target",
                f"The policy is about <{policy.target.value}>.",
                value=request.target.value if request.target else None,
                remedy="Ask for a policy about the thing you want to use.",
            ),
        )
    if policy.assignee is not None and not match_party(policy.assignee, request, world, profile):
        return (
            Reason(
                "other-assignee",
                "The policy was granted to another organisation.",
                value=request.assignee.value if request.assignee else None,
                remedy="Request access in your own organisation's name.",
            ),
        )
    return ()
