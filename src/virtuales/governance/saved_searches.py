"""Saved searches: questions to the catalogue whose new answers an organisation is told of."""

from collections.abc import Iterable
from dataclasses import dataclass

from virtuales.errors import NotFound
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import DCTERMS, RDF, VES
from virtuales.rdf.terms import NamedNode, plain
from virtuales.store.rdf_store import RdfStore


@dataclass(frozen=True)
class SavedSearch:
    """A saved search.

    Args:
        iri: Its IRI.
        organisation: Whom it is for.
        name: What it is called.
        query: What it asks, as the query of an address.
        saved_by: The client or person that saved it.
        seen: The answers that were told or were there before.
    """

    iri: NamedNode
    organisation: str
    name: str
    query: str
    saved_by: str
    seen: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return self.iri.value.rpartition("/")[2]


def keep(search: SavedSearch, graph: NamedNode) -> ChangeSet:
    """Return the change that keeps a new search."""
    return ChangeSet(add=_statements(search, graph).quads)


def forget(search: SavedSearch, graph: NamedNode) -> ChangeSet:
    """Return the change that forgets a search."""
    return ChangeSet(remove=_statements(search, graph).quads)


def see(search: SavedSearch, answers: Iterable[str], graph: NamedNode) -> ChangeSet:
    """Return the change that takes answers for seen, and no others."""
    now = frozenset(answers)
    added, gone = Statements(graph), Statements(graph)
    added.say_all(search.iri, VES.seenAnswer, sorted(now - search.seen))
    gone.say_all(search.iri, VES.seenAnswer, sorted(search.seen - now))
    return ChangeSet(add=added.quads, remove=gone.quads)


class SavedSearches:
    """Reads saved searches.

    Args:
        store: Where they are read from.
        graph: The graph that holds them.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self._graph = graph

    def all(self, organisation: NamedNode | None = None) -> list[SavedSearch]:
        """Return every search, or those of an organisation, by name."""
        whose = f"?s {VES.notifies} {organisation} . " if organisation else ""
        rows = self._store.select(
            f"SELECT ?s ?o ?name ?query ?by WHERE {{ ?s a {VES.SavedSearch} . {whose}?s {VES.notifies} ?o ; "
            f"{DCTERMS.title} ?name ; {VES.searchedFor} ?query ; {VES.savedBy} ?by }} ORDER BY ?name ?s",
            graphs=[self._graph],
        )
        return [
            SavedSearch(
                iri=NamedNode(plain(row["s"])),
                organisation=plain(row["o"]),
                name=plain(row["name"]),
                query=plain(row["query"]),
                saved_by=plain(row["by"]),
                seen=self._seen(NamedNode(plain(row["s"]))),
            )
            for row in rows
        ]

    def get(self, organisation: NamedNode, key: str) -> SavedSearch:
        """Return one of an organisation's searches by the last part of its IRI.

        Raises:
            NotFound: it has none of that key.
        """
        for search in self.all(organisation):
            if search.key == key:
                return search
        raise NotFound("There is no such saved search.", where=key, remedy="List your organisation's.")

    def _seen(self, iri: NamedNode) -> frozenset[str]:
        rows = self._store.select(f"SELECT ?a WHERE {{ {iri} {VES.seenAnswer} ?a }}", graphs=[self._graph])
        return frozenset(plain(row["a"]) for row in rows)


def _statements(search: SavedSearch, graph: NamedNode) -> Statements:
    statements = Statements(graph).say(search.iri, RDF.type, VES.SavedSearch)
    statements.say(search.iri, VES.notifies, NamedNode(search.organisation)).say(search.iri, DCTERMS.title, search.name)
    statements.say(search.iri, VES.searchedFor, search.query).say(search.iri, VES.savedBy, search.saved_by)
    return statements.say_all(search.iri, VES.seenAnswer, sorted(search.seen))
