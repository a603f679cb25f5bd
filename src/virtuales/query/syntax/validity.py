"""Whether a query is valid SPARQL: the RDF engine judges, without answering it."""

import re
from collections.abc import Sequence
from typing import Final

from pyoxigraph import Store

_SERVICE: Final = re.compile(r"SERVICE(\s+SILENT\b)?", re.IGNORECASE)


def complaint_about(text: str, services: Sequence[int] = (), base: str | None = None) -> str | None:
    """Say what is wrong with a query, or None.

    Args:
        text: The query.
        services: Where the word SERVICE stands in it, so that no other server is called.
        base: The IRI that relative IRIs are resolved against.
    """
    for place in reversed(services):
        match = _SERVICE.match(text, place)
        if match:
            text = f"{text[:place]}GRAPH{text[match.end() :]}"
    try:
        Store().query(text, base_iri=base)
    except SyntaxError as error:
        return str(error)
    except RuntimeError:
        return None  # valid, but it calls a function that there is none of here
    return None
