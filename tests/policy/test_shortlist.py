"""The list of what many policies allow: the same verdicts as one by one, whatever they say."""

from dataclasses import replace

from tests.effort import examples
from tests.policy.policies import CONSUMER, NOW, TARGET, UNKNOWN, limit, may, must_not, offer, part, use
from tests.policy.whole_policies import Maker

from virtuales.policy.evaluate import evaluate
from virtuales.policy.odrl import Policy
from virtuales.policy.request import UseRequest
from virtuales.policy.shortlist import Shortlist
from virtuales.policy.world import NOTHING_KNOWN, World
from virtuales.rdf.namespaces import ODRL, VES
from virtuales.rdf.terms import NamedNode


def one_by_one(policies: list[Policy], request: UseRequest, world: World = NOTHING_KNOWN) -> set[NamedNode]:
    return {
        policy.iri for policy in policies if evaluate(policy, replace(request, target=policy.target), world).allowed
    }


def listed(policies: list[Policy], request: UseRequest, world: World = NOTHING_KNOWN) -> set[NamedNode]:
    return {policy.iri for policy in Shortlist(policies).allowed(request, world)}


def plain(policy: Policy) -> Policy:
    """Leave of a policy what most policies have: actions and constraints."""
    return replace(
        policy,
        target=TARGET,
        assignee=None,
        permissions=tuple(may(rule.action, *rule.constraints) for rule in policy.permissions),
        prohibitions=tuple(must_not(rule.action, *rule.constraints) for rule in policy.prohibitions),
    )


def test_list_has_what_is_allowed_one_by_one() -> None:
    found = 0
    for seed in range(examples(200)):
        maker = Maker(seed)
        made = [replace(maker.policy(), iri=part(f"policy-{number}")) for number in range(20)]
        policies = [plain(policy) if number % 4 else policy for number, policy in enumerate(made)]
        request, world = maker.request(), maker.world(policies[0])
        expected = one_by_one(policies, request, world)
        assert listed(policies, request, world) == expected, f"seed {seed}"
        found += len(expected)
    assert found > examples(200)


def test_list_leaves_out_what_cannot_be_evaluated_and_what_has_no_time() -> None:
    policies: list[Policy] = [offer(may(UNKNOWN)), offer(may(ODRL.read, limit(UNKNOWN, ODRL.eq, UNKNOWN))), offer()]
    assert listed(policies, use()) == set()
    open_to_all: list[Policy] = [offer(may(ODRL.use))]
    assert listed(open_to_all, use()) == {open_to_all[0].iri}
    assert listed(open_to_all, use(time=NOW.replace(tzinfo=None))) == set()


def test_unknown_asker_gets_nothing_that_is_for_somebody() -> None:
    policies: list[Policy] = [
        offer(may(ODRL.read, limit(ODRL.recipient, ODRL.isAnyOf, CONSUMER))),
        offer(may(ODRL.read), must_not(ODRL.read, limit(ODRL.purpose, ODRL.eq, VES.Research))),
    ]
    asked = use(assignee=None, purpose=None, groups=frozenset())
    assert listed(policies, asked) == one_by_one(policies, asked) == set()
