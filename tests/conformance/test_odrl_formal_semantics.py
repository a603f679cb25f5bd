"""The examples of the W3C's draft of ODRL's formal semantics: activation, control and constraints as reported.

https://w3c.github.io/odrl/formal-semantics/. A duty there comes first: its permission is inactive until the duty is
fulfilled, or does not bind.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from tests.shared_data import shared

from virtuales.policy.duties import DutyMode, DutyState
from virtuales.policy.evaluate import report
from virtuales.policy.odrl import Permission, Policy
from virtuales.policy.odrl_json import read_policy
from virtuales.policy.profile import CORE, LEFT_OPERANDS, OPERATORS_OF, Kind, LeftOperand, Profile
from virtuales.policy.report import PolicyReport
from virtuales.policy.request import UseRequest
from virtuales.policy.world import Performed, World
from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import Literal, NamedNode, typed

EXAMPLES = "suites/odrl/w3c-formal-semantics/examples"
CASES = ("A11", "A12", "B11", "B12", "C11", "C12", "C21", "C22", "C23")
DAY = NamedNode("ex:dayOfWeek")
EURO = NamedNode("http://dbpedia.org/resource/Euro")
DOTS = NamedNode("http://dbpedia.org/resource/Dots_per_inch")
MISSPELT = {"http://example.com/party/billie1": "http://example.com/party/billie"}
"""The draft's text says that billie plays the music; the requests of its examples misspell the name."""

PROFILE = Profile(
    left_operands=MappingProxyType(
        {**LEFT_OPERANDS, DAY: LeftOperand(DAY, Kind.TEXT, OPERATORS_OF[Kind.TEXT], "day of the week")}
    )
)


def read(case: str, kind: str) -> Any:  # noqa: ANN401 - any JSON
    found = [file for file in shared(EXAMPLES).rglob(f"{kind}*.json") if file.stem.endswith(case)]
    assert len(found) == 1
    return json.loads(found[0].read_text(encoding="utf-8"))


def policy(case: str) -> Policy:
    return read_policy(timed(read(case[:2], "policy")))


def timed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Turn the days of the examples into instants: they give no time and no zone."""
    if isinstance(value, dict):
        if value.get("@type") == "xsd:date":
            return {"@value": f"{value['@value']}T00:00:00Z", "@type": "xsd:dateTime"}
        return {key: timed(inner) for key, inner in value.items()}
    return [timed(inner) for inner in value] if isinstance(value, list) else value


def request(case: str) -> UseRequest:
    said = read(case, "evaluationrequest")
    value = said["requestParameters"]["value"]
    resolution, time = None, datetime(2025, 1, 1, tzinfo=UTC)
    if said["requestParameters"]["describesFeature"] == DOTS.value:
        resolution = typed(value["@id"], "integer")
    else:
        time = datetime.fromisoformat(value["@value"]).replace(tzinfo=UTC)
    party = said.get("evaluatedParty")
    facts: dict[NamedNode, frozenset[NamedNode | Literal]] = {DAY: frozenset({Literal(f"{time:%A}")})}
    if resolution:
        facts[ODRL.resolution] = frozenset({resolution})
    return UseRequest(
        assignee=NamedNode(MISSPELT.get(party, party)) if party else None,
        action=NamedNode(said["evaluatedAction"].replace("odrl:", ODRL.iri)),
        target=NamedNode(said["evaluatedTarget"]),
        time=time,
        facts=facts,
        units={ODRL.resolution: DOTS} if resolution else {},
    )


def world(case: str) -> World:
    """Read what was paid before; where an example has no state of the world, nothing was."""
    if case not in {"C12", "C23"}:
        return World()
    paid = read(case, "state")["context"]
    assert paid["@type"] == "pay:Payment"
    assert paid["pay:currency"] == "https://dbpedia.org/resource/Euro"
    deed = UseRequest(
        assignee=NamedNode(paid["pay:payer"]),
        action=ODRL.compensate,
        target=None,
        time=datetime.fromisoformat(paid["pay:paymentDate"]["@value"]).replace(tzinfo=UTC),
        facts={ODRL.payAmount: frozenset({typed(paid["pay:netAmount"]["@value"], "decimal")})},
        units={ODRL.payAmount: EURO},
    )
    return World(performed=(Performed(deed, NamedNode(paid["conditionId"])),))


def evaluated(case: str, mode: DutyMode = DutyMode.BEFORE) -> PolicyReport:
    return report(policy(case), request(case), world(case), mode=mode, profile=PROFILE)


def expected(case: str) -> Mapping[str, Any]:
    said = read(case, "compliancereport")
    return {part["@type"]: part for part in said.values() if isinstance(part, dict) and "@type" in part}


def test_the_examples_are_whole() -> None:
    folder = shared(EXAMPLES)
    assert len(list(folder.rglob("evaluationrequest*.json"))) == len(CASES)
    assert len(list(folder.rglob("compliancereport*.json"))) == len(CASES)
    assert {Path(file).stem.removeprefix("policy") for file in folder.rglob("policy*.json")} == {
        *(case[:2] for case in CASES),
        "A2",
    }


@pytest.mark.parametrize("case", CASES)
def test_permission_is_active_and_permits_as_the_draft_says(case: str) -> None:
    (rule,) = evaluated(case).rules
    said = expected(case)["report:ruleReport"]
    assert said["report:rule"] == rule.rule.iri.value
    assert said["report:activationState"] == ("report:Active" if rule.active else "report:Inactive")
    assert said["report:controlState"] == ("report:Permit" if rule.applies else "report:Deny")
    assert evaluated(case).decision.allowed is (said["report:controlState"] == "report:Permit")


@pytest.mark.parametrize("case", CASES)
def test_constraints_and_refinements_come_out_as_the_draft_says(case: str) -> None:
    said = expected(case).get("report:ConstraintReport")
    (rule,) = evaluated(case).rules
    findings = [*rule.constraints, *rule.refinements]
    findings += [finding for duty in rule.duties for finding in duty.constraints]
    if said is None:
        assert not findings
        return
    states = {finding.constraint.value: finding.met for finding in findings}
    assert states[said["report:constraint"]] is (said["report:satisfactionState"] == "report:Satisfied")


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("C")])
def test_conditions_are_fulfilled_as_the_draft_says(case: str) -> None:
    said = expected(case)["report:ConditionReport"]
    (rule,) = evaluated(case).rules
    (duty,) = rule.duties
    assert duty.state is (
        DutyState.FULFILLED if said["report:deonticState"] == "report:Fulfilled" else DutyState.NOT_SET
    )
    if case != "C11":  # the report of C11 calls the condition satisfied, which is no activation state
        assert said["report:activationState"] == ("report:Active" if duty.active else "report:Inactive")


def test_reading_duties_as_eventual_would_contradict_the_draft() -> None:
    differing = [
        case
        for case in CASES
        if evaluated(case, DutyMode.EVENTUALLY).decision.allowed is not evaluated(case).decision.allowed
    ]
    assert differing == ["C11", "C22"]


def test_the_example_without_a_request_is_a_prohibition_that_is_understood() -> None:
    rule = policy("A2").prohibitions[0]
    assert not isinstance(rule, Permission)
    asked = UseRequest(
        NamedNode("http://example.com/assignee:55"),
        ODRL.archive,
        NamedNode("http://example.com/photoAlbum:55"),
        datetime(2024, 6, 1, tzinfo=UTC),
    )
    assert report(policy("A2"), asked, profile=CORE).decision.reasons[0].code == "prohibited"
    late = UseRequest(asked.assignee, asked.action, asked.target, datetime(2026, 6, 1, tzinfo=UTC))
    assert report(policy("A2"), late, profile=CORE).decision.reasons[0].code == "no-permission"
