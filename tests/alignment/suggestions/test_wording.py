"""Names as words: spelling, phrases, abbreviations, and what words are worth to each other."""

import pytest

from virtuales.alignment.suggestions.wording import SAME, SAME_ROOT, SLIP, SYNONYM, Wording, plain_words, spelt, telling


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("organisation", "organization"),
        ("colour", "color"),
        ("catalogues", "catalog"),
        ("written", "write"),
        ("ise", "ise"),
    ],
)
def test_spells_words_one_way(written: str, word: str) -> None:
    assert spelt(written) == word


@pytest.mark.parametrize("name", ["Co-author", "coAuthor", "Coauthors", "co_author"])
def test_glues_beginnings_that_are_no_words(name: str) -> None:
    assert plain_words(name) == ("coauthor",)


def test_leaves_out_words_that_only_build_the_name() -> None:
    assert telling(plain_words("has_been_measured_by")) == ("measured",)
    assert telling(plain_words("isOf")) == ("is", "of"), "but not when nothing is left"


def test_writes_an_abbreviation_out_that_the_other_model_spells() -> None:
    wording = Wording(["GSP_Group", "Grid"], ["GridSupplyPointGroup"])
    assert wording.words("GSP_Group") == wording.words("GridSupplyPointGroup") == ("grid", "supply", "point", "group")


def test_leaves_an_abbreviation_that_both_models_use() -> None:
    wording = Wording(["GSP_Group"], ["GSP", "GridSupplyPointGroup"])
    assert wording.words("GSP_Group") == ("gsp", "group")


def test_leaves_an_abbreviation_that_could_stand_for_two_things() -> None:
    wording = Wording(["SC_Member"], ["SteeringCommitteeMember", "SecurityCouncilMember"])
    assert wording.words("SC_Member") == ("sc", "member")


def test_knows_what_words_are_worth_to_each_other() -> None:
    wording = Wording([], [], [("customer", "consumer"), ("subject area", "topic")])
    assert wording.alike("meter", "meter") == SAME
    assert wording.alike("customer", "consumer") == wording.alike("consumer", "customer") == SYNONYM
    assert wording.alike(*wording.words("SubjectAreas"), *wording.words("topic")) == SYNONYM
    assert wording.alike("reviewer", "review") == SAME_ROOT
    assert wording.alike("committee", "comittee") == SLIP
    assert wording.alike("meter", "motor") == 0
