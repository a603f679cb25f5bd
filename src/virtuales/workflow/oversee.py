"""Between the steps: reading the audit trail."""

from virtuales.governance.audit import AuditTrail
from virtuales.rdf.addresses import Addresses
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.workflow.discover import known_nodes
from virtuales.workflow.workspace import Workspace


def audit_trail(workspace: Workspace, principal: Principal) -> AuditTrail:
    """Return the trail of accesses to data on this node; at the orchestrator, on every node it follows.

    Raises:
        AccessDenied: the principal is not of an organisation at home here, or its token does not cover the trail.
    """
    workspace.hosted(principal, Scope.AUDIT_READ)
    nodes = known_nodes(workspace) if workspace.is_orchestrator else [workspace.addresses.base]
    return AuditTrail(workspace.store, [Addresses(node).graph("audit") for node in nodes])
