"""A mapping says what it says, wherever it stands."""

from dataclasses import FrozenInstanceError, replace

import pytest
from tests.alignment.small_sets import A, B, line, mapping_set

from virtuales.alignment.mapping import NO_EXTENSIONS, Mapping
from virtuales.alignment.terms import EXACT_MATCH, MANUAL_CURATION, NO_TERM_FOUND


def test_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        line(A + "x").subject_id = B  # type: ignore[misc]  # that it cannot be changed is the point


def test_equals_the_same_statement_of_another_line() -> None:
    assert line(A + "x", line=3) == line(A + "x", line=9)
    assert hash(line(A + "x", line=3)) == hash(line(A + "x", line=9))
    assert line(A + "x") != line(A + "x", comment="sure")
    assert line(A + "x", extensions={"e": "1"}) != line(A + "x")


def test_made_from_slots_equals_the_one_made_by_name() -> None:
    slots = {"subject_id": A + "x", "predicate_id": EXACT_MATCH, "object_id": B + "y", "confidence": 0.5}
    made = Mapping.of_slots({**slots, "mapping_justification": MANUAL_CURATION, "extensions": NO_EXTENSIONS})
    assert made == line(A + "x", confidence=0.5)
    assert replace(made, confidence=None) == line(A + "x")
    assert made.comment == ""
    assert made.author_id == ()


def test_tells_negative_unmapped_and_literal_mappings() -> None:
    negative = line(A + "x", predicate_modifier="Not")
    missing = line(A + "x", target=NO_TERM_FOUND)
    literal = line("", subject_type="rdfs literal", subject_label="x")
    whole = mapping_set(line(A + "x"), negative, missing, literal)
    assert list(whole.positive()) == [line(A + "x"), literal]
    assert list(whole.negative()) == [negative]
    assert list(whole.unmapped()) == [missing]
    assert (literal.literal, literal.subject_key, literal.object_key) == (True, '"x"', B + "y")
    assert negative.core == (A + "x", EXACT_MATCH, B + "y", True)
