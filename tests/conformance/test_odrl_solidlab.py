"""SolidLab's suite of ODRL evaluation: each rule, premise and constraint comes out as its report has it.

https://github.com/SolidLabResearch/ODRL-Test-Suite. A duty there is eventual: its permission stays active until the
duty is violated.
"""

from collections import Counter

import pytest
from tests.conformance.odrl_suites import Case, solidlab
from tests.shared_data import SHARED

from virtuales.policy.constraints import Finding
from virtuales.policy.duties import DutyMode
from virtuales.policy.evaluate import report
from virtuales.policy.odrl import Permission
from virtuales.policy.report import PolicyReport, RuleReport

CASES = solidlab() if (SHARED / "suites/odrl").exists() else ()


def evaluated(case: Case) -> PolicyReport:
    return report(case.policy, case.request, case.world, mode=DutyMode.EVENTUALLY)


def of_rule(case: Case, rule: str) -> list[RuleReport]:
    """Return the reports of a rule; one about every action has two."""
    found = [one for one in evaluated(case).rules if one.rule.iri.value.partition("#")[0] == rule]
    assert found
    return found


def every(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for top in findings for finding in (top, *every(top.parts))]


@pytest.mark.skipif(not CASES, reason="needs the shared data `suites/odrl`, which is not beside this checkout")
def test_the_suite_is_whole() -> None:
    assert len(CASES) == 68
    assert len({case.policy.iri for case in CASES}) == 21
    assert Counter(state for case in CASES for state in case.rules.values()) == {True: 34, False: 34}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_rules_are_active_as_the_suite_says(case: Case) -> None:
    for rule, active in case.rules.items():
        assert any(one.applies is True for one in of_rule(case, rule.value)) is active
    for (rule, premise), met in case.premises.items():
        assert any(getattr(one, premise) is True for one in of_rule(case, rule.value)) is met
    constraints = {found.constraint: found.met for one in evaluated(case).rules for found in every(one.constraints)}
    for name, satisfied in case.constraints.items():
        assert constraints[name] is satisfied


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_decision_follows_from_the_active_rules(case: Case) -> None:
    (rule,) = case.rules
    permission = isinstance(of_rule(case, rule.value)[0].rule, Permission)
    decision = evaluated(case).decision
    assert decision.allowed is (permission and case.rules[rule])
    assert decision.reasons
