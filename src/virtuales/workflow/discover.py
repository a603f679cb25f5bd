"""Step 3, search and find: the catalogue of every node in reach, as far as the asker may know of it."""

from collections.abc import Sequence

from virtuales.catalogue.search import Catalogue
from virtuales.query.description import Described, count_graphs, describe
from virtuales.query.protocol import QueryRequest
from virtuales.query.streams import AnswerStream
from virtuales.rdf.addresses import Addresses, GraphName
from virtuales.rdf.namespaces import DCAT, DCTERMS
from virtuales.rdf.terms import NamedNode, Quad, plain
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.model_graphs import model_graphs
from virtuales.workflow.use_case_graphs import use_case_graphs
from virtuales.workflow.workspace import Workspace


def known_nodes(workspace: Workspace) -> list[str]:
    """Return the base URLs of the nodes whose announcements this node may hold: its own, and those of participants."""
    own = workspace.addresses.base
    registry = [workspace.registry_graphs.registry]
    approved = workspace.kept("approved nodes", registry, lambda: _approved_nodes(workspace))
    return sorted({own, workspace.orchestrator, *approved})


def _approved_nodes(workspace: Workspace) -> tuple[str, ...]:
    return tuple(participant.node_url for participant in workspace.participants.all() if participant.is_approved)


def visible_graphs(workspace: Workspace, principal: Principal | None) -> list[NamedNode]:
    """Return the catalogue graphs that somebody may see: the public ones, and for participants those among them."""
    if principal is None:
        return _graphs(workspace, "catalogue/public")
    workspace.approved(principal, Scope.CATALOGUE_READ)
    return participants_graphs(workspace)


def participants_graphs(workspace: Workspace) -> list[NamedNode]:
    """Return the catalogue graphs that approved participants may see."""
    return _graphs(workspace, "catalogue/public", "catalogue/participants")


def _graphs(workspace: Workspace, *names: GraphName) -> list[NamedNode]:
    return [Addresses(node).graph(name) for node in known_nodes(workspace) for name in names]


def versions_here(workspace: Workspace, principal: Principal | None) -> list[tuple[str, str]]:
    """Return IRI and title of the current version of each dataset of this node that somebody may know of, by title.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
    """
    query = f"SELECT ?v ?t WHERE {{ ?d {DCAT.hasCurrentVersion} ?v ; {DCTERMS.title} ?t }} ORDER BY ?t ?v"
    rows = workspace.store.select(query, graphs=visible_graphs(workspace, principal))
    return [(plain(row["v"]), plain(row["t"])) for row in rows if workspace.addresses.owns(plain(row["v"]))]


def query_catalogue(workspace: Workspace, principal: Principal | None, request: QueryRequest) -> AnswerStream:
    """Answer a SPARQL query over the entries, organisations, schemas and mappings that somebody may know of.

    Models and use cases are no part of the default graph: a query names the graph that it means.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        InputError: the text is no SPARQL query that is answered here.
        LimitExceeded: it takes more than a query may, or nobody waits for its answer.
        Busy: too many queries wait already.
        PeerFailure: an endpoint that it names with SERVICE did not answer.
    """
    graphs, named = catalogue_graphs(workspace, principal)
    request = workspace.services.resolved(request)
    return workspace.queries.stream(request.over(graphs, named), request)


def describe_catalogue(workspace: Workspace, principal: Principal | None, request: QueryRequest) -> tuple[Quad, ...]:
    """Describe the catalogue's endpoint as somebody may see it; raises what `query_catalogue` raises."""
    graphs, named = catalogue_graphs(workspace, principal)
    counts = count_graphs(workspace.queries, [*graphs, *named], request)
    endpoint = f"{workspace.addresses.base}/sparql/catalogue"
    return describe(Described(endpoint, counts, [graph.value for graph in graphs]))


def catalogue_graphs(
    workspace: Workspace, principal: Principal | None
) -> tuple[Sequence[NamedNode], Sequence[NamedNode]]:
    """Return the graphs of the catalogue's endpoint as somebody may see them: those of the default graph, and others.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
    """
    shared = (workspace.registry_graphs.registry, workspace.schemas.graph, workspace.mapping_versions.graph)
    named = [*_graphs_of_models(workspace), *use_case_graphs(workspace)]
    return [*visible_graphs(workspace, principal), *shared], named


def _graphs_of_models(workspace: Workspace) -> Sequence[NamedNode]:
    """Return the graphs of models, which change only with the registry."""
    models = workspace.models
    return workspace.kept(("model graphs", models.revision), [], lambda: model_graphs(workspace))


def catalogue(workspace: Workspace, principal: Principal | None) -> Catalogue:
    """Return the catalogue as somebody may see it.

    Args:
        workspace: The node's parts.
        principal: Who asks; None for the public.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
    """
    return Catalogue(workspace.store, visible_graphs(workspace, principal))
