"""Answers that an endpoint cuts after so many rows: told apart from whole ones, and asked for page by page.

Some say that they do; others are found out. Each is asked once for more rows than most of those give, and it is known
how many there have to be. What is larger than that, and than any answer of the endpoint that was found whole, is
verified, whatever number of rows it has: by asking for the next row, or, where a solution is several triples, by having
the triples counted that there have to be.

The queries are ours (see `virtuales.federation.requests`): a CONSTRUCT has all variables of its template in reach of
ORDER BY, and only its end says LIMIT.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from virtuales.query.request import tokens
from virtuales.rdf.media import RESULTS_TSV

_CONSTRUCT: Final = re.compile(r"(PREFIX \S+ <[^>]*>\s)*CONSTRUCT\b")
_TERMS: Final = ('"', "'", "<", "?")
_TRIED: Final = 10_001
TRY_ROWS: Final = f"SELECT (1 AS ?one) WHERE {{ ?s ?p ?o }} LIMIT {_TRIED}"
"""What finds out whether an endpoint cuts answers: small rows, more of them than most of those give."""
_THOUSAND: Final = 1000
_SMALLEST: Final = 100
_LIMIT: Final = re.compile(r" LIMIT ([0-9]+)$")


def cut_found(rows: int, triples: int | None) -> int | None:
    """Return after how many rows an endpoint cuts its answers; None where it does not, as far as was tried.

    Args:
        rows: How many it gave for `TRY_ROWS`.
        triples: How many triples it says that it has; None where it cannot tell.

    >>> cut_found(1000, 5000), cut_found(1000, 1000), cut_found(1000, None), cut_found(10_001, 50_000)
    (1000, None, 1000, None)
    """
    if triples is None:
        return rows if 0 < rows < _TRIED and is_round(rows) else None
    return rows if 0 < rows < min(triples, _TRIED) else None


def is_round(rows: int) -> bool:
    """Tell whether somebody may have set a limit to so many rows.

    >>> [number for number in (100, 640, 1000, 1024, 1999, 65_536) if is_round(number)]
    [100, 1000, 1024, 65536]
    """
    digits = str(rows).rstrip("0")
    return rows >= _SMALLEST and (rows % _THOUSAND == 0 or len(digits) == 1 or rows & (rows - 1) == 0)


@dataclass(frozen=True)
class Suspicion:
    """That an answer was cut without a word.

    Args:
        size: After how many rows.
        probe: A query that has a row only where that is so.
        media_type: The media type in which that is asked.
    """

    size: int
    probe: str
    media_type: str


def suspicion(query: str, body: bytes, media_type: str) -> Suspicion | None:
    """Return how an answer may have been cut; None where it is small, or has as many rows as were asked for.

    Where a solution is several triples, it is not known how many solutions came, and so not whether they are as many as
    were asked for; what was to be enough is then believed.
    """
    rows = rows_in(body, media_type)
    if rows < _TRIED - 1:
        return None
    limit, whole = _LIMIT.search(query), _LIMIT.sub("", query)
    is_construct = _CONSTRUCT.match(query) is not None
    if media_type != RESULTS_TSV and not is_construct:
        suspected = is_round(rows)  # a description has no rows that could be counted
    elif media_type == RESULTS_TSV or _triples_in(query) == 1:
        suspected = limit is None or rows < int(limit[1])
    elif limit is None:
        return Suspicion(rows, _more_triples(query, rows), RESULTS_TSV)
    else:
        suspected = False
    return Suspicion(rows, f"{whole} LIMIT 1 OFFSET {rows}", media_type) if suspected else None


def solutions_in(query: str, body: bytes, media_type: str) -> int:
    """Return how many solutions an answer has at least."""
    each = _triples_in(query) if _CONSTRUCT.match(query) is not None else 1
    return rows_in(body, media_type) // each


def _more_triples(construct: str, triples: int) -> str:
    """Ask whether a CONSTRUCT has to give more than so many triples; yes, too, where its patterns share triples.

    >>> query = "CONSTRUCT { ?s <urn:p> ?o . ?s <urn:q> ?v . } FROM <urn:g> WHERE { ?s <urn:p> ?o . ?s <urn:q> ?v . }"
    >>> asked = _more_triples(query, 20_000)
    >>> asked[:52], asked[-41:]
    ('SELECT (1 AS ?more) FROM <urn:g> WHERE { { SELECT (C', '} FILTER(?triples0 + ?triples1 > 20000) }')
    """
    template = list(_template(construct))
    clauses, _, pattern = construct[sum(map(len, template)) + 1 :].partition(" WHERE ")
    kinds = [variables for variables in _variables_by_triple(template) if variables]
    names = [f"?triples{place}" for place in range(len(kinds))]
    counted = " ".join(
        f"{{ SELECT (COUNT(*) AS {name}) WHERE {{ SELECT DISTINCT {' '.join(variables)} WHERE {pattern} }} }}"
        for name, variables in zip(names, kinds, strict=True)
    )
    prologue = construct[: construct.index("CONSTRUCT")]
    return f"{prologue}SELECT (1 AS ?more){clauses} WHERE {{ {counted} FILTER({' + '.join(names)} > {triples}) }}"


def _variables_by_triple(template: Iterable[str]) -> list[list[str]]:
    """Return the variables of each triple of a template, each once."""
    found: list[list[str]] = [[]]
    for token in template:
        if token.startswith("?") and token not in found[-1]:
            found[-1].append(token)
        elif token[:1] not in _TERMS and "." in token:
            found.append([])
    return found


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
    return rows_in(body, media_type) >= size or (_CONSTRUCT.match(query) is not None and _triples_in(query) > 1)


def paged(query: str, body: bytes, media_type: str, size: int) -> Iterator[str]:
    """Give the queries for one page after another; none where a query has no pages.

    A page has as many solutions as make `size` triples: endpoints differ in which of the two they count.

    >>> next(paged("CONSTRUCT { ?s ?p 1 . } WHERE { ?s ?p 1 . }", b"", "application/n-triples", 10))
    'CONSTRUCT { ?s ?p 1 . } WHERE { ?s ?p 1 . } ORDER BY ?s ?p LIMIT 10 OFFSET 0'
    """
    if media_type == RESULTS_TSV:
        variables = body.partition(b"\n")[0].decode("utf-8", "replace").split()
    else:
        variables = list(dict.fromkeys(token for token in _template(query) if token.startswith("?")))
    solutions = size if media_type == RESULTS_TSV else size // _triples_in(query)
    if not variables or solutions == 0:
        return
    whole = _LIMIT.sub("", query)
    for page in count():
        yield f"{whole} ORDER BY {' '.join(variables)} LIMIT {solutions} OFFSET {page * solutions}"


def _template(construct: str) -> Iterator[str]:
    """Give the tokens of the template of a CONSTRUCT, with what is before it."""
    for token in tokens(construct):
        if token[0] not in _TERMS and "}" in token:
            yield token.partition("}")[0]
            return
        yield token


def _triples_in(construct: str) -> int:
    """Return how many triples the template of a CONSTRUCT has at most, and one at least."""
    return max(1, sum(token.count(".") for token in _template(construct) if token[:1] not in _TERMS))
