"""The journey of the official CGMES test models: published, asked for, granted, queried and downloaded."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.clients import Member, ok, problem
from tests.journey.networks import Network, network
from tests.shared_data import shared

MICRO_24 = "cgmes-2.4.15/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_"
MICRO_30 = "cgmes-3.0/MicroGrid-BaseCase/MicroGrid-"
CIM16, CIM17 = "http://iec.ch/TC57/2013/CIM-schema-cim16#", "http://iec.ch/TC57/CIM100#"


@dataclass(frozen=True)
class Official:
    """An official model.

    Args:
        slug: What its dataset is called.
        places: Its folders or zip, with the boundary that it refers to.
        cim: The namespace of its terms.
        statements: How many statements its files hold.
        lines: How many line segments the models describe.
        parts: How many models stand in the files.
    """

    slug: str
    places: tuple[str, ...]
    cim: str
    statements: int
    lines: int
    parts: int

    def files(self) -> list[Path]:
        """List the files."""
        found = [shared("data/cim/" + place) for place in self.places]
        return [file for place in found for file in ([place] if place.is_file() else sorted(place.rglob("*.xml")))]


SMALL = (
    Official("micro-24-be", (MICRO_24 + "BC_BE_v2", MICRO_24 + "BD_v2"), CIM16, 4587, 7, 9),
    Official("micro-24", (MICRO_24 + "BC_Assembled_v2", MICRO_24 + "BD_v2"), CIM16, 8214, 12, 14),
    Official("micro-30-be", (MICRO_30 + "BE-MAS", MICRO_30 + "BD-MAS"), CIM17, 3913, 7, 8),
    Official("micro-30", (MICRO_30 + "BaseCase-Merged",), CIM17, 7270, 12, 12),
    Official("mini-24-nodes", ("cgmes-2.4.15/MiniGrid/NodeBreaker",), CIM16, 10861, 9, 7),
    Official("mini-24-buses", ("cgmes-2.4.15/MiniGrid/BusBranch",), CIM16, 2932, 9, 5),
    Official("mini-30", ("cgmes-3.0/MiniGrid",), CIM17, 13784, 9, 6),
)
REAL = Official("real-grid", ("cgmes-2.4.15/RealGrid.zip",), CIM16, 1_146_183, 7561, 4)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("official"), "north", "vale") as made:
        made.admit("north", "vale")
        yield made


@pytest.fixture(scope="module")
def north(running: Network) -> Member:
    return running.members["north"]


@pytest.fixture(scope="module")
def vale(running: Network) -> Member:
    return running.members["vale"]


@pytest.mark.parametrize("model", SMALL, ids=lambda model: model.slug)
def test_an_official_model_travels_from_its_producer_to_a_consumer(
    north: Member, vale: Member, model: Official
) -> None:
    version, _ = publish(north, model)
    grant(north, vale, version)
    check_use(vale, version, model)


@pytest.mark.long
def test_the_real_grid_travels_too(north: Member, vale: Member, record_property: Callable[[str, object], None]) -> None:
    version, seconds = publish(north, REAL)
    grant(north, vale, version)
    seconds |= check_use(vale, version, REAL)
    steps = ", ".join(f"{step} {took:.1f} s" for step, took in seconds.items())
    record_property("figure", f"RealGrid, 1,146,183 statements, through the journey: {steps}")


def publish(north: Member, model: Official) -> tuple[str, dict[str, float]]:
    """Publish a model; return the version's IRI, and how long sending, preparing and publishing took, in seconds."""
    north.describe(model.slug, title=f"Official test model {model.slug}")
    started = time.perf_counter()
    for file in model.files():
        north.send(model.slug, file.name, file.read_bytes())
    sent = time.perf_counter()
    preparation = north.prepare(model.slug)
    prepared = time.perf_counter()
    version = north.publish(model.slug)
    published = time.perf_counter()
    assert preparation["conforms"]
    assert preparation["triples"] == model.statements
    assert len(preparation["models"]) == model.parts
    return version, {"send": sent - started, "prepare": prepared - sent, "publish": published - prepared}


def grant(north: Member, vale: Member, version: str) -> None:
    """Ask and approve; the data is closed before and open after."""
    problem(vale.query(version), 403)
    vale.request(version)
    problem(vale.query(version), 403)
    assert north.approve(version)["state"] == "FINALIZED"


def check_use(vale: Member, version: str, model: Official) -> dict[str, float]:
    """Query and download as the consumer; return how long both took, in seconds."""
    started = time.perf_counter()
    assert vale.count(version) == model.statements
    lines = f"SELECT (COUNT(DISTINCT ?line) AS ?n) WHERE {{ ?line a <{model.cim}ACLineSegment> }}"
    answer = ok(vale.query(version, lines))
    assert int(answer["results"]["bindings"][0]["n"]["value"]) == model.lines, json.dumps(answer)
    queried = time.perf_counter()
    for file in model.files():
        delivered = vale.download(version, file.name)
        assert hashlib.sha256(delivered.content).digest() == hashlib.sha256(file.read_bytes()).digest()
    return {"query": queried - started, "download": time.perf_counter() - queried}
