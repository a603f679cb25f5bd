"""Reads what the index knows of datasets from their entries in the catalogue."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from virtuales.catalogue.index.document import Box, IndexedDataset
from virtuales.catalogue.search import DatasetSummary
from virtuales.rdf.namespaces import DCAT, DCTERMS, ODRL, PROV, VES, VOID
from virtuales.rdf.terms import NamedNode, plain
from virtuales.store.rdf_store import RdfStore

_TOGETHER: Final = 200
_NUMBER: Final = r"(-?\d+(?:\.\d+)?)"
_CORNER: Final = re.compile(rf"{_NUMBER}\s+{_NUMBER}")
_PUBLIC: Final = "/graph/catalogue/public"
_OF_ENTRIES: Final = re.compile(r"/graph/catalogue/(?:public|participants)\Z")
_DATASET: Final = re.compile(r"[^#]*?/id/dataset/[^/#]+")

_SAID: Final = {
    "title": f"?d {DCTERMS.title} ?o",
    "description": f"?d {DCTERMS.description} ?o",
    "publisher": f"?d {DCTERMS.publisher} ?o",
    "licence": f"?d {DCTERMS.license} ?o",
    "sensitivity": f"?d {VES.sensitivityClass} ?o",
    "number": f"?v {DCAT.version} ?o",
    "issued": f"?v {DCTERMS.issued} ?o",
    "offer": f"?v {ODRL.hasPolicy} ?o",
    "verdict": f"?v {VES.conformanceVerdict} ?o",
    "schema": f"?v {VES.judgedBy} ?o",
    "profile": f"?d {DCTERMS.conformsTo} ?o",
    "keyword": f"?d {DCAT.keyword} ?o",
    "frequency": f"?d {DCTERMS.accrualPeriodicity} ?o",
    "format": f"?v {DCAT.distribution}/{DCAT.mediaType} ?o",
    "file": f"?v {DCAT.distribution}/{DCTERMS.title} ?o",
    "class": f"?v {VOID.classPartition}/{VOID['class']} ?o",
    "property": f"?v {VOID.propertyPartition}/{VOID.property} ?o",
    "area": f"?d {DCTERMS.spatial}/{DCAT.bbox} ?o",
    "start": f"?d {DCTERMS.temporal}/{DCAT.startDate} ?o",
    "end": f"?d {DCTERMS.temporal}/{DCAT.endDate} ?o",
}
"""What is read of a dataset `?d` and its current version `?v`."""
_LISTED: Final = ("publisher", "licence", "schema", "profile", "class", "property", "frequency", "keyword")


@dataclass(frozen=True)
class Offered:
    """What decides whether a version is open: where its entry stands, what it is, its class and its offer."""

    graph: str
    version: str
    sensitivity: str
    offer: str | None


IsOpen = Callable[[Offered], bool]
_Said = Mapping[str, list[str]]


def is_of_entries(graph: str) -> bool:
    """Tell whether a graph holds entries of a catalogue, by its IRI."""
    return _OF_ENTRIES.search(graph) is not None


def dataset_of(iri: str) -> str | None:
    """Return the dataset that a thing of an entry belongs to, by its IRI; None for other things.

    >>> dataset_of("http://vale.example/id/dataset/north/version/2#file-1")
    'http://vale.example/id/dataset/north'
    """
    found = _DATASET.match(iri)
    return found.group() if found else None


class EntryReader:
    """Reads entries for the index.

    Args:
        store: Where the catalogue is read from.
        is_open: Decides whether anybody may use a version without asking.
    """

    def __init__(self, store: RdfStore, is_open: IsOpen) -> None:
        self._store = store
        self._is_open = is_open

    def all(self) -> Iterator[IndexedDataset]:
        """Give every dataset of the catalogue."""
        graphs = self._graphs()
        query = f"SELECT DISTINCT ?d WHERE {{ ?d a {DCAT.Dataset} ; {DCAT.hasCurrentVersion} ?v }}"
        return self._read((plain(row["d"]) for row in self._store.select(query, graphs=graphs)), graphs)

    def some(self, datasets: Iterable[str]) -> Iterator[IndexedDataset]:
        """Give those of some datasets that have an entry."""
        return self._read(datasets, self._graphs())

    def _graphs(self) -> list[NamedNode]:
        return [graph for graph in self._store.graphs() if is_of_entries(graph.value)]

    def _read(self, datasets: Iterable[str], graphs: Sequence[NamedNode]) -> Iterator[IndexedDataset]:
        ahead = iter(datasets)
        while graphs and (batch := list(islice(ahead, _TOGETHER))):
            yield from self._batch(batch, graphs)

    def _batch(self, datasets: Sequence[str], graphs: Sequence[NamedNode]) -> Iterator[IndexedDataset]:
        wanted = " ".join(str(NamedNode(iri)) for iri in datasets)
        said = " UNION ".join(f'{{ {pattern} BIND("{name}" AS ?f) }}' for name, pattern in _SAID.items())
        query = (
            f"SELECT ?g ?d ?v ?f ?o WHERE {{ VALUES ?d {{ {wanted} }} "
            f"GRAPH ?g {{ ?d a {DCAT.Dataset} ; {DCAT.hasCurrentVersion} ?v . {said} }} }}"
        )
        found: defaultdict[tuple[str, str, str], defaultdict[str, list[str]]]
        found = defaultdict(lambda: defaultdict(list))
        for row in self._store.select(query, graphs=graphs):
            place = (plain(row["g"]), plain(row["d"]), plain(row["v"]))
            found[place][plain(row["f"])].append(plain(row["o"]))
        uses = self._uses(wanted, graphs)
        for (graph, dataset, version), told in found.items():
            yield self._dataset(graph, dataset, version, said=told, uses=uses.get(dataset, {}))

    def _uses(self, wanted: str, graphs: Sequence[NamedNode]) -> Mapping[str, Mapping[str, str]]:
        """Return for each dataset those that were derived from a version of it, with the graph that says so."""
        query = (
            f"SELECT DISTINCT ?d ?h ?other WHERE {{ VALUES ?d {{ {wanted} }} GRAPH ?g {{ ?d {DCAT.hasVersion} ?v }} "
            f"GRAPH ?h {{ ?x {PROV.wasDerivedFrom} ?v ; {DCAT.isVersionOf} ?other }} }}"
        )
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for row in self._store.select(query, graphs=graphs):
            found[plain(row["d"])][plain(row["other"])] = plain(row["h"])
        return found

    def _dataset(
        self, graph: str, dataset: str, version: str, *, said: _Said, uses: Mapping[str, str]
    ) -> IndexedDataset:
        def one(name: str) -> str:
            return min(said.get(name, [""]))

        sensitivity = one("sensitivity").rpartition("#")[2]
        start, end = one("start") or None, one("end") or None
        return IndexedDataset(
            graph=graph,
            summary=DatasetSummary(
                iri=dataset,
                title=one("title"),
                description=one("description"),
                publisher=one("publisher"),
                licence=one("licence"),
                sensitivity=sensitivity,
                version=one("number"),
                issued=one("issued"),
                keywords=tuple(sorted(set(said.get("keyword", ())))),
            ),
            version=version,
            is_open=self._is_open(Offered(graph, version, sensitivity, one("offer") or None)),
            facets=_facets(said, sensitivity),
            period=(start, end) if start or end else None,
            area=read_area(one("area")),
            used_publicly=sum(1 for where in uses.values() if where.endswith(_PUBLIC)),
            used=len(uses),
            words=" ".join(sorted(said.get("file", ()))),
        )


def _facets(said: _Said, sensitivity: str) -> dict[str, tuple[str, ...]]:
    facets = {name: tuple(sorted(set(said.get(name, ())))) for name in _LISTED}
    facets["sensitivity"] = (sensitivity,) if sensitivity else ()
    facets["verdict"] = tuple(sorted({iri.rpartition("#")[2] for iri in said.get("verdict", ())}))
    facets["format"] = tuple(sorted({kind.split("media-types/")[-1] for kind in said.get("format", ())}))
    return facets


def read_area(text: str) -> Box | None:
    """Return the box around a polygon in Well-Known Text; None where it has no corner.

    >>> read_area("POLYGON((-2.5 53.1,-1.9 53.1,-1.9 53.6,-2.5 53.6,-2.5 53.1))")
    Box(west=-2.5, south=53.1, east=-1.9, north=53.6)
    """
    corners = [(float(x), float(y)) for x, y in _CORNER.findall(text)]
    if not corners:
        return None
    across, up = zip(*corners, strict=True)
    return Box(min(across), min(up), max(across), max(up))
