"""Reading rules (https://www.w3.org/TR/shacl-af/#rules); one that cannot run is refused in a sentence."""

from virtuales.assurance.expression_reading import read_expression
from virtuales.assurance.expressions import Expression
from virtuales.assurance.queries import read_construct
from virtuales.assurance.reading import RDF_NS, Malformed, Node
from virtuales.assurance.shapes import SHACL, InferenceRule

_TRIPLE, _SPARQL = (f"<{SHACL}{name}>" for name in ("TripleRule", "SPARQLRule"))
_KNOWN = frozenset(("condition", "order", "deactivated", "name", "description", "message"))
_OWN = {
    "triple": frozenset(("subject", "predicate", "object")),
    "sparql": frozenset(("construct", "prefixes")),
}


def read_rule(node: Node) -> InferenceRule | None:
    """Read a rule; None where it is deactivated.

    Raises:
        Malformed: it is of no type that is supported, or in error.
    """
    types = node.values(f"{RDF_NS}type")
    kind = next((kind for kind, name in (("triple", _TRIPLE), ("sparql", _SPARQL)) if _is(node, name, types)), None)
    if kind is None:
        raise Malformed("The rule is neither a `sh:TripleRule` nor a `sh:SPARQLRule`.")
    if node.boolean("deactivated"):
        return None
    unknown = {name.removeprefix(SHACL) for name in node.said if name.startswith(SHACL)} - _KNOWN - _OWN[kind]
    if unknown:
        raise Malformed(f"`sh:{min(unknown)}` of a rule is not supported.")
    query, template = read_construct(node) if kind == "sparql" else (None, ())
    return InferenceRule(
        id=node.term,
        order=node.number("order"),
        conditions=tuple(_conditions(node)),
        triple=_triple(node) if kind == "triple" else None,
        query=query,
        template=template,
    )


def _is(node: Node, kind: str, types: list[str]) -> bool:
    return not node.graph.subclasses(kind[1:-1]).isdisjoint(types)


def _conditions(node: Node) -> list[str]:
    conditions = node.values("condition")
    for condition in conditions:
        if node.graph.node(condition).values(f"{RDF_NS}first") or condition.startswith('"'):
            raise Malformed("`sh:condition` must be a shape.")
    return conditions


def _triple(node: Node) -> tuple[Expression, Expression, Expression]:
    subject, predicate, value = (
        read_expression(node.graph, node.get(name)) for name in ("subject", "predicate", "object")
    )
    return subject, predicate, value
