"""Whose turn it is: so many work at a time, and nobody's many requests hold up those of others."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from virtuales.errors import Busy

_LOOK_SECONDS: Final = 0.05


class Turns:
    """Lets so many work at a time. A free place goes to whoever of those who wait has the fewest.

    Args:
        places: How many work at a time.
        waiting_each: How many requests of one asker may wait.
        waiting_all: How many may wait altogether.
    """

    def __init__(self, places: int, *, waiting_each: int, waiting_all: int) -> None:
        self._free = places
        self._each = waiting_each
        self._all = waiting_all
        self._lock = threading.Lock()
        self._queues: dict[str, deque[threading.Event]] = {}
        self._working: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        with self._lock:
            return self._all_waiting()

    def take(self, asker: str, check: Callable[[], None]) -> None:
        """Wait for a place and take it.

        Args:
            asker: Who asks.
            check: Called again and again while waiting; what it raises ends the waiting.

        Raises:
            Busy: too many wait already.
        """
        called = self._queue(asker)
        if called is None:
            return
        try:
            while not called.wait(_LOOK_SECONDS):
                check()
        except BaseException:
            self._withdraw(asker, called)
            raise

    def give_back(self, asker: str) -> None:
        """Give a place back that an asker took."""
        with self._lock:
            self._leave(asker)
            self._free += 1
            self._call_next()

    def _queue(self, asker: str) -> threading.Event | None:
        """Take a free place, or stand in line; return what is set when the turn has come."""
        with self._lock:
            if self._free and not self._queues:
                self._free -= 1
                self._working[asker] += 1
                return None
            waiting = len(self._queues.get(asker, ()))
            if waiting >= self._each or self._all_waiting() >= self._all:
                raise Busy(
                    f"{waiting} of your queries wait already." if waiting else "Too many queries wait already.",
                    where="query",
                    remedy="Ask again when one is answered.",
                )
            called = threading.Event()
            self._queues.setdefault(asker, deque()).append(called)
            return called

    def _all_waiting(self) -> int:
        return sum(map(len, self._queues.values()))

    def _call_next(self) -> None:
        while self._free and self._queues:
            asker = min(self._queues, key=lambda one: self._working[one])
            queue = self._queues.pop(asker)
            called = queue.popleft()
            if queue:
                self._queues[asker] = queue  # behind the others, whose turn comes first
            self._free -= 1
            self._working[asker] += 1
            called.set()

    def _withdraw(self, asker: str, called: threading.Event) -> None:
        with self._lock:
            if called.is_set():
                self._leave(asker)
                self._free += 1
                self._call_next()
                return
            queue = self._queues[asker]
            queue.remove(called)
            if not queue:
                del self._queues[asker]

    def _leave(self, asker: str) -> None:
        self._working[asker] -= 1
        if not self._working[asker]:
            del self._working[asker]
