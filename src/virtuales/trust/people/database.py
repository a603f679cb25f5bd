"""The identity database: what has to be kept of people and must never stand in the journal.

Names, addresses, digests of secrets and sessions are kept here, in an SQLite file that only its owner may read, so that
they can be changed and erased. Who belongs to which organisation with which roles is in the journal, without any of it.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, Integer, LargeBinary, MetaData, String, Table, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from virtuales.errors import StoreFailure

_OWNER_ONLY: Final = 0o600
_LOCKED_SECONDS: Final = 30.0
_METADATA = MetaData()


def _key() -> Column[str]:
    return Column("person", String(64), nullable=False, index=True)


ACCOUNT = Table(
    "account",
    _METADATA,
    Column("person", String(64), primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password", String(200)),
    Column("totp_secret", LargeBinary),
    Column("totp_waiting", LargeBinary),
    Column("totp_step", Integer, nullable=False, server_default="0"),
    Column("made_at", Integer, nullable=False),
)
SESSION = Table(
    "session",
    _METADATA,
    Column("digest", String(64), primary_key=True),
    Column("subject", String(200), nullable=False, index=True),
    Column("organisation", String, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("scopes", String, nullable=False),
    Column("made_at", Integer, nullable=False),
    Column("seen_at", Integer, nullable=False),
    Column("ends_at", Integer, nullable=False),
)
LINK = Table(
    "link",
    _METADATA,
    Column("digest", String(64), primary_key=True),
    _key(),
    Column("purpose", String(20), nullable=False),
    Column("ends_at", Integer, nullable=False),
)
ATTEMPT = Table(
    "attempt",
    _METADATA,
    Column("key", String(80), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Integer, nullable=False),
)
RECOVERY_CODE = Table("recovery_code", _METADATA, Column("digest", String(64), primary_key=True), _key())
PASSKEY = Table(
    "passkey",
    _METADATA,
    Column("credential", LargeBinary, primary_key=True),
    _key(),
    Column("label", String(100), nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", Integer, nullable=False),
    Column("made_at", Integer, nullable=False),
)
CHALLENGE = Table(
    "challenge",
    _METADATA,
    Column("digest", String(64), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("ends_at", Integer, nullable=False),
)


class IdentityDatabase:
    """The tables about people in one SQLite file.

    Args:
        file: The file; made, for its owner alone, when it is missing.

    Raises:
        StoreFailure: the file cannot be opened or is no such database.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        if not file.exists():
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
        arguments = {"timeout": _LOCKED_SECONDS, "check_same_thread": False}
        self._engine = create_engine(f"sqlite:///{file}", connect_args=arguments)
        event.listen(self._engine, "connect", _prepare)
        try:
            _METADATA.create_all(self._engine)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreFailure(f"The identity database cannot be opened: {error}.", where=str(file)) from error

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Do what the block does whole or not at all.

        Raises:
            StoreFailure: the database did not take it; the error names neither values nor people.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, sqlite3.Error) as error:
            kind = type(error).__name__
            raise StoreFailure(f"The identity database failed: {kind}.", where=str(self._file)) from None

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()


def seconds(moment: datetime) -> int:
    """Return an instant as whole seconds, as the tables hold it."""
    return int(moment.timestamp())


def _prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").close()
