"""What a node keeps of people besides their memberships, as one thing."""

from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher

from virtuales.clock import Clock
from virtuales.trust.people.accounts import Accounts
from virtuales.trust.people.attempts import Attempts
from virtuales.trust.people.database import IdentityDatabase
from virtuales.trust.people.links import Links
from virtuales.trust.people.passwords import Passwords
from virtuales.trust.people.second_factors import SecondFactors
from virtuales.trust.people.sessions import Lifetimes, Sessions


@dataclass(frozen=True)
class Identity:
    """The identity database and what reads it.

    Args:
        database: The database.
        accounts: People's accounts.
        passwords: What compares passwords.
        sessions: Who has signed in.
        links: What letters let people do.
        factors: People's second factors.
        attempts: What slows guesses down.
        clock: What time it is.
    """

    database: IdentityDatabase
    accounts: Accounts
    passwords: Passwords
    sessions: Sessions
    links: Links
    factors: SecondFactors
    attempts: Attempts
    clock: Clock


def open_identity(
    file: Path, *, clock: Clock, lifetimes: Lifetimes | None = None, hasher: PasswordHasher | None = None
) -> Identity:
    """Open a node's identity database.

    Args:
        file: The file; made when it is missing.
        clock: What time it is.
        lifetimes: How long sessions last.
        hasher: What digests passwords, with its costs.

    Raises:
        StoreFailure: the file cannot be opened.
    """
    database = IdentityDatabase(file)
    return Identity(
        database,
        accounts=Accounts(database),
        passwords=Passwords(hasher),
        sessions=Sessions(database, clock, lifetimes or Lifetimes()),
        links=Links(database, clock),
        factors=SecondFactors(database, clock),
        attempts=Attempts(database, clock),
        clock=clock,
    )
