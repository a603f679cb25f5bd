"""A Turtle writer for files that people edit and version control compares: sorted, grouped, the same bytes each time.

Blank nodes are not written, but for collections (`Collection`) and nodes in their place (`Anonymous`); see https://www.w3.org/TR/turtle/.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from virtuales.rdf.namespaces import RDF, RDFS, XSD
from virtuales.rdf.terms import Literal, NamedNode


@dataclass(frozen=True)
class Collection:
    """An RDF collection of terms, written as `( a b c )`."""

    items: tuple[NamedNode | Literal, ...]


@dataclass(frozen=True)
class Anonymous:
    """A node without a name, written as `[ … ]` in its place, its statements in the order given."""

    statements: tuple[tuple[NamedNode, NamedNode | Literal], ...]


Value = NamedNode | Literal | Collection | Anonymous

_LOCAL = re.compile(r"[A-Za-z_0-9](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_\-])?")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_WIDTH = 100
"""Characters of values beyond which each value gets its own line, so that version control shows what changed."""
_FIRST = (RDF.type, RDFS.label, RDFS.comment)
"""Predicates that come before the others, which follow in the order of their IRIs."""


class TurtleDocument:
    """Statements gathered by subject, to be written as Turtle.

    Args:
        prefixes: Prefix to namespace; only those that are used are declared.

    >>> document = TurtleDocument({"ex": "http://example.org/"})
    >>> document.add(NamedNode("http://example.org/s"), RDFS.label, Literal("A label"))
    >>> print(document.text(), end="")
    @prefix ex: <http://example.org/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    <BLANKLINE>
    ex:s rdfs:label "A label" .
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        defaults = {"rdf": RDF.iri, "rdfs": RDFS.iri, "xsd": XSD.iri}
        self._prefixes = {**{p: iri for p, iri in defaults.items() if iri not in prefixes.values()}, **prefixes}
        self._subjects: dict[NamedNode, dict[NamedNode, set[Value]]] = {}
        self._used: set[str] = set()
        self._names: dict[str, str] = {}

    def add(self, subject: NamedNode, predicate: NamedNode, value: Value | None) -> None:
        """Add one statement; None says nothing."""
        if value is not None:
            self._subjects.setdefault(subject, {}).setdefault(predicate, set()).add(value)

    def add_all(self, subject: NamedNode, predicate: NamedNode, values: Iterable[Value]) -> None:
        """Add one statement for each value."""
        for value in values:
            self.add(subject, predicate, value)

    def text(self, comment: str = "") -> str:
        """Write the document.

        Args:
            comment: Lines put at the top of the file as comments.
        """
        blocks = [self._block(subject) for subject in sorted(self._subjects, key=lambda node: node.value)]
        header = "".join(f"# {line}\n" for line in comment.splitlines())
        declared = [f"@prefix {p}: <{self._prefixes[p]}> .\n" for p in sorted(self._used)]
        return "\n".join(["".join([header, *declared]), *blocks])

    def _block(self, subject: NamedNode) -> str:
        statements = self._subjects[subject]
        order = sorted(statements, key=lambda p: (_FIRST.index(p) if p in _FIRST else len(_FIRST), p.value))
        lines = []
        for predicate in order:
            values = sorted(self._value(value) for value in statements[predicate])
            between = ",\n    " if sum(map(len, values)) > _WIDTH else ", "
            lines.append(f"{self._predicate(predicate)} {between.join(values)}")
        return f"{self._node(subject)} " + " ;\n  ".join(lines) + " .\n"

    def _predicate(self, predicate: NamedNode) -> str:
        return "a" if predicate == RDF.type else self._node(predicate)

    def _value(self, value: Value) -> str:
        if isinstance(value, NamedNode):
            return self._node(value)
        if isinstance(value, Anonymous):
            said = (f"{self._predicate(predicate)} {self._value(each)}" for predicate, each in value.statements)
            return f"[ {' ; '.join(said)} ]"
        if isinstance(value, Collection):
            return "( " + " ".join(self._value(item) for item in value.items) + " )"
        return self._literal(value)

    def _literal(self, literal: Literal) -> str:
        if literal.datatype in (XSD.boolean, XSD.integer):
            return literal.value
        text = f'"{literal.value.translate(_ESCAPES)}"'
        if literal.language:
            return f"{text}@{literal.language}"
        return text if literal.datatype == XSD.string else f"{text}^^{self._node(literal.datatype)}"

    def _node(self, node: NamedNode) -> str:
        name = self._names.get(node.value)
        if name is None:
            name = self._names[node.value] = self._shorten(node.value)
        return name

    def _shorten(self, iri: str) -> str:
        for prefix, namespace in self._prefixes.items():
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri, len(namespace)):
                self._used.add(prefix)
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"
