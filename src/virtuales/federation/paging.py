"""Answers that an endpoint cuts after so many rows: told apart from whole ones, and asked for page by page.

The queries are ours (see `virtuales.federation.requests`): a CONSTRUCT has all its variables in reach of ORDER BY, and
only its end says LIMIT.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Final

from virtuales.query.request import tokens
from virtuales.rdf.media import RESULTS_TSV

_LIMIT: Final = re.compile(r" LIMIT ([0-9]+)$")


def rows_in(body: bytes, media_type: str) -> int:
    """Return how many solutions, or triples, an answer has."""
    lines = body.count(b"\n")
    return max(0, lines - 1) if media_type == RESULTS_TSV else lines


def may_be_cut(query: str, body: bytes, media_type: str, size: int) -> bool:
    """Tell whether the answer of an endpoint that gives no more rows than `size` may lack some.

    Where a solution is several triples, how many triples there are says nothing of how many solutions there were.
    """
    limit = _LIMIT.search(query)
    if limit is not None and int(limit[1]) < size:
        return False
    return rows_in(body, media_type) >= size or (query.startswith("CONSTRUCT") and _triples_in(query) > 1)


def paged(query: str, body: bytes, media_type: str, size: int) -> Iterator[str]:
    """Give the queries for one page after another; none where a query has no pages.

    A page has as many solutions as make `size` triples: endpoints differ in which of the two they count.

    >>> next(paged("CONSTRUCT { ?s ?p 1 . } WHERE { ?s ?p 1 . }", b"", "application/n-triples", 10))
    'CONSTRUCT { ?s ?p 1 . } WHERE { ?s ?p 1 . } ORDER BY ?s ?p LIMIT 10 OFFSET 0'
    """
    if media_type == RESULTS_TSV:
        variables = body.partition(b"\n")[0].decode("utf-8", "replace").split()
    else:
        variables = list(dict.fromkeys(token for token in tokens(query) if token.startswith("?")))
    solutions = size if media_type == RESULTS_TSV else size // _triples_in(query)
    if not variables or solutions == 0:
        return
    whole = _LIMIT.sub("", query)
    for page in count():
        yield f"{whole} ORDER BY {' '.join(variables)} LIMIT {solutions} OFFSET {page * solutions}"


def _triples_in(construct: str) -> int:
    """Return how many triples the template of a CONSTRUCT has at most, and one at least."""
    bare = "".join(token for token in tokens(construct) if token[0] not in "\"'<?")
    return max(1, bare.partition("}")[0].count("."))
