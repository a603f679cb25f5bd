"""Accounts: name, e-mail address and the digest of the password of each person, in the identity database."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Row, delete, insert, select, update

from virtuales.errors import Conflict, InputError, NotFound
from virtuales.trust.people.database import ACCOUNT, LINK, PASSKEY, RECOVERY_CODE, SESSION, IdentityDatabase, seconds

_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f<>\"(),:;\\\[\]]{1,64}@[a-z0-9.-]{1,190}\.[a-z]{2,24}")
_NAME_MOST: Final = 200


@dataclass(frozen=True)
class Account:
    """What is kept of a person.

    Args:
        person: The person's key, which says nothing about them.
        email: Their e-mail address, in the form in which it is compared.
        name: Their name, as they are addressed.
        password: What is kept of the password; None until one is chosen.
        totp_secret: The secret of the second factor in use; None where there is none.
        totp_step: The last time step whose code was taken, so that none is taken twice.
    """

    person: str
    email: str
    name: str
    password: str | None = field(repr=False)
    totp_secret: bytes | None = field(repr=False)
    totp_step: int


class Accounts:
    """The accounts of a node.

    Args:
        database: Where they are kept.
    """

    def __init__(self, database: IdentityDatabase) -> None:
        self._database = database

    def add(self, person: str, *, email: str, name: str, at: datetime) -> None:
        """Make an account without a password.

        Raises:
            Conflict: there is an account with that address.
        """
        with self._database.transaction() as connection:
            known = connection.execute(select(ACCOUNT.c.person).where(ACCOUNT.c.email == email)).first()
            if known is None:
                row = {"person": person, "email": email, "name": name, "made_at": seconds(at)}
                connection.execute(insert(ACCOUNT).values(row))
        if known is not None:
            raise Conflict(
                "A person with this e-mail address is known at this node already.",
                where="email",
                remedy="Change their roles instead, or use another address.",
            )

    def get(self, person: str) -> Account:
        """Return a person's account.

        Raises:
            NotFound: there is none.
        """
        found = self.find(person)
        if found is None:
            raise NotFound("There is no such person.", where=person, remedy="List your organisation's people.")
        return found

    def find(self, person: str) -> Account | None:
        """Return a person's account, or None."""
        with self._database.transaction() as connection:
            row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.person == person)).first()
        return _account(row) if row else None

    def find_by_email(self, email: str) -> Account | None:
        """Return the account with an e-mail address in its compared form, or None."""
        with self._database.transaction() as connection:
            row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.email == email)).first()
        return _account(row) if row else None

    def set_password(self, person: str, digest: str) -> None:
        """Keep the digest of a new password, and forget every session and link that there was."""
        with self._database.transaction() as connection:
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.person == person).values(password=digest))
            connection.execute(delete(SESSION).where(SESSION.c.subject == person))
            connection.execute(delete(LINK).where(LINK.c.person == person))

    def erase(self, person: str) -> None:
        """Erase everything that is kept of a person."""
        with self._database.transaction() as connection:
            for table in (ACCOUNT, LINK, RECOVERY_CODE, PASSKEY):
                connection.execute(delete(table).where(table.c.person == person))
            connection.execute(delete(SESSION).where(SESSION.c.subject == person))


def parse_email(text: str) -> str:
    """Return an e-mail address in the form in which addresses are compared.

    Raises:
        InputError: it is none.

    >>> parse_email(" Ada.Reed@Vale.example ")
    'ada.reed@vale.example'
    """
    email = unicodedata.normalize("NFKC", text).strip().lower()
    if not _EMAIL.fullmatch(email):
        raise InputError("This is no e-mail address.", where="email", remedy="Write it as name@organisation.example.")
    return email


def parse_name(text: str) -> str:
    """Return a person's name without space around it.

    Raises:
        InputError: it is empty, too long or has unprintable characters.
    """
    name = text.strip()
    if not name or len(name) > _NAME_MOST or not name.isprintable():
        raise InputError("The name cannot be used.", where="name", remedy=f"Write 1 to {_NAME_MOST} characters.")
    return name


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(row.person, row.email, row.name, row.password, row.totp_secret, row.totp_step)
