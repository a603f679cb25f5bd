"""Search at a node: in step with the journal, whatever became of the index; as each reader stands to the data."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.books import NOON
from tests.catalogue.test_catalogue import DESCRIPTION, PREPARATION
from tests.workflow.registry_node import BASE, OPERATOR, orchestrator

from virtuales.catalogue.entry import Entry, entry_graph, entry_statements
from virtuales.catalogue.index.index import NOTHING, SearchIndex
from virtuales.catalogue.index.question import SearchQuestion
from virtuales.catalogue.records import Description, TermUse
from virtuales.clock import ManualClock
from virtuales.errors import AccessDenied
from virtuales.journal.event import EventDraft
from virtuales.policy.odrl_rdf import policy_quads
from virtuales.policy.templates import Audience, OfferTerms, offer_from
from virtuales.rdf.changeset import ChangeSet
from virtuales.rdf.namespaces import DCAT
from virtuales.rdf.terms import NamedNode
from virtuales.trust.tokens import Principal
from virtuales.workflow.search import keep_in_step, search, suggest
from virtuales.workflow.workspace import Workspace

BREAKER = "http://iec.ch/TC57/CIM100#Breaker"
OPEN = replace(DESCRIPTION, slug="places", title="Places of sites", sensitivity="O", triage="open", keywords=("site",))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Workspace]:
    made = orchestrator(tmp_path, ManualClock(NOON))
    yield replace(made, search_index=SearchIndex(tmp_path / "index"))
    made.ledger.journal.close()


def publish(
    node: Workspace, about: Description, number: int = 1, *, audience: Audience = Audience.PARTICIPANTS
) -> None:
    dataset, version = node.addresses.dataset(about.slug), node.addresses.version(about.slug, number)
    offer = offer_from(
        OfferTerms(audience),
        iri=NamedNode(f"{version.value}#offer"),
        target=version,
        assigner=NamedNode(about.publisher),
    )
    entry = Entry(
        description=about,
        preparation=replace(PREPARATION, uses=(TermUse(BREAKER, "class", 4),)),
        number=number,
        issued=f"2026-06-{number:02d}T12:00:00Z",
        licence_url="https://creativecommons.org/licenses/by/4.0/",
        offer=offer.iri,
    )
    before = node.own_catalogue.statements(dataset)
    change = ChangeSet(
        add=entry_statements(node.addresses, entry)
        + policy_quads(offer, entry_graph(node.addresses, about.sensitivity)),
        remove=tuple(quad for quad in before if quad.predicate != DCAT.hasVersion),
    )
    node.ledger.record(EventDraft("DatasetPublished", version.value, change=change))


def titles(node: Workspace, principal: Principal | None, text: str = "", **more: object) -> list[str]:
    question = SearchQuestion(text, sort="title", **more)  # type: ignore[arg-type]  # the test's own
    return [hit.summary.title for hit in search(node, principal, question).hits]


def test_each_reader_finds_and_counts_what_it_may_know_of(node: Workspace) -> None:
    publish(node, DESCRIPTION)
    publish(node, OPEN, audience=Audience.OPEN)
    assert titles(node, None) == ["Places of sites"]
    assert titles(node, OPERATOR) == ["Places of sites", DESCRIPTION.title]
    for reader, counts in ((None, {"now": 1}), (OPERATOR, {"now": 1, "ask": 1})):
        found = search(node, reader, SearchQuestion(), facets=["access", "class", "verdict", "format"])
        assert {one.value: one.count for one in found.facets["access"]} == counts
        assert [(one.value, one.count) for one in found.facets["class"]] == [(BREAKER, found.total)]
        assert [one.value for one in found.facets["format"]] == ["application/zip"]
    assert titles(node, OPERATOR, access=("ask",)) == [DESCRIPTION.title]
    assert (suggest(node, None, "va"), suggest(node, OPERATOR, "va")) == ((), ('vale "132 kv" network',))
    with pytest.raises(AccessDenied):
        titles(node, replace(OPERATOR, organisation=f"{BASE}/id/organisation/nobody"))


def test_own_data_may_be_used_now(node: Workspace) -> None:
    publish(node, replace(DESCRIPTION, publisher=OPERATOR.organisation))
    assert titles(node, OPERATOR, access=("now",)) == [DESCRIPTION.title]


def test_an_organisation_is_found_by_its_name(node: Workspace) -> None:
    publish(node, replace(OPEN, publisher=OPERATOR.organisation))
    publish(node, replace(OPEN, slug="other", title="Other"))
    name = node.participants.get(NamedNode(OPERATOR.organisation)).legal_name
    assert titles(node, None, name) == ["Places of sites"]


def test_the_index_follows_every_event(node: Workspace) -> None:
    assert titles(node, None) == []
    publish(node, OPEN)
    assert titles(node, None) == ["Places of sites"]
    publish(node, replace(OPEN, title="Sites anew"), number=2)
    assert titles(node, None) == ["Sites anew"]
    publish(node, replace(OPEN, title="Sites anew", sensitivity="SA"), number=3)
    assert titles(node, None) == []
    assert titles(node, OPERATOR) == ["Sites anew"]


def test_deriving_counts_as_use_of_the_source(node: Workspace) -> None:
    publish(node, OPEN)
    publish(node, replace(OPEN, slug="b", title="B"))
    source = node.addresses.version("places", 1).value
    assert titles(node, None) == ["B", "Places of sites"]
    publish(node, replace(DESCRIPTION, slug="c", derived_from=(source,)))
    publish(node, replace(OPEN, slug="d", title="D", derived_from=(node.addresses.version("b", 1).value,)))
    by_use = SearchQuestion(sort="use")
    assert search(node, None, by_use).hits[0].summary.title == "B"
    publish(node, replace(DESCRIPTION, slug="e", derived_from=(source,)))
    assert search(node, None, by_use).hits[0].summary.title == "B"
    assert search(node, OPERATOR, by_use).hits[0].summary.title == "Places of sites"


@pytest.mark.parametrize("fate", ["lost", "spoilt", "ahead of the journal", "behind"])
def test_no_reader_sees_what_becomes_of_the_index(node: Workspace, tmp_path: Path, fate: str) -> None:
    publish(node, OPEN)
    assert titles(node, None) == ["Places of sites"]
    publish(node, replace(OPEN, slug="more", title="More"))
    if fate == "lost":
        node = replace(node, search_index=SearchIndex(tmp_path / "elsewhere"))
    elif fate == "ahead of the journal":
        node.search_index.replace((), keys=(), sequence=1_000)
    elif fate == "spoilt":
        for file in (tmp_path / "index").glob("*.store"):
            file.write_bytes(b"\xff" * file.stat().st_size)
        node = replace(node, search_index=SearchIndex(tmp_path / "index"))
        assert node.search_index.sequence == NOTHING
    assert titles(node, None) == ["More", "Places of sites"]
    again = SearchIndex(tmp_path / "index")
    if fate != "lost":
        assert again.sequence == keep_in_step(node).sequence
