"""Two sides always come to hold the same: whatever is lost, doubled, late, or killed on the way."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.books import NOON
from tests.effort import examples, is_long
from tests.workflow.two_sides import (
    ANALYST,
    CONSUMER,
    STEWARD,
    THERE,
    Fate,
    KillableLedger,
    Killed,
    Sides,
    ask,
    settle,
    two_sides,
)

from virtuales.contract.conduct import RuleState
from virtuales.contract.letters import LetterKind, waiting_letters
from virtuales.contract.negotiation import State
from virtuales.contract.negotiations import Negotiation
from virtuales.errors import VirtualesError
from virtuales.policy.changing import TermChanges
from virtuales.policy.demands import parse_demand
from virtuales.policy.templates import Audience, OfferTerms
from virtuales.rdf.terms import NamedNode
from virtuales.trust.tokens import Principal
from virtuales.workflow import keep_record, review_access
from virtuales.workflow.amend import amend
from virtuales.workflow.bargain import accept, counter
from virtuales.workflow.due import carry_on
from virtuales.workflow.end_agreement import revoke, terminate
from virtuales.workflow.end_negotiation import give_up
from virtuales.workflow.negotiate import Desk
from virtuales.workflow.obligations import judge, obligations, show_evidence
from virtuales.workflow.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

TERMS = OfferTerms(Audience.PARTICIPANTS, demands=(parse_demand("report=30d"),))
DEEDS = (
    "ask", "ask", "counter", "counter", "accept", "accept", "approve", "approve", "give up", "terminate", "revoke",
    "amend", "show", "judge", "record", "carry on", "carry on", "carry on", "late", "late",
)  # fmt: skip
WHY = "Because the tests say so."


@dataclass
class Walk:
    """A random walk through what two sides can do, in a world where messages are lost and processes killed.

    Args:
        sides: The two sides.
        chance: What decides.
        kills: Whether processes are killed too.
        killed: How often one was.
    """

    sides: Sides
    chance: random.Random
    kills: bool
    killed: int = 0
    done: list[str] = field(default_factory=list)

    def go(self, steps: int) -> None:
        """Take so many steps."""
        self.sides.wire.fate = lambda: self.chance.choice((Fate.ARRIVES, Fate.ARRIVES, *Fate))
        for base in self.sides.wire.nodes:
            self._arm(base)
        for number in range(steps):
            self.sides.clock.advance(timedelta(seconds=1))
            deed, base = self.chance.choice(DEEDS), self.chance.choice(list(self.sides.wire.nodes))
            with self.sides.wire.work(base), suppress(VirtualesError):
                self._do(deed, self.sides.wire.nodes[base], ANALYST if base == THERE else STEWARD, number)
                self.done.append(deed)

    def end(self) -> None:
        """Let every message arrive and no process be killed, until nothing is left to do."""
        self.kills = False
        self.sides.wire.fate = lambda: Fate.ARRIVES
        for _ in range(3):
            settle(self.sides)

    def _arm(self, base: str) -> None:
        ledger = self.sides.wire.nodes[base].ledger
        assert isinstance(ledger, KillableLedger)
        ledger.switch = self._maybe_kill

    def _maybe_kill(self, base: str) -> None:
        if self.kills and self.chance.random() < 0.04:  # about every tenth step
            self.killed += 1
            raise Killed(base)

    def _do(self, deed: str, node: Workspace, who: Principal, number: int) -> None:
        changes = TermChanges(uses=number + 1)
        deeds: dict[str, Callable[[], object]] = {
            "ask": lambda: ask(self.sides) if who is ANALYST else None,
            "counter": lambda: counter(node, who, self._open(node), changes, reason=WHY),
            "accept": lambda: accept(node, who, self._open(node)),
            "approve": lambda: review_access.approve(node, who, self._open(node), reason=WHY),
            "give up": lambda: give_up(node, who, self._open(node), reason=WHY),
            "terminate": lambda: terminate(node, who, self._agreement(node), reason=WHY),
            "revoke": lambda: revoke(node, who, self._agreement(node), reason=WHY),
            "amend": lambda: amend(node, who, self._agreement(node), changes, reason=WHY),
            "show": lambda: self._show(node, who),
            "judge": lambda: self._judge(node, who),
            "record": lambda: self._record(node, who),
            "carry on": lambda: carry_on(node),
            "late": lambda: self.sides.wire.deliver(self.chance.choice(self.sides.wire.kept)),
        }
        with suppress(IndexError):
            deeds[deed]()

    def _open(self, node: Workspace) -> NamedNode:
        found = [one for one in Desk(node).negotiations.all() if not one.state.is_final]
        return self.chance.choice(found).iri

    def _agreement(self, node: Workspace) -> NamedNode:
        return self.chance.choice(Desk(node).agreements.all()).iri

    def _show(self, node: Workspace, who: Principal) -> None:
        record = Desk(node).agreements.get(self._agreement(node))
        rule = self.chance.choice(obligations(node, record)).duty.iri
        show_evidence(node, who, record.iri.value.rpartition("/")[2], rule=rule, text=WHY)

    def _record(self, node: Workspace, who: Principal) -> None:
        record = Desk(node).agreements.get(self._agreement(node))
        rule = self.chance.choice(obligations(node, record)).duty.iri
        keep_record.record(node, who, record.iri, rule=rule, state=self.chance.choice(list(RuleState)), reason=WHY)

    def _judge(self, node: Workspace, who: Principal) -> None:
        record = Desk(node).agreements.get(self._agreement(node))
        shown = [each for one in obligations(node, record) for each in one.evidence]
        keys = [iri.value.rpartition("/")[2] for iri in (record.iri, self.chance.choice(shown).iri)]
        judge(node, who, keys[0], keys[1], accepted=self.chance.random() < 0.5, reason=WHY)  # a coin


def negotiations(node: Workspace) -> dict[str, Negotiation]:
    """Return a side's negotiations by the consumer's identifier."""
    return {one.opening.consumer_pid.value: one for one in Desk(node).negotiations.all()}


def agreements(node: Workspace) -> dict[str, object]:
    """Return all that a side holds about its agreements."""
    return {
        record.iri.value: (
            record.signed.text(),
            record.ending,
            [(one.duty.iri.value, one.state, one.evidence) for one in obligations(node, record)],
        )
        for record in Desk(node).agreements.all()
    }


def assert_same(sides: Sides) -> None:
    """Assert that both sides hold the same agreements, and stand at the same in every negotiation."""
    there, here = negotiations(sides.provider), negotiations(sides.consumer)
    for pid in there.keys() | here.keys():
        known = [one for one in (there.get(pid), here.get(pid)) if one is not None]
        states = {one.state for one in known}
        # What opens a negotiation can come so late that the other side has given it up: then nobody can agree to it.
        late = len(known) == 2 and State.TERMINATED in states and min(one.moves for one in known) == 1
        assert len(states) == 1 or late, f"{pid}: {[(one.state, one.moves) for one in known]}"
        assert len(known) == 2 or states == {State.TERMINATED}, f"{pid} is unknown to one side"
        if states == {State.FINALIZED}:
            assert len({(one.agreement, one.opening.offer) for one in known}) == 1
    for node in (sides.provider, sides.consumer):
        for kind in LetterKind:
            assert waiting_letters(node.store, Desk(node).graph, kind) == [], "every letter was taken, or refused"
    assert agreements(sides.provider) == agreements(sides.consumer)
    active = [Desk(node).agreements.active(CONSUMER, sides.version, sides.clock.now())
              for node in (sides.provider, sides.consumer)]  # fmt: skip
    assert [one.iri for one in active[0]] == [one.iri for one in active[1]]
    assert len(active[0]) <= 1, "one agreement replaces another"


@pytest.mark.req("J5.2")
@pytest.mark.parametrize("kills", [False, True], ids=["messages", "kills"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=examples(24), deadline=None, derandomize=not is_long(), suppress_health_check=list(HealthCheck))
def test_both_sides_come_to_hold_the_same(tmp_path_factory: pytest.TempPathFactory, kills: bool, seed: int) -> None:
    sides = two_sides(tmp_path_factory.mktemp("sides"), TERMS)
    walk = Walk(sides, random.Random(seed), kills)  # the tests' own chance
    walk.go(60)
    walk.end()
    assert sides.clock.now() == NOON + timedelta(seconds=60)
    assert_same(sides)
    for base in sides.wire.nodes:
        sides.restart(base)
    assert_same(sides)
