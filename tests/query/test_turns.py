"""Places are shared out fairly, and nobody waits where too many do."""

import threading
from collections.abc import Callable

import pytest
from tests.nodes import eventually

from virtuales.errors import Busy, LimitExceeded
from virtuales.query.turns import Turns


def patient() -> None:
    """Wait on."""


def taker(turns: Turns, asker: str, taken: list[str]) -> Callable[[], None]:
    def take() -> None:
        turns.take(asker, patient)
        taken.append(asker)
        turns.give_back(asker)

    return take


def waits(turns: Turns, askers: list[str]) -> tuple[list[threading.Thread], list[str]]:
    """Let askers stand in line one after the other; return their threads, and a list that grows as they have a turn."""
    taken: list[str] = []
    threads = []
    for asker in askers:
        before = turns.waiting
        threads.append(threading.Thread(target=taker(turns, asker, taken)))
        threads[-1].start()
        eventually(lambda before=before: turns.waiting > before)  # type: ignore[misc]  # a lambda's default has no type
    return threads, taken


def test_those_who_wait_take_turns_however_many_one_wants() -> None:
    turns = Turns(1, waiting_each=8, waiting_all=20)
    turns.take("first", patient)
    threads, taken = waits(turns, ["greedy", "greedy", "greedy", "modest", "other"])
    turns.give_back("first")
    for thread in threads:
        thread.join(20)
    assert taken == ["greedy", "modest", "other", "greedy", "greedy"]


def test_a_place_goes_to_whoever_has_the_fewest() -> None:
    turns = Turns(2, waiting_each=8, waiting_all=20)
    turns.take("greedy", patient)
    turns.take("other", patient)
    threads, taken = waits(turns, ["greedy", "modest"])
    turns.give_back("other")
    for thread in threads:
        thread.join(20)
    assert taken[0] == "modest"


def test_refuses_more_than_one_asker_or_all_may_have() -> None:
    turns = Turns(1, waiting_each=1, waiting_all=2)
    turns.take("one", patient)
    threads, _ = waits(turns, ["one", "two"])
    with pytest.raises(Busy, match="1 of your queries wait"):
        turns.take("one", patient)
    with pytest.raises(Busy, match="Too many queries"):
        turns.take("three", patient)
    turns.give_back("one")
    for thread in threads:
        thread.join(20)
    turns.take("one", patient)


def test_whoever_waits_no_longer_loses_nobody_a_place() -> None:
    turns = Turns(1, waiting_each=1, waiting_all=2)
    turns.take("one", patient)

    def gone() -> None:
        raise LimitExceeded("Gone.")

    with pytest.raises(LimitExceeded):
        turns.take("two", gone)
    assert turns.waiting == 0
    turns.give_back("one")
    turns.take("two", patient)
