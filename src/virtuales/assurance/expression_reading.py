"""Reading node expressions from a shapes graph; what is none that is supported is refused, never passed over."""

from collections.abc import Callable, Mapping

from virtuales.assurance.expressions import (
    NOTHING,
    Along,
    Call,
    Choice,
    Conforming,
    Constant,
    Difference,
    Expression,
    Intersection,
    Measure,
    This,
    Union,
)
from virtuales.assurance.reading import NIL, RDF_NS, Malformed, Node, Statements
from virtuales.assurance.shapes import SHACL

_THIS = f"<{SHACL}this>"
_FIRST = f"{RDF_NS}first"
_FEWEST = 2

_Read = Callable[["_Reader", Node], Expression]


def read_expression(graph: Statements, term: str) -> Expression:
    """Read the node expression that a term is (https://www.w3.org/TR/shacl-af/#node-expressions).

    Raises:
        Malformed: it is none, is one that is not supported, or contains itself.
    """
    return _Reader(graph, frozenset()).read(term)


class _Reader:
    """Reads expressions within others.

    Args:
        graph: The shapes graph.
        above: The expressions that the one to be read lies within.
    """

    def __init__(self, graph: Statements, above: frozenset[str]) -> None:
        self._graph = graph
        self._above = above

    def read(self, term: str) -> Expression:
        if term == _THIS:
            return This()
        if not term.startswith("_:"):
            return Constant(term)
        if term in self._above:
            raise Malformed("A node expression contains itself.")
        node = self._graph.node(term)
        inner = _Reader(self._graph, self._above | {term})
        names = {name.removeprefix(SHACL) for name in node.said if name.startswith(SHACL)} - {"message"}
        kinds = [name for name in _KINDS if name in names]
        if len(kinds) > 1:
            raise Malformed(f"A node expression is one of `sh:{kinds[0]}` and `sh:{kinds[1]}`, not both.")
        companions, read = _KINDS[kinds[0]] if kinds else (frozenset[str](), _call)
        unknown = names - companions - set(kinds)
        if unknown:
            raise Malformed(f"The node expression `sh:{min(unknown)}` is not supported here.")
        return read(inner, node)

    def one(self, node: Node, name: str) -> Expression:
        """Read the expression that is the one value of a property."""
        return self.read(node.get(name))

    def nodes(self, node: Node) -> Expression:
        """Read `sh:nodes`, by default the focus node."""
        value = node.find("nodes")
        return This() if value is None else self.read(value)

    def several(self, node: Node, name: str) -> tuple[Expression, ...]:
        """Read a list of at least two expressions."""
        node.get(name)
        (members,) = node.lists(name)
        if len(members) < _FEWEST:
            raise Malformed(f"`sh:{name}` needs a list of at least two node expressions.")
        return tuple(map(self.read, members))

    def call(self, node: Node) -> Call:
        """Read a function expression: one property, the function, whose value is the list of arguments."""
        listed = [
            (function, value)
            for function, values in node.said.items()
            for value in values
            if value == NIL or self._graph.node(value).values(_FIRST)
        ]
        if len(listed) != 1:
            raise Malformed(f"{node.term} is no node expression that is supported.")
        ((function, arguments),) = listed
        return Call(f"<{function}>", tuple(map(self.read, self._graph.node(arguments).members())))


def _call(reader: _Reader, node: Node) -> Expression:
    call = reader.call(node)
    function = node.graph.functions.get(call.function)
    if function is None:
        raise Malformed(f"{call.function} is no function that is defined in the shapes graph and can be called.")
    least = sum(not one.optional for one in function.parameters)
    if not least <= len(call.arguments) <= len(function.parameters):
        raise Malformed(f"{call.function} takes {len(function.parameters)} arguments; {len(call.arguments)} are given.")
    return call


def _along(reader: _Reader, node: Node) -> Expression:
    return Along(node.graph.node(node.get("path")).path(), reader.nodes(node))


def _conforming(reader: _Reader, node: Node) -> Expression:
    node.get("nodes")
    return Conforming(node.get("filterShape"), reader.nodes(node))


def _choice(reader: _Reader, node: Node) -> Expression:
    then, otherwise = (NOTHING if node.find(name) is None else reader.one(node, name) for name in ("then", "else"))
    return Choice(reader.one(node, "if"), then, otherwise)


def _measure(kind: str) -> _Read:
    def read(reader: _Reader, node: Node) -> Expression:
        return Measure(kind, reader.one(node, kind))  # type: ignore[arg-type]  # the table names the kinds themselves

    return read


_WITH_NODES = frozenset({"nodes"})
_KINDS: Mapping[str, tuple[frozenset[str], _Read]] = {
    "path": (_WITH_NODES, _along),
    "filterShape": (_WITH_NODES, _conforming),
    "union": (frozenset(), lambda reader, node: Union(reader.several(node, "union"))),
    "intersection": (frozenset(), lambda reader, node: Intersection(reader.several(node, "intersection"))),
    "minus": (_WITH_NODES, lambda reader, node: Difference(reader.nodes(node), reader.one(node, "minus"))),
    "distinct": (frozenset(), lambda reader, node: reader.one(node, "distinct")),
    "if": (frozenset({"then", "else"}), _choice),
    **{kind: (frozenset[str](), _measure(kind)) for kind in ("count", "min", "max", "sum", "exists")},
}
"""For each kind of expression the properties that may stand beside it, and what reads it."""
