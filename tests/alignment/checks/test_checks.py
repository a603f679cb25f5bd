"""Checks of contributed mappings: every wrong edit is found at its line, and what is sound gives none."""

import time
from pathlib import Path

import pytest
from tests.alignment.checks.small_folder import EDITIONS, RULE, row, same, write_folder
from tests.alignment.checks.wrong_edits import ACCEPTED, WRONG_EDITS, WrongEdit

from virtuales.alignment.checks.on_rules import RULE_CHECKS
from virtuales.alignment.checks.run import check_files
from virtuales.alignment.checks.table import CHECKS
from virtuales.alignment.findings import SHOWN_OF_A_KIND, Finding
from virtuales.errors import UnreadableInput
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

NOT_EDITED = {"unknown-model", "rule-never-applies", "unsatisfiable-property", "models-order-differently"}
"""Checks that have a test of their own rather than a wrong edit of one line."""


@pytest.fixture(scope="module")
def models() -> ModelRegistry:
    """The models that come with the program."""
    return ModelRegistry.load(contributed("ontology"))


def found(file: str, folder: Path, models: ModelRegistry) -> list[Finding]:
    """Return what is found in one file."""
    return list(check_files([folder / file], folder=folder, models=models).findings)


def edited(edit: WrongEdit, folder: Path) -> int:
    """Make the wrong edit and return its line."""
    path = write_folder(folder) / edit.file
    text, line = edit.apply(path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    return line


def test_the_seeded_set_has_more_than_sixty_wrong_edits_and_each_check_has_one() -> None:
    assert len(WRONG_EDITS) == 94
    codes = {check.code for check in CHECKS} | {check.code for check in RULE_CHECKS}
    assert codes - {edit.code for edit in WRONG_EDITS} == NOT_EDITED


@pytest.mark.parametrize("edit", WRONG_EDITS, ids=[f"{n:02}-{e.code}" for n, e in enumerate(WRONG_EDITS, 1)])
def test_a_wrong_edit_is_found_at_its_line(edit: WrongEdit, tmp_path: Path, models: ModelRegistry) -> None:
    line = edited(edit, tmp_path)
    findings = found(edit.file, tmp_path, models)
    right = [each for each in findings if each.rule == edit.code and each.line == line]
    assert right, [(each.rule, each.where, each.what) for each in findings]
    assert edit.suggestion in " ".join(each.remedy for each in right)
    assert all(each.what and each.severity != "info" for each in right)


def test_a_sound_folder_gives_no_finding(tmp_path: Path, models: ModelRegistry) -> None:
    checked = check_files(None, folder=write_folder(tmp_path), models=models)
    assert checked.findings == ()
    assert len(checked.files) == 6


def test_the_shipped_files_give_none_and_take_little_time() -> None:
    started = time.process_time()
    checked = check_files(None, folder=contributed("mappings"), models=ModelRegistry.load(contributed("ontology")))
    assert time.process_time() - started < 20
    assert [(each.where, each.what) for each in checked.findings if each.severity != "info"] == []
    assert len(checked.files) >= 2


def test_one_file_is_judged_as_it_is_among_all(models: ModelRegistry) -> None:
    folder = contributed("mappings")
    together = check_files(None, folder=folder, models=models)
    largest = sorted(map(Path, together.files), key=lambda path: path.stat().st_size)[-2:]
    for path in (*largest, *(Path(file) for file in together.files if file.endswith("limit-values.rq"))):
        alone = check_files([path], folder=folder, models=models)
        assert alone.findings == tuple(each for each in together.findings if each.file == str(path))


def test_refuses_a_file_that_is_not_there(tmp_path: Path, models: ModelRegistry) -> None:
    with pytest.raises(UnreadableInput, match="no such file"):
        check_files([tmp_path / "none.sssom.tsv"], folder=write_folder(tmp_path), models=models)


def test_a_file_that_the_manifest_does_not_list_is_found(tmp_path: Path, models: ModelRegistry) -> None:
    folder = write_folder(tmp_path)
    (folder / "more.rq").write_text((folder / RULE).read_text(encoding="utf-8"), encoding="utf-8")
    assert [each.rule for each in found("more.rq", folder, models)] == ["not-listed"]


def test_a_file_outside_the_folder_is_judged_with_the_folders_sets(tmp_path: Path, models: ModelRegistry) -> None:
    folder = write_folder(tmp_path / "folder")
    header = (folder / EDITIONS).read_text(encoding="utf-8").partition("cim16:ACLineSegment\t")[0]
    draft = tmp_path / "draft.sssom.tsv"
    text = header.replace("mappings/editions", "draft") + row("cim16:Switch", "cim17:Breaker") + "\n"
    draft.write_text(text, encoding="utf-8")
    assert [each.rule for each in check_files([draft], folder=folder, models=models).findings] == ["collapse"]


def test_a_model_that_is_not_registered_is_told_and_not_held_against_the_set(
    tmp_path: Path, models: ModelRegistry
) -> None:
    path = write_folder(tmp_path) / "elsewhere.sssom.tsv"
    path.write_text(
        "#curie_map:\n#  a: https://a.example/\n#  b: https://b.example/\n#license: https://e.org/l\n"
        "#mapping_set_id: https://e.org/s\n#subject_source: a:model\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "a:x\tskos:exactMatch\tb:y\tsemapv:ManualMappingCuration\n",
        encoding="utf-8",
    )
    outside = write_folder(tmp_path / "folder")
    findings = check_files([path], folder=outside, models=models).findings
    assert [(each.rule, each.severity, each.line) for each in findings] == [("unknown-model", "info", 6)]


def test_a_rule_that_reads_nothing_of_its_source_never_applies(tmp_path: Path, models: ModelRegistry) -> None:
    path = write_folder(tmp_path) / RULE
    text = path.read_text(encoding="utf-8").replace("from: cgmes-2.4.15", "from: dcat-3")
    path.write_text(text, encoding="utf-8")
    assert [each.rule for each in found(RULE, tmp_path, models)] == ["rule-never-applies"]


@pytest.mark.parametrize(("comment", "severity"), [("A reason.", "info"), ("", "error")])
def test_a_finding_is_accepted_only_with_a_reason(
    comment: str, severity: str, tmp_path: Path, models: ModelRegistry
) -> None:
    path = write_folder(tmp_path) / EDITIONS
    text = path.read_text(encoding="utf-8").replace(same("ACLineSegment.r"), ACCEPTED.replace("A reason.", comment))
    path.write_text(text, encoding="utf-8")
    (finding,) = found(EDITIONS, tmp_path, models)
    assert (finding.rule, finding.severity) == ("unit-clash", severity)
    assert "reason" in finding.remedy or "comment" in finding.remedy


def test_too_many_findings_of_a_kind_are_counted(tmp_path: Path, models: ModelRegistry) -> None:
    path = write_folder(tmp_path) / EDITIONS
    text = path.read_text(encoding="utf-8").replace("CIM-schema-cim16#", "CIM-schema-cim15#")
    path.write_text(text, encoding="utf-8")
    findings = found(EDITIONS, tmp_path, models)
    unknown = [each for each in findings if each.rule == "unknown-term"]
    assert len(unknown) == SHOWN_OF_A_KIND + 1
    assert "more like these" in unknown[-1].what
