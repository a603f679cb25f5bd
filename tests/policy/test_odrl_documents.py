"""Policies as JSON-LD and as statements: read strictly, written so that they read back the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from tests.effort import examples
from tests.policy.policies import (
    BASE,
    CONSUMER,
    NOW,
    OFFERS,
    PROVIDER,
    TARGET,
    agreement,
    limit,
    may,
    must_not,
    offer,
    part,
    use,
)
from tests.shared_data import shared

from virtuales.errors import InputError, NotFound, UnknownTerm
from virtuales.policy.compact import policy_to_json
from virtuales.policy.context import POLICY_CONTEXT
from virtuales.policy.evaluate import evaluate
from virtuales.policy.granting import agreement_from
from virtuales.policy.odrl import Agreement, LogicalConstraint, Offer
from virtuales.policy.odrl_json import parse_policy
from virtuales.policy.odrl_rdf import get_policy, policy_quads
from virtuales.rdf.canonical import json_ld_quads
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode, date_time
from virtuales.store.oxigraph_store import OxigraphStore

GRAPH = NamedNode("https://p.example/graph/policies")
Change = Callable[[dict[str, Any]], object]


def document() -> dict[str, Any]:
    return {
        "@id": BASE,
        "@type": "Offer",
        "target": TARGET.value,
        "assigner": PROVIDER.value,
        "permission": [
            {
                "action": "use",
                "constraint": [
                    {"leftOperand": "purpose", "operator": "eq", "rightOperand": {"@id": VES.Research.value}},
                    {"leftOperand": "dateTime", "operator": "lteq", "rightOperand": "2027-01-01T00:00:00Z"},
                ],
            }
        ],
        "prohibition": [{"action": "distribute"}],
    }


def constraint_of(policy: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = policy["permission"][0]["constraint"][0]
    return found


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda d: d.pop("@id"), InputError),
        (lambda d: d.update({"@id": "offer-1"}), InputError),
        (lambda d: d.pop("target"), InputError),
        (lambda d: d.pop("assigner"), InputError),
        (lambda d: d.update({"@type": "Set"}), UnknownTerm),
        (lambda d: d.update({"@type": "Agreement"}), InputError),
        (lambda d: d.update({"permision": []}), UnknownTerm),
        (lambda d: d.update({"profile": "https://example.org/profile"}), UnknownTerm),
        (lambda d: d.update({"conflict": "mayhem"}), UnknownTerm),
        (lambda d: d.update({"permission": "use"}), InputError),
        (lambda d: d.update({"permission": [{"action": "use"}] * 201}), InputError),
        (lambda d: d["permission"][0].update({"target": "urn:x"}), UnknownTerm),
        (lambda d: d["permission"][0].update({"refinement": []}), UnknownTerm),
        (lambda d: d["permission"][0].pop("action"), InputError),
        (lambda d: d["permission"][0].update({"action": ["use", "read"]}), InputError),
        (lambda d: d["permission"][0].update({"action": "https://example.org/act"}), UnknownTerm),
        (lambda d: d["prohibition"][0].update({"duty": []}), UnknownTerm),
        (lambda d: constraint_of(d).pop("leftOperand"), InputError),
        (lambda d: constraint_of(d).update({"leftOperand": "partner"}), UnknownTerm),
        (lambda d: constraint_of(d).update({"leftOperand": "odrl:fileFormat"}), UnknownTerm),
        (lambda d: constraint_of(d).pop("operator"), InputError),
        (lambda d: constraint_of(d).update({"operator": "hasPart"}), UnknownTerm),
        (lambda d: constraint_of(d).update({"operator": "lteq"}), UnknownTerm),
        (lambda d: constraint_of(d).pop("rightOperand"), InputError),
        (lambda d: constraint_of(d).update({"rightOperand": []}), InputError),
        (lambda d: constraint_of(d).update({"rightOperand": "research"}), InputError),
        (lambda d: constraint_of(d).update({"rightOperand": 7}), InputError),
        (lambda d: constraint_of(d).update({"rightOperand": {"@id": "relative"}}), InputError),
        (lambda d: constraint_of(d).update({"rightOperandReference": "urn:x"}), UnknownTerm),
        (lambda d: constraint_of(d).update({"unit": "urn:x"}), UnknownTerm),
        (lambda d: constraint_of(d).update({"and": []}), UnknownTerm),
        (lambda d: d["permission"][0].update({"constraint": [{"andSequence": []}]}), UnknownTerm),
        (lambda d: d["permission"][0].update({"constraint": [{"or": []}]}), InputError),
        (lambda d: d["permission"][0]["constraint"][1].update({"rightOperand": "2027-01-01"}), InputError),
    ],
)
def test_refuses_policy_with_something_wrong(change: Change, error: type[InputError]) -> None:
    policy = document()
    change(policy)
    with pytest.raises(error) as refusal:
        parse_policy(policy)
    assert refusal.value.where
    assert refusal.value.remedy


def test_refuses_deeply_nested_constraints() -> None:
    inner: dict[str, Any] = constraint_of(document())
    for _ in range(20):
        inner = {"and": [inner]}
    policy = document()
    policy["permission"][0]["constraint"] = [inner]
    with pytest.raises(InputError, match="nested"):
        parse_policy(policy)


def test_refuses_target_other_than_that_of_the_surroundings() -> None:
    with pytest.raises(InputError, match="target"):
        parse_policy(document(), target=NamedNode("urn:other"))


def test_refuses_stored_policy_that_is_missing_or_was_given_an_unknown_part() -> None:
    store = OxigraphStore.in_memory()
    with pytest.raises(NotFound):
        get_policy(store, GRAPH, part("nothing"))
    policy = offer(may(ODRL.read, name="p"))
    spoiled = Statements(GRAPH).say(part("p"), ODRL.delayPeriod, "P1D")
    store.apply(ChangeSet(add=policy_quads(policy, GRAPH) + spoiled.quads), sequence=1)
    with pytest.raises(UnknownTerm, match="delayPeriod"):
        get_policy(store, GRAPH, policy.iri)


def test_refuses_stored_policy_with_two_targets() -> None:
    store = OxigraphStore.in_memory()
    policy = offer(may(ODRL.read))
    second = Statements(GRAPH).say(policy.iri, ODRL.target, NamedNode("urn:other"))
    store.apply(ChangeSet(add=policy_quads(policy, GRAPH) + second.quads), sequence=1)
    with pytest.raises(InputError, match="2 values"):
        get_policy(store, GRAPH, policy.iri)


def test_compact_document_is_read_with_an_iri_for_every_part() -> None:
    policy = parse_policy(document())
    assert isinstance(policy, Offer)
    (permission,) = policy.permissions
    assert permission.iri.value == f"{BASE}#permission-1"
    assert permission.constraints[1].iri.value == f"{BASE}#permission-1-constraint-2"
    assert evaluate(policy, use(purpose=VES.Research)).allowed
    assert not evaluate(policy, use(ODRL.distribute, purpose=VES.Research)).allowed


@given(OFFERS)
@settings(max_examples=examples(60), deadline=None)
def test_json_reads_back_the_same(policy: Offer) -> None:
    assert parse_policy(json.loads(json.dumps(policy_to_json(policy)))) == policy


@given(OFFERS)
@settings(max_examples=25, deadline=None)
def test_json_ld_and_statements_say_the_same(policy: Offer) -> None:
    named = parse_policy(_renamed(policy_to_json(policy)))
    compact = {"@context": dict(POLICY_CONTEXT), **policy_to_json(named)}
    graph = {quad.triple for quad in policy_quads(named, GRAPH)}
    assert {quad.triple for quad in json_ld_quads(compact, {})} == graph


def _renamed(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Take the random names of the parts away, which may repeat."""
    if isinstance(value, dict):
        return {
            key: _renamed(inner)
            for key, inner in value.items()
            if key != "@id" or value.get("@type") == "Offer" or set(value) == {"@id"}
        }
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value


def test_stored_policy_reads_back_the_same() -> None:
    both = LogicalConstraint(
        part("l"),
        ODRL["or"],
        (
            limit(ODRL.purpose, ODRL.isAnyOf, VES.NetworkPlanning, VES.Research, name="l-1"),
            limit(ODRL.dateTime, ODRL.lt, date_time("2027-01-01T00:00:00Z"), name="l-2"),
        ),
    )
    policy = agreement(may(ODRL.use, both), must_not(ODRL.distribute))
    store = OxigraphStore.in_memory()
    beside = Statements(GRAPH).say(policy.iri, VES.status, VES.Active)
    store.apply(ChangeSet(add=policy_quads(policy, GRAPH) + beside.quads), sequence=1)
    assert get_policy(store, GRAPH, policy.iri) == policy


def test_agreement_from_an_offer_grants_the_same_under_its_own_names() -> None:
    granted = agreement_from(
        parse_policy(document()), iri=NamedNode("https://p.example/id/agreement/1"), assignee=CONSUMER
    )
    assert isinstance(granted, Agreement)
    assert granted.permissions[0].iri.value == "https://p.example/id/agreement/1#permission-1"
    assert granted.permissions[0].constraints[0].iri.value.startswith("https://p.example/id/agreement/1#")
    assert evaluate(granted, use(purpose=VES.Research)).allowed
    assert not evaluate(granted, use(purpose=VES.Research, time=NOW.replace(year=2028))).allowed


def test_protocol_examples_with_terms_of_others_are_refused_and_plain_ones_read() -> None:
    folder = shared("suites/dataspace-protocol/examples/negotiation")
    plain = json.loads((folder / "contract-agreement-message.json").read_text())["agreement"]
    assert parse_policy(plain, extra=frozenset({"timestamp"})).assignee == NamedNode("http://example.com/Consumer")
    full = json.loads((folder / "contract-agreement-message-full.json").read_text())["agreement"]
    with pytest.raises(UnknownTerm):
        parse_policy(full, extra=frozenset({"timestamp", "profile"}))
