"""Small vocabularies, data in both, and the mappings and rules between them: what rewriting is compared on.

A world is made of strands. Each strand says some statements in the query's vocabulary (`a:`) and the same, carried by
its own means, in the data's (`b:`): by another name, from the other end, by a chain, with other values, in other units.
"""

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, QueryBoolean, QuerySolutions, QueryTriples, Store

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.rewriting.rewriter import Rewriting, rewrite
from virtuales.alignment.rewriting.rule_view import RuleView
from virtuales.alignment.rewriting.term_view import Located, term_view
from virtuales.alignment.rewriting.view import View
from virtuales.alignment.rewriting.vocabulary import Vocabulary
from virtuales.alignment.rules import MappingRule
from virtuales.alignment.terms import BROAD_MATCH, EXACT_MATCH, INVERSE_OF, MANUAL_CURATION
from virtuales.models.facts import ClassFact, Model, PropertyFact
from virtuales.query.syntax.parser import parse_query

A, B, X = "http://a.example/#", "http://b.example/#", "http://x.example/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = (
    f"PREFIX a: <{A}> PREFIX b: <{B}> PREFIX x: <{X}> PREFIX xsd: <{XSD}> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
Said = tuple[str, str, str]
"""A statement with its parts as in Turtle."""


@dataclass
class World:
    """Data in both vocabularies, and what leads from the data's to the query's."""

    in_a: set[Said] = field(default_factory=set)
    in_b: set[Said] = field(default_factory=set)
    mappings: list[Mapping] = field(default_factory=list)
    rules: list[MappingRule] = field(default_factory=list)
    facts: tuple[list[PropertyFact], list[PropertyFact]] = field(default_factory=lambda: ([], []))
    facts_known: bool = True

    def view(self, *, approximate: bool = False) -> View:
        """Return the view of the data in the query's vocabulary."""
        ours, theirs = (self._vocabulary(number) for number in (0, 1))
        located = [Located(each, f"small.sssom.tsv, line {line}") for line, each in enumerate(self.mappings, 20)]
        rules = tuple(RuleView.of(rule, theirs) for rule in self.rules)
        return View(ours, theirs, term_view(located), rules, approximate)

    def _vocabulary(self, number: int) -> Vocabulary:
        name, base = ("a", A) if number == 0 else ("b", B)
        if not self.facts_known:
            return Vocabulary(name, {name: base})
        classes = {f"{base}{each.iri}": each for each in CLASSES[name]}
        named = {
            iri: ClassFact(
                iri,
                each.label,
                each.kind,
                tuple(base + one for one in each.superclasses),
                members=tuple(base + one for one in each.members),
            )
            for iri, each in classes.items()
        }
        return Vocabulary(
            name,
            {name: base},
            Model(
                name, namespaces={name: base}, classes=named, properties={fact.iri: fact for fact in self.facts[number]}
            ),
        )

    def rewriting(self, query: str, *, approximate: bool = False) -> Rewriting:
        """Rewrite a query."""
        return rewrite(parse_query(PREFIXES + query), self.view(approximate=approximate))


CLASSES = {
    "a": (
        ClassFact("Thing", "Thing"),
        ClassFact("Node", "Node", superclasses=("Thing",)),
        ClassFact("Line", "Line", superclasses=("Thing",)),
        ClassFact("Kind", "Kind", "enumeration", members=("red", "blue", "green")),
    ),
    "b": (
        ClassFact("Object", "Object"),
        ClassFact("Point", "Point", superclasses=("Object",)),
        ClassFact("Wire", "Wire", superclasses=("Object",)),
        ClassFact("Cable", "Cable", superclasses=("Wire",)),
        ClassFact("Sort", "Sort", "enumeration", members=("r", "b", "g")),
    ),
}
RENAMED_CLASSES = {"Thing": "Object", "Node": "Point", "Line": "Wire"}
VALUES = {"red": "r", "blue": "b", "green": "g"}


def mapping(subject: str, predicate: str, target: str, **more: str) -> Mapping:
    """Make a mapping from a term of the data to one of the query's vocabulary."""
    return Mapping(f"{B}{subject}", predicate, f"{A}{target}", MANUAL_CURATION, **more)  # type: ignore[arg-type]


def rule(name: str, query: str) -> MappingRule:
    """Make a rule."""
    return MappingRule(name, name, "", "b", "a", PREFIXES + query, file=f"{name}.rq")


THINGS = [f"x:t{number}" for number in range(3)]
things = st.sampled_from(THINGS)
edges = st.sets(st.tuples(things, things), min_size=2, max_size=7)


def typed_things(world: World, chosen: set[tuple[str, str]]) -> None:
    """Say classes, by other names."""
    for thing, name in chosen:
        world.in_a.add((thing, "a", f"a:{name}"))
        world.in_b.add((thing, "a", f"b:{RENAMED_CLASSES[name]}"))
    world.mappings += [mapping(theirs, EXACT_MATCH, ours) for ours, theirs in RENAMED_CLASSES.items()]


def renamed(world: World, pairs: set[tuple[str, str]]) -> None:
    """Say an association by another name."""
    world.in_a |= {(one, "a:to", two) for one, two in pairs}
    world.in_b |= {(one, "b:towards", two) for one, two in pairs}
    world.mappings.append(mapping("towards", EXACT_MATCH, "to"))
    _facts(
        world,
        PropertyFact(f"{A}to", "to", ranges=(f"{A}Thing",)),
        PropertyFact(f"{B}towards", "", ranges=(f"{B}Object",)),
    )


def inverse(world: World, pairs: set[tuple[str, str]]) -> None:
    """Say an association from the other end."""
    world.in_a |= {(one, "a:part", two) for one, two in pairs}
    world.in_b |= {(two, "b:whole", one) for one, two in pairs}
    world.mappings.append(mapping("whole", INVERSE_OF, "part"))
    _facts(
        world,
        PropertyFact(f"{A}part", "", ranges=(f"{A}Thing",)),
        PropertyFact(f"{B}whole", "", ranges=(f"{B}Object",)),
    )


def chain(world: World, pairs: set[tuple[str, str]]) -> None:
    """Say one property by two."""
    for one, two in pairs:
        middle = f"x:between-{one[2:]}-{two[2:]}"
        world.in_a.add((one, "a:near", two))
        world.in_b |= {(one, "b:end", middle), (middle, "b:other", two)}
    world.rules.append(rule("chain", "CONSTRUCT { ?s a:near ?o } WHERE { ?s b:end ?m . ?m b:other ?o }"))


def chain_back(world: World, pairs: set[tuple[str, str]]) -> None:
    """Say two properties, over a thing of its own, by one."""
    for one, two in pairs:
        middle = f"x:made-{one[2:]}-{two[2:]}"
        world.in_a |= {(one, "a:start", middle), (middle, "a:stop", two), (middle, "a", "a:Line")}
        world.in_b.add((one, "b:joined", two))
    world.rules.append(
        rule(
            "chain-back",
            "CONSTRUCT { ?s a:start ?m . ?m a a:Line ; a:stop ?o } WHERE { ?s b:joined ?o . BIND (IRI(CONCAT("
            f"'{X}made-', STRAFTER(STR(?s), '{X}'), '-', STRAFTER(STR(?o), '{X}'))) AS ?m) }}",
        )
    )


def valued(world: World, pairs: set[tuple[str, str]]) -> None:
    """Say values of an enumeration by those of another."""
    world.in_a |= {(one, "a:kind", f"a:{value}") for one, value in pairs}
    world.in_b |= {(one, "b:sort", f"b:{VALUES[value]}") for one, value in pairs}
    world.mappings.append(mapping("sort", EXACT_MATCH, "kind"))
    world.mappings += [mapping(theirs, EXACT_MATCH, ours) for ours, theirs in VALUES.items()]
    _facts(
        world, PropertyFact(f"{A}kind", "", ranges=(f"{A}Kind",)), PropertyFact(f"{B}sort", "", ranges=(f"{B}Sort",))
    )


def coded(world: World, pairs: set[tuple[str, str]]) -> None:
    """Say values of an enumeration by codes, which a rule takes from a table."""
    world.in_a |= {(one, "a:colour", f"a:{value}") for one, value in pairs}
    world.in_b |= {(one, "b:code", f'"{VALUES[value]}"') for one, value in pairs}
    table = " ".join(f"('{theirs}' a:{ours})" for ours, theirs in VALUES.items())
    world.rules.append(
        rule("coded", f"CONSTRUCT {{ ?s a:colour ?v }} WHERE {{ ?s b:code ?c . VALUES (?c ?v) {{ {table} }} }}")
    )


def measured(world: World, pairs: set[tuple[str, int]]) -> None:
    """Say a power in another unit; the models' facts give the factor."""
    world.in_a |= {(one, "a:power", f'"{value * 1000}"^^xsd:decimal') for one, value in pairs}
    world.in_b |= {(one, "b:p", f'"{value}"^^xsd:decimal') for one, value in pairs}
    world.mappings.append(mapping("p", EXACT_MATCH, "power"))
    number = f"{XSD}decimal"
    _facts(
        world,
        PropertyFact(f"{A}power", "", datatype=number, unit="W", multiplier="k"),
        PropertyFact(f"{B}p", "", datatype=number, unit="W", multiplier="M"),
    )


def warm(world: World, pairs: set[tuple[str, int]]) -> None:
    """Say temperatures and lengths by a rule that converts them, with the properties in a table."""
    world.in_a |= {(one, name, f'"{value}"^^xsd:integer') for one, value in pairs for name in ("a:celsius", "a:metres")}
    world.in_b |= {(one, "b:kelvin", f'"{value + 273}"^^xsd:integer') for one, value in pairs}
    world.in_b |= {(one, "b:metres", f'"{value}"^^xsd:integer') for one, value in pairs}
    table = "(b:kelvin a:celsius 273) (b:metres a:metres 0)"
    world.rules.append(
        rule(
            "warm",
            f"CONSTRUCT {{ ?s ?new ?v }} WHERE {{ VALUES (?old ?new ?less) {{ {table} }} ?s ?old ?k "
            "BIND (?k - ?less AS ?v) }",
        )
    )


def assumed(world: World, chosen: set[str]) -> None:
    """Say of every wire, and of every cable below it, what goes without saying."""
    world.in_b |= {(thing, "a", "b:Cable") for thing in chosen}
    world.in_a |= {(thing, "a:shut", "false") for thing in chosen}
    world.in_a |= {(thing, "a", "a:Line") for thing in chosen}
    world.mappings.append(mapping("Cable", BROAD_MATCH, "Line"))
    world.rules.append(
        rule(
            "assumed",
            "CONSTRUCT { ?s a:shut false } WHERE { ?s a ?c . ?c rdfs:subClassOf* b:Cable "
            "FILTER NOT EXISTS { ?s b:never ?n } }",
        )
    )


def named(world: World, pairs: set[tuple[str, str]]) -> None:
    """Say something in a vocabulary that is neither's."""
    statements = {(one, "rdfs:label", f'"{value}"') for one, value in pairs}
    world.in_a |= statements
    world.in_b |= statements


def _things(world: World, ours: str, theirs: str) -> None:
    fact = PropertyFact(f"{A}{ours}", "", ranges=(f"{A}Thing",))
    _facts(world, fact, PropertyFact(f"{B}{theirs}", "", ranges=(f"{B}Object",)))


def _facts(world: World, ours: PropertyFact, theirs: PropertyFact) -> None:
    world.facts[0].append(ours)
    world.facts[1].append(theirs)


@st.composite
def worlds(draw: st.DrawFn, *, facts_known: bool = True) -> World:
    """Make worlds in which every statement can be carried."""
    world = World(facts_known=facts_known)
    values = st.sets(st.tuples(things, st.sampled_from(sorted(VALUES))), min_size=1, max_size=5)
    numbers = st.sets(st.tuples(things, st.integers(1, 3)), min_size=1, max_size=4)
    typed_things(
        world, draw(st.sets(st.tuples(things, st.sampled_from(sorted(RENAMED_CLASSES))), min_size=2, max_size=6))
    )
    for strand in (renamed, inverse, chain, chain_back):
        strand(world, draw(edges))
    for valued_strand in (valued, coded):
        valued_strand(world, draw(values))
    if facts_known:
        measured(world, draw(numbers))
        assumed(world, draw(st.sets(things, max_size=3)))
    warm(world, draw(numbers))
    named(world, draw(st.sets(st.tuples(things, st.sampled_from("xyz")), max_size=3)))
    return world


def store_of(statements: set[Said], model: Model | None = None) -> Store:
    """Load statements, with a model's hierarchy of classes beside them."""
    store = Store()
    store.update(PREFIXES + "INSERT DATA { " + " . ".join(map(" ".join, sorted(statements))) + " }")
    above = NamedNode("http://www.w3.org/2000/01/rdf-schema#subClassOf")
    for fact in model.classes.values() if model else ():
        store.extend(Quad(NamedNode(fact.iri), above, NamedNode(each)) for each in fact.superclasses)
    return store


def answer(store: Store, query: str) -> object:
    """Answer a query in a form that can be compared."""
    found = store.query(query)
    if isinstance(found, QuerySolutions):
        names = [variable.value for variable in found.variables]
        return Counter(frozenset((name, shown(row[name])) for name in names if row[name] is not None) for row in found)
    if isinstance(found, QueryTriples):
        return frozenset(map(str, found))
    assert isinstance(found, QueryBoolean)
    return bool(found)


def shown(term: object) -> str:
    """Write a term so that numbers that differ in how they are written only are the same."""
    if isinstance(term, Literal) and term.datatype.value == f"{XSD}decimal":
        return f"{float(term.value)} decimal"
    return str(term)
