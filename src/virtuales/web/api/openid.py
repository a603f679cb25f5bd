"""OpenID Connect: the provider's metadata, and who a token's person is."""

from typing import Any

from fastapi import APIRouter

from virtuales.errors import AccessDenied, NotFound
from virtuales.trust.authorization import OPENID
from virtuales.web.api.identity import issuer_metadata
from virtuales.web.dependencies import KnownAsker, NodeHere

router = APIRouter(tags=["Identity"])


@router.get("/.well-known/openid-configuration", summary="The OpenID provider's metadata")
def configuration(node: NodeHere) -> dict[str, Any]:
    """Return the provider's metadata (OpenID Connect Discovery 1.0)."""
    issuer = node.get_issuer().issuer
    return {
        **issuer_metadata(node),
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["Ed25519"],
        "claims_supported": ["sub", "name", "organisation", "auth_time", "nonce"],
    }


@router.get("/oauth/userinfo", summary="Who a token's person is")
def user_info(node: NodeHere, asker: KnownAsker) -> dict[str, str]:
    """Return the person that a token with the scope `openid` was issued for (OpenID Connect Core 1.0, section 5.3)."""
    node.get_issuer()
    if OPENID not in asker.scopes:
        raise AccessDenied(
            "The token does not tell who the person is.",
            reasons=[f"It lacks the scope `{OPENID}`."],
            where="scope openid",
            remedy="Ask for it when the person is asked.",
        )
    account = node.people.identity.accounts.find(asker.client_id.rpartition("/")[2])
    if account is None:
        raise NotFound("The person is not known here any more.", where="sub", remedy="Ask another person.")
    return {"sub": asker.client_id, "name": account.name, "organisation": asker.organisation}
