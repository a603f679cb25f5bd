"""What every router asks for: the node it serves, and who is asking.

None of it waits for anything, save a token that was not seen before: a thread for each would cost more than the work.
"""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import OAuth2
from fastapi.security.utils import get_authorization_scheme_param

from virtuales.errors import Unauthenticated
from virtuales.node import Node
from virtuales.trust.scopes import Scope
from virtuales.trust.tokens import Principal
from virtuales.web.bindings import check_binding
from virtuales.workflow.workspace import Workspace

_OAUTH = OAuth2(
    flows={
        "clientCredentials": {
            "tokenUrl": "/oauth/token",
            "scopes": {scope.value: scope.name.replace("_", " ").capitalize() for scope in Scope},
        }
    },
    description="An access token of the orchestrator, made for this node (`resource`).",
    auto_error=False,
)


async def get_node(request: Request) -> Node:
    """Return the node that the application serves."""
    node: Node = request.app.state.node
    return node


NodeHere = Annotated[Node, Depends(get_node)]


async def get_workspace(node: NodeHere) -> Workspace:
    """Return the parts of the node that the steps use."""
    return node.workspace


WorkspaceHere = Annotated[Workspace, Depends(get_workspace)]


async def find_asker(
    request: Request, node: NodeHere, authorization: Annotated[str | None, Depends(_OAUTH)]
) -> Principal | None:
    """Return who asks, None without a credential; a credential that does not verify is refused, never ignored."""
    if authorization is None:
        return None
    scheme, token = get_authorization_scheme_param(authorization)
    if scheme.lower() not in {"bearer", "dpop"} or not token:
        raise Unauthenticated(
            "The credential is no bearer token.", where="Authorization", remedy="Send `Authorization: Bearer <token>`."
        )
    asker = node.verifier.find_verified(token)
    if asker is None:
        asker = await run_in_threadpool(node.verifier.verify, token)
    is_proved = scheme.lower() == "dpop"
    if is_proved or asker.proof_key or asker.certificate:
        await run_in_threadpool(check_binding, node, request, asker, token=token if is_proved else None)
    return asker


Asker = Annotated[Principal | None, Depends(find_asker)]


async def get_asker(asker: Asker, node: NodeHere) -> Principal:
    """Return who asks, and refuse whoever brings no credential."""
    if asker is None:
        raise Unauthenticated(
            "This needs an access token.",
            remedy=f"Get one at {node.settings.orchestrator}/oauth/token with resource={node.settings.base_url}.",
        )
    return asker


KnownAsker = Annotated[Principal, Depends(get_asker)]
