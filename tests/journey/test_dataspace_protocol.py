"""The Dataspace Protocol's door of a node, as a connector of another maker uses it."""

import pytest
from tests.clients import Member, ok
from tests.journey.forgeries import bearing, node_token
from tests.journey.networks import Network, asked_version
from tests.journey.test_doors_of_nodes import message_of

from virtuales.contract.dataspace.shapes import CONTEXT, MESSAGES, VERSIONS, check_message


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
