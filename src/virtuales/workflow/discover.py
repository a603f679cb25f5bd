"""Step 3, search and find: the catalogue of every node in reach, as far as the asker may know of it."""

from collections.abc import Callable

from virtuales.catalogue.search import Catalogue
from virtuales.query.request import check_query
from virtuales.query.service import still_waiting
from virtuales.rdf.addresses import Addresses, GraphName
from virtuales.rdf.terms import NamedNode
from virtuales.store.rdf_store import Answer
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.model_graphs import model_graphs
from virtuales.workflow.use_case_graphs import use_case_graphs
from virtuales.workflow.workspace import Workspace


def known_nodes(workspace: Workspace) -> list[str]:
    """Return the base URLs of the nodes whose announcements this node may hold: its own, and those of participants."""
    own = workspace.addresses.base
    nodes = {own, workspace.orchestrator}
    nodes.update(participant.node_url for participant in workspace.participants.all() if participant.is_approved)
    return sorted(nodes)


def visible_graphs(workspace: Workspace, principal: Principal | None) -> list[NamedNode]:
    """Return the catalogue graphs that somebody may see: the public ones, and for participants those among them."""
    names: list[GraphName] = ["catalogue/public"]
    if principal is not None:
        workspace.approved(principal, Scope.CATALOGUE_READ)
        names.append("catalogue/participants")
    return [Addresses(node).graph(name) for node in known_nodes(workspace) for name in names]


def query_catalogue(
    workspace: Workspace,
    principal: Principal | None,
    text: str,
    *,
    accept: str | None,
    gone: Callable[[], bool] = still_waiting,
) -> Answer:
    """Answer a SPARQL query over the entries, organisations, schemas and mappings that somebody may know of.

    Models and use cases are no part of the default graph: a query names the graph that it means.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
        InputError: the text is no SPARQL query that is answered here.
        LimitExceeded: it takes more than a query may, or nobody waits for its answer.
    """
    check_query(text)
    shared = (workspace.registry_graphs.registry, workspace.schemas.graph, workspace.mapping_versions.graph)
    graphs = [*visible_graphs(workspace, principal), *shared]
    named = [*model_graphs(workspace), *use_case_graphs(workspace)]
    return workspace.queries.answer(text, graphs=graphs, accept=accept, named=named, gone=gone)


def catalogue(workspace: Workspace, principal: Principal | None) -> Catalogue:
    """Return the catalogue as somebody may see it.

    Args:
        workspace: The node's parts.
        principal: Who asks; None for the public.

    Raises:
        AccessDenied: the principal's organisation is not approved, or its token does not cover the catalogue.
    """
    return Catalogue(workspace.store, visible_graphs(workspace, principal))
