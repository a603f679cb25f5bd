"""Entity tags of answers to queries: the same while the query and all that it reads are (RFC 9110, section 8.8.3).

A tag is known before the query is answered, so that who has the answer already costs no more than looking at it.
"""

import hashlib
import re
from typing import Final

from virtuales.store.rdf_store import Asked, AskedOfFile

_VOLATILE: Final = re.compile(r"\b(NOW|RAND|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)


def tag_of(asked: Asked | AskedOfFile, accept: str | None, state: str) -> str | None:
    """Return the tag of an answer, in quotes; None where the same query can have another answer at any time.

    Args:
        asked: The query with the graphs, or the file, that it reads; files never change.
        accept: The form in which its answer is wanted.
        state: Tells apart what the graphs hold at one time from what they hold at another.
    """
    if _VOLATILE.search(asked.text):
        return None
    return f'"{hashlib.sha256(repr((asked, accept, state)).encode()).hexdigest()[:40]}"'
