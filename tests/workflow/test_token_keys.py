"""Another key for tokens: it signs at once, the one before verifies until its tokens end, and the journal says so."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.books import NOON
from tests.workflow.registry_node import BASE, OPERATOR, orchestrator

from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied, ConfigurationError, Unauthenticated
from virtuales.trust.tokens import Principal, TokenIssuer, TokenVerifier
from virtuales.workflow import token_keys
from virtuales.workflow.token_keys import KeyFiles


class Issuing:
    """An orchestrator that issues tokens for itself."""

    def __init__(self, place: Path) -> None:
        self.clock = ManualClock(NOON)
        self.files = KeyFiles(place)
        self.workspace = orchestrator(place, self.clock)
        self.issuer = self.new_issuer()

    def new_issuer(self) -> TokenIssuer:
        """Make the issuer as a start of the node does."""
        issuer = TokenIssuer(BASE, self.workspace.key, clock=self.clock)
        token_keys.take_up(self.workspace, issuer, self.files)
        return issuer

    def token(self) -> str:
        """Issue a token."""
        return self.issuer.issue(client_id="c", organisation="urn:o", audience=BASE, scopes=[]).access_token

    def verify(self, token: str) -> Principal:
        """Verify a token as a node does that has just started."""
        return TokenVerifier(BASE, BASE, fetch_jwks=self.issuer.jwks, clock=self.clock).verify(token)

    def rotate(self, *, at_once: bool = False, principal: Principal = OPERATOR) -> list[str]:
        """Rotate the key; return the names of those that verify."""
        keys = token_keys.rotate(self.workspace, principal, self.issuer, files=self.files, at_once=at_once)
        return [key.public.kid for key in keys]


@pytest.fixture
def issuing(tmp_path: Path) -> Iterator[Issuing]:
    made = Issuing(tmp_path)
    yield made
    made.workspace.queries.close()
    made.workspace.ledger.journal.close()
    made.workspace.store.close()


def test_refuses_whoever_may_not_govern_the_issuer(issuing: Issuing) -> None:
    client = Principal("c", OPERATOR.organisation, frozenset({"participants:decide"}), OPERATOR.expires, "two")
    with pytest.raises(AccessDenied) as refusal:
        issuing.rotate(principal=client)
    assert "issuer:govern" in refusal.value.reasons[0]


def test_tokens_of_the_key_before_are_good_until_they_end(issuing: Issuing) -> None:
    old = issuing.token()
    own = issuing.workspace.key.public.kid
    assert [key.public.kid for key in token_keys.token_keys(issuing.workspace)] == [own]
    first = issuing.rotate()
    assert first[1:] == [own]
    issuing.verify(old)
    new = issuing.token()
    issuing.verify(new)
    issuing.clock.advance(timedelta(minutes=11))
    issuing.verify(issuing.token())
    listed: Any = issuing.issuer.jwks()["keys"]
    assert [key["kid"] for key in listed] == first[:1]
    second = issuing.rotate()
    assert second[1:] == first[:1]


def test_a_stolen_key_verifies_nothing_at_once(issuing: Issuing) -> None:
    issuing.rotate()
    stolen = issuing.token()
    issuing.clock.advance(timedelta(seconds=1))
    assert len(issuing.rotate(at_once=True)) == 1
    with pytest.raises(Unauthenticated, match="does not list"):
        issuing.verify(stolen)


def test_the_key_is_found_again_after_a_restart_and_the_journal_tells_of_it(issuing: Issuing) -> None:
    listed = issuing.rotate()
    token = issuing.new_issuer().issue(client_id="c", organisation="urn:o", audience=BASE, scopes=[]).access_token
    issuing.verify(token)
    (event,) = [one.draft for one in issuing.workspace.ledger.journal.events() if one.draft.kind == "TokenKeyRotated"]
    assert event.facts["kid"] == listed[0]
    assert event.actor == OPERATOR.client_id


def test_a_lost_key_stops_the_start_and_names_the_file(issuing: Issuing, tmp_path: Path) -> None:
    issuing.rotate()
    (tmp_path / "token-1.pem").unlink()
    with pytest.raises(ConfigurationError, match="token-1"):
        issuing.new_issuer()
