"""Graphs that are held in processes of their own, so that a query on one can be ended at any moment.

The engine has neither time-out nor cancellation. So the triples of a query are held, and all queries on them answered,
by a process that is killed when the query's time is over. One that did its work is kept for the next query, unless it
held much. See `docs/decisions/0014-federated-queries-run-on-what-was-fetched.md`.
"""

import atexit
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NoReturn

from virtuales.errors import InputError, LimitExceeded, NotAcceptable, StoreFailure, VirtualesError
from virtuales.federation import graph_process
from virtuales.query.protocol import still_waiting
from virtuales.query.worker import HEAD
from virtuales.rdf.terms import NamedNode

_PIPE_BYTES: Final = 1 << 20
_READ: Final = 1 << 20
_LOOK_SECONDS: Final = 0.2
_IDLE: Final = 2
"""How many processes are kept that have nothing to do."""
_KEPT_TRIPLES: Final = 200_000
"""A process that held more is not kept: it may not give its memory back."""
_KILLED_BY_LIMIT: Final = frozenset({-signal.SIGABRT, -signal.SIGKILL})
"""How a process ends that gets no more memory: by itself, or by the operating system."""


@dataclass(frozen=True)
class GraphLimits:
    """What a graph and the queries on it may take.

    Args:
        deadline: When all has to be done, by the monotonic clock.
        seconds: How long that was when it began, to be told.
        memory_bytes: How much memory the process that holds it may have.
        answer_bytes: How large an answer may be.
        gone: Tells whether nobody waits for what is done any longer.
    """

    deadline: float
    seconds: float
    memory_bytes: int
    answer_bytes: int
    gone: Callable[[], bool] = still_waiting


class _Process:
    """A process that holds a graph."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (our own program)
            [sys.executable, "-m", graph_process.__name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise TypeError("a process has pipes")
        self._orders, self._replies = self._process.stdin.fileno(), self._process.stdout.fileno()
        for pipe in (self._orders, self._replies):
            os.set_blocking(pipe, False)
            with suppress(OSError):  # where there are too many pipes of that size
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._begun = 0
        self._amidst = False

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def rests(self) -> bool:
        """Whether it has replied to every order."""
        return self._begun == 0 and not self._amidst

    def is_there(self) -> bool:
        """Tell whether it has not ended."""
        return self._process.poll() is None

    def order(self, kind: bytes, *content: bytes, limits: GraphLimits) -> bytes:
        """Order something and wait for the reply.

        Raises:
            LimitExceeded: its time is over, it needs more memory than it may have, or the reply is too large.
            InputError, NotAcceptable: as `InMemoryGraph` does.
            SyntaxError: what was to be loaded is not N-Triples.
        """
        self.begin(kind, *content, limits=limits)
        return self.finish(limits)

    def begin(self, kind: bytes, *content: bytes, limits: GraphLimits) -> None:
        """Order something whose reply is waited for later; orders are carried out one after the other.

        Raises:
            LimitExceeded: it has no time to take the order.
        """
        self._amidst = True
        self._send([HEAD.pack(kind, sum(map(len, content))), *content], limits)
        self._begun, self._amidst = self._begun + 1, False

    def finish(self, limits: GraphLimits) -> bytes:
        """Wait for the reply to the first order that has none yet.

        Raises:
            LimitExceeded, InputError, NotAcceptable, SyntaxError: as for `order`.
        """
        self._amidst = True
        kind, length = HEAD.unpack(self._receive(HEAD.size, limits))
        if length > limits.answer_bytes:
            raise LimitExceeded(
                f"The answer has more than {limits.answer_bytes:,} bytes.", where="query", remedy="Add LIMIT."
            )
        reply = self._receive(length, limits)
        self._begun, self._amidst = self._begun - 1, False
        if kind == b"X":
            raise _error(json.loads(reply), limits)
        return reply

    def _send(self, pieces: list[bytes], limits: GraphLimits) -> None:
        for piece in pieces if sum(map(len, pieces)) > _PIPE_BYTES else [b"".join(pieces)]:
            left = memoryview(piece)
            while left:
                try:
                    left = left[os.write(self._orders, left) :]
                except BlockingIOError:
                    self._wait(limits, writable=True)
                except BrokenPipeError:
                    self._explain(limits)

    def _receive(self, size: int, limits: GraphLimits) -> bytes:
        received = bytearray()
        while len(received) < size:
            self._wait(limits)
            content = os.read(self._replies, min(_READ, size - len(received)))
            if not content:
                self._explain(limits)
            received += content
        return bytes(received)

    def _wait(self, limits: GraphLimits, *, writable: bool = False) -> None:
        """Wait until it takes or gives something."""
        poll = select.poll()
        poll.register(*((self._orders, select.POLLOUT) if writable else (self._replies, select.POLLIN)))
        while True:
            left = max(0.0, limits.deadline - time.monotonic())
            if poll.poll(min(left, _LOOK_SECONDS) * 1000):
                return
            if left <= 0:
                raise LimitExceeded(
                    f"The query took more than {limits.seconds:g} seconds.",
                    where="query",
                    remedy="Ask for less: bind more, or add LIMIT.",
                )
            if limits.gone():
                raise LimitExceeded("Nobody waits for the answer any longer.", where="query")

    def _explain(self, limits: GraphLimits) -> NoReturn:
        """Say why it has ended."""
        code = self._process.wait()
        if code in _KILLED_BY_LIMIT:
            raise _too_large(limits)
        raise StoreFailure(f"The query's process ended with {code}.")

    def kill(self) -> None:
        """End it without waiting for the end."""
        self._process.kill()
        self.close_pipes()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._process.wait()

    def close_pipes(self) -> None:
        """Close what leads to it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


def _error(said: dict[str, Any], limits: GraphLimits) -> VirtualesError | SyntaxError:
    kind, what, remedy = said["kind"], said["what"], said["remedy"]
    if kind == "malformed":
        return SyntaxError(what)
    if kind == "memory":
        return _too_large(limits)
    if kind == "form":
        return NotAcceptable(what, where="Accept", remedy=remedy, offered=said["offered"])
    return InputError(what, where="query", remedy=remedy)


def _too_large(limits: GraphLimits) -> LimitExceeded:
    remedy = f"It may have {limits.memory_bytes:,} bytes. Ask for less: bind more, or add LIMIT."
    return LimitExceeded("The query needs more memory than it may have.", where="query", remedy=remedy)


class HeldGraph:
    """A graph in another process, in the words of `InMemoryGraph`; whatever takes longer than it may is ended.

    Args:
        process: The process.
        limits: What it may take.
    """

    def __init__(self, process: _Process, limits: GraphLimits) -> None:
        self._process = process
        self._limits = limits
        self._size = 0
        self._loads = 0
        self._order(graph_process.BOUND, b"%d" % limits.memory_bytes)

    def __len__(self) -> int:
        """Return how many statements there are."""
        return self._size

    def load(self, n_triples: bytes, *, graph: NamedNode | None = None) -> None:
        """Begin to add statements written as N-Triples; blank nodes keep their labels. `loaded` tells how that went.

        Raises:
            LimitExceeded: that takes more than it may.
        """
        place = graph.value.encode() if graph else b""
        self._process.begin(graph_process.LOAD, place + b"\n", n_triples, limits=self._limits)
        self._loads += 1

    def loaded(self) -> Iterator[SyntaxError | None]:
        """Wait until what was begun is added; for each in turn tell what is wrong with it, or None.

        Raises:
            LimitExceeded: that takes more than it may.
        """
        while self._loads:
            self._loads -= 1
            try:
                self._size = int(self._process.finish(self._limits))
            except SyntaxError as error:
                yield error
            else:
                yield None

    def declare(self, graph: NamedNode) -> None:
        """Make a named graph that need not hold anything."""
        self._order(graph_process.DECLARE, graph.value.encode())

    def table(self, select: str) -> bytes:
        """Answer a SELECT query of our own as tab-separated values."""
        return self._order(graph_process.TABLE, select.encode())

    def holds(self, ask: str) -> bool:
        """Answer an ASK query of our own."""
        return bool(self._order(graph_process.HOLDS, ask.encode()))

    def serialized(self, query: str, accept: str) -> tuple[bytes, str]:
        """Answer any query in the form that an `Accept` header likes best.

        Returns:
            The answer, and its media type.

        Raises:
            InputError: the query asks other servers, or is not valid.
            NotAcceptable: the answer has no form that is accepted.
            LimitExceeded: it takes more than it may.
        """
        one_line = " ".join(accept.split())
        media_type, _, body = self._order(graph_process.ANSWER, f"{one_line}\n{query}".encode()).partition(b"\n")
        return body, media_type.decode()

    def _order(self, kind: bytes, *content: bytes) -> bytes:
        if self._loads:
            raise TypeError("what is being added is to be waited for first")
        return self._process.order(kind, *content, limits=self._limits)


class GraphProcesses:
    """Processes that hold graphs: each one at a time, and nothing between two queries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Process] = []
        self._ended: list[_Process] = []

    @property
    def idle(self) -> tuple[int, ...]:
        """The numbers of the processes that have nothing to do."""
        with self._lock:
            return tuple(each.pid for each in self._idle)

    def prepare(self) -> None:
        """Have a process ready for the next graph, or on its way there."""
        with self._lock:
            if not self._idle:
                self._idle.append(_Process())

    @contextmanager
    def graph(self, limits: GraphLimits) -> Iterator[HeldGraph]:
        """Give an empty graph, within limits; it is gone afterwards."""
        process = self._take()
        graph = None
        try:
            graph = HeldGraph(process, limits)
            yield graph
        finally:
            self._give_back(process, limits, fit=graph is not None and len(graph) <= _KEPT_TRIPLES)

    def close(self) -> None:
        """End those that have nothing to do, and wait for the end of those that were killed."""
        with self._lock:
            idle, self._idle = self._idle, []
            ended, self._ended = self._ended, []
        for each in idle:
            each.kill()
        for each in (*idle, *ended):
            each.wait()

    def forget(self) -> None:
        """Leave all processes to whoever started them: for a process that was forked from that one."""
        self._lock = threading.Lock()
        for each in self._idle:
            each.close_pipes()
        self._ended += self._idle
        self._idle = []

    def _take(self) -> _Process:
        with self._lock:
            self._ended = [each for each in self._ended if each.is_there()]
            while self._idle:
                process = self._idle.pop()
                if process.is_there():
                    return process
                process.close_pipes()
        return _Process()

    def _give_back(self, process: _Process, limits: GraphLimits, *, fit: bool) -> None:
        with self._lock:
            fit = fit and process.rests and len(self._idle) < _IDLE and process.is_there()
        if fit:
            try:
                process.order(graph_process.CLEAR, limits=limits)
            except (VirtualesError, OSError):
                fit = False
        with self._lock:
            if fit:
                self._idle.append(process)
                return
            process.kill()
            self._ended.append(process)


@cache
def shared_processes() -> GraphProcesses:
    """Return the processes of all federations, which end with this one."""
    processes = GraphProcesses()
    atexit.register(processes.close)
    os.register_at_fork(after_in_child=processes.forget)
    return processes
