"""`virtuales lower` on local files, as somebody who feeds a planning tool runs it."""

import json
from pathlib import Path

import polars as pl
import pytest
from tests.cli.terminal import Terminal
from tests.shared_data import shared

from virtuales.resources import contributed

EXAMPLE = Path(__file__).parents[1] / "resources" / "lifting" / "ecr-nged"
QUERY = """PREFIX ecr: <https://w3id.org/virtuales/embedded-capacity-register#>
SELECT ?site ?mw ?connected WHERE {
  ?entry ecr:customerSite ?site ; ecr:registeredCapacity1 ?mw
  OPTIONAL { ?entry ecr:dateConnected ?connected }
}
"""
BOUNDARY = "data/cim/cgmes-2.4.15/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_BD_v2"


@pytest.fixture
def register(tmp_path: Path) -> list[Path]:
    """A register of embedded capacity, the mapping that lifts it, and a query in the working directory."""
    (tmp_path / "sites.rq").write_text(QUERY, encoding="utf-8")
    return [EXAMPLE / "ecr-nged.csv", contributed("mappings") / "ecr-nged.rml.ttl"]


def test_refuses_without_a_word_on_what_to_write(terminal: Terminal, register: list[Path]) -> None:
    said = terminal("lower", *register)
    assert said.code == 2
    assert "Give a query, a frame, or both." in said.err


def test_refuses_what_does_not_fit_together(terminal: Terminal, register: list[Path], tmp_path: Path) -> None:
    query, frame = tmp_path / "sites.rq", tmp_path / "frame.jsonld"
    frame.write_text("{}", encoding="utf-8")
    table = ("lower", *register, "--query", query)
    assert "takes no frame" in terminal(*table, "--frame", frame).err
    assert "not written as jsonld" in terminal(*table, "--format", "jsonld").err
    assert "does not tell what to write" in terminal(*table, "-o", tmp_path / "sites.txt").err
    assert "not written as csv" in terminal("lower", *register, "--frame", frame, "--format", "csv").err
    assert "There is no such file" in terminal("lower", tmp_path / "none.xml", "--query", query).err
    made = tmp_path / "made.rq"
    made.write_text("CONSTRUCT WHERE { ?s ?p ?o }", encoding="utf-8")
    assert "without a frame" in terminal("lower", *register, "--query", made, "--format", "json").err


def test_refuses_a_table_that_nothing_describes(terminal: Terminal, register: list[Path], tmp_path: Path) -> None:
    said = terminal("lower", register[0], "--query", tmp_path / "sites.rq")
    assert said.code == 2
    assert "None of the files holds statements" in said.err


def test_a_query_makes_a_table(terminal: Terminal, register: list[Path], tmp_path: Path) -> None:
    table = ("lower", *register, "--query", tmp_path / "sites.rq")
    assert terminal.ok(*table) == (
        "site,mw,connected\nLarkfield Solar and Storage,12.5,2023-06-08\nNorth Moor Wind Farm,49.9,\n"
    )
    out = tmp_path / "sites.parquet"
    terminal.ok(*table, "-o", out)
    assert pl.read_parquet(out).schema == {"site": pl.String, "mw": pl.Decimal(38, 1), "connected": pl.Date}
    rows = [json.loads(line) for line in terminal.ok(*table, "--format", "jsonl").splitlines()]
    assert rows[1] == {"site": "North Moor Wind Farm", "mw": 49.9, "connected": None}


def test_a_frame_makes_a_document_in_names_of_ones_own(
    terminal: Terminal, register: list[Path], tmp_path: Path
) -> None:
    construct, frame = tmp_path / "assets.rq", tmp_path / "assets.jsonld"
    construct.write_text(
        "PREFIX ecr: <https://w3id.org/virtuales/embedded-capacity-register#> PREFIX my: <https://my.example/>\n"
        "CONSTRUCT { ?e a my:Asset ; my:label ?site ; my:power [ my:megawatts ?mw ] }\n"
        "WHERE { ?e ecr:customerSite ?site ; ecr:registeredCapacity1 ?mw }",
        encoding="utf-8",
    )
    context = {"@vocab": "https://my.example/", "id": "@id", "type": "@type"}
    frame.write_text(json.dumps({"@context": context, "type": "Asset"}), encoding="utf-8")
    text = terminal.ok("lower", *register, "--query", construct, "--frame", frame)
    assert '"megawatts": 12.5' in text
    assert [asset["label"] for asset in json.loads(text)] == ["Larkfield Solar and Storage", "North Moor Wind Farm"]
    assert json.loads(text)[0]["type"] == "Asset"
    whole = json.loads(terminal.ok("lower", *register, "--query", construct, "--frame", frame, "--format", "jsonld"))
    assert whole["@graph"][0]["power"]["megawatts"]["@value"] == "12.5"


def test_models_are_carried_to_another_edition_first(terminal: Terminal, tmp_path: Path) -> None:
    files = sorted(shared(BOUNDARY).glob("*.xml"))
    query = tmp_path / "volts.rq"
    query.write_text(
        "PREFIX cim: <http://iec.ch/TC57/CIM100#> SELECT ?kv { ?v cim:BaseVoltage.nominalVoltage ?kv }",
        encoding="utf-8",
    )
    assert terminal.ok("lower", *files, "--query", query) == "kv\n"
    carried = terminal.ok("lower", *files, "--query", query, "--through", "cgmes-2.4.15", "cgmes-3.0")
    assert len(carried.splitlines()) > 3
    refused = terminal("lower", *files, "--query", query, "--through", "cgmes-3.0", "cgmes-2.4.15")
    assert refused.code == 2
    assert "is of `cgmes-2.4.15`, not of `cgmes-3.0`" in refused.err
