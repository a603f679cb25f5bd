"""The review of suggestions: decisions are mappings of the reviewer, and nothing is lost or decided twice."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.alignment.small_sets import A, B, line, mapping_set

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.review_files import ReviewFiles, read_decisions
from virtuales.alignment.suggestions.reviewing import Review, State
from virtuales.alignment.terms import (
    BROAD_MATCH,
    EXACT_MATCH,
    LEXICAL_MATCHING,
    MANUAL_CURATION,
    NARROW_MATCH,
    RELATED_MATCH,
)
from virtuales.alignment.tsv_writer import write_tsv
from virtuales.alignment.validation import validate
from virtuales.errors import InputError, UnknownTerm

JOSIAH = "https://orcid.org/0000-0002-1825-0097"
TODAY = date(2026, 11, 30)


def suggestion(name: str, confidence: float) -> Mapping:
    """Return a suggestion that two terms of a name are the same."""
    made = line(A + name, EXACT_MATCH, B + name, justification=LEXICAL_MATCHING, confidence=confidence)
    return replace(made, comment="the names are the same", mapping_tool="virtuales mappings suggest")


def review(*, into: bool = False) -> Review:
    """Return a review of three suggestions, and a mapping that somebody made before."""
    rows = (suggestion("x", 0.6), suggestion("y", 0.9), suggestion("z", 0.8), line(A + "w", author_id=(JOSIAH,)))
    other = mapping_set(line(A + "v", author_id=(JOSIAH,)))
    return Review(State(mapping_set(*rows), other if into else None), JOSIAH)


def test_asks_for_the_likeliest_first_and_not_for_what_people_made() -> None:
    assert [review().name(row) for row in review().pending()] == ["a:y=b:y", "a:z=b:z", "a:x=b:x"]


def test_an_accepted_suggestion_is_the_reviewers_mapping() -> None:
    made = review()
    made.decide(made.find("a:y=b:y"), "accept", on=TODAY)
    row = made.state.suggestions.mappings[1]
    assert (row.author_id, row.mapping_justification, row.mapping_date) == ((JOSIAH,), MANUAL_CURATION, TODAY)
    assert (row.negated, row.confidence, row.similarity_score) == (False, None, 0.9)


def test_a_rejected_suggestion_is_a_negative_mapping_and_so_never_suggested_again() -> None:
    made = review()
    made.decide(made.find("a:y=b:y"), "reject", on=TODAY, comment="Not the same at all.")
    row = made.state.suggestions.mappings[1]
    assert (row.negated, row.predicate_id, row.comment) == (True, EXACT_MATCH, "Not the same at all.")
    assert not Decisions.of(made.state.suggestions.mappings).leaves_open((A + "y", B + "y"))


@pytest.mark.parametrize(
    ("decision", "predicate"), [("narrower", NARROW_MATCH), ("broader", BROAD_MATCH), ("related", RELATED_MATCH)]
)
def test_a_suggestion_may_be_related_otherwise(decision: str, predicate: str) -> None:
    made = review()
    made.decide(made.find("a:y=b:y"), decision, on=TODAY)
    assert made.state.suggestions.mappings[1].predicate_id == predicate


@pytest.mark.parametrize("decision", ["accept", "reject", "narrower", "broader", "related"])
def test_every_decision_leaves_a_sound_set(decision: str) -> None:
    made = review()
    for row in made.pending():
        made.decide(row, decision, on=TODAY)
    assert validate(made.state.suggestions) == ()
    assert "orcid:0000-0002-1825-0097" in write_tsv(made.state.suggestions)


def test_refuses_what_is_not_pending_and_what_is_no_decision() -> None:
    made = review()
    with pytest.raises(UnknownTerm, match="a:w=b:y"):
        made.find("a:w=b:y")
    with pytest.raises(InputError, match="`maybe` is no decision"):
        made.decide(made.find("a:y=b:y"), "maybe", on=TODAY)


def test_undo_takes_back_one_decision_after_the_other() -> None:
    made = review()
    before = made.state
    made.decide(made.find("a:y=b:y"), "accept", on=TODAY)
    made.decide(made.find("a:x=b:x"), "reject", on=TODAY)
    assert [made.undo(), made.undo(), made.undo()] == [True, True, False]
    assert made.state == before


def test_moves_what_is_decided_into_another_set() -> None:
    made = review(into=True)
    made.decide(made.find("a:y=b:y"), "accept", on=TODAY)
    assert made.state.into is not None
    assert [row.subject_id for row in made.state.into.mappings] == [A + "v", A + "y"]
    assert A + "y" not in {row.subject_id for row in made.state.suggestions.mappings}


def test_goes_on_after_it_was_broken_off_between_the_two_files(tmp_path: Path) -> None:
    files = ReviewFiles(tmp_path / "pending.sssom.tsv", tmp_path / "made.sssom.tsv")
    start = review(into=True).state
    for path, each in ((files.suggestions, start.suggestions), (tmp_path / "made.sssom.tsv", start.into)):
        path.write_text(write_tsv(each or start.suggestions), encoding="utf-8")
    made = Review(files.read(), JOSIAH)
    made.decide(made.find("a:y=b:y"), "accept", on=TODAY)
    ReviewFiles(tmp_path / "made.sssom.tsv").write(State(made.state.into or start.suggestions))
    again = Review(files.read(), JOSIAH)
    assert [again.name(row) for row in again.pending()] == ["a:z=b:z", "a:x=b:x"]


def test_writes_a_file_whole_and_leaves_no_other_behind(tmp_path: Path) -> None:
    files = ReviewFiles(tmp_path / "pending.sssom.tsv")
    files.suggestions.write_text(write_tsv(review().state.suggestions), encoding="utf-8")
    made = Review(files.read(), JOSIAH)
    made.decide(made.find("a:y=b:y"), "accept", on=TODAY)
    files.write(made.state)
    assert [path.name for path in tmp_path.iterdir()] == ["pending.sssom.tsv"]
    assert [Review(files.read(), JOSIAH).name(row) for row in made.pending()] == ["a:z=b:z", "a:x=b:x"]


def test_reads_decisions_from_a_table_and_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    table = tmp_path / "decisions.tsv"
    table.write_text("subject_id\tobject_id\tdecision\na:x\tb:x\taccept\n", encoding="utf-8")
    assert list(read_decisions(table)) == [("a:x=b:x", "accept", "")]
    table.write_text("subject_id\tobject_id\tdecision\na:x\tb:x\tperhaps\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        list(read_decisions(table))
    assert "line 2" in str(error.value)
    table.write_text("subject_id\tobject_id\na:x\tb:x\n", encoding="utf-8")
    with pytest.raises(InputError, match="no column `decision`"):
        list(read_decisions(table))
