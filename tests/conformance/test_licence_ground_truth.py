"""Licences as others state them: the chart of Creative Commons, statements about data licences, and databases in RDF.

The statements are those of the Open Data Institute's guide, of the text of the Open Government Licence, and of a
discussion of it; each is tested by its identifier, and none may be left out.
"""

import csv
import json
from collections.abc import Callable, Mapping

import pytest
from tests.shared_data import shared

from virtuales.errors import UnreadableInput
from virtuales.policy.licences.composition import Composition, Outcome, Source, compose
from virtuales.policy.licences.reading import load_licences, read_licences
from virtuales.rdf.namespaces import DPV
from virtuales.resources import contributed

SUITE = "suites/licences"
CELLS, STATEMENTS, FILES = 49, 9, 593
KNOWN = load_licences(contributed("ontology") / "licences.ttl")
UNREADABLE = {
    "dalicc/dependencygraph/dg_default.ttl": "is a graph of actions and describes no licence",
    "dalicc/licenses/NCGL-UK-2.0.ttl": "is no Turtle: a literal has quotation marks of print",
    "w3c-odrl-licensedb/vocab.ttl": "is the vocabulary of the others and describes no licence",
}
"""Files of the databases that hold no licence to read, each with the reason."""


def of_chart(column: str) -> str:
    """Return the licence that a row or column of the chart means."""
    return "CC0-1.0" if column == "PD" else f"CC-{column}-4.0"


def composed(*names: str, result: str | None = None, unmodified: bool = False) -> Composition:
    wanted = KNOWN.get(result) if result else None
    return compose([Source(KNOWN.get(name)) for name in names], KNOWN, result=wanted, unmodified=unmodified)


def carried(*names: str) -> set[str]:
    return {licence.identifier for licence in composed(*names).may_carry}


def test_agrees_with_every_cell_of_the_chart_for_adapters() -> None:
    text = (shared(SUITE) / "ground-truth" / "cc-adapters-chart.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    cells = [(row["original"], name, value) for row in rows for name, value in row.items() if name != "original"]
    wrong = [
        (original, adapted, value)
        for original, adapted, value in cells
        if composed(of_chart(original), result=of_chart(adapted)).is_allowed != (value == "1")
    ]
    assert wrong == []
    assert len(cells) == CELLS


def unrestricted() -> None:
    found = composed("CC0-1.0", "PDDL-1.0")
    assert found.outcome is Outcome.ALLOWED
    assert set(found.may_carry) == {licence for licence in KNOWN if licence.assigner is None}


def the_same_licence() -> None:
    assert carried("CC0-1.0", "CC-BY-SA-4.0") == {"CC-BY-SA-4.0"}


def prohibition_against_share_alike() -> None:
    refused = composed("ODbL-1.0", "CC-BY-NC-4.0")
    assert not refused.is_allowed
    assert any("commercial use" in reason.message for reason in refused.reasons)


def two_share_alikes() -> None:
    assert {reason.code for reason in composed("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0").reasons} == {"share-alike"}


def two_share_alikes_of_two_families() -> None:
    assert {reason.code for reason in composed("ODbL-1.0", "CC-BY-NC-SA-4.0").reasons} == {"share-alike"}


def the_original_keeps_its_licence() -> None:
    for licence in KNOWN:
        name = licence.identifier
        others = [one.identifier for one in KNOWN if one.iri != licence.iri]
        assert not any(composed(name, result=other, unmodified=True).is_allowed for other in others)


def government_data_under_attribution() -> None:
    for result in ("CC-BY-4.0", "ODC-By-1.0"):
        assert composed("OGL-UK-3.0", result=result).outcome is Outcome.ALLOWED_IF


def not_the_other_way() -> None:
    assert not composed("CC-BY-4.0", result="OGL-UK-3.0").is_allowed


def what_the_licence_leaves_out() -> None:
    excluded = KNOWN.get("OGL-UK-3.0").excludes
    names = {term.value.rpartition("#")[2] for term in excluded}
    assert DPV.PersonalData in excluded
    assert {"ThirdPartyRights", "LogosAndInsignia"} <= names
    personal = Source(KNOWN.get("OGL-UK-3.0"), personal_data=True)
    assert compose([personal], KNOWN).outcome is Outcome.NOT_ALLOWED
    assert "not-covered" in {reason.code for reason in composed("OGL-UK-3.0").reasons}


HELD: Mapping[str, Callable[[], None]] = {
    "ODI-1": unrestricted,
    "ODI-2": the_same_licence,
    "ODI-3": prohibition_against_share_alike,
    "ODI-4": two_share_alikes,
    "ODI-5": two_share_alikes_of_two_families,
    "ODI-6": the_original_keeps_its_licence,
    "OGL-1": government_data_under_attribution,
    "OGL-2": not_the_other_way,
    "OGL-3": what_the_licence_leaves_out,
}
"""What each statement says, as a test, by its identifier."""


@pytest.mark.parametrize("statement", HELD)
def test_agrees_with_the_statement(statement: str) -> None:
    HELD[statement]()


def test_every_statement_is_tested() -> None:
    text = (shared(SUITE) / "ground-truth" / "odi-and-ogl-statements.json").read_text(encoding="utf-8")
    stated = [each["id"] for each in json.loads(text)["statements"]]
    assert stated == list(HELD)
    assert len(stated) == STATEMENTS


def test_reads_every_file_of_the_databases() -> None:
    folder = shared(SUITE)
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in {".ttl", ".rdf"}]
    licences = ruled = 0
    refused: set[str] = set()
    for path in files:
        try:
            found = read_licences(path)
        except UnreadableInput:
            refused.add(path.relative_to(folder).as_posix())
            continue
        licences += len(found)
        ruled += sum(bool(licence.permits or licence.prohibits or licence.requires) for licence in found)
    assert refused == UNREADABLE.keys()
    assert len(files) == FILES
    assert licences >= 900
    assert ruled >= 850
