"""The decision whether a policy lets a party do something: fails closed, and says why.

A constraint is met, not met, or cannot be judged (the request says nothing about its left operand). What cannot be
judged never helps the asker: a permission needs every constraint met, a prohibition applies unless one is not met.
"""

from virtuales.policy.check import problems
from virtuales.policy.constraints import Finding, judge_all
from virtuales.policy.decision import Decision, Reason
from virtuales.policy.odrl import Duty, Permission, Policy, Prohibition
from virtuales.policy.profile import encompasses, short
from virtuales.policy.request import UseRequest
from virtuales.rdf.namespaces import ODRL


def evaluate(policy: Policy, request: UseRequest) -> Decision:
    """Decide whether `policy` lets `request` happen.

    A policy with any unknown or unbound part denies. Permissions and prohibitions that both apply are settled by the
    policy's conflict strategy (ODRL 2.2, section 3.1). An unfulfilled duty makes its permission inactive.
    """
    outside = _unusable(policy) or _out_of_scope(policy, request)
    if outside:
        return Decision(allowed=False, reasons=outside)
    applying = [reason for rule in policy.prohibitions for reason in _prohibition(rule, request)]
    grants, refusals = _permissions(policy, request)
    if applying and (policy.conflict != ODRL.perm or not grants):
        return Decision(allowed=False, reasons=tuple(applying))
    if grants:
        return Decision(allowed=True, reasons=tuple(grants))
    return Decision(allowed=False, reasons=tuple(refusals))


def _unusable(policy: Policy) -> tuple[Reason, ...]:
    return tuple(
        Reason("policy-unusable", problem.what, constraint=problem.where, remedy=problem.remedy)
        for problem in problems(policy)
    )


def _out_of_scope(policy: Policy, request: UseRequest) -> tuple[Reason, ...]:
    if policy.target != request.target:
        return (
            Reason(
                "other-target",
                f"The policy is about <{policy.target.value}>.",
                value=request.target.value,
                remedy="Ask for a policy about the thing you want to use.",
            ),
        )
    if policy.assignee is not None and policy.assignee != request.assignee:
        return (
            Reason(
                "other-assignee",
                "The policy was granted to another organisation.",
                value=request.assignee.value if request.assignee else None,
                remedy="Request access in your own organisation's name.",
            ),
        )
    if request.time.tzinfo is None:
        return (Reason("time-without-zone", "The time of use has no time zone.", remedy="Give the time in UTC."),)
    return ()


def _prohibition(rule: Prohibition, request: UseRequest) -> list[Reason]:
    """Return the reasons when the prohibition applies, nothing otherwise."""
    if not encompasses(rule.action, request.action):
        return []
    findings = judge_all(rule.constraints, request)
    if any(finding.met is False for finding in findings):
        return []
    message = f"The policy prohibits `{short(rule.action)}`."
    unknown = [finding for finding in findings if finding.met is None]
    if unknown:
        message += f" That this does not apply here could not be established: {unknown[0].message}"
    return [Reason("prohibited", message, rule=rule.iri.value, remedy="Ask the provider for other terms.")]


def _permissions(policy: Policy, request: UseRequest) -> tuple[list[Reason], list[Reason]]:
    """Return the reasons of the permissions that grant, and those of the ones that do not."""
    grants: list[Reason] = []
    refusals: list[Reason] = []
    for rule in policy.permissions:
        if encompasses(rule.action, request.action):
            missing = _missing(rule, request)
            refusals.extend(missing)
            if not missing:
                grants.append(Reason("permitted", f"The policy permits `{short(rule.action)}`.", rule=rule.iri.value))
    if not grants and not refusals:
        refusals.append(
            Reason(
                "no-permission",
                f"No rule of the policy permits `{short(request.action)}`.",
                value=request.action.value,
                remedy="Ask the provider for terms that include this action.",
            )
        )
    return grants, refusals


def _missing(rule: Permission, request: UseRequest) -> list[Reason]:
    unmet = [_unmet(rule, finding) for finding in judge_all(rule.constraints, request) if finding.met is not True]
    return unmet + [_unfulfilled(rule, duty) for duty in rule.duties if duty.iri not in request.fulfilled]


def _unfulfilled(rule: Permission, duty: Duty) -> Reason:
    return Reason(
        "duty-unfulfilled",
        f"The permission needs the duty `{short(duty.action)}` to be fulfilled first.",
        rule=rule.iri.value,
        constraint=duty.iri.value,
        remedy="Fulfil the duty and show it to the provider.",
    )


def _unmet(rule: Permission, finding: Finding) -> Reason:
    return Reason(
        "constraint-not-met" if finding.met is False else "constraint-undecided",
        finding.message,
        rule=rule.iri.value,
        constraint=finding.constraint.value,
        value=finding.value,
        remedy=finding.remedy,
    )
