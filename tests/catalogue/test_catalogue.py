"""Catalogue entries: refused when they could not be shown, found by those who may know of them, replaced whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.books import ledger

from virtuales.catalogue.drafts import Draft, Drafts
from virtuales.catalogue.entry import Entry, entry_graph, entry_statements
from virtuales.catalogue.records import (
    BoundingBox,
    Description,
    Preparation,
    PreparedFile,
    PreparedModel,
    Verdict,
)
from virtuales.catalogue.search import Catalogue, Question
from virtuales.errors import InputError, NotFound
from virtuales.journal.event import EventDraft
from virtuales.journal.ledger import Ledger
from virtuales.rdf.addresses import Addresses
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import DCAT
from virtuales.rdf.terms import NamedNode

NODE = "http://node.example"
ADDRESSES = Addresses(NODE)
PUBLIC, SHARED = ADDRESSES.graph("catalogue/public"), ADDRESSES.graph("catalogue/participants")
VALE = "http://o.example/id/organisation/vale"
DESCRIPTION = Description(
    slug="vale-132kv",
    title='Vale "132 kV" network',
    description="Base network model.",
    publisher=VALE,
    licence="CC-BY-4.0",
    triage="shared",
    sensitivity="SA",
    handling_reason="Critical plant.",
    keywords=("grid supply point", "132 kV"),
    spatial=BoundingBox(-2.5, 53.1, -1.9, 53.6),
    temporal=("2026-06-08", "2026-06-14"),
    steward="data@vale.example",
)
EQ = "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
PREPARATION = Preparation(
    files=(PreparedFile("vale.zip", "application/zip", "a" * 64, 1234),),
    models=(PreparedModel("eq.xml", "urn:uuid:1", (EQ,), "EQ", "b" * 64, 100, {"http://e.x/C": 7}, ("urn:uuid:2",)),),
    verdict=Verdict(
        conforms=True, schemas=("http://registry.example/id/schema/cgmes-3.0/EQ/version/3.0.0",), warnings=2
    ),
)


def publish(
    book: Ledger,
    description: Description = DESCRIPTION,
    number: int = 1,
    *,
    preparation: Preparation = PREPARATION,
) -> NamedNode:
    version = ADDRESSES.version(description.slug, number)
    entry = Entry(
        description=description,
        preparation=preparation,
        number=number,
        issued="2026-06-01T12:00:00Z",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        offer=NamedNode(version.value + "#offer"),
        previous=number - 1 or None,
    )
    reader = Catalogue(book.store, [PUBLIC, SHARED])
    before = reader.statements(ADDRESSES.dataset(description.slug))
    remove = tuple(quad for quad in before if quad.predicate != DCAT.hasVersion)
    change = ChangeSet(add=entry_statements(ADDRESSES, entry), remove=remove)
    book.record(EventDraft("DatasetPublished", version.value, change=change))
    return version


@pytest.mark.parametrize("slug", ["", "Vale", "a b", "-a", "a--b", "../x", "a" * 81, "é"])
def test_refuses_a_slug_that_cannot_stand_in_an_address(slug: str) -> None:
    with pytest.raises(InputError, match="cannot stand in an address"):
        replace(DESCRIPTION, slug=slug)


def test_refuses_an_empty_title_and_a_period_that_is_none() -> None:
    with pytest.raises(InputError, match="title is empty"):
        replace(DESCRIPTION, title="  ")
    with pytest.raises(InputError, match="ISO dates"):
        replace(DESCRIPTION, temporal=("June", "July"))


@pytest.mark.parametrize("box", [(-200, 0, 0, 0), (1, 0, 0, 0), (0, 2, 1, 1), (0, -91, 0, 0)])
def test_refuses_an_area_that_is_no_box(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(InputError, match="no box"):
        BoundingBox(*box)


@pytest.mark.parametrize("limit", [0, 101])
def test_refuses_a_page_of_no_or_too_many_datasets(limit: int) -> None:
    with pytest.raises(InputError, match="page size"):
        Question(limit=limit)


def test_shows_all_that_was_said(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    version = publish(book)
    entry = Catalogue(book.store, [SHARED]).version(version)
    assert entry.title == 'Vale "132 kV" network'
    assert (entry.number, entry.sensitivity, entry.verdict, entry.warnings, entry.triples) == (
        "1",
        "SA",
        "Conforms",
        2,
        100,
    )
    assert entry.keywords == ("132 kV", "grid supply point")
    assert entry.period == ("2026-06-08", "2026-06-14")
    assert entry.bbox is not None
    assert entry.bbox.startswith("POLYGON((-2.5 53.1")
    assert entry.steward == "data@vale.example"
    assert entry.endpoint == f"{NODE}/sparql/dataset/vale-132kv/version/1"
    assert [(file.name, file.size, file.digest) for file in entry.files] == [("vale.zip", 1234, "a" * 64)]
    assert [(model.keyword, model.triples, model.objects) for model in entry.models] == [("EQ", 100, 7)]
    assert entry.profiles == (EQ,)


def test_an_entry_is_unknown_to_who_may_not_see_its_graph(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    version = publish(book)
    for graphs in ([PUBLIC], []):
        reader = Catalogue(book.store, graphs)
        assert (reader.find(Question()), reader.count(Question())) == ([], 0)
        with pytest.raises(NotFound):
            reader.version(version)
        with pytest.raises(NotFound):
            reader.describe(version)


def test_open_data_stands_in_the_public_graph() -> None:
    assert entry_graph(ADDRESSES, "O") == PUBLIC
    assert {entry_graph(ADDRESSES, letter) for letter in ("SA", "SB", "SP", "C")} == {SHARED}


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (Question("vale"), True),
        (Question("BASE network"), True),
        (Question("supply point"), True),
        (Question("vale offshore"), False),
        (Question('" ) } # '), False),
        (Question("\\"), False),
        (Question(publisher=VALE), True),
        (Question(publisher='x" || "1"="1'), False),
        (Question(sensitivity="SA"), True),
        (Question(sensitivity="O"), False),
        (Question(profile=EQ), True),
        (Question(profile="http://e.x/none"), False),
    ],
)
def test_finds_what_answers_the_question(tmp_path: Path, question: Question, *, found: bool) -> None:
    book = ledger(tmp_path, NODE)
    publish(book)
    reader = Catalogue(book.store, [SHARED])
    assert bool(reader.find(question)) is found
    assert reader.count(question) == int(found)


def test_pages_follow_each_other_without_gap_or_repetition(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    for letter in "abcde":
        publish(book, replace(DESCRIPTION, slug=f"set-{letter}"))
    reader = Catalogue(book.store, [SHARED])
    seen: list[str] = []
    after: str | None = None
    while page := reader.find(Question(limit=2, after=after)):
        seen += [summary.iri for summary in page]
        after = page[-1].iri
    assert seen == [f"{NODE}/id/dataset/set-{letter}" for letter in "abcde"]
    assert reader.count(Question(limit=2)) == 5


def test_a_new_version_replaces_what_was_said_of_the_dataset_and_keeps_the_old_version(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    first = publish(book)
    second = publish(book, replace(DESCRIPTION, title="Renamed", sensitivity="O"), number=2)
    everywhere = Catalogue(book.store, [PUBLIC, SHARED])
    dataset = ADDRESSES.dataset(DESCRIPTION.slug)
    (summary,) = everywhere.find(Question())
    assert (summary.title, summary.version, summary.sensitivity) == ("Renamed", "2", "O")
    assert everywhere.current_version(dataset) == second
    assert everywhere.versions(dataset) == [(second.value, "2"), (first.value, "1")]
    assert everywhere.version(first).title == DESCRIPTION.title
    assert Catalogue(book.store, [PUBLIC]).find(Question()) != []


def test_a_draft_is_kept_as_it_was_saved(tmp_path: Path) -> None:
    book = ledger(tmp_path, NODE)
    drafts = Drafts(book.store, ADDRESSES.graph("drafts"))
    dataset = ADDRESSES.dataset(DESCRIPTION.slug)
    with pytest.raises(NotFound, match="described here"):
        drafts.get(dataset)
    book.record(EventDraft("DatasetDescribed", dataset.value, change=drafts.save(Draft(dataset, DESCRIPTION))))
    prepared = Draft(dataset, DESCRIPTION, PREPARATION.files, PREPARATION)
    book.record(EventDraft("DatasetPrepared", dataset.value, change=drafts.save(prepared)))
    assert drafts.get(dataset) == prepared
    assert drafts.all(VALE) == [prepared]
    assert drafts.all("http://o.example/id/organisation/other") == []
