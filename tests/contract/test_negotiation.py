"""Negotiations: every move that the protocol does not have is refused, and names what would be allowed."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from virtuales.contract.negotiation import TRANSITIONS, Move, Party, State, next_state
from virtuales.contract.negotiations import (
    Negotiation,
    Negotiations,
    Opening,
    Step,
    learn_provider_pid,
    move_negotiation,
    open_negotiation,
)
from virtuales.errors import Conflict, InputError, NotFound
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_store import OxigraphStore

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GRAPH = NamedNode("https://p.example/graph/negotiations")
IRI = NamedNode("https://p.example/id/negotiation/1")
AGREEMENT = NamedNode("https://p.example/id/agreement/1")
OTHER_TERMS = NamedNode("https://p.example/id/offer/2")
PROVIDER, CONSUMER = NamedNode("https://o.example/id/p"), NamedNode("https://o.example/id/c")
TARGET = NamedNode("https://p.example/id/dataset/1/version/1")
STARTS: list[State | None] = [None, *State]
ILLEGAL = [case for case in product(STARTS, Party, Move) if case not in TRANSITIONS]


def opening(justification: str = "To plan the connection.", *, provider_pid: NamedNode | None = IRI) -> Opening:
    return Opening(
        provider_pid,
        NamedNode("https://c.example/id/negotiation/7"),
        NamedNode("https://p.example/id/offer/1"),
        TARGET,
        PROVIDER,
        CONSUMER,
        VES.ConnectionStudy,
        justification,
        "https://c.example/dsp",
    )


class Side:
    """One side's store with one negotiation."""

    def __init__(self, *, provider_pid: NamedNode | None = IRI) -> None:
        self.store = OxigraphStore.in_memory()
        self.negotiations = Negotiations(self.store, GRAPH)
        self.apply(open_negotiation(opening(provider_pid=provider_pid), iri=IRI, at=NOW, graph=GRAPH))

    def apply(self, change: ChangeSet) -> None:
        self.store.apply(change, sequence=self.store.applied_sequence() + 1)

    @property
    def negotiation(self) -> Negotiation:
        return self.negotiations.get(IRI)

    def step(self, party: Party, move: Move, *, reason: str | None = None, agreement: NamedNode | None = None) -> State:
        offer = OTHER_TERMS if move is Move.OFFER else None
        step = Step(party, move, NOW + timedelta(hours=1), by="person", reason=reason, agreement=agreement, offer=offer)
        self.apply(move_negotiation(self.negotiation, step, GRAPH))
        return self.negotiation.state


@pytest.mark.parametrize(("state", "party", "move"), ILLEGAL)
def test_refuses_every_move_that_the_protocol_does_not_have(state: State | None, party: Party, move: Move) -> None:
    with pytest.raises(Conflict, match=str(state or "not open")) as refusal:
        next_state(state, party, move)
    allowed = [f"{who}: {what}" for start, who, what in TRANSITIONS if start is state]
    assert all(name in str(refusal.value.remedy) for name in allowed)


def test_all_cases_are_covered_and_final_states_allow_nothing() -> None:
    assert len(ILLEGAL) + len(TRANSITIONS) == len(STARTS) * len(Party) * len(Move) == 112
    assert {start for start, _, _ in TRANSITIONS if start and start.is_final} == set()
    assert {state for state in State if state.is_final} == {State.FINALIZED, State.TERMINATED}


def test_refuses_double_agreement_and_agreement_after_refusal() -> None:
    side = Side()
    side.step(Party.PROVIDER, Move.AGREE, agreement=AGREEMENT)
    with pytest.raises(Conflict, match="AGREED"):
        side.step(Party.PROVIDER, Move.AGREE, agreement=AGREEMENT)
    refused = Side()
    refused.step(Party.PROVIDER, Move.TERMINATE, reason="no need shown")
    with pytest.raises(Conflict, match="TERMINATED"):
        refused.step(Party.PROVIDER, Move.AGREE, agreement=AGREEMENT)


def test_refuses_refusal_without_a_reason_and_agreement_without_a_document() -> None:
    with pytest.raises(InputError, match="no reason"):
        Side().step(Party.PROVIDER, Move.TERMINATE, reason=" ")
    with pytest.raises(InputError, match="agreement"):
        Side().step(Party.PROVIDER, Move.AGREE)


@pytest.mark.parametrize("justification", ["", "please", " " * 50, "x" * 5000])
def test_refuses_request_that_does_not_say_why(justification: str) -> None:
    with pytest.raises(InputError) as refusal:
        opening(justification)
    assert refusal.value.where == "justification"


def test_refuses_negotiation_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        Side().negotiations.get(NamedNode("https://p.example/id/negotiation/2"))


def test_request_waits_for_review_until_it_is_decided() -> None:
    side = Side()
    assert side.negotiations.to_review(PROVIDER) == [side.negotiation]
    assert side.negotiations.to_review(CONSUMER) == []
    assert side.negotiations.open_between(CONSUMER, TARGET) == [side.negotiation]
    side.step(Party.PROVIDER, Move.TERMINATE, reason="no need shown")
    assert side.negotiations.to_review(PROVIDER) == []
    assert side.negotiations.open_between(CONSUMER, TARGET) == []
    assert side.negotiation.reason == "no need shown"
    assert side.negotiation.opening == opening()


def test_negotiation_runs_from_request_to_finalised() -> None:
    side = Side()
    states = [
        side.step(Party.PROVIDER, Move.OFFER, reason="only for this year"),
        side.step(Party.CONSUMER, Move.ACCEPT),
        side.step(Party.PROVIDER, Move.AGREE, agreement=AGREEMENT),
        side.step(Party.CONSUMER, Move.VERIFY),
        side.step(Party.PROVIDER, Move.FINALIZE),
    ]
    assert states == [State.OFFERED, State.ACCEPTED, State.AGREED, State.VERIFIED, State.FINALIZED]
    assert side.negotiation.agreement == AGREEMENT
    assert (side.negotiation.opening.offer, side.negotiation.moves) == (OTHER_TERMS, 6)
    assert (side.negotiation.reason, side.negotiation.decided_by) == (None, "person")
    assert side.negotiations.all(State.FINALIZED) == side.negotiations.of_consumer(CONSUMER) == [side.negotiation]


def test_consumer_learns_the_providers_identifier() -> None:
    side = Side(provider_pid=None)
    assert side.negotiation.opening.provider_pid is None
    side.apply(learn_provider_pid(side.negotiation, NamedNode("urn:uuid:provider"), GRAPH))
    assert side.negotiation.opening.provider_pid == NamedNode("urn:uuid:provider")
