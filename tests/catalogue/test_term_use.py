"""Which terms a version's data uses: told to those who may know of it, of the current version alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.books import ledger
from tests.catalogue.test_catalogue import DESCRIPTION, NODE, PREPARATION, PUBLIC, SHARED, publish

from virtuales.catalogue.records import Preparation, TermUse
from virtuales.catalogue.term_use import DatasetUse, read_uses
from virtuales.journal.ledger import Ledger

LINE, CABLE, LENGTH = (f"http://v.example/{name}" for name in ("Line", "Cable", "length"))
USED = replace(
    PREPARATION,
    uses=(TermUse(LINE, "class", 3), TermUse(CABLE, "class", 7), TermUse(LENGTH, "property", 9)),
)


@pytest.fixture
def book(tmp_path: Path) -> Ledger:
    made = ledger(tmp_path, NODE)
    publish(made, preparation=USED)
    return made


def uses(book: Ledger, *terms: str, graphs: tuple[object, ...] = (PUBLIC, SHARED)) -> list[DatasetUse]:
    return read_uses(book.store, graphs, terms)  # type: ignore[arg-type]  # graphs are named nodes


def test_is_not_told_to_who_may_not_know_of_the_dataset(book: Ledger) -> None:
    assert uses(book, LINE, graphs=(PUBLIC,)) == []
    assert uses(book, LINE, graphs=()) == []


def test_counts_objects_of_classes_and_statements_of_properties(book: Ledger) -> None:
    (found,) = uses(book, LINE)
    assert (found.title, found.publisher, found.total) == (DESCRIPTION.title, DESCRIPTION.publisher, 3)
    assert uses(book, LENGTH)[0].counts == ((LENGTH, 9),)
    assert uses(book, "http://v.example/Pylon") == []


def test_adds_up_what_is_below_a_class_the_most_first(book: Ledger) -> None:
    (found,) = uses(book, LINE, CABLE)
    assert (found.total, found.counts) == (10, ((CABLE, 7), (LINE, 3)))


def test_tells_of_the_current_version_alone(book: Ledger) -> None:
    publish(book, number=2, preparation=replace(PREPARATION, uses=(TermUse(CABLE, "class", 1),)))
    assert uses(book, LINE) == []
    assert uses(book, CABLE)[0].total == 1


def test_puts_the_dataset_that_uses_it_most_first(book: Ledger) -> None:
    more: Preparation = replace(PREPARATION, uses=(TermUse(LINE, "class", 30),))
    publish(book, replace(DESCRIPTION, slug="other", title="Other"), preparation=more)
    assert [(use.title, use.total) for use in uses(book, LINE)] == [("Other", 30), (DESCRIPTION.title, 3)]
