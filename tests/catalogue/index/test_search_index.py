"""The index: what words find and why, in which order, and what becomes of an index that is broken."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.catalogue.index.small_catalogue import (
    NORTH,
    PUBLIC,
    SHARED,
    STATION,
    SUBSTATION,
    TERMS,
    WORDS,
    dataset,
    index_of,
    mapping,
)

from virtuales.catalogue.index.answers import Found
from virtuales.catalogue.index.document import Box, IndexedDataset
from virtuales.catalogue.index.index import NOTHING, SearchIndex
from virtuales.catalogue.index.question import SearchQuestion, Sight, parse_box
from virtuales.catalogue.index.thesaurus import Thesaurus
from virtuales.catalogue.index.wording import read_units
from virtuales.errors import InputError
from virtuales.rdf.namespaces import SKOS

EVERYBODY = Sight((PUBLIC,))
DATASETS = (
    dataset("feeders", "Feeders of the 11kV network", "Ratings of cables and switchgear.", keywords=("cable",)),
    dataset("gsp", "Grid supply points", "Where transmission meets distribution.", issued="2026-07-01T00:00:00Z"),
    dataset(
        "model", "Base network model", issued="2026-05-01T00:00:00Z", facets={"class": (SUBSTATION,)}, publisher=NORTH
    ),
    dataset("hidden", "Feeders nobody may know of", graph=SHARED),
)


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return index_of(*DATASETS)


def ask(index: SearchIndex, text: str, sight: Sight = EVERYBODY, **more: object) -> Found:
    question = SearchQuestion(text, **more)  # type: ignore[arg-type]  # the test's own
    return index.answers(sight).search(question, read_units(text, WORDS), facets=["publisher", "access"])


def slugs(found: Found) -> list[str]:
    return [hit.summary.iri.rpartition("/")[2] for hit in found.hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("feeder", ["feeders"]),
        ("11 kV", ["feeders"]),
        ("rating of a cable", ["feeders"]),
        ('"supply points"', ["gsp"]),
        ('"points supply"', []),
        ("fedeers", ["feeders"]),
        ("transmision", ["gsp"]),
        ("north", ["model"]),
        ("transforming place", ["gsp", "model"]),
        ("Châtelaine", []),
        ('"', ["gsp", "feeders", "model"]),
        (") OR title:* {", []),
    ],
)
def test_finds_by_words_phrases_slips_and_meanings(index: SearchIndex, text: str, expected: list[str]) -> None:
    assert slugs(ask(index, text)) == expected


def test_says_by_which_meaning_a_dataset_was_found(index: SearchIndex) -> None:
    found = ask(index, "bulk supply point")
    assert slugs(found) == ["gsp", "model"]
    supply, model = (hit.reasons for hit in found.hits)
    assert (model[0].iri, model[0].through) == (SUBSTATION, ("bulk supply point",))
    assert str(supply[0]) == ("Found because “bulk supply point” leads to “grid supply point”, by way of “substation”.")
    assert ask(index, "feeders").hits[0].reasons == ()


def test_says_that_no_dataset_has_all_words_where_some_have_half_of_them(index: SearchIndex) -> None:
    found = ask(index, "feeders lighthouse")
    assert (found.is_partial, slugs(found)) == (True, ["feeders"])
    assert not ask(index, "lighthouse").hits


def test_counts_each_facet_with_what_was_chosen_of_the_others(index: SearchIndex) -> None:
    found = ask(index, "", chosen={"publisher": (NORTH,)})
    assert slugs(found) == ["model"]
    assert [(one.value, one.count) for one in found.facets["publisher"]] == [
        (DATASETS[0].summary.publisher, 2),
        (NORTH, 1),
    ]
    assert [(one.value, one.count) for one in found.facets["access"]] == [("known", 1)]


def test_orders_by_what_is_asked_for() -> None:
    index = index_of(
        dataset("b", "Bravo", issued="2026-03-01T00:00:00Z", used=(0, 9)),
        dataset("a", "alpha", issued="2026-01-01T00:00:00Z", used=(2, 2)),
        dataset("c", "Charlie", issued="2026-02-01T00:00:00Z", used=(1, 1)),
    )
    participant = Sight((PUBLIC,), organisation=NORTH)
    assert slugs(ask(index, "", sort="title")) == ["a", "b", "c"]
    assert slugs(ask(index, "")) == slugs(ask(index, "", sort="freshness")) == ["b", "c", "a"]
    assert slugs(ask(index, "", sort="use")) == ["a", "c", "b"]
    assert slugs(ask(index, "", sort="use", sight=participant)) == ["b", "a", "c"]
    assert slugs(ask(index, "", sort="title", limit=2, offset=1)) == ["b", "c"]


@pytest.mark.parametrize(
    ("period", "found"),
    [(("2026-06-14", None), 1), (("2026-06-15", None), 0), ((None, "2026-06-08"), 1), ((None, "2026-06-07"), 0)],
)
def test_chooses_by_days_covered(period: tuple[str | None, str | None], found: int) -> None:
    index = index_of(dataset("week", "Week", period=("2026-06-08", "2026-06-14")), dataset("ever", "Ever"))
    assert ask(index, "", period=period).total == found


@pytest.mark.parametrize(("area", "found"), [("-2,53,-1,54", 1), ("-1.8,53,-1,54", 0), ("-3,50,-1,53", 0)])
def test_chooses_by_area_covered(area: str, found: int) -> None:
    index = index_of(dataset("vale", "Vale", area=Box(-2.5, 53.1, -1.9, 53.6)), dataset("nowhere", "Nowhere"))
    assert ask(index, "", area=parse_box(area)).total == found


def test_suggests_what_begins_so_and_is_in_sight(index: SearchIndex) -> None:
    assert index.answers(EVERYBODY).suggest("Fee", 5) == ("feeders of the 11kv network",)
    assert len(index.answers(Sight((PUBLIC, SHARED))).suggest("fee", 5)) == 2
    assert index.answers(EVERYBODY).suggest("  ", 5) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x" * 501},
        {"chosen": {"colour": ("red",)}},
        {"sort": "colour"},
        {"access": ("free",)},
        {"limit": 0},
        {"limit": 101},
        {"offset": -1},
        {"offset": 100_001},
        {"period": ("June", None)},
    ],
)
def test_refuses_a_question_that_nobody_could_mean(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        SearchQuestion(**wrong)  # type: ignore[arg-type]  # what is refused


@pytest.mark.parametrize("area", ["", "1,2,3", "west", "1,2,0,3", "0,0,1,91", "nan,0,1,1"])
def test_refuses_an_area_that_is_none(area: str) -> None:
    with pytest.raises(InputError, match="no area"):
        parse_box(area)


def test_follows_no_mapping_that_says_not_and_none_to_nothing() -> None:
    denied = mapping(SUBSTATION, SKOS.exactMatch.value, STATION, modifier="Not")
    nothing = mapping(SUBSTATION, SKOS.exactMatch.value, "https://w3id.org/sssom/NoTermFound")
    related = mapping(SUBSTATION, SKOS.relatedMatch.value, STATION)
    meanings = Thesaurus(TERMS, [denied, nothing, related]).meanings(("substat",))
    assert {one.iri for one in meanings} == {SUBSTATION, "http://words.example#bsp", "http://words.example#gsp"}


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:10])


def fill_with_rubbish(file: Path) -> None:
    file.write_bytes(b"\xff" * file.stat().st_size)


@pytest.mark.parametrize("kind", ["meta.json", "*.term", "*.idx", "*.fast", "*.store"])
@pytest.mark.parametrize("spoil", [cut_short, fill_with_rubbish, Path.unlink])
def test_a_broken_index_is_known_to_hold_nothing(tmp_path: Path, kind: str, spoil: Callable[[Path], None]) -> None:
    made = SearchIndex(tmp_path / "index")
    made.fill(DATASETS, sequence=7)
    for file in list((tmp_path / "index").glob(kind)):
        spoil(file)
    again = SearchIndex(tmp_path / "index")
    assert again.sequence == NOTHING
    assert ask(again, "").total == 0
    again.fill(DATASETS, sequence=8)
    assert (ask(again, "").total, SearchIndex(tmp_path / "index").sequence) == (3, 8)


def test_an_index_that_is_whole_is_opened_as_it_was(tmp_path: Path) -> None:
    made = SearchIndex(tmp_path / "index")
    made.fill(DATASETS, sequence=7)
    made.replace([_renamed()], keys=[DATASETS[0].summary.iri, DATASETS[1].summary.iri], sequence=9)
    again = SearchIndex(tmp_path / "index")
    assert again.sequence == 9
    assert slugs(ask(again, "", sort="title")) == ["model", "feeders"]


def _renamed() -> IndexedDataset:
    return dataset("feeders", "Renamed")


_FILL = """
import sys
from pathlib import Path
from tests.catalogue.index.small_catalogue import dataset
from virtuales.catalogue.index.index import SearchIndex

def without_end():
    for number in range(1_000_000):
        if number == 2_000:
            print("under way", flush=True)
        yield dataset(f"set-{number}", "Title")

SearchIndex(Path(sys.argv[1])).replace(without_end(), keys=(), sequence=8)
"""


def test_a_process_that_is_killed_while_it_writes_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    SearchIndex(tmp_path / "index").fill(DATASETS, sequence=7)
    writing = subprocess.Popen(
        [sys.executable, "-c", _FILL, str(tmp_path / "index")], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    assert writing.stdout is not None
    assert writing.stdout.readline() == b"under way\n"
    writing.kill()
    writing.communicate(timeout=60)
    again = SearchIndex(tmp_path / "index")
    assert (again.sequence, ask(again, "").total) == (7, 3)
    again.replace([], keys=[DATASETS[0].summary.iri], sequence=9)
    assert (again.sequence, ask(again, "").total) == (9, 2)
