"""The search for terms: what finds a term, in which order, page by page, and within a keystroke's time."""

import time
from collections.abc import Iterable

import pytest

from virtuales.errors import InputError, UnknownTerm
from virtuales.models.facts import ClassFact, Model, PropertyFact, by_iri
from virtuales.models.registry import ModelRegistry
from virtuales.models.term_index import TermIndex, TermQuestion
from virtuales.models.terms import terms_of
from virtuales.resources import contributed

REGISTRY = ModelRegistry.load(contributed("ontology"))
GRID = "http://grid.example/#"
ALL = frozenset({"grid@1"})
KEYSTROKE = 0.005
"""CPU seconds that a keystroke may cost."""


def index(*classes: ClassFact, properties: Iterable[PropertyFact] = ()) -> TermIndex:
    model = Model("grid", namespaces={"g": GRID}, classes=by_iri(classes), properties=by_iri(properties))
    return TermIndex(terms_of(model, "grid@1"))


def names(made: TermIndex, text: str, **said: str) -> list[str]:
    """Return the names of the terms that answer, in order."""
    return [term.name for term in made.search(TermQuestion(text, ALL, **said)).terms]  # type: ignore[arg-type]  # filters are texts


LINE = ClassFact(f"{GRID}ACLineSegment", "ACLineSegment")
BAR = ClassFact(f"{GRID}BusbarSection", "BusbarSection", synonyms=("bus",), definition="A conductor in a substation.")
STATION = ClassFact(f"{GRID}Substation", "Substation")
POWER = PropertyFact(
    f"{GRID}Machine.ratedS",
    "ratedS",
    datatype="http://www.w3.org/2001/XMLSchema#float",
    value_type=f"{GRID}ApparentPower",
    unit="VA",
    multiplier="M",
)
GSP = ClassFact(f"{GRID}gsp", "grid supply point", kind="concept", synonyms=("GSP",), matches=(STATION.iri,))
MADE = index(LINE, BAR, STATION, GSP, properties=[POWER])


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"text": "x" * 201}, "longer than 200"),
        ({"kind": "thing"}, "no kind of term"),
        ({"limit": 0}, "out of range"),
        ({"limit": 101}, "out of range"),
    ],
)
def test_refuses_what_nobody_could_mean(said: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        TermQuestion(**said)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("cursor", ["x", "WzFd", "bm9uc2Vuc2U", "é"])
def test_refuses_a_cursor_that_no_page_gave(cursor: str) -> None:
    with pytest.raises(InputError, match="not what a page gave"):
        MADE.search(TermQuestion("", ALL, after=cursor))


def test_refuses_a_model_that_is_not_there() -> None:
    with pytest.raises(UnknownTerm, match="No model is registered"):
        REGISTRY.references("cgmes-9")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ac line segment", ["g:ACLineSegment"]),
        ("ACLineSegment", ["g:ACLineSegment"]),
        ("g:ACLineSegment", ["g:ACLineSegment"]),
        (f"{GRID}ACLineSegment", ["g:ACLineSegment"]),
        ("line segments", ["g:ACLineSegment"]),
        ("aclin", ["g:ACLineSegment"]),
        ("busses", []),
        ("buses", ["g:BusbarSection"]),
        ("busbars", ["g:BusbarSection"]),
        ("conductors", ["g:BusbarSection"]),
        ("conductor in the substation", ["g:BusbarSection"]),
        ("sbustation", ["g:Substation", "g:BusbarSection"]),
        ("substatoin", ["g:Substation", "g:BusbarSection"]),
        ("zubstation", []),
        ("line bus", []),
        ("apparent power", ["g:Machine.ratedS"]),
        ("rated MVA", ["g:Machine.ratedS"]),
        ("machine rated", ["g:Machine.ratedS"]),
        ("float", ["g:Machine.ratedS"]),
        ("gsp", ["g:gsp", "g:Substation"]),
        ("grid supply points", ["g:gsp", "g:Substation"]),
        ("?", []),
    ],
)
def test_finds(text: str, found: list[str]) -> None:
    assert names(MADE, text) == found


def test_finds_everything_when_nothing_is_typed() -> None:
    assert len(names(MADE, "")) == len(MADE) == 5


def test_narrows_down_by_kind_unit_and_datatype() -> None:
    assert names(MADE, "", kind="property") == names(MADE, "", unit="MVA") == names(MADE, "", unit="VA")
    assert names(MADE, "", datatype="float") == ["g:Machine.ratedS"]
    assert names(MADE, "", unit="A") == names(MADE, "", profile="EQ") == []


def test_puts_the_same_name_before_its_beginnings_and_what_is_deprecated_last() -> None:
    made = index(
        ClassFact(f"{GRID}LineSegment", "LineSegment"),
        ClassFact(f"{GRID}Line", "Line"),
        ClassFact(f"{GRID}Wire", "Wire", definition="A line without insulation."),
        ClassFact(f"{GRID}OldLine", "LineOfOld", deprecated=True),
    )
    assert names(made, "line") == ["g:Line", "g:LineSegment", "g:OldLine", "g:Wire"]


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    terms, question = REGISTRY.terms(), TermQuestion("power", REGISTRY.references(), limit=37)
    whole, after = [], None
    while True:
        page = terms.search(TermQuestion("power", question.references, limit=37, after=after))
        whole += [(term.reference, term.iri) for term in page.terms]
        after = page.next
        if after is None:
            break
    assert len(whole) == page.total == len(set(whole)) > 200


def test_a_page_continues_where_the_last_ended_though_a_model_came_meanwhile() -> None:
    registry = ModelRegistry(())
    registry.add(Model("grid", classes=by_iri([LINE, BAR, STATION])))
    first = registry.terms().search(TermQuestion("", registry.references(), limit=2))
    registry.add(Model("more", classes=by_iri([ClassFact("http://more.example/#A", "A")])))
    rest = registry.terms().search(TermQuestion("", registry.references(), after=first.next))
    assert [term.label for term in (*first.terms, *rest.terms)] == ["Substation", "ACLineSegment", "BusbarSection"]


def test_looks_in_the_versions_in_use_unless_one_is_named() -> None:
    registry = ModelRegistry(())
    registry.add(Model("grid", version="1", classes=by_iri([LINE])))
    registry.add(Model("grid", version="2", classes=by_iri([BAR])))
    found = [
        [term.label for term in registry.terms().search(TermQuestion("", registry.references(name))).terms]
        for name in (None, "grid@1")
    ]
    assert found == [["BusbarSection"], ["ACLineSegment"]]


def test_suggests_each_name_once_with_the_versions_that_have_it() -> None:
    found = REGISTRY.terms().complete("aclinese", REGISTRY.references())
    assert found[0].text == "ACLineSegment"
    assert set(found[0].references) == {"cgmes-2.4.15@2.4.15", "cgmes-3.0@3.0.0", "gb-ltds-1.0.1@1.0.1"}
    assert len({(each.text, each.kind) for each in found}) == len(found) == 10
    assert REGISTRY.terms().complete(" ", REGISTRY.references()) == ()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("grid supply point", "grid supply point"),
        ("GSP", "grid supply point"),
        ("trasnformer", "transformer"),
        ("power transformer", "PowerTransformer"),
        ("IdentifiedObject.name", "IdentifiedObject.name"),
        ("busbar", "busbar"),
        ("busbar sec", "BusbarSection"),
    ],
)
def test_knows_what_people_of_the_networks_say(text: str, first: str) -> None:
    assert REGISTRY.terms().complete(text, REGISTRY.references())[0].text == first


def test_a_word_of_the_networks_leads_to_the_terms_it_is_about() -> None:
    question = TermQuestion("circuit breaker", REGISTRY.references(), kind="class")
    assert {term.label for term in REGISTRY.terms().search(question).terms} >= {"Breaker"}


def test_a_keystroke_costs_little_over_ten_thousand_terms() -> None:
    terms, references = REGISTRY.terms(), REGISTRY.references()
    assert len(terms) > 10_000
    slowest = ("", 0.0)
    for typed in ("transformer end", "s", "rated apparent pwoer", "energy consumer", "grid supply point", "wind"):
        for length in range(1, len(typed) + 1):
            seconds = min(_seconds(terms, typed[:length], references) for _ in range(3))
            slowest = max(slowest, (typed[:length], seconds), key=lambda each: each[1])
    assert slowest[1] < KEYSTROKE, slowest


def _seconds(terms: TermIndex, text: str, references: frozenset[str]) -> float:
    before = time.process_time()
    terms.complete(text, references)
    return time.process_time() - before
