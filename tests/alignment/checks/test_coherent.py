"""Checks of what mappings together do to the models, on sets of a few lines."""

from pathlib import Path

import pytest
from tests.alignment.checks.small_folder import EDITIONS, FROM_16, row, same, write_folder

from virtuales.alignment.checks.run import check_files
from virtuales.alignment.findings import Finding
from virtuales.models.facts import ClassFact, Model, PropertyFact
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

CODES = {"unsatisfiable-class", "unsatisfiable-property", "new-subsumption", "models-order-differently"}


@pytest.fixture(scope="module")
def models() -> ModelRegistry:
    """The models that come with the program."""
    return ModelRegistry.load(contributed("ontology"))


def added(folder: Path, models: ModelRegistry, lines: dict[str, list[str]]) -> list[Finding]:
    """Return what is found of coherence in the small folder with lines added to its files."""
    write_folder(folder)
    for name, more in lines.items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in more)
    return [each for each in check_files(None, folder=folder, models=models).findings if each.rule in CODES]


def test_the_line_that_most_conclusions_rest_on_is_told_with_the_others(tmp_path: Path, models: ModelRegistry) -> None:
    lines = [row("cim16:Equipment", "cim17:Substation", "skos:broadMatch")]
    findings = added(tmp_path, models, {EDITIONS: lines})
    last = (tmp_path / EDITIONS).read_text(encoding="utf-8").count("\n")
    assert {(each.rule, each.line) for each in findings} == {("new-subsumption", last)}
    (finding,) = findings
    assert "would be a `Substation`, which its own model does not say" in finding.what
    assert f"editions.sssom.tsv, line {last - 1}" not in finding.what
    assert "others too." in finding.what


def test_what_lines_of_two_files_lead_to_is_told_in_both(tmp_path: Path, models: ModelRegistry) -> None:
    lines = {
        EDITIONS: [row("cim16:Junction", "cim17:Junction")],
        FROM_16: [row("cim16:Junction", "cim17:Clamp", "skos:broadMatch")],
    }
    findings = added(tmp_path, models, lines)
    assert {Path(each.file).name for each in findings} == {EDITIONS, FROM_16}
    assert all("from-16.sssom.tsv" in each.what for each in findings if each.file.endswith(EDITIONS))
    assert all("skos:closeMatch" in each.remedy for each in findings)


def test_an_accepted_line_answers_for_the_others_too(tmp_path: Path, models: ModelRegistry) -> None:
    slots = {"other": "accepts=new-subsumption", "comment": "So it is in this region."}
    line = row("cim16:Disconnector", "cim17:Breaker", "skos:broadMatch", **slots)
    findings = added(tmp_path, models, {EDITIONS: [line]})
    assert [(each.rule, each.severity) for each in findings] == [("new-subsumption", "info")]


def test_terms_that_kept_their_names_are_ordered_differently_by_the_models_themselves(
    tmp_path: Path, models: ModelRegistry
) -> None:
    findings = added(tmp_path, models, {EDITIONS: [same("TieFlow")]})
    assert {(each.rule, each.severity) for each in findings} == {("models-order-differently", "info")}


def test_a_property_that_several_lines_make_impossible_is_told(tmp_path: Path) -> None:
    small = ModelRegistry([])
    small.add(
        Model(
            "left",
            namespaces={"l": "http://l.example/"},
            classes={"http://l.example/A": ClassFact("http://l.example/A", "A")},
            properties={
                "http://l.example/p": PropertyFact("http://l.example/p", "p", domains=("http://l.example/A",)),
            },
        )
    )
    small.add(
        Model(
            "right",
            namespaces={"r": "http://r.example/"},
            properties={
                "http://r.example/q": PropertyFact("http://r.example/q", "q", ranges=("http://r.example/B",)),
                "http://r.example/t": PropertyFact(
                    "http://r.example/t", "t", datatype="http://www.w3.org/2001/XMLSchema#string"
                ),
            },
        )
    )
    folder = write_folder(tmp_path)
    path = folder / "small.sssom.tsv"
    path.write_text(
        "#curie_map:\n#  l: http://l.example/\n#  r: http://r.example/\n#license: https://e.org/l\n"
        "#mapping_set_id: https://e.org/s\nsubject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "l:p\tskos:broadMatch\tr:q\tsemapv:ManualMappingCuration\n"
        "l:p\tskos:broadMatch\tr:t\tsemapv:ManualMappingCuration\n",
        encoding="utf-8",
    )
    findings = [each for each in check_files([path], folder=folder, models=small).findings if each.rule in CODES]
    assert [(each.rule, each.severity, each.line) for each in findings] == [
        ("unsatisfiable-property", "error", 7),
        ("unsatisfiable-property", "error", 8),
    ]
    assert "could have no value" in findings[0].what
