"""Drafts: what a steward described and prepared, before it is published; private to the organisation.

A draft is JSON in a literal of type `rdf:JSON`: it is a working paper of this node, not data to be linked to.
"""

from dataclasses import dataclass

from pydantic import TypeAdapter

from virtuales.catalogue.records import Description, Preparation, PreparedFile
from virtuales.errors import NotFound
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import RDF, VES
from virtuales.rdf.terms import Literal, NamedNode, Quad, plain
from virtuales.store.rdf_store import RdfStore

_JSON = NamedNode(RDF.iri + "JSON")


@dataclass(frozen=True)
class Draft:
    """A dataset as its steward has it on the desk.

    Args:
        dataset: IRI of the dataset.
        description: What the steward says of it.
        files: The files received for the next version.
        preparation: The prepared next version; None when no file was prepared since the last publication.
    """

    dataset: NamedNode
    description: Description
    files: tuple[PreparedFile, ...] = ()
    preparation: Preparation | None = None


@dataclass(frozen=True)
class _Paper:
    description: Description
    files: tuple[PreparedFile, ...] = ()
    preparation: Preparation | None = None


_PAPER = TypeAdapter(_Paper)


class Drafts:
    """The drafts of one node.

    Args:
        store: Where they are read from.
        graph: The graph that holds them.
    """

    def __init__(self, store: RdfStore, graph: NamedNode) -> None:
        self._store = store
        self._graph = graph

    def get(self, dataset: NamedNode) -> Draft:
        """Return a dataset's draft.

        Raises:
            NotFound: nobody described such a dataset here.
        """
        draft = self.find(dataset)
        if draft is None:
            raise NotFound(
                "No dataset of this name was described here.", where=dataset.value, remedy="Describe the dataset first."
            )
        return draft

    def find(self, dataset: NamedNode) -> Draft | None:
        """Return a dataset's draft, or None."""
        rows = self._store.select(f"SELECT ?d WHERE {{ {dataset} {VES.draft} ?d }}", graphs=[self._graph])
        if not rows:
            return None
        paper = _PAPER.validate_json(plain(rows[0]["d"]))
        return Draft(dataset, paper.description, paper.files, paper.preparation)

    def all(self, publisher: str) -> list[Draft]:
        """Return the drafts of one organisation, in the order of their names."""
        rows = self._store.select(f"SELECT ?s WHERE {{ ?s {VES.draft} ?d }} ORDER BY ?s", graphs=[self._graph])
        drafts = [self.get(NamedNode(plain(row["s"]))) for row in rows]
        return [draft for draft in drafts if draft.description.publisher == publisher]

    def save(self, draft: Draft) -> ChangeSet:
        """Return the change that puts `draft` in place of the one there is."""
        before = self.find(draft.dataset)
        remove = self._statements(before) if before else ()
        return ChangeSet(remove=remove, add=self._statements(draft))

    def _statements(self, draft: Draft) -> tuple[Quad, ...]:
        text = _PAPER.dump_json(_Paper(draft.description, draft.files, draft.preparation)).decode()
        return Statements(self._graph).say(draft.dataset, VES.draft, Literal(text, datatype=_JSON)).quads
