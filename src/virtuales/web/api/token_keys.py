"""The keys that sign access tokens: who governs the issuer sees them and has another take their place."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from virtuales.trust.token_keys import TokenKey
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, NodeHere
from virtuales.workflow import token_keys

router = APIRouter(prefix="/api/v1/token-keys", tags=["Identity"])


class RotationIn(RequestBody):
    """How a new key takes over."""

    at_once: bool = False


class TokenKeyOut(BaseModel):
    """A key that verifies tokens."""

    kid: str
    since: datetime
    until: datetime | None


@router.get("", summary="The keys that verify tokens")
def list_keys(node: NodeHere) -> list[TokenKeyOut]:
    """List the keys that verify tokens now, the one that signs first, as this node knows them."""
    return [_shown(key) for key in token_keys.token_keys(node.workspace)]


@router.post("", status_code=201, summary="Sign with a new key")
def rotate(node: NodeHere, asker: KnownAsker, rotation: RotationIn) -> list[TokenKeyOut]:
    """Make a new key that signs from now on (scope `issuer:govern`); return the keys that verify.

    The keys before verify until the last token that they signed has ended, or with `at_once` no token any more.
    """
    issuer = node.get_issuer()
    keys = token_keys.rotate(node.workspace, asker, issuer, files=node.key_files, at_once=rotation.at_once)
    if rotation.at_once:
        node.verifier.own.keys.forget()
    return [_shown(key) for key in keys]


def _shown(key: TokenKey) -> TokenKeyOut:
    return TokenKeyOut(kid=key.public.kid, since=key.since, until=key.until)
