"""Random shapes of every component, path and target, and random statements about the few terms that they name.

What is made depends on the seed alone. Every constraint is written so that some values keep it and some break it.
"""

from collections.abc import Callable
from random import Random

COPIES = 8
"""How many data sets lie beside each other in one graph, with the same shapes and no statement between them."""
NODES = (":a", ":b", ":c", ":d")
PREDICATES = (":p", ":q", ":r")
CLASSES = (":K", ":L", ":M")
LITERALS = ("1", "2", "30", '"x"', '"yy"', '"zzz"@en', '"www"@de', '"2020-01-01"^^xsd:date')
SUBCLASSES = (":K rdfs:subClassOf :L .", ":L rdfs:subClassOf :M .")
DEEPEST = 2
DECLARED = ': sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .'


def statement(random: Random, copy: int) -> str:
    """Make a statement about a node of one of the data sets."""
    subject = f"{random.choice(NODES)}{copy}"
    if random.random() < 0.3:  # as often as a predicate of its own
        return f"{subject} a {random.choice(CLASSES)} ."
    value = f"{random.choice(NODES)}{copy}" if random.random() < 0.75 else random.choice(LITERALS)
    return f"{subject} {random.choice(PREDICATES)} {value} ."


class ShapeMaker:
    """Makes shapes in Turtle.

    Args:
        seed: What all of its choices follow from.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def shapes(self, number: int, *, queries: int = 0) -> str:
        """Return several shapes, each with a target, that are judged apart; some of them have queries."""
        plain = [self.shape() for _ in range(number - queries)]
        several = [*plain, *(self.shape_with_query() for _ in range(queries))]
        return DECLARED + "\n".join(f":S{place} {shape} ." for place, shape in enumerate(several))

    def shape(self) -> str:
        """Return what a node shape, or now and then a property shape, says of itself."""
        targets = " ; ".join(self._target() for _ in range(self._random.choice((1, 1, 2))))
        if self._random.random() < 0.2:  # node shapes are the more usual
            return f"a sh:PropertyShape ; {targets} ; {self.property_shape(0)}"
        several = " ; ".join(self._several_constraints())
        return f"a sh:NodeShape ; {targets} ; {several}"

    def _several_constraints(self) -> list[str]:
        """Return constraints of up to three components, so that there is an order among what they find."""
        chosen = dict.fromkeys(self._random.choices(NODE_COMPONENTS, k=self._random.choice((1, 1, 2, 3))))
        return [WRITTEN[component](self, 0) for component in chosen]

    def shape_with_query(self) -> str:
        """Return a shape that a query judges, or whose targets one selects; nothing bounds what it reads."""
        other = "SELECT $this ?value WHERE { $this :p+ ?value . FILTER NOT EXISTS { ?value :q $this } }"
        asked = f'sh:sparql [ sh:prefixes : ; sh:select "{other}" ]'
        selected = 'sh:target [ a sh:SPARQLTarget ; sh:prefixes : ; sh:select "SELECT ?this { ?x :p/:q ?this }" ]'
        kinds = (
            f"{self._target()} ; {asked}",
            f"{self._target()} ; sh:property [ sh:path {self.path()} ; sh:node [ {asked} ] ]",
            f"{self._target()} ; sh:not [ {asked} ]",
            f"{selected} ; {self.node_shape(0)}",
        )
        return f"a sh:NodeShape ; {self._random.choice(kinds)}"

    def node_shape(self, depth: int) -> str:
        """Return the constraints of a node shape."""
        return self._constraint(NODE_COMPONENTS, depth)

    def property_shape(self, depth: int) -> str:
        """Return the path and the constraints of a property shape."""
        return f"sh:path {self.path()} ; {self._constraint(PROPERTY_COMPONENTS, depth)}"

    def path(self, depth: int = 0) -> str:
        """Return a path; below the first step paths are within paths."""
        if depth == DEEPEST or self._random.random() < (0.3 if depth == 0 else 0.4):
            return self.predicate()
        kind = self._random.choice(PATHS)
        if kind == "inverse of several":
            return f"[ sh:inversePath {self._several_steps(self._random.choice(PATHS[3:]), depth + 1)} ]"
        return self._several_steps(kind, depth)

    def _several_steps(self, kind: str, depth: int) -> str:
        inner = [self.path(min(depth + 1, DEEPEST)) for _ in range(self._random.choice((2, 2, 3)))]
        if kind == "sequence":
            return f"( {' '.join(inner)} )"
        return f"[ sh:alternativePath ( {' '.join(inner)} ) ]" if kind == "alternative" else f"[ sh:{kind} {inner[0]} ]"

    def predicate(self) -> str:
        """Return a predicate."""
        return self._random.choice(PREDICATES)

    def nodes(self, separator: str) -> str:
        """Return a node of each data set."""
        name = self._random.choice(NODES)
        return separator.join(f"{name}{copy}" for copy in range(COPIES))

    def node(self) -> str:
        """Return a node of one of the data sets."""
        return f"{self._random.choice(NODES)}{self._random.randrange(COPIES)}"

    def cls(self) -> str:
        """Return a class."""
        return self._random.choice(CLASSES)

    def few(self) -> int:
        """Return a small number."""
        return self._random.choice((0, 1, 1, 2))

    def several(self, make: Callable[[], str]) -> str:
        """Return one, two or three of something, which may be the same."""
        return " ".join(make() for _ in range(self._random.choice((1, 2, 3))))

    def any_shape(self, depth: int) -> str:
        """Return a shape within a shape: a property shape as often as a node shape."""
        below = min(depth + 1, DEEPEST)
        return f"[ {self.property_shape(below) if self._random.random() < 0.5 else self.node_shape(below)} ]"

    def _target(self) -> str:
        kind = self._random.choice(TARGETS)
        if kind == "targetNode":
            return f"sh:targetNode {self.nodes(', ')}"
        return f"sh:{kind} {self.cls() if kind == 'targetClass' else self.predicate()}"

    def _constraint(self, components: tuple[str, ...], depth: int) -> str:
        """Write a constraint; in the depth none that leads further down."""
        chosen = [one for one in components if depth < DEEPEST or one not in NESTING]
        return WRITTEN[self._random.choice(chosen)](self, depth)


def _qualified(maker: ShapeMaker, depth: int, name: str) -> str:
    return f"sh:qualifiedValueShape {maker.any_shape(depth)} ; sh:{name} {maker.few()}"


Write = Callable[[ShapeMaker, int], str]
PATHS = (
    "inverse of several",
    "inverse of several",
    "inversePath",
    "zeroOrMorePath",
    "oneOrMorePath",
    "zeroOrOnePath",
    "sequence",
    "sequence",
    "alternative",
)
TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
WRITTEN: dict[str, Write] = {
    "class": lambda make, _: f"sh:class {make.cls()}",
    "datatype": lambda *_: "sh:datatype xsd:integer",
    "nodeKind": lambda *_: "sh:nodeKind sh:Literal",
    "minCount": lambda make, _: f"sh:minCount {make.few() + 1}",
    "maxCount": lambda make, _: f"sh:maxCount {make.few()}",
    "minExclusive": lambda *_: "sh:minExclusive 1",
    "minInclusive": lambda *_: "sh:minInclusive 2",
    "maxExclusive": lambda *_: "sh:maxExclusive 2",
    "maxInclusive": lambda *_: "sh:maxInclusive 1",
    "minLength": lambda *_: "sh:minLength 2",
    "maxLength": lambda *_: "sh:maxLength 1",
    "pattern": lambda *_: 'sh:pattern "[by1]$"',
    "languageIn": lambda *_: 'sh:languageIn ( "en" )',
    "uniqueLang": lambda *_: "sh:uniqueLang true",
    "equals": lambda make, _: f"sh:equals {make.predicate()}",
    "disjoint": lambda make, _: f"sh:disjoint {make.predicate()}",
    "lessThan": lambda make, _: f"sh:lessThan {make.predicate()}",
    "lessThanOrEquals": lambda make, _: f"sh:lessThanOrEquals {make.predicate()}",
    "not": lambda make, depth: f"sh:not {make.any_shape(depth)}",
    "and": lambda make, depth: f"sh:and ( {make.several(lambda: make.any_shape(depth))} )",
    "or": lambda make, depth: f"sh:or ( {make.several(lambda: make.any_shape(depth))} )",
    "xone": lambda make, depth: f"sh:xone ( {make.several(lambda: make.any_shape(depth))} )",
    "node": lambda make, depth: f"sh:node {make.any_shape(depth)}",
    "property": lambda make, depth: f"sh:property [ {make.property_shape(min(depth + 1, DEEPEST))} ]",
    "qualifiedMinCount": lambda make, depth: _qualified(make, depth, "qualifiedMinCount"),
    "qualifiedMaxCount": lambda make, depth: _qualified(make, depth, "qualifiedMaxCount"),
    "closed": lambda make, _: f"sh:closed true ; sh:ignoredProperties ( {make.several(make.predicate)} rdf:type )",
    "hasValue": lambda make, _: f"sh:hasValue {make.node()}",
    "in": lambda make, _: f"sh:in ( {make.several(lambda: make.nodes(' '))} )",
    "rootClass": lambda make, _: f"sh:rootClass {make.cls()}",
    "singleLine": lambda *_: "sh:singleLine true",
    "someValue": lambda make, depth: f"sh:someValue {make.any_shape(depth)}",
    "subsetOf": lambda make, _: f"sh:subsetOf {make.predicate()}",
}
"""For each parameter of a constraint whose reading is known how it is written."""
NESTING = ("not", "and", "or", "xone", "node", "property", "qualifiedMinCount", "qualifiedMaxCount", "someValue")
_COUNTING = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedMinCount")
_MANY = ("maxCount", "maxCount", "maxCount", "minCount")
_READING = ("class", "closed", "equals", "disjoint", "hasValue", "in", "subsetOf")
"""Constraints that read beyond the value node, or tell nodes apart; made more often than those of a literal's text."""
PROPERTY_COMPONENTS = (*WRITTEN, *NESTING, *_READING, *_READING, *_MANY)
NODE_COMPONENTS = tuple(one for one in PROPERTY_COMPONENTS if one not in {*_COUNTING, "qualifiedMaxCount"})
