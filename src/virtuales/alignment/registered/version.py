"""Registered mappings: versions of sets, rules and lifting mappings, and what is done with each until it is in use.

A version never changes; what changes is its status, by deeds that are kept with who did them, when and why. Nobody's
own contribution comes into use by that person alone: a review is always somebody else's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from virtuales.alignment.checks.on_rml import RML_SUFFIX
from virtuales.alignment.formats import FORMS
from virtuales.alignment.rules import RULE_SUFFIX
from virtuales.errors import Conflict, InputError
from virtuales.rdf import addresses
from virtuales.rdf.addresses import LONGEST_NAME, PATH_PART
from virtuales.store.object_store import StoredObject

RESERVED: Final = frozenset({"versions", "version", "of-term", "coverage"})
"""What addresses use beside identifiers and versions."""


class MappingKind(StrEnum):
    """What a registered file is."""

    SET = "set"
    RULE = "rule"
    LIFTING = "lifting"


class MappingStatus(StrEnum):
    """Where a version stands."""

    CONTRIBUTED = "contributed"
    CHECKED = "checked"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class MappingMove(StrEnum):
    """What can be done with a version."""

    CHECK = "check"
    REVIEW = "review"
    APPROVE = "approve"
    PUBLISH = "publish"
    REJECT = "reject"
    WITHDRAW = "withdraw"


_BEFORE_USE: Final = (
    MappingStatus.CONTRIBUTED,
    MappingStatus.CHECKED,
    MappingStatus.REVIEWED,
    MappingStatus.APPROVED,
)
TRANSITIONS: Mapping[tuple[MappingStatus, MappingMove], MappingStatus] = MappingProxyType(
    {
        (MappingStatus.CONTRIBUTED, MappingMove.CHECK): MappingStatus.CHECKED,
        **{(status, MappingMove.CHECK): status for status in _BEFORE_USE[1:]},
        (MappingStatus.CHECKED, MappingMove.REVIEW): MappingStatus.REVIEWED,
        (MappingStatus.REVIEWED, MappingMove.APPROVE): MappingStatus.APPROVED,
        (MappingStatus.APPROVED, MappingMove.PUBLISH): MappingStatus.PUBLISHED,
        **{(status, MappingMove.REJECT): MappingStatus.REJECTED for status in _BEFORE_USE},
        **{(status, MappingMove.WITHDRAW): MappingStatus.WITHDRAWN for status in _BEFORE_USE},
        (MappingStatus.PUBLISHED, MappingMove.WITHDRAW): MappingStatus.WITHDRAWN,
    }
)
"""Every move that is possible. A check that finds an error leaves a version, or puts it back to, *contributed*; the
next version that is published makes a published one *replaced*."""


@dataclass(frozen=True)
class CheckResult:
    """What a check came to.

    Args:
        errors: How many findings are errors.
        warnings: How many are warnings.
        findings: The findings as a JSON document, by which an object store holds them.
    """

    errors: int
    warnings: int
    findings: StoredObject


@dataclass(frozen=True)
class MappingDeed:
    """One thing that was done with a version.

    Args:
        deed: What: `contribute`, `replace`, or a move.
        status: The status afterwards.
        by: The client of the person, or the release that brought the version.
        organisation: IRI of the organisation that the person acts for; empty for the program itself.
        at: When.
        comment: Why, in the person's words; may be empty where no reason is asked for.
        check: What a check found, where one was made.
    """

    deed: str
    status: MappingStatus
    by: str
    organisation: str
    at: datetime
    comment: str = ""
    check: CheckResult | None = None


@dataclass(frozen=True)
class MappingVersion:
    """A registered version of a mapping set, a rule or a lifting mapping.

    Args:
        iri: Its IRI, under the orchestrator's base.
        kind: What it is.
        identifier: What people call it, such as `cgmes-3.0--our-grid`.
        version: Its version.
        title: A name for people.
        file_name: The name of its file, whose ending says how it is written.
        entry: The IRI under which the folder of mappings lists it: a set's own `mapping_set_id`.
        source_model: What it maps from: a model's IRI for a set, a registered name for a rule; empty for lifting.
        target_model: What it maps to, likewise.
        licence: IRI or name of its licence.
        source: Where it comes from.
        content: Its bytes.
        deeds: What was done with it, the oldest first; the first is its contribution. None for what ships.
        shipped: Where it stands, if it ships with the program: published, or replaced by a registered version.
    """

    iri: str
    kind: MappingKind
    identifier: str
    version: str
    title: str
    file_name: str
    entry: str
    source_model: str
    target_model: str
    licence: str
    source: str
    content: StoredObject
    deeds: tuple[MappingDeed, ...] = ()
    shipped: MappingStatus | None = None

    @property
    def name(self) -> str:
        """Identifier and version, as people read them."""
        return f"{self.identifier} {self.version}"

    @property
    def status(self) -> MappingStatus:
        """Where it stands."""
        return self.shipped or self.deeds[-1].status

    @property
    def contributed(self) -> MappingDeed | None:
        """Its contribution; None for what ships."""
        return self.deeds[0] if self.deeds else None

    @property
    def last_check(self) -> CheckResult | None:
        """What the last check found; None for what ships, which is checked before."""
        return next((one.check for one in reversed(self.deeds) if one.check is not None), None)

    @property
    def suffix(self) -> str:
        """The ending of its file's name."""
        return suffix_of(self.file_name)


def next_status(status: MappingStatus, move: MappingMove) -> MappingStatus:
    """Return the status after a move.

    Raises:
        Conflict: the status does not allow the move; names those it allows.
    """
    try:
        return TRANSITIONS[status, move]
    except KeyError:
        allowed = [str(other) for state, other in TRANSITIONS if state is status]
        remedy = "Allowed now: " + (", ".join(allowed) or "nothing; contribute a new version") + "."
        if (status, move) == (MappingStatus.CONTRIBUTED, MappingMove.REVIEW):
            remedy = "Its check found errors: see its findings, and contribute a new version without them."
        raise Conflict(
            f"`{move}` does not apply to mappings that are {status}.", where="status", remedy=remedy
        ) from None


def kind_of(file_name: str) -> MappingKind:
    """Return what a file is by the end of its name.

    Raises:
        InputError: the name is no plain file name, or its end says nothing.

    >>> kind_of("a--b.sssom.tsv"), kind_of("limits.rq"), kind_of("demand.rml.ttl")
    (<MappingKind.SET: 'set'>, <MappingKind.RULE: 'rule'>, <MappingKind.LIFTING: 'lifting'>)
    """
    if not re.fullmatch(PATH_PART, file_name) or len(file_name) > LONGEST_NAME:
        raise InputError(
            f"`{file_name[:LONGEST_NAME]}` is no plain file name.",
            where="file_name",
            remedy="Use letters, digits, dots and hyphens.",
        )
    if file_name.endswith(RULE_SUFFIX):
        return MappingKind.RULE
    if file_name.endswith(RML_SUFFIX):
        return MappingKind.LIFTING
    if PurePosixPath(file_name).suffix.lower() in FORMS:
        return MappingKind.SET
    ends = f"A rule ends in `{RULE_SUFFIX}`, a lifting mapping in `{RML_SUFFIX}`, a set in one of "
    raise InputError(
        f"The name `{file_name}` does not tell what the file is.",
        where="file_name",
        remedy=ends + ", ".join(FORMS) + ".",
    )


def suffix_of(file_name: str) -> str:
    """Return the ending that says how a file is written, the `.sssom` or `.rml` before it included.

    >>> suffix_of("a--b.sssom.tsv"), suffix_of("limits.rq")
    ('.sssom.tsv', '.rq')
    """
    suffixes = PurePosixPath(file_name).suffixes
    return "".join(suffixes[-2:]) if len(suffixes) > 1 and suffixes[-2] in {".sssom", ".rml"} else suffixes[-1]


def check_names(identifier: str, version: str) -> None:
    """Refuse an identifier or a version that could not stand in an address.

    Raises:
        InputError: names the one at fault.

    >>> check_names("cgmes-3.0--our-grid", "1.2.0")
    >>> check_names("our grid", "1")
    Traceback (most recent call last):
        ...
    virtuales.errors.InputError: ...
    """
    addresses.check_names(identifier, version, reserved=RESERVED)
