"""The conformance cases of RML: RML-Core (JSON), RML-IO (sources and targets), and the older cases of CSV, JSON, XML.

Every case is carried out twice, record by record and set at a time. Statements are compared as graphs (RDFC-1.0). A
case that expects an error has to be refused with one of our errors.
"""

import csv
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.shared_data import shared

from virtuales.errors import VirtualesError
from virtuales.preparation.rml.bulk import carry_out_in_bulk
from virtuales.preparation.rml.engine import Run, carry_out
from virtuales.preparation.rml.reading import read_mapping
from virtuales.preparation.rml.targets import Output, write_chunks
from virtuales.rdf.canonical import canonical_n_quads
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TURTLE
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import Literal, Quad, plain

NO_RDF = "RMLTC0027b-JSON"
"""Its output holds an IRI with a space: no reader of N-Quads takes it, so that its lines are compared as text."""

OLD_ERRORS = {"0002c", "0002e", "0002g", "0004b", "0007h", "0012c", "0012d", "0015b", "0019b", "0020b"}
"""Old cases that expect an error; where there is output as well, it is what is left without the value in error.

In 0002g the file that the mapping reads is not there.
"""
OLD_EMPTY = {"RMLTC0002c-JSON", "RMLTC0002c-XML"}
"""A path that leads nowhere gives no term (RML-Core), and the output of these cases is empty; in CSV it is an error."""

IO_EXCLUDED = {"RMLSTC0006a": "reads a database"}
IO_NO_ERROR = {"RMLSTC0009a": "a quoted header is sound CSV (RFC 4180), and the case ships the output, as output.nq"}
IO_TYPED = {"RMLSTC0003": "the ages are plain text in the file, and solutions in CSV have no datatypes"}
"""Cases whose output has ages as integers where the source has no numbers."""
IO_UNTYPED = {
    "RMLTTC0004a": "JSON-LD",
    "RMLTTC0004c": "N-Triples",
    "RMLTTC0004e": "RDF/JSON",
    "RMLTTC0004f": "RDF/XML",
    "RMLTTC0004g": "Turtle",
    "RMLTTC0005b": "UTF-16",
    "RMLTTC0006b": "gzip",
    "RMLTTC0006c": "zip",
    "RMLTTC0006d": "xz",
    "RMLTTC0006e": "tar",
}
"""Cases whose output has ages as plain text, though RMLTTC0004d has integers for the same mapping and source."""


def _lines(folder: Path, base: str, *, unsafe: bool = False) -> tuple[list[str], list[str]]:
    """Return what both ways of carrying out a mapping give, as lines of N-Quads."""
    files = {path.name: path for path in folder.iterdir()}
    mapping = read_mapping(folder / "mapping.ttl")
    run = Run(files, base, unsafe_iris=unsafe)
    slowly = [f"{s.subject} {s.predicate} {s.object} {s.graph}".rstrip() + " ." for s in carry_out(mapping, run)]
    return slowly, [line for chunk in carry_out_in_bulk(mapping, run) for line in chunk.quads()]


def _canonical(lines: Iterable[str]) -> str:
    return canonical_n_quads(parse_file("\n".join(lines).encode(), N_QUADS))


def _statements(folder: Path, base: str) -> str:
    slowly, in_bulk = map(_canonical, _lines(folder, base))
    assert slowly == in_bulk, folder.name
    return in_bulk


def _expected(folder: Path, name: str = "output.nq") -> str:
    return canonical_n_quads(parse_file(folder / name))


def _cases(suite: str) -> list[dict[str, str]]:
    with (shared(suite) / "metadata.csv").open() as file:
        return list(csv.DictReader(file))


def test_every_core_case_agrees() -> None:
    cases, wrong = _cases("suites/rml/core"), []
    assert len(cases) == 76
    for case in cases:
        folder = shared("suites/rml/core") / case["ID"]
        if case["ID"] == NO_RDF:
            expected = (folder / "output.nq").read_text(encoding="utf-8").splitlines()
            assert [sorted(lines) for lines in _lines(folder, case["base_iri"], unsafe=True)] == [sorted(expected)] * 2
            continue
        try:
            made = _statements(folder, case["base_iri"])
        except VirtualesError as error:
            if case["error"] == "false":
                wrong.append(f"{case['ID']}: refused: {error}")
            continue
        if case["error"] == "true":
            wrong.append(f"{case['ID']}: an error is expected")
        elif made != _expected(folder):
            wrong.append(f"{case['ID']}: {made} instead of {_expected(folder)}")
    assert not wrong, "\n".join(wrong)


def test_refuses_an_iri_that_is_none_unless_asked_to_write_it() -> None:
    folder = shared("suites/rml/core") / NO_RDF
    with pytest.raises(VirtualesError, match=r"Emily Smith.* no absolute IRI"):
        _lines(folder, "http://example.com/")


@pytest.mark.parametrize(("form", "count"), [("CSV", 39), ("JSON", 41), ("XML", 38)])
def test_every_older_case_agrees(form: str, count: int) -> None:
    folders = sorted(shared("suites/rml/old/test-cases").glob(f"*-{form}"))
    assert len(folders) == count
    wrong = []
    for folder in folders:
        number = folder.name.removeprefix("RMLTC").partition("-")[0]
        expects_error = number in OLD_ERRORS and folder.name not in OLD_EMPTY
        try:
            made = _statements(folder, "http://example.com/base/")
        except VirtualesError as error:
            if not expects_error:
                wrong.append(f"{folder.name}: refused: {error}")
            continue
        if expects_error:
            wrong.append(f"{folder.name}: an error is expected")
        elif made != _expected(folder):
            wrong.append(f"{folder.name}: {made} instead of {_expected(folder)}")
    assert not wrong, "\n".join(wrong)


def _io_case(folder: Path, into: Path) -> dict[str, str]:
    """Carry out a case; return the statements of each file that is written, `default.nq` for the caller's own."""
    files = {path.name: path for path in folder.iterdir()}
    into.mkdir()
    chunks = carry_out_in_bulk(read_mapping(folder / "mapping.ttl"), Run(files, "http://example.com/"))
    written = write_chunks(chunks, Output(into / "default.nq", N_QUADS, into))
    return {one.path.name: _canonical_file(one.path, "") for one in written}


def _canonical_file(path: Path, treated: str) -> str:
    quads = list(_read(path))
    if treated == "untyped":
        quads = [_with_type(quad, XSD.string.value, XSD.integer.value) for quad in quads]
    if treated == "typed":
        quads = [_with_type(quad, XSD.integer.value, XSD.string.value) for quad in quads]
    return canonical_n_quads(quads)


def _with_type(quad: Quad, old: str, new: str) -> Quad:
    """Give an age of a case's output the datatype that the source has it in."""
    value = quad.object
    if not (isinstance(value, Literal) and value.datatype.value == old and quad.predicate.value.endswith("/age")):
        return quad
    typed = Literal(value.value, datatype=XSD.integer) if new == XSD.integer.value else Literal(value.value)
    return Quad(quad.subject, quad.predicate, typed, quad.graph_name)


def _read(path: Path) -> list[Quad]:
    """Read a case's output, unpacked and decoded."""
    data, name = path.read_bytes(), path.name
    if name.endswith((".tar.gz", ".tar.xz")):
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            (member,) = archive.getmembers()
            content = archive.extractfile(member)
            assert content is not None
            data, name = content.read(), member.name
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            (name,) = packed.namelist()
            data = packed.read(name)
    elif name.endswith(".gz"):
        data, name = gzip.decompress(data), name.removesuffix(".gz")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16").encode()
    if name.endswith(".rdfjson"):
        return _of_rdf_json(json.loads(data))
    types = {".nq": N_QUADS, ".nt": N_TRIPLES, ".ttl": TURTLE, ".n3": TURTLE, ".jsonld": JSON_LD, ".rdfxml": RDF_XML}
    return list(parse_file(data, types[Path(name).suffix], base="http://example.com/"))


def _of_rdf_json(said: dict[str, dict[str, list[dict[str, object]]]]) -> list[Quad]:
    lines = []
    for subject, properties in said.items():
        for predicate, values in properties.items():
            for value in values:
                assert value["type"] == "literal"
                kind = f"^^<{value['datatype']}>" if "datatype" in value else ""
                lines.append(f'<{subject}> <{predicate}> "{value["value"]}"{kind} .')
    return list(parse_file("\n".join(lines).encode(), N_QUADS))


def test_every_case_of_sources_and_targets_agrees(tmp_path: Path) -> None:
    cases, wrong, ran = _cases("suites/rml/io/test-cases"), [], 0
    folders = {path.name for path in shared("suites/rml/io/test-cases").glob("RML?TC*")}
    assert len(folders) == 73
    assert {case["ID"] for case in cases} <= folders
    refused = {case["ID"] for case in cases if case["error"] == "true"} - IO_NO_ERROR.keys()
    assert refused == {"RMLSTC0010a", "RMLSTC0010b"}
    for name in sorted(folders - IO_EXCLUDED.keys()):
        folder = shared("suites/rml/io/test-cases") / name
        ran += 1
        try:
            made = _io_case(folder, tmp_path / name)
        except VirtualesError as error:
            if name not in refused:
                wrong.append(f"{name}: refused: {error}")
            continue
        if name in refused:
            wrong.append(f"{name}: an error is expected")
            continue
        treated = "typed" if name in IO_TYPED else "untyped" if name in IO_UNTYPED else ""
        shipped = [*folder.glob("default.nq"), *folder.glob("output.nq"), *folder.glob("dump*")]
        expected = {path.name.replace("output", "default"): _canonical_file(path, treated) for path in shipped}
        if made != expected:
            wrong.append(f"{name}: {made} instead of {expected}")
    assert not wrong, "\n".join(wrong)
    assert (ran, len(IO_EXCLUDED)) == (72, 1)


def test_the_cases_that_are_in_error_contradict_a_case_with_the_same_mapping() -> None:
    root = shared("suites/rml/io/test-cases")
    reference = root / "RMLTTC0004d"
    assert '"33"^^<http://www.w3.org/2001/XMLSchema#integer>' in (reference / "dump1.nq").read_text()
    for name in IO_UNTYPED:
        (dump,) = (root / name).glob("dump1.*")
        assert (root / name / "Friends.json").read_bytes() == (reference / "Friends.json").read_bytes()
        ages = [plain(quad.object) for quad in _read(dump) if quad.predicate.value.endswith("/age")]
        assert ages == ["33", "34", "35", "36", "37"]
        assert _canonical_file(dump, "") != _canonical_file(dump, "untyped"), f"{name} is in order"
