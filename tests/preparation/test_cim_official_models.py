"""The official CGMES test models, read with the registered models; and memory that does not grow with the file."""

import io
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.preparation.cim_documents import BASE, document, header, line, terminal
from tests.shared_data import shared

from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.package import Package, read_package
from virtuales.preparation.cim.reader import CimReader, ModelReading
from virtuales.preparation.cim.references import check_references
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES, RDF_XML
from virtuales.rdf.terms import Quad, plain
from virtuales.resources import contributed

MICRO_24 = "cgmes-2.4.15/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_"
MINI_24 = "cgmes-2.4.15/MiniGrid/"
MICRO_30 = "cgmes-3.0/MicroGrid-BaseCase/MicroGrid-"
UUID = "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.fixture(scope="module")
def reader() -> CimReader:
    return CimReader(ModelRegistry.load(contributed("ontology")), BASE)


def documents(*folders: str) -> list[Path]:
    """List the XML files of folders of the shared CIM data."""
    return sorted(path for folder in folders for path in shared("data/cim/" + folder).rglob("*.xml"))


def objects_of(package: Package, short: str) -> set[str]:
    """List the IRIs of the typed objects of a package's models of one profile."""
    return {
        plain(quad.subject)
        for model in package.models
        if short in model.reading.short_profiles
        for quad in parse_file(model.statements)
        if quad.predicate.value == TYPE
    }


@pytest.mark.parametrize(("folder", "number"), [("cgmes-2.4.15", 40), ("cgmes-3.0", 43)])
def test_every_official_file_says_what_a_generic_parser_reads_in_it(
    reader: CimReader, folder: str, number: int
) -> None:
    readings: list[ModelReading] = []
    for path in documents(folder):
        sink = io.BytesIO()
        with path.open("rb") as source:
            readings.append(reader.read(source, sink, name=path.name))
        ours = [untyped(quad) for quad in parse_file(sink.getvalue(), N_TRIPLES)]
        theirs = [untyped(quad) for quad in parse_file(path, RDF_XML, base=BASE)]
        assert Counter(ours) == Counter(theirs), path.name
    assert len(readings) == number
    assert {reading.vocabulary for reading in readings} == {folder}
    assert all(reading.header is not None and reading.header.profiles for reading in readings)


def untyped(quad: Quad) -> tuple[str, str, str]:
    """Give a statement's texts, without datatype, identifiers normalised by the rules as this test states them."""
    return normal(plain(quad.subject)), plain(quad.predicate), normal(plain(quad.object))


def normal(text: str) -> str:
    if match := re.fullmatch(f"(?:{BASE}#_|urn:uuid:)({UUID})", text):
        return "urn:uuid:" + match[1].lower()
    return text.replace("urn:uuid:", BASE + "#_") if text.startswith("urn:uuid:") else text


@pytest.mark.parametrize(
    ("folders", "models", "absent"),
    [
        ([MICRO_24 + "BC_Assembled_v2", MICRO_24 + "BD_v2"], 14, 0),
        ([MICRO_24 + "BC_BE_v2", MICRO_24 + "BD_v2"], 9, 0),
        ([MICRO_24 + "BC_NL_v2", MICRO_24 + "BD_v2"], 9, 0),
        ([MICRO_24 + "BC_BE_v2"], 7, 4),
        ([MINI_24 + "BusBranch"], 5, 4),
        ([MINI_24 + "NodeBreaker"], 7, 0),
        ([MICRO_30 + "BaseCase-Merged"], 12, 0),
        ([MICRO_30 + "BE-MAS", MICRO_30 + "BD-MAS"], 8, 0),
        ([MICRO_30 + "NL-MAS", MICRO_30 + "BD-MAS"], 8, 0),
        ([MICRO_30 + "NL-MAS"], 7, 3),
        (["cgmes-3.0/MicroGrid"], 10, 0),
        (["cgmes-3.0/MiniGrid"], 6, 0),
    ],
)
def test_references_of_official_packages_resolve(
    reader: CimReader, tmp_path: Path, folders: list[str], models: int, absent: int
) -> None:
    package = read_package(documents(*folders), tmp_path, reader=reader)
    assert len(package.models) == models
    assert len(check_references(package).unresolved) == absent


@pytest.mark.parametrize("folder", [MICRO_24 + "BC_BE_v2", MICRO_30 + "BE-MAS"])
def test_objects_meet_across_equipment_state_and_topology(reader: CimReader, tmp_path: Path, folder: str) -> None:
    package = read_package(documents(folder), tmp_path, reader=reader)
    equipment, state, topology = (objects_of(package, short) for short in ("EQ", "SSH", "TP"))
    headers = {model.reading.header.iri for model in package.models if model.reading.header is not None}
    assert len(state - headers) > 60
    assert state - headers <= equipment
    assert len(topology & equipment) > 30


# A child's `ru_maxrss` starts at what its parent had, so the peak is read from the kernel's own account of the process.
PEAK = (
    "def peak():\n"
    "    with open('/proc/self/status') as status:\n"
    "        return next(int(line.split()[1]) for line in status if line.startswith('VmHWM')) / 1024\n"
)


def child_peak(path: Path) -> float:
    """Read a file in a process of its own; return by how many MB its peak memory grew meanwhile."""
    script = (
        "import sys\n"
        "from tests.preparation.cim_documents import BASE, OneVocabulary\n"
        "from virtuales.preparation.cim.reader import CimReader\n"
        f"{PEAK}"
        "reader, before = CimReader(OneVocabulary(), BASE), peak()\n"
        "with open(sys.argv[1], 'rb') as source, open(sys.argv[1] + '.nt', 'wb') as sink:\n"
        "    reader.read(source, sink, name='grid.xml')\n"
        "print(peak() - before)\n"
    )
    root = Path(__file__).resolve().parents[2]
    result = subprocess.run(
        [sys.executable, "-c", script, str(path)], cwd=root, capture_output=True, text=True, check=True, timeout=120
    )
    return float(result.stdout)


def pairs(number: int) -> Iterable[str]:
    """Give the text of so many lines, each with a terminal; about 480 bytes a pair."""
    name = "<cim:IdentifiedObject.name>" + "n" * 90 + "</cim:IdentifiedObject.name>\n"
    for one in range(number):
        uuid = f"_00000000-0000-4000-8000-{one:012x}"
        yield line(uuid, name + "<cim:ACLineSegment.r>0.25</cim:ACLineSegment.r>\n") + terminal(f"_t{one}", "#" + uuid)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    opening, closing = document().decode().replace(header(), header() + "\0").split("\0")
    grown = []
    for pairs_number in (160_000, 320_000):  # both of more chunks than it takes until memory is used again
        path = tmp_path / f"{pairs_number}.xml"
        with path.open("w") as file:
            file.write(opening)
            file.writelines(pairs(pairs_number))
            file.write(closing)
        grown.append(child_peak(path))
    assert path.stat().st_size > 120_000_000
    assert grown[1] - grown[0] < 20, f"peaks grew by {grown} MB for 66 and 132 MB of XML"


def test_a_model_of_a_million_statements_is_read_in_bounded_memory(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from virtuales.models.registry import ModelRegistry\n"
        "from virtuales.preparation.cim.package import read_package\n"
        "from virtuales.preparation.cim.reader import CimReader\n"
        "from virtuales.preparation.cim.references import check_references\n"
        "from virtuales.resources import contributed\n"
        "reader = CimReader(ModelRegistry.load(contributed('ontology')), 'http://grid.example/model')\n"
        "package = read_package(Path(sys.argv[1]), Path(sys.argv[2]), reader=reader)\n"
        "print(check_references(package).objects, sum(model.reading.triples for model in package.models))\n"
        f"{PEAK}"
        "print(int(peak()))\n"
    )
    package = shared("data/cim/cgmes-2.4.15/RealGrid.zip")
    command = [sys.executable, "-c", script, str(package), str(tmp_path)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    objects, triples, peak = (int(number) for number in result.stdout.split())
    assert (objects, triples) == (149_162, 1_146_183)
    assert peak < 300, f"{peak} MB"
