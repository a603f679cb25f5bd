"""What follows from one mapping or two, and by which rules."""

import pytest
from tests.alignment.small_sets import A, B, C, line, mapping_set

from virtuales.alignment.chain_rules import Chain, rules, rules_of
from virtuales.alignment.chaining import DERIVED_FROM, compose, invert
from virtuales.alignment.terms import (
    BROAD_MATCH,
    CLOSE_MATCH,
    EQUIVALENT_CLASS,
    EXACT_MATCH,
    MAPPING_CHAINING,
    MAPPING_INVERSION,
    NARROW_MATCH,
    NO_TERM_FOUND,
    SUB_CLASS_OF,
)
from virtuales.errors import UnknownTerm

USUAL = rules()


def test_refuses_rules_that_do_not_exist() -> None:
    with pytest.raises(UnknownTerm):
        rules(["symmetry"])
    with pytest.raises(UnknownTerm):
        rules_of(mapping_set(extensions={"ext_chaining": "symmetry"}))
    with pytest.raises(ValueError, match="at most 1"):
        Chain(EXACT_MATCH, EXACT_MATCH, EXACT_MATCH, factor=1.2)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (CLOSE_MATCH, CLOSE_MATCH),
        (BROAD_MATCH, NARROW_MATCH),
        (EXACT_MATCH, SUB_CLASS_OF),
        ("https://p.example/", EXACT_MATCH),
    ],
)
def test_concludes_nothing_where_no_rule_says_so(first: str, second: str) -> None:
    assert compose(line(A + "x", first, B + "y"), line(B + "y", second, C + "z"), USUAL) is None


def test_concludes_nothing_from_denials_gaps_and_literals() -> None:
    ab, bc = line(A + "x", target=B + "y"), line(B + "y", target=C + "z")
    assert compose(ab, line(B + "y", target=C + "z", predicate_modifier="Not"), USUAL) is None
    assert compose(line(A + "x", target=B + "y", predicate_modifier="Not"), bc, USUAL) is None
    assert compose(ab, line(B + "other", target=C + "z"), USUAL) is None
    assert compose(ab, line(B + "y", target=A + "x"), USUAL) is None
    literal = line(B + "y", target=C + "z", object_type="rdfs literal", object_label="z")
    assert compose(ab, literal, USUAL) is None
    assert compose(line(A + "x", target=NO_TERM_FOUND), line(NO_TERM_FOUND, target=C + "z"), USUAL) is None


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        (EXACT_MATCH, EXACT_MATCH, EXACT_MATCH),
        (BROAD_MATCH, BROAD_MATCH, BROAD_MATCH),
        (EXACT_MATCH, CLOSE_MATCH, CLOSE_MATCH),
        (NARROW_MATCH, EXACT_MATCH, NARROW_MATCH),
        (EQUIVALENT_CLASS, SUB_CLASS_OF, SUB_CLASS_OF),
        (EQUIVALENT_CLASS, EXACT_MATCH, EXACT_MATCH),
    ],
)
def test_composes_by_the_rules(first: str, second: str, result: str) -> None:
    ab = line(A + "x", first, B + "y", confidence=0.8, subject_label="ex", record_id=A + "1")
    bc = line(B + "y", second, C + "z", confidence=0.5, object_label="zed", object_source=C + "onto")
    made = compose(ab, bc, USUAL)
    assert made is not None
    assert (made.subject_id, made.predicate_id, made.object_id) == (A + "x", result, C + "z")
    assert made.confidence == pytest.approx(0.4)
    assert made.mapping_justification == MAPPING_CHAINING
    assert (made.subject_label, made.object_label, made.object_source) == ("ex", "zed", C + "onto")
    assert made.extensions[DERIVED_FROM] == f"{A}1 ; {B}y {second} {C}z"


def test_combines_confidences_as_the_rules_say() -> None:
    ab, bc = line(A + "x", target=B + "y", confidence=0.8), line(B + "y", target=C + "z", confidence=0.5)
    least = compose(ab, bc, rules(combination="minimum"))
    assert least is not None
    assert least.confidence == 0.5
    unsaid = compose(line(A + "x", target=B + "y"), line(B + "y", target=C + "z"), USUAL)
    assert unsaid is not None
    assert unsaid.confidence is None


def test_turns_a_mapping_round_with_all_that_is_said_of_its_sides() -> None:
    mapping = line(
        A + "x",
        BROAD_MATCH,
        B + "y",
        subject_label="ex",
        object_type="owl class",
        mapping_cardinality="1:n",
        subject_match_field=(A + "field",),
        predicate_modifier="Not",
        confidence=0.9,
        record_id=A + "1",
        predicate_label="broader",
    )
    turned = invert(mapping, USUAL)
    assert turned is not None
    assert turned == line(
        B + "y",
        NARROW_MATCH,
        A + "x",
        justification=MAPPING_INVERSION,
        object_label="ex",
        subject_type="owl class",
        mapping_cardinality="n:1",
        object_match_field=(A + "field",),
        predicate_modifier="Not",
        confidence=0.9,
        extensions={DERIVED_FROM: A + "1"},
    )
    assert invert(line(A + "x", SUB_CLASS_OF), USUAL) is None
    assert invert(line(A + "x"), rules(["transitivity"])) is None


def test_takes_the_rules_that_all_sets_declare() -> None:
    both = mapping_set(extensions={"ext_chaining": "inversion transitivity generalisation"})
    few = mapping_set(extensions={"ext_chaining": "transitivity minimum"})
    none = mapping_set(extensions={"ext_chaining": "none"})
    assert rules_of(both).generalise
    assert rules_of(both).chain(EXACT_MATCH, CLOSE_MATCH) is None
    together = rules_of(both, few, mapping_set())
    assert (together.inverses, together.generalise, together.combination) == ({}, False, "minimum")
    assert together.chain(EXACT_MATCH, EXACT_MATCH) is not None
    assert rules_of(none).chains == ()
    assert rules_of(mapping_set()) == USUAL
