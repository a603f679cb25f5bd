"""Codes by time, as authenticator apps make them (TOTP, RFC 6238, with the HMAC and the digits that all apps take)."""

import base64
import hmac
import struct
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

SECRET_BYTES: Final = 20
_STEP_SECONDS: Final = 30
_DIGITS: Final = 6
_NEIGHBOURS: Final = (0, -1, 1)
"""Clocks of telephones go wrong by less than a step; the present one is looked at first."""


def code_at(secret: bytes, step: int, *, digits: int = _DIGITS, digest: str = "sha1") -> str:
    """Return the code of a time step (RFC 6238, section 4.2; RFC 4226, section 5.3).

    Args:
        secret: The shared secret.
        step: The number of the time step.
        digits: How many digits the code has.
        digest: The hash function.

    >>> code_at(b"12345678901234567890", 59 // 30, digits=8)
    '94287082'
    """
    mac = hmac.digest(secret, struct.pack(">Q", step), digest)
    offset = mac[-1] & 0x0F
    (number,) = struct.unpack(">I", mac[offset : offset + 4])
    return str((number & 0x7FFFFFFF) % 10**digits).zfill(digits)


def find_step(secret: bytes, code: str, now: datetime, *, after: int = 0) -> int | None:
    """Return the time step that a code belongs to, among the present one and its neighbours; None when it is wrong.

    Args:
        secret: The shared secret.
        code: What was typed; spaces do not count.
        now: What time it is.
        after: The last step whose code was taken; it and those before it are not taken again.
    """
    typed, present = code.replace(" ", ""), int(now.timestamp()) // _STEP_SECONDS
    right = [
        present + one
        for one in _NEIGHBOURS
        if hmac.compare_digest(code_at(secret, present + one).encode(), typed.encode(errors="surrogatepass"))
    ]
    return next((step for step in right if step > after), None)


def written(secret: bytes) -> str:
    """Return a secret as people type it into an app: Base32 in groups of four.

    >>> written(b"12345678901234567890")
    'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ'
    """
    text = base64.b32encode(secret).decode()
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def key_uri(secret: bytes, *, issuer: str, account: str) -> str:
    """Return a secret as the address that apps open, `otpauth://`.

    >>> key_uri(b"12345", issuer="node.example", account="ada@vale.example")
    'otpauth://totp/node.example:ada%40vale.example?secret=GEZDGNBV&issuer=node.example'
    """
    query = urlencode({"secret": base64.b32encode(secret).decode().rstrip("="), "issuer": issuer})
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(account, safe='')}?{query}"
