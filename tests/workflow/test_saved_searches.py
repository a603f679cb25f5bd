"""Saved searches: what is new is told once, to whom may know of it; what was there before is not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from tests.books import NOON
from tests.catalogue.test_catalogue import DESCRIPTION
from tests.workflow.registry_node import BASE, OPERATOR, orchestrator
from tests.workflow.test_search import OPEN, publish

from virtuales.catalogue.index.question import SearchQuestion, question_of
from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied, Conflict, InputError, NotFound, PeerFailure
from virtuales.exchange.peers import Peers
from virtuales.workflow.inbox import notifications
from virtuales.workflow.saved_searches import (
    MOST,
    PAUSE,
    SearchWatch,
    drop_search,
    save_search,
    saved_searches,
    tell_what_is_new,
)
from virtuales.workflow.workspace import Workspace


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def node(tmp_path: Path, clock: ManualClock) -> Iterator[Workspace]:
    made = orchestrator(tmp_path, clock)
    yield made
    made.ledger.journal.close()


def told(node: Workspace) -> list[str]:
    return [one.text for one in notifications(node, OPERATOR)]


def test_what_is_new_is_told_once_after_a_pause(node: Workspace, clock: ManualClock) -> None:
    publish(node, OPEN)
    saved = save_search(node, OPERATOR, " Sites ", "q=&keyword=site&page=3")
    assert (saved.name, saved.query, saved.saved_by) == ("Sites", "keyword=site", "operator")
    watch = SearchWatch(node)
    watch.watch_searches()
    assert told(node) == []
    publish(node, replace(OPEN, slug="other", title="Unlike", keywords=("unlike",)))
    for letter in "abcd":
        publish(node, replace(DESCRIPTION, slug=letter, title=f"Sites {letter}", keywords=("site",)))
    watch.watch_searches()
    assert told(node) == []
    for _ in range(2):
        clock.advance(PAUSE)
        watch.watch_searches()
        (text,) = told(node)
    assert text.startswith("New in the catalogue for your search “Sites”: “Sites ")
    assert text.endswith(" and 1 more.")
    publish(node, replace(OPEN, title="Sites anew"), number=2)
    SearchWatch(node).watch_searches()
    assert "New in the catalogue for your search “Sites”: “Sites anew”." in told(node)


def test_nothing_is_told_of_a_search_that_was_dropped(node: Workspace) -> None:
    saved = save_search(node, OPERATOR, "All", "")
    assert saved_searches(node, OPERATOR) == [saved]
    drop_search(node, OPERATOR, saved.key)
    publish(node, OPEN)
    SearchWatch(node).watch_searches()
    assert told(node) == []
    with pytest.raises(NotFound, match="no such saved search"):
        drop_search(node, OPERATOR, saved.key)


@pytest.mark.parametrize(
    ("name", "query"), [("", "q=x"), ("x" * 121, "q=x"), ("x", "colour=red"), ("x", "from=June"), ("x", "access=free")]
)
def test_refuses_a_search_without_a_name_or_a_question(node: Workspace, name: str, query: str) -> None:
    with pytest.raises(InputError):
        save_search(node, OPERATOR, name, query)


def test_refuses_strangers_and_more_than_is_allowed(node: Workspace) -> None:
    with pytest.raises(AccessDenied):
        save_search(node, replace(OPERATOR, organisation=f"{BASE}/id/organisation/nobody"), "x", "q=x")
    with pytest.raises(AccessDenied):
        saved_searches(node, replace(OPERATOR, scopes=frozenset()))
    for number in range(MOST):
        save_search(node, OPERATOR, f"search {number}", "")
    with pytest.raises(Conflict, match="saved searches"):
        save_search(node, OPERATOR, "one too many", "")


class _Token:
    def token(self, organisation: str, resource: str) -> str:
        return f"{organisation} at {resource}"


@pytest.mark.parametrize(("titles", "partial"), [(["Demand"], False), (["Some"], True), (None, False)])
def test_another_node_asks_the_orchestrator_in_the_name_of_the_organisation(
    node: Workspace, titles: list[str] | None, partial: bool
) -> None:
    saved = save_search(node, OPERATOR, "All", "q=demand")
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        found = [{"iri": "http://a.example/1", "version": "1", "title": title} for title in titles or ()]
        return httpx.Response(200, json={"partial": partial, **({"datasets": found} if titles else {})})

    peers = Peers(httpx.Client(transport=httpx.MockTransport(answer)), _Token())
    there = replace(node, orchestrator="https://centre.example", peers=peers)
    if titles is None:
        with pytest.raises(PeerFailure, match="lists no datasets"):
            tell_what_is_new(there, saved)
    else:
        assert tell_what_is_new(there, saved) == int(not partial)
    assert str(asked[0].url) == "https://centre.example/api/v1/catalogue?q=demand&sort=freshness&limit=100"
    assert asked[0].headers["authorization"] == f"Bearer {OPERATOR.organisation} at https://centre.example"


def test_a_question_comes_back_from_its_address() -> None:
    question = SearchQuestion(
        "demand & more",
        chosen={"keyword": ("a", "b=c")},
        access=("now",),
        period=("2026-06-01", None),
        area=None,
    )
    assert question_of(question.pairs()) == question
