"""The journal itself: an append-only, hash-chained table of events in SQLite.

Write-ahead logging with `synchronous=FULL`: what `append` returned for survives the loss of the process and of power.
Triggers refuse any change of a written row; whoever changes the file behind our back is found by `verify`.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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
    insert,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from virtuales.errors import Conflict, InputError, IntegrityFailure, StoreFailure
from virtuales.journal.canonical import canonical_json
from virtuales.journal.event import FIRST_PREVIOUS_HASH, Event, parse_event

_METADATA = MetaData()
_EVENTS = Table(
    "event",
    _METADATA,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("identifier", String(64), nullable=False, unique=True),
    Column("kind", String(120), nullable=False, index=True),
    Column("subject", String, nullable=False, index=True),
    Column("hash", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
)
_TRIGGERS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS refuse_{deed} BEFORE {deed} ON event "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for deed in ("UPDATE", "DELETE")
)
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
        if not read_only:
            with self._translated():
                _prepare(self._engine)
        self._head = self._read_head()

    @property
    def head(self) -> Head:
        """The last event's sequence number and hash."""
        return self._head

    def append(self, recorded: Event) -> None:
        """Add an event at the end; when this returns, the event is on the disk.

        Raises:
            Conflict: the event does not follow the head.
            StoreFailure: the database did not take it.
        """
        if (recorded.sequence, recorded.previous_hash) != (self._head.sequence + 1, self._head.hash):
            raise Conflict(f"Event {recorded.sequence} does not follow event {self._head.sequence}.")
        digest = recorded.hash
        row = {
            "sequence": recorded.sequence,
            "identifier": recorded.identifier,
            "kind": recorded.draft.kind,
            "subject": recorded.draft.subject,
            "hash": digest,
            "body": canonical_json(recorded.to_cloudevent()),
        }
        with self._translated(), self._engine.begin() as connection:
            connection.execute(insert(_EVENTS), row)
        with self._condition:
            self._head = Head(recorded.sequence, digest)
            self._condition.notify_all()

    def events(self, *, after: int = 0, until: int | None = None) -> Iterator[Event]:
        """Give events in order, those after sequence number `after` and up to `until`.

        Raises:
            IntegrityFailure: a row does not hold the event it claims to hold.
        """
        while True:
            bounds = {"after": after, "until": _WITHOUT_END if until is None else until}
            with self._translated(), self._engine.connect() as connection:
                rows = connection.execute(_NEXT_PAGE, bounds).all()
            for sequence, body in rows:
                yield _event(sequence, body)
                after = sequence
            if len(rows) < _PAGE:
                return

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
        for recorded in self.events():
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
        self._engine.dispose()

    def _read_head(self) -> Head:
        query = select(_EVENTS.c.sequence, _EVENTS.c.hash).order_by(_EVENTS.c.sequence.desc()).limit(1)
        with self._translated(), self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Head(row.sequence, row.hash) if row else Head()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
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


def _engine(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _durable(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA journal_mode=WAL").close()
        connection.execute("PRAGMA synchronous=FULL").close()

    return engine


def _prepare(engine: Engine) -> None:
    _METADATA.create_all(engine)
    connection: Connection
    with engine.begin() as connection:
        for trigger in _TRIGGERS:
            connection.execute(text(trigger))
