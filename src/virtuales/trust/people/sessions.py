"""Sessions of the portal, kept on the server: the browser holds a name that nobody can guess, and nothing else."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Row, delete, insert, select, update

from virtuales.clock import Clock
from virtuales.trust.people.database import SESSION, IdentityDatabase, seconds

_TOUCH_SECONDS: Final = 60
"""A session that is used all the time is written once a minute."""


class SessionKind(StrEnum):
    """Whose session it is, and how far they have come."""

    PERSON = "person"
    CLIENT = "client"
    HALF = "half"
    """A person who has shown the password and not yet the second factor: nothing is open to them."""


@dataclass(frozen=True)
class Lifetimes:
    """How long sessions last.

    Args:
        idle: Without any request.
        absolute: At most.
        half: Between the password and the second factor.
    """

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    half: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Session:
    """A session that is good now.

    Args:
        digest: Its digest, by which it is known here.
        subject: The person's key, or the client's identifier.
        organisation: IRI of the organisation.
        kind: Whose it is.
        scopes: What a client's token allowed; a person's rights are looked up at each request.
        made_at: When it began.
        ends: When it ends at the latest.
    """

    digest: str
    subject: str
    organisation: str
    kind: SessionKind
    scopes: frozenset[str]
    made_at: datetime
    ends: datetime


class Sessions:
    """The sessions of a node.

    Args:
        database: Where they are kept; of their names, digests alone.
        clock: What time it is.
        lifetimes: How long they last.
    """

    def __init__(self, database: IdentityDatabase, clock: Clock, lifetimes: Lifetimes) -> None:
        self._database = database
        self._clock = clock
        self.lifetimes = lifetimes

    def begin(
        self,
        subject: str,
        organisation: str,
        *,
        kind: SessionKind,
        scopes: Iterable[str] = (),
        lasts: timedelta | None = None,
    ) -> str:
        """Begin a session and return its name; what has ended is swept out meanwhile.

        Args:
            subject: The person's key, or the client's identifier.
            organisation: IRI of the organisation.
            kind: Whose it is.
            scopes: What a client's token allows.
            lasts: How long at most, where that is less than usual.
        """
        now = self._clock.now()
        longest = self.lifetimes.half if kind is SessionKind.HALF else self.lifetimes.absolute
        ends = now + min(longest, lasts or longest)
        name = secrets.token_urlsafe(32)
        row = {
            "digest": digest_of(name),
            "subject": subject,
            "organisation": organisation,
            "kind": kind.value,
            "scopes": " ".join(sorted(scopes)),
            "made_at": seconds(now),
            "seen_at": seconds(now),
            "ends_at": seconds(ends),
        }
        with self._database.transaction() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.ends_at <= seconds(now)))
            connection.execute(insert(SESSION).values(row))
        return name

    def find(self, name: str) -> Session | None:
        """Return the session of a name and note that it is used; None when there is none or it has ended."""
        now, digest = seconds(self._clock.now()), digest_of(name)
        with self._database.transaction() as connection:
            row = connection.execute(select(SESSION).where(SESSION.c.digest == digest)).first()
            if row is None:
                return None
            idle = self.lifetimes.idle.total_seconds()
            if row.ends_at <= now or row.seen_at + idle <= now:
                connection.execute(delete(SESSION).where(SESSION.c.digest == digest))
                return None
            if row.seen_at + _TOUCH_SECONDS <= now:
                connection.execute(update(SESSION).where(SESSION.c.digest == digest).values(seen_at=now))
        return _session(row)

    def of(self, subject: str) -> list[Session]:
        """Return the sessions of a person or client that have not ended, the newest first."""
        now = self._clock.now()
        query = (
            select(SESSION)
            .where(SESSION.c.subject == subject, SESSION.c.ends_at > seconds(now))
            .where(SESSION.c.seen_at > seconds(now - self.lifetimes.idle))
            .order_by(SESSION.c.made_at.desc())
        )
        with self._database.transaction() as connection:
            return [_session(row) for row in connection.execute(query)]

    def end(self, name: str) -> None:
        """End a session, if there is one of that name."""
        with self._database.transaction() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.digest == digest_of(name)))

    def end_all(self, subject: str) -> int:
        """End every session of a person or client; return how many there were."""
        with self._database.transaction() as connection:
            return connection.execute(delete(SESSION).where(SESSION.c.subject == subject)).rowcount


def digest_of(name: str) -> str:
    """Return the digest by which a name that nobody can guess is kept."""
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()


def _session(row: Row[tuple[object, ...]]) -> Session:
    return Session(
        digest=row.digest,
        subject=row.subject,
        organisation=row.organisation,
        kind=SessionKind(row.kind),
        scopes=frozenset(row.scopes.split()),
        made_at=datetime.fromtimestamp(row.made_at, UTC),
        ends=datetime.fromtimestamp(row.ends_at, UTC),
    )
