"""Answers of the index against a slow reading of every dataset, and against an index without what is hidden."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.catalogue.index.small_catalogue import NODE, NORTH, PYLON, TERMS, VALE, dataset, index_of
from tests.effort import examples

from virtuales.catalogue.index.answers import Answers, Found
from virtuales.catalogue.index.document import Box, IndexedDataset, days, openings
from virtuales.catalogue.index.fields import FACETS, words
from virtuales.catalogue.index.question import ACCESSES, SORTS, Access, SearchQuestion, Sight
from virtuales.catalogue.index.thesaurus import Thesaurus
from virtuales.catalogue.index.wording import read_units

GRAPHS = (
    f"{NODE}/graph/catalogue/public",
    f"{NODE}/graph/catalogue/participants",
    "http://north.example/graph/catalogue/public",
    "http://north.example/graph/catalogue/participants",
)
OWN = GRAPHS[:2]
WORDS = ("feeder", "cable", "solar", "demand", "harbour", "moor")
SLIPS = {"feedre": "feeder", "harbuor": "harbour", "zzqqzz": ""}
"""What is typed by mistake, and what is meant; nothing is meant by the last."""
VALUES = {
    "publisher": (VALE, NORTH),
    "licence": ("http://l.example/by", "http://l.example/ogl"),
    "sensitivity": ("O", "SA", "C"),
    "schema": ("http://s.example/eq", "http://s.example/ssh"),
    "profile": ("http://p.example/eq", "http://p.example/ssh"),
    "verdict": ("Conforms", "NotJudged"),
    "format": ("text/csv", "application/zip"),
    "frequency": ("http://f.example/daily",),
    "class": (PYLON, "http://cim.example#Breaker"),
    "property": ("http://cim.example#Breaker.open",),
    "keyword": WORDS,
}
THESAURUS = Thesaurus(TERMS)


def some(values: tuple[str, ...], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(lambda found: tuple(sorted(found)))


DAYS = st.none() | st.integers(1, 28).map(lambda day: f"2026-06-{day:02d}")
BOXES = st.tuples(*[st.integers(-4, 3)] * 2, *[st.integers(0, 3)] * 2).map(
    lambda box: Box(box[0], box[1], box[0] + box[2], box[1] + box[3])
)
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
TYPED = st.lists(st.sampled_from((*WORDS, *SLIPS, "pylon")), max_size=3, unique=True).map(" ".join)


@st.composite
def datasets(draw: st.DrawFn) -> list[IndexedDataset]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        made = dataset(
            f"set-{number}",
            draw(TEXTS),
            draw(TEXTS | st.just("")),
            graph=draw(st.sampled_from(GRAPHS)),
            keywords=draw(some(WORDS)),
            publisher=draw(st.sampled_from(VALUES["publisher"])),
            issued=f"2026-0{draw(st.integers(1, 9))}-01T00:00:00Z",
            is_open=draw(st.booleans()),
            facets={name: draw(some(VALUES[name])) for name in FACETS if name not in {"publisher", "keyword"}},
            period=draw(st.none() | st.tuples(DAYS, DAYS)),
            area=draw(st.none() | BOXES),
            used=(draw(st.integers(0, 3)), draw(st.integers(0, 3))),
        )
        found.append(made)
    return found


@st.composite
def sights(draw: st.DrawFn) -> Sight:
    graphs = draw(some(GRAPHS, 4))
    if draw(st.booleans()):
        return Sight(graphs)
    granted = draw(st.sets(st.integers(0, 11), max_size=3))
    versions = frozenset(f"{NODE}/id/dataset/set-{number}/version/1" for number in granted)
    return Sight(graphs, draw(st.sampled_from((VALE, NORTH))), own_graphs=OWN, granted=versions)


@st.composite
def questions(draw: st.DrawFn) -> SearchQuestion:
    chosen = {name: draw(some(VALUES[name])) for name in draw(some(FACETS, 2))}
    return SearchQuestion(
        draw(TYPED),
        chosen=chosen,
        access=draw(st.lists(st.sampled_from(ACCESSES), max_size=2, unique=True).map(tuple)),
        period=draw(st.just((None, None)) | st.tuples(DAYS, DAYS)),
        area=draw(st.none() | BOXES),
        sort=draw(st.none() | st.sampled_from(SORTS)),
        limit=100,
    )


def ask(answers: Answers, question: SearchQuestion) -> Found:
    units = read_units(question.text, THESAURUS)
    return answers.search(question, units, facets=(*FACETS, "access"), values=100)


@dataclass(frozen=True)
class Slow:
    """Reads every dataset, the plainest way."""

    seen: list[IndexedDataset]
    sight: Sight

    def access(self, one: IndexedDataset) -> Access:
        is_own = one.summary.publisher == self.sight.organisation and one.graph in self.sight.own_graphs
        if one.is_open or is_own or one.version in self.sight.granted:
            return "now"
        return "ask" if self.sight.organisation else "known"

    def texts(self, one: IndexedDataset) -> set[str]:
        about = one.summary
        return set(words(f"{about.title} {about.description} {' '.join(about.keywords)}"))

    def has(self, one: IndexedDataset, word: str) -> bool:
        if word in SLIPS and not any(word in self.texts(other) for other in self.seen):
            word = SLIPS[word]
        by_meaning = word == "pylon" and PYLON in one.facets.get("class", ())
        return by_meaning or word in self.texts(one)

    def fits(self, one: IndexedDataset, question: SearchQuestion, but: str = "") -> bool:
        for name, values in question.chosen.items():
            if values and name != but and not set(values) & set(one.facets.get(name, ())):
                return False
        if question.access and but != "access" and self.access(one) not in question.access:
            return False
        begin, end = question.period
        first, last = one.period or (None, None)
        if begin and not (last and days(last) >= days(begin)):
            return False
        if end and not (first and days(first) <= days(end)):
            return False
        wanted, area = question.area, one.area
        return wanted is None or (
            area is not None
            and area.west <= wanted.east
            and area.east >= wanted.west
            and area.south <= wanted.north
            and area.north >= wanted.south
        )

    def by_words(self, question: SearchQuestion, needed: Callable[[int], int]) -> list[IndexedDataset]:
        typed = question.text.split()
        return [one for one in self.seen if sum(self.has(one, word) for word in typed) >= needed(len(typed))]


def expected(slow: Slow, question: SearchQuestion) -> tuple[set[str], dict[str, Counter[str]], bool]:
    """Return what a question has to find, the counts beside it, and whether it has only some of the words."""
    candidates, is_partial = slow.by_words(question, lambda number: number), False
    if len(question.text.split()) > 1 and not any(slow.fits(one, question) for one in candidates):
        partly = slow.by_words(question, lambda number: math.ceil(number / 2))
        if any(slow.fits(one, question) for one in partly):
            candidates, is_partial = partly, True
    counts = {
        name: Counter(
            value for one in candidates if slow.fits(one, question, but=name) for value in one.facets.get(name, ())
        )
        for name in FACETS
    }
    counts["access"] = Counter(slow.access(one) for one in candidates if slow.fits(one, question, but="access"))
    return {one.summary.iri for one in candidates if slow.fits(one, question)}, counts, is_partial


@settings(deadline=None, max_examples=examples(60))
@given(made=datasets(), sight=sights(), question=questions())
def test_answers_are_those_of_a_slow_reading_of_what_is_in_sight(
    made: list[IndexedDataset], sight: Sight, question: SearchQuestion
) -> None:
    seen = [one for one in made if one.graph in sight.graphs]
    found = ask(index_of(*made).answers(sight), question)
    iris, counts, is_partial = expected(Slow(seen, sight), question)
    assert {hit.summary.iri for hit in found.hits} == iris
    assert (found.total, found.is_partial) == (len(iris), is_partial)
    assert {name: {one.value: one.count for one in values} for name, values in found.facets.items()} == counts
    by_iri = {one.summary.iri: one for one in seen}
    hits = [by_iri[hit.summary.iri] for hit in found.hits]
    assert hits == sorted(hits, key=lambda one: _order(one, question, sight))


def _order(one: IndexedDataset, question: SearchQuestion, sight: Sight) -> tuple[int, str]:
    if question.order == "title":
        return 0, one.title_key
    if question.order == "freshness":
        return -one.issued_key, ""
    if question.order == "use":
        return -one.used_key(publicly=sight.organisation is None), ""
    return 0, ""  # what is more relevant is a matter of judgement


@settings(deadline=None, max_examples=examples(40))
@given(made=datasets(), sight=sights(), question=questions(), opening=st.sampled_from(["", "f", "so", "cable m", "x"]))
def test_what_is_hidden_changes_nothing(
    made: list[IndexedDataset], sight: Sight, question: SearchQuestion, opening: str
) -> None:
    seen = [one for one in made if one.graph in sight.graphs]
    with_hidden, without = index_of(*made).answers(sight), index_of(*seen).answers(sight)
    assert ask(with_hidden, question) == ask(without, question)
    pages = [ask(with_hidden, replace(question, limit=2, offset=start)).hits for start in range(0, len(seen), 2)]
    assert [hit for page in pages for hit in page] == list(ask(without, question).hits)
    offered = Counter(text for one in seen for text in openings(one.summary) if opening and text.startswith(opening))
    suggested = with_hidden.suggest(opening, 5)
    assert suggested == without.suggest(opening, 5)
    assert suggested == tuple(sorted(offered, key=lambda text: (-offered[text], text)))[:5]
