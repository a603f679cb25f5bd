"""Base58 (Bitcoin alphabet) in multibase, and Ed25519 keys as Multikey.

See https://www.w3.org/TR/cid-1.0/#Multikey and https://www.w3.org/TR/cid-1.0/#multibase-0.
"""

from virtuales.errors import InputError

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519_PUBLIC = bytes((0xED, 0x01))
_KEY_BYTES = 32
_LONGEST = 200


def encode(data: bytes) -> str:
    """Write bytes in base58 with the multibase prefix `z`.

    >>> encode(bytes.fromhex("0000287fb4cd"))
    'z11233QC4'
    """
    number = int.from_bytes(data)
    digits = ""
    while number:
        number, place = divmod(number, 58)
        digits = _ALPHABET[place] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + digits


def decode(text: str) -> bytes:
    """Read what `encode` wrote.

    Raises:
        InputError: the text has another prefix, is too long, or has characters outside the alphabet.
    """
    body = text[1:]
    if text[:1] != "z" or len(text) > _LONGEST or any(character not in _ALPHABET for character in body):
        raise InputError("The value is not base58 in multibase.", where=text[:20], remedy="It starts with `z`.")
    number = 0
    for character in body:
        number = number * 58 + _ALPHABET.index(character)
    zeros = len(body) - len(body.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def encode_public_key(key: bytes) -> str:
    """Write an Ed25519 public key (32 bytes) as Multikey, `z6Mk…`."""
    return encode(_ED25519_PUBLIC + key)


def decode_public_key(text: str) -> bytes:
    """Read an Ed25519 public key from its Multikey form.

    Raises:
        InputError: the text is no multibase, or names a key of another kind or length.
    """
    data = decode(text)
    if data[:2] != _ED25519_PUBLIC or len(data) != len(_ED25519_PUBLIC) + _KEY_BYTES:
        raise InputError(
            "The public key is not an Ed25519 key in Multikey form.", where="publicKey", remedy="It starts with `z6Mk`."
        )
    return data[2:]
