"""What a term is carried by: an exact counterpart before a broader one, none that is ruled out, never one of two."""

import pytest

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import BROAD_MATCH, CLOSE_MATCH, EXACT_MATCH, MANUAL_CURATION, NO_TERM_FOUND
from virtuales.alignment.translation.term_table import term_table
from virtuales.errors import InputError

A, B, C = "http://a.example/a", "http://b.example/b", "http://b.example/c"


def says(predicate: str, subject: str = A, target: str = B, *, modifier: str = "", comment: str = "") -> Mapping:
    return Mapping(subject, predicate, target, MANUAL_CURATION, predicate_modifier=modifier, comment=comment)


def test_refuses_two_exact_counterparts() -> None:
    with pytest.raises(InputError, match="mapped to both"):
        term_table([says(EXACT_MATCH), says(EXACT_MATCH, target=C)])


def test_a_negative_mapping_rules_a_pair_out() -> None:
    assert term_table([says(EXACT_MATCH), says(EXACT_MATCH, modifier="Not")]).terms == {}


def test_an_exact_counterpart_goes_before_a_broader_one() -> None:
    assert term_table([says(BROAD_MATCH, target=C), says(EXACT_MATCH)]).terms == {A: B}
    assert term_table([says(BROAD_MATCH, target=C)]).terms == {A: C}


def test_a_close_counterpart_carries_nothing_but_is_known() -> None:
    table = term_table([says(CLOSE_MATCH)])
    assert (table.terms, table.nearby) == ({}, {A: (B,)})


def test_knows_what_is_gone_and_what_is_new() -> None:
    table = term_table([says(EXACT_MATCH, target=NO_TERM_FOUND, comment="Why."), says(EXACT_MATCH, NO_TERM_FOUND, C)])
    assert table.gone == {A: "Why."}
    assert table.fresh == {C}


def test_a_term_that_both_models_have_is_carried_as_it_is() -> None:
    assert term_table([], [A]).terms == {A: A}
    assert term_table([says(BROAD_MATCH, target=C)], [A]).terms == {A: A}


def test_a_shared_term_is_not_carried_as_it_is_where_a_mapping_says_otherwise() -> None:
    assert term_table([says(EXACT_MATCH)], [A]).terms == {A: B}
    assert term_table([says(EXACT_MATCH, target=NO_TERM_FOUND)], [A]).terms == {}
    assert term_table([says(CLOSE_MATCH, target=A)], [A]).terms == {}
    assert term_table([says(EXACT_MATCH, target=A, modifier="Not")], [A]).terms == {}
