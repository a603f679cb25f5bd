"""What answers users' queries: within limits of time, memory and size, in processes that can be ended.

An engine that runs in the node's process cannot be stopped. So queries of users run in workers, on a copy of the store
that is made anew only when a graph that the query may read has changed since; a worker that takes too long, or whose
user is gone, is killed, and the next query gets another.
"""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from json import loads
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from virtuales.errors import (
    InputError,
    LimitExceeded,
    StoreFailure,
    VirtualesError,
)
from virtuales.query.changing import Changed
from virtuales.query.protocol import QueryRequest
from virtuales.query.streams import AnswerStream, GrowingAnswer, UnchangedAnswer, WholeAnswer, whole
from virtuales.query.turns import Turns
from virtuales.query.validators import tag_of
from virtuales.query.worker import Order, order, request
from virtuales.query.worker_process import LOOK_SECONDS, Copy, WorkerProcess
from virtuales.rdf.terms import NamedNode
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.store.rdf_store import Answer, Asked, AskedOfFile, RdfStore

_WHOLE_BYTES: Final = 1 << 17
"""An answer up to this size is given whole, so that whatever goes wrong with it can be told instead."""


@dataclass(frozen=True)
class QueryLimits:
    """What a query of a user may take.

    Args:
        seconds: How long it may run.
        answer_bytes: How large its answer may be.
        answer_rows: How many rows, or statements, its answer may have.
        memory_bytes: How much memory the process that answers it may hold.
        workers: How many queries are answered at a time; others wait, and their time runs.
        waiting: How many queries of one asker may wait.
        waiting_all: How many may wait altogether.
    """

    seconds: float = 60.0
    answer_bytes: int = 1 << 29
    answer_rows: int = 10_000_000
    memory_bytes: int = 1 << 31
    workers: int = 2
    waiting: int = 8
    waiting_all: int = 64


class Queries(Protocol):
    """Answers queries of users."""

    def stream(self, asked: Asked | AskedOfFile, asking: QueryRequest) -> AnswerStream:
        """Answer a query in the form that its asker wants, and give the answer while it is made.

        Args:
            asked: The query with the graphs, or the file, that it reads.
            asking: How it was asked.

        Raises:
            UnreadableInput: the text is not SPARQL.
            InputError: it calls a function that there is none of.
            NotAcceptable: no acceptable form exists.
            LimitExceeded: it takes more than it may, or nobody waits for it.
            Busy: too many queries wait already.
            StoreFailure: the store could not answer.
        """
        ...

    def change(self, ordered: Order, asking: QueryRequest) -> Changed:
        """Change an RDF dataset that is kept as a file, within the limits of queries.

        Raises:
            UnreadableInput: the update is not valid, or what is put or added is not in its syntax.
            InputError: the change cannot be made.
            LimitExceeded, Busy, StoreFailure: as for `stream`.
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
        workers: What answers queries over files.
    """

    store: RdfStore
    workers: "WorkerQueries"

    def stream(self, asked: Asked | AskedOfFile, asking: QueryRequest) -> AnswerStream:
        """See `Queries.stream`; where the store answers, who is gone is not noticed, and the answer is whole."""
        if isinstance(asked, AskedOfFile):
            return self.workers.stream(asked, asking)
        return WholeAnswer(self.store.answer_asked(asked, asking.accept))

    def change(self, ordered: Order, asking: QueryRequest) -> Changed:
        """See `Queries.change`."""
        return self.workers.change(ordered, asking)

    def close(self) -> None:
        """See `Queries.close`."""
        self.workers.close()


@dataclass
class _Task:
    """A query that has its turn."""

    asker: str
    deadline: float
    gone: Callable[[], bool]
    worker: WorkerProcess | None = None
    look_at: float = 0.0


class WorkerQueries:
    """Answers queries in processes of their own, each of which can be ended.

    Args:
        store: The store, on disk; None where only files are asked.
        directory: Where copies of it are made; on the same file system, emptied first.
        limits: What a query may take.
    """

    def __init__(self, store: OxigraphStore | None, directory: Path, limits: QueryLimits) -> None:
        self._store = store
        self._directory = directory
        self._limits = limits
        self._lock = threading.Lock()
        self._turns = Turns(limits.workers, waiting_each=limits.waiting, waiting_all=limits.waiting_all)
        self._idle: list[WorkerProcess] = []
        self._latest: Copy | None = None
        self._made = 0
        self._closed = False
        self._opened = uuid4().hex
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)

    def stream(self, asked: Asked | AskedOfFile, asking: QueryRequest) -> AnswerStream:
        """See `Queries.stream`."""
        seen = 0
        if self._store and isinstance(asked, Asked):
            seen = self._store.changed(map(NamedNode, {*asked.default, *asked.named}))
        tag = tag_of(asked, asking.accept, f"{self._opened} {seen}")
        if tag is not None and tag in asking.has:
            return UnchangedAnswer(tag)
        answer = self._run(request(asked, asking.accept), seen, asking)
        answer.tag = tag
        return answer

    def change(self, ordered: Order, asking: QueryRequest) -> Changed:
        """See `Queries.change`."""
        said = whole(self._run(order(ordered), 0, asking))
        return Changed(**loads(said.body))

    def _run(self, content: bytes, change: int, asking: QueryRequest) -> AnswerStream:
        """Have a worker, whose copy holds a change of the store, do what is asked."""
        deadline = time.monotonic() + self._limits.seconds
        self._turns.take(asking.asker, lambda: self._check(deadline, asking.gone))
        task = _Task(asking.asker, deadline, asking.gone)
        try:
            task.worker = self._worker(change)
            task.look_at = time.monotonic() + LOOK_SECONDS
            task.worker.send(content)
            begun = self._begin(task)
        except BaseException as error:
            self._done(task, error)
            raise
        if isinstance(begun, WholeAnswer):
            self._done(task, None)
            return begun
        task.gone = begun.is_closed
        threading.Thread(target=self._pour, args=(task, begun), name="answer", daemon=True).start()
        return begun

    def _begin(self, task: _Task) -> WholeAnswer | GrowingAnswer:
        """Wait for a whole small answer, or for the beginning of a large one."""
        media_type, body = "", bytearray()
        while len(body) < _WHOLE_BYTES:
            kind, content = self._frame(task)
            if kind == b"B":
                media_type = content.decode()
            elif kind == b"D":
                body += content
            elif kind == b"E":
                return WholeAnswer(Answer(bytes(body), media_type))
        growing = GrowingAnswer(media_type, self._directory)
        growing.add(bytes(body))
        return growing

    def _pour(self, task: _Task, answer: GrowingAnswer) -> None:
        """Take the rest of an answer from its worker."""
        error: BaseException | None = None
        try:
            while (frame := self._frame(task))[0] != b"E":
                answer.add(frame[1])
            answer.end()
        except VirtualesError as caught:
            error = caught
            answer.end(caught)
        except BaseException as caught:
            error = caught
            answer.end(StoreFailure("The node could not go on with the answer."))
            raise
        finally:
            self._done(task, error)

    def _done(self, task: _Task, error: BaseException | None) -> None:
        """Put a task's worker back, or end it where it may still be at work, and give the place back."""
        if task.worker and error is None:
            self._keep(task.worker, fit=True)
        elif task.worker:
            usable = isinstance(error, InputError) and not isinstance(error, LimitExceeded)
            self._keep(task.worker, fit=usable)
        self._turns.give_back(task.asker)

    def close(self) -> None:
        """See `Queries.close`."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            self._end(worker)
        shutil.rmtree(self._directory, ignore_errors=True)

    def _worker(self, change: int) -> WorkerProcess:
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

    def _start(self, change: int) -> WorkerProcess:
        with self._lock:
            if self._latest is None or self._latest.change < change:
                before, self._latest = self._latest, self._new_copy()
                self._drop(before)
            copy = self._latest
            copy.users += 1
        limits = self._limits
        return WorkerProcess.start(copy, (limits.answer_bytes, limits.answer_rows, limits.memory_bytes))

    def _new_copy(self) -> Copy:
        if self._store is None:
            return Copy(None, 0)
        self._made += 1
        directory = self._directory / str(self._made)
        return Copy(directory, self._store.checkpoint(directory))

    def _drop(self, copy: Copy | None) -> None:
        """Remove a copy that nobody uses and that is not the latest."""
        if copy is not None and copy.directory is not None and copy.users == 0 and copy is not self._latest:
            shutil.rmtree(copy.directory, ignore_errors=True)

    def _keep(self, worker: WorkerProcess, *, fit: bool) -> None:
        with self._lock:
            fit = fit and not self._closed and worker.is_running
            if fit:
                self._idle.append(worker)
        if not fit:
            self._end(worker)

    def _end(self, worker: WorkerProcess) -> None:
        worker.end()
        with self._lock:
            worker.copy.users -= 1
            self._drop(worker.copy)

    def _frame(self, task: _Task) -> tuple[bytes, bytes]:
        """Return the next frame of a task's worker, and raise what it says was wrong."""
        if task.worker is None:
            raise TypeError("a task that has begun has a worker")
        while True:
            frame = task.worker.frame()
            self._look(task)
            if frame is not None:
                return frame

    def _look(self, task: _Task) -> None:
        """Check a task now and then: whether somebody waits is asked of the event loop, which takes a while."""
        now = time.monotonic()
        if now >= task.look_at:
            task.look_at = now + LOOK_SECONDS
            self._check(task.deadline, task.gone)

    def _check(self, deadline: float, gone: Callable[[], bool]) -> None:
        if gone():
            raise LimitExceeded("Nobody waits for the answer any longer.", where="query")
        if time.monotonic() > deadline:
            raise LimitExceeded(
                f"The query took more than {self._limits.seconds:g} seconds.",
                where="query",
                remedy="Ask for less: bind more, or add LIMIT.",
            )
