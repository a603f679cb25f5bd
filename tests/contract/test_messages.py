"""Negotiation messages: refused when a field is missing or wrong, valid against the protocol's schemas."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft201909Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT201909
from tests.shared_data import shared

from virtuales.contract.messages import (
    CONTEXT,
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiationError,
    ContractNegotiationEventMessage,
    ContractNegotiationMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    EventType,
    Message,
    message_to_json,
    parse_message,
)
from virtuales.contract.negotiation import State
from virtuales.errors import InputError

P, C = "urn:uuid:p", "urn:uuid:c"
OFFER = {"@id": "urn:o", "@type": "Offer", "target": "urn:t", "permission": [{"action": "use"}]}
AGREEMENT = {
    "@context": {"own": "urn:own"},
    "@id": "urn:a",
    "@type": "Agreement",
    "target": "urn:t",
    "assigner": "urn:p",
    "assignee": "urn:c",
    "timestamp": "2026-06-01T12:00:00Z",
    "permission": [{"action": "use"}],
}
MESSAGES: list[Message] = [
    ContractRequestMessage(C, OFFER, callback="https://c.example"),
    ContractRequestMessage(C, OFFER, provider_pid=P),
    ContractOfferMessage(P, OFFER, callback="https://p.example"),
    ContractOfferMessage(P, OFFER, consumer_pid=C),
    ContractAgreementMessage(P, C, {name: value for name, value in AGREEMENT.items() if name != "@context"}),
    ContractAgreementVerificationMessage(P, C),
    ContractNegotiationEventMessage(P, C, EventType.ACCEPTED),
    ContractNegotiationEventMessage(P, C, EventType.FINALIZED),
    ContractNegotiationTerminationMessage(P, C, "refused", ("No need shown.",)),
    ContractNegotiationTerminationMessage(P, C),
    *(ContractNegotiationMessage(P, C, state) for state in State),
    ContractNegotiationError(P, C, "409", ("Not in this state.",)),
]
SCHEMAS = {
    "ContractRequestMessage": "contract-request-message-schema.json",
    "ContractOfferMessage": "contract-offer-message-schema.json",
    "ContractAgreementMessage": "contract-agreement-message-schema.json",
    "ContractAgreementVerificationMessage": "contract-agreement-verification-message-schema.json",
    "ContractNegotiationEventMessage": "contract-negotiation-event-message-schema.json",
    "ContractNegotiationTerminationMessage": "contract-negotiation-termination-message-schema.json",
    "ContractNegotiation": "contract-negotiation-schema.json",
    "ContractNegotiationError": "contract-negotiation-error-schema.json",
}


def registry() -> Registry[Any]:
    schemas = []
    for file in sorted(shared("suites/dataspace-protocol/schemas").rglob("*-schema.json")):
        # Three published transfer schemas lack the slash of a JSON pointer.
        contents = json.loads(file.read_text(encoding="utf-8").replace("#definitions/", "#/definitions/"))
        schemas.append((contents["$id"], Resource.from_contents(contents, default_specification=DRAFT201909)))
    assert len(schemas) == 26
    return Registry().with_resources(schemas)


def validator(name: str) -> Draft201909Validator:
    return Draft201909Validator({"$ref": f"https://w3id.org/dspace/2025/1/negotiation/{name}"}, registry=registry())


def cases() -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Give the published cases about the negotiation messages that carry their document."""
    folder = shared("suites/dataspace-protocol")
    for case in json.loads((folder / "fixtures/schema-cases.json").read_text(encoding="utf-8"))["cases"]:
        name = case["schema"].rpartition("/")[2]
        if name in SCHEMAS.values():
            example = folder / "examples/negotiation" / case.get("example", "").rpartition("/")[2]
            document = case["document"] if "document" in case else json.loads(example.read_text(encoding="utf-8"))
            yield case["id"], document, case["valid"]


REQUIRED = [
    (message, key)
    for message in MESSAGES
    for key in message_to_json(message)
    if key not in ("code", "reason", "callbackAddress")
]


@pytest.mark.parametrize(("message", "missing"), REQUIRED)
def test_refuses_message_without_a_field(message: Message, missing: str) -> None:
    document = message_to_json(message)
    del document[missing]
    with pytest.raises(InputError) as refusal:
        parse_message(document)
    assert refusal.value.where


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        (MESSAGES[0], {"providerPid": P}),
        (MESSAGES[0], {"offer": "urn:o"}),
        (MESSAGES[0], {"offer": {"@type": "Offer"}}),
        (MESSAGES[0], {"offer": OFFER | {"permission": [{"action": "use", "target": "urn:x"}]}}),
        (MESSAGES[0], {"consumerPid": 7}),
        (MESSAGES[0], {"consumerPid": ""}),
        (MESSAGES[0], {"@context": CONTEXT}),
        (MESSAGES[0], {"@context": ["https://w3id.org/dspace/2024/1/context.json"]}),
        (MESSAGES[0], {"@type": "TransferRequestMessage"}),
        (MESSAGES[6], {"eventType": "CELEBRATED"}),
        (MESSAGES[8], {"reason": "No need shown."}),
        (MESSAGES[8], {"code": 7}),
        (MESSAGES[10], {"state": "REQUESTING"}),
    ],
)
def test_refuses_message_with_a_wrong_field(message: Message, changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        parse_message(message_to_json(message) | changes)


@pytest.mark.parametrize("document", [None, [], "ContractRequestMessage", {}])
def test_refuses_what_is_no_message(document: object) -> None:
    with pytest.raises(InputError):
        parse_message(document)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.TYPE)
def test_message_is_valid_against_its_schema_and_reads_back_the_same(message: Message) -> None:
    document = json.loads(json.dumps(message_to_json(message)))
    validator(SCHEMAS[message.TYPE]).validate(document)
    assert parse_message(document) == message


def test_agreement_loses_its_own_context_inside_a_message() -> None:
    message = replace(ContractAgreementMessage(P, C, AGREEMENT))
    inner = message_to_json(message)["agreement"]
    assert isinstance(inner, dict)
    assert "@context" not in inner


def test_published_cases_are_judged_as_published() -> None:
    judged = list(cases())
    wrong = [name for name, document, valid in judged if accepts(document) is not valid]
    assert wrong == []
    assert len(judged) == 51


def accepts(document: object) -> bool:
    try:
        parse_message(document)
    except InputError:
        return False
    return True
