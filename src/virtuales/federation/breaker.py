"""A circuit breaker: endpoints that failed again and again are left alone for a while."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class _Record:
    failures: int = 0
    until: float = 0.0


@dataclass
class Breaker:
    """Keeps account of failures over queries.

    Args:
        failures: How many failures in a row open the circuit.
        seconds: How long it stays open; then one more try is made.
        clock: Gives the time in seconds.
    """

    failures: int
    seconds: float
    clock: Callable[[], float]
    _records: dict[str, _Record] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, url: str) -> float:
        """Return for how many seconds an endpoint is still left alone; 0 where it may be asked."""
        with self._lock:
            record = self._records.get(url)
            return 0.0 if record is None else max(0.0, record.until - self.clock())

    def is_on_trial(self, url: str) -> bool:
        """Tell whether an endpoint was left alone for long enough, but has not answered since."""
        with self._lock:
            record = self._records.get(url)
            return record is not None and 0 < record.until <= self.clock()

    def open(self, url: str) -> None:
        """Leave an endpoint alone from now on, whatever came before."""
        with self._lock:
            record = self._records.setdefault(url, _Record())
            record.failures, record.until = self.failures, self.clock() + self.seconds

    def suspect(self, url: str) -> None:
        """Let an endpoint be on trial from now on."""
        with self._lock:
            self._records.setdefault(url, _Record()).until = self.clock()

    def failed(self, url: str) -> None:
        """Note a failure."""
        with self._lock:
            record = self._records.setdefault(url, _Record())
            record.failures += 1
            if record.failures >= self.failures:
                record.until = self.clock() + self.seconds

    def answered(self, url: str) -> None:
        """Note an answer, which makes up for all failures."""
        with self._lock:
            self._records.pop(url, None)
