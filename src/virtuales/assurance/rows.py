"""Rows of terms that a query is joined with: the focus nodes, or pairs of a focus node and a value node."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from virtuales.rdf.terms import NamedNode

_NAMESPACE = "urn:virtuales:rows"
_KEPT = 32
"""Sets of rows that are kept, since the shapes of one class ask about the same focus nodes again and again."""

PLACES = ("this", "value")
"""The variables that the terms of a row are values of."""


class AskedStore(Protocol):
    """A default graph and any number of named graphs that are asked; see `virtuales.query.in_memory.InMemoryGraph`."""

    def load(self, n_triples: bytes, *, graph: NamedNode | None = None) -> None:
        """Add statements to a graph."""

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph."""

    def rows(self, select: str) -> Iterator[dict[str, str]]:
        """Answer a SELECT query."""


class Rows:
    """One set of rows in a named graph of its own.

    Args:
        number: Tells the set from others of the same store.
    """

    def __init__(self, number: int) -> None:
        self.graph = f"{_NAMESPACE}:{number}"

    def row(self, place: int) -> str:
        """Return the IRI of one row, as a term."""
        return f"<{self.graph}:{place}>"

    def place(self, row: str) -> int:
        """Return the place of a row that is given by its IRI, as a term."""
        return int(row.removeprefix(f"<{self.graph}:")[:-1])

    def pattern(self, variable: str, row: str) -> str:
        """Write what joins a variable with the rows, or with one row where its IRI is given."""
        return f" GRAPH <{self.graph}> {{ {row} <{_NAMESPACE}:{variable}> ?{variable} }} "

    def statements(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Write the rows as N-Triples."""
        lines = (
            f"<{self.graph}:{place}> <{_NAMESPACE}:{variable}> {term} .\n"
            for place, row in enumerate(rows)
            for variable, term in zip(PLACES, row, strict=False)
        )
        return "".join(lines).encode()


class RowSets:
    """The sets of rows that a store holds beside the data.

    No graph is filled twice, because a store in memory keeps what was taken out of a graph in the way of its readers.

    Args:
        store: The store.
    """

    def __init__(self, store: AskedStore) -> None:
        self._store = store
        self._count = 0
        self._known: dict[object, Rows] = {}

    def put(self, rows: Iterable[Sequence[str]], *, key: object) -> Rows:
        """Put rows into the store.

        Args:
            rows: The rows; not looked at when they are there already.
            key: What tells these rows from all others.
        """
        if key in self._known:
            return self._known[key]
        if len(self._known) >= _KEPT:
            oldest = next(iter(self._known))
            self._store.remove(NamedNode(self._known.pop(oldest).graph))
        self._count += 1
        made = self._known[key] = Rows(self._count)
        self._store.load(made.statements(rows), graph=NamedNode(made.graph))
        return made
