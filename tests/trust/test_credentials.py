"""Client secrets: shown once, kept as digests."""

import pytest

from virtuales.errors import InputError, UnknownTerm
from virtuales.trust.credentials import digest_secret, new_client, secret_matches
from virtuales.trust.scopes import SCOPES_OF, Role, Scope, granted_scopes, parse_roles


@pytest.mark.parametrize("secret", ["", "ves_", "x" * 10_000, "é"])
def test_refuses_wrong_secrets(secret: str) -> None:
    assert not secret_matches(secret, new_client().digest)


@pytest.mark.parametrize("digest", ["", "plain", "hmac-sha256$", "hmac-sha256$$", "md5$AA$AA", "hmac-sha256$AA$AA"])
def test_refuses_digests_that_are_none(digest: str) -> None:
    assert not secret_matches("ves_secret", digest)


def test_refuses_scope_that_the_roles_do_not_give() -> None:
    with pytest.raises(InputError, match="participants:decide"):
        granted_scopes([Role.ANALYST], "data:read participants:decide")


def test_refuses_unknown_role() -> None:
    with pytest.raises(UnknownTerm, match="emperor"):
        parse_roles(["emperor"])


def test_secret_matches_its_own_digest_alone() -> None:
    one, other = new_client(), new_client()
    assert secret_matches(one.secret, one.digest)
    assert not secret_matches(one.secret, other.digest)
    assert one.client_id != other.client_id


def test_digests_of_one_secret_differ_by_their_salt() -> None:
    assert digest_secret("ves_same") != digest_secret("ves_same")


def test_text_form_of_a_new_client_hides_the_secret() -> None:
    client = new_client()
    assert client.secret not in repr(client)
    assert client.secret not in client.digest


def test_client_gets_what_it_asks_for_and_all_when_it_does_not_say() -> None:
    assert granted_scopes([Role.ANALYST], "data:read") == {Scope.DATA_READ}
    assert granted_scopes([Role.ANALYST], None) == SCOPES_OF[Role.ANALYST]


def test_every_role_has_scopes_and_no_role_has_all() -> None:
    assert set(SCOPES_OF) == set(Role)
    assert all(scopes and scopes < set(Scope) for scopes in SCOPES_OF.values())
