"""Which classes and properties a version's data uses, and how often: VoID partitions in the version's entry.

They stand in the entry's own graph, so who may not know of a dataset does not learn what is in it.
See https://www.w3.org/TR/void/#class-property-partitions.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from virtuales.catalogue.records import Preparation
from virtuales.rdf.changeset import Statements
from virtuales.rdf.namespaces import DCAT, DCTERMS, VOID
from virtuales.rdf.terms import NamedNode, plain, typed
from virtuales.store.rdf_store import RdfStore


@dataclass(frozen=True)
class DatasetUse:
    """How a dataset's current version uses some terms.

    Args:
        dataset: IRI of the dataset.
        title: Its name.
        publisher: IRI of the organisation that publishes it.
        counts: For each term how many objects have it as their class, or how many statements have it as property.
    """

    dataset: str
    title: str
    publisher: str
    counts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """The counts of all terms together."""
        return sum(count for _, count in self.counts)


def say_uses(graph: Statements, version: NamedNode, preparation: Preparation) -> None:
    """Write the partitions of a version."""
    for place, use in enumerate(preparation.uses, start=1):
        part, kind, number = (
            (VOID.classPartition, VOID["class"], VOID.entities)
            if use.kind == "class"
            else (VOID.propertyPartition, VOID.property, VOID.triples)
        )
        node = NamedNode(f"{version.value}#part-{place}")
        graph.say(version, part, node).say(node, kind, NamedNode(use.iri))
        graph.say(node, number, typed(str(use.count), "integer"))


def read_uses(store: RdfStore, graphs: Sequence[NamedNode], terms: Collection[str]) -> list[DatasetUse]:
    """Return the datasets whose current versions use a term, those that use it most first.

    Args:
        store: Where the catalogue is read from.
        graphs: The graphs of entries that the asker may see.
        terms: IRIs of the term and of those that count as it: the classes below a class.
    """
    wanted = " ".join(str(NamedNode(iri)) for iri in sorted(terms))
    query = (
        f"SELECT DISTINCT ?dataset ?title ?publisher ?term ?n WHERE {{ VALUES ?term {{ {wanted} }} "
        f"{{ ?part {VOID['class']} ?term ; {VOID.entities} ?n . ?version {VOID.classPartition} ?part }} UNION "
        f"{{ ?part {VOID.property} ?term ; {VOID.triples} ?n . ?version {VOID.propertyPartition} ?part }} "
        f"?dataset {DCAT.hasCurrentVersion} ?version ; {DCTERMS.title} ?title ; {DCTERMS.publisher} ?publisher }}"
    )
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in store.select(query, graphs=graphs):
        dataset = plain(row["dataset"]), plain(row["title"]), plain(row["publisher"])
        found.setdefault(dataset, {})[plain(row["term"])] = int(plain(row["n"]))
    uses = [
        DatasetUse(*dataset, tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0]))))
        for dataset, counts in found.items()
    ]
    return sorted(uses, key=lambda use: (-use.total, use.title, use.dataset))
