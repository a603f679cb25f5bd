"""What is kept of people: accounts, passwords, sessions, links and tries, each by its promises."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from virtuales.clock import ManualClock
from virtuales.errors import Busy, Conflict, InputError, NotFound
from virtuales.trust.people.accounts import parse_email, parse_name
from virtuales.trust.people.attempts import FREE
from virtuales.trust.people.identity import Identity, open_identity
from virtuales.trust.people.links import LinkPurpose
from virtuales.trust.people.passwords import check_password
from virtuales.trust.people.sessions import SessionKind
from virtuales.trust.people.totp import code_at, find_step

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
ORGANISATION = "https://centre.example/id/organisation/vale"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def identity(tmp_path: Path, clock: ManualClock) -> Iterator[Identity]:
    opened = open_identity(tmp_path / "identity.sqlite", clock=clock, hasher=CHEAP)
    yield opened
    opened.database.close()


def add_ada(identity: Identity) -> None:
    identity.accounts.add("ada", email="ada@vale.example", name="Ada Reed", at=NOON)


def begin(identity: Identity, subject: str = "ada") -> str:
    return identity.sessions.begin(subject, ORGANISATION, kind=SessionKind.PERSON)


@pytest.mark.parametrize("text", ["", "ada", "ada@", "@vale.example", "ada@vale", "a da@vale.example", "a@b@c.example"])
def test_refuses_what_is_no_address(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_email(text)
    assert refusal.value.where == "email"


@pytest.mark.parametrize(
    "text", ["ada@vale.example\nBcc: all@vale.example", 'ada@vale.example", x', "<a@vale.example>"]
)
def test_refuses_addresses_that_would_be_more_than_one_line_of_a_letter(text: str) -> None:
    with pytest.raises(InputError):
        parse_email(text)


@pytest.mark.parametrize("text", [" ", "x" * 201, "Ada\r\nBcc: all"])
def test_refuses_names_that_cannot_be_written(text: str) -> None:
    with pytest.raises(InputError):
        parse_name(text)


@pytest.mark.parametrize(
    "password", ["brief", "a" * 300, "aaaaaaaaaaaaaaa", "ada@vale.example", "AdaReedAdaReed", "abababababab"]
)
def test_refuses_passwords_that_are_easily_guessed(password: str) -> None:
    with pytest.raises(InputError) as refusal:
        check_password(password, email="ada@vale.example", name="Ada Reed")
    assert refusal.value.where == "password"
    assert password not in str(refusal.value)


def test_refuses_a_second_account_with_the_same_address(identity: Identity) -> None:
    add_ada(identity)
    with pytest.raises(Conflict):
        identity.accounts.add("eve", email="ada@vale.example", name="Eve", at=NOON)


def test_nobody_has_a_password(identity: Identity) -> None:
    assert not identity.passwords.matches("the password of nobody", None)
    digest = identity.passwords.digest("correct horse battery")
    assert identity.passwords.matches("correct horse battery", digest)
    assert not identity.passwords.matches("correct horse batterz", digest)
    assert not identity.passwords.matches("correct horse battery", "no digest")


def test_the_database_is_its_owners_and_holds_no_secret_in_plain(identity: Identity, tmp_path: Path) -> None:
    add_ada(identity)
    identity.accounts.set_password("ada", identity.passwords.digest("correct horse battery"))
    names = [begin(identity), identity.links.make("ada", LinkPurpose.RESET), "correct horse battery"]
    file = tmp_path / "identity.sqlite"
    assert file.stat().st_mode & 0o077 == 0
    copy = sqlite3.connect(file)
    content = "\n".join(copy.iterdump())
    copy.close()
    assert "ada@vale.example" in content
    assert not [name for name in names if name in content]


def test_sessions_end_when_they_are_not_used(identity: Identity, clock: ManualClock) -> None:
    name = begin(identity)
    for _ in range(3):
        clock.advance(timedelta(minutes=29))
        assert identity.sessions.find(name)
    clock.advance(timedelta(minutes=31))
    assert identity.sessions.find(name) is None
    assert identity.sessions.of("ada") == []


def test_sessions_end_after_a_while_however_much_they_are_used(identity: Identity, clock: ManualClock) -> None:
    name = begin(identity)
    for _ in range(12 * 3 - 1):
        clock.advance(timedelta(minutes=20))
        assert identity.sessions.find(name)
    clock.advance(timedelta(minutes=20))
    assert identity.sessions.find(name) is None


def test_a_new_password_ends_sessions_and_links(identity: Identity) -> None:
    add_ada(identity)
    name, other, token = begin(identity), begin(identity, "bob"), identity.links.make("ada", LinkPurpose.RESET)
    identity.accounts.set_password("ada", identity.passwords.digest("correct horse battery"))
    assert identity.sessions.find(name) is None
    assert identity.sessions.find(other)
    with pytest.raises(NotFound):
        identity.links.get(token, LinkPurpose.RESET)


def test_links_open_one_thing_once_and_for_a_while(identity: Identity, clock: ManualClock) -> None:
    token = identity.links.make("ada", LinkPurpose.RESET)
    with pytest.raises(NotFound):
        identity.links.get(token, LinkPurpose.INVITATION)
    assert identity.links.take(token, LinkPurpose.RESET) == "ada"
    with pytest.raises(NotFound):
        identity.links.take(token, LinkPurpose.RESET)
    first, second = identity.links.make("ada", LinkPurpose.RESET), identity.links.make("ada", LinkPurpose.RESET)
    with pytest.raises(NotFound):
        identity.links.get(first, LinkPurpose.RESET)
    clock.advance(timedelta(hours=1))
    with pytest.raises(NotFound):
        identity.links.get(second, LinkPurpose.RESET)


def test_tries_have_to_wait_twice_as_long_each_time(identity: Identity, clock: ManualClock) -> None:
    for _ in range(FREE):
        identity.attempts.admit("password ada@vale.example")
    for wait in (2, 4, 8, 16):
        with pytest.raises(Busy, match=f"Wait {wait} seconds"):
            identity.attempts.admit("password ada@vale.example")
        identity.attempts.admit("password bob@vale.example") if wait < 16 else None
        clock.advance(timedelta(seconds=wait))
        identity.attempts.admit("password ada@vale.example")
    identity.attempts.forget("password ada@vale.example")
    identity.attempts.admit("password ada@vale.example")


def test_no_try_waits_longer_than_a_quarter_of_an_hour(identity: Identity, clock: ManualClock) -> None:
    for _ in range(40):
        identity.attempts.admit("password ada@vale.example")
        clock.advance(timedelta(minutes=15))


def test_erased_people_leave_nothing(identity: Identity, tmp_path: Path) -> None:
    add_ada(identity)
    begin(identity)
    identity.links.make("ada", LinkPurpose.INVITATION)
    identity.accounts.erase("ada")
    copy = sqlite3.connect(tmp_path / "identity.sqlite")
    content = "\n".join(copy.iterdump())
    copy.close()
    assert "INSERT" not in content


@pytest.mark.parametrize(
    ("seconds", "digest", "code"),
    [
        (59, "sha1", "94287082"),
        (1111111109, "sha1", "07081804"),
        (1111111111, "sha1", "14050471"),
        (1234567890, "sha1", "89005924"),
        (2000000000, "sha1", "69279037"),
        (20000000000, "sha1", "65353130"),
        (59, "sha256", "46119246"),
        (20000000000, "sha256", "77737706"),
        (59, "sha512", "90693936"),
        (20000000000, "sha512", "47863826"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, digest: str, code: str) -> None:
    secret = (b"1234567890" * 7)[: {"sha1": 20, "sha256": 32, "sha512": 64}[digest]]
    assert code_at(secret, seconds // 30, digits=8, digest=digest) == code


def test_refuses_codes_of_other_times_and_those_that_were_taken() -> None:
    secret, step = b"12345678901234567890", int(NOON.timestamp()) // 30
    for near in (-1, 0, 1):
        assert find_step(secret, code_at(secret, step + near), NOON) == step + near
    for far in (-2, 2):
        assert find_step(secret, code_at(secret, step + far), NOON) is None
    assert find_step(secret, code_at(secret, step), NOON, after=step) is None
    assert find_step(secret, "", NOON) is None


def test_a_second_factor_holds_once_it_is_confirmed_and_takes_each_code_once(
    identity: Identity, clock: ManualClock
) -> None:
    add_ada(identity)
    secret = identity.factors.propose("ada")
    step = int(NOON.timestamp()) // 30
    assert identity.factors.confirm("ada", "000000") is None
    assert not identity.factors.take("ada", code_at(secret, step)), "it is not confirmed yet"
    codes = identity.factors.confirm("ada", code_at(secret, step))
    assert codes
    assert len(set(codes)) == 10
    assert not identity.factors.take("ada", code_at(secret, step)), "it was taken"
    clock.advance(timedelta(seconds=30))
    assert identity.factors.take("ada", code_at(secret, step + 1))
    assert not identity.factors.take("ada", code_at(secret, step + 1))
    assert not identity.factors.take("eve", codes[0]), "it is another person's"
    assert identity.factors.take("ada", codes[0].upper())
    assert not identity.factors.take("ada", codes[0])
    assert identity.factors.left("ada") == 9
    identity.factors.drop("ada")
    assert identity.factors.left("ada") == 0
    assert not identity.factors.take("ada", codes[1])
