"""SSSOM/TSV: what is wrong is refused with its place, what is not quite right is taken with a word."""

from datetime import date
from pathlib import Path

import pytest
from tests.alignment.small_sets import CELLS, HEADER, NAMES, SET, A, B, line, read, said, table

from virtuales.alignment.findings import SHOWN_OF_A_KIND
from virtuales.alignment.terms import MANUAL_CURATION, NO_TERM_FOUND
from virtuales.errors import InputError, UnreadableInput


@pytest.mark.parametrize(
    ("slot", "cell", "rule"),
    [
        ("confidence", "1.5", "out-of-range"),
        ("confidence", "high", "no-number"),
        ("confidence", "nan", "no-number"),
        ("mapping_date", "2026-13-01", "no-date"),
        ("mapping_date", "30/11/2026", "no-date"),
        ("predicate_modifier", "Maybe", "no-choice"),
        ("subject_type", "owl thing", "no-choice"),
        ("author_id", "nobody:1", "unknown-prefix"),
        ("record_id", "no identifier", "no-identifier"),
        ("subject_source", "onto", "no-identifier"),
        ("mapping_source", "a:x y", "no-iri"),
        ("mapping_source", "sssom:NoTermFound", "misplaced-no-term"),
        ("mapping_cardinality", "1:0", "cardinality"),
        ("review_date", "2026-11-30", "no-reviewer"),
        ("predicate_type", "rdfs literal", "predicate-type"),
        ("cardinality_scope", "colour", "cardinality-scope"),
    ],
)
def test_refuses_a_wrong_value_and_names_line_column_and_slot(slot: str, cell: str, rule: str) -> None:
    names = (slot, "mapping_cardinality") if slot == "cardinality_scope" else (slot,)
    reading = read(table((cell, "1:1")[: len(names)], names=names))
    found = [finding for finding in reading.errors() if finding.rule == rule]
    assert [(finding.slot, finding.file) for finding in found] == [(slot, "small.sssom.tsv")]
    assert slot == "cardinality_scope" or (found[0].line, found[0].column) == (8, 5)
    assert found[0].what
    assert found[0].remedy
    with pytest.raises(InputError, match=r".") as caught:
        reading.accepted()
    assert "small.sssom.tsv" in str(caught.value.where)


@pytest.mark.parametrize("slot", NAMES)
def test_refuses_a_mapping_without_what_every_mapping_has(slot: str) -> None:
    row = "\t".join("" if name == slot else cell for name, cell in zip(NAMES, CELLS, strict=True))
    reading = read((HEADER + "\t".join(NAMES) + "\n" + row + "\n").encode())
    assert [(each.rule, each.line, each.slot) for each in reading.errors()] == [("missing-slot", 8, slot)]


def test_refuses_a_justification_beyond_the_specification() -> None:
    row = "a:x\tskos:exactMatch\tb:y\tsemapv:HumanCuration"
    reading = read((HEADER + "\t".join(NAMES) + "\n" + row + "\n").encode())
    assert ("unknown-justification", "line 8, column 4, slot `mapping_justification`") in said(reading)


def test_refuses_a_prefix_that_means_something_else_in_sssom() -> None:
    header = HEADER.replace("#  orcid: https://orcid.org/", "#  skos: https://example.org/skos#")
    assert ("bad-prefix", "line 4, slot `curie_map`") in said(read(table((), header=header)))


def test_refuses_a_later_version() -> None:
    reading = read(table((), header='#sssom_version: "2.0"\n' + HEADER))
    assert [each.rule for each in reading.errors()] == ["unknown-version"]


def test_refuses_records_of_which_some_have_an_identifier_or_two_have_the_same() -> None:
    reading = read(table(("a:1",), ("a:1",), ("",), names=("record_id",)))
    assert [(each.rule, each.line) for each in reading.errors()] == [("record-id-twice", 9), ("record-id-missing", 10)]


def test_refuses_a_row_with_too_many_cells_and_columns_of_one_name() -> None:
    reading = read(table(("0.5", "more"), names=("confidence",)))
    assert [(each.rule, each.line) for each in reading.errors()] == [("long-row", 8)]
    reading = read(table(("0.5", "0.6"), names=("confidence", "confidence")))
    assert [(each.rule, each.line, each.column) for each in reading.errors()] == [("column-twice", 7, 6)]


def test_refuses_a_quotation_without_end() -> None:
    with pytest.raises(UnreadableInput) as caught:
        read(table(("fine",), ('"no end',), names=("comment",)))
    assert caught.value.where == "small.sssom.tsv, line 9"


def test_refuses_what_is_no_table_of_mappings(tmp_path: Path) -> None:
    for content in (b"", b"colour\tsize\nred\t1\n", HEADER.encode()):
        with pytest.raises(UnreadableInput):
            read(content)
    with pytest.raises(UnreadableInput, match="is not UTF-8") as caught:
        read(b"subject_id\n\xff\n")
    assert caught.value.where == "small.sssom.tsv, line 2"
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read(tmp_path / "missing.tsv")  # type: ignore[arg-type]


def test_counts_what_is_wrong_too_often_to_be_listed() -> None:
    reading = read(table(*[("2",)] * (SHOWN_OF_A_KIND + 5), names=("confidence",)))
    errors = reading.errors()
    assert len(errors) == SHOWN_OF_A_KIND + 1
    assert any(error.what == "5 more like these." for error in errors)


@pytest.mark.parametrize(
    ("slot", "cell", "rule", "taken"),
    [
        ("predicate_modifier", "NOT", "other-spelling", "Not"),
        ("subject_type", "owl:Class", "other-spelling", "owl class"),
        ("mapping_date", "2026-11-30T10:00:00", "time-for-date", date(2026, 11, 30)),
        ("subject_source", "https://a.example/onto", "identifier-in-full", "https://a.example/onto"),
        ("subject_source", " a:onto ", "spaces-around", A + "onto"),
        ("see_also", "ticket 3", "no-uri", ("ticket 3",)),
    ],
)
def test_takes_what_real_files_hold_with_a_word(slot: str, cell: str, rule: str, taken: object) -> None:
    reading = read(table((cell,), names=(slot,)))
    assert said(reading) == [(rule, f"line 8, column 5, slot `{slot}`")]
    assert getattr(reading.accepted().mappings[0], slot) == taken
    with pytest.raises(InputError):
        reading.accepted(strict=True)


def test_takes_short_and_empty_rows_and_the_tabs_of_spreadsheets_with_a_word() -> None:
    text = table(("sure",), names=("comment",)).decode().replace("#license", "#license", 1)
    text = text.replace(f"#mapping_set_id: {SET}\n", f"#mapping_set_id: {SET}\t\t\n\n")
    text += "\t".join(CELLS) + "\n\t\t\t\t\n"
    reading = read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    rules = [rule for rule, _ in said(reading)]
    assert sorted(rules) == ["byte-order-mark", "empty-line", "empty-line", "short-row", "trailing-tabs"]
    assert [mapping.line for mapping in reading.accepted().mappings] == [9, 10]
    assert reading.accepted().mapping_set_id == SET


def test_takes_slots_from_before_version_1() -> None:
    header = HEADER + "subject_id\tpredicate_id\tobject_id\tmatch_type\tmatch_term_type\tsemantic_similarity_score\n"
    reading = read((header + "a:x\tskos:exactMatch\tb:y\tHumanCurated\tClassMatch\t0.9\n").encode())
    assert {finding.severity for finding in reading.findings} == {"info"}
    taken = reading.accepted(strict=True).mappings[0]
    assert taken == line(A + "x", subject_type="owl class", object_type="owl class", similarity_score=0.9)


def test_reads_every_kind_of_slot() -> None:
    names = ("author_id", "confidence", "mapping_date", "match_string", "predicate_modifier")
    reading = read(table(("orcid:1|orcid:2", "0.9", "2026-11-30", r"a|b\|c|d\\", "Not"), names=names))
    assert reading.findings == ()
    assert reading.accepted().mappings == (
        line(
            A + "x",
            author_id=("https://orcid.org/1", "https://orcid.org/2"),
            confidence=0.9,
            mapping_date=date(2026, 11, 30),
            match_string=("a", "b|c", "d\\"),
            predicate_modifier="Not",
        ),
    )


def test_keeps_quoted_cells_and_the_line_that_each_row_begins_on() -> None:
    reading = read(table(('"two\nlines, a ""word"" and a\ttab"',), ("plain",), names=("comment",)))
    first, second = (
        reading.accepted(strict=True).mappings if len(reading.findings) == 0 else reading.mapping_set.mappings
    )
    assert first.comment == 'two\nlines, a "word" and a\ttab'
    assert (first.line, second.line) == (8, 10)


def test_moves_what_the_set_says_for_all_into_each_mapping() -> None:
    header = HEADER + "#mapping_date: 2026-11-30\n#mapping_tool: hand\n#comment: about the set\n"
    taken = read(table(("",), ("eye",), names=("mapping_tool",), header=header)).accepted()
    assert [mapping.mapping_date for mapping in taken.mappings] == [date(2026, 11, 30)] * 2
    assert taken.mapping_date is None
    assert [mapping.mapping_tool for mapping in taken.mappings] == ["", "eye"], "one row has a value of its own"
    assert taken.mapping_tool == "hand"
    assert taken.comment == "about the set"
    assert {mapping.comment for mapping in taken.mappings} == {""}


def test_reads_literals_and_missing_counterparts() -> None:
    header = HEADER + "#object_source: b:onto\n" + "\t".join((*NAMES, "subject_type", "subject_label")) + "\n"
    rows = (
        "\tskos:exactMatch\tb:y\tsemapv:ManualMappingCuration\trdfs literal\tan x\n"
        "a:x\tskos:exactMatch\tsssom:NoTermFound\tsemapv:ManualMappingCuration\t\t\n"
    )
    reading = read((header + rows).encode())
    assert reading.findings == ()
    literal, missing = reading.accepted().mappings
    assert (literal.literal, literal.subject_key) == (True, '"an x"')
    assert (missing.unmapped, missing.object_id, missing.object_source) == (True, NO_TERM_FOUND, B + "onto")


def test_keeps_extension_slots_declared_or_not() -> None:
    header = (
        HEADER
        + "#extension_definitions:\n#- slot_name: ext_unit\n#  property: a:unit\n#  type_hint: linkml:Uriorcurie\n"
        + "#- slot_name: subject_id\n#ext_set: one\n"
    )
    reading = read(table(("b:MW", "blue"), names=("ext_unit", "ext_colour"), header=header))
    rules = [rule for rule, _ in said(reading)]
    assert sorted(rules) == ["extension-definition", "undefined-slot", "undefined-slot"]
    taken = reading.accepted()
    assert taken.mappings[0].extensions == {"ext_unit": B + "MW", "ext_colour": "blue"}
    assert taken.extensions == {"ext_set": "one"}
    assert [each.slot_name for each in taken.extension_definitions] == ["ext_unit"]


def test_suggests_the_slot_that_was_meant() -> None:
    reading = read(table(("1",), names=("confidance",)))
    assert [finding.remedy for finding in reading.findings] == ["Did you mean `confidence`?"]


def test_reads_metadata_from_a_file_of_its_own() -> None:
    block = "\n".join(row[1:] for row in HEADER.splitlines())
    rows = table((), header="")
    assert read(rows, metadata=block.encode()).accepted(strict=True) == read(table(())).accepted(strict=True)


def test_counts_given_prefixes_as_declared() -> None:
    header = HEADER.replace("#  b: https://b.example/\n", "")
    assert [each.rule for each in read(table((), header=header)).errors()] == ["unknown-prefix"]
    assert read(table((), header=header), prefixes={"b": B}).accepted().mappings == (line(A + "x"),)


def test_reads_the_justification() -> None:
    assert read(table(())).accepted(strict=True).mappings[0].mapping_justification == MANUAL_CURATION
