"""The models that a node knows, as named graphs of its RDF store: one for each version, made from the registry.

They are no part of the journal: they come with the program, or with the schemas that it records, and can be made
again at any time.
"""

from collections.abc import Iterator

from virtuales.models.ontology_file import model_iri
from virtuales.models.registry import ModelVersion
from virtuales.rdf.namespaces import DCTERMS, OWL, RDF, RDFS, VES
from virtuales.rdf.terms import Literal, NamedNode, Quad, Triple
from virtuales.workflow.workspace import Workspace


def model_graphs(workspace: Workspace) -> list[NamedNode]:
    """Return the graphs of all registered versions."""
    return [_graph(workspace, version) for version in workspace.models.versions()]


def version_iri(workspace: Workspace, version: ModelVersion) -> NamedNode:
    """Return this node's IRI of a version of a model."""
    return workspace.addresses.thing("model", f"{version.name}/{version.version}")


def keep_model_graphs(workspace: Workspace) -> int:
    """Make the store's graphs those of the registry, after a start or a change; return how many had to be changed.

    Raises:
        UnreadableInput: a model's file is not Turtle.
        StoreFailure: the store did not take a graph.
    """
    wanted = {_graph(workspace, version): version for version in workspace.models.versions()}
    prefix = workspace.addresses.ontology_graphs
    standing = {graph for graph in workspace.store.graphs() if graph.value.startswith(prefix)}
    outdated = {graph for graph in standing if graph not in wanted or not _is_current(workspace, wanted[graph])}
    for graph in outdated:
        workspace.store.drop_graph(graph)
    missing = wanted.keys() - (standing - outdated)
    workspace.store.load_quads(quad for graph in missing for quad in _content(workspace, graph, wanted[graph]))
    return len(outdated | missing)


def _graph(workspace: Workspace, version: ModelVersion) -> NamedNode:
    return workspace.addresses.ontology_graph(version.name, version.version)


def _is_current(workspace: Workspace, version: ModelVersion) -> bool:
    digest = Literal(workspace.models.digest(version.reference))
    text = f"ASK {{ {version_iri(workspace, version)} {VES.contentDigest} {digest} }}"
    return workspace.store.ask(text, graphs=[_graph(workspace, version)])


def _content(workspace: Workspace, graph: NamedNode, version: ModelVersion) -> Iterator[Quad]:
    """Give a version's statements, then what the registry says of it: last the digest, which says that all is there."""
    for quad in workspace.models.statements(version.reference):
        yield Quad(quad.subject, quad.predicate, quad.object, graph)
    for said in version_statements(workspace, version):
        yield Quad(said.subject, said.predicate, said.object, graph)


def version_statements(workspace: Workspace, version: ModelVersion) -> Iterator[Triple]:
    """Give what the registry says of a version; the digest of its statements tells whether the graph is current."""
    iri = version_iri(workspace, version)
    yield Triple(iri, RDF.type, OWL.Ontology)
    yield Triple(iri, DCTERMS.isVersionOf, model_iri(version.name))
    yield Triple(iri, RDFS.label, Literal(version.title))
    yield Triple(iri, OWL.versionInfo, Literal(version.version))
    yield Triple(iri, VES.modelGraph, _graph(workspace, version))
    yield Triple(iri, VES.contentDigest, Literal(workspace.models.digest(version.reference)))
