"""Which nodes an endpoint has: short hashes of the IRIs at either end of its statements, by property.

A hash that is not there proves that an endpoint has nothing to say of an IRI, whatever the IRI looks like; one that is
there proves nothing. The endpoint makes them itself, by functions of SPARQL 1.1.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from hashlib import md5
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

DIGITS: Final = 8
"""Hexadecimal digits of a hash: so many that hardly two IRIs of a federation share one."""
_WRITTEN: Final = re.compile(f"(?:[0-9a-f]{{{DIGITS}}}(?: |$))*")
End = Literal["subject", "object"]


class Hashes:
    """The hashes of some IRIs.

    Args:
        text: They, with single spaces between.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def __contains__(self, iri: str) -> bool:
        """Tell whether an IRI may be among those."""
        return hashed(iri) in self.text

    def __len__(self) -> int:
        """Return how many there are; one that was given twice counts twice."""
        return (len(self.text) + 1) // (DIGITS + 1)

    @cached_property
    def numbers(self) -> NDArray[np.uint32]:
        """They as numbers, each once, in ascending order."""
        return each_once(_numbers(self.text))


class Iris:
    """Some IRIs whose hashes are looked for among others.

    Args:
        iris: They.
    """

    def __init__(self, iris: Sequence[str]) -> None:
        self.iris = iris

    @cached_property
    def numbers(self) -> NDArray[np.uint32]:
        """Their hashes as numbers, in their order."""
        return _numbers("".join(map(hashed, self.iris)))


def are_among(some: NDArray[np.uint32], ascending: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Tell of each number whether it is among others.

    >>> are_among(np.array([1, 9], np.uint32), np.array([1, 3], np.uint32))
    array([ True, False])
    """
    if not len(ascending):
        return np.zeros(len(some), bool)
    places = np.minimum(np.searchsorted(ascending, some), len(ascending) - 1)
    return np.equal(ascending[places], some)


def each_once(some: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return numbers in ascending order, each once.

    >>> each_once(np.array([3, 1, 3], np.uint32))
    array([1, 3], dtype=uint32)
    """
    ascending = np.sort(some)
    found: NDArray[np.uint32] = ascending[np.append(True, ascending[1:] != ascending[:-1])[: len(ascending)]]
    return found


def _numbers(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(bytes.fromhex(text), np.uint32)


@lru_cache(maxsize=1 << 16)
def hashed(iri: str) -> str:
    """Return the hash of an IRI, as endpoints make it (https://www.w3.org/TR/sparql11-query/#func-md5).

    >>> hashed("http://e.org/a")
    '7f90de09'
    """
    return md5(iri.encode(), usedforsecurity=False).hexdigest()[:DIGITS]


def sketch_query(properties: Iterable[str], end: End) -> str:
    """Write the query that asks for the hashes of the IRIs at one end of the statements of some properties."""
    values = " ".join(f"<{each}>" for each in properties)
    triple = "?node ?p ?other" if end == "subject" else "?other ?p ?node"
    told = '(GROUP_CONCAT(DISTINCT ?hash; SEPARATOR=" ") AS ?hashes) (COUNT(DISTINCT ?hash) AS ?count)'
    bound = f"FILTER(isIRI(?node)) BIND(SUBSTR(MD5(STR(?node)), 1, {DIGITS}) AS ?hash)"
    return f"SELECT ?p {told} WHERE {{ VALUES ?p {{ {values} }} {triple} {bound} }} GROUP BY ?p"


def sketched(properties: Iterable[str], rows: Sequence[Sequence[str]]) -> dict[str, Hashes]:
    """Read the answer to such a query; a property without a row has no IRI at that end.

    What an endpoint cut short, as some do with long strings, or wrote in a way of its own stays unknown.

    >>> found = sketched(["http://e.org/p", "http://e.org/q"], [["<http://e.org/p>", '"7f90de09 00000000"', "2"]])
    >>> "http://e.org/a" in found["http://e.org/p"], len(found["http://e.org/q"])
    (True, 0)
    >>> sketched(["http://e.org/p"], [["<http://e.org/p>", '"7F90DE09"', "1"]])
    {}
    """
    told = {row[0][1:-1]: (Hashes(row[1].strip('"')), number(row[2])) for row in rows}
    found = {each: told.get(each, (Hashes(""), 0)) for each in properties}
    return {
        each: hashes
        for each, (hashes, count) in found.items()
        if len(hashes) == count and _WRITTEN.fullmatch(hashes.text)
    }


def number(term: str) -> int:
    """Read a whole number as stores write it in a table.

    >>> number('"2"^^<http://www.w3.org/2001/XMLSchema#integer>'), number("2")
    (2, 2)
    """
    return int(term.split('"')[1] if '"' in term else term)
