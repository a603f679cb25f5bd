"""Which dataset versions can be asked, and what they hold, as the catalogue tells it."""

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from virtuales.catalogue.askable import AskableVersion, askable_query, read_askable
from virtuales.catalogue.search import Question
from virtuales.errors import UnreadableInput
from virtuales.rdf.namespaces import DCAT, DCTERMS, RDF, VES, VOID

BASE = "http://node.example/id/dataset"
GRAPH = NamedNode("http://node.example/graph/catalogue/public")


def catalogue(datasets: int, terms: int) -> Store:
    """Make a catalogue in which every other version names a profile, and all but the first count terms."""
    store, quads = Store(), []

    def say(subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
        quads.append(Quad(subject, predicate, value, GRAPH))

    for number in range(datasets):
        dataset = NamedNode(f"{BASE}/{number}")
        version = NamedNode(f"{dataset.value}/version/1")
        for each in (dataset, version):
            say(each, RDF.type, DCAT.Dataset)
            say(each, DCTERMS.title, Literal(f"Title {number}"))
            say(each, DCTERMS.description, Literal("Description"))
            say(each, DCTERMS.publisher, NamedNode("http://node.example/id/organisation/north"))
            say(each, VES.sensitivityClass, NamedNode("http://node.example/sensitivity#SA"))
        say(dataset, DCAT.hasCurrentVersion, version)
        say(version, DCAT.isVersionOf, dataset)
        say(version, DCAT.version, Literal("1"))
        say(NamedNode(f"{version.value}#service"), DCAT.servesDataset, version)
        if number % 2:
            say(version, DCTERMS.conformsTo, NamedNode("http://e.org/profile"))
        for place in range(terms if number else 0):
            part = NamedNode(f"{version.value}#part-{place}")
            say(version, VOID.propertyPartition, part)
            say(part, VOID.property, NamedNode(f"http://e.org/{place}"))
    store.extend(quads)
    return store


def ask(store: Store, terms: set[str] | None = None, named: tuple[str, ...] = ()) -> list[AskableVersion]:
    found = store.query(askable_query(Question(), terms, named), use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    names = [each.value for each in found.variables]
    return read_askable({name: row[name].value for name in names if row[name] is not None} for row in found)


def test_tells_profiles_or_terms_and_what_is_held() -> None:
    first, second, third = ask(catalogue(3, 2), {"http://e.org/1", "http://e.org/none"})
    assert (first.profiles, first.uses, first.holds) == ((), (), True), "it counts nothing, so it may hold anything"
    assert (second.profiles, second.uses, second.holds) == (("http://e.org/profile",), (), True)
    assert third.uses == ("http://e.org/0", "http://e.org/1")
    assert [each.holds for each in ask(catalogue(3, 2), {"http://e.org/none"})] == [True, False, False]
    assert all(each.holds and each.is_current and each.sensitivity == "SA" for each in ask(catalogue(3, 2)))


def test_gives_only_what_was_named() -> None:
    assert [each.dataset for each in ask(catalogue(4, 1), named=(f"{BASE}/1", f"{BASE}/2/version/1"))] == [
        f"{BASE}/1",
        f"{BASE}/2",
    ]


def test_tells_of_many_versions() -> None:
    """Looked up for one version after another, this took twenty seconds."""
    found = ask(catalogue(100, 50), {"http://e.org/1"})
    assert (len(found), all(each.holds for each in found)) == (100, True)


def test_refuses_what_is_no_list() -> None:
    with pytest.raises(UnreadableInput, match="no dataset versions"):
        read_askable([{"dataset": "x", "version": "http://e.org/v"}])
