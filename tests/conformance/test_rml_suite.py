"""The conformance cases of RML: RML-Core (JSON), and the older cases for CSV, JSON and XML.

Statements are compared as graphs (RDFC-1.0). A case that expects an error has to be refused with one of our errors.
"""

import csv
from pathlib import Path

import pytest
from tests.shared_data import shared

from virtuales.errors import VirtualesError
from virtuales.preparation.rml.engine import Run, carry_out
from virtuales.preparation.rml.reading import read_mapping
from virtuales.rdf.canonical import canonical_n_quads
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_QUADS

CORE_EXCLUDED = {
    "RMLTC0027b-JSON": "its expected output holds an IRI with a space, which is no N-Quads; such an IRI is refused",
    "RMLTC0012e-JSON": "its file `people.json` is missing from the suite",
}
OLD_EXCLUDED = {
    "RMLTC0002c-JSON": "expects an error for a path that leads nowhere; RML-Core has it give no term",
    "RMLTC0002c-XML": "expects an error for a path that leads nowhere; RML-Core has it give no term",
}
OLD_ERRORS = {"0002c", "0002e", "0002g", "0004b", "0007h", "0012c", "0012d", "0015b", "0019b", "0020b"}
"""Old cases that expect an error; where there is output as well, it is what is left without the value in error.

In 0002g the file that the mapping reads is not there.
"""


def _statements(folder: Path, base: str) -> str:
    files = {path.name: path for path in folder.iterdir()}
    made = carry_out(read_mapping(folder / "mapping.ttl"), Run(files, base))
    lines = "".join(f"{s.subject} {s.predicate} {s.object} {s.graph} .\n" for s in made)
    return canonical_n_quads(parse_file(lines.encode(), N_QUADS))


def _expected(folder: Path) -> str:
    return canonical_n_quads(parse_file(folder / "output.nq"))


def _core() -> list[dict[str, str]]:
    with (shared("suites/rml/core") / "metadata.csv").open() as file:
        return list(csv.DictReader(file))


def test_every_core_case_agrees() -> None:
    cases, wrong = _core(), []
    assert len(cases) == 76
    for case in cases:
        folder = shared("suites/rml/core") / case["ID"]
        if case["ID"] in CORE_EXCLUDED:
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


@pytest.mark.parametrize(("form", "count"), [("CSV", 39), ("JSON", 41), ("XML", 38)])
def test_every_older_case_agrees(form: str, count: int) -> None:
    folders = sorted(shared("suites/rml/old/test-cases").glob(f"*-{form}"))
    assert len(folders) == count
    wrong = []
    for folder in folders:
        if folder.name in OLD_EXCLUDED:
            continue
        expects_error = folder.name.removeprefix("RMLTC").partition("-")[0] in OLD_ERRORS
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
