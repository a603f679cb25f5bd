"""Data addresses of transfers over HTTP: an endpoint, and the bearer token that opens it for one transfer alone.

The tokens of this node's endpoints are signed with its key. They have no end of their own: what they open is decided
by the transfer and its agreement each time one is shown.
"""

from collections.abc import Mapping
from typing import Final

from joserfc.jwk import OKPKey

from virtuales.errors import InputError, Unauthenticated
from virtuales.rdf.terms import NamedNode
from virtuales.trust.signed_jwt import check_header, decode_claims, parse_unverified, sign_jwt, text_claim
from virtuales.workflow.dataspace.catalogue import PATH
from virtuales.workflow.workspace import Workspace

HTTP: Final = "https://w3id.org/idsa/v4.1/HTTP"
"""The type of HTTP endpoints, as connectors name it."""
_TYPE: Final = "edr+jwt"
_LONGEST: Final = 8192


def address_of(endpoint: str, token: str | None = None) -> dict[str, object]:
    """Return the data address of an endpoint, with the bearer token that opens it, where it takes one."""
    address: dict[str, object] = {"@type": "DataAddress", "endpointType": HTTP, "endpoint": endpoint}
    if token is not None:
        properties = {"authType": "bearer", "authorization": token}
        address["endpointProperties"] = [
            {"@type": "EndpointProperty", "name": name, "value": value} for name, value in properties.items()
        ]
    return address


def receiving_endpoint(workspace: Workspace, transfer: NamedNode) -> str:
    """Return below which address of this node the files of a transfer are taken."""
    return f"{workspace.addresses.base}{PATH}/received/{transfer.value}"


def token_for(workspace: Workspace, endpoint: str, *, party: NamedNode) -> str:
    """Return the token by which a party opens an endpoint of this node."""
    claims = {
        "iss": workspace.addresses.base,
        "aud": endpoint,
        "sub": party.value,
        "iat": int(workspace.clock.now().timestamp()),
    }
    return sign_jwt(claims, workspace.key, kind=_TYPE)


def require_token(workspace: Workspace, token: str, endpoint: str) -> None:
    """Require that a token is one that this node made for an endpoint.

    Raises:
        Unauthenticated: it is not.
    """
    check_header(parse_unverified(token).header, types=frozenset({_TYPE}))
    claims = decode_claims(token, OKPKey.import_key({**workspace.key.public.jwk()}))
    if text_claim(claims, "aud") != endpoint:
        raise Unauthenticated("The token is for another transfer.", where="aud")


def token_in(address: Mapping[str, object] | None) -> str | None:
    """Return the bearer token that comes with a data address; None where it has none.

    Raises:
        InputError: the address wants another kind of credentials, or its token is none that can be sent.
    """
    listed = (address or {}).get("endpointProperties")
    properties = {
        str(one.get("name")): str(one.get("value"))
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, Mapping)
    }
    token = properties.get("authorization")
    if token is None:
        return None
    if properties.get("authType", "bearer").lower() != "bearer":
        raise InputError(
            "Data is put with a bearer token alone.", where="dataAddress.authType", remedy="Use `bearer`, or no token."
        )
    if len(token) > _LONGEST or not token.isascii() or not token.isprintable() or " " in token:
        raise InputError("The token of the data address cannot be sent.", where="dataAddress.authorization")
    return token
