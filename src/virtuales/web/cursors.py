"""Cursors of lists that are read page by page: where the page before ended, signed, so that none can be made up.

A cursor holds for the list and the question that it came from, and on the node that gave it.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

from virtuales.errors import InputError
from virtuales.trust.keys import SigningKey

_MARK: Final = 16
"""Bytes of a signature that are kept: enough that nobody guesses them."""
_PURPOSE: Final = b"cursors of lists"


@dataclass(frozen=True)
class Cursors:
    """Makes and reads the cursors of one list.

    Args:
        key: The node's key; what signs cursors is derived from it.
        asked: The list and the question that it answers, but for the place and the size of the page.
    """

    key: SigningKey
    asked: tuple[str | None, ...]

    def sealed(self, position: str | None) -> str | None:
        """Return the cursor for a position; None where there is no further page."""
        if position is None:
            return None
        content = position.encode()
        return base64.urlsafe_b64encode(self._mark(content) + content).decode().rstrip("=")

    def opened(self, cursor: str | None) -> str | None:
        """Return the position of a cursor; None where there is none, for the first page.

        Raises:
            InputError: no page of this list and question gave this cursor.
        """
        if not cursor:
            return None
        try:
            whole = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (ValueError, binascii.Error):
            whole = b""
        mark, content = whole[:_MARK], whole[_MARK:]
        if not hmac.compare_digest(mark, self._mark(content)):
            raise InputError(
                "This is not what a page of these results gave as `next`.",
                where="after",
                remedy="Take `next` as it was answered to the same question, or begin without it.",
            )
        return content.decode()

    def _mark(self, content: bytes) -> bytes:
        asked = json.dumps(self.asked).encode()
        return hmac.digest(self.key.sign(_PURPOSE), asked + b"\n" + content, hashlib.sha256)[:_MARK]
