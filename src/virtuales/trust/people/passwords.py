"""Passwords: which are taken, and what is kept of them (Argon2id, RFC 9106)."""

import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from virtuales.errors import InputError

SHORTEST: Final = 12
_LONGEST: Final = 256
_DIFFERENT: Final = 6
_AT_A_TIME: Final = 2
"""Each digest takes 64 MiB, so that many at once would be an attack on the node's memory."""


class Passwords:
    """Makes digests of passwords and compares with them.

    Args:
        hasher: The hash function with its costs; by default the second recommendation of RFC 9106.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = threading.Semaphore(_AT_A_TIME)
        self._nobodys: str | None = None

    def digest(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._turns:
            return self._hasher.hash(_normal(password))

    def matches(self, password: str, digest: str | None) -> bool:
        """Tell whether a password is the one of a digest; without a digest it takes as long, and is not."""
        self._nobodys = self._nobodys or self.digest("the password of nobody")
        with self._turns:
            try:
                self._hasher.verify(digest or self._nobodys, _normal(password)[:_LONGEST])
            except (VerificationError, InvalidHashError):
                return False
        return digest is not None


def check_password(password: str, *, email: str, name: str) -> str:
    """Return a new password if it is hard to guess: long, of many characters, and not about its owner.

    Raises:
        InputError: it is not; says what would be.

    >>> check_password("correct horse battery", email="ada@vale.example", name="Ada Reed")
    'correct horse battery'
    """
    normal = _normal(password)
    fault = None
    if len(normal) < SHORTEST:
        fault = "The password is too short."
    elif len(normal) > _LONGEST:
        fault = "The password is too long."
    elif len(set(normal.casefold())) < _DIFFERENT:
        fault = "The password repeats few characters."
    elif _tells_of_owner(normal.casefold(), email, name):
        fault = "The password is made of your name or address."
    if fault:
        remedy = f"Use {SHORTEST} characters or more that nobody would guess, such as four words by chance."
        raise InputError(fault, where="password", remedy=remedy)
    return password


def _tells_of_owner(password: str, email: str, name: str) -> bool:
    """Tell whether little is left of a password without what is known of its owner."""
    rest = password
    for known in (email, email.partition("@")[0], email.partition("@")[2], *name.casefold().split()):
        if len(known) > 2:  # noqa: PLR2004  # shorter parts stand in many words by chance
            rest = rest.replace(known, "")
    return len(rest) < SHORTEST // 2


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
