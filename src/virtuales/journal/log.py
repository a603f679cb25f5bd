"""The journal itself: an append-only, hash-chained table of events in SQLite.

Write-ahead logging with `synchronous=FULL`: what `append` returned for survives the loss of the process and of power.
Triggers refuse any change of a written row; whoever changes the file behind our back is found by `verify`.

Who follows the journal wants what was recorded last, so that is kept in memory too.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from virtuales.errors import Conflict, InputError, IntegrityFailure, StoreFailure
from virtuales.journal.event import FIRST_PREVIOUS_HASH, Event, parse_event

_METADATA = MetaData()
_EVENTS = Table(
    "event",
    _METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("identifier", String(64), nullable=False, unique=True),
    Column("kind", String(120), nullable=False),
    Column("subject", String, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
)
_TRIGGERS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS refuse_{deed} BEFORE {deed} ON event "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for deed in ("UPDATE", "DELETE")
)
_INSERT: Final = "INSERT INTO event (sequence, identifier, kind, subject, hash, body) VALUES (?, ?, ?, ?, ?, ?)"
"""In the driver's own form: every access to data waits for it."""
_LOCKED_SECONDS: Final = 30.0
"""How long it is waited for another process that has the file locked."""
_RECENT: Final = 1_000
_RECENT_BYTES: Final = 1 << 16
"""An event that is larger is not kept in memory, nor are those before it."""
_PAGE = 500
_WITHOUT_END = (1 << 63) - 1
_NEXT_PAGE = (
    select(_EVENTS.c.sequence, _EVENTS.c.body)
    .where(_EVENTS.c.sequence > bindparam("after"), _EVENTS.c.sequence <= bindparam("until"))
    .order_by(_EVENTS.c.sequence)
    .limit(_PAGE)
)
"""Made once, since listeners ask for it after every event."""


@dataclass(frozen=True)
class Head:
    """The end of the journal.

    Args:
        sequence: The last event's sequence number; 0 for an empty journal.
        hash: Its hash; 64 zeros for an empty journal.
    """

    sequence: int = 0
    hash: str = FIRST_PREVIOUS_HASH


class Journal:
    """An append-only log of events.

    Args:
        file: The SQLite file; made when it is missing.
        read_only: Open an existing file to read it beside the process that writes.

    Raises:
        StoreFailure: the file cannot be opened or is no journal.
    """

    def __init__(self, file: Path, *, read_only: bool = False) -> None:
        if read_only and not file.is_file():
            raise StoreFailure("There is no journal here.", where=str(file), remedy="Name the node's data directory.")
        self._file = file
        self._condition = threading.Condition()
        self._engine = _engine(file)
        self._recent: deque[Event] = deque(maxlen=_RECENT)
        if not read_only:
            with self._translated():
                _prepare(self._engine)
        self._head = self._read_head()
        self._writing = threading.Lock()
        self._writer: sqlite3.Connection | None = None

    @property
    def head(self) -> Head:
        """The last event's sequence number and hash."""
        return self._head

    def append(self, *recorded: Event) -> None:
        """Add events at the end; when this returns, they are on the disk, and if it fails, none of them is.

        Raises:
            Conflict: an event does not follow the one before.
            StoreFailure: the database did not take them.
        """
        with self._writing:
            head = self._head
            for one in recorded:
                if (one.sequence, one.previous_hash) != (head.sequence + 1, head.hash):
                    raise Conflict(f"Event {one.sequence} does not follow event {head.sequence}.")
                head = Head(one.sequence, one.hash)
            with self._translated():
                self._writer = self._writer or _connection(self._file)
                with self._writer:
                    self._writer.executemany(_INSERT, map(_row, recorded))
            with self._condition:
                self._head = head
                self._keep(recorded)
                self._condition.notify_all()

    def events(self, *, after: int = 0, until: int | None = None) -> Iterator[Event]:
        """Give events in order, those after sequence number `after` and up to `until`.

        Raises:
            IntegrityFailure: a row does not hold the event it claims to hold.
        """
        last = _WITHOUT_END if until is None else until
        while True:
            page = self._kept_after(after, last)
            if page is None:
                page = [_event(sequence, body) for sequence, body in self._rows_after(after, last)]
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1].sequence

    def wait(self, after: int, *, seconds: float) -> int:
        """Wait until there is an event after `after`, at most `seconds`; return the head's sequence number."""
        with self._condition:
            self._condition.wait_for(lambda: self._head.sequence > after, timeout=seconds)
            return self._head.sequence

    def verify(self) -> Head:
        """Read the whole journal and follow its chain.

        Returns:
            The head that the chain leads to.

        Raises:
            IntegrityFailure: the first link that is broken, by its sequence number.
        """
        head = Head()
        with self._translated(), self._engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(_EVENTS)).scalar_one()
        for recorded in self._written():
            if recorded.sequence != head.sequence + 1:
                raise _broken(head.sequence + 1, "the event is missing")
            if recorded.previous_hash != head.hash:
                raise _broken(recorded.sequence, "it does not name the hash of the event before it")
            head = Head(recorded.sequence, recorded.hash)
        if head != self._read_head():
            raise _broken(head.sequence, "its row states another hash")
        if count != head.sequence:
            raise _broken(head.sequence + 1, f"{count} rows stand for {head.sequence} events")
        return head

    def close(self) -> None:
        """Release the file."""
        with self._writing:
            if self._writer:
                self._writer.close()
                self._writer = None
        self._engine.dispose()

    def _written(self) -> Iterator[Event]:
        """Give all events as the file holds them."""
        after = 0
        while rows := self._rows_after(after, _WITHOUT_END):
            for sequence, body in rows:
                yield _event(sequence, body)
                after = sequence

    def _rows_after(self, after: int, until: int) -> Sequence[tuple[int, bytes]]:
        with self._translated(), self._engine.connect() as connection:
            rows = connection.execute(_NEXT_PAGE, {"after": after, "until": until}).all()
        return [(row.sequence, row.body) for row in rows]

    def _keep(self, recorded: Sequence[Event]) -> None:
        for one in recorded:
            if len(one.body) > _RECENT_BYTES:
                self._recent.clear()
            else:
                self._recent.append(one)

    def _kept_after(self, after: int, until: int) -> list[Event] | None:
        """Return the events after one, at most a page of them; None where memory does not hold them."""
        with self._condition:
            last = min(until, self._head.sequence)
            if after >= last:
                return []
            first = self._recent[0].sequence if self._recent else _WITHOUT_END
            if after + 1 < first:
                return None
            return list(islice(self._recent, after + 1 - first, last + 1 - first))

    def _read_head(self) -> Head:
        query = select(_EVENTS.c.sequence, _EVENTS.c.hash).order_by(_EVENTS.c.sequence.desc()).limit(1)
        with self._translated(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Head(row.sequence, row.hash) if row else Head()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreFailure(f"The journal's database failed: {error}.", where=str(self._file)) from error


def _event(sequence: int, body: bytes) -> Event:
    try:
        recorded = parse_event(body)
    except InputError as error:
        raise _broken(sequence, error.what) from error
    if recorded.sequence != sequence:
        raise _broken(sequence, f"the row holds event {recorded.sequence}")
    return recorded


def _broken(sequence: int, why: str) -> IntegrityFailure:
    return IntegrityFailure(
        f"The journal's chain is broken at event {sequence}: {why}.",
        where=f"event {sequence}",
        remedy="Restore the journal from a copy; what stands before this event is intact.",
    )


def _row(recorded: Event) -> tuple[int, str, str, str, str, bytes]:
    draft = recorded.draft
    return recorded.sequence, recorded.identifier, draft.kind, draft.subject, recorded.hash, recorded.body


def _connection(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_LOCKED_SECONDS, check_same_thread=False)
    _make_durable(connection)
    return connection


def _make_durable(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL").close()
    connection.execute("PRAGMA synchronous=FULL").close()


def _engine(file: Path) -> Engine:
    arguments = {"timeout": _LOCKED_SECONDS, "check_same_thread": False}
    engine = create_engine(f"sqlite:///{file}", connect_args=arguments)

    @event.listens_for(engine, "connect")
    def _durable(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        _make_durable(connection)

    return engine


def _prepare(engine: Engine) -> None:
    _METADATA.create_all(engine)
    connection: Connection
    with engine.begin() as connection:
        for trigger in _TRIGGERS:
            connection.execute(text(trigger))
