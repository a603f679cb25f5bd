"""Client identifiers and secrets: made at random, shown once, kept as salted digests."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

RandomBytes = Callable[[int], bytes]
"""Returns that many bytes that nobody can guess."""

_SCHEME = "hmac-sha256"
_SALT_BYTES = 16
_SECRET_BYTES = 32
_ID_BYTES = 12
_LONGEST = 512


@dataclass(frozen=True)
class NewClient:
    """A client just made; its secret is shown to its owner once and kept nowhere.

    Args:
        client_id: The identifier.
        secret: The secret: 256 random bits as text.
        digest: What is kept of the secret.
    """

    client_id: str
    secret: str = field(repr=False)
    digest: str = field(repr=False)


def new_client(random_bytes: RandomBytes = secrets.token_bytes) -> NewClient:
    """Make a client identifier and its secret."""
    secret = "ves_" + _text(random_bytes(_SECRET_BYTES))
    return NewClient("client-" + random_bytes(_ID_BYTES).hex(), secret, digest_secret(secret, random_bytes))


def digest_secret(secret: str, random_bytes: RandomBytes = secrets.token_bytes) -> str:
    """Return what is kept of a secret: scheme, salt and digest.

    A secret has 256 random bits, so one keyed hash is enough: nobody can try them all. Passwords need a slow hash.
    """
    salt = random_bytes(_SALT_BYTES)
    return f"{_SCHEME}${_text(salt)}${_text(_hash(secret, salt))}"


def secret_matches(secret: str, digest: str) -> bool:
    """Tell whether a secret is the one of a digest, in a time that does not depend on where they differ."""
    scheme, _, rest = digest.partition("$")
    salt, _, expected = rest.partition("$")
    if scheme != _SCHEME or not salt or not expected or len(secret) > _LONGEST:
        return False
    found = _text(_hash(secret, _bytes(salt)))
    return hmac.compare_digest(found, expected)


def _hash(secret: str, salt: bytes) -> bytes:
    return hmac.digest(salt, secret.encode(errors="surrogatepass"), hashlib.sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
