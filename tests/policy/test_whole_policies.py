"""Random policies with all that the model has: the evaluator agrees with the plain model and never opens a door."""

import json

import pytest
from tests.effort import examples
from tests.policy.plain_model import PlainModel
from tests.policy.whole_policies import Maker

from virtuales.policy.check import problems
from virtuales.policy.compact import policy_to_json
from virtuales.policy.context import POLICY_CONTEXT
from virtuales.policy.duties import DutyMode
from virtuales.policy.evaluate import evaluate, report
from virtuales.policy.odrl import Offer
from virtuales.policy.odrl_json import parse_policy, read_policy
from virtuales.policy.odrl_rdf import get_policy, policy_quads
from virtuales.rdf.canonical import json_ld_quads
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_store import OxigraphStore

GRAPH = NamedNode("https://p.example/graph/policies")
SEEDS = range(examples(4000))


def test_decisions_agree_with_the_plain_model() -> None:
    allowed = 0
    for seed in SEEDS:
        maker = Maker(seed)
        policy, request = maker.policy(), maker.request()
        world = maker.world(policy)
        for mode in DutyMode:
            decision = evaluate(policy, request, world, mode=mode)
            plain = PlainModel(request, world, eventual=mode is DutyMode.EVENTUALLY)
            assert decision.allowed is plain.allows(policy), f"seed {seed}, {mode}"
            assert all(reason.message for reason in decision.reasons)
            allowed += decision.allowed
    assert len(SEEDS) * 2 // 20 < allowed, "policies that nearly always deny would show little"


def test_what_is_allowed_is_allowed_however_the_unknown_turns_out() -> None:
    for seed in SEEDS:
        maker = Maker(seed)
        policy, request = maker.policy(), maker.request()
        world = maker.world(policy)
        if evaluate(policy, request, world).allowed:
            known = maker.completed(request)
            assert evaluate(policy, known, maker.filled(world, known)).allowed, f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_reports_are_json_and_name_every_rule(seed: int) -> None:
    maker = Maker(seed)
    policy, request = maker.policy(), maker.request()
    found = report(policy, request, maker.world(policy))
    said = json.loads(json.dumps(found.to_json()))
    assert said["allowed"] is found.decision.allowed
    scoped = {reason.code for reason in found.decision.reasons} & {"other-target", "other-assignee"}
    named = [rule.iri.value for rule in policy.permissions] + [rule.iri.value for rule in policy.prohibitions]
    assert [rule["rule"] for rule in said["rules"]] == ([] if scoped else named)


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_whole_policies_read_back_the_same(seed: int) -> None:
    policy = Maker(seed).policy()
    assert problems(policy) == []
    assert read_policy(json.loads(json.dumps(policy_to_json(policy)))) == policy


@pytest.mark.parametrize("seed", SEEDS[:40])
def test_exchanged_offers_are_stored_and_signed_with_all_they_say(seed: int) -> None:
    policy = Maker(seed).offer()
    store = OxigraphStore.in_memory()
    quads = policy_quads(policy, GRAPH)
    store.apply(ChangeSet(add=quads), sequence=1)
    stored, parsed = get_policy(store, GRAPH, policy.iri), parse_policy(policy_to_json(policy))
    assert parsed == policy
    assert in_order(stored) == in_order(parsed)
    compact = {"@context": dict(POLICY_CONTEXT), **policy_to_json(policy)}
    assert {quad.triple for quad in json_ld_quads(compact, {})} == {quad.triple for quad in quads}


def in_order(policy: Offer) -> str:
    """Write a policy with its parts in one order, since statements have none."""
    return json.dumps(ordered(policy_to_json(policy)), sort_keys=True)


def ordered(value: object) -> object:
    if isinstance(value, dict):
        return {key: ordered(inner) for key, inner in value.items()}
    return sorted((ordered(inner) for inner in value), key=str) if isinstance(value, list) else value
