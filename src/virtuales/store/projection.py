"""The one SPARQL update that applies an event: removals, additions and the sequence number, guarded by its predecessor.

A single operation is atomic on every store we know; a request of several is not. The guard makes the update harmless
when it is sent twice or out of order. Several events that only add are applied as one.
"""

from collections.abc import Iterable

from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import VES, XSD
from virtuales.rdf.terms import NamedNode, Quad

SYSTEM_GRAPH = NamedNode("urn:virtuales:graph-of-system")
STORE = NamedNode("urn:virtuales:store")

APPLIED_QUERY = f"SELECT ?n WHERE {{ {STORE} {VES.appliedSequence} ?n }}"

INITIAL_UPDATE = (
    f"INSERT {{ GRAPH {SYSTEM_GRAPH} {{ {STORE} {VES.appliedSequence} 0 }} }} "
    f"WHERE {{ FILTER NOT EXISTS {{ GRAPH {SYSTEM_GRAPH} {{ {STORE} {VES.appliedSequence} ?n }} }} }}"
)


def guarded_update(change: ChangeSet, sequence: int, *, after: int) -> str:
    """Write the update that applies `change`, up to event `sequence`, if, and only if, `after` was the last applied."""
    remove = _graphs(_without(change.remove, change.add))
    return (
        f"DELETE {{ GRAPH {SYSTEM_GRAPH} {{ {STORE} {VES.appliedSequence} ?before }}\n{remove} }}\n"
        f"INSERT {{ GRAPH {SYSTEM_GRAPH} {{ {STORE} {VES.appliedSequence} {_integer(sequence)} }}\n"
        f"{_graphs(change.add)} }}\n"
        f"WHERE {{ GRAPH {SYSTEM_GRAPH} {{ {STORE} {VES.appliedSequence} ?before }} "
        f"FILTER(?before = {_integer(after)}) }}"
    )


def _without(quads: Iterable[Quad], others: Iterable[Quad]) -> list[Quad]:
    kept = set(others)
    return [quad for quad in quads if quad not in kept]


def _integer(number: int) -> str:
    return f'"{number}"^^{XSD.integer}'


def _graphs(quads: Iterable[Quad]) -> str:
    """Write quads grouped by graph, in SPARQL's quad pattern syntax."""
    by_graph: dict[str, list[str]] = {}
    for quad in quads:
        line = f"{quad.subject} {quad.predicate} {quad.object} ."
        by_graph.setdefault(str(quad.graph_name), []).append(line)
    return "\n".join(f"GRAPH {graph} {{ " + "\n".join(lines) + " }" for graph, lines in by_graph.items())
