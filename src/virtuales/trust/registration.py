"""What an organisation says about itself when it registers, checked field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from virtuales.errors import InputError
from virtuales.trust.keys import PublicKey
from virtuales.trust.registration_numbers import is_lei, parse_registration_number
from virtuales.trust.terms_and_conditions import CURRENT_VERSION

_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_DOMAIN_MOST = 253
_NAME_MOST = 200


class ParticipantRole(StrEnum):
    """What an organisation wants to do in the dataspace."""

    PRODUCER = "producer"
    CONSUMER = "consumer"
    ORCHESTRATOR = "orchestrator"


@dataclass(frozen=True)
class Registration:
    """An organisation's own statement, valid in form; whether it is true is for the verification checks.

    Args:
        legal_name: The registered name.
        registration_number: GB company number (8 characters) or LEI (20 characters, ISO 17442).
        contact_name: Whom to write to.
        contact_email: Where.
        node_url: Base URL of its node, without a slash at the end.
        roles: What it wants to do; at least one.
        accepted_terms: Version of the terms and conditions it accepts.
        public_key: Its Ed25519 key.
        domain: Its web domain, such as `vale.example`; None where it names none beside its node's.
    """

    legal_name: str
    registration_number: str
    contact_name: str
    contact_email: str
    node_url: str
    roles: tuple[ParticipantRole, ...]
    accepted_terms: str
    public_key: PublicKey
    domain: str | None = None

    @property
    def number_scheme(self) -> str:
        """Which register the number belongs to: `lei` or `gb-company`."""
        return "lei" if is_lei(self.registration_number) else "gb-company"


FIELDS = (
    "legal_name",
    "registration_number",
    "contact_name",
    "contact_email",
    "node_url",
    "roles",
    "accepted_terms",
    "public_key",
)
"""What every registration says."""
OPTIONAL_FIELDS = ("domain",)
"""What a registration may say."""


def parse_registration(fields: Mapping[str, object], *, terms_in_force: str = CURRENT_VERSION) -> Registration:
    """Read a registration.

    Args:
        fields: The fields of `FIELDS`, each text but `roles`, a list of texts; `public_key` is in Multikey form. Those
            of `OPTIONAL_FIELDS` can be missing or None.
        terms_in_force: The version of the terms and conditions that has to be accepted.

    Raises:
        InputError: the first field that is missing, unknown or wrong, with what would be right.
    """
    known = (*FIELDS, *OPTIONAL_FIELDS)
    unknown = sorted(set(fields) - set(known))
    if unknown:
        raise InputError(
            f"A registration has no field `{unknown[0]}`.", where=unknown[0], remedy="Use: " + ", ".join(known) + "."
        )
    return Registration(
        legal_name=_text(fields, "legal_name"),
        registration_number=parse_registration_number(_text(fields, "registration_number")),
        contact_name=_text(fields, "contact_name"),
        contact_email=_email(_text(fields, "contact_email")),
        node_url=parse_node_url(_text(fields, "node_url")),
        roles=_roles(fields.get("roles")),
        accepted_terms=_terms(_text(fields, "accepted_terms"), terms_in_force),
        public_key=_key(_text(fields, "public_key")),
        domain=None if fields.get("domain") is None else parse_domain(_text(fields, "domain")),
    )


def parse_domain(text: str) -> str:
    """Return a web domain in its normal form.

    Raises:
        InputError: it is no name of a host on the web, such as an address or a URL.

    >>> parse_domain("Vale.Example.")
    'vale.example'
    """
    domain = text.strip().lower().removesuffix(".")
    if len(domain) > _DOMAIN_MOST or not _DOMAIN.fullmatch(domain):
        raise InputError(
            f"`{text}` is no web domain.",
            where="domain",
            remedy="Write the name alone, such as `vale.example`; names in other scripts in their ASCII form.",
        )
    return domain


def parse_node_url(text: str) -> str:
    """Return a node's base URL without a slash at the end.

    Raises:
        InputError: it is no URL, or neither https nor http on loopback, or has a query, fragment or user.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise InputError(f"`{text}` is no URL.", where="node_url", remedy="Write https://host/.") from error
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    plain = not (parts.query or parts.fragment or parts.username or parts.password) and port != 0
    if not (secure and plain and parts.hostname) or re.search(r"[\s<>\"{}|\\^`]", text):
        raise InputError(
            f"`{text}` cannot be a node's base URL.",
            where="node_url",
            remedy="Use https (http on loopback alone), with neither user, query nor fragment.",
        )
    return text.rstrip("/")


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"The field `{name}` is missing.", where=name, remedy="Fill it in.")
    if len(value) > _NAME_MOST or not value.isprintable():
        raise InputError(
            f"The field `{name}` is too long or has unprintable characters.",
            where=name,
            remedy=f"Use at most {_NAME_MOST} printable characters.",
        )
    return value.strip()


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise InputError(
            f"`{text}` is no e-mail address.", where="contact_email", remedy="Write it as name@organisation.example."
        )
    return text


def _roles(value: object) -> tuple[ParticipantRole, ...]:
    names = value if isinstance(value, list | tuple) else []
    known = {role.value for role in ParticipantRole}
    if not names or any(name not in known for name in names):
        raise InputError(
            "The roles sought are missing or not known.",
            where="roles",
            remedy="Name at least one of: " + ", ".join(sorted(known)) + ".",
        )
    return tuple(sorted({ParticipantRole(name) for name in names}))


def _terms(version: str, in_force: str) -> str:
    if version != in_force:
        raise InputError(
            f"Version `{version}` of the terms and conditions is not the one in force.",
            where="accepted_terms",
            remedy=f"Read and accept version {in_force}.",
        )
    return version


def _key(text: str) -> PublicKey:
    try:
        return PublicKey.from_multikey(text)
    except InputError as error:
        raise InputError(error.what, where="public_key", remedy="Give an Ed25519 key as Multikey, `z6Mk…`.") from error
