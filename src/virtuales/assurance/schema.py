"""Registered schemas: versions with a status, what they replace, and when they are required.

A schema is a model, a profile of one, or a shapes graph by which data of a profile is judged. Its versions never
change; what changes is their status, by decisions that are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from virtuales.errors import Conflict
from virtuales.rdf import addresses

RESERVED = frozenset({"content", "decisions", "required-from", "version"})
"""What addresses use beside identifiers and versions."""
PROFILE_WITHIN = "/profile/"
"""Stands between a model's identifier and the name of one of its profiles."""


class SchemaKind(StrEnum):
    """What a schema is."""

    MODEL = "model"
    PROFILE = "profile"
    SHAPES = "shapes"


class SchemaStatus(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    DEPRECATED = "deprecated"
    WITHDRAWN = "withdrawn"


class SchemaMove(StrEnum):
    """What the orchestrator's staff can do with a version."""

    APPROVE = "approve"
    DEPRECATE = "deprecate"
    WITHDRAW = "withdraw"


TRANSITIONS: Mapping[tuple[SchemaStatus, SchemaMove], SchemaStatus] = MappingProxyType(
    {
        (SchemaStatus.DRAFT, SchemaMove.APPROVE): SchemaStatus.APPROVED,
        (SchemaStatus.DRAFT, SchemaMove.WITHDRAW): SchemaStatus.WITHDRAWN,
        (SchemaStatus.APPROVED, SchemaMove.DEPRECATE): SchemaStatus.DEPRECATED,
        (SchemaStatus.APPROVED, SchemaMove.WITHDRAW): SchemaStatus.WITHDRAWN,
        (SchemaStatus.DEPRECATED, SchemaMove.APPROVE): SchemaStatus.APPROVED,
        (SchemaStatus.DEPRECATED, SchemaMove.WITHDRAW): SchemaStatus.WITHDRAWN,
    }
)
"""Every move that is possible; a withdrawn version stays withdrawn."""


@dataclass(frozen=True)
class SchemaDecision:
    """One decision about a version.

    Args:
        status: The status it had afterwards.
        by: The client of the person who decided, or the release that brought the version.
        at: When.
        reason: Why, in the person's words.
    """

    status: SchemaStatus
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Content:
    """The bytes of a version, which is Turtle.

    Args:
        digest: Their SHA-256 in hexadecimal, by which an object store holds them.
        size: Their length.
    """

    digest: str
    size: int


@dataclass(frozen=True)
class SchemaVersion:
    """A registered version of a schema.

    Args:
        iri: Its IRI, under the orchestrator's base.
        kind: What it is.
        identifier: What people call the schema, such as `cgmes-3.0/EQ`.
        version: Its version.
        title: A name for people.
        profiles: IRIs of the profile versions that it judges, holds or is.
        licence: IRI or name of its licence.
        source: Where it comes from.
        registered_at: When it was registered.
        content: Its bytes; None for a profile, whose terms its model holds.
        replaces: IRIs of the versions it takes the place of.
        required_from: When those no longer do; None leaves the choice for good.
        decisions: What was decided about it, the oldest first; without any it is a draft.
    """

    iri: str
    kind: SchemaKind
    identifier: str
    version: str
    title: str
    profiles: frozenset[str]
    licence: str
    source: str
    registered_at: datetime
    content: Content | None = None
    replaces: frozenset[str] = frozenset()
    required_from: datetime | None = None
    decisions: tuple[SchemaDecision, ...] = ()

    @property
    def name(self) -> str:
        """Identifier and version, as people read them."""
        return f"{self.identifier} {self.version}"

    @property
    def status(self) -> SchemaStatus:
        """Where it stands."""
        return self.decisions[-1].status if self.decisions else SchemaStatus.DRAFT

    @property
    def is_usable(self) -> bool:
        """Whether data may still be judged by it."""
        return self.status in {SchemaStatus.APPROVED, SchemaStatus.DEPRECATED}

    def is_required(self, at: datetime) -> bool:
        """Tell whether its date has come."""
        return self.required_from is not None and self.required_from <= at


def next_status(status: SchemaStatus, move: SchemaMove) -> SchemaStatus:
    """Return the status after a move.

    Raises:
        Conflict: the status does not allow the move; names those it allows.
    """
    try:
        return TRANSITIONS[status, move]
    except KeyError:
        allowed = [str(other) for state, other in TRANSITIONS if state is status]
        raise Conflict(
            f"`{move}` does not apply to a schema version that is {status}.",
            where="status",
            remedy="Allowed now: " + (", ".join(allowed) or "nothing; register a new version") + ".",
        ) from None


def check_names(identifier: str, version: str) -> None:
    """Refuse an identifier or a version that could not stand in an address.

    Raises:
        InputError: names the one at fault.

    >>> check_names("cgmes-3.0/our-rules", "1.2.0")
    >>> check_names("our rules", "1")
    Traceback (most recent call last):
        ...
    virtuales.errors.InputError: ...
    """
    addresses.check_names(identifier, version, reserved=RESERVED)
