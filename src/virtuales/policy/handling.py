"""How a dataset has to be handled: the triage, its sensitivity class, and whether licence and offer agree with them.

The classes are those that GB network operators publish under (`ib1:sensitivityClass`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from virtuales.errors import InputError, UnknownTerm
from virtuales.policy.decision import Decision, Reason
from virtuales.policy.licences.licence import Licence
from virtuales.policy.odrl import Offer
from virtuales.policy.templates import is_open

_REASON_LEAST = 10


class Triage(Enum):
    """The outcome of the producer's triage."""

    OPEN = "open"
    SHARED = "shared"
    CLOSED = "closed"


class SensitivityClass(Enum):
    """The sensitivity class of a dataset."""

    OPEN = "O"
    SHARED_A = "SA"
    SHARED_B = "SB"
    SHARED_PERSONAL = "SP"
    CLOSED = "C"


TRIAGE_OF: Mapping[SensitivityClass, Triage] = MappingProxyType(
    {
        SensitivityClass.OPEN: Triage.OPEN,
        SensitivityClass.SHARED_A: Triage.SHARED,
        SensitivityClass.SHARED_B: Triage.SHARED,
        SensitivityClass.SHARED_PERSONAL: Triage.SHARED,
        SensitivityClass.CLOSED: Triage.CLOSED,
    }
)


@dataclass(frozen=True)
class Handling:
    """What the producer decided about a dataset.

    Args:
        triage: Open, shared or closed.
        sensitivity: The sensitivity class.
        reason: Why, in the producer's words.
        personal_data: Whether the data says something about a living person.
        personal_data_reason: Why data about people may be open all the same.
    """

    triage: Triage
    sensitivity: SensitivityClass
    reason: str
    personal_data: bool = False
    personal_data_reason: str = ""


def parse_handling(*, triage: str, sensitivity: str, reason: str) -> Handling:
    """Read a handling decision from text.

    Raises:
        UnknownTerm: the triage or the class is none of the known ones.
        InputError: no reason is given.
    """
    if len(reason.strip()) < _REASON_LEAST:
        raise InputError(
            "The triage has no reason.",
            where="reason",
            remedy=f"Say in at least {_REASON_LEAST} characters why the data is handled so.",
        )
    return Handling(_triage(triage), _sensitivity(sensitivity), reason.strip())


def check_handling(handling: Handling, *, licence: Licence | None, offer: Offer | None) -> Decision:
    """Decide whether class, triage, licence and offer of a dataset agree, so that it may be published.

    Args:
        handling: The producer's decision.
        licence: The licence; None when the terms are in the offer alone.
        offer: The offer; None when nothing is offered.
    """
    reasons = tuple(_disagreements(handling, licence, offer))
    if reasons:
        return Decision(allowed=False, reasons=reasons)
    return Decision.allow("handling-consistent", f"Class {handling.sensitivity.value}, licence and offer agree.")


def _disagreements(handling: Handling, licence: Licence | None, offer: Offer | None) -> Iterator[Reason]:
    sensitivity, expected = handling.sensitivity.value, TRIAGE_OF[handling.sensitivity]
    if handling.triage is not expected:
        yield Reason(
            "triage-mismatch",
            f"Class {sensitivity} means `{expected.value}`, and the triage says `{handling.triage.value}`.",
            value=handling.triage.value,
            remedy="Change the triage or the class.",
        )
    if handling.personal_data:
        yield from _unprotected(handling)
    if expected is Triage.CLOSED and offer is not None:
        yield Reason(
            "closed-offered", "Closed data cannot be offered.", value=offer.iri.value, remedy="Withdraw the offer."
        )
    if expected is not Triage.CLOSED and offer is None:
        yield Reason("nothing-offered", f"Class {sensitivity} needs an offer.", remedy="Choose an offer template.")
    if expected is Triage.OPEN:
        yield from _not_open(licence, offer)
    if expected is Triage.SHARED and offer is not None and is_open(offer):
        yield Reason(
            "shared-offered-openly",
            f"Class {sensitivity} is shared, and the offer lets anybody use the data without asking.",
            value=offer.iri.value,
            remedy="Limit the offer to participants or organisations, or use class O.",
        )


def _unprotected(handling: Handling) -> Iterator[Reason]:
    """Data about people is shared as such, or closed; it is open only for a reason that is stated."""
    if handling.sensitivity in {SensitivityClass.SHARED_A, SensitivityClass.SHARED_B}:
        yield Reason(
            "personal-data-class",
            f"Class {handling.sensitivity.value} does not protect data about people.",
            value=handling.sensitivity.value,
            remedy="Use class SP or C, or take the personal data out.",
        )
    open_class = handling.sensitivity is SensitivityClass.OPEN
    if open_class and len(handling.personal_data_reason.strip()) < _REASON_LEAST:
        yield Reason(
            "personal-data-open",
            "Data about people is to be open, and no reason is stated.",
            value=handling.sensitivity.value,
            remedy=f"Use class SP or C, or say in `personal_data_reason` (at least {_REASON_LEAST} characters) why it "
            "may be open, such as a public register.",
        )


def _not_open(licence: Licence | None, offer: Offer | None) -> Iterator[Reason]:
    if licence is None or not licence.is_open:
        yield Reason(
            "licence-not-open",
            "Open data needs an open licence.",
            value=licence.identifier if licence else None,
            remedy="Choose a licence such as CC-BY-4.0 or OGL-UK-3.0.",
        )
    if offer is not None and not is_open(offer):
        yield Reason(
            "offer-not-open",
            "The offer of open data has limits.",
            value=offer.iri.value,
            remedy="Use the template `open`.",
        )


def _triage(text: str) -> Triage:
    try:
        return Triage(text)
    except ValueError:
        raise UnknownTerm(
            f"`{text}` is no triage outcome.", where="triage", remedy="Use `open`, `shared` or `closed`."
        ) from None


def _sensitivity(text: str) -> SensitivityClass:
    try:
        return SensitivityClass(text)
    except ValueError:
        raise UnknownTerm(
            f"`{text}` is no sensitivity class.", where="sensitivityClass", remedy="Use O, SA, SB, SP or C."
        ) from None
