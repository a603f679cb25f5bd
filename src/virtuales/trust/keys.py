"""Ed25519 keys of nodes and organisations: made, kept, shown as Multikey, JWK and did:web document."""

import base64
import hashlib
import os
import stat
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.jwk import OKPKey

from virtuales.errors import ConfigurationError, InputError
from virtuales.trust import multibase

_PRIVATE_MODE = 0o600


class PublicKey:
    """An Ed25519 public key.

    Args:
        raw: Its 32 bytes (RFC 8032).

    Raises:
        InputError: the bytes are no such key.
    """

    def __init__(self, raw: bytes) -> None:
        try:
            self._key = Ed25519PublicKey.from_public_bytes(raw)
        except ValueError as error:
            raise InputError("The public key is not an Ed25519 key of 32 bytes.", where="publicKey") from error
        self.raw = raw

    @classmethod
    def from_multikey(cls, text: str) -> "PublicKey":
        """Read a key from its Multikey form, `z6Mk…`.

        Raises:
            InputError: the text is no such key.
        """
        return cls(multibase.decode_public_key(text))

    @property
    def multikey(self) -> str:
        """The key as Multikey, `z6Mk…`."""
        return multibase.encode_public_key(self.raw)

    @property
    def kid(self) -> str:
        """The key's JWK thumbprint (RFC 7638, RFC 8037 appendix A.3), used as key identifier."""
        x = _base64url(self.raw)
        canonical = f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'
        return _base64url(hashlib.sha256(canonical.encode()).digest())

    def jwk(self) -> dict[str, str]:
        """Return the key as JWK (RFC 8037) for signature checks."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": _base64url(self.raw),
            "kid": self.kid,
            "use": "sig",
            "alg": "Ed25519",
        }

    def jose(self) -> OKPKey:
        """Return the key as joserfc's object."""
        return OKPKey.import_key({**self.jwk()})

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Tell whether the signature over `data` was made with the private half of this key."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def __eq__(self, other: object) -> bool:
        """Compare by the key's bytes."""
        return isinstance(other, PublicKey) and other.raw == self.raw

    def __hash__(self) -> int:
        """Hash by the key's bytes."""
        return hash(self.raw)

    def __repr__(self) -> str:
        """Show the Multikey form."""
        return f"PublicKey({self.multikey})"


class SigningKey:
    """An Ed25519 private key; its text form never shows the secret.

    Args:
        seed: Its 32 secret bytes (RFC 8032).
    """

    def __init__(self, seed: bytes) -> None:
        try:
            self._key = Ed25519PrivateKey.from_private_bytes(seed)
        except ValueError as error:
            raise InputError("A signing key is made from 32 secret bytes.") from error
        raw = self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public = PublicKey(raw)

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new key from the machine's secure source of randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def load_or_create(cls, path: Path) -> "SigningKey":
        """Load the key kept in a PEM file, or make one there that only its owner may read.

        Raises:
            ConfigurationError: others may read the file, or it holds no Ed25519 private key.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_MODE)
        except FileExistsError:
            return cls._load(path)
        except OSError as error:
            raise ConfigurationError(f"The key file cannot be made: {error.strerror}.", where=str(path)) from error
        key = cls.generate()
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.pem())
            file.flush()
            os.fsync(file.fileno())
        return key

    @classmethod
    def _load(cls, path: Path) -> "SigningKey":
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise ConfigurationError(
                f"The key file may be read by others (mode {mode:o}).", where=str(path), remedy="Set its mode to 600."
            )
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise ConfigurationError("The key file holds no readable private key.", where=str(path)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigurationError("The key file holds a key of another kind than Ed25519.", where=str(path))
        return cls(key.private_bytes_raw())

    def pem(self) -> bytes:
        """Return the secret key as PKCS #8 in PEM, for the key file alone."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, data: bytes) -> bytes:
        """Return the 64-byte signature over `data`."""
        return self._key.sign(data)

    def jose(self) -> OKPKey:
        """Return the private key as joserfc's object, for signing tokens."""
        return OKPKey.import_key({**self.public.jwk(), "d": _base64url(self._key.private_bytes_raw())})

    def __repr__(self) -> str:
        """Show the public half alone."""
        return f"SigningKey({self.public.multikey})"


def did_web(base_url: str) -> str:
    """Return the did:web identifier of a base URL (https://w3c-ccg.github.io/did-method-web/).

    >>> did_web("http://127.0.0.1:8001/org")
    'did:web:127.0.0.1%3A8001:org'
    """
    parts = urlsplit(base_url)
    path = [quote(piece, safe="") for piece in parts.path.split("/") if piece]
    return ":".join(["did:web", quote(parts.netloc, safe=""), *path])


def did_web_document_url(did: str, *, scheme: str = "https") -> str:
    """Return where the document of a did:web identifier is fetched.

    Raises:
        InputError: the identifier is no did:web.

    >>> did_web_document_url("did:web:example.org")
    'https://example.org/.well-known/did.json'
    """
    pieces = did.partition("#")[0].split(":")
    if pieces[:2] != ["did", "web"] or not all(pieces[2:3]):
        raise InputError("The identifier is no did:web.", where=did, remedy="It starts with `did:web:`.")
    host, *path = (unquote(piece) for piece in pieces[2:])
    return f"{scheme}://{host}/{'/'.join(path) if path else '.well-known'}/did.json"


def verification_method(did: str, key: PublicKey) -> str:
    """Return the identifier under which a did:web document lists a key."""
    return f"{did}#{key.multikey}"


def did_document(did: str, key: PublicKey) -> dict[str, object]:
    """Return the document of a did:web identifier with one key for assertions and authentication."""
    method = verification_method(did, key)
    return {
        "@context": ["https://www.w3.org/ns/cid/v1"],
        "id": did,
        "verificationMethod": [
            {"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": key.multikey}
        ],
        "assertionMethod": [method],
        "authentication": [method],
    }


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
