"""Between the steps: reading the audit trail."""

from virtuales.errors import Unauthenticated
from virtuales.governance.audit import AuditTrail
from virtuales.query.protocol import QueryRequest
from virtuales.query.streams import AnswerStream
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.terms import NamedNode
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.discover import known_nodes
from virtuales.workflow.workspace import Workspace


def audit_trail(workspace: Workspace, principal: Principal) -> AuditTrail:
    """Return the trail of accesses to data on this node; at the orchestrator, on every node it follows.

    Raises:
        AccessDenied: the principal is not of an organisation at home here, or its token does not cover the trail.
    """
    return AuditTrail(workspace.store, audit_graphs(workspace, principal))


def audit_graphs(workspace: Workspace, principal: Principal) -> list[NamedNode]:
    """Return the graphs of the trail that somebody may read, as it is now; errors are those of `audit_trail`."""
    workspace.hosted(principal, Scope.AUDIT_READ)
    workspace.ledger.catch_up()
    nodes = known_nodes(workspace) if workspace.is_orchestrator else [workspace.addresses.base]
    return [Addresses(node).graph("audit") for node in nodes]


def query_audit(workspace: Workspace, principal: Principal | None, request: QueryRequest) -> AnswerStream:
    """Answer a SPARQL query over the audit trail and the registry of organisations.

    Raises:
        Unauthenticated: nobody is named.
        AccessDenied: as for `audit_trail`.
        InputError: the text is no SPARQL query that is answered here.
        LimitExceeded: it takes more than a query may, or nobody waits for its answer.
    """
    if principal is None:
        raise Unauthenticated("The audit trail needs an access token.", remedy="Use a reviewer's or operator's client.")
    graphs = [*audit_graphs(workspace, principal), workspace.registry_graphs.registry]
    return workspace.queries.stream(request.over(graphs), request)
