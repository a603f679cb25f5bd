"""The RDF store as the rest of the package sees it: one protocol, several implementations.

Every statement stands in a named graph. A query always names the graphs it may read, so that what a query can see is
decided before it runs and a store's own idea of a default graph never matters.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.terms import NamedNode, Quad, Term, Triple

Row = dict[str, Term]
"""One solution of a SELECT: bound variables by name, unbound ones absent."""

NOTHING = NamedNode("urn:virtuales:graph-of-nothing")
"""A graph that is always empty: it stands for an empty list of graphs, which stores read as 'all graphs'."""


@dataclass(frozen=True)
class Answer:
    """A serialised answer to a SPARQL query.

    Args:
        body: The bytes, complete.
        media_type: What they are.
    """

    body: bytes
    media_type: str


@dataclass(frozen=True)
class Asked:
    """A query with the graphs that it may read.

    Args:
        text: The query.
        default: IRIs of the graphs whose union is the default graph.
        named: IRIs of the graphs that can be named with GRAPH.
        base: The IRI that relative IRIs are resolved against, where a store does not have its own.
    """

    text: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    base: str | None = None

    @classmethod
    def of(
        cls, text: str, graphs: Sequence[NamedNode], named: Sequence[NamedNode] = (), *, base: str | None = None
    ) -> "Asked":
        """Let a query read some graphs, by default and by name, and further ones by name alone."""
        readable = tuple(graph.value for graph in graphs)
        return cls(text, readable, (*readable, *(graph.value for graph in named)), base)


@dataclass(frozen=True)
class AskedOfFile:
    """A query over an RDF dataset that is kept as a file of N-Quads.

    Args:
        text: The query.
        file: The file; None for an empty dataset.
        default: IRIs of the graphs that are merged into the default graph, where the request names graphs.
        named: IRIs of the graphs that can be named then.
        base: The IRI that relative IRIs are resolved against.
        chosen: Whether the request names graphs; otherwise the dataset is as it is, or as the query says.
    """

    text: str
    file: str | None
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    base: str | None = None
    chosen: bool = False


class RdfStore(Protocol):
    """Named graphs that can be queried, changed by change sets in order, and loaded in bulk.

    One writer at a time is the caller's duty (see `virtuales.journal.ledger`); reads run beside it.
    """

    def select(self, text: str, *, graphs: Sequence[NamedNode]) -> list[Row]:
        """Answer a SELECT over the union of `graphs`; the same graphs can be named with GRAPH.

        Raises:
            InputError: the text is not a SPARQL SELECT.
            StoreFailure: the store could not answer.
        """
        ...

    def ask(self, text: str, *, graphs: Sequence[NamedNode]) -> bool:
        """Answer an ASK over the union of `graphs`."""
        ...

    def construct(self, text: str, *, graphs: Sequence[NamedNode]) -> list[Triple]:
        """Answer a CONSTRUCT or DESCRIBE over the union of `graphs`."""
        ...

    def answer(
        self, text: str, *, graphs: Sequence[NamedNode], accept: str | None, named: Sequence[NamedNode] = ()
    ) -> Answer:
        """Answer any query in the form that an `Accept` header asks for.

        Args:
            text: The query.
            graphs: The graphs whose union is the default graph; they can also be named with GRAPH.
            accept: The header.
            named: Further graphs that can be named with GRAPH and are no part of that union.

        Raises:
            InputError: the text is not SPARQL, or no acceptable form exists.
            StoreFailure: the store could not answer.
        """
        ...

    def answer_asked(self, asked: Asked, accept: str | None) -> Answer:
        """Answer any query over exactly the graphs that it is asked of; raises what `answer` raises."""
        ...

    def changed(self, graphs: Iterable[NamedNode]) -> int | None:
        """Return the number of the last change to any of some graphs, counted in a store that this process opened.

        The number is there no later than the change is visible to whoever waited for it. None where others may
        change the store, so that nobody can tell.
        """
        ...

    def applied_sequence(self) -> int:
        """Return the sequence number of the last applied event; 0 before the first."""
        ...

    def apply(self, change: ChangeSet, *, sequence: int, after: int | None = None) -> None:
        """Apply a change set and its sequence number in one atomic update.

        Args:
            change: What one event changes, or several together.
            sequence: The number of the event, or of the last of them.
            after: The number of the event before; None for the one before `sequence`.

        Raises:
            StoreFailure: the last applied event is not the one before, or the store did not take the update.
        """
        ...

    def load_graph(self, graph: NamedNode, file: Path) -> None:
        """Load an N-Triples file into a graph; loading the same file again changes nothing.

        Raises:
            UnreadableInput: the file is not N-Triples.
        """
        ...

    def load_quads(self, quads: Iterable[Quad]) -> None:
        """Add the statements of any number of graphs; a process that ends meanwhile may leave some of them.

        Args:
            quads: Each in a named graph; those of one graph one after another.
        """
        ...

    def drop_graph(self, graph: NamedNode) -> None:
        """Remove a graph with all its statements; no error when there is none."""
        ...

    def graphs(self) -> list[NamedNode]:
        """Return the names of all graphs that hold statements."""
        ...

    def graph_size(self, graph: NamedNode) -> int:
        """Return how many statements a graph holds."""
        ...

    def export_graph(self, graph: NamedNode) -> Iterator[bytes]:
        """Give a graph as N-Triples, in pieces of whole lines."""
        ...

    def clear(self) -> None:
        """Forget everything, the applied sequence number included."""
        ...

    def flush(self) -> None:
        """Make everything applied so far survive a loss of power, where the store can promise it."""
        ...

    def close(self) -> None:
        """Release the store; using it afterwards is an error."""
        ...
