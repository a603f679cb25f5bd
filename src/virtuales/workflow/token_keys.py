"""The keys that sign access tokens: which sign and verify now, and how another takes its place.

The public halves stand in the registry, which every node follows; the private ones are files of the orchestrator. A
key that signs no more verifies until the last token that it signed has ended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from virtuales.clock import iso_instant
from virtuales.errors import ConfigurationError, NotFound, PeerFailure
from virtuales.journal.event import EventDraft
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.terms import NamedNode
from virtuales.trust.keys import PublicKey, SigningKey
from virtuales.trust.scopes import Scope
from virtuales.trust.token_keys import TokenKey, registered_token_keys, rotate_token_key
from virtuales.trust.tokens import Principal, TokenIssuer
from virtuales.workflow.workspace import Workspace

_LEEWAY = timedelta(minutes=1)
"""How much longer than its last token a key is listed, since clocks differ."""


@dataclass(frozen=True)
class KeyFiles:
    """Where the orchestrator keeps the private halves of the keys that it made by rotation.

    Args:
        directory: The directory of keys.
    """

    directory: Path

    def make(self, number: int) -> SigningKey:
        """Return the key of a rotation; the one that an interrupted rotation left was never listed, and is used."""
        return SigningKey.load_or_create(self._file(number))

    def find(self, public: PublicKey, count: int) -> SigningKey | None:
        """Return the private half of one of the first keys, None when it is not here."""
        for number in range(count, 0, -1):
            if self._file(number).exists() and (key := self.make(number)).public == public:
                return key
        return None

    def _file(self, number: int) -> Path:
        return self.directory / f"token-{number}.pem"


def token_keys(workspace: Workspace) -> list[TokenKey]:
    """Return the keys that verify tokens now, the one that signs first.

    Before the first rotation that is the orchestrator's own key, as its registration has it.
    """
    now, graph = workspace.clock.now(), workspace.registry_graphs.registry
    known = workspace.kept("token keys", [graph], lambda: registered_token_keys(workspace.store, graph))
    if known:
        return [key for key in known if key.verifies_at(now)]
    own = workspace.participants.by_node(workspace.orchestrator)
    if own is None:
        return []
    return [TokenKey(_iri(workspace, own.public_key), own.public_key, own.registered_at)]


def fetch_jwks(workspace: Workspace, http: httpx.Client, *, fallback: bool) -> Mapping[str, object]:
    """Fetch the orchestrator's key set.

    Args:
        workspace: A participant's parts.
        http: Fetches it.
        fallback: Whether the keys that the followed registry lists will do while the orchestrator is away, as for a
            node that has just started.

    Raises:
        PeerFailure: the orchestrator does not answer as it should.
    """
    url = f"{workspace.orchestrator}/.well-known/jwks.json"
    try:
        response = http.get(url)
        response.raise_for_status()
        keys: Mapping[str, object] = response.json()
    except (httpx.HTTPError, ValueError) as error:
        known = token_keys(workspace) if fallback else []
        if not known:
            raise PeerFailure(f"The orchestrator's keys cannot be fetched: {error}.", where=url) from error
        return {"keys": [key.public.jwk() for key in known]}
    return keys


def take_up(workspace: Workspace, issuer: TokenIssuer, files: KeyFiles) -> None:
    """Have the issuer sign with the key that the registry says, and list those that verify.

    Raises:
        ConfigurationError: the private half of that key is not in its directory.
    """
    graph = workspace.registry_graphs.registry
    known = registered_token_keys(workspace.store, graph)
    if known:
        key = files.find(known[0].public, len(known))
        if key is None:
            raise ConfigurationError(
                "The key that signs tokens is not here.",
                where=str(files.directory),
                remedy=f"Restore the file token-{len(known) - 1}.pem from a copy of the data directory.",
            )
        issuer.sign_with(key, listed=lambda: [each.public for each in token_keys(workspace)])


def rotate(
    workspace: Workspace, principal: Principal, issuer: TokenIssuer, *, files: KeyFiles, at_once: bool = False
) -> list[TokenKey]:
    """Make a new key that signs from now on; return the keys that verify.

    Args:
        workspace: The orchestrator's parts.
        principal: Who asks for it.
        issuer: The issuer.
        files: Where private halves are kept.
        at_once: Whether the keys before verify no token any more, as is right when one was stolen.

    Raises:
        NotFound: this node is not the orchestrator.
        AccessDenied: the principal is not of the orchestrator's staff.
    """
    if not workspace.is_orchestrator:
        raise NotFound("Keys for tokens are kept by the orchestrator.", remedy=f"Ask {workspace.orchestrator}.")
    workspace.hosted(principal, Scope.ISSUER_GOVERN)
    with workspace.ledger.turn():
        now = workspace.clock.now()
        until = now if at_once else now + issuer.lifetime + _LEEWAY
        listed, graph = token_keys(workspace), workspace.registry_graphs.registry
        count = len(registered_token_keys(workspace.store, graph))
        key = files.make(max(count, 1))
        new = TokenKey(_iri(workspace, key.public), key.public, now)
        change = rotate_token_key(new, listed=listed, until=until, registry=graph)
        facts = {"kid": key.public.kid, "earlierUntil": iso_instant(until), "atOnce": str(at_once).lower()}
        draft = EventDraft(
            "TokenKeyRotated", new.iri.value, facts=dict(facts), change=change, actor=principal.client_id
        )
        workspace.ledger.record(draft)
        issuer.sign_with(key, listed=lambda: [each.public for each in token_keys(workspace)])
    return token_keys(workspace)


def _iri(workspace: Workspace, key: PublicKey) -> NamedNode:
    return Addresses(workspace.orchestrator).thing("token-key", f"key-{key.kid}")
