"""The verification checks and the life of a participant, both as tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from virtuales.errors import Conflict, InputError, UnknownTerm


@dataclass(frozen=True)
class VerificationCheck:
    """One thing the orchestrator's staff establishes before approval.

    Args:
        name: Its name in programs.
        title: Its name for people.
        question: What has to be established.
    """

    name: str
    title: str
    question: str


DOMAIN_CHECK = "domain"
"""The check that is made by looking the domain up, and can be made by a person."""

REQUIRED_CHECKS = (
    VerificationCheck("legal-identity", "Legal identity", "Does an organisation of this name exist in law?"),
    VerificationCheck(
        "registration-number", "Registration number", "Does the register hold this number under this name?"
    ),
    VerificationCheck(
        DOMAIN_CHECK, "Web domain", "Does the organisation control the web domain that it names, or else its node's?"
    ),
    VerificationCheck("contact", "Contact reached", "Did the contact answer at an address found independently?"),
    VerificationCheck("authority", "Authority to act", "May the contact act for the organisation?"),
    VerificationCheck("terms", "Terms accepted", "Did the organisation accept the version of the terms in force?"),
)
"""Every check that approval needs, in the order in which they are made."""


@dataclass(frozen=True)
class CheckRecord:
    """The outcome of one check.

    Args:
        name: The check's name.
        passed: The outcome.
        note: What was seen, in the checker's words.
        checked_by: IRI or client of the person who checked.
        checked_at: When.
    """

    name: str
    passed: bool
    note: str
    checked_by: str
    checked_at: datetime


class Status(StrEnum):
    """Where a participant stands."""

    PENDING = "Pending"
    APPROVED = "Approved"
    REFUSED = "Refused"
    SUSPENDED = "Suspended"


class Move(StrEnum):
    """What the orchestrator's staff can do with a participant."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


TRANSITIONS: Mapping[tuple[Status, Move], Status] = MappingProxyType(
    {
        (Status.PENDING, Move.APPROVE): Status.APPROVED,
        (Status.PENDING, Move.REFUSE): Status.REFUSED,
        (Status.APPROVED, Move.SUSPEND): Status.SUSPENDED,
        (Status.SUSPENDED, Move.REINSTATE): Status.APPROVED,
        (Status.SUSPENDED, Move.REFUSE): Status.REFUSED,
    }
)


class IllegalTransition(Conflict):
    """A move that a participant's status does not allow."""


def next_status(status: Status, move: Move) -> Status:
    """Return the status after a move.

    Raises:
        IllegalTransition: the status does not allow the move; names those it allows.
    """
    try:
        return TRANSITIONS[status, move]
    except KeyError:
        allowed = [str(other) for state, other in TRANSITIONS if state is status]
        raise IllegalTransition(
            f"A participant that is {status} cannot be moved by `{move}`.",
            where="status",
            remedy="Allowed now: " + (", ".join(allowed) or "nothing") + ".",
        ) from None


def get_check(name: str) -> VerificationCheck:
    """Return the check of that name.

    Raises:
        UnknownTerm: there is none.
    """
    for check in REQUIRED_CHECKS:
        if check.name == name:
            return check
    raise UnknownTerm(
        f"`{name}` is no verification check.",
        where="check",
        remedy="Use: " + ", ".join(check.name for check in REQUIRED_CHECKS) + ".",
    )


def missing_checks(records: Iterable[CheckRecord]) -> list[str]:
    """Return the names of the required checks that have not passed."""
    passed = {record.name for record in records if record.passed}
    return [check.name for check in REQUIRED_CHECKS if check.name not in passed]


def refuse_unchecked(records: Iterable[CheckRecord]) -> None:
    """Refuse approval while a required check has not passed.

    Raises:
        Conflict: lists the missing checks.
    """
    missing = missing_checks(records)
    if missing:
        raise Conflict(
            "The participant cannot be approved: these checks have not passed: " + ", ".join(missing) + ".",
            where="checks",
            remedy="Record each as passed, or refuse the registration.",
        )


def checked_reason(reason: str) -> str:
    """Return a decision's reason without surrounding space.

    Raises:
        InputError: there is none.
    """
    if not reason.strip():
        raise InputError("The decision has no reason.", where="reason", remedy="Say in a sentence why.")
    return reason.strip()
