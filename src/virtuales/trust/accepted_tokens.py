"""The tokens that a node takes: the orchestrator's, and those of an outside issuer where the operator named one."""

from virtuales.trust.outside_issuer import OutsideVerifier
from virtuales.trust.signed_jwt import parse_unverified
from virtuales.trust.tokens import Principal, TokenVerifier


class AcceptedTokens:
    """Verifies tokens by the rules of the issuer that each says it is from.

    Args:
        own: Verifies the orchestrator's.
        outside: Verifies the outside issuer's; None where there is none.
    """

    def __init__(self, own: TokenVerifier, outside: OutsideVerifier | None = None) -> None:
        self.own = own
        self._outside = outside

    def find_verified(self, token: str) -> Principal | None:
        """See `TokenVerifier.find_verified`; the outside issuer's tokens are verified anew each time."""
        return self.own.find_verified(token)

    def verify(self, token: str) -> Principal:
        """Return who presents a token.

        Raises:
            Unauthenticated: it is of neither issuer, not for this node, or not valid now.
            PeerFailure: the issuer's keys are needed and cannot be fetched.
        """
        outside = self._outside
        if outside is not None and parse_unverified(token).claims.get("iss") == outside.issuer.issuer:
            return outside.verify(token)
        return self.own.verify(token)
