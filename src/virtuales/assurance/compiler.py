"""From a shapes graph in RDF to plain data: every shape checked, every fault named, the sound rest kept.

A constraint that is in error is left out of its shape. A constraint that hands its judgement to another shape
(`sh:not`, `sh:node`, `sh:or`, …) is left out when anything within that shape is: judging by half a shape could turn the
answer round.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from virtuales.assurance.component import Component
from virtuales.assurance.components import COMPONENTS
from virtuales.assurance.custom import CustomComponent, custom_components
from virtuales.assurance.dictionary import unescape
from virtuales.assurance.functions import read_functions
from virtuales.assurance.imports import Find, Gathered, gather, labels_of, nothing
from virtuales.assurance.inference_reading import read_rule
from virtuales.assurance.paths import Path as PropertyPath
from virtuales.assurance.queries import skolem
from virtuales.assurance.reading import RDF_NS, RDFS_NS, Malformed, Node, Statements, bare, literal_parts
from virtuales.assurance.shapes import (
    SHACL,
    VIOLATION,
    Constraint,
    Fault,
    InferenceRule,
    Shape,
    ShapesGraph,
    SparqlQuery,
    Targets,
)
from virtuales.assurance.target_types import read_target

_OWL_CLASS = "http://www.w3.org/2002/07/owl#Class"
_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")
_MARKS = (*_TARGETS, "targetWhere", "rule")
"""What makes its subject a shape."""
_WORDS = ("name", "description", "order", "group", "defaultValue", "message", "severity", "deactivated")
_REMARKS = ("agentInstruction", "codeIdentifier", "intent", "unit")
"""What SHACL 1.2 lets people say of a shape without any effect on judging."""
_ANYWHERE = {
    "resultAnnotation": "Annotations of results are not written into reports.",
    "shape": "A node cannot name the shape that judges it; give the shape a target.",
    "hasRule": "Rule sets are not supported.",
    "includesRuleSet": "Rule sets are not supported.",
    "ruleProcessor": "Rules run as SHACL says, not by a processor of their own.",
    "bodyExpression": "Functions are written in SPARQL; expressions as their bodies are not supported.",
}
"""What is not supported and does not stand on a shape, where it would be found out as such."""
_REIFIES = f"{RDF_NS}reifies"
_MARKING = frozenset(SHACL + name for name in _MARKS)
_WATCHED = frozenset((f"{SHACL}entailment", _REIFIES, *(SHACL + name for name in _ANYWHERE)))
"""Predicates that are looked at wherever they stand."""
_BESIDE = ("flags", "ignoredProperties", "qualifiedValueShape", "qualifiedValueShapesDisjoint")
_GRAPH = ("declare", "prefixes", "shapesGraph", "suggestedShapesGraph", "entailment")
_RULES = f"<{SHACL}Rules>", f"<{SHACL}RulesEntailment>"
"""The entailment regime that makes rules run before data is judged: by its name in the note, and by its later name."""
_PLACES = {SHACL + component.parameter: place for place, component in enumerate(COMPONENTS)}
_KNOWN = frozenset(
    (
        "path",
        "property",
        "rule",
        *_TARGETS,
        *_WORDS,
        *_REMARKS,
        *_BESIDE,
        *_GRAPH,
        *(one.parameter for one in COMPONENTS),
    )
)
"""SHACL's properties of a shape that are understood here; any other is a fault, never passed over."""


def compile_shapes(sources: Sequence[Path | bytes], *, names: Sequence[str] = (), find: Find = nothing) -> ShapesGraph:
    """Compile the shapes graph that some files hold together with what they import.

    Args:
        sources: RDF files, or the bytes of Turtle documents.
        names: What the sources are called in reports; by default their paths.
        find: Tells what is registered and can be imported, besides the sources and what lies beside them.

    Raises:
        UnreadableInput: a source is no RDF.
    """
    return compile_gathered(gather(sources, labels_of(sources, names), find))


def compile_gathered(gathered: Gathered) -> ShapesGraph:
    """Compile a shapes graph whose files are read already, those that it imports among them."""
    statements = Statements()
    for place, part in enumerate(gathered.parts):
        statements.add(part.quads, place)
    compiled = compile_statements(statements, sources=[part.name for part in gathered.parts])
    return replace(compiled, faults=(*compiled.faults, *gathered.faults))


def compile_statements(statements: Statements, *, sources: Iterable[str] = ()) -> ShapesGraph:
    """Compile a shapes graph that is read already."""
    compiler = _Compiler(statements)
    compiler.run()
    shapes, faults = _without_unsound(compiler.shapes, compiler.faults)
    asked = any("shapesGraph" in one.query.text for shape in shapes.values() for one in shape.constraints if one.query)
    return ShapesGraph(
        shapes,
        tuple(faults),
        tuple(sources),
        document=_document(statements) if asked else b"",
        functions=statements.functions,
        entails=compiler.entails,
    )


def _document(statements: Statements) -> bytes:
    """Write a shapes graph as N-Triples, its blank nodes as IRIs that queries can name."""
    lines = (
        f"{skolem(node.term)} <{predicate}> {skolem(value)} .\n"
        for node in statements.nodes()
        for predicate, values in node.said.items()
        for value in values
    )
    return "".join(lines).encode()


class _Compiler:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self.shapes: dict[str, Shape] = {}
        statements.functions, self.faults = read_functions(statements)
        self.entails = False
        self._property_shapes = statements.subclasses(f"{SHACL}PropertyShape")
        both = f"{SHACL}ShapeClass"
        self._shape_classes = self._property_shapes | statements.subclasses(f"{SHACL}NodeShape", f"{SHACL}Shape", both)
        self._classes = statements.subclasses(f"{RDFS_NS}Class", _OWL_CLASS, both)
        self._custom: list[CustomComponent] = []
        for one in custom_components(statements):
            if isinstance(one, CustomComponent):
                self._custom.append(one)
            else:
                self._fault(one[0], str(one[1]))

    def run(self) -> None:
        waiting = [node.term for node in self._statements.nodes() if self._is_root(node)]
        while waiting:
            term = waiting.pop(0)
            if term not in self.shapes:
                shape = self.shapes[term] = self._shape(self._statements.node(term))
                waiting.extend(sorted(shape.references.union(*(rule.shapes for rule in shape.rules))))
        for node in self._statements.nodes():
            if _WATCHED.isdisjoint(node.said):
                continue
            for regime in node.values("entailment"):
                if regime in _RULES:
                    self.entails = True
                else:
                    self._fault(node.term, f"The entailment regime {regime} is not supported.", "sh:entailment")
            for name, what in _ANYWHERE.items():
                if node.values(name):
                    self._fault(node.term, what, f"sh:{name}")
            if any(f" <{SHACL}" in value for value in node.values(_REIFIES)):
                what = "What is said of a single statement of a shape has no effect; say it of the shape."
                self._fault(node.term, what, "rdf:reifies")

    def _is_root(self, node: Node) -> bool:
        typed = not self._shape_classes.isdisjoint(node.values(f"{RDF_NS}type"))
        return typed or not _MARKING.isdisjoint(node.said)

    def _fault(self, shape: str, what: str, where: str = "") -> None:
        self.faults.append(Fault(shape, what, where))

    def _shape(self, node: Node) -> Shape:
        """Read one shape; what is wrong as a whole leaves a deactivated shell behind, so that references resolve."""
        if node.term not in self._statements:
            self._fault(node.term, "The shape is referred to, but nothing is said of it.")
            return Shape(node.term, deactivated=True)
        try:
            path = self._path(node)
            return Shape(
                id=node.term,
                path=path,
                targets=self._targets(node),
                constraints=self._constraints(node, path),
                properties=self._properties(node),
                severity=bare(one) if (one := _only_iri(node, "severity")) else VIOLATION,
                messages=tuple(node.values("message")),
                name=_name(node),
                deactivated=node.boolean("deactivated"),
                description=_description(node),
                order=node.number("order"),
                rules=tuple(self._rules(node)),
            )
        except Malformed as error:
            self._fault(node.term, str(error))
            return Shape(node.term, deactivated=True)

    def _path(self, node: Node) -> PropertyPath | None:
        types = node.values(f"{RDF_NS}type")
        written = node.find("path")
        if written is None:
            if not self._property_shapes.isdisjoint(types):
                raise Malformed("A property shape needs `sh:path`.")
            return None
        if f"<{SHACL}NodeShape>" in types:
            raise Malformed("A node shape has no `sh:path`.")
        return self._statements.node(written).path()

    def _targets(self, node: Node) -> Targets:
        if any(value.startswith("_:") for value in node.values("targetNode")):
            raise Malformed("`sh:targetNode` must be an IRI or a literal.")
        classes = node.iris("targetClass")
        if not self._classes.isdisjoint(node.values(f"{RDF_NS}type")):
            classes = [*classes, node.term]
        return Targets(
            nodes=tuple(node.values("targetNode")),
            classes=tuple(dict.fromkeys(classes)),
            subjects_of=tuple(node.iris("targetSubjectsOf")),
            objects_of=tuple(node.iris("targetObjectsOf")),
            queries=tuple(self._target_queries(node)),
        )

    def _target_queries(self, node: Node) -> Iterator[SparqlQuery]:
        """Read custom targets (https://www.w3.org/TR/shacl-af/#targets)."""
        for target in node.values("target"):
            try:
                yield read_target(self._statements.node(target))
            except Malformed as error:
                self._fault(node.term, f"A target was left out: {error}", "sh:target")

    def _rules(self, node: Node) -> Iterator[InferenceRule]:
        for term in node.values("rule"):
            try:
                rule = read_rule(self._statements.node(term))
            except Malformed as error:
                # a fault of the rule alone: the shape judges as it would without it
                self._fault(term, f"A rule was left out: {error}", "sh:rule")
            else:
                if rule is not None:
                    yield rule

    def _constraints(self, node: Node, path: PropertyPath | None) -> tuple[Constraint, ...]:
        found: list[Constraint] = []
        for place in sorted(_PLACES[predicate] for predicate in node.said if predicate in _PLACES):
            found.extend(self._read(COMPONENTS[place], node, path))
        for custom in self._custom:
            if custom.is_used_by(node):
                found.extend(self._sound(custom.read(node), node, bare(custom.node.term)))
        for predicate in node.said:
            name = predicate.removeprefix(SHACL)
            own_query = name in {"select", "prefixes"} and node.term in node.values("sparql")
            if name != predicate and name not in _KNOWN and not own_query:
                self._fault(node.term, f"`sh:{name}` is not a constraint that is supported.", f"sh:{name}")
        return tuple(found)

    def _read(self, component: Component, node: Node, path: PropertyPath | None) -> list[Constraint]:
        if component.property_only and path is None:
            what = f"`sh:{component.parameter}` belongs in a property shape."
            self._fault(node.term, what, f"sh:{component.parameter}")
            return []
        try:
            found: Iterable[Constraint | Malformed] = list(component.read(node, component.parameter))
        except Malformed as error:
            found = [error]
        return self._sound(found, node, f"sh:{component.parameter}")

    def _sound(self, found: Iterable[Constraint | Malformed], node: Node, where: str) -> list[Constraint]:
        sound: list[Constraint] = []
        for one in found:
            if isinstance(one, Malformed):
                self._fault(node.term, str(one), where)
            else:
                sound.append(one)
        return sound

    def _properties(self, node: Node) -> tuple[str, ...]:
        sound = []
        for shape in node.values("property"):
            if self._statements.node(shape).values("path"):
                sound.append(shape)
            else:
                self._fault(node.term, f"{shape} is no property shape: it has no `sh:path`.", "sh:property")
        return tuple(sound)


def _only_iri(node: Node, name: str) -> str | None:
    node.find(name)
    return next(iter(node.iris(name)), None)


def _name(node: Node) -> str:
    for value in (*node.values("name"), *node.values(f"{RDFS_NS}label")):
        if value.startswith('"'):
            return literal_parts(value)[0]
    return unescape(bare(node.term)) if node.term.startswith("<") else ""


def _description(node: Node) -> str:
    return next((literal_parts(one)[0] for one in node.values("description") if one.startswith('"')), "")


def _without_unsound(shapes: Mapping[str, Shape], faults: list[Fault]) -> tuple[dict[str, Shape], list[Fault]]:
    """Leave out what depends on a shape in error or on itself."""
    references = {term: shape.references for term, shape in shapes.items()}
    reach = {term: _reachable(references, behind) for term, behind in references.items()}
    recursive = {term for term in shapes if term in reach[term]}
    unsound = {fault.shape for fault in faults} | recursive
    kept: dict[str, Shape] = {}
    added: list[Fault] = []
    for term, shape in shapes.items():
        sound = []
        for constraint in shape.constraints:
            behind = set(constraint.shapes).union(*(reach[other] for other in constraint.shapes))
            if behind.isdisjoint(unsound):
                sound.append(constraint)
            else:
                why = "is recursive" if behind & recursive else "is itself in error"
                added.append(
                    Fault(term, f"A constraint was left out: a shape that it depends on {why}.", constraint.component)
                )
        properties = tuple(one for one in shape.properties if not (term in recursive and term in reach[one]))
        if properties != shape.properties:
            added.append(Fault(term, "A property shape was left out: it refers back to this shape.", "sh:property"))
        rules = []
        for rule in shape.rules:
            if rule.shapes.union(*(reach.get(other, ()) for other in rule.shapes)).isdisjoint(unsound):
                rules.append(rule)
            else:
                added.append(Fault(rule.id, "A rule was left out: a shape that it asks is in error.", "sh:rule"))
        whole = len(sound) == len(shape.constraints) and properties == shape.properties
        if not whole or len(rules) < len(shape.rules):
            kept[term] = replace(shape, constraints=tuple(sound), properties=properties, rules=tuple(rules))
        else:
            kept[term] = shape
    return kept, [*faults, *added]


def _reachable(references: Mapping[str, Collection[str]], start: Collection[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        term = waiting.pop()
        if term not in found:
            found.add(term)
            waiting.extend(references.get(term, ()))
    return found
