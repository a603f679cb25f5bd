"""CSV on the Web: metadata and values refused with their place, statements as the recommendation has them."""

import json
from pathlib import Path
from typing import Any

import pytest

from virtuales.errors import DanglingReference, InputError, UnknownTerm, UnreadableInput
from virtuales.preparation.csvw.conversion import Mode, convert
from virtuales.preparation.csvw.datatypes import Datatype
from virtuales.preparation.csvw.draft import draft_metadata
from virtuales.preparation.csvw.metadata import read_metadata
from virtuales.preparation.tabular import open_csv

CSVW = "http://www.w3.org/ns/csvw"
BASE = "http://vale.example/data/"
XSD = "http://www.w3.org/2001/XMLSchema#"


def lines(place: Path, table: str, metadata: dict[str, Any], mode: Mode = "minimal", **more: str) -> list[str]:
    files = {"a.csv": table} | {f"{name}.csv": text for name, text in more.items()}
    paths = {}
    for name, text in files.items():
        paths[name] = place / name
        paths[name].write_text(text)
    document = json.dumps({"@context": CSVW} | metadata).encode()
    return [line for _, some in convert(read_metadata(document), paths, base=BASE, mode=mode) for line in some]


def columns(*described: dict[str, Any], **schema: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    return {"url": "a.csv", "tableSchema": {"columns": list(described), **schema}}


@pytest.mark.parametrize(
    ("datatype", "text", "lexical"),
    [
        (Datatype("integer"), "42", "42"),
        (Datatype("decimal", decimal=",", group="."), "1.234,5", "1234.5"),
        (Datatype("double"), "1e5", "1e5"),
        (Datatype("decimal", format="0.0%"), "12.5%", "0.125"),
        (Datatype("boolean", format="Y|N"), "Y", "true"),
        (Datatype("date", format="d/M/yyyy"), "8/6/2026", "2026-06-08"),
        (Datatype("date", format="yyyyMMdd"), "20260608", "2026-06-08"),
        (Datatype("dateTime", format="yyyy-MM-dd HH:mm"), "2026-06-08 07:30", "2026-06-08T07:30:00"),
        (
            Datatype("dateTime", format="yyyy-MM-ddTHH:mm:ssXXX"),
            "2026-06-08T07:30:00+01:00",
            "2026-06-08T07:30:00+01:00",
        ),
        (Datatype("time", format="HHmm"), "0730", "07:30:00"),
        (Datatype("gYear"), "2026", "2026"),
        (Datatype("duration"), "PT30M", "PT30M"),
    ],
)
def test_reads_values_in_their_formats(datatype: Datatype, text: str, lexical: str) -> None:
    assert datatype.lexical(text) == lexical


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        (Datatype("integer"), "4.2"),
        (Datatype("byte"), "128"),
        (Datatype("nonNegativeInteger"), "-1"),
        (Datatype("decimal"), "1e5"),
        (Datatype("double"), "one"),
        (Datatype("boolean"), "yes"),
        (Datatype("date"), "2026-02-30"),
        (Datatype("date", format="dd/MM/yyyy"), "31/02/2026"),
        (Datatype("duration"), "P"),
        (Datatype("integer", minimum="1", maximum="9"), "10"),
        (Datatype("string", least_length=2), "a"),
    ],
)
def test_refuses_values_that_are_none(datatype: Datatype, text: str) -> None:
    with pytest.raises(InputError):
        datatype.lexical(text)


def test_refuses_what_it_cannot_check() -> None:
    with pytest.raises(UnknownTerm, match="no datatype"):
        Datatype("integr")
    with pytest.raises(UnknownTerm, match="not checked"):
        Datatype("string", format="[a-z]+")


def test_names_line_and_column_of_what_is_wrong(tmp_path: Path) -> None:
    described = columns({"titles": "id", "required": True}, {"titles": "n", "datatype": "integer"})
    with pytest.raises(InputError, match="`x` is no integer") as caught:
        lines(tmp_path, "id,n\na,1\nb,x\n", described)
    assert caught.value.where == "a.csv, line 3, column `n`"
    with pytest.raises(InputError, match="required"):
        lines(tmp_path, "id,n\n,1\n", described)
    with pytest.raises(UnreadableInput, match="is called `m`"):
        lines(tmp_path, "id,m\na,1\n", described)
    with pytest.raises(UnreadableInput, match="3 columns"):
        lines(tmp_path, "id,n,o\na,1,2\n", described)


def test_checks_keys(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2 already"):
        lines(tmp_path, "id\na\na\n", columns({"name": "id", "titles": "id"}, primaryKey="id"))
    key = {"columnReference": "sub", "reference": {"resource": "subs.csv", "columnReference": "id"}}
    tables = {
        "tables": [
            columns({"name": "sub", "titles": "sub"}, foreignKeys=[key]),
            {"url": "subs.csv", "tableSchema": {"columns": [{"name": "id", "titles": "id"}]}},
        ]
    }
    assert lines(tmp_path, "sub\ns1\n", tables, subs="id\ns1\n")
    with pytest.raises(DanglingReference, match=r"`s2` is not in `subs.csv`") as caught:
        lines(tmp_path, "sub\ns2\n", tables, subs="id\ns1\n")
    assert caught.value.where == "a.csv, line 2, column `sub`"


@pytest.mark.parametrize(
    "document",
    [b"{", b"{}", b'{"@context": "http://www.w3.org/ns/csvw"}', b'{"@context": "http://www.w3.org/ns/csvw", "url": 1}'],
)
def test_refuses_metadata_that_is_none(document: bytes) -> None:
    with pytest.raises(InputError):
        read_metadata(document)


def test_gives_typed_statements_in_minimal_mode(tmp_path: Path) -> None:
    described = columns(
        {"titles": "id", "suppressOutput": True},
        {"titles": "name", "lang": "en", "propertyUrl": "rdfs:label"},
        {"titles": "mva", "datatype": "decimal", "null": ["", "n/a"]},
        {"titles": "feeds", "separator": ";", "valueUrl": None} | {"propertyUrl": "http://e.example/feeds"},
        {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": "http://e.example/Site"},
        aboutUrl="http://e.example/site/{id}",
    )
    del described["tableSchema"]["columns"][3]["valueUrl"]
    assert lines(tmp_path, "id,name,mva,feeds\na b,North,7.50,x;y\nc,,n/a,\n", described) == [
        '<http://e.example/site/a%20b> <http://www.w3.org/2000/01/rdf-schema#label> "North"@en .\n',
        f'<http://e.example/site/a%20b> <{BASE}a.csv#mva> "7.50"^^<{XSD}decimal> .\n',
        '<http://e.example/site/a%20b> <http://e.example/feeds> "x" .\n',
        '<http://e.example/site/a%20b> <http://e.example/feeds> "y" .\n',
        "<http://e.example/site/a%20b> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Site> .\n",
        "<http://e.example/site/c> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Site> .\n",
    ]


def test_describes_tables_and_rows_in_standard_mode(tmp_path: Path) -> None:
    made = lines(tmp_path, "id\na\n", columns({"titles": "id"}), "standard")
    assert f"<{BASE}a.csv#table> <{CSVW}#url> <{BASE}a.csv> .\n" in made
    assert f'<{BASE}a.csv#row-1> <{CSVW}#rownum> "1"^^<{XSD}integer> .\n' in made
    assert f"<{BASE}a.csv#row-1> <{CSVW}#url> <{BASE}a.csv#row=2> .\n" in made
    assert not any("_:" in line for line in made)


def test_a_drafted_metadata_document_fits_its_table(tmp_path: Path) -> None:
    table = "Site ID,Demand (MVA),Day,On,Code\nA,7.5,08/06/2026,Y,007\nB,,09/06/2026,N,008\n"
    (tmp_path / "a.csv").write_text(table)
    drafted = json.loads(draft_metadata(open_csv(tmp_path / "a.csv"), base="http://e.example/site/"))
    kinds = {column["name"]: column["datatype"] for column in drafted["tableSchema"]["columns"]}
    assert kinds == {
        "site_id": "string",
        "demand_mva": "decimal",
        "day": {"base": "date", "format": "dd/MM/yyyy"},
        "on": {"base": "boolean", "format": "Y|N"},
        "code": "string",
    }
    assert drafted["tableSchema"]["primaryKey"] == "site_id"
    made = lines(tmp_path, table, drafted)
    assert len(made) == 9
    assert f'<http://e.example/site/A> <{BASE}a.csv#day> "2026-06-08"^^<{XSD}date> .\n' in made
