"""Names that may be used once: identifiers of assertions and proofs, remembered until these have expired.

They are kept in an SQLite file, so that what was used before a restart stays used after it.
"""

import os
import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from virtuales.clock import Clock
from virtuales.errors import StoreFailure, Unauthenticated

_KEPT_MOST: Final = 1_000_000
_SWEEP_EVERY: Final = 1_000
_OWNER_ONLY: Final = 0o600


class UsedOnce:
    """Remembers names until they cannot be used again anyway.

    Args:
        connection: The database; this object alone uses it.
        clock: What time it is.
    """

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._lock = threading.Lock()
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS used (name TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID"
        )
        self._connection.execute("CREATE INDEX IF NOT EXISTS used_until ON used (until)")
        (self._kept,) = self._connection.execute("SELECT count(*) FROM used").fetchone()
        self._swept_at = self._kept

    @classmethod
    def open(cls, file: Path, clock: Clock) -> Self:
        """Open the file of a node; it is made, for its owner alone, when it is missing.

        Raises:
            StoreFailure: the file cannot be opened, or is no such database.
        """
        try:
            if not file.exists():
                os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY))
            connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            return cls(connection, clock)
        except (OSError, sqlite3.Error) as error:
            raise StoreFailure(f"The file of used names cannot be opened: {error}.", where=str(file)) from error

    @classmethod
    def in_memory(cls, clock: Clock) -> Self:
        """Remember until the process ends."""
        return cls(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False), clock)

    def use(self, name: str, *, until: datetime, what: str = "assertion") -> None:
        """Note that a name was used.

        Args:
            name: The name.
            until: From when on it need not be remembered.
            what: What bears the name, for the message.

        Raises:
            Unauthenticated: it was used before, or too many are remembered to be sure.
            StoreFailure: it cannot be noted.
        """
        now = self._clock.now().timestamp()
        with self._lock:
            try:
                self._sweep(now)
                used = self._connection.execute(
                    "INSERT INTO used VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET until = excluded.until "
                    "WHERE used.until <= ?",
                    (name, until.timestamp(), now),
                ).rowcount
            except sqlite3.Error as error:
                raise StoreFailure(f"The use of a name cannot be noted: {error}.", where=what) from error
            if not used:
                raise Unauthenticated(f"The {what} was used before.", where="jti", remedy="Make a new one.")
            self._kept += 1

    @property
    def kept(self) -> int:
        """How many names are remembered."""
        return int(self._kept)

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _sweep(self, now: float) -> None:
        """Forget now and then what has expired.

        Raises:
            Unauthenticated: too many have not.
        """
        if self._kept - self._swept_at >= _SWEEP_EVERY or self._kept >= _KEPT_MOST:
            self._connection.execute("DELETE FROM used WHERE until <= ?", (now,))
            (self._kept,) = self._connection.execute("SELECT count(*) FROM used").fetchone()
            self._swept_at = self._kept
        if self._kept >= _KEPT_MOST:
            raise Unauthenticated("Too many at once.", where="jti", remedy="Try again in a few minutes.")
