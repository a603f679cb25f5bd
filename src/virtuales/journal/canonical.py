"""Canonical JSON (RFC 8785), by which events are hashed.

Almost all that events hold is text, for which Python's own encoder, written in C, gives the canonical form: the same
escapes, and the same order of keys as long as they are in ASCII. Numbers with a fraction and everything else go
to the library that knows every rule.
"""

import json
from typing import Final

import rfc8785

_LARGEST: Final = 2**53 - 1
"""Up to which whole numbers are exact, and canonical, in JSON (section 3.2.2.3)."""


def canonical_json(value: object) -> bytes:
    """Write a value in its canonical form.

    Raises:
        rfc8785.CanonicalizationError: it has none.

    >>> canonical_json({"b": 1, "a": "ü"}).decode()
    '{"a":"ü","b":1}'
    """
    if _is_simple(value):
        try:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        except UnicodeEncodeError:  # half of a surrogate pair, which the library refuses with a clear word
            pass
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # what it cannot write it refuses


def _is_simple(value: object) -> bool:
    """Tell whether Python's encoder writes a value canonically."""
    if isinstance(value, str):  # as almost all is
        return True
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return -_LARGEST <= value <= _LARGEST
    if isinstance(value, list):
        return all(map(_is_simple, value))
    if isinstance(value, dict):
        return all(map(_is_ascii, value)) and all(map(_is_simple, value.values()))
    return False


def _is_ascii(key: object) -> bool:
    return isinstance(key, str) and key.isascii()
