"""The shapes of the messages of the Dataspace Protocol 2025-1, written down from its tables.

See https://eclipse-dataspace-protocol-base.github.io/DataspaceProtocol/2025-1-err1/. Each shape decides as the
protocol's published schema of that name does.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import cast

from virtuales.contract.dataspace.shape import (
    Fault,
    Shape,
    anything,
    array,
    exactly_one,
    kinds,
    one_of,
    record,
    text,
    text_like,
)
from virtuales.contract.negotiation import State
from virtuales.errors import InputError, UnknownTerm

CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld"
VERSION = "2025-1"
Json = Mapping[str, object]
_REASONS_MOST, _REASON_MOST = 20, 2000

_INSTANT = re.compile(
    r"-?([1-9]\d{3,}|0\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?|24:00:00(\.0+)?)"
    r"(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))?"
)


def context(value: object, where: str) -> Iterator[Fault]:
    """A list of addresses of contexts, the protocol's own among them."""
    yield from array(text)(value, where)
    if isinstance(value, list) and CONTEXT not in value:
        yield Fault(where, f'a list with "{CONTEXT}"')


def _constraint(value: object, where: str) -> Iterator[Fault]:
    yield from exactly_one(_LOGICAL, _ATOMIC, expected="a constraint, with an operator or with constraints")(
        value, where
    )


_INNER = array(_constraint)
_LOGICAL_KEYS = ("and", "andSequence", "or", "xone")
_LOGICAL = replace(record(optional=dict.fromkeys(_LOGICAL_KEYS, _INNER)), just_one_of=_LOGICAL_KEYS)
_OPERATORS = "eq gt gteq lteq hasPart isA isAllOf isAnyOf isNoneOf isPartOf lt term-lteq neq"
_ATOMIC = record(
    {
        "leftOperand": text,
        "operator": one_of(*_OPERATORS.split()),
        "rightOperand": kinds(str, Mapping, list, expected="a text, an object or a list"),
    }
)
_RULES = array(record({"action": text}, {"constraint": _INNER}), least=1)
_PROFILE = exactly_one(text, array(text), expected="a text or a list of texts")
_POLICY = replace(
    record({"@id": text}, {"profile": _PROFILE, "permission": _RULES, "prohibition": _RULES, "obligation": _RULES}),
    any_of=("permission", "prohibition"),
)
MESSAGE_OFFER = _POLICY.extended({"@type": one_of("Offer")}, {"target": text})
"""An offer in a message: its target may stand in it."""
OFFER = replace(_POLICY.extended(optional={"@type": one_of("Offer")}), without=("target",))
"""An offer in a catalogue: its target is the dataset that it stands in."""
AGREEMENT = _POLICY.extended(
    {"@type": one_of("Agreement"), "target": text, "assigner": text, "assignee": text},
    {"timestamp": text_like(lambda value: _INSTANT.search(value) is not None, "an instant of XML Schema")},
)

DATA_ADDRESS = record(
    {"@type": one_of("DataAddress"), "endpointType": text},
    {
        "endpoint": text,
        "endpointProperties": array(
            record({"@type": one_of("EndpointProperty"), "name": text, "value": text}), least=1
        ),
    },
)


def _dataset(value: object, where: str) -> Iterator[Fault]:
    yield from _DATASET(value, where)


def _nested_catalogue(value: object, where: str) -> Iterator[Fault]:
    yield from _CATALOGUE(value, where)


_OFFERS = array(OFFER, least=1)
_SERVICE = record(
    {"@id": text, "@type": one_of("DataService"), "endpointURL": text}, {"servesDataset": array(_dataset, least=1)}
)
_ACCESS_SERVICE = exactly_one(text, _SERVICE, expected="a service, or its identifier")
_DISTRIBUTIONS = array(record({"accessService": _ACCESS_SERVICE, "format": text}, {"hasPolicy": _OFFERS}), least=1)
_DATASET = record({"@id": text, "hasPolicy": _OFFERS, "distribution": _DISTRIBUTIONS})
_CATALOGUE = replace(
    record(
        {"@id": text, "@type": one_of("Catalog")},
        {
            "distribution": _DISTRIBUTIONS,
            "dataset": array(_dataset, least=1),
            "catalog": array(_nested_catalogue, least=1),
            "service": array(_SERVICE, least=1),
        },
    ),
    without=("hasPolicy",),
)

CODED = record(
    {"@context": context, "providerPid": text, "consumerPid": text}, {"code": text, "reason": array(anything, least=1)}
)
"""What messages with a code and reasons have in common."""
_PIDS: Mapping[str, Shape] = {"providerPid": text, "consumerPid": text}
_AUTH = record({"protocol": text, "version": text}, {"profile": array(text)})
_VERSION = record(
    {"version": text, "path": text, "binding": one_of("HTTPS")},
    {"identifierType": text, "serviceId": text, "auth": _AUTH},
)
VERSIONS = record({"protocolVersions": array(_VERSION, least=1)})
"""The answer of `/.well-known/dspace-version`."""
DID_SERVICE = record(
    {
        "id": text,
        "type": one_of("DataService", "CatalogService"),
        "serviceEndpoint": text_like(
            lambda value: bool(re.search(r"https?://.*?/catalog$", value)), "a catalogue's URL"
        ),
    }
)
"""A service in a DID document."""

_NEGOTIATION_STATES = one_of(*(state.value for state in State))
_TRANSFER_STATES = one_of("REQUESTED", "STARTED", "TERMINATED", "COMPLETED", "SUSPENDED")


def _message(kind: str, required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None) -> Shape:
    return record({"@context": context, "@type": one_of(kind), **required}, optional)


def _opening(kind: str, offer: Shape, pids: tuple[str, str]) -> Shape:
    """A request or an offer: it opens a negotiation with an address, or answers in one that is known by a name."""
    own, other = pids
    shape = record(
        {"@context": context, "@type": one_of(kind), own: text, "offer": offer}, {other: text, "callbackAddress": text}
    )
    return replace(shape, just_one_of=(other, "callbackAddress"))


MESSAGES: Mapping[str, Shape] = MappingProxyType(
    {
        "CatalogRequestMessage": _message("CatalogRequestMessage", {}, {"filter": array(anything)}),
        "DatasetRequestMessage": _message("DatasetRequestMessage", {"dataset": text}),
        "Catalog": _CATALOGUE.extended({"@context": context, "participantId": text}),
        "Dataset": _DATASET.extended({"@context": context}),
        "CatalogError": _message("CatalogError", {}, {"code": text, "reason": array(anything)}),
        "ContractRequestMessage": _opening("ContractRequestMessage", MESSAGE_OFFER, ("consumerPid", "providerPid")),
        "ContractOfferMessage": _opening(
            "ContractOfferMessage", MESSAGE_OFFER.extended({"target": text}), ("providerPid", "consumerPid")
        ),
        "ContractAgreementMessage": _message("ContractAgreementMessage", {**_PIDS, "agreement": AGREEMENT}),
        "ContractAgreementVerificationMessage": _message("ContractAgreementVerificationMessage", _PIDS),
        "ContractNegotiationEventMessage": _message(
            "ContractNegotiationEventMessage", {**_PIDS, "eventType": one_of("ACCEPTED", "FINALIZED")}
        ),
        "ContractNegotiation": _message("ContractNegotiation", {**_PIDS, "state": _NEGOTIATION_STATES}),
        "TransferRequestMessage": _message(
            "TransferRequestMessage",
            {"consumerPid": text, "agreementId": text, "format": text, "callbackAddress": text},
            {"dataAddress": DATA_ADDRESS},
        ),
        "TransferStartMessage": _message("TransferStartMessage", _PIDS, {"dataAddress": DATA_ADDRESS}),
        "TransferCompletionMessage": _message("TransferCompletionMessage", _PIDS),
        "TransferProcess": _message("TransferProcess", {**_PIDS, "state": _TRANSFER_STATES}),
        **{
            kind: CODED.extended({"@type": one_of(kind)})
            for kind in (
                "ContractNegotiationTerminationMessage",
                "ContractNegotiationError",
                "TransferSuspensionMessage",
                "TransferTerminationMessage",
                "TransferError",
            )
        },
    }
)
"""The messages by their type."""


def check_message(document: object, *accepted: str) -> Json:
    """Return a message, once it is found to be one of the accepted types and of their shape.

    Raises:
        InputError: it is no object, or a part is missing or of the wrong kind.
        UnknownTerm: it is of another type.
    """
    if not isinstance(document, Mapping):
        raise InputError("A message is a JSON object.", where="message", remedy="Send one.")
    kind = document.get("@type")
    if kind not in accepted:
        raise UnknownTerm(
            f"`{kind}` is not expected here.",
            where="@type",
            remedy="Send " + " or ".join(f"`{name}`" for name in accepted) + ".",
        )
    fault = next(MESSAGES[str(kind)](document, ""), None)
    if fault is not None:
        raise InputError(
            f"The {kind} is not as the protocol has it.",
            where=fault.where or "message",
            remedy=f"Expected: {fault.expected}.",
        )
    return cast("Json", document)


def reasons_in(message: Json) -> tuple[str, ...]:
    """Return a message's reasons as texts; connectors also send objects, with the text under some key.

    >>> reasons_in({"reason": ["so", {"message": "and so"}, 7]})
    ('so', 'and so', '7')
    """
    found = message.get("reason", [])
    return tuple(_reason(part)[:_REASON_MOST] for part in found[:_REASONS_MOST]) if isinstance(found, list) else ()


def _reason(part: object) -> str:
    if isinstance(part, Mapping):
        part = next((part[key] for key in ("message", "@value") if key in part), part)
    text = part if isinstance(part, str) else str(part)
    return text.encode(errors="replace").decode()


def new_message(kind: str, **parts: object) -> dict[str, object]:
    """Return a message of a type; parts that are None are left out."""
    given = {key: value for key, value in parts.items() if value is not None}
    return {"@context": [CONTEXT], "@type": kind, **given}
