"""The shapes of messages decide every document of the Dataspace Protocol's own tests as its schemas do."""

import json
from collections import Counter
from functools import cache
from types import MappingProxyType
from typing import Any

import pytest
from tests.shared_data import SHARED, shared

from virtuales.contract.dataspace import shapes
from virtuales.contract.dataspace.shape import Shape, exactly_one

SUITE = "suites/dataspace-protocol"
OTHER_SHAPES: MappingProxyType[str, Shape] = MappingProxyType(
    {
        "context": shapes.context,
        "protocol-version": shapes.VERSIONS,
        "did-service": shapes.DID_SERVICE,
        "contract": exactly_one(
            shapes.MESSAGE_OFFER, shapes.OFFER, shapes.AGREEMENT, expected="an offer or an agreement"
        ),
        "data-address": shapes.DATA_ADDRESS,
        "transfer": shapes.CODED,
    }
)


@cache
def cases() -> tuple[dict[str, Any], ...]:
    file = SHARED / SUITE / "fixtures/schema-cases.json"
    return tuple(json.loads(file.read_text(encoding="utf-8"))["cases"]) if file.exists() else ()


def shape_of(schema: str) -> Shape:
    name = schema.rpartition("/")[2].removesuffix("-schema.json")
    return OTHER_SHAPES.get(name) or shapes.MESSAGES["".join(part.capitalize() for part in name.split("-"))]


def document_of(case: dict[str, Any]) -> object:
    if "document" in case:
        return case["document"]
    return json.loads(shared(f"{SUITE}/examples{case['example'].replace('/example/', '/')}").read_text("utf-8"))


def test_the_whole_suite_is_here() -> None:
    shared(SUITE)
    assert Counter(case["valid"] for case in cases()) == {True: 52, False: 107}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_decides_as_the_schema(case: dict[str, Any]) -> None:
    faults = list(shape_of(case["schema"])(document_of(case), ""))
    assert (not faults) is case["valid"], faults


def test_every_example_is_a_message_of_its_type() -> None:
    folder = shared(f"{SUITE}/examples")
    read = 0
    for file in sorted(folder.rglob("*.json")):
        document = json.loads(file.read_text(encoding="utf-8"))
        if document.get("@type") in shapes.MESSAGES:
            assert shapes.check_message(document, document["@type"]) is document
            read += 1
    assert read == 24
