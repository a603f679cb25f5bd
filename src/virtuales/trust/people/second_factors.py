"""Second factors: a secret shared with an authenticator app, and recovery codes for the day on which it is lost."""

import secrets
from typing import Final

from sqlalchemy import delete, func, insert, select, update

from virtuales.clock import Clock
from virtuales.trust.people.database import ACCOUNT, RECOVERY_CODE, IdentityDatabase
from virtuales.trust.people.sessions import digest_of
from virtuales.trust.people.totp import SECRET_BYTES, find_step

_CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""
_GROUPS: Final = (4, 4, 4, 4)


class SecondFactors:
    """The second factors of a node's people.

    Args:
        database: Where they are kept; of recovery codes, digests alone.
        clock: What time it is.
    """

    def __init__(self, database: IdentityDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def propose(self, person: str) -> bytes:
        """Return a new secret, which is asked for only once a code made with it was confirmed."""
        secret = secrets.token_bytes(SECRET_BYTES)
        with self._database.transaction() as connection:
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.person == person).values(totp_waiting=secret))
        return secret

    def find_proposed(self, person: str) -> bytes | None:
        """Return the secret that waits to be confirmed, or None."""
        with self._database.transaction() as connection:
            row = connection.execute(select(ACCOUNT.c.totp_waiting).where(ACCOUNT.c.person == person)).first()
        return bytes(row.totp_waiting) if row and row.totp_waiting else None

    def confirm(self, person: str, code: str) -> list[str] | None:
        """Put the proposed secret to use if the code is right; return new recovery codes, or None when it is wrong."""
        secret = self.find_proposed(person)
        step = find_step(secret, code, self._clock.now()) if secret else None
        if step is None:
            return None
        codes = [_recovery_code() for _ in range(_CODES)]
        rows = [{"digest": digest_of(person + _plain(one)), "person": person} for one in codes]
        with self._database.transaction() as connection:
            values = {"totp_secret": secret, "totp_waiting": None, "totp_step": step}
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.person == person).values(values))
            connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.person == person))
            connection.execute(insert(RECOVERY_CODE), rows)
        return codes

    def take(self, person: str, code: str) -> bool:
        """Tell whether a code is right, and use it up: one of the app, or a recovery code."""
        return self._take_timed(person, code) or self._take_recovery(person, code)

    def left(self, person: str) -> int:
        """Return how many recovery codes are left."""
        query = select(func.count()).select_from(RECOVERY_CODE).where(RECOVERY_CODE.c.person == person)
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def drop(self, person: str) -> None:
        """Ask for no second factor any more."""
        with self._database.transaction() as connection:
            values = {"totp_secret": None, "totp_waiting": None, "totp_step": 0}
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.person == person).values(values))
            connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.person == person))

    def _take_timed(self, person: str, code: str) -> bool:
        """Take a code of the app; a condition on the step keeps two requests from taking the same one."""
        with self._database.transaction() as connection:
            row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.person == person)).first()
            if row is None or row.totp_secret is None:
                return False
            step = find_step(row.totp_secret, code, self._clock.now(), after=row.totp_step)
            if step is None:
                return False
            unused = update(ACCOUNT).where(ACCOUNT.c.person == person, ACCOUNT.c.totp_step < step)
            return connection.execute(unused.values(totp_step=step)).rowcount == 1

    def _take_recovery(self, person: str, code: str) -> bool:
        digest = digest_of(person + _plain(code))
        with self._database.transaction() as connection:
            return connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.digest == digest)).rowcount == 1


def _recovery_code() -> str:
    """Make a code of 79 random bits, so that a plain digest of it is enough."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(size)) for size in _GROUPS)


def _plain(code: str) -> str:
    return code.strip().lower().replace("-", "").replace(" ", "")
