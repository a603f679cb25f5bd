"""Reading of the axioms of an ontology in OWL or RDF Schema.

Read are the hierarchy, equivalence and disjointness of classes, their intersections, unions, complements,
enumerations and restrictions, and of properties domain, range, hierarchy, inverses, disjointness and the
characteristics that bear on classes. What is not reasoned with (property chains, keys, the bounds of datatypes) is
counted. Statements about individuals are not read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Final, TypeVar

from virtuales.models.axioms import Axioms, PropertyKind, disjoint, domain, functional, range_of
from virtuales.models.expressions import NOTHING, THING, AnyOf, Expression, Role
from virtuales.models.owl_expressions import ExpressionReader, Nodes
from virtuales.models.value_spaces import is_datatype
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import OWL, RDF, RDFS, SKOS
from virtuales.rdf.terms import BlankNode, NamedNode, Quad, Term

_CLASSES: Final = frozenset({OWL.Class, RDFS.Class, OWL.DeprecatedClass, SKOS.Concept})
_OBJECT: Final = frozenset(
    {
        OWL.ObjectProperty,
        OWL.InverseFunctionalProperty,
        OWL.TransitiveProperty,
        OWL.SymmetricProperty,
        OWL.AsymmetricProperty,
        OWL.IrreflexiveProperty,
    }
)
_BETWEEN_CLASSES: Final = frozenset({RDFS.subClassOf, OWL.equivalentClass, OWL.disjointWith})
_PROPERTIES: Final = frozenset({RDF.Property, OWL.DatatypeProperty, OWL.FunctionalProperty, *_OBJECT})
_LEFT_OUT: Final[Mapping[NamedNode, str]] = {
    OWL.propertyChainAxiom: "property chain",
    OWL.hasKey: "key",
    OWL.hasSelf: "class of what is related to itself",
}
_BUILT_IN: Final = frozenset({THING, NOTHING})

_Side = TypeVar("_Side", Expression, Role)
_Pairs = Iterator[tuple[Expression, Expression]]
_Roles = Iterator[tuple[Role, Role]]


def read_axioms(
    source: Path | bytes, *, media_type: str | None = None, name: str = "", base: str | None = None
) -> Axioms:
    """Read the axioms of an ontology's file.

    Args:
        source: The file, in any RDF syntax, or its bytes.
        media_type: The syntax; by default what the file's suffix says.
        name: What the model is called; by default the file's name without suffix.
        base: The IRI that relative IRIs are resolved against, where the file does not say.

    Raises:
        UnreadableInput: the file is no RDF.
        InputError: an expression is broken: a list without end, a restriction without property.
    """
    called = name or (source.stem if isinstance(source, Path) else "the given bytes")
    return axioms_of_quads(parse_file(source, media_type, base=base, name=name or None), name=called)


def axioms_of_quads(quads: Iterable[Quad], *, name: str) -> Axioms:
    """Read the axioms of an ontology's statements, all graphs as one; the errors are those of `read_axioms`."""
    nodes: dict[Term, dict[NamedNode, list[Term]]] = {}
    for quad in quads:
        nodes.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
    return _Ontology(nodes, name).axioms()


class _Ontology:
    """The statements of an ontology, with what each term is."""

    def __init__(self, nodes: Nodes, name: str) -> None:
        self._nodes = nodes
        self._name = name
        self._reader = ExpressionReader(nodes, name)
        self._types = {
            node: {each for each in said.get(RDF.type, ()) if isinstance(each, NamedNode)}
            for node, said in nodes.items()
        }

    def axioms(self) -> Axioms:
        properties = {node.value: self._kind(node) for node in self._properties()}
        inclusions = (*self._of_classes(), *self._of_properties())
        return Axioms(
            name=self._name,
            classes=frozenset(self._named_classes()),
            properties=properties,
            inclusions=tuple(dict.fromkeys(inclusions)),
            subproperties=tuple(dict.fromkeys((*self._subproperties(), *self._symmetric()))),
            disjoint_properties=tuple(self._disjoint_properties()),
            transitive=frozenset(node.value for node in self._of_type(OWL.TransitiveProperty)),
            distinct=tuple(self._distinct()),
            left_out=dict(self._left_out()),
        )

    def _named_classes(self) -> Iterator[str]:
        """Give what is said to be a class, and what a hierarchy or a disjointness puts beside one."""
        found = {node for node, types in self._types.items() if types & _CLASSES}
        for node, said in self._nodes.items():
            for each in said.keys() & _BETWEEN_CLASSES:
                found |= {node, *said[each]}
        named = (node.value for node in found if isinstance(node, NamedNode))
        return (iri for iri in named if iri not in _BUILT_IN and not is_datatype(iri))

    def _properties(self) -> Iterator[NamedNode]:
        for node, types in self._types.items():
            if isinstance(node, NamedNode) and types & _PROPERTIES:
                yield node

    def _kind(self, node: NamedNode) -> PropertyKind:
        types = self._types[node]
        ranges = [each.value for each in self._nodes[node].get(RDFS.range, ()) if isinstance(each, NamedNode)]
        if OWL.DatatypeProperty in types or any(map(is_datatype, ranges)):
            return "data"
        return "object" if types & _OBJECT or ranges else "any"

    def _of_type(self, kind: NamedNode) -> Iterator[NamedNode]:
        return (node for node, types in self._types.items() if kind in types and isinstance(node, NamedNode))

    def _of_classes(self) -> _Pairs:
        for node, said in self._nodes.items():
            for above in said.get(RDFS.subClassOf, ()):
                yield self._reader.read(node), self._reader.read(above)
            for other in said.get(OWL.equivalentClass, ()):
                yield from _both(self._reader.read(node), self._reader.read(other))
            for other in said.get(OWL.disjointWith, ()):
                yield disjoint(self._reader.read(node), self._reader.read(other))
            for parts in said.get(OWL.disjointUnionOf, ()):
                yield from self._disjoint_union(node, parts)
            if isinstance(node, NamedNode) and OWL.Ontology not in self._types[node]:
                described = self._reader.described(node)
                if described is not None:
                    yield from _both(node.value, described)
        for node in [each for each, types in self._types.items() if OWL.AllDisjointClasses in types]:
            yield from self._all_disjoint(node)

    def _disjoint_union(self, node: Term, parts: Term) -> _Pairs:
        operands = tuple(map(self._reader.read, self._reader.members(parts)))
        yield from _both(self._reader.read(node), AnyOf(operands))
        yield from (disjoint(one, two) for one, two in combinations(operands, 2))

    def _all_disjoint(self, node: Term) -> _Pairs:
        for members in self._nodes[node].get(OWL.members, ()):
            operands = map(self._reader.read, self._reader.members(members))
            yield from (disjoint(one, two) for one, two in combinations(operands, 2))

    def _of_properties(self) -> _Pairs:
        for node in self._properties():
            said, types, role = self._nodes[node], self._types[node], Role(node.value)
            for of in said.get(RDFS.domain, ()):
                yield domain(role, self._reader.read(of))
            for values in said.get(RDFS.range, ()):
                yield range_of(role, self._reader.read(values))
            if OWL.FunctionalProperty in types:
                yield functional(role)
            if OWL.InverseFunctionalProperty in types:
                yield functional(role.inverse)

    def _subproperties(self) -> _Roles:
        for node, said in self._nodes.items():
            for above in said.get(RDFS.subPropertyOf, ()):
                yield self._reader.role(node), self._reader.role(above)
            for other in said.get(OWL.equivalentProperty, ()):
                yield from _both(self._reader.role(node), self._reader.role(other))
            if isinstance(node, NamedNode):
                for other in said.get(OWL.inverseOf, ()):
                    yield from _both(Role(node.value), self._reader.role(other).inverse)

    def _symmetric(self) -> _Roles:
        for node in self._of_type(OWL.SymmetricProperty):
            yield Role(node.value), Role(node.value, inverted=True)

    def _disjoint_properties(self) -> _Roles:
        for node, said in self._nodes.items():
            for other in said.get(OWL.propertyDisjointWith, ()):
                yield self._reader.role(node), self._reader.role(other)
        for node in [each for each, types in self._types.items() if OWL.AllDisjointProperties in types]:
            for members in self._nodes[node].get(OWL.members, ()):
                yield from combinations(map(self._reader.role, self._reader.members(members)), 2)
        for each in self._of_type(OWL.AsymmetricProperty):
            yield Role(each.value), Role(each.value, inverted=True)

    def _distinct(self) -> Iterator[tuple[str, str]]:
        for node, said in self._nodes.items():
            for other in said.get(OWL.differentFrom, ()):
                yield _key(node), _key(other)
            if OWL.AllDifferent in self._types[node]:
                for members in (*said.get(OWL.distinctMembers, ()), *said.get(OWL.members, ())):
                    yield from combinations(map(_key, self._reader.members(members)), 2)

    def _left_out(self) -> Counter[str]:
        found = Counter(self._reader.left_out)
        for said in self._nodes.values():
            found.update(kind for each, kind in _LEFT_OUT.items() if each in said)
        found["reflexive property"] = sum(1 for _ in self._of_type(OWL.ReflexiveProperty))
        found["irreflexive property"] = sum(1 for _ in self._of_type(OWL.IrreflexiveProperty))
        return +found


def _named(nodes: Iterable[Term]) -> set[NamedNode]:
    return {each for each in nodes if isinstance(each, NamedNode)}


def _both(one: _Side, two: _Side) -> Iterator[tuple[_Side, _Side]]:
    yield one, two
    yield two, one


def _key(node: Term) -> str:
    return node.value if isinstance(node, NamedNode | BlankNode) else str(node)
