"""Reading the parts of a signed document: text, instants, and the JSON itself, each refused with its place."""

import json
from datetime import datetime
from typing import Final

from virtuales.contract.integrity import Document
from virtuales.errors import InputError, UnreadableInput
from virtuales.policy.values import instant
from virtuales.rdf.terms import date_time, is_unicode

_BYTES_MOST: Final = 1_000_000


def json_object(source: str | bytes) -> Document:
    """Read a JSON object that names no key twice.

    Raises:
        UnreadableInput: the text is no JSON object, is too long, or names a key twice.
    """
    if len(source) > _BYTES_MOST:
        raise UnreadableInput(f"The document has more than {_BYTES_MOST} bytes.")
    try:
        document = json.loads(source, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(f"The document is no JSON: {error}.") from error
    if not isinstance(document, dict):
        raise UnreadableInput("The document is no JSON object.")
    return document


def text_in(document: Document, name: str) -> str:
    """Return the text under a key.

    Raises:
        InputError: there is none, or it is empty.
    """
    value = document.get(name)
    if not isinstance(value, str) or not value or not is_unicode(value):
        raise InputError(f"The document has no `{name}`.", where=name, remedy=f"Add `{name}`.")
    return value


def instant_in(document: Document, name: str) -> datetime:
    """Return the instant under a key.

    Raises:
        InputError: there is none, or it has no time zone.
    """
    moment = instant(date_time(text_in(document, name)))
    if moment is None:
        raise InputError(
            f"`{name}` is no instant with a time zone.", where=name, remedy="Write it in UTC, ending in Z."
        )
    return moment


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found
