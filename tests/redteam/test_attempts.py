"""Every attempt to get at what is not one's own: each is refused with its reason, leaks nothing and changes nothing."""

import pytest
from tests.effort import is_long
from tests.journey.networks import Network
from tests.redteam import documents, messages, portal, queries, reaching, tokens, uploads, wire, writes
from tests.redteam.stage import CANARY, Attempt, Stage, set_stage, untouched

ROOMS = (tokens, queries, documents, writes, messages, uploads, reaching, wire, portal)
ATTEMPTS = [each for room in ROOMS for each in room.ATTEMPTS]
FEWEST = 120
SHORT = ATTEMPTS[::2]
"""Those that the short form makes: every second one of each room."""
INSIDE = ("Traceback", "sqlite3", "site-packages", "src/virtuales", "-----BEGIN")
"""What no answer tells of the inside of a node."""


@pytest.fixture(scope="module")
def stage(doors: Network) -> Stage:
    """What is to be guarded."""
    return set_stage(doors)


def test_the_list_is_whole_and_says_each_attempt_once() -> None:
    names = [each.name for each in ATTEMPTS]
    assert len(names) == len(set(names))
    assert len(SHORT) >= FEWEST


@pytest.mark.parametrize("attempt", ATTEMPTS if is_long() else SHORT, ids=lambda each: each.name)
def test_refuses(attempt: Attempt, stage: Stage) -> None:
    with untouched(stage.running, but=attempt.leaves):
        answer = attempt.make(stage)
    said = f"{answer.status_code}: {answer.text[:2000]}"
    allowed = (attempt.status,) if isinstance(attempt.status, int) else attempt.status
    assert answer.status_code in allowed, said
    assert attempt.says in answer.text, said
    told = answer.text + str(answer.headers)
    assert CANARY not in told
    assert not [each for each in INSIDE if each in told], said
