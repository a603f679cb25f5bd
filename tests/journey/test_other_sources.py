"""Data other than models of the grid, over HTTP: tables with and without metadata, and what is said of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.clients import Member, ok, problem
from tests.journey.networks import Network, network
from tests.journey.small_model import FILE, small_difference, small_model

TABLE = b"Site,Latitude,Longitude,Capacity (MW),Commissioned\nA1,53.2,-2.1,12.5,08/06/2024\nA2,53.4,-1.9,,01/02/2025\n"
METADATA = {
    "@context": "http://www.w3.org/ns/csvw",
    "url": "plant.csv",
    "tableSchema": {
        "aboutUrl": "http://vale.example/plant/{site}",
        "primaryKey": "site",
        "columns": [
            {"name": "site", "titles": "Site", "required": True, "propertyUrl": "schema:identifier"},
            {"name": "lat", "titles": "Latitude", "datatype": "decimal", "propertyUrl": "geo:lat"},
            {"name": "long", "titles": "Longitude", "datatype": "decimal", "propertyUrl": "geo:long"},
            {"name": "mw", "titles": "Capacity (MW)", "datatype": "decimal", "propertyUrl": "http://vale.example/mw"},
            {
                "name": "since",
                "titles": "Commissioned",
                "datatype": {"base": "date", "format": "dd/MM/yyyy"},
                "propertyUrl": "dcterms:issued",
            },
            {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": "http://vale.example/ns#PlantSite"},
        ],
    },
}
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s a <http://vale.example/ns#PlantSite> }"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("other-sources"), "vale") as made:
        made.admit("vale")
        yield made


@pytest.fixture(scope="module")
def vale(running: Network) -> Member:
    return running.members["vale"]


def said_of(member: Member, version: str) -> dict[str, Any]:
    answer = ok(member.ask("GET", member.api("catalogue/dataset"), params={"iri": version}))
    return dict(answer["entry"])


def test_refuses_a_difference_that_does_not_fit_with_its_conflicts(vale: Member) -> None:
    vale.provide("unfit", [(FILE, small_model(31))])
    vale.send("unfit", "change.xml", small_difference(31, name="ETRS 89", instead_of="OSGB 36"))
    refused = problem(vale.ask("POST", vale.api("datasets/unfit/preparation")), 409)
    assert refused["type"].endswith("/unfit-change")
    assert [reason.split(": ")[:2] for reason in refused["reasons"]] == [
        ["change.xml", "absent"],
        ["change.xml", "several-values"],
        ["change.xml", "several-values"],
    ]
    assert ok(vale.ask("GET", vale.api("datasets/unfit")))["preparation"] is None


def test_a_difference_makes_the_next_version_of_a_dataset(vale: Member) -> None:
    first = vale.provide("changed", [(FILE, small_model(32))])
    vale.send("changed", "change.xml", small_difference(32, name="ETRS 89"))
    prepared = vale.prepare("changed")
    assert f"`{FILE}` was changed by `change.xml`: 1 statements ended, 1 began." in prepared["remarks"]
    second = vale.publish("changed")
    assert second != first
    names = "SELECT ?n WHERE { ?s <http://iec.ch/TC57/CIM100#IdentifiedObject.name> ?n }"
    told = [ok(vale.query(version, names))["results"]["bindings"][0]["n"]["value"] for version in (first, second)]
    assert told == ["WGS 84", "ETRS 89"]
    assert [file["name"] for file in said_of(vale, second)["files"]] == [FILE]
    assert b"ETRS 89" in vale.download(second, FILE).content


def test_names_file_line_and_column_of_a_wrong_value(vale: Member) -> None:
    vale.describe("wrong-plant")
    vale.send("wrong-plant", "plant.csv", TABLE.replace(b"08/06/2024", b"31/02/2024"))
    vale.send("wrong-plant", "plant.csv-metadata.json", json.dumps(METADATA).encode())
    refused = problem(vale.ask("POST", vale.api("datasets/wrong-plant/preparation")), 422)
    assert "plant.csv, line 2, column `Commissioned`" in json.dumps(refused)


@pytest.mark.req("J1.4")
def test_reads_windows_1252_only_when_its_sender_says_so(vale: Member) -> None:
    content = "Site,Note\nA,Größe 5 €\n".encode("windows-1252")
    columns = [{"titles": "Site"}, {"titles": "Note", "propertyUrl": "http://vale.example/note"}]
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "sites.csv", "tableSchema": {"columns": columns}}
    vale.describe("sites")
    url = vale.api("datasets/sites/files/sites.csv")
    refused = problem(vale.ask("PUT", url, content=content), 400)
    assert "windows-1252" in refused["remedy"]
    problem(vale.ask("PUT", url, content=content, params={"encoding": "rot13"}), 422)
    sent = ok(vale.ask("PUT", url, content=content, params={"encoding": "cp1252"}), 201)
    assert sent["files"][0]["encoding"] == "windows-1252"
    vale.send("sites", "sites.csv-metadata.json", json.dumps(metadata).encode())
    vale.prepare("sites")
    version = vale.publish("sites")
    found = ok(vale.query(version, "SELECT ?note WHERE { ?s <http://vale.example/note> ?note }"))
    assert [row["note"]["value"] for row in found["results"]["bindings"]] == ["Größe 5 €"]
    (table,) = [file for file in said_of(vale, version)["files"] if file["name"] == "sites.csv"]
    assert table["encoding"] == "windows-1252"
    delivered = vale.ask("GET", table["url"])
    assert delivered.headers["content-type"] == "text/csv; charset=windows-1252"
    assert delivered.content == content


def test_refuses_personal_data_in_a_class_that_does_not_protect_it(vale: Member) -> None:
    vale.describe("people", personal_data=True, triage="shared", sensitivity="SA")
    vale.send("people", "people.csv", b"Name,Town\nAda,Vale\n")
    vale.prepare("people")
    refused = vale.ask("POST", vale.api("datasets/people/versions"), json={"audience": "participants"})
    assert "SP or C" in json.dumps(problem(refused, 403))


def test_a_table_without_metadata_is_published_as_not_judged(vale: Member) -> None:
    vale.describe("bare-table")
    vale.send("bare-table", "plant.csv", TABLE)
    prepared = vale.prepare("bare-table")
    assert (prepared["conforms"], prepared["verdict"], prepared["models"]) == (None, "NotJudged", [])
    assert "no mapping" in prepared["remarks"][0]
    version = vale.publish("bare-table")
    assert said_of(vale, version)["verdict"] == "NotJudged"


def test_a_table_with_metadata_is_proposed_published_queried_and_measured(vale: Member) -> None:
    vale.describe(
        "plant",
        regulatory_conditions=["Distribution Code, DPC7", "https://www.legislation.gov.uk/ukpga/1989/29"],
        derived_from=["http://vale.example/registers/plant"],
        source_licences={"http://vale.example/registers/plant": "own"},
        update_frequency="http://publications.europa.eu/resource/authority/frequency/MONTHLY",
    )
    vale.send("plant", "plant.csv", TABLE)
    vale.send("plant", "plant.csv-metadata.json", json.dumps(METADATA).encode())
    proposed = {each["field"]: each for each in ok(vale.ask("POST", vale.api("datasets/plant/proposal")))}
    assert proposed["spatial"]["value"] == {"west": -2.1, "south": 53.2, "east": -1.9, "north": 53.4}
    assert proposed["temporal"]["value"] == ["2024-06-08", "2025-02-01"]
    assert proposed["keywords"]["value"] == ["plant site"]
    assert all(each["because"] for each in proposed.values())
    prepared = vale.prepare("plant")
    assert (prepared["triples"], prepared["models"][0]["objects"]) == (11, 2)
    version = vale.publish("plant")
    entry = said_of(vale, version)
    quality = {each["metric"]: each["value"] for each in entry["quality"] if each["about"] is None}
    assert quality["Completeness"] == "0.9"
    assert quality["UpdatedInTime"] == "false"
    assert entry["conditions"]["regulatory"] == [
        "https://www.legislation.gov.uk/ukpga/1989/29",
        "Distribution Code, DPC7",
    ]
    assert entry["conditions"]["derived_from"] == ["http://vale.example/registers/plant"]
    found = ok(vale.query(version, COUNT))
    assert found["results"]["bindings"][0]["n"]["value"] == "2"
