"""Many clients at once for a while: what went wrong, how long answers took, and what memory was held meanwhile."""

import statistics
import threading
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from service.asking import Client, Kind
from service.serving import Door

EVERY: Final = 10
"""Each how many queries one is of the second kind, whose answers are large."""
_DIFFERENT: Final = 50
"""How many different queries of a kind are asked."""
_SAMPLE_SECONDS: Final = 2.0
_GROWTH: Final = 0.05
_SPARE: Final = 4 << 20


@dataclass(frozen=True)
class Sample:
    """What was held at a moment.

    Args:
        second: When, since the beginning.
        node: Bytes of the node's own process.
        workers: Bytes of its workers together.
    """

    second: float
    node: int
    workers: int


@dataclass
class Soaked:
    """What came of it.

    Args:
        took: Seconds that each answer took, by the name of its kind.
        errors: What went wrong.
        samples: What was held.
    """

    took: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def p99(self, kind: str) -> float:
        """Return the seconds within which 99 of 100 answers of a kind came."""
        return statistics.quantiles(self.took[kind], n=100)[-1]

    def levelled_off(self) -> Mapping[str, bool]:
        """Tell whether the node, and its workers, held no more in the last quarter than in the one before the middle.

        A twentieth and 4 MB more is none: allocators give back late.
        """
        number = len(self.samples)
        early, late = self.samples[number // 4 : number // 2], self.samples[3 * number // 4 :]
        found = {}
        for name in ("node", "workers"):
            before, after = (max(getattr(one, name) for one in part) for part in (early, late))
            found[name] = after <= before * (1 + _GROWTH) + _SPARE
        return found

    def slopes(self) -> Mapping[str, float]:
        """Return by how many bytes a second what the node, and its workers, held grew in the second half."""
        late = self.samples[len(self.samples) // 2 :]
        seconds = [one.second for one in late]
        return {
            name: statistics.linear_regression(seconds, [float(getattr(one, name)) for one in late]).slope
            for name in ("node", "workers")
        }


class Load:
    """So many clients, each of which asks one query after the other.

    Args:
        doors: The doors, shared out among the clients.
        kinds: A kind of small answers, and one of large ones.
        clients: How many clients.
    """

    def __init__(self, doors: Sequence[Door], kinds: tuple[Kind, Kind], clients: int) -> None:
        self._doors = doors
        self._kinds = kinds
        self._clients = clients
        self._found = Soaked({kind.name: [] for kind in kinds})
        self._seen: dict[tuple[str, str, int], int] = {}
        self._lock = threading.Lock()
        self._asked = 0
        self._over = threading.Event()

    def run(self, *, seconds: float, queries: int | None = None) -> Soaked:
        """Ask for so many seconds, or until so many queries were asked; return what came of it."""
        threads = [threading.Thread(target=self._ask, args=(number, queries)) for number in range(self._clients)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            node, workers = self._doors[0].memory()
            self._found.samples.append(Sample(time.monotonic() - begun, node, workers))
            if time.monotonic() - begun >= seconds:
                self._over.set()
            if self._over.wait(_SAMPLE_SECONDS):
                for thread in threads:
                    thread.join()
        return self._found

    def _ask(self, number: int, queries: int | None) -> None:
        door = self._doors[number % len(self._doors)]
        client = Client(door)
        try:
            while not self._over.is_set():
                turn = self._turn(queries)
                kind = self._kinds[turn % EVERY == EVERY - 1]
                self._judge(client, door, kind, turn % _DIFFERENT)
        except (OSError, SystemExit) as error:
            with self._lock:
                self._found.errors.append(f"{door.name}: {error!r}")
        finally:
            client.close()

    def _turn(self, queries: int | None) -> int:
        """Return the number of the next query; the last one ends the run."""
        with self._lock:
            self._asked += 1
            if queries is not None and self._asked >= queries:
                self._over.set()
            return self._asked

    def _judge(self, client: Client, door: Door, kind: Kind, number: int) -> None:
        """Ask, and hold the answer against the first to the same query, which is read as a whole."""
        key = (door.name, kind.name, number)
        answer = client.get(kind, number)
        with self._lock:
            first = key not in self._seen
            same = self._seen.setdefault(key, zlib.crc32(answer.body)) == zlib.crc32(answer.body)
            self._found.took[kind.name].append(answer.seconds)
        if first:
            answer.check(kind)
        elif not same:
            raise SystemExit(f"{kind.name}: the answer is another than before.")
