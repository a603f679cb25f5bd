"""What alignments do to two models: impossible terms, new orders, and the mappings that are to blame."""

import pytest
from tests.alignment.coherence.small_models import LEFT, RIGHT, maps, model

from virtuales.alignment.coherence.judging import Coherence, coherence
from virtuales.alignment.terms import BROAD_MATCH, CLOSE_MATCH, NARROW_MATCH
from virtuales.models.axioms import Axioms

PAPERS = model(
    "l:Paper a owl:Class ; owl:disjointWith l:Person . l:Author a owl:Class ; rdfs:subClassOf l:Person ."
    "l:wrote a owl:ObjectProperty ; rdfs:domain l:Author ; rdfs:range l:Paper .",
    "papers",
)
TALKS = model(
    "r:Talk a owl:Class ; rdfs:subClassOf r:Item . r:Item a owl:Class . r:Speaker a owl:Class ."
    "r:gave a owl:ObjectProperty ; rdfs:domain r:Speaker ; rdfs:range r:Talk .",
    "talks",
)


def blamed(left: Axioms, right: Axioms, *pairs: str) -> dict[str, list[int | None]]:
    """Return the terms that an alignment makes impossible, each with the lines that are to blame."""
    report = coherence(left, right, maps(*pairs))
    return {each.term.rpartition("#")[2]: [line.line for line in each.mappings] for each in report.impossible}


def test_a_class_that_is_mapped_to_what_excludes_it_is_impossible() -> None:
    report = coherence(PAPERS, TALKS, maps("Author Speaker", "Paper Talk", "Person Item"))
    assert not report.coherent
    assert {each.term: [line.line for line in each.mappings] for each in report.impossible} == {
        LEFT + "Paper": [2, 3],
        RIGHT + "Talk": [2, 3],
        LEFT + "wrote": [2, 3],
        RIGHT + "gave": [2, 3],
    }
    first = next(each for each in report.impossible if each.term == RIGHT + "Talk")
    assert (first.model, first.kind) == ("talks", "class")
    assert first.reason in {
        "Every `Talk` would be a `Person` and a `Paper`, which exclude each other.",
        "Every `Talk` would be a `Paper` and a `Person`, which exclude each other.",
    }
    assert report.classes == 6
    assert report.incoherence == pytest.approx(2 / 6)


def test_sound_mappings_leave_everything_possible() -> None:
    report = coherence(PAPERS, TALKS, maps("Author Speaker", "Paper Talk", "wrote gave"))
    assert report.coherent
    assert report.orders == ()
    assert report.incoherence == 0


def test_what_is_close_or_denied_or_unknown_says_nothing() -> None:
    wrong = maps("Author Talk", "Paper Item", predicate=CLOSE_MATCH) + maps("Nobody Talk")
    assert coherence(PAPERS, TALKS, wrong).coherent


def test_a_narrower_match_only_reaches_downwards() -> None:
    assert coherence(PAPERS, TALKS, maps("Paper Talk") + maps("Person Item", predicate=BROAD_MATCH)).coherent
    below = coherence(PAPERS, TALKS, maps("Paper Talk") + maps("Person Item", predicate=NARROW_MATCH))
    assert below.impossible_classes == {LEFT + "Paper", RIGHT + "Talk"}


def test_a_new_order_within_a_model_is_told_with_the_lines_that_make_it() -> None:
    report = coherence(PAPERS, TALKS, maps("Author Speaker", "Person Item", "Author Talk"))
    told = {(each.narrower, each.broader): [line.line for line in each.mappings] for each in report.orders}
    assert told == {
        (RIGHT + "Speaker", RIGHT + "Talk"): [1, 3],
        (RIGHT + "Talk", RIGHT + "Speaker"): [1, 3],
        (RIGHT + "Speaker", RIGHT + "Item"): [1, 3],
    }


def test_the_smallest_set_of_mappings_is_blamed() -> None:
    left = model("l:A owl:disjointWith l:B , l:C . l:D a owl:Class .")
    right = model("r:X rdfs:subClassOf r:Y . r:Y rdfs:subClassOf r:Z .")
    found = blamed(left, right, "A X", "D Y", "C Z", "B X")
    assert found["A"] == [1, 4]
    assert found["X"] in ([1, 4], [1, 3])


@pytest.mark.parametrize(
    ("left", "right", "pairs", "impossible"),
    [
        ("l:A owl:disjointWith l:B .", "r:X rdfs:subClassOf r:Y .", ("A X", "B Y"), {"A", "X"}),
        (
            "l:A a owl:Class ; owl:complementOf l:B . l:B a owl:Class .",
            "r:X rdfs:subClassOf r:Y .",
            ("A X", "B Y"),
            {"A", "X"},
        ),
        (
            "l:A owl:equivalentClass [ owl:unionOf (l:B l:C) ] . l:B a owl:Class . l:C a owl:Class .",
            "r:X owl:disjointWith r:Y , r:Z .",
            ("A X", "B Y", "C Z"),
            {"A", "B", "C", "X", "Y", "Z"},
        ),
        (
            "l:A rdfs:subClassOf [ owl:onProperty l:p ; owl:someValuesFrom l:B ] . l:B a owl:Class .",
            "r:q a owl:ObjectProperty ; rdfs:range r:Y . r:X owl:disjointWith r:Y .",
            ("p q", "B X"),
            {"A"},
        ),
        (
            "l:p a owl:ObjectProperty ; rdfs:domain l:A . l:B owl:disjointWith l:A .",
            "r:q a owl:ObjectProperty . r:X rdfs:subClassOf [ owl:onProperty r:q ; owl:minCardinality 1 ] .",
            ("p q", "B X"),
            {"B", "X"},
        ),
        (
            "l:A rdfs:subClassOf [ owl:onProperty l:p ; owl:maxCardinality 1 ] . l:p a owl:ObjectProperty .",
            "r:X rdfs:subClassOf [ owl:onProperty r:q ; owl:minCardinality 2 ] . r:q a owl:ObjectProperty .",
            ("A X", "p q"),
            {"A", "X"},
        ),
        (
            "l:p a owl:FunctionalProperty , owl:ObjectProperty .",
            (
                "r:X rdfs:subClassOf [ owl:onProperty r:q ; owl:someValuesFrom r:Y ] ,"
                " [ owl:onProperty r:q ; owl:someValuesFrom r:Z ] . r:Y owl:disjointWith r:Z ."
                " r:q a owl:ObjectProperty ."
            ),
            ("p q",),
            {"X"},
        ),
        (
            (
                "l:A rdfs:subClassOf [ owl:onProperty l:p ; owl:allValuesFrom l:B ] . l:B a owl:Class ."
                " l:p a owl:TransitiveProperty ."
            ),
            (
                "r:q a owl:ObjectProperty . r:X rdfs:subClassOf [ owl:onProperty r:q ; owl:someValuesFrom"
                " [ owl:onProperty r:q ; owl:someValuesFrom r:Y ] ] . r:Y owl:disjointWith r:Z ."
            ),
            ("A X", "p q", "B Z"),
            {"A", "X"},
        ),
        (
            (
                "l:p a owl:DatatypeProperty ; rdfs:range xsd:string . l:A rdfs:subClassOf"
                " [ owl:onProperty l:p ; owl:cardinality 1 ] ."
            ),
            "r:q a owl:DatatypeProperty ; rdfs:range xsd:date .",
            ("p q",),
            {"A", "p", "q"},
        ),
        (
            "l:p a owl:DatatypeProperty .",
            "r:q a owl:ObjectProperty . r:X rdfs:subClassOf [ owl:onProperty r:q ; owl:someValuesFrom r:X ] .",
            ("p q",),
            {"X", "p", "q"},
        ),
        (
            'l:A rdfs:subClassOf [ owl:onProperty l:p ; owl:hasValue "one" ] . l:p a owl:DatatypeProperty .',
            'r:q a owl:DatatypeProperty ; rdfs:range [ a rdfs:Datatype ; owl:oneOf ("two" "three") ] .',
            ("p q",),
            {"A"},
        ),
        (
            "l:p owl:propertyDisjointWith l:s . l:p a owl:ObjectProperty . l:s a owl:ObjectProperty .",
            "r:q rdfs:subPropertyOf r:t . r:q a owl:ObjectProperty . r:t a owl:ObjectProperty .",
            ("p q", "s t"),
            {"p", "q"},
        ),
        (
            "l:A owl:equivalentClass [ owl:onProperty l:p ; owl:allValuesFrom l:B ] . l:p a owl:ObjectProperty .",
            (
                "r:X a owl:Class . r:Y owl:disjointWith r:X . r:q rdfs:range r:Z . r:q a owl:ObjectProperty ."
                " r:W owl:disjointWith r:X ."
            ),
            ("A X", "p q", "B Z", "A W"),
            {"A", "X", "W"},
        ),
    ],
)
def test_every_construct_can_be_the_reason(left: str, right: str, pairs: tuple[str, ...], impossible: set[str]) -> None:
    found = blamed(model(left), model(right), *pairs)
    assert set(found) == impossible
    assert all(lines for lines in found.values())


def test_what_a_model_makes_impossible_itself_is_not_blamed_on_mappings() -> None:
    broken = model("l:A rdfs:subClassOf l:B , l:C . l:B owl:disjointWith l:C .", "broken")
    report = coherence(broken, TALKS, maps("A Talk"))
    assert report.impossible_classes == {RIGHT + "Talk"}
    assert report.classes == len(broken.classes | TALKS.classes) - 1


def test_models_made_ready_once_judge_many_alignments_alike() -> None:
    ready = Coherence(PAPERS, TALKS)
    wrong, right = maps("Paper Talk", "Person Item"), maps("Paper Talk")
    for alignment in (wrong, right, wrong):
        assert ready.judge(alignment) == coherence(PAPERS, TALKS, alignment)
    quick = ready.judge(wrong, orders=False, properties=False, fewest=False)
    assert quick.impossible_classes == {LEFT + "Paper", RIGHT + "Talk"}
    assert all(each.mappings for each in quick.impossible)


@pytest.mark.parametrize("pairs", [("C X", "C Y"), ("C D", "D Z")], ids=["lost", "moved"])
def test_a_union_of_which_one_part_is_lost_or_moved_orders_anew(pairs: tuple[str, ...]) -> None:
    left = model(
        "l:A rdfs:subClassOf [ owl:unionOf (l:B l:C) ] . l:B rdfs:subClassOf l:D . l:C a owl:Class .",
        "left",
    )
    right = model("r:X owl:disjointWith r:Y . r:D rdfs:subClassOf r:Z .", "right")
    found = {(each.narrower, each.broader) for each in coherence(left, right, maps(*pairs)).orders}
    assert (LEFT + "A", LEFT + "D") in found
