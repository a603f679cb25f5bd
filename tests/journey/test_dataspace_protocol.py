"""The Dataspace Protocol's door of a node, as a connector of another maker uses it."""

import pytest
from tests.clients import Member, ok, problem
from tests.journey.forgeries import bearing, node_token
from tests.journey.networks import Network, asked_version, unchanged
from tests.journey.test_doors_of_nodes import message_of

from virtuales.contract.dataspace.shapes import CONTEXT, DID_SERVICE, MESSAGES, VERSIONS, check_message


@pytest.fixture(scope="module")
def north(doors: Network) -> Member:
    return doors.members["north"]


@pytest.fixture(scope="module")
def as_dale(doors: Network, north: Member) -> dict[str, str]:
    """The header with which `dale`'s connector speaks to the node of `north`."""
    return bearing(node_token(doors.nodes["dale"], doors.members["dale"], north.home))


@pytest.fixture(scope="module")
def base(doors: Network, north: Member) -> str:
    """Where the node of `north` takes messages, as it says itself."""
    found = ok(doors.http.get(f"{north.home}/.well-known/dspace-version"))
    assert not list(VERSIONS(found, ""))
    (path,) = [one["path"] for one in found["protocolVersions"] if one["version"] == "2025-1"]
    return f"{north.home}{path}"


def test_shows_the_datasets_that_an_agreement_opens(
    doors: Network, north: Member, base: str, as_dale: dict[str, str]
) -> None:
    version = asked_version(north, doors.members["vale"], "shown-to-connectors")
    asked = message_of("CatalogRequestMessage")
    found = check_message(ok(doors.http.post(f"{base}/catalog/request", json=asked, headers=as_dale)), "Catalog")
    assert found["participantId"] == north.iri
    assert version in [one["@id"] for one in found["dataset"]]  # type: ignore[attr-defined]
    one = ok(doors.http.get(f"{base}/catalog/datasets/{version}", headers=as_dale))
    assert check_message(one, "Dataset")["hasPolicy"]
    assert {way["format"] for way in one["distribution"]} == {"HttpData-PULL", "HttpData-PUSH"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (message_of("CatalogRequestMessage", filter=["energy"]), 400),
        (message_of("CatalogRequestMessage", filter="energy"), 422),
        ({"@context": [CONTEXT], "@type": "CatalogError"}, 422),
        ([], 400),
    ],
)
def test_refuses_in_the_protocols_own_words(
    doors: Network, base: str, as_dale: dict[str, str], body: object, status: int
) -> None:
    answer = doors.http.post(f"{base}/catalog/request", json=body, headers=as_dale)
    assert answer.status_code == status
    assert not list(MESSAGES["CatalogError"](answer.json(), ""))
    assert answer.json()["reason"]


def test_shows_nothing_to_strangers(doors: Network, base: str) -> None:
    answer = doors.http.get(f"{base}/catalog/datasets/urn:uuid:1")
    assert (answer.status_code, answer.json()["@type"]) == (401, "CatalogError")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_publishes_where_its_catalogue_is(doors: Network, north: Member, base: str) -> None:
    (service,) = ok(doors.http.get(f"{north.home}/.well-known/did.json"))["service"]
    assert not list(DID_SERVICE(service, ""))
    assert service["serviceEndpoint"] == f"{base}/catalog"


PIDS = {"providerPid": "urn:uuid:1", "consumerPid": "urn:uuid:2"}
UNKNOWN = {
    "negotiations/urn:uuid:1/events": message_of("ContractNegotiationEventMessage", **PIDS, eventType="ACCEPTED"),
    "negotiations/urn:uuid:1/agreement/verification": message_of("ContractAgreementVerificationMessage", **PIDS),
    "negotiations/urn:uuid:1/termination": message_of("ContractNegotiationTerminationMessage", **PIDS),
    "transfers/urn:uuid:1/start": message_of("TransferStartMessage", **PIDS),
    "transfers/urn:uuid:1/suspension": message_of("TransferSuspensionMessage", **PIDS),
    "transfers/urn:uuid:1/completion": message_of("TransferCompletionMessage", **PIDS),
    "transfers/urn:uuid:1/termination": message_of("TransferTerminationMessage", **PIDS),
}


@pytest.mark.parametrize("path", UNKNOWN)
def test_knows_nothing_of_what_it_has_no_part_in(doors: Network, base: str, as_dale: dict[str, str], path: str) -> None:
    kind = "ContractNegotiationError" if path.startswith("negotiations") else "TransferError"
    url = f"{base}/{path}"
    for answer in (
        doors.http.post(url, json=UNKNOWN[path], headers=as_dale),
        doors.http.get("/".join(url.split("/")[:7]), headers=as_dale),
    ):
        assert answer.status_code == 404, answer.text
        assert answer.json()["@type"] == kind
        assert not list(MESSAGES[kind](answer.json(), ""))


def test_refuses_to_be_sent_elsewhere(doors: Network, north: Member, base: str, as_dale: dict[str, str]) -> None:
    version = asked_version(north, doors.members["vale"], "asked-by-connectors")
    shown = ok(doors.http.get(f"{base}/catalog/datasets/{version}", headers=as_dale))
    offer = {**shown["hasPolicy"][0], "target": version}
    message = message_of(
        "ContractRequestMessage", consumerPid="one", offer=offer, callbackAddress="https://169.254.169.254/latest"
    )
    with unchanged(doors):
        answer = doors.http.post(f"{base}/negotiations/request", json=message, headers=as_dale)
        assert (answer.status_code, answer.json()["@type"]) == (422, "ContractNegotiationError")
        assert "registered node" in answer.json()["reason"][0]
        other = {**message, "offer": {**offer, "@id": "urn:uuid:unheard-of"}}
        assert doors.http.post(f"{base}/negotiations/request", json=other, headers=as_dale).status_code == 409


def test_pulls_nothing_without_the_token_of_a_transfer(doors: Network, base: str, as_dale: dict[str, str]) -> None:
    for headers in ({}, as_dale, {"Authorization": "Bearer e30.e30.e30"}):
        problem(doors.http.get(f"{base}/data/urn:uuid:1", headers=headers), 401)


def test_takes_no_file_without_the_token_of_a_transfer(doors: Network, base: str, as_dale: dict[str, str]) -> None:
    for headers in ({}, as_dale, {"Authorization": "Bearer e30.e30.e30"}):
        with unchanged(doors):
            problem(doors.http.put(f"{base}/received/urn:uuid:1/a.csv", content=b"a", headers=headers), 401)
