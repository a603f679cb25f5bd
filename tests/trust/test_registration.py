"""Registration: each field refused with its name and what would be right."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from virtuales.errors import InputError, NotFound
from virtuales.trust.keys import SigningKey
from virtuales.trust.registration import (
    FIELDS,
    ParticipantRole,
    parse_node_url,
    parse_registration,
)
from virtuales.trust.registration_numbers import lei_check_digits, parse_registration_number
from virtuales.trust.terms_and_conditions import CURRENT_VERSION, get_terms, known_versions

KEY = SigningKey(b"\7" * 32).public
LEI = "213800WSGIIZCXF1P572"


def fields(**changes: object) -> dict[str, object]:
    return {
        "legal_name": "Northern Distribution plc",
        "registration_number": "02366977",
        "contact_name": "A. Person",
        "contact_email": "person@northern.example",
        "node_url": "https://node.northern.example/",
        "roles": ["producer", "consumer"],
        "accepted_terms": CURRENT_VERSION,
        "public_key": KEY.multikey,
    } | changes


@pytest.mark.parametrize("name", FIELDS)
def test_refuses_registration_without_a_field(name: str) -> None:
    incomplete = {field: value for field, value in fields().items() if field != name}
    with pytest.raises(InputError) as refusal:
        parse_registration(incomplete)
    assert refusal.value.where == name
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("legal_name", "   "),
        ("legal_name", "x" * 300),
        ("legal_name", "two\nlines"),
        ("legal_name", 7),
        ("registration_number", "1234567"),
        ("registration_number", "ABC12345"),
        ("registration_number", LEI[:-1] + "3"),
        ("domain", "vale"),
        ("domain", "https://vale.example"),
        ("domain", "127.0.0.1"),
        ("domain", "-vale.example"),
        ("domain", "vale.example:443"),
        ("domain", ""),
        ("contact_email", "nobody"),
        ("contact_email", "a@b"),
        ("contact_email", "a b@c.example"),
        ("node_url", "ftp://node.example"),
        ("node_url", "http://node.example"),
        ("node_url", "https://user:secret@node.example"),
        ("node_url", "https://node.example/?q=1"),
        ("node_url", "https://node.example/#a"),
        ("node_url", "https://node.example:99999/"),
        ("node_url", "https:///path"),
        ("node_url", "https://[::1"),
        ("node_url", "https://node.example/a b"),
        ("roles", []),
        ("roles", ["emperor"]),
        ("roles", "producer"),
        ("accepted_terms", "0.9"),
        ("public_key", "z6Mk"),
    ],
)
def test_refuses_registration_with_a_wrong_field(name: str, value: object) -> None:
    with pytest.raises(InputError) as refusal:
        parse_registration(fields(**{name: value}))
    assert refusal.value.where == name
    assert refusal.value.remedy


def test_refuses_field_that_nobody_asked_for() -> None:
    with pytest.raises(InputError, match="status"):
        parse_registration(fields(status="Approved"))


def test_refuses_terms_of_an_unknown_version() -> None:
    with pytest.raises(NotFound, match=r"9\.9"):
        get_terms("9.9")


@given(st.integers(0, 19), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_character_in_an_lei_is_found(place: int, character: str) -> None:
    assume(character.isdigit() == LEI[place].isdigit())  # the check digits promise nothing about a letter for a digit
    changed = LEI[:place] + character + LEI[place + 1 :]
    if changed == LEI:
        assert parse_registration_number(changed) == LEI
    else:
        with pytest.raises(InputError):
            parse_registration_number(changed)


@pytest.mark.parametrize(
    ("number", "says", "remedy"),
    [
        ("1234567", "this has 7", "Write the zeros in front: 01234567."),
        ("X1234567", "neither", "8 digits"),
        ("123456789", "neither", "8 digits"),
        ("R123456", "neither", "8 digits"),
        (LEI[:-1], "20 characters, and this has 19", "whole"),
        (LEI[:-2] + "A2", "ends in two check digits", "again"),
        (LEI[:5] + "-" + LEI[6:], "letters A to Z", "again"),
        (LEI[:-2] + "27", "The check digits of the LEI, 27, do not fit", "again"),
    ],
)
def test_says_what_is_wrong_with_a_number(number: str, says: str, remedy: str) -> None:
    with pytest.raises(InputError, match=says) as refusal:
        parse_registration_number(number)
    assert refusal.value.where == "registration_number"
    assert remedy in str(refusal.value.remedy)


@pytest.mark.parametrize("number", ["SC123456", "NI012345", "OC301234", "R0000012", "IP12345R", "00000006", LEI])
def test_takes_numbers_of_every_register(number: str) -> None:
    assert parse_registration_number(f" {number[:4].lower()} {number[4:]}") == number


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
def test_takes_an_lei_with_just_one_pair_of_check_digits(first: str) -> None:
    right = []
    for pair in range(100):
        try:
            right.append(parse_registration_number(f"{first}{pair:02}")[-2:])
        except InputError:
            continue
    assert right == [lei_check_digits(first)]
    assert 2 <= int(right[0]) <= 98
    assert int("".join(str(int(one, 36)) for one in first + right[0])) % 97 == 1


def test_good_registration_is_read() -> None:
    registration = parse_registration(fields())
    assert registration.node_url == "https://node.northern.example"
    assert registration.roles == (ParticipantRole.CONSUMER, ParticipantRole.PRODUCER)
    assert registration.public_key == KEY
    assert registration.number_scheme == "gb-company"
    assert parse_registration(fields(registration_number=LEI.lower())).number_scheme == "lei"
    assert (registration.domain, parse_registration(fields(domain="Northern.Example.")).domain) == (
        None,
        "northern.example",
    )


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/", "http://localhost:1", "http://[::1]:8000", "https://a.example/b"]
)
def test_loopback_may_do_without_tls(url: str) -> None:
    assert parse_node_url(url) == url.rstrip("/")


def test_terms_in_force_can_be_read() -> None:
    assert CURRENT_VERSION in known_versions()
    assert CURRENT_VERSION in get_terms().text
