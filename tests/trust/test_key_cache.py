"""An issuer's keys are fetched by one thread for all, and never taken for unknown because they could not be fetched."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event

import pytest

from virtuales.errors import PeerFailure, Unauthenticated
from virtuales.trust.key_cache import KeyCache

ISSUER = "https://issuer.example"
ASKING = 4


class SetClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the time that it was set to."""
        return self.time


def test_threads_that_ask_at_once_get_the_key_of_one_fetch() -> None:
    fetches, ready, may_answer = [], Barrier(ASKING + 1), Event()

    def fetch() -> Mapping[str, str]:
        fetches.append(1)
        assert may_answer.wait(10)
        return {"k": "key"}

    cache = KeyCache(ISSUER, fetch, clock=SetClock())

    def ask() -> str:
        ready.wait(10)
        return cache.get("k")

    with ThreadPoolExecutor(ASKING) as pool:
        asked = [pool.submit(ask) for _ in range(ASKING)]
        ready.wait(10)
        may_answer.set()
        assert [each.result(10) for each in asked] == ["key"] * ASKING
    assert len(fetches) == 1


def test_an_issuer_that_was_never_heard_is_a_failure_and_is_asked_again_soon() -> None:
    answers: list[Mapping[str, str] | None] = [None, {"k": "key"}]

    def fetch() -> Mapping[str, str]:
        answer = answers.pop(0)
        if answer is None:
            raise PeerFailure("The issuer did not answer.", where=ISSUER)
        return answer

    clock = SetClock()
    cache = KeyCache(ISSUER, fetch, clock=clock)
    with pytest.raises(PeerFailure, match="did not answer"):
        cache.get("k")
    with pytest.raises(PeerFailure, match="were not heard yet"):
        cache.get("k")
    clock.time += timedelta(seconds=1)
    assert cache.get("k") == "key"
    with pytest.raises(Unauthenticated, match="does not list"):
        cache.get("other")
