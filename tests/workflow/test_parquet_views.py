"""Who may use a part of a Parquet file gets this part as Parquet, and nothing else of it."""

import io
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from tests.books import NOON
from tests.workflow.agreements import ASKER, agreed, with_consumer
from tests.workflow.offered_parts import published
from tests.workflow.registry_node import OPERATOR, orchestrator

from virtuales.clock import ManualClock
from virtuales.errors import InputError, NotFound, UnreadableInput
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.consume import download, files_for
from virtuales.workflow.prepare import receive_file
from virtuales.workflow.workspace import Workspace

SITES = pl.DataFrame({
    "Site": ["Vale", "Moor", "Fen"], "Postcode": ["AB1 2CD", "AB1 9ZZ", "XY9 1AA"],
    "MW": [7.5, 12.0, None], "Owner": ["Ann", "Bob", "Cy"], "Notes": [["a"], [], ["b"]],
})  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Workspace:
    return with_consumer(orchestrator(tmp_path, ManualClock(NOON)))


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def granted(node: Workspace, view: Mapping[str, object], frame: pl.DataFrame = SITES) -> NamedNode:
    return agreed(node, published(node, view, file=("sites.parquet", parquet(frame)))).target


def body(node: Workspace, version: NamedNode, name: str) -> bytes:
    return b"".join(download(node, ASKER, version, name).body)


def shown(node: Workspace, version: NamedNode) -> list[dict[str, object]]:
    """Return the rows that the consumer gets."""
    return pl.read_parquet(io.BytesIO(body(node, version, "view.parquet"))).to_dicts()


def test_rows_and_columns(node: Workspace) -> None:
    bigger = [{"property": "MW", "operator": "gteq", "value": 7}]
    version = granted(node, {"properties": ["Site", "MW"], "where": bigger})
    assert shown(node, version) == [{"Site": "Vale", "MW": 7.5}, {"Site": "Moor", "MW": 12.0}]
    with pytest.raises(NotFound):
        body(node, version, "sites.parquet")


def test_what_is_listed_is_what_is_delivered(node: Workspace) -> None:
    version = granted(node, {"suppress": ["Owner"], "pseudonyms": {"properties": ["Site"]}})
    (listed,) = files_for(node, ASKER, version)
    delivery = download(node, ASKER, version, listed.name)
    assert (listed.size, listed.digest) == (delivery.size, delivery.digest)
    assert len(b"".join(delivery.body)) == listed.size


def test_techniques_change_columns(node: Workspace) -> None:
    version = granted(node, {
        "suppress": ["Owner", "Site"], "round": [{"properties": ["MW"], "step": 5}],
        "generalise": [{"properties": ["Postcode"], "to": "3"}],
    })  # fmt: skip
    assert shown(node, version) == [
        {"Postcode": "AB1", "MW": 10.0}, {"Postcode": "AB1", "MW": 10.0}, {"Postcode": "XY9", "MW": None},
    ]  # fmt: skip


def test_groups_are_observations(node: Workspace) -> None:
    grouped = {"by": ["Postcode"], "at_least": 2, "sums": ["MW"], "small_groups": "leave out"}
    version = granted(node, {"generalise": [{"properties": ["Postcode"], "to": "3"}], "aggregate": grouped})
    assert [file.name for file in files_for(node, ASKER, version)] == ["view.nt", "view.csv"]
    table = body(node, version, "view.csv").decode()
    assert "19.5" in table
    assert "XY9" not in table


def test_groups_with_noise(node: Workspace) -> None:
    many = pl.DataFrame({"Region": ["Vale"] * 500 + ["Moor"], "Load": [n % 7 for n in range(501)]})
    noise = {"epsilon": 2, "delta": 1e-6, "bounds": {"Load": [0, 7]}}
    version = granted(node, {"aggregate": {"by": ["Region"], "at_least": 2, "means": ["Load"], "noise": noise}}, many)
    assert b"MeanOfGroup" in body(node, version, "view.nt")
    assert b"Moor" not in body(node, version, "view.nt")


UNFIT: tuple[tuple[Mapping[str, object], str], ...] = (
    ({"properties": ["Sight"]}, "no property `Sight`"),
    ({"properties": ["Notes"]}, "no property `Notes`"),
    ({"where": [{"property": "Site", "value": "Hill"}]}, "The view is empty"),
    ({"objects": ["urn:x"]}, "Rows of a Parquet file have no names"),
    ({"construct": "CONSTRUCT WHERE { ?s ?p ?o }"}, "no statements"),
)


def test_refuses_views_that_columns_do_not_have(node: Workspace) -> None:
    for view, what in UNFIT:
        with pytest.raises(InputError, match=what):
            granted(node, view)


def test_refuses_files_that_are_no_sound_parquet(node: Workspace) -> None:
    granted(node, {"properties": ["Site"]})
    with pytest.raises(UnreadableInput, match="no sound Parquet file"):
        receive_file(node, OPERATOR, "grid", name="bad.parquet", source=io.BytesIO(parquet(SITES)[:-9]))
