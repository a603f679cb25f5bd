"""`virtuales download --validate`: a consumer judges what it receives by the schemas in force, before it is kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Network
from tests.journey.small_model import CIM, GL, small_model, zipped
from tests.nodes import eventually

STAFF = ("--profile", "operator")
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
<http://received.example/System> a sh:NodeShape ; sh:targetClass cim:CoordinateSystem ;
  sh:property <http://received.example/name> .
<http://received.example/name> sh:path cim:IdentifiedObject.name ; sh:pattern "^OSGB" ;
  sh:message "A coordinate system is the National Grid." .
"""
TABLE = "site,mw\nNorth,7.5\n"


SYSTEMS = "id,name,crs\n1,OSGB €,urn:ogc:def:crs:EPSG::4277\n".encode("windows-1252")
METADATA = {
    "@context": "http://www.w3.org/ns/csvw",
    "url": "systems.csv",
    "tableSchema": {
        "aboutUrl": "https://producer.example/system/{id}",
        "columns": [
            {"titles": "id", "propertyUrl": f"{CIM}IdentifiedObject.mRID"},
            {"titles": "name", "propertyUrl": f"{CIM}IdentifiedObject.name"},
            {"titles": "crs", "propertyUrl": f"{CIM}CoordinateSystem.crsUrn"},
            {"virtual": True, "propertyUrl": "rdf:type", "valueUrl": f"{CIM}CoordinateSystem"},
        ],
    },
}


def publish(
    network: Network, place: Path, slug: str, *files: tuple[str, bytes], encoding: str = "", conforms_to: str = ""
) -> str:
    """Publish open data as the producer; returns the version's IRI."""
    terminal, who = network.terminal, ("--profile", "producer")
    about = ("--title", slug, "--description", "For the tests.", "--licence", "CC-BY-4.0", "--triage", "open")
    handling = ("--sensitivity", "O", "--handling-reason", "A sample file.")
    judged_as = ("--conforms-to", conforms_to) if conforms_to else ()
    terminal.ok("dataset", "describe", slug, *about, *handling, *judged_as, *who)
    for name, content in files:
        (place / name).write_bytes(content)
        said = ["--encoding", encoding] if encoding and name.endswith(".csv") else []
        terminal.ok("dataset", "send", slug, place / name, *said, *who)
    terminal.ok("dataset", "prepare", slug, *who)
    return str(terminal.json("dataset", "publish", slug, "--audience", "open", *who)["version"])


@pytest.fixture(scope="module")
def published(network: Network, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A location model and a table without a mapping, published before the stricter rules are in force."""
    place = tmp_path_factory.mktemp("judged")
    return publish(
        network, place, "judged-gl", ("gl.zip", zipped({"gl.xml": small_model(7)})), ("sites.csv", TABLE.encode())
    )


@pytest.fixture
def strict(network: Network, tmp_path: Path) -> Iterator[None]:
    """Rules that the published model violates, in force for the length of a test."""
    terminal, names = network.terminal, ("received/rules", tmp_path.name)
    (tmp_path / "rules.ttl").write_text(SHAPES)
    about = ("--title", "Rules", "--judges", GL, "--licence", "CC-BY-4.0", "--source", "Written by the tests.")
    terminal.ok("schema", "register", tmp_path / "rules.ttl", "--as", names[0], "--version", names[1], *about, *STAFF)
    terminal.ok("schema", "approve", *names, "--because", "Reviewed.", *STAFF)
    yield
    terminal.ok("schema", "withdraw", *names, "--because", "The test is over.", *STAFF)
    for node in (network.producer, network.consumer):
        eventually(
            lambda node=node: terminal.json("schema", "show", *names, "--node", node.url)["status"] == "withdrawn",  # type: ignore[misc]  # a lambda's default has no type
            what="the withdrawal on every node",
        )


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    place = tmp_path / "kept"
    place.mkdir()
    return place


def test_refuses_a_registry_without_judging(network: Network, published: str, kept: Path) -> None:
    said = network.terminal("download", published, "--to", kept, "--registry", network.orchestrator.url)
    assert said.code == 2
    assert "--validate" in said.err
    assert not list(kept.iterdir())


def test_refuses_to_keep_what_nothing_could_judge(network: Network, published: str, kept: Path) -> None:
    options = ("--file", "sites.csv", "--validate", "--to", kept, "--profile", "consumer")
    said = network.terminal.process("download", published, *options)
    assert said.code == 2
    assert "could be judged" in said.err
    assert not list(kept.iterdir())


@pytest.mark.usefixtures("strict")
@pytest.mark.req("J2.4", "C13")
def test_keeps_nothing_that_violates_the_schemas_in_force(network: Network, published: str, kept: Path) -> None:
    own = ("--validate", "--to", kept, "--profile", "consumer")
    named = network.terminal.process("download", published, *own, "--registry", network.orchestrator.url)
    assert named.code == 1, named.all
    assert "A coordinate system is the National Grid." in named.out
    assert "received/rules" in named.out
    assert "Nothing was kept" in named.err
    assert not list(kept.iterdir())
    by_home = eventually(
        lambda: said if (said := network.terminal.process("download", published, *own, "--force")).code == 1 else None,
        what="the rules at the consumer's own node",
    )
    assert "received/rules" in by_home.out
    network.terminal.ok("download", published, "--to", kept, "--profile", "consumer", "--force")


@pytest.mark.req("J2.4", "C13")
def test_keeps_what_conforms_and_says_what_was_not_judged(network: Network, published: str, kept: Path) -> None:
    out = network.terminal.ok("download", published, "--validate", "--to", kept, "--profile", "consumer")
    assert sorted(file.name for file in kept.iterdir()) == ["gl.zip", "sites.csv"]
    assert (kept / "sites.csv").read_text() == TABLE
    assert "judged by cgmes-3.0/GL" in out
    assert "`sites.csv` has no mapping" in out
    again = network.terminal.process("download", published, "--validate", "--to", kept, "--profile", "consumer")
    assert again.code == 2, "what is there already is left alone"


@pytest.mark.usefixtures("strict")
@pytest.mark.req("J2.4", "C13")
def test_judges_a_table_as_its_publishers_node_lifted_it(network: Network, tmp_path: Path, kept: Path) -> None:
    metadata = ("systems.csv-metadata.json", json.dumps(METADATA).encode())
    files = (("systems.csv", SYSTEMS), metadata)
    version = publish(network, tmp_path, "judged-table", *files, encoding="windows-1252", conforms_to=GL)
    out = network.terminal.ok("download", version, "--validate", "--to", kept, "--profile", "consumer")
    assert "judged by cgmes-3.0/GL" in out
    assert (kept / "systems.csv").read_bytes() == SYSTEMS
