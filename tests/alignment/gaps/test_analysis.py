"""What a model covers follows from what the record states and from the mappings, and from nothing else."""

from pathlib import Path

import pytest
from tests.alignment.gaps.analysing import CIM16, CIM17, account_of, cells, maps, registered
from tests.alignment.small_sets import line
from tests.alignment.use_cases.records import coverage, requirement, write_record

from virtuales.alignment.gaps.analysis import analyse
from virtuales.alignment.terms import BROAD_MATCH, CLOSE_MATCH, NARROW_MATCH, NO_TERM_FOUND, RELATED_MATCH
from virtuales.alignment.use_cases.reading import read_use_case
from virtuales.errors import InputError, UnknownTerm

OLD = "model:cgmes-2.4.15"
LINES = requirement("lines", coverage("cim16:ACLineSegment", "cim16:ACLineSegment.r", model=OLD))
EXACT = [maps("ACLineSegment", "ACLineSegment"), maps("ACLineSegment.r", "ACLineSegment.r")]


def test_refuses_a_term_that_the_model_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerm, match="`cim:ACLineSegmnt` is no term of cgmes-3") as refused:
        account_of(tmp_path, [requirement("lines", coverage("cim:ACLineSegmnt"))])
    assert refused.value.remedy == "Did you mean `cim:ACLineSegment`?"


def test_refuses_models_that_are_not_registered(tmp_path: Path) -> None:
    with pytest.raises(UnknownTerm, match="cgmes-9"):
        account_of(tmp_path, [requirement("lines", coverage("cim:Line", model="model:cgmes-9"))])
    with pytest.raises(UnknownTerm, match="cgmes-9"):
        account_of(tmp_path, [], models=["cgmes-9"])
    with pytest.raises(UnknownTerm, match="cgmes-9"):
        account_of(tmp_path, ["case:review prov:used model:cgmes-9 ."])


def test_refuses_a_record_that_reviewed_nothing_unless_models_are_named(tmp_path: Path) -> None:
    path = write_record(tmp_path, [LINES])
    path.write_text(path.read_text(encoding="utf-8").replace("ves:ModelReview", "ves:GapAnalysis"), encoding="utf-8")
    use_case = read_use_case(path)
    with pytest.raises(InputError, match="no models that were reviewed"):
        analyse(use_case, models=registered(), sets=())
    assert analyse(use_case, models=registered(), sets=(), references=["cgmes-2.4.15"]).rows[0].best == "covered"


def test_is_covered_where_exact_mappings_lead_and_says_by_which(tmp_path: Path) -> None:
    found = cells(account_of(tmp_path, [LINES], EXACT))
    assert {name: cell.status for name, cell in found.items()} == {"cgmes-2.4.15": "covered", "cgmes-3.0": "covered"}
    term = found["cgmes-3.0"].terms[1]
    assert (term.iri, term.nearness, term.origin) == (
        f"{CIM17}ACLineSegment.r",
        "same",
        "cim:ACLineSegment.r of cgmes-2.4.15",
    )
    assert term.because[0].startswith(f"{CIM16}ACLineSegment.r ")


def test_a_mapping_leads_both_ways(tmp_path: Path) -> None:
    new = requirement("lines", coverage("cim:ACLineSegment"))
    assert cells(account_of(tmp_path, [new], EXACT))["cgmes-2.4.15"].status == "covered"


def test_a_chain_of_exact_mappings_leads_as_far(tmp_path: Path) -> None:
    by_way = "https://example.org/line"
    chain = [line(f"{CIM16}ACLineSegment", target=by_way), line(by_way, target=f"{CIM17}ACLineSegment"), EXACT[1]]
    found = cells(account_of(tmp_path, [LINES], chain))["cgmes-3.0"]
    assert (found.status, len(found.terms[0].because)) == ("covered", 2)


@pytest.mark.parametrize(
    ("predicate", "nearness"),
    [(BROAD_MATCH, "broader"), (NARROW_MATCH, "narrower"), (CLOSE_MATCH, "close"), (RELATED_MATCH, "related")],
)
def test_is_partly_covered_where_a_term_leads_only_nearly(tmp_path: Path, predicate: str, nearness: str) -> None:
    near = [EXACT[0], maps("ACLineSegment.r", "ACLineSegment.r", predicate)]
    found = cells(account_of(tmp_path, [LINES], near))["cgmes-3.0"]
    assert (found.status, found.lacks) == ("partly covered", frozenset({"term"}))
    assert found.terms[1].nearness == nearness


def test_changing_one_row_of_a_mapping_set_changes_the_report(tmp_path: Path) -> None:
    statuses: dict[str, str] = {}
    for name, row in (
        ("exact", EXACT[1]),
        ("close", maps("ACLineSegment.r", "ACLineSegment.r", CLOSE_MATCH)),
        ("elsewhere", maps("ACLineSegment.r", "ACLineSegment.x", denied=True)),
    ):
        statuses[name] = cells(account_of(tmp_path, [LINES], [EXACT[0], row]))["cgmes-3.0"].status
    assert statuses == {"exact": "covered", "close": "partly covered", "elsewhere": "partly covered"}


def test_is_partly_covered_where_some_terms_lead_nowhere(tmp_path: Path) -> None:
    found = cells(account_of(tmp_path, [LINES], EXACT[:1]))["cgmes-3.0"]
    assert (found.status, found.lacks) == ("partly covered", frozenset({"term"}))
    assert found.reasons == ("No mapping leads here from `cim:ACLineSegment.r of cgmes-2.4.15`.",)


def test_is_not_covered_where_no_term_leads_and_says_what_mappings_say(tmp_path: Path) -> None:
    gone = line(
        f"{CIM16}ACLineSegment",
        target=NO_TERM_FOUND,
        comment="Left out on purpose.",
        object_source="https://w3id.org/virtuales/model/cgmes-3.0",
    )
    found = cells(account_of(tmp_path, [LINES], [gone]))["cgmes-3.0"]
    assert (found.status, found.terms) == ("not covered", ())
    assert found.reasons[0] == "`cim:ACLineSegment of cgmes-2.4.15`: Left out on purpose."


def test_the_very_term_in_another_model_needs_no_mapping(tmp_path: Path) -> None:
    new = requirement("lines", coverage("cim:ACLineSegment"))
    found = cells(account_of(tmp_path, [new], models=["cgmes-3.0", "gb-ltds-1.0.1"]))
    assert found["gb-ltds-1.0.1"].status == "covered"


def test_what_the_record_states_of_a_model_counts_for_it(tmp_path: Path) -> None:
    lacking = coverage("cim:ACLineSegment", more=' ; ves:lacks ves:maximumAge ; rdfs:comment "No time is said."')
    found = cells(account_of(tmp_path, [LINES.replace(" .\n", f"{lacking} .\n")], EXACT))["cgmes-3.0"]
    assert (found.status, found.lacks, found.reasons) == (
        "partly covered",
        frozenset({"timeliness"}),
        ("No time is said.",),
    )


def test_a_unit_that_the_terms_do_not_have_is_lacking(tmp_path: Path) -> None:
    in_mw = requirement("lines", " ; qudt:hasUnit unit:MegaW", coverage("cim:ACLineSegment.r"))
    found = cells(account_of(tmp_path, [in_mw], models=["cgmes-3.0"]))["cgmes-3.0"]
    assert (found.status, found.lacks) == ("partly covered", frozenset({"unit"}))
    assert found.reasons == ("Values are in ohm instead of MW.",)


def test_a_unit_that_data_says_itself_is_there(tmp_path: Path) -> None:
    said = requirement("lines", " ; qudt:hasUnit unit:MegaW", coverage("cim:Analog", "cim:Measurement.unitSymbol"))
    assert cells(account_of(tmp_path, [said], models=["cgmes-3.0"]))["cgmes-3.0"].status == "covered"


def test_the_same_term_in_two_units_is_a_conflict_of_both_models(tmp_path: Path) -> None:
    both = requirement(
        "limits",
        coverage("cim:CurrentLimit.normalValue"),
        coverage("cim:CurrentLimit.normalValue", model="model:gb-ltds-1.0.1"),
    )
    found = cells(account_of(tmp_path, [both], models=["cgmes-3.0", "gb-ltds-1.0.1"]))
    assert {cell.status for cell in found.values()} == {"conflicting"}
    assert "is in A" in found["gb-ltds-1.0.1"].reasons[0]
    alone = cells(account_of(tmp_path, [both], models=["cgmes-3.0"]))
    assert alone["cgmes-3.0"].status == "covered"


def test_terms_that_only_happen_to_be_alone_are_no_conflict(tmp_path: Path) -> None:
    one = requirement(
        "stores",
        coverage("cim:BatteryUnit.storedE", "cim:IdentifiedObject.name"),
        coverage("ecr:storageCapacity", model="model:embedded-capacity-register"),
    )
    prefix = "@prefix ecr: <https://w3id.org/virtuales/embedded-capacity-register#> ."
    mapped = [maps("IdentifiedObject.name", "IdentifiedObject.name")]
    models = ["cgmes-2.4.15", "embedded-capacity-register"]
    assert cells(account_of(tmp_path, [prefix, one], mapped, models))["cgmes-2.4.15"].status == "partly covered"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ACLineSegment.r", "ACLineSegment", "is a property"),
        ("ACLineSegment.r", "IdentifiedObject.name", "values of float"),
        ("ACLineSegment.r", "Conductor.length", "is in ohm"),
        ("ACLineSegment.r", "Terminal.ConnectivityNode", "leads to objects"),
    ],
)
def test_mapped_terms_that_contradict_each_other_are_a_conflict(tmp_path: Path, old: str, new: str, said: str) -> None:
    one = requirement("lines", coverage(f"cim16:{old}", model=OLD))
    found = cells(account_of(tmp_path, [one], [maps(old, new)]))["cgmes-3.0"]
    assert found.status == "conflicting"
    assert said in found.reasons[0]


def test_mappings_that_deny_each_other_are_a_conflict(tmp_path: Path) -> None:
    denied = [*EXACT, maps("ACLineSegment", "ACLineSegment", denied=True)]
    found = cells(account_of(tmp_path, [LINES], denied))["cgmes-3.0"]
    assert found.status == "conflicting"
    assert "denied by" in found.reasons[0]


def test_the_best_model_tells_whether_a_requirement_is_a_gap(tmp_path: Path) -> None:
    account = account_of(tmp_path, [LINES, requirement("none", number="S-02")], EXACT[:1])
    assert [row.best for row in account.report.rows] == ["covered", "not covered"]
    assert [row.requirement.identifier for row in account.report.gaps()] == ["S-02"]
    assert account.report.best_counts()["covered"] == 1
