"""Change sets: the statements that one event removes from and adds to the RDF store.

Every quad names its graph and holds no blank node, so that a change set means the same on every store, can be
replayed, and can be sent as one SPARQL update.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, parse

from virtuales.errors import InputError
from virtuales.rdf.terms import Literal


@dataclass(frozen=True)
class ChangeSet:
    """Statements to remove and statements to add; removal happens first.

    Args:
        add: Quads that hold afterwards.
        remove: Quads that no longer hold afterwards, unless they are also added.

    Raises:
        InputError: a quad has a blank node or stands in the default graph.
    """

    add: tuple[Quad, ...] = ()
    remove: tuple[Quad, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could not be replayed on every store."""
        for quad in (*self.add, *self.remove):
            _refuse_unnamed(quad)

    def to_json(self) -> dict[str, str]:
        """Write the change set as two texts in N-Quads, sorted, so that equal change sets hash alike."""
        return dict(self._written)

    @cached_property
    def _written(self) -> dict[str, str]:
        """What `to_json` gives; the journal and each of its followers ask for it."""
        return {"add": _lines(self.add), "remove": _lines(self.remove)}

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> "ChangeSet":
        """Read what `to_json` wrote."""
        return cls(add=_quads(data.get("add", "")), remove=_quads(data.get("remove", "")))

    def __bool__(self) -> bool:
        """Tell whether the change set changes anything."""
        return bool(self.add or self.remove)

    def __or__(self, other: "ChangeSet") -> "ChangeSet":
        """Join two change sets into one."""
        return ChangeSet(add=self.add + other.add, remove=self.remove + other.remove)


class Statements:
    """A small builder of quads about one graph, so that code reads as statements.

    >>> from virtuales.rdf.namespaces import DCTERMS
    >>> graph = Statements(NamedNode("http://example.org/g"))
    >>> graph.say("http://example.org/s", DCTERMS.title, "A title").say("http://example.org/s", DCTERMS.subject, None)
    <Statements of <http://example.org/g>: 1>
    """

    def __init__(self, graph: NamedNode) -> None:
        self._graph = graph
        self._quads: list[Quad] = []

    def say(
        self, subject: NamedNode | str, predicate: NamedNode, value: NamedNode | Literal | str | float | None
    ) -> "Statements":
        """Add one statement; plain Python values become literals, None says nothing."""
        if value is not None:
            node = subject if isinstance(subject, NamedNode) else NamedNode(subject)
            term = value if isinstance(value, NamedNode | Literal) else Literal(value)
            self._quads.append(Quad(node, predicate, term, self._graph))
        return self

    def say_all(
        self, subject: NamedNode | str, predicate: NamedNode, values: Iterable[NamedNode | Literal | str | float]
    ) -> "Statements":
        """Add one statement for each value."""
        for value in values:
            self.say(subject, predicate, value)
        return self

    @property
    def quads(self) -> tuple[Quad, ...]:
        """The statements so far."""
        return tuple(self._quads)

    def __repr__(self) -> str:
        """Name the graph and the number of statements."""
        return f"<Statements of {self._graph}: {len(self._quads)}>"


def _refuse_unnamed(quad: Quad) -> None:
    if isinstance(quad.graph_name, DefaultGraph | BlankNode):
        raise InputError("A change set names the graph of every statement.", where=str(quad))
    if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
        raise InputError(
            "A change set holds no blank nodes.", where=str(quad), remedy="Give the node an IRI (skolemise it)."
        )


def _lines(quads: Iterable[Quad]) -> str:
    lines = sorted({f"{quad} .\n" for quad in quads})
    return "".join(lines)


def _quads(text: str) -> tuple[Quad, ...]:
    return tuple(parse(text, format=RdfFormat.N_QUADS))


def to_n_quads(quads: Iterable[Quad]) -> bytes:
    """Write quads as N-Quads, in the order given."""
    return b"".join(f"{quad} .\n".encode() for quad in quads)
