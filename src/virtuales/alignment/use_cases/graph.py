"""The statements of a use case's file, looked up by subject, with the line of each in errors."""

from collections import abc
from pathlib import Path

from virtuales.alignment.use_cases.places import Places
from virtuales.errors import InputError
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Subject, Term, Triple, plain

Node = NamedNode | BlankNode


class RecordGraph:
    """The statements of a record.

    Args:
        path: The file.

    Raises:
        UnreadableInput: the file is not there, or is no Turtle.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._said: dict[Subject, dict[NamedNode, list[Term]]] = {}
        self._owner: dict[BlankNode, Node] = {}
        self.triples: list[Triple] = []
        for quad in parse_file(path):
            if isinstance(quad.subject, Triple):
                continue
            self.triples.append(quad.triple)
            self._said.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
            if isinstance(quad.object, BlankNode):
                self._owner[quad.object] = quad.subject
        self.places = Places.of_file(path)

    def of_type(self, kind: NamedNode) -> list[Node]:
        """Return what is of a class, by IRI."""
        found = [node for node, said in self._said.items() if kind in said.get(RDF.type, ())]
        return sorted(found, key=lambda node: node.value)

    def nodes(self, subject: Node, predicate: NamedNode) -> list[Node]:
        """Return the values of a property that are no literals, by IRI."""
        values = self._said.get(subject, {}).get(predicate, [])
        return sorted((v for v in values if isinstance(v, NamedNode | BlankNode)), key=lambda node: node.value)

    def iris(self, subject: Node, predicate: NamedNode) -> tuple[str, ...]:
        """Return the values of a property that are IRIs, sorted."""
        return tuple(node.value for node in self.nodes(subject, predicate) if isinstance(node, NamedNode))

    def text(self, subject: Node, predicate: NamedNode) -> str:
        """Return the value of a property as text; empty where there is none.

        Raises:
            InputError: there are several.
        """
        values = self._said.get(subject, {}).get(predicate, [])
        if len(values) > 1:
            raise InputError(f"There are {len(values)} values of <{predicate.value}>.", where=self.where(subject))
        return plain(values[0]) if values else ""

    def needed(self, subject: Node, predicate: NamedNode) -> str:
        """Return the value of a property as text.

        Raises:
            InputError: there is none, or there are several.
        """
        text = self.text(subject, predicate)
        if not text:
            raise InputError(f"<{predicate.value}> is not said.", where=self.where(subject), remedy="Add it.")
        return text

    def is_true(self, subject: Node, predicate: NamedNode) -> bool:
        """Tell whether a property is said to be true."""
        return any(
            isinstance(value, Literal) and value.value in {"true", "1"}
            for value in self._said.get(subject, {}).get(predicate, [])
        )

    def about(self, subject: Node) -> abc.Iterator[Triple]:
        """Give the statements of a subject."""
        return (triple for triple in self.triples if triple.subject == subject)

    def named_owner(self, node: Subject) -> Subject:
        """Return the subject that a node without a name is said of, or the node itself."""
        seen: set[Subject] = set()
        while isinstance(node, BlankNode) and node in self._owner and node not in seen:
            seen.add(node)
            node = self._owner[node]
        return node

    def line(self, node: Subject, value: str = "") -> int | None:
        """Return the line of a subject, or of a value that is said of it."""
        owner = self.named_owner(node)
        return self.places.line(owner.value, value) if isinstance(owner, NamedNode) else None

    def where(self, node: Subject, value: str = "") -> str:
        """Name the file, the line and the subject."""
        owner, line = self.named_owner(node), self.line(node, value)
        return ", ".join(filter(None, (str(self.path), f"line {line}" if line else "", f"<{plain(owner)}>")))
