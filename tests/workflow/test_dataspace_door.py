"""The Dataspace Protocol's door and messages with something changed at random: taken, or refused with a clear error."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.workflow.registry_node import BASE, OPERATOR
from tests.workflow.two_sides import CONSUMER, THERE, Sides, two_sides

from virtuales.contract.dataspace.shapes import new_message
from virtuales.errors import VirtualesError
from virtuales.policy.templates import Audience, OfferTerms
from virtuales.trust.tokens import Principal
from virtuales.web.api import dataspace_negotiations, dataspace_transfers
from virtuales.workflow.due import carry_on
from virtuales.workflow.offers import offer_of
from virtuales.workflow.workspace import ConnectorChoices, Workspace

NODE = Principal("node", CONSUMER.value, OPERATOR.scopes, OPERATOR.expires, "t")
PIDS = {"providerPid": "urn:uuid:1", "consumerPid": "urn:uuid:2"}
ODD = ["", "\x00", "\ud800", "é" * 3000, "urn:x:\x01", 7, None, True, [], {}, [{}], {"@id": "\ud800"}, "http://["]


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    sides = two_sides(tmp_path_factory.mktemp("door"), OfferTerms(Audience.PARTICIPANTS))
    for base in (BASE, THERE):
        sides.wire.nodes[base] = replace(sides.wire.nodes[base], connectors=ConnectorChoices(unsigned=True))
    return sides


def requests(sides: Sides) -> dict[str, tuple[Callable[..., object], dict[str, object]]]:
    """Return right messages with the doors that take them."""
    offer = offer_of(sides.provider, sides.version)
    policy = {
        "@id": offer.iri.value,
        "@type": "Offer",
        "target": sides.version.value,
        "permission": [{"action": "use"}],
    }
    callback = f"{THERE}/dsp"
    asked = new_message("ContractRequestMessage", consumerPid="p", offer=policy, callbackAddress=callback)
    address = {"@type": "DataAddress", "endpointType": "x", "endpoint": f"{THERE}/in"}
    transfer = new_message(
        "TransferRequestMessage",
        consumerPid="t",
        agreementId="urn:uuid:3",
        format="HttpData-PUSH",
        callbackAddress=callback,
        dataAddress=address,
    )
    ended = new_message("ContractNegotiationTerminationMessage", **PIDS, reason=["so", {"message": "so"}])
    return {
        "request": (dataspace_negotiations.request, asked),
        "transfer": (dataspace_transfers.request, transfer),
        "termination": (lambda **said: dataspace_negotiations.termination(pid="urn:uuid:1", **said), ended),
    }


@given(data=st.data())
@settings(max_examples=examples(400), deadline=None)
def test_takes_or_refuses_whatever_is_sent(sides: Sides, data: st.DataObject) -> None:
    door, message = requests(sides)[data.draw(st.sampled_from(["request", "transfer", "termination"]))]
    changed = deepcopy(message)
    for _ in range(data.draw(st.integers(1, 2))):
        place, key = data.draw(st.sampled_from(list(places(changed))))
        place[key] = deepcopy(data.draw(st.sampled_from(ODD)))  # type: ignore[index]  # objects by names, lists by numbers
    changed = json.loads(json.dumps(changed))
    try:
        door(workspace=sides.provider, asker=NODE, message=changed)
    except VirtualesError as error:
        json.dumps(str(error))
    assert_goes_on(sides.provider)


def assert_goes_on(workspace: Workspace) -> None:
    """Judge that nothing that was taken stops the node from doing what is due."""
    carry_on(workspace)


def places(value: object) -> list[tuple[object, object]]:
    """Return every place in a document, as what holds it with its key there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in items for place in ((value, key), *places(part))]
