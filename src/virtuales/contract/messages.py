"""The negotiation messages of the Dataspace Protocol 2025-1, as dataclasses that read and write its JSON.

Reading is strict about what is missing or of the wrong kind; further keys are tolerated, as the protocol asks for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from virtuales.contract.negotiation import State
from virtuales.errors import InputError, UnknownTerm
from virtuales.rdf.terms import is_unicode, parse_iri

CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld"

Json = Mapping[str, object]


class EventType(StrEnum):
    """What a negotiation event says happened."""

    ACCEPTED = "ACCEPTED"
    FINALIZED = "FINALIZED"


@dataclass(frozen=True)
class ContractRequestMessage:
    """The consumer asks for an offer; either opens a negotiation (`callback`) or answers in one (`provider_pid`)."""

    TYPE: ClassVar[str] = "ContractRequestMessage"
    consumer_pid: str
    offer: Json
    provider_pid: str | None = None
    callback: str | None = None


@dataclass(frozen=True)
class ContractOfferMessage:
    """The provider offers; either opens a negotiation (`callback`) or answers in one (`consumer_pid`)."""

    TYPE: ClassVar[str] = "ContractOfferMessage"
    provider_pid: str
    offer: Json
    consumer_pid: str | None = None
    callback: str | None = None


@dataclass(frozen=True)
class ContractAgreementMessage:
    """The provider sends the agreement."""

    TYPE: ClassVar[str] = "ContractAgreementMessage"
    provider_pid: str
    consumer_pid: str
    agreement: Json


@dataclass(frozen=True)
class ContractAgreementVerificationMessage:
    """The consumer says that it verified the agreement."""

    TYPE: ClassVar[str] = "ContractAgreementVerificationMessage"
    provider_pid: str
    consumer_pid: str


@dataclass(frozen=True)
class ContractNegotiationEventMessage:
    """A side says that the negotiation was accepted or finalised."""

    TYPE: ClassVar[str] = "ContractNegotiationEventMessage"
    provider_pid: str
    consumer_pid: str
    event: EventType


@dataclass(frozen=True)
class ContractNegotiationTerminationMessage:
    """A side ends the negotiation."""

    TYPE: ClassVar[str] = "ContractNegotiationTerminationMessage"
    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContractNegotiationMessage:
    """The answer to a message that was taken, and to a question about the negotiation."""

    TYPE: ClassVar[str] = "ContractNegotiation"
    provider_pid: str
    consumer_pid: str
    state: State


@dataclass(frozen=True)
class ContractNegotiationError:
    """The answer to a message that was not taken."""

    TYPE: ClassVar[str] = "ContractNegotiationError"
    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reasons: tuple[str, ...] = ()


Message = (
    ContractRequestMessage
    | ContractOfferMessage
    | ContractAgreementMessage
    | ContractAgreementVerificationMessage
    | ContractNegotiationEventMessage
    | ContractNegotiationTerminationMessage
    | ContractNegotiationMessage
    | ContractNegotiationError
)

_KEYS = {
    "consumer_pid": "consumerPid",
    "provider_pid": "providerPid",
    "offer": "offer",
    "callback": "callbackAddress",
    "agreement": "agreement",
    "event": "eventType",
    "code": "code",
    "reasons": "reason",
    "state": "state",
}


def message_to_json(message: Message) -> dict[str, object]:
    """Write a message; a signed document inside it loses its own context, which the protocol's would contradict."""
    document: dict[str, object] = {"@context": [CONTEXT], "@type": message.TYPE}
    for field, key in _KEYS.items():
        value = getattr(message, field, None)
        if value is None or value == ():
            continue
        if isinstance(value, Mapping):
            value = {name: part for name, part in value.items() if name != "@context"}
        document[key] = list(value) if isinstance(value, tuple) else value
    return document


def parse_message(document: object) -> Message:
    """Read a message.

    Raises:
        UnknownTerm: the message's type, event or state is not one of the protocol's.
        InputError: the context is another, or a field is missing or of the wrong kind.
    """
    if not isinstance(document, Mapping):
        raise InputError("A message is a JSON object.", where="message")
    context = document.get("@context")
    named = context if isinstance(context, Sequence) and not isinstance(context, str) else []
    if CONTEXT not in named:
        raise InputError("The message lacks the protocol's context.", where="@context", remedy=f'Add ["{CONTEXT}"].')
    reader = _READERS.get(str(document.get("@type")))
    if reader is None:
        raise UnknownTerm(
            f"`{document.get('@type')}` is no negotiation message.",
            where="@type",
            remedy="Use one of: " + ", ".join(_READERS) + ".",
        )
    return reader(document)


def _request(document: Json) -> Message:
    provider, callback = _maybe_iri(document, "providerPid"), _maybe_iri(document, "callbackAddress")
    _exactly_one(provider, callback, "providerPid")
    return ContractRequestMessage(_iri(document, "consumerPid"), _offer(document), provider, callback)


def _offered(document: Json) -> Message:
    consumer, callback = _maybe_iri(document, "consumerPid"), _maybe_iri(document, "callbackAddress")
    _exactly_one(consumer, callback, "consumerPid")
    return ContractOfferMessage(_iri(document, "providerPid"), _offer(document), consumer, callback)


def _agreed(document: Json) -> Message:
    return ContractAgreementMessage(*_pids(document), _object(document, "agreement"))


def _verified(document: Json) -> Message:
    return ContractAgreementVerificationMessage(*_pids(document))


def _event(document: Json) -> Message:
    name = _text(document, "eventType")
    if name not in list(EventType):
        raise UnknownTerm(f"`{name}` is no event.", where="eventType", remedy="Use ACCEPTED or FINALIZED.")
    return ContractNegotiationEventMessage(*_pids(document), EventType(name))


def _terminated(document: Json) -> Message:
    return ContractNegotiationTerminationMessage(*_pids(document), _maybe(document, "code"), _reasons(document))


def _state(document: Json) -> Message:
    name = _text(document, "state")
    if name not in list(State):
        raise UnknownTerm(f"`{name}` is no state.", where="state", remedy="Use one of: " + ", ".join(State) + ".")
    return ContractNegotiationMessage(*_pids(document), State(name))


def _error(document: Json) -> Message:
    return ContractNegotiationError(*_pids(document), _maybe(document, "code"), _reasons(document))


_READERS = {
    ContractRequestMessage.TYPE: _request,
    ContractOfferMessage.TYPE: _offered,
    ContractAgreementMessage.TYPE: _agreed,
    ContractAgreementVerificationMessage.TYPE: _verified,
    ContractNegotiationEventMessage.TYPE: _event,
    ContractNegotiationTerminationMessage.TYPE: _terminated,
    ContractNegotiationMessage.TYPE: _state,
    ContractNegotiationError.TYPE: _error,
}


def _offer(document: Json) -> Json:
    offer = _object(document, "offer")
    for rule in ("permission", "prohibition", "obligation"):
        parts = offer.get(rule, [])
        for part in parts if isinstance(parts, list) else []:
            if isinstance(part, Mapping) and "target" in part and not _is_part(rule, part["target"]):
                raise InputError(
                    f"A rule under `{rule}` has a target of its own.",
                    where="offer",
                    remedy="Name the target once, on the offer, or permit a view of it.",
                )
    return offer


def _is_part(rule: str, target: object) -> bool:
    """Tell whether a target may be a view, which a permission can be about; the reader of policies looks closer."""
    return rule == "permission" and isinstance(target, Mapping) and "source" in target


def _pids(document: Json) -> tuple[str, str]:
    return _iri(document, "providerPid"), _iri(document, "consumerPid")


def _iri(document: Json, key: str) -> str:
    return parse_iri(_text(document, key), where=key).value


def _maybe_iri(document: Json, key: str) -> str | None:
    return None if document.get(key) is None else _iri(document, key)


def _exactly_one(pid: str | None, callback: str | None, name: str) -> None:
    if (pid is None) == (callback is None):
        raise InputError(
            f"The message needs either `{name}` or `callbackAddress`.",
            where=name,
            remedy="Give the address to open a negotiation, the identifier to answer in one.",
        )


def _text(document: Json, key: str) -> str:
    value = _maybe(document, key)
    if not value:
        raise InputError(f"The message has no `{key}`.", where=key, remedy=f"Add `{key}` as text.")
    return value


def _maybe(document: Json, key: str) -> str | None:
    value = document.get(key)
    if value is not None and not (isinstance(value, str) and is_unicode(value)):
        raise InputError(f"`{key}` is no text.", where=key, remedy=f"Write `{key}` as text.")
    return value


def _object(document: Json, key: str) -> Json:
    value = document.get(key)
    if not isinstance(value, Mapping) or not isinstance(value.get("@id"), str):
        raise InputError(f"`{key}` is missing or has no `@id`.", where=key, remedy=f"Send `{key}` in full.")
    for name in ("@id", "target"):
        if value.get(name) is not None:
            _iri(value, name)
    return value


def _reasons(document: Json) -> tuple[str, ...]:
    value = document.get("reason", [])
    if not isinstance(value, list) or not all(isinstance(part, str) and is_unicode(part) for part in value):
        raise InputError("`reason` is no list of texts.", where="reason", remedy='Write ["why"].')
    return tuple(value)
