"""Both sides propose other terms until one accepts, gives up, or the provider agrees to what was asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.books import NOON
from tests.workflow.two_sides import ANALYST, STEWARD, Fate, Sides, ask, settle, two_sides

from virtuales.contract.negotiation import Party, State
from virtuales.contract.negotiations import Negotiation
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound
from virtuales.policy.changing import Limit, TermChanges
from virtuales.policy.sentences import policy_sentences
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.workflow import review_access
from virtuales.workflow.bargain import accept, counter, terms_of
from virtuales.workflow.end_negotiation import give_up
from virtuales.workflow.negotiate import Desk

UNTIL = NOON + timedelta(days=90)


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Sides]:
    return lambda: two_sides(tmp_path_factory.mktemp("sides"))


@pytest.fixture
def sides(make: Callable[[], Sides]) -> Sides:
    return make()


def pids(negotiation: Negotiation) -> tuple[NamedNode, NamedNode]:
    """Return the provider's and the consumer's identifier."""
    assert negotiation.opening.provider_pid is not None
    return negotiation.opening.provider_pid, negotiation.opening.consumer_pid


def states(sides: Sides, negotiation: Negotiation) -> list[State]:
    there, here = negotiation.opening.provider_pid, negotiation.opening.consumer_pid
    assert there is not None
    return [
        Desk(sides.provider).negotiations.get(there).state,
        Desk(sides.consumer).negotiations.get(here).state,
    ]


def test_terms_go_to_and_fro_until_the_consumer_accepts(sides: Sides) -> None:
    there, here = pids(ask(sides))
    counter(sides.provider, STEWARD, there, TermChanges(until=UNTIL, uses=3), reason="For this study alone.")
    counter(sides.consumer, ANALYST, here, TermChanges(uses=10), reason="Three are too few for us.")
    assert review_access.reviews(sides.provider, STEWARD)[0].moves == 3
    counter(sides.provider, STEWARD, there, TermChanges(uses=5), reason="Let us meet in the middle.")
    accepted = accept(sides.consumer, ANALYST, here)
    settle(sides)
    assert states(sides, accepted) == [State.FINALIZED, State.FINALIZED]
    for desk in (Desk(sides.provider), Desk(sides.consumer)):
        (record,) = desk.agreements.all()
        said = " ".join(policy_sentences(record.signed.agreement, str))
        assert "until 30 August 2026" in said
        assert "is at most 5" in said
    courses = [[(made.number, made.party, made.move, made.offer) for made in desk.course(pid)]
               for desk, pid in ((Desk(sides.provider), there), (Desk(sides.consumer), here))]  # fmt: skip
    assert courses[0] == courses[1]
    assert [(party, str(move)) for _, party, move, _ in courses[0]][:5] == [
        (Party.CONSUMER, "request"), (Party.PROVIDER, "offer"), (Party.CONSUMER, "request"), (Party.PROVIDER, "offer"),
        (Party.CONSUMER, "accept"),
    ]  # fmt: skip


def test_what_differs_is_said_of_each_proposal(sides: Sides) -> None:
    there, here = pids(ask(sides))
    counter(sides.provider, STEWARD, there, TermChanges(uses=3, attribution=False), reason="For this study alone.")
    for workspace, pid in ((sides.provider, there), (sides.consumer, here)):
        terms = terms_of(workspace, Desk(workspace).negotiations.get(pid), str)
        assert not terms[1].differs
        assert terms[2].differs.gone == ("Approved participants who ask for it may use the data.",
                                         "You have to name the source.")  # fmt: skip
        (new,) = terms[2].differs.new
        assert "the number of uses (this one included) is at most 3" in new


def test_the_provider_agrees_to_what_the_consumer_asks_for_instead(sides: Sides) -> None:
    there, here = pids(ask(sides))
    counter(sides.provider, STEWARD, there, TermChanges(uses=3), reason="For this study alone.")
    counter(sides.consumer, ANALYST, here, TermChanges(lifted=frozenset({Limit.USES})), reason="We cannot count them.")
    agreed = review_access.approve(sides.provider, STEWARD, there, reason="Very well.")
    settle(sides)
    assert states(sides, agreed) == [State.FINALIZED, State.FINALIZED]


def test_either_side_ends_it_with_a_reason(make: Callable[[], Sides]) -> None:
    for who, principal, state in (("provider", STEWARD, State.OFFERED), ("consumer", ANALYST, State.REQUESTED)):
        sides = make()
        opened = ask(sides)
        there, here = pids(opened)
        if state is State.OFFERED:
            counter(sides.provider, STEWARD, there, TermChanges(uses=3), reason="For this study alone.")
        with pytest.raises(InputError, match="no reason"):
            give_up(sides.provider, STEWARD, there, reason=" ")
        workspace, pid = (sides.provider, there) if who == "provider" else (sides.consumer, here)
        give_up(workspace, principal, pid, reason="Plans have changed.")
        assert states(sides, opened) == [State.TERMINATED, State.TERMINATED]
        other = Desk(sides.consumer if who == "provider" else sides.provider)
        owner = opened.opening.assignee if who == "provider" else opened.opening.assigner
        assert any("Plans have changed." in told.text for told in other.notifications.of(owner))


def test_refuses_moves_out_of_turn_and_of_others(sides: Sides) -> None:
    there, here = pids(ask(sides))
    for changes, error, why in (
        (TermChanges(), InputError, "Nothing would change"),
        (TermChanges(until=NOON - timedelta(days=1)), InputError, "has ended"),
        (TermChanges(purposes=(VES.Research,), uses=1), Conflict, "does not allow the consumer to request"),
    ):
        side = (sides.consumer, ANALYST, here) if error is Conflict else (sides.provider, STEWARD, there)
        with pytest.raises(error, match=why):
            counter(*side, changes, reason="For the tests.")
    with pytest.raises(Conflict, match="does not allow the consumer to accept"):
        accept(sides.consumer, ANALYST, here)
    with pytest.raises(AccessDenied):
        counter(sides.provider, ANALYST, there, TermChanges(uses=2), reason="Not ours to give.")
    with pytest.raises(NotFound):
        accept(sides.consumer, ANALYST, there)
    with pytest.raises(InputError):
        TermChanges(uses=0)
    for until in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(2027, 1, 1)):  # noqa: DTZ001  # it is refused
        with pytest.raises(InputError):
            TermChanges(until=until)
    with pytest.raises(InputError):
        TermChanges(purposes=())
    with pytest.raises(InputError):
        TermChanges(uses=1, lifted=frozenset({Limit.USES}))


def test_when_both_move_at_once_both_end_at_the_same(sides: Sides) -> None:
    opened = ask(sides)
    there, here = pids(opened)
    counter(sides.provider, STEWARD, there, TermChanges(uses=3), reason="For this study alone.")
    sides.wire.fate = lambda: Fate.LOST
    accept(sides.consumer, ANALYST, here)
    give_up(sides.provider, STEWARD, there, reason="Somebody else has it now.")
    assert states(sides, opened) == [State.TERMINATED, State.ACCEPTED]
    sides.wire.fate = lambda: Fate.ARRIVES
    settle(sides)
    assert states(sides, opened) == [State.TERMINATED, State.TERMINATED]


def test_what_the_other_side_refuses_is_ended_on_both(sides: Sides) -> None:
    opened = ask(sides)
    there, here = pids(opened)
    counter(sides.provider, STEWARD, there, TermChanges(uses=3), reason="For this study alone.")
    sides.wire.fate = lambda: Fate.LOST
    counter(sides.consumer, ANALYST, here, TermChanges(uses=9), reason="Three are too few for us.")
    store = sides.consumer.store
    assert store.select(f"SELECT ?l WHERE {{ ?l a {VES.Letter} }}", graphs=[Desk(sides.consumer).graph])
    sides.wire.fate = lambda: Fate.TWICE
    settle(sides)
    assert states(sides, opened) == [State.REQUESTED, State.REQUESTED]
    assert Desk(sides.provider).negotiations.get(there).moves == 3
