"""Links in letters: each opens one thing for one person, once, for a while; digests of them alone are kept."""

import secrets
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, insert, select

from virtuales.clock import Clock
from virtuales.errors import NotFound
from virtuales.trust.people.database import LINK, IdentityDatabase, seconds
from virtuales.trust.people.sessions import digest_of


class LinkPurpose(StrEnum):
    """What a link opens."""

    INVITATION = "invitation"
    RESET = "reset"


LASTS = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.RESET: timedelta(hours=1)}
"""How long a link is good."""


class Links:
    """The links that were sent and not used yet.

    Args:
        database: Where they are kept.
        clock: What time it is.
    """

    def __init__(self, database: IdentityDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def make(self, person: str, purpose: LinkPurpose) -> str:
        """Return the token of a new link; an earlier one for the same purpose opens nothing any more."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        row = {
            "digest": digest_of(token),
            "person": person,
            "purpose": purpose.value,
            "ends_at": seconds(now + LASTS[purpose]),
        }
        with self._database.transaction() as connection:
            earlier = delete(LINK).where(LINK.c.person == person, LINK.c.purpose == purpose.value)
            connection.execute(earlier)
            connection.execute(delete(LINK).where(LINK.c.ends_at <= seconds(now)))
            connection.execute(insert(LINK).values(row))
        return token

    def get(self, token: str, purpose: LinkPurpose) -> str:
        """Return the key of the person that a link is for.

        Raises:
            NotFound: the link was used, has ended, or never was one.
        """
        query = select(LINK.c.person).where(
            LINK.c.digest == digest_of(token),
            LINK.c.purpose == purpose.value,
            LINK.c.ends_at > seconds(self._clock.now()),
        )
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFound(
                "This link opens nothing: it was used already, or it is too old.",
                where="token",
                remedy="Ask for a new one.",
            )
        return str(row.person)

    def take(self, token: str, purpose: LinkPurpose) -> str:
        """Use a link up and return the person's key; raises what `get` raises."""
        person = self.get(token, purpose)
        with self._database.transaction() as connection:
            used = connection.execute(delete(LINK).where(LINK.c.digest == digest_of(token))).rowcount
        if not used:  # somebody else took it in between
            return self.get(token, purpose)
        return person
