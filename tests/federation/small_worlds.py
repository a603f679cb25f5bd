"""Small data spread over endpoints, and random queries of every operator: what federated answers are compared on."""

from dataclasses import dataclass
from random import Random

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Store

E = "http://e.example/"
PREFIXES = f"PREFIX : <{E}> "
THINGS = [f":n{number}" for number in range(5)]
PROPERTIES = [":p", ":q", ":r", ":s"]
CLASSES = [":A", ":B"]
VALUES = ["1", "2", '"x"', '"y"@en', "3.5", "true"]
VARIABLES = ["?a", "?b", "?c", "?d"]
GRAPHS = [":g1", ":g2"]
PATHS = [":p/:q", "^:p", ":p|:q", "!(:p|:q)", "!^:r"]
REPEATED = [":p?", ":q*", ":p+", "(:p/:r)+", "(:p|^:q)*", ":p/:q*", "^(:q/:r)?"]


@dataclass
class World:
    """Endpoints' stores, and the store in which all their data is merged."""

    stores: list[Store]
    merged: Store


def world(draw: Random, endpoints: int | None = None) -> World:
    """Make data for so many endpoints, or two to six; blank nodes in the merged store say which one they come from.

    In some worlds a property is a single endpoint's affair, in some most names are.
    """
    stores = [Store() for _ in range(endpoints or draw.randint(2, 6))]
    merged = Store()
    busy = draw.sample(range(len(stores)), draw.randint(1, len(stores)))
    apart = draw.random() < 0.3
    own = draw.choice([0.0, 0.0, 0.8, 1.0])
    for _ in range(draw.randint(10, 70)):
        chosen = draw.choice(busy) if draw.random() < 0.8 else draw.randrange(len(stores))
        quad = _quad(draw, chosen, apart=apart, own=own)
        stores[chosen].add(quad)
        merged.add(_marked(quad, chosen))
        if (
            not apart
            and draw.random() < 0.15
            and not isinstance(quad.object, BlankNode)
            and not isinstance(quad.subject, BlankNode)
        ):
            stores[0].add(quad)
    for quad in stores[0]:
        merged.add(_marked(quad, 0))
    return World(stores, merged)


def _quad(draw: Random, owner: int, *, apart: bool, own: float) -> Quad:
    subject = _node(draw, owner, own)
    graph = DefaultGraph() if draw.random() < 0.8 else _iri(draw.choice(GRAPHS))
    if draw.random() < 0.2:
        kind = _iri("rdf:type")
        return Quad(subject, kind, _iri(draw.choice(CLASSES)), graph)
    verb = PROPERTIES[owner % len(PROPERTIES)] if apart else draw.choice(PROPERTIES)
    value = _literal(draw.choice(VALUES)) if draw.random() < 0.25 else _node(draw, owner, own)
    return Quad(subject, _iri(verb), value, graph)


def _node(draw: Random, owner: int, own: float) -> NamedNode | BlankNode:
    if draw.random() < 0.2:
        return BlankNode(f"b{draw.randrange(3)}")
    if draw.random() < own:
        return _iri(f"{draw.choice(THINGS)}of{owner}")
    return _iri(draw.choice(THINGS) if draw.random() < 0.7 else THINGS[owner % len(THINGS)])


def _iri(name: str) -> NamedNode:
    if name == "rdf:type":
        return NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    return NamedNode(E + name[1:])


def _literal(written: str) -> Literal:
    if written.startswith('"'):
        text, _, language = written[1:].partition('"')
        return Literal(text, language=language[1:] or None)
    return Literal({"true": True, "3.5": 3.5}.get(written, int(written) if written.isdigit() else written))


def _marked(quad: Quad, owner: int) -> Quad:
    def mark(term: object) -> object:
        return BlankNode(f"s{owner}.{term.value}") if isinstance(term, BlankNode) else term

    return Quad(mark(quad.subject), quad.predicate, mark(quad.object), quad.graph_name)  # type: ignore[arg-type]  # terms of the same kinds


# Queries


def query(draw: Random) -> str:
    """Make a query."""
    dataset = draw.choice(["", "", "", "", "", "FROM :g1 ", "FROM :g1 FROM NAMED :g2 ", "FROM NAMED :g1 FROM :g2 "])
    inside = group(draw, draw.choice([0, 1, 1, 2]))
    forms = [
        f"SELECT * {dataset}WHERE {{ {inside} }}",
        f"SELECT DISTINCT ?a ?b {dataset}WHERE {{ {inside} }} ORDER BY ?b",
        f"SELECT ?a (COUNT(?b) AS ?n) (COUNT(*) AS ?m) {dataset}WHERE {{ {inside} }} GROUP BY ?a HAVING (COUNT(*) < 9)",
        f"SELECT (COUNT(DISTINCT ?a) AS ?n) (MAX(?b) AS ?top) {dataset}WHERE {{ {inside} }}",
        f"SELECT ?a (IF(BOUND(?b), ?b, 0) AS ?e) {dataset}WHERE {{ {inside} }}",
        f"SELECT * {dataset}WHERE {{ {inside} }} VALUES ({draw.choice(VARIABLES)}) {{ (:n0) (:n1) (1) }}",
        f"CONSTRUCT {{ ?a :p ?b ; a ?c }} {dataset}WHERE {{ {inside} }}",
        f"DESCRIBE ?a {draw.choice(THINGS)} {dataset}WHERE {{ {inside} }}",
        f"ASK {dataset}{{ {inside} }}",
        f"SELECT * {dataset}WHERE {{ {inside} }} LIMIT {draw.randint(1, 4)}",
    ]
    return PREFIXES + draw.choice(forms)


def group(draw: Random, depth: int) -> str:
    """Make the inside of a group."""
    parts = [" . ".join(triple(draw) for _ in range(draw.choice([1, 1, 1, 2, 2, 3])))] if draw.random() < 0.92 else []
    if depth:
        parts += [_further(draw, depth - 1) for _ in range(draw.choice([0, 1, 1, 2]))]
        draw.shuffle(parts)
    text = " ".join(parts)
    if draw.random() < 0.08:
        text += f" BIND({draw.choice(_expressions(draw))} AS ?new{draw.randrange(10**6)})"
    return text


def triple(draw: Random) -> str:
    """Make a triple."""
    start = draw.choice(VARIABLES) if draw.random() < 0.85 else draw.choice(THINGS)
    end = draw.choice(VARIABLES) if draw.random() < 0.82 else draw.choice([*THINGS, *VALUES])
    kind = draw.random()
    if kind < 0.15:
        return f"{start} a {draw.choice([*CLASSES, *VARIABLES])}"
    if kind < 0.35:
        return f"{start} {draw.choice([*PATHS, *REPEATED])} {end}"
    if kind < 0.42:
        return f"{start} {draw.choice(VARIABLES)} {end}"
    if kind < 0.47:
        return f"{start} :p [ {draw.choice(PROPERTIES)} {end} ]"
    return f"{start} {draw.choice(PROPERTIES)} {end}"


def _further(draw: Random, depth: int) -> str:
    one, other = group(draw, depth), group(draw, depth)
    variable, second = draw.choice(VARIABLES), draw.choice(VARIABLES)
    forms = [
        f"OPTIONAL {{ {one} }}",
        f"OPTIONAL {{ {one} FILTER({_condition(draw)}) }}",
        f"MINUS {{ {one} }}",
        f"{{ {one} }} UNION {{ {other} }}",
        f"{{ {one} }}",
        f"FILTER EXISTS {{ {one} }}",
        f"FILTER NOT EXISTS {{ {one} }}",
        f"FILTER ({_condition(draw)})",
        f"FILTER ({_condition(draw)} || EXISTS {{ {one} }})",
        f"VALUES {variable} {{ :n0 :n1 :n2 1 }}",
        f"VALUES ({variable} ?e) {{ (:n0 UNDEF) (UNDEF :n3) (:n1 2) }}",
        f"GRAPH {draw.choice([*GRAPHS, variable])} {{ {one} }}",
        f"{{ SELECT {variable} (COUNT(*) AS ?k) WHERE {{ {one} }} GROUP BY {variable} }}",
        f"{{ SELECT DISTINCT {variable} {second} WHERE {{ {one} }} }}" if variable != second else f"{{ {one} }}",
        f"{{ SELECT DISTINCT {variable} WHERE {{ {one} }} ORDER BY {variable} LIMIT 2 }}",
        f"{{ SELECT (MAX({second}) AS ?m) WHERE {{ {one} }} }}",
    ]
    return draw.choice(forms)


def _condition(draw: Random) -> str:
    one, other = draw.choice(VARIABLES), draw.choice(VARIABLES)
    return draw.choice(
        [
            f"{one} != {other}",
            f"{one} = {other}",
            f"{one} IN (:n0, :n1, 1)",
            f"BOUND({one})",
            f"!BOUND({one})",
            f"isIRI({one}) && {other} != :n0",
            f"{one} > 1",
            f'STR({one}) < "http://e.example/n3"',
            f"COALESCE({one}, {other}) = :n1",
        ]
    )


def _expressions(draw: Random) -> list[str]:
    one = draw.choice(VARIABLES)
    made = 'IRI(CONCAT(STR(:), "n1"))'
    return [f"STR({one})", f"COALESCE({one}, 1)", made, f"{one} + 1", f"EXISTS {{ {one} :p ?z }}"]
