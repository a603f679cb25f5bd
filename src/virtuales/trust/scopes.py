"""What a token may be used for, and which roles of people and machines may have which scopes: least rights each."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from virtuales.errors import InputError, UnknownTerm


class Scope(StrEnum):
    """One right that a token can carry."""

    CATALOGUE_READ = "catalogue:read"
    DATA_READ = "data:read"
    DATA_PUBLISH = "data:publish"
    ACCESS_REQUEST = "access:request"
    ACCESS_REVIEW = "access:review"
    ORGANISATION_MANAGE = "organisation:manage"
    PARTICIPANTS_DECIDE = "participants:decide"
    SCHEMAS_GOVERN = "schemas:govern"
    MAPPINGS_CONTRIBUTE = "mappings:contribute"
    MAPPINGS_REVIEW = "mappings:review"
    MAPPINGS_GOVERN = "mappings:govern"
    AUDIT_READ = "audit:read"
    ISSUER_GOVERN = "issuer:govern"
    NODE_EXCHANGE = "node:exchange"


class Role(StrEnum):
    """What a client or a person is for."""

    STEWARD = "steward"
    REVIEWER = "reviewer"
    ANALYST = "analyst"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    NODE = "node"


SCOPES_OF: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.STEWARD: frozenset({Scope.CATALOGUE_READ, Scope.DATA_PUBLISH, Scope.DATA_READ, Scope.MAPPINGS_CONTRIBUTE}),
        Role.REVIEWER: frozenset({Scope.CATALOGUE_READ, Scope.ACCESS_REVIEW, Scope.AUDIT_READ, Scope.MAPPINGS_REVIEW}),
        Role.ANALYST: frozenset({Scope.CATALOGUE_READ, Scope.DATA_READ, Scope.ACCESS_REQUEST}),
        Role.EDITOR: frozenset({Scope.CATALOGUE_READ, Scope.MAPPINGS_CONTRIBUTE, Scope.MAPPINGS_REVIEW}),
        Role.ADMINISTRATOR: frozenset({Scope.CATALOGUE_READ, Scope.ORGANISATION_MANAGE}),
        Role.OPERATOR: frozenset(
            {
                Scope.CATALOGUE_READ,
                Scope.ORGANISATION_MANAGE,
                Scope.PARTICIPANTS_DECIDE,
                Scope.ISSUER_GOVERN,
                Scope.SCHEMAS_GOVERN,
                Scope.AUDIT_READ,
                Scope.MAPPINGS_CONTRIBUTE,
                Scope.MAPPINGS_REVIEW,
                Scope.MAPPINGS_GOVERN,
            }
        ),
        Role.NODE: frozenset({Scope.CATALOGUE_READ, Scope.DATA_READ, Scope.NODE_EXCHANGE}),
    }
)

ROLES_OF_PEOPLE: Mapping[Role, str] = MappingProxyType(
    {
        Role.STEWARD: "Describes, prepares and publishes the organisation's data, and contributes mappings.",
        Role.REVIEWER: "Decides about requests of others, reviews mappings, and reads who had access.",
        Role.ANALYST: "Asks for access to data of others, and uses it.",
        Role.EDITOR: "Contributes mappings and reviews those of others.",
        Role.ADMINISTRATOR: "Invites people, gives and takes their roles, suspends and removes them.",
        Role.OPERATOR: "The orchestrator's staff: decides about organisations, schemas and mappings.",
    }
)
"""The roles that a person can have, and what each is for; a node has a role of its own."""


def roles_with(scope: Scope) -> list[Role]:
    """Return the roles that have a scope, as refusals name them.

    >>> [role.value for role in roles_with(Scope.ACCESS_REVIEW)]
    ['reviewer']
    """
    return [role for role, scopes in SCOPES_OF.items() if scope in scopes]


def parse_roles(names: Iterable[str]) -> frozenset[Role]:
    """Read roles from their names.

    Raises:
        UnknownTerm: a name is no role.
    """
    try:
        return frozenset(Role(name) for name in names)
    except ValueError as error:
        raise UnknownTerm(
            f"{error}.", where="roles", remedy="Use: " + ", ".join(role.value for role in Role) + "."
        ) from None


def scopes_of(roles: Iterable[Role]) -> frozenset[Scope]:
    """Return every scope that the roles give together."""
    return frozenset(scope for role in roles for scope in SCOPES_OF[role])


def granted_scopes(roles: Iterable[Role], requested: str | None) -> frozenset[Scope]:
    """Return the scopes a token gets: all that the roles give, or the requested ones among them.

    Args:
        roles: The client's roles.
        requested: The `scope` parameter of the token request; None asks for all.

    Raises:
        InputError: a requested scope is unknown or not the client's.
    """
    held = scopes_of(roles)
    if not requested:
        return held
    wanted = requested.split()
    for name in wanted:
        if name not in held:
            raise InputError(
                f"The scope `{name}` is not granted to this client.",
                where="scope",
                remedy="Ask for any of: " + " ".join(sorted(held)) + ".",
            )
    return frozenset(Scope(name) for name in wanted)
