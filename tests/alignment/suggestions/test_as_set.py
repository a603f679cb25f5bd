"""Suggestions as a mapping set: valid, and the same when it is read again."""

from dataclasses import replace
from datetime import date

from tests.alignment.suggestions.small_models import GROUPS, LEFT, RIGHT, A, B

from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.suggestions.as_set import SURE, End, as_mapping_set
from virtuales.alignment.suggestions.engine import suggest
from virtuales.alignment.suggestions.sides import Sides
from virtuales.alignment.tsv_reader import read_tsv
from virtuales.alignment.tsv_writer import write_tsv
from virtuales.alignment.validation import validate
from virtuales.models.axioms import axioms_of


def made() -> MappingSet:
    """Return the suggestions of the two small models."""
    found = suggest(Sides.of(LEFT, RIGHT, groups=GROUPS)).suggestions
    ends = (End(model, iri, axioms_of(model)) for model, iri in ((LEFT, A), (RIGHT, B)))
    return as_mapping_set(found, *ends, today=date(2026, 11, 30))


def test_breaks_no_rule_of_sssom() -> None:
    assert [finding.what for finding in validate(made())] == []


def test_is_read_again_as_it_was_written() -> None:
    reading = read_tsv(write_tsv(made()).encode(), name="suggestions.sssom.tsv")
    assert reading.findings == ()
    assert [replace(row, line=None) for row in reading.mapping_set.mappings] == list(made().mappings)


def test_marks_the_sure_ones_and_gives_each_row_a_confidence_and_a_reason() -> None:
    rows = {row.subject_label: row for row in made().mappings}
    assert rows["Party"].extensions == {SURE: "true"}
    assert rows["Customer"].extensions == {}
    assert all(row.comment and row.confidence and row.mapping_tool for row in rows.values())
