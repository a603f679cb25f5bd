"""The nodes of a shapes graph, read as what they should hold, refused in one sentence where they hold anything else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation

from virtuales.assurance.dictionary import XSD, unescape
from virtuales.assurance.paths import Alternative, Inverse, Path, Predicate, Repeated, Sequence
from virtuales.assurance.shapes import SHACL, SparqlFunction
from virtuales.rdf.terms import Quad

RDF_NS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS_NS = "http://www.w3.org/2000/01/rdf-schema#"
NIL = f"<{RDF_NS}nil>"
_SUBCLASS = f"{RDFS_NS}subClassOf"


class Malformed(Exception):
    """A part of a shapes graph that is not what SHACL allows there; it becomes a `Fault`, never an answer."""


def literal_parts(term: str) -> tuple[str, str, str]:
    """Take a literal apart into lexical form, datatype IRI and language; the datatype is empty where it has a language.

    >>> literal_parts('"a"@en')
    ('a', '', 'en')
    """
    end = term.rindex('"')
    lexical, suffix = unescape(term[1:end]), term[end + 1 :]
    if suffix.startswith("@"):
        return lexical, "", suffix[1:]
    return lexical, suffix[3:-1] if suffix else f"{XSD}string", ""


def bare(iri: str) -> str:
    """Return an IRI without its angle brackets."""
    return iri[1:-1]


class _Iris(dict[str, str]):
    """The IRI of each predicate that was asked for, SHACL's own by their local names."""

    def __missing__(self, name: str) -> str:
        self[name] = iri = name if ":" in name else SHACL + name
        return iri


_IRIS = _Iris()
_NOTHING: dict[str, list[str]] = {}


class Statements:
    """A shapes graph, looked up by subject and predicate; the order of the file is kept."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, list[str]]] = {}
        self.prologues: dict[tuple[str, ...], str] = {}
        """The prologue for each set of ontologies that queries take their prefixes from, once it was written."""
        self._below: list[tuple[str, list[str]]] | None = None
        self.functions: Mapping[str, SparqlFunction] = {}
        """The functions that can be called, by their terms, once they were read."""

    def add(self, quads: Iterable[Quad], source: int) -> None:
        """Add the statements of one file; blank nodes are kept apart from those of other files."""
        self._below = None
        apart = f"_:s{source}x"
        known = self._of
        for quad in quads:
            subject, value = str(quad.subject), str(quad.object)
            if subject[0] == "_":
                subject = apart + subject[2:]
            if value[0] == "_":
                value = apart + value[2:]
            said = known.get(subject)
            if said is None:
                said = known[subject] = {}
            predicate = quad.predicate.value
            values = said.get(predicate)
            if values is None:
                said[predicate] = [value]
            elif value not in values:
                values.append(value)

    def node(self, term: str) -> "Node":
        """Return a node of the graph."""
        return Node(term, self._of.get(term, _NOTHING), self)

    def nodes(self) -> Iterator["Node"]:
        """Give the subjects in the order in which they first appear."""
        return (Node(term, said, self) for term, said in self._of.items())

    def __contains__(self, term: str) -> bool:
        """Tell whether anything is said of a term."""
        return term in self._of

    def subclasses(self, *classes: str) -> frozenset[str]:
        """Return some classes (bare IRIs) and all their subclasses in this graph, as terms."""
        if self._below is None:
            self._below = [(term, said[_SUBCLASS]) for term, said in self._of.items() if _SUBCLASS in said]
        found = {f"<{name}>" for name in classes}
        while True:
            wider = found.union(term for term, above in self._below if not found.isdisjoint(above))
            if wider == found:
                return frozenset(found)
            found = wider


class Node:
    """One node of a shapes graph with what is said of it.

    Args:
        term: The node.
        said: For each predicate (bare IRI) its values.
        graph: The graph it stands in.
    """

    def __init__(self, term: str, said: dict[str, list[str]], graph: Statements) -> None:
        self.term = term
        self.said = said
        self.graph = graph

    def values(self, predicate: str) -> list[str]:
        """Return the values of a predicate; of SHACL's own when it is given by its local name."""
        return self.said.get(_IRIS[predicate]) or []

    def find(self, predicate: str) -> str | None:
        """Return the one value of a predicate, or None.

        Raises:
            Malformed: there are several.
        """
        values = self.values(predicate)
        if len(values) > 1:
            raise Malformed(f"`{predicate}` has {len(values)} values where at most one is allowed.")
        return values[0] if values else None

    def get(self, predicate: str) -> str:
        """Return the one value of a predicate.

        Raises:
            Malformed: there is none, or there are several.
        """
        value = self.find(predicate)
        if value is None:
            raise Malformed(f"`{predicate}` is missing.")
        return value

    def iris(self, predicate: str) -> list[str]:
        """Return the values of a predicate, all of them IRIs.

        Raises:
            Malformed: one is not.
        """
        values = self.values(predicate)
        for value in values:
            if not value.startswith("<"):
                raise Malformed(f"`{predicate}` must be an IRI; {value} is none.")
        return values

    def integer(self, predicate: str) -> int:
        """Return the one value of a predicate, a whole number not below zero.

        Raises:
            Malformed: it is not.
        """
        lexical, datatype, _ = self.literal(predicate)
        if datatype != f"{XSD}integer" or not lexical.lstrip("+").isdigit():
            raise Malformed(f"`{predicate}` must be an xsd:integer that is not negative; `{lexical}` is none.")
        return int(lexical)

    def number(self, predicate: str) -> Decimal:
        """Return the one value of a predicate, a number; 0 where there is none.

        Raises:
            Malformed: it is none.
        """
        if self.find(predicate) is None:
            return Decimal(0)
        lexical, datatype, _ = self.literal(predicate)
        try:
            number = Decimal(lexical)
        except InvalidOperation:
            number = Decimal("NaN")
        if not datatype.startswith(XSD) or datatype == f"{XSD}string" or not number.is_finite():
            raise Malformed(f"`{predicate}` must be a number; `{lexical}` is none.")
        return number

    def boolean(self, predicate: str) -> bool:
        """Tell whether the one value of a predicate is `true`; where there is none, it is not.

        SHACL asks for the literal `true` itself, so `"1"^^xsd:boolean` does not count as one.

        Raises:
            Malformed: it is no xsd:boolean.
        """
        if self.find(predicate) is None:
            return False
        lexical, datatype, _ = self.literal(predicate)
        if datatype != f"{XSD}boolean" or lexical not in {"true", "false", "1", "0"}:
            raise Malformed(f"`{predicate}` must be an xsd:boolean; `{lexical}` is none.")
        return lexical == "true"

    def string(self, predicate: str) -> str:
        """Return the lexical form of the one value of a predicate, a string; empty where there is none.

        Raises:
            Malformed: it is no string.
        """
        if self.find(predicate) is None:
            return ""
        lexical, datatype, _ = self.literal(predicate)
        if datatype not in {"", f"{XSD}string"}:
            raise Malformed(f"`{predicate}` must be a string.")
        return lexical

    def literal(self, predicate: str) -> tuple[str, str, str]:
        """Return the parts of the one value of a predicate, a literal.

        Raises:
            Malformed: it is no literal.
        """
        value = self.get(predicate)
        if not value.startswith('"'):
            raise Malformed(f"`{predicate}` must be a literal; {value} is none.")
        return literal_parts(value)

    def lists(self, predicate: str) -> list[tuple[str, ...]]:
        """Return the members of each list that a predicate names.

        Raises:
            Malformed: a value is no well-formed list.
        """
        return [self.graph.node(value).members() for value in self.values(predicate)]

    def members(self) -> tuple[str, ...]:
        """Return the members of the RDF list that starts at this node.

        Raises:
            Malformed: it is no well-formed list.
        """
        members: list[str] = []
        seen: set[str] = set()
        node = self
        while node.term != NIL:
            first, rest = node.values(f"{RDF_NS}first"), node.values(f"{RDF_NS}rest")
            if len(first) != 1 or len(rest) != 1 or node.term in seen:
                raise Malformed(f"{self.term} is not a well-formed list.")
            seen.add(node.term)
            members.append(first[0])
            node = self.graph.node(rest[0])
        return tuple(members)

    def path(self) -> Path:
        """Read this node as a property path (https://www.w3.org/TR/shacl/#property-paths).

        Raises:
            Malformed: it is none.
        """
        return self._path(frozenset())

    def _path(self, above: frozenset[str]) -> Path:
        if self.term.startswith("<"):
            return Predicate(self.term)
        if self.term in above or self.term.startswith('"'):
            raise Malformed("`sh:path` is not a well-formed property path.")
        above |= {self.term}
        if self.values(f"{RDF_NS}first"):
            return Sequence(self._paths(self.members(), above))
        kinds = [name for name in _PATH_KINDS if self.values(name)]
        if len(kinds) != 1:
            raise Malformed("`sh:path` is not a well-formed property path.")
        inner = self.graph.node(self.get(kinds[0]))
        if kinds[0] == "alternativePath":
            return Alternative(self._paths(inner.members(), above))
        return _PATH_KINDS[kinds[0]](inner._path(above))  # noqa: SLF001  # a node of the same class, one level down

    def _paths(self, members: tuple[str, ...], above: frozenset[str]) -> tuple[Path, ...]:
        if len(members) < 2:  # noqa: PLR2004  # the specification asks for at least two members
            raise Malformed("A sequence or alternative path needs at least two members.")
        return tuple(self.graph.node(member)._path(above) for member in members)  # noqa: SLF001  # the same class


_PATH_KINDS: dict[str, Callable[[Path], Path]] = {
    "inversePath": Inverse,
    "alternativePath": Inverse,
    "zeroOrMorePath": lambda path: Repeated(path, 0),
    "oneOrMorePath": lambda path: Repeated(path, 1),
    "zeroOrOnePath": lambda path: Repeated(path, 0, unbounded=False),
}
