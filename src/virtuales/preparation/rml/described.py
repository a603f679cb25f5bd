"""The statements of a mapping document, in one vocabulary, with the line on which each node begins.

Mappings are written in the vocabulary of RML-Core and RML-IO, in R2RML's, or in the first RML's; all are read as the
first. A term that none of them has is refused, with the term that was probably meant.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from virtuales.errors import InputError, UnknownTerm, UnreadableInput
from virtuales.preparation.rml.lines import LINE, with_lines
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import RML
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Quad, Subject, plain

NAMESPACES = ("http://w3id.org/rml/", "http://www.w3.org/ns/r2rml#", "http://semweb.mmlab.be/ns/rml#")
"""The namespaces that mappings are written in; the first is the one that is understood, the others are read as it."""

_QUERY_LANGUAGES = "http://semweb.mmlab.be/ns/ql#"
_SHORTCUTS = {"subject": "subjectMap", "predicate": "predicateMap", "object": "objectMap", "graph": "graphMap"}
_RENAMED = {"sourceName": "path", "logicalTable": "logicalSource", "column": "reference"}
_KNOWN = frozenset(
    [
        "logicalSource",
        "subjectMap",
        "subject",
        "predicateObjectMap",
        "predicateMap",
        "predicate",
        "objectMap",
        "object",
        "graphMap",
        "graph",
        "class",
        "baseIRI",
        "reference",
        "template",
        "constant",
        "termType",
        "datatype",
        "datatypeMap",
        "language",
        "languageMap",
        "parentTriplesMap",
        "joinCondition",
        "child",
        "parent",
        "childMap",
        "parentMap",
        "logicalTarget",
        "source",
        "referenceFormulation",
        "iterator",
        "path",
        "root",
        "encoding",
        "compression",
        "null",
        "namespace",
        "namespacePrefix",
        "namespaceURL",
        "target",
        "serialization",
        "inverseExpression",
    ]
)
"""The properties that are understood."""
_DATABASES = frozenset(["tableName", "sqlQuery", "sqlVersion", "query"])
_FUNCTIONS = frozenset(
    ["functionExecution", "function", "functionMap", "functionValue", "return", "returnMap", "input", "inputValue"]
)


Node = NamedNode | BlankNode | Literal


class Described:
    """The statements of a mapping by subject and predicate.

    Args:
        source: The document, in Turtle.
        name: What errors call it.

    Raises:
        UnreadableInput: it is no well-formed Turtle; names the line.
        UnknownTerm: a property of RML's namespaces that is not understood.
    """

    def __init__(self, source: Path | bytes, name: str) -> None:
        self.name = name
        self.is_first_rml = False
        self._said: dict[object, dict[str, list[Node]]] = {}
        self._lines: dict[object, int] = {}
        for quad in _statements(source, name):
            if quad.predicate.value == LINE:
                self._lines.setdefault(quad.subject, int(plain(quad.object)))
            else:
                self._add(quad.subject, quad.predicate, quad.object)
        self._refuse_unknown()

    def _add(self, subject: object, predicate: NamedNode, value: object) -> None:
        self.is_first_rml |= predicate.value.startswith(NAMESPACES[2])
        if isinstance(value, NamedNode | BlankNode | Literal):
            term = NamedNode(_modern(value.value)) if isinstance(value, NamedNode) else value
            self._said.setdefault(subject, {}).setdefault(_modern(predicate.value), []).append(term)

    def _refuse_unknown(self) -> None:
        for node, said in self._said.items():
            for name in (iri[len(RML.iri) :] for iri in said if iri.startswith(RML.iri)):
                if name not in _KNOWN:
                    raise UnknownTerm(f"`rml:{name}` is not understood.", where=self.place(node), remedy=_cure(name))

    def triples_maps(self) -> list[Subject]:
        """Return the nodes with a logical source or a subject map, in the order of the document."""
        wanted = {RML.iri + "logicalSource", RML.iri + "subjectMap", RML.iri + "predicateObjectMap"}
        return [s for s, said in self._said.items() if wanted & said.keys() and isinstance(s, NamedNode | BlankNode)]

    def all(self, node: object, name: str) -> list[Node]:
        """Return the values of a property of RML."""
        return self._said.get(node, {}).get(RML.iri + name, [])

    def one(self, node: object, name: str) -> Node | None:
        """Return the only value of a property of RML, None without one.

        Raises:
            InputError: there are several.
        """
        found = self.all(node, name)
        if len(found) > 1:
            raise InputError(f"There are {len(found)} `rml:{name}`.", where=self.place(node), remedy="Give one.")
        return found[0] if found else None

    def text(self, node: object, name: str) -> str | None:
        """Return the only value of a property of RML as bare text."""
        value = self.one(node, name)
        return None if value is None else plain(value)

    def foreign(self, node: object, predicate: str) -> list[Node]:
        """Return the values of a property of another vocabulary."""
        return self._said.get(node, {}).get(predicate, [])

    def names(self, node: object, namespace: str) -> list[str]:
        """Return the names in a namespace of the properties by which something is said of a node."""
        said = self._said.get(node, {})
        return sorted(iri.removeprefix(namespace) for iri in said if iri.startswith(namespace))

    def is_described(self, node: object) -> bool:
        """Tell whether anything is said of a node."""
        return node in self._said

    def place(self, node: object) -> str:
        """Name the place of a node as errors do: the document, the line, and the IRI if it has one."""
        line = f", line {self._lines[node]}" if node in self._lines else ""
        return f"{self.name}{line}" + (f", <{node.value}>" if isinstance(node, NamedNode) else "")

    def maps(self, node: object, kind: str) -> Iterator[tuple[object, Node | None]]:
        """Give the term maps of a kind: pairs of a node, and None; or of the owner, and a constant.

        Raises:
            InputError: a map is named of which the document says nothing.
        """
        for found in self.all(node, kind):
            if not self.is_described(found):
                raise InputError(
                    f"`rml:{kind}` names {found}, of which the mapping says nothing.",
                    where=self.place(node),
                    remedy="Describe it, or correct its name.",
                )
            yield found, None
        shortcut = next(short for short, full in _SHORTCUTS.items() if full == kind)
        yield from ((node, constant) for constant in self.all(node, shortcut))


def _statements(source: Path | bytes, name: str) -> list[Quad]:
    """Parse the document as it is, for errors with the right place, and then once more with its lines."""
    try:
        data = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise UnreadableInput(f"The mapping cannot be read: {error.strerror}.", where=name) from None
    plainly = list(parse_file(data, TURTLE, name=name, base="http://example.com/"))
    try:
        return list(parse_file(with_lines(data.decode()).encode(), TURTLE, name=name, base="http://example.com/"))
    except UnreadableInput:
        return plainly  # a form of Turtle whose lines are not found; errors then name the nodes alone


def _modern(iri: str) -> str:
    for namespace in (*NAMESPACES[1:], _QUERY_LANGUAGES):
        if iri.startswith(namespace):
            name = iri[len(namespace) :]
            return RML.iri + _RENAMED.get(name, name)
    return iri


def _cure(name: str) -> str:
    if name in _DATABASES:
        return "Databases and endpoints are not read: export a table, and name its file in `rml:source`."
    if name in _FUNCTIONS:
        return "Functions are not run: lift the values as they are, and change them by a CONSTRUCT rule."
    near = get_close_matches(name, _KNOWN, n=1, cutoff=0.75)
    return f"Did you mean `rml:{near[0]}`?" if near else "Use the terms of RML-Core and RML-IO."
