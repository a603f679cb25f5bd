"""The models that a node knows, as named graphs of its RDF store: one for each version, made from the registry.

They are no part of the journal: they come with the program, or with the schemas that it records, and can be made
again at any time.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from virtuales.models.ontology_file import model_iri
from virtuales.models.registry import ModelVersion
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import DCTERMS, OWL, RDF, RDFS, VES
from virtuales.rdf.terms import Literal, NamedNode, Triple
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
    for graph in sorted(missing, key=lambda each: each.value):
        _load(workspace, wanted[graph])
    return len(outdated | missing)


def _graph(workspace: Workspace, version: ModelVersion) -> NamedNode:
    return workspace.addresses.ontology_graph(version.name, version.version)


def _is_current(workspace: Workspace, version: ModelVersion) -> bool:
    digest = Literal(workspace.models.digest(version.reference))
    text = f"ASK {{ {version_iri(workspace, version)} {VES.contentDigest} {digest} }}"
    return workspace.store.ask(text, graphs=[_graph(workspace, version)])


def _load(workspace: Workspace, version: ModelVersion) -> None:
    """Fill a version's graph with the model's statements and with what the registry says of it."""
    quads = workspace.models.statements(version.reference)
    body = serialize_quads((quad.triple for quad in quads), N_TRIPLES)
    with tempfile.TemporaryDirectory(prefix="virtuales-") as scratch:
        file = Path(scratch) / "model.nt"
        file.write_bytes(body + serialize_quads(version_statements(workspace, version), N_TRIPLES))
        workspace.store.load_graph(_graph(workspace, version), file)


def version_statements(workspace: Workspace, version: ModelVersion) -> Iterator[Triple]:
    """Give what the registry says of a version; the digest of its statements tells whether the graph is current."""
    iri = version_iri(workspace, version)
    yield Triple(iri, RDF.type, OWL.Ontology)
    yield Triple(iri, DCTERMS.isVersionOf, model_iri(version.name))
    yield Triple(iri, RDFS.label, Literal(version.title))
    yield Triple(iri, OWL.versionInfo, Literal(version.version))
    yield Triple(iri, VES.modelGraph, _graph(workspace, version))
    yield Triple(iri, VES.contentDigest, Literal(workspace.models.digest(version.reference)))
