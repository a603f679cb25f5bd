"""How many rows an answer has so far, counted in its bytes as they are written.

The engine writes solutions without handing them over one by one, which would take it half as long again.
"""

from collections.abc import Callable
from typing import Final

from virtuales.rdf.media import RESULTS_CSV, RESULTS_JSON, RESULTS_TSV, RESULTS_XML


class Occurrences:
    """Counts a text in bytes that come in pieces.

    Args:
        text: What is counted; it does not overlap itself.

    >>> found = Occurrences(b"ab")
    >>> found.add(b"..a"), found.add(b"b.ab")
    (0, 2)
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._rest = b""

    def add(self, piece: bytes) -> int:
        """Take the next piece; return how many have ended in it."""
        joined = self._rest + piece
        keep = len(self._text) - 1
        self._rest = joined[-keep:] if keep else b""
        return joined.count(self._text)


class _JsonRows:
    """Counts rows of SPARQL results in JSON, as the engine writes them: without white space.

    A row begins with `{"` and a name, after another row or at the beginning of the list. Where `},{"` ends a string,
    what follows is no name but a comma or a brace. A row in which nothing is bound is not counted.
    """

    def __init__(self) -> None:
        self._first = Occurrences(b'"bindings":[{"')
        self._begun = [Occurrences(b'},{"'), Occurrences(b'},{"}'), Occurrences(b'},{",')]

    def add(self, piece: bytes) -> int:
        begun, *strings = (one.add(piece) for one in self._begun)
        return self._first.add(piece) + begun - sum(strings)


class _CsvRows:
    """Counts lines of CSV outside of quotes, the head not among them."""

    def __init__(self) -> None:
        self._quoted = False
        self._headed = False

    def add(self, piece: bytes) -> int:
        parts = piece.split(b'"')
        lines = sum(part.count(b"\n") for part in parts[int(self._quoted) :: 2])
        self._quoted ^= len(parts) % 2 == 0
        if lines and not self._headed:
            self._headed = True
            return lines - 1
        return lines


class _TsvRows:
    """Counts lines of TSV, in which terms have none, the head not among them."""

    def __init__(self) -> None:
        self._headed = False

    def add(self, piece: bytes) -> int:
        lines = piece.count(b"\n")
        if lines and not self._headed:
            self._headed = True
            return lines - 1
        return lines


_COUNTERS: Final[dict[str, Callable[[], Occurrences | _JsonRows | _CsvRows | _TsvRows]]] = {
    RESULTS_JSON: _JsonRows,
    RESULTS_XML: lambda: Occurrences(b"<result>"),
    RESULTS_CSV: _CsvRows,
    RESULTS_TSV: _TsvRows,
}


def counter(media_type: str) -> Callable[[bytes], int]:
    """Return what counts the rows that begin or end in each next piece of an answer; 0 for an answer of statements."""
    made = _COUNTERS.get(media_type)
    return made().add if made else lambda _piece: 0
