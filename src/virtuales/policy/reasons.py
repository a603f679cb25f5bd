"""The sentences that explain a decision: which rule and which constraint spoke, and what would change it."""

from virtuales.policy.constraints import Finding
from virtuales.policy.decision import Reason
from virtuales.policy.duties import DutyReport, DutyState
from virtuales.policy.profile import short
from virtuales.policy.report import RuleReport
from virtuales.policy.request import UseRequest


def grant(report: RuleReport) -> Reason:
    """Say that a permission grants what is asked."""
    return Reason("permitted", f"The policy permits `{short(report.rule.action)}`.", rule=report.rule.iri.value)


def no_permission(request: UseRequest) -> Reason:
    """Say that no permission is about the action."""
    return Reason(
        "no-permission",
        f"No rule of the policy permits `{short(request.action)}`.",
        value=request.action.value,
        remedy="Ask the provider for terms that include this action.",
    )


def prohibited(report: RuleReport) -> Reason:
    """Say that a prohibition applies, or that nobody could establish that it does not."""
    message = f"The policy prohibits `{short(report.rule.action)}`."
    unknown = [finding for finding in (*report.constraints, *report.refinements) if finding.met is None]
    if unknown:
        message += f" That this does not apply here could not be established: {unknown[0].message}"
    elif report.applies is None:
        message += " That this does not apply here could not be established: it is not known who asks for what."
    return Reason("prohibited", message, rule=report.rule.iri.value, remedy="Ask the provider for other terms.")


def refusals(report: RuleReport) -> list[Reason]:
    """Say everything that keeps a permission about the action from granting it."""
    unmet = [_unmet(report, found) for found in (*report.constraints, *report.refinements) if found.met is not True]
    duties = [_held_back(report, duty) for duty in report.duties if duty.holds_back(report.mode)]
    return _elsewhere(report) + unmet + duties


def _elsewhere(report: RuleReport) -> list[Reason]:
    found = []
    rule = report.rule.iri.value
    if report.target is not True:
        found.append(
            Reason(
                "rule-for-other-target",
                "The permission is about something else.",
                rule=rule,
                remedy="Ask for a policy about the thing you want to use.",
            )
        )
    if report.party is not True:
        found.append(
            Reason(
                "rule-for-other-assignee",
                "The permission is granted to others.",
                rule=rule,
                remedy="Ask the provider for terms that include your organisation.",
            )
        )
    return found


def _unmet(report: RuleReport, finding: Finding) -> Reason:
    return Reason(
        "constraint-not-met" if finding.met is False else "constraint-undecided",
        finding.message,
        rule=report.rule.iri.value,
        constraint=finding.constraint.value,
        value=finding.value,
        remedy=finding.remedy,
    )


def _held_back(report: RuleReport, duty: DutyReport) -> Reason:
    action = short(duty.duty.action)
    violated = duty.state is DutyState.VIOLATED
    return Reason(
        "duty-violated" if violated else "duty-unfulfilled",
        f"The duty `{action}` of the permission was violated."
        if violated
        else f"The permission needs the duty `{action}` to be fulfilled first.",
        rule=report.rule.iri.value,
        constraint=duty.duty.iri.value,
        remedy="Fulfil the duty and show it to the provider.",
    )
