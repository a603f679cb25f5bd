"""Passkeys: people sign in with a key that their device keeps (Web Authentication, Level 2).

A passkey is asked for with user verification, so it stands for both factors; it works for this node's host alone, so
that no other site can ask for it. Each challenge is good once, for five minutes.
Specification: https://www.w3.org/TR/webauthn-2/.
"""

import ipaddress
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from virtuales.clock import Clock
from virtuales.errors import Conflict, Unauthenticated
from virtuales.trust.people.accounts import Account
from virtuales.trust.people.database import CHALLENGE, PASSKEY, IdentityDatabase, seconds
from virtuales.trust.people.sessions import digest_of

_LASTS: Final = timedelta(minutes=5)
_CHALLENGE_BYTES: Final = 32
_ANYBODY: Final = ""
_MOST: Final = 10
_LONGEST: Final = 20_000


@dataclass(frozen=True)
class Passkey:
    """A passkey as its owner sees it.

    Args:
        key: Its identifier, as text.
        label: What its owner calls it.
        made_at: When it was added.
    """

    key: str
    label: str
    made_at: datetime


class Passkeys:
    """The passkeys of a node's people.

    Args:
        database: Where their public keys are kept.
        clock: What time it is.
        base_url: The node's address, whose host they are for.
    """

    def __init__(self, database: IdentityDatabase, clock: Clock, base_url: str) -> None:
        self._database = database
        self._clock = clock
        parts = urlsplit(base_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.hostname or ""

    @property
    def are_possible(self) -> bool:
        """Whether browsers make passkeys for this node's host: a name, under https or on the machine itself."""
        try:
            ipaddress.ip_address(self._host)
        except ValueError:
            return self._origin.startswith("https:") or self._host == "localhost"
        return False

    def of(self, person: str) -> list[Passkey]:
        """Return a person's passkeys, the oldest first."""
        query = select(PASSKEY).where(PASSKEY.c.person == person).order_by(PASSKEY.c.made_at)
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        return [
            Passkey(bytes_to_base64url(row.credential), row.label, datetime.fromtimestamp(row.made_at, UTC))
            for row in rows
        ]

    def propose(self, account: Account) -> str:
        """Return the options with which a person's browser makes a passkey, as JSON.

        Raises:
            Conflict: the person has as many as one can have.
        """
        known = self.of(account.person)
        if len(known) >= _MOST:
            raise Conflict(f"You have {_MOST} passkeys already.", where="passkeys", remedy="Remove one first.")
        options = generate_registration_options(
            rp_id=self._host,
            rp_name=f"VirtualES at {self._host}",
            user_name=account.email,
            user_id=account.person.encode(),
            user_display_name=account.name,
            challenge=self._challenge(account.person),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.key)) for one in known],
        )
        return options_to_json(options)

    def add(self, person: str, credential: str, label: str) -> None:
        """Keep the public key of a passkey that the person's browser made.

        Raises:
            Unauthenticated: it does not answer a challenge of this node to this person.
        """
        sent = _read(credential)
        try:
            verified = verify_registration_response(
                credential=sent,
                expected_challenge=self._answered(sent, person),
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise refusal() from error
        row = {
            "credential": verified.credential_id,
            "person": person,
            "label": label.strip()[:100] or "Passkey",
            "public_key": verified.credential_public_key,
            "sign_count": verified.sign_count,
            "made_at": seconds(self._clock.now()),
        }
        with self._database.transaction() as connection:
            connection.execute(insert(PASSKEY).values(row))

    def remove(self, person: str, key: str) -> bool:
        """Forget a passkey of a person; return whether there was one."""
        try:
            credential = base64url_to_bytes(key)
        except ValueError:
            return False
        with self._database.transaction() as connection:
            found = delete(PASSKEY).where(PASSKEY.c.credential == credential, PASSKEY.c.person == person)
            return connection.execute(found).rowcount == 1

    def ask(self) -> str:
        """Return the options with which anybody's browser shows a passkey, as JSON; they name nobody."""
        options = generate_authentication_options(
            rp_id=self._host,
            challenge=self._challenge(_ANYBODY),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def find_owner(self, credential: str) -> str:
        """Return the key of the person whose passkey was shown.

        Raises:
            Unauthenticated: it is unknown, or does not answer a challenge of this node.
        """
        sent = _read(credential)
        try:
            named = base64url_to_bytes(str(sent["rawId"]))
            with self._database.transaction() as connection:
                row = connection.execute(select(PASSKEY).where(PASSKEY.c.credential == named)).first()
            expected = self._answered(sent, _ANYBODY)
            if row is None:
                raise refusal()
            verified = verify_authentication_response(
                credential=sent,
                expected_challenge=expected,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise refusal() from error
        with self._database.transaction() as connection:
            used = update(PASSKEY).where(PASSKEY.c.credential == named)
            connection.execute(used.values(sign_count=verified.new_sign_count))
        return str(row.person)

    def _challenge(self, person: str) -> bytes:
        challenge, now = secrets.token_bytes(_CHALLENGE_BYTES), self._clock.now()
        row = {
            "digest": digest_of(bytes_to_base64url(challenge)),
            "person": person,
            "ends_at": seconds(now + _LASTS),
        }
        with self._database.transaction() as connection:
            connection.execute(delete(CHALLENGE).where(CHALLENGE.c.ends_at <= seconds(now)))
            connection.execute(insert(CHALLENGE).values(row))
        return challenge

    def _answered(self, credential: dict[str, Any], person: str) -> bytes:
        """Return the challenge that a credential says it answers, and use it up.

        Raises:
            Unauthenticated: it is none of this node to this person, or it has ended.
        """
        data = json.loads(base64url_to_bytes(str(credential["response"]["clientDataJSON"])))
        challenge = str(data["challenge"])
        known = delete(CHALLENGE).where(
            CHALLENGE.c.digest == digest_of(challenge),
            CHALLENGE.c.person == person,
            CHALLENGE.c.ends_at > seconds(self._clock.now()),
        )
        with self._database.transaction() as connection:
            if connection.execute(known).rowcount != 1:
                raise refusal()
        return base64url_to_bytes(challenge)


def _read(credential: str) -> dict[str, Any]:
    try:
        sent = json.loads(credential) if len(credential) <= _LONGEST else None
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise refusal()
    return cast("dict[str, Any]", sent)


def refusal() -> Unauthenticated:
    """Return the error that says that a passkey was not taken, and not why."""
    return Unauthenticated(
        "The passkey was not taken.", where="passkey", remedy="Try again, or sign in with your password."
    )
