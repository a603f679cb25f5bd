"""Suggestions for two small models: what is found, what is never suggested, and what supports what."""

from tests.alignment.small_sets import line
from tests.alignment.suggestions.small_models import (
    LEFT,
    RIGHT,
    A,
    B,
    association,
    attribute,
    class_,
    model,
    suggested,
)

from virtuales.alignment.suggestions.account import justification, why
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.observed import Observed
from virtuales.alignment.terms import (
    BROAD_MATCH,
    COMPOSITE_MATCHING,
    EXACT_MATCH,
    LEXICAL_MATCHING,
    NO_TERM_FOUND,
    SEMAPV,
)


def test_never_suggests_what_is_denied() -> None:
    decided = Decisions.of([line(A + "Customer", EXACT_MATCH, B + "Consumer", predicate_modifier="Not")])
    assert "Customer=Consumer" in suggested()
    assert "Customer=Consumer" not in suggested(decided=decided)


def test_never_suggests_what_is_mapped_nor_another_partner_for_it() -> None:
    decided = Decisions.of([line(A + "Meter", EXACT_MATCH, B + "MeterReading")])
    found = suggested(decided=decided)
    assert not [name for name in found if name.startswith("Meter=") or name.endswith("=MeterReading")]


def test_never_suggests_what_is_related_otherwise_or_has_no_counterpart() -> None:
    decided = Decisions.of(
        [line(A + "Party", BROAD_MATCH, B + "Party"), line(A + "Customer", EXACT_MATCH, NO_TERM_FOUND)]
    )
    found = suggested(decided=decided)
    assert "Party=Party" not in found
    assert not [name for name in found if name.startswith("Customer=")]


def test_finds_the_same_names_synonyms_and_other_writings() -> None:
    assert set(suggested()) == {
        "Party=Party",
        "Customer=Consumer",
        "Meter=Meter",
        "SmartMeter=Smart_Meter",
        "serialNumber=has_serial_number",
        "measures=measures",
    }


def test_never_pairs_a_class_with_a_property() -> None:
    right = model(B, association(B, "Meter", "Party", "Party"), class_(B, "Party"))
    assert "Meter=Meter" not in suggested(right=right)


def test_what_has_a_property_decides_between_two_of_one_name() -> None:
    right = model(
        B,
        class_(B, "Meter"),
        class_(B, "Party"),
        attribute(B, "Meter.name", "Meter"),
        attribute(B, "Party.name", "Party"),
    )
    left = model(A, class_(A, "Meter"), class_(A, "Party"), attribute(A, "Party.name", "Party"))
    assert "Party.name=Party.name" in suggested(left, right)


def test_a_mapped_class_supports_the_properties_of_it() -> None:
    left = model(A, class_(A, "Device"), attribute(A, "rating", "Device", "float"))
    right = model(B, class_(B, "Apparatus"), attribute(B, "rating", "Apparatus", "float"))
    alone = suggested(left, right).get("rating=rating")
    helped = suggested(left, right, decided=Decisions(mapped=frozenset({(A + "Device", B + "Apparatus")})))
    assert helped["rating=rating"].confidence > (alone.confidence if alone else 0.5)


def test_a_name_found_in_no_other_is_sure_and_one_among_several_alike_is_not() -> None:
    bare = suggested(
        model(A, class_(A, "Party"), class_(A, "Meter"), class_(A, "Customer")),
        model(B, class_(B, "Party"), class_(B, "Meter"), class_(B, "Consumer"), class_(B, "MeterReading")),
    )
    assert bare["Party=Party"].sure
    assert not bare["Meter=Meter"].sure, "there are readings of meters beside"
    assert not bare["Customer=Consumer"].sure, "they have different names"


def test_a_name_among_several_alike_is_sure_when_all_around_agrees() -> None:
    assert suggested()["Meter=Meter"].sure


def test_data_brings_terms_together_whatever_they_are_called() -> None:
    left, right = model(A, class_(A, "Feeder")), model(B, class_(B, "Way"))
    objects = {"one", "two", "three", "four"}
    seen = Observed(objects={A + "Feeder": objects}), Observed(objects={B + "Way": objects | {"five"}})
    assert suggested(left, right) == {}
    assert "data says the same with both" in why(next(iter(suggested(left, right, observed=seen).values())))


def test_says_why_and_names_the_kind_of_matching() -> None:
    found = suggested()
    assert why(found["Party=Party"]).startswith("the names are the same 1.00")
    alone = suggested(model(A, class_(A, "Party")), model(B, class_(B, "Party")))
    assert justification(alone["Party=Party"]) == LEXICAL_MATCHING
    assert "mean the same by general English 0.92" in why(found["Customer=Consumer"])
    assert justification(found["Customer=Consumer"]) in {
        COMPOSITE_MATCHING,
        SEMAPV + "BackgroundKnowledgeBasedMatching",
    }
    assert justification(found["measures=measures"]) == COMPOSITE_MATCHING


def test_is_the_same_each_time() -> None:
    once, again = (list(suggested(LEFT, RIGHT).items()) for _ in range(2))
    assert once == again
