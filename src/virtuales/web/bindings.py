"""What tokens are bound to: the client's key (RFC 9449) or certificate (RFC 8705), looked for in a request."""

from starlette.requests import Request

from virtuales.errors import ProofRefused, Unauthenticated
from virtuales.node import Node
from virtuales.trust.client_certificates import HEADER, certificate_thumbprint
from virtuales.trust.tokens import CERTIFICATE_BOUND, KEY_BOUND, Principal


def find_confirmation(node: Node, request: Request) -> dict[str, str]:
    """Return what a token that this request asks for is to be bound to: empty where it shows neither.

    Raises:
        ProofRefused: there is a proof, and it does not hold.
        Unauthenticated: the proxy's header holds no certificate.
    """
    found = {}
    if "dpop" in request.headers:
        found[KEY_BOUND] = _proved_key(node, request, None)
    certificate = _find_certificate(node, request)
    if certificate is not None:
        found[CERTIFICATE_BOUND] = certificate
    return found


def check_binding(node: Node, request: Request, asker: Principal, *, token: str | None) -> None:
    """Refuse a token that is bound to what the request does not show.

    Args:
        node: The node.
        request: The request.
        asker: What the token says.
        token: The token, where the request shows it with a proof of possession.

    Raises:
        ProofRefused: the proof is missing, or does not hold.
        Unauthenticated: the certificate is missing or another one.
    """
    if asker.proof_key is not None:
        if token is None:
            raise ProofRefused(
                "The token is bound to a key and of no use without a proof.",
                where="Authorization",
                remedy="Send `Authorization: DPoP <token>` with a proof in the header `DPoP`.",
            )
        if _proved_key(node, request, token) != asker.proof_key:
            raise ProofRefused("The token is bound to another key.", where="jkt", remedy="Use the key you asked with.")
    elif token is not None:
        raise ProofRefused(
            "The token is bound to no key.", where="Authorization", remedy="Send `Authorization: Bearer <token>`."
        )
    if asker.certificate is not None and _find_certificate(node, request) != asker.certificate:
        raise Unauthenticated(
            "The token is bound to a client certificate that the connection does not show.",
            where=CERTIFICATE_BOUND,
            remedy="Connect with the certificate that you asked for the token with.",
        )


def _proved_key(node: Node, request: Request, token: str | None) -> str:
    proofs = request.headers.getlist("dpop")
    if len(proofs) != 1:
        raise ProofRefused(f"There are {len(proofs)} proofs.", where="DPoP", remedy="Send one header `DPoP`.")
    url = node.settings.base_url + request.url.path
    return node.proofs.verify(proofs[0], method=request.method, url=url, token=token)


def _find_certificate(node: Node, request: Request) -> str | None:
    """Return the thumbprint of the client's certificate; only the operator's own proxies are believed about it."""
    headers = request.headers.getlist(HEADER)
    if not headers or request.client is None or request.client.host not in node.settings.certificate_proxies:
        return None
    if len(headers) > 1:
        raise Unauthenticated("There are several client certificates.", where="Client-Cert", remedy="Send one.")
    return certificate_thumbprint(headers[0])
