"""The records of use cases as named graphs of a node's RDF store, and the graph of what was remarked on them.

The records are no part of the journal: they come with the program. Remarks are: they are made at the orchestrator, and
every node hears of them.
"""

from collections.abc import Iterator

from virtuales.rdf.addresses import Addresses
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import Literal, NamedNode, Quad, Triple
from virtuales.workflow.workspace import Workspace


def use_case_graphs(workspace: Workspace) -> list[NamedNode]:
    """Return the graphs of all records, and that of the remarks."""
    records = [workspace.addresses.use_case_graph(name) for name in workspace.use_cases.names()]
    return [*records, remarks_graph(workspace)]


def remarks_graph(workspace: Workspace) -> NamedNode:
    """Return the graph of the remarks, which is the orchestrator's."""
    return Addresses(workspace.orchestrator).graph("remarks")


def keep_use_case_graphs(workspace: Workspace) -> int:
    """Make the store's graphs those of the registered use cases; return how many had to be changed.

    Raises:
        UnreadableInput: a record is not Turtle.
        StoreFailure: the store did not take a graph.
    """
    wanted = {workspace.addresses.use_case_graph(name): name for name in workspace.use_cases.names()}
    standing = {one for one in workspace.store.graphs() if one.value.startswith(workspace.addresses.use_case_graphs)}
    outdated = {one for one in standing if one not in wanted or not _is_current(workspace, one, wanted[one])}
    for graph in outdated:
        workspace.store.drop_graph(graph)
    missing = wanted.keys() - (standing - outdated)
    workspace.store.load_quads(quad for graph in missing for quad in _content(workspace, graph, wanted[graph]))
    return len(outdated | missing)


def _digest_of(workspace: Workspace, graph: NamedNode, name: str) -> Triple:
    return Triple(graph, VES.contentDigest, Literal(workspace.use_cases.digest(name)))


def _is_current(workspace: Workspace, graph: NamedNode, name: str) -> bool:
    return workspace.store.ask(f"ASK {{ {_digest_of(workspace, graph, name)} }}", graphs=[graph])


def _content(workspace: Workspace, graph: NamedNode, name: str) -> Iterator[Quad]:
    for quad in parse_file(workspace.use_cases.file(name).path):
        yield Quad(quad.subject, quad.predicate, quad.object, graph)
    digest = _digest_of(workspace, graph, name)
    yield Quad(digest.subject, digest.predicate, digest.object, graph)
