"""Identity: the token endpoint, the issuer's metadata and keys, the node's did:web document."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from starlette.requests import Request

from virtuales.errors import InputError, ProofRefused, Unauthenticated
from virtuales.node import Node
from virtuales.rdf.terms import NamedNode
from virtuales.trust.assertions import ASSERTION_TYPE
from virtuales.trust.authorization import OPENID
from virtuales.trust.domain_linkage import did_configuration
from virtuales.trust.dpop import PROOF_ALGORITHMS
from virtuales.trust.keys import did_document, did_web
from virtuales.trust.participants import Participant
from virtuales.trust.registration import parse_node_url
from virtuales.trust.scopes import Role, Scope, granted_scopes
from virtuales.web.api.code_grant import GrantRefused, ShownCode, exchange_code
from virtuales.web.bindings import find_confirmation
from virtuales.web.dependencies import NodeHere
from virtuales.workflow import register
from virtuales.workflow.dataspace.catalogue import catalogue_service

router = APIRouter(tags=["Identity"])
_BASIC = HTTPBasic(auto_error=False)
_GRANTS = ("authorization_code", "client_credentials")
_REFUSAL: dict[str, Any] = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["error", "error_description"],
            "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
        }
    }
}
_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"description": "The request cannot be answered (RFC 6749, section 5.2).", "content": _REFUSAL},
    401: {"description": "The client did not prove who it is.", "content": _REFUSAL},
}


class DidDocument(JSONResponse):
    """A DID document (https://www.w3.org/TR/did-1.0/#json)."""

    media_type = "application/did+json"


@router.post("/oauth/token", summary="Get an access token", responses=_REFUSED)
async def token(
    request: Request,
    node: NodeHere,
    grant_type: Annotated[str, Form(examples=["client_credentials"])],
    client_id: Annotated[str | None, Form()] = None,
    client_secret: Annotated[str | None, Form()] = None,
    client_assertion_type: Annotated[str | None, Form()] = None,
    client_assertion: Annotated[str | None, Form()] = None,
    scope: Annotated[str | None, Form(description="Scopes, separated by spaces; without it all.")] = None,
    resource: Annotated[str | None, Form(description="Base URL of the node that the token is for.")] = None,
    code: Annotated[str | None, Form(description="The code of an authorization.")] = None,
    redirect_uri: Annotated[str | None, Form()] = None,
    code_verifier: Annotated[str | None, Form(description="What the PKCE challenge is the digest of.")] = None,
) -> JSONResponse:
    """Issue an access token for one node (RFC 6749 client credentials, RFC 8707 resource, RFC 9068 token).

    A client shows its secret, in the form or by HTTP Basic, or an assertion signed with its organisation's key. With a
    proof in the header `DPoP` (RFC 9449), or a client certificate that a known proxy tells of (RFC 8705), the token is
    bound to that key or certificate, and of no use to others. An application that a person allowed to act for them
    shows the code, with its PKCE verifier (grant `authorization_code`).
    """
    basic = await _BASIC(request)
    shown = _Shown(client_id, client_secret, client_assertion_type, client_assertion, basic)
    shown_code = ShownCode(code or "", client_id or "", redirect_uri or "", code_verifier or "")
    node.get_issuer()
    try:
        if grant_type == "authorization_code":
            answer = await run_in_threadpool(exchange_code, node, request, shown_code)
        elif grant_type == "client_credentials":
            answer = await run_in_threadpool(_issued, node, request, shown, scope=scope, resource=resource)
        else:
            return _oauth_error("unsupported_grant_type", f"Use {' or '.join(_GRANTS)}.", 400)
    except (InputError, Unauthenticated) as error:
        return _refused(error)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def _issued(
    node: Node, request: Request, shown: "_Shown", *, scope: str | None, resource: str | None
) -> dict[str, object]:
    participant, roles, client = _authenticated(node, shown)
    issued = node.get_issuer().issue(
        client_id=client,
        organisation=participant.iri.value,
        audience=parse_node_url(resource) if resource else node.settings.base_url,
        scopes=granted_scopes(roles, scope),
        confirmation=find_confirmation(node, request),
    )
    return issued.to_json()


def _refused(error: InputError | Unauthenticated) -> JSONResponse:
    if isinstance(error, ProofRefused):
        return _oauth_error("invalid_dpop_proof", str(error), 400)
    if isinstance(error, Unauthenticated):
        return _oauth_error("invalid_client", str(error), 401)
    if isinstance(error, GrantRefused):
        return _oauth_error("invalid_grant", str(error), 400)
    return _oauth_error("invalid_scope" if error.where == "scope" else "invalid_request", str(error), 400)


class _Shown:
    """What a client showed to authenticate itself."""

    def __init__(
        self,
        client_id: str | None,
        secret: str | None,
        assertion_type: str | None,
        assertion: str | None,
        basic: HTTPBasicCredentials | None,
    ) -> None:
        self.client_id = basic.username if basic else client_id
        self.secret = basic.password if basic else secret
        self.assertion_type = assertion_type
        self.assertion = assertion


def _authenticated(node: Node, shown: _Shown) -> tuple[Participant, frozenset[Role], str]:
    if shown.assertion is not None:
        if shown.assertion_type != ASSERTION_TYPE:
            raise InputError("The assertion's type is not known.", where="client_assertion_type", remedy=ASSERTION_TYPE)
        organisation = node.assertions.verify(shown.assertion)
        participant = register.require_approved(node.workspace, NamedNode(organisation))
        return participant, frozenset({Role.NODE}), organisation
    if not shown.client_id or not shown.secret:
        raise Unauthenticated("The client shows no secret.", remedy="Send client_id and client_secret.")
    participant, roles = register.authenticate(node.workspace, shown.client_id, shown.secret)
    return participant, roles, shown.client_id


def _oauth_error(code: str, description: str, status: int) -> JSONResponse:
    headers = {"Cache-Control": "no-store"}
    if status == 401:  # noqa: PLR2004  # RFC 6749, section 5.2
        headers["WWW-Authenticate"] = 'Basic realm="virtuales"'
    return JSONResponse({"error": code, "error_description": description}, status_code=status, headers=headers)


@router.get("/.well-known/jwks.json", summary="The issuer's public keys")
def jwks(node: NodeHere) -> dict[str, object]:
    """Return the keys that verify this issuer's tokens (RFC 7517)."""
    return node.get_issuer().jwks()


@router.get("/.well-known/oauth-authorization-server", summary="The issuer's metadata")
def metadata(node: NodeHere) -> dict[str, object]:
    """Return the issuer's metadata (RFC 8414)."""
    return issuer_metadata(node)


def issuer_metadata(node: Node) -> dict[str, object]:
    """Return what the issuer says of itself, by either standard."""
    issuer = node.get_issuer().issuer
    return {
        "issuer": issuer,
        "token_endpoint": f"{issuer}/oauth/token",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "scopes_supported": [OPENID, *sorted(Scope)],
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "tls_client_certificate_bound_access_tokens": bool(node.settings.certificate_proxies),
        "grant_types_supported": list(_GRANTS),
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
            "none",
        ],
        "token_endpoint_auth_signing_alg_values_supported": ["Ed25519"],
    }


@router.get("/.well-known/did-configuration.json", summary="The domains that the node's key is linked to")
def linked_domains(node: NodeHere) -> dict[str, object]:
    """Return credentials that link the node's did:web identifier to its own address and to `linked_domains`.

    A domain that serves the same document shows that whoever controls it controls the node's key, too (Well Known DID
    Configuration).
    """
    did = did_web(node.settings.base_url)
    return did_configuration(node.key, did, node.linked_origins, now=node.clock.now())


@router.get("/.well-known/did.json", summary="The node's did:web document", response_class=DidDocument)
def did(node: NodeHere) -> DidDocument:
    """Return the node's did:web document, with the key that signs its agreements."""
    document = did_document(did_web(node.settings.base_url), node.key.public)
    return DidDocument(document | {"service": [catalogue_service(node.settings.base_url)]})
