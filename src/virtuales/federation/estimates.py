"""What endpoints that cannot count say of themselves in VoID: enough to ask first where little is to be had.

A description of that kind may be old, or of a part of the data (https://www.w3.org/TR/void/#statistics). So it is read
only where an endpoint could not tell by counting, and only orders what is fetched: no endpoint is left out by it, and
nothing else of an answer rests on it.
"""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from virtuales.federation.asking import Asking
from virtuales.federation.breaker import Breaker
from virtuales.federation.endpoint import EndpointFailure
from virtuales.federation.jobs import Job, Jobs
from virtuales.federation.sketch import number
from virtuales.federation.summary import Summary
from virtuales.rdf.namespaces import VOID

_MOST_ROWS: Final = 5000
_SECONDS: Final = 5.0
"""How long an answer may take: one that is worth having is written down, and need not be computed."""


def _query(part: str, of: str, count: str) -> str:
    pattern = f"[] {VOID[part]} ?part . ?part {VOID[of]} ?term ; {VOID[count]} ?n ."
    return f"SELECT ?term ?n WHERE {{ {{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }} }} LIMIT {_MOST_ROWS}"


_PROPERTIES: Final = _query("propertyPartition", "property", "triples")
_CLASSES: Final = _query("classPartition", "class", "entities")


def estimated(asking: Asking, jobs: Jobs, sources: Iterable[int]) -> dict[int, Summary]:
    """Read what endpoints say of how much they have; those that say nothing of use are left out.

    Args:
        asking: Asks the endpoints.
        jobs: Sends the requests.
        sources: The endpoints, by their numbers.
    """
    seconds = min(_SECONDS, asking.options.endpoint_seconds)
    apart = Breaker(1, asking.options.breaker_seconds, time.monotonic)  # no endpoint is left alone for it afterwards
    briefly = replace(asking, options=replace(asking.options, endpoint_seconds=seconds, retries=0), breaker=apart)

    def told(source: int, select: str) -> list[list[str]]:
        try:
            return briefly.rows(source, select)
        except EndpointFailure:  # it is asked for a favour, and the query does not rest on it
            return []

    found: dict[tuple[int, str], dict[str, int]] = {}
    open_to = [each for each in sources if asking.breaker.wait(asking.endpoints[each].url) <= 0]
    wanted = [Job(source, text) for source in open_to for text in (_PROPERTIES, _CLASSES)]
    for job, rows in jobs.answers(wanted, told):
        found[job.source, job.text] = _largest(rows)
    return {
        source: Summary(found[source, _PROPERTIES], found.get((source, _CLASSES), {}))
        for source, text in found
        if text == _PROPERTIES and found[source, text]
    }


def _largest(rows: Iterable[list[str]]) -> dict[str, int]:
    """Read counts; where several parts of the data are described, the largest number stands for the term.

    >>> _largest([["<urn:p>", "2"], ["<urn:p>", "5"], ["<urn:q>", "many"]])
    {'urn:p': 5}
    """
    found: dict[str, int] = {}
    for term, count in (row for row in rows if len(row) == 2):  # noqa: PLR2004 - the two variables of the query
        try:
            read = number(count)
        except ValueError:
            continue
        if term.startswith("<") and read > 0:
            found[term[1:-1]] = max(read, found.get(term[1:-1], 0))
    return found
