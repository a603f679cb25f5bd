"""What answers users' queries: within limits of time, memory and size, in processes that can be ended.

An engine that runs in the node's process cannot be stopped. So queries of users run in workers, on a copy of the store
that is made anew only when a graph that the query may read has changed since; a worker that takes too long, or whose
user is gone, is killed, and the next query gets another.
"""

import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from typing import Final, Protocol

from virtuales.errors import InputError, LimitExceeded, NotAcceptable, StoreFailure
from virtuales.query.worker import HEAD, request
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_answer import Asked
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.store.rdf_store import Answer, RdfStore

_LOOK_SECONDS: Final = 0.05
_READ: Final = 1 << 20
_KILLED_BY_LIMIT: Final = frozenset({-signal.SIGABRT, -signal.SIGKILL})
"""How a process ends that gets no more memory: by itself, or by the operating system."""


def still_waiting() -> bool:
    """Say that nobody is gone: somebody waits for the answer."""
    return False


@dataclass(frozen=True)
class QueryLimits:
    """What a query of a user may take.

    Args:
        seconds: How long it may run.
        answer_bytes: How large its answer may be.
        memory_bytes: How much memory the process that answers it may hold.
        workers: How many queries are answered at a time; others wait, and their time runs.
    """

    seconds: float = 60.0
    answer_bytes: int = 1 << 29
    memory_bytes: int = 1 << 31
    workers: int = 2


class Queries(Protocol):
    """Answers queries of users."""

    def answer(
        self,
        text: str,
        *,
        graphs: Sequence[NamedNode],
        accept: str | None,
        named: Sequence[NamedNode] = (),
        gone: Callable[[], bool] = still_waiting,
    ) -> Answer:
        """Answer any query in the form that an `Accept` header asks for.

        Args:
            text: The query.
            graphs: The graphs whose union is the default graph; they can also be named with GRAPH.
            accept: The header.
            named: Further graphs that can be named with GRAPH and are no part of that union.
            gone: Tells whether nobody waits for the answer any longer.

        Raises:
            InputError: the text is not SPARQL.
            NotAcceptable: no acceptable form exists.
            LimitExceeded: it takes more than it may, or nobody waits for it.
            StoreFailure: the store could not answer.
        """
        ...

    def close(self) -> None:
        """End what answers queries."""
        ...


@dataclass(frozen=True)
class StoreQueries:
    """Leaves queries to a store that has limits of its own, as a SPARQL server has.

    Args:
        store: The store.
    """

    store: RdfStore

    def answer(
        self,
        text: str,
        *,
        graphs: Sequence[NamedNode],
        accept: str | None,
        named: Sequence[NamedNode] = (),
        gone: Callable[[], bool] = still_waiting,
    ) -> Answer:
        """See `Queries.answer`; who is gone is not noticed."""
        del gone
        return self.store.answer(text, graphs=graphs, accept=accept, named=named)

    def close(self) -> None:
        """See `Queries.close`."""


@dataclass
class _Copy:
    """A copy of the store, and the number of the last change that it holds."""

    directory: Path
    change: int
    users: int = 0


@dataclass
class _Worker:
    """A process that answers on a copy."""

    process: subprocess.Popen[bytes]
    copy: _Copy
    received: bytearray = field(default_factory=bytearray)


class WorkerQueries:
    """Answers queries in processes of their own, each of which can be ended.

    Args:
        store: The store, on disk.
        directory: Where copies of it are made; on the same file system, emptied first.
        limits: What a query may take.
    """

    def __init__(self, store: OxigraphStore, directory: Path, limits: QueryLimits) -> None:
        self._store = store
        self._directory = directory
        self._limits = limits
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(limits.workers)
        self._idle: list[_Worker] = []
        self._latest: _Copy | None = None
        self._made = 0
        self._closed = False
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)

    def answer(
        self,
        text: str,
        *,
        graphs: Sequence[NamedNode],
        accept: str | None,
        named: Sequence[NamedNode] = (),
        gone: Callable[[], bool] = still_waiting,
    ) -> Answer:
        """See `Queries.answer`."""
        deadline = time.monotonic() + self._limits.seconds
        while not self._places.acquire(timeout=_LOOK_SECONDS):
            self._check(deadline, gone)
        try:
            worker = self._worker(self._store.changed((*graphs, *named)))
            try:
                answer = self._ask(worker, request(Asked.of(text, graphs, named), accept), deadline, gone)
            except (InputError, StoreFailure) as error:
                self._keep(worker, fit=not isinstance(error, LimitExceeded | StoreFailure))
                raise
            except BaseException:
                self._end(worker)
                raise
            self._keep(worker, fit=True)
            return answer
        finally:
            self._places.release()

    def close(self) -> None:
        """See `Queries.close`."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            self._end(worker)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _worker(self, change: int) -> _Worker:
        """Return an idle worker whose copy holds a change, or start one."""
        with self._lock:
            if self._closed:
                raise StoreFailure("The node is ending.", remedy="Ask again when it is up.")
            stale = [one for one in self._idle if one.copy.change < change]
            self._idle = [one for one in self._idle if one.copy.change >= change]
            ready = self._idle.pop() if self._idle else None
        for one in stale:
            self._end(one)
        return ready or self._start(change)

    def _start(self, change: int) -> _Worker:
        with self._lock:
            if self._latest is None or self._latest.change < change:
                before, self._latest = self._latest, self._new_copy()
                self._drop(before)
            copy = self._latest
            copy.users += 1
        limits = self._limits
        arguments = [str(copy.directory), str(limits.answer_bytes), str(limits.memory_bytes)]
        process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "virtuales.query.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        return _Worker(process, copy)

    def _new_copy(self) -> _Copy:
        self._made += 1
        directory = self._directory / str(self._made)
        return _Copy(directory, self._store.checkpoint(directory))

    def _drop(self, copy: _Copy | None) -> None:
        """Remove a copy that nobody uses and that is not the latest."""
        if copy is not None and copy.users == 0 and copy is not self._latest:
            shutil.rmtree(copy.directory, ignore_errors=True)

    def _keep(self, worker: _Worker, *, fit: bool) -> None:
        with self._lock:
            fit = fit and not self._closed and worker.process.poll() is None
            if fit:
                self._idle.append(worker)
        if not fit:
            self._end(worker)

    def _end(self, worker: _Worker) -> None:
        worker.process.kill()
        worker.process.wait()
        for pipe in (worker.process.stdin, worker.process.stdout):
            if pipe:
                pipe.close()
        with self._lock:
            worker.copy.users -= 1
            self._drop(worker.copy)

    def _ask(self, worker: _Worker, content: bytes, deadline: float, gone: Callable[[], bool]) -> Answer:
        process = worker.process
        if process.stdin is None or process.stdout is None:
            raise TypeError("a worker has pipes")
        try:
            process.stdin.write(content)
            process.stdin.flush()
        except OSError as error:
            raise StoreFailure(f"A query's process ended: {error}.") from error
        body = bytearray()
        while True:
            kind, content = self._frame(worker, deadline, gone)
            if kind == b"D":
                body += content
            elif kind == b"E":
                return Answer(bytes(body), content.decode())
            elif kind == b"X":
                raise _error(loads(content))

    def _frame(self, worker: _Worker, deadline: float, gone: Callable[[], bool]) -> tuple[bytes, bytes]:
        """Return the next frame of a worker."""
        received = worker.received
        while len(received) < HEAD.size or len(received) < HEAD.size + HEAD.unpack_from(received)[1]:
            self._check(deadline, gone)
            self._receive(worker)
        kind, length = HEAD.unpack_from(received)
        content = bytes(received[HEAD.size : HEAD.size + length])
        del received[: HEAD.size + length]
        return kind, content

    def _receive(self, worker: _Worker) -> None:
        """Wait a moment for a worker to write something, and take it."""
        if worker.process.stdout is None:
            raise TypeError("a worker has pipes")
        source = worker.process.stdout.fileno()
        if not select.select([source], [], [], _LOOK_SECONDS)[0]:
            return
        content = os.read(source, _READ)
        if not content:
            code = worker.process.wait()
            if code in _KILLED_BY_LIMIT:
                allowed = f"{self._limits.memory_bytes:,} bytes"
                raise LimitExceeded(
                    "The query needs more memory than it may have.", where="query", remedy=f"It may have {allowed}."
                )
            raise StoreFailure(f"A query's process ended with {code}.")
        worker.received += content

    def _check(self, deadline: float, gone: Callable[[], bool]) -> None:
        if gone():
            raise LimitExceeded("Nobody waits for the answer any longer.", where="query")
        if time.monotonic() > deadline:
            raise LimitExceeded(
                f"The query took more than {self._limits.seconds:g} seconds.",
                where="query",
                remedy="Ask for less: bind more, or add LIMIT.",
            )


def _error(said: dict[str, str]) -> InputError | StoreFailure:
    kind, what, remedy = said["kind"], said["what"], said["remedy"]
    if kind == "store":
        return StoreFailure(what)
    if kind == "limit":
        return LimitExceeded(what, where="query", remedy="Ask for less, or add LIMIT.")
    return (NotAcceptable if kind == "form" else InputError)(what, where="query", remedy=remedy)
