"""Proofs that a profile holds the key to which its tokens are bound; the libraries are imported when one is made."""

import base64
import binascii
import secrets

from virtuales.errors import ConfigurationError

_SEED_BYTES = 32


def new_proof_key() -> str:
    """Make the private key of a profile: the 32 secret bytes of an Ed25519 key (RFC 8032), as base64url."""
    return secrets.token_urlsafe(_SEED_BYTES)


def prove(key: str, method: str, url: str, *, token: str | None = None) -> str:
    """Return the proof for one request; see `virtuales.trust.dpop.make_proof`.

    Raises:
        ConfigurationError: the text is no key of a profile.
    """
    from virtuales.clock import SystemClock  # noqa: PLC0415 - commands without proofs need no cryptography
    from virtuales.trust.dpop import make_proof  # noqa: PLC0415
    from virtuales.trust.keys import SigningKey  # noqa: PLC0415

    try:
        seed = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
    except (ValueError, binascii.Error) as error:
        raise _no_key() from error
    if len(seed) != _SEED_BYTES:
        raise _no_key()
    return make_proof(SigningKey(seed), method, url, clock=SystemClock(), token=token)


def _no_key() -> ConfigurationError:
    return ConfigurationError("The profile's proof key is none.", remedy="Run `virtuales login --dpop` again.")
