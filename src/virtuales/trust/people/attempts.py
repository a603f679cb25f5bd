"""Guesses are slowed down: after some failures each further try has to wait, twice as long each time.

What is counted is what was tried (an address, a person's second factor) and whence; that a person exists makes no
difference. A try is counted before it is judged, so that many at once are no way around.
"""

import hashlib
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from virtuales.clock import Clock
from virtuales.errors import Busy
from virtuales.trust.people.database import ATTEMPT, IdentityDatabase, seconds

FREE: Final = 5
"""How many tries may fail one after another before the next has to wait."""
FREE_FROM_ONE_PLACE: Final = 50
_LONGEST_WAIT: Final = 15 * 60
_FORGOTTEN_AFTER: Final = 24 * 3600


class Attempts:
    """Counts tries that were not found right.

    Args:
        database: Where they are kept, by digests of what was tried.
        clock: What time it is.
    """

    def __init__(self, database: IdentityDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def admit(self, tried: str, *, free: int = FREE) -> None:
        """Count a try.

        Args:
            tried: What is tried: the kind, and whose.
            free: How many tries may fail before the next has to wait.

        Raises:
            Busy: there were too many; says how long to wait.
        """
        key, now = _key(tried), seconds(self._clock.now())
        with self._database.transaction() as connection:
            connection.execute(delete(ATTEMPT).where(ATTEMPT.c.last_at <= now - _FORGOTTEN_AFTER))
            row = connection.execute(select(ATTEMPT).where(ATTEMPT.c.key == key)).first()
            failures = row.failures if row else 0
            wait = _wait(failures, free) - (now - row.last_at) if row else 0
            if wait <= 0:
                counted = insert(ATTEMPT).values(key=key, failures=failures + 1, last_at=now)
                changes = {"failures": ATTEMPT.c.failures + 1, "last_at": now}
                connection.execute(counted.on_conflict_do_update(index_elements=[ATTEMPT.c.key], set_=changes))
        if wait > 0:
            raise Busy(
                "Too many tries failed one after another.",
                where="sign-in",
                remedy=f"Wait {wait} seconds, or have the password reset.",
            )

    def forget(self, tried: str) -> None:
        """Forget the tries, since one was right."""
        with self._database.transaction() as connection:
            connection.execute(delete(ATTEMPT).where(ATTEMPT.c.key == _key(tried)))


def _wait(failures: int, free: int) -> int:
    """Return how many seconds after the last failure the next try may come."""
    if failures < free:
        return 0
    return int(min(2 ** min(failures - free + 1, 20), _LONGEST_WAIT))


def _key(tried: str) -> str:
    return hashlib.sha256(tried.encode(errors="surrogatepass")).hexdigest()
