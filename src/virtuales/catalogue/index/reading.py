"""Reads what the index knows of datasets from their entries in the catalogue."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from virtuales.catalogue.index.document import Box, IndexedDataset
from virtuales.catalogue.search import DatasetSummary
from virtuales.rdf.namespaces import DCAT, DCTERMS, ODRL, PROV, VES, VOID
from virtuales.rdf.terms import NamedNode, plain
from virtuales.store.rdf_store import RdfStore

_NUMBER: Final = r"(-?\d+(?:\.\d+)?)"
_CORNER: Final = re.compile(rf"{_NUMBER}\s+{_NUMBER}")
_PUBLIC: Final = "/graph/catalogue/public"
_OF_ENTRIES: Final = re.compile(r"/graph/catalogue/(?:public|participants)\Z")
_DATASET: Final = re.compile(r"[^#]*?/id/dataset/[^/#]+")

_OF_DATASET: Final = {
    DCTERMS.title: "title",
    DCTERMS.description: "description",
    DCTERMS.publisher: "publisher",
    DCTERMS.license: "licence",
    VES.sensitivityClass: "sensitivity",
    DCTERMS.conformsTo: "profile",
    DCAT.keyword: "keyword",
    DCTERMS.accrualPeriodicity: "frequency",
}
_OF_VERSION: Final = {
    DCAT.version: "number",
    DCTERMS.issued: "issued",
    ODRL.hasPolicy: "offer",
    VES.conformanceVerdict: "verdict",
    VES.judgedBy: "schema",
}
_OF_PARTS: Final = {
    "format": (DCAT.distribution, DCAT.mediaType),
    "file": (DCAT.distribution, DCTERMS.title),
    "class": (VOID.classPartition, VOID["class"]),
    "property": (VOID.propertyPartition, VOID.property),
    "area": (DCTERMS.spatial, DCAT.bbox),
    "start": (DCTERMS.temporal, DCAT.startDate),
    "end": (DCTERMS.temporal, DCAT.endDate),
}
"""What is read of a dataset, of its current version, and of the parts of that."""
_DIRECT: Final = {"d": _OF_DATASET, "v": _OF_VERSION}
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
        uses = self._all_uses(graphs)
        for graph in graphs:
            query = f"SELECT ?d ?v WHERE {{ ?d {DCAT.hasCurrentVersion} ?v . ?d a {DCAT.Dataset} }}"
            for row in self._store.select(query, graphs=[graph]):
                dataset = plain(row["d"])
                yield self._dataset(graph, dataset, plain(row["v"]), uses=uses.get(dataset, {}))

    def some(self, datasets: Iterable[str]) -> Iterator[IndexedDataset]:
        """Give those of some datasets that have an entry."""
        graphs = self._graphs()
        for dataset in datasets:
            node = NamedNode(dataset)
            query = f"SELECT ?g ?v WHERE {{ GRAPH ?g {{ {node} {DCAT.hasCurrentVersion} ?v ; a {DCAT.Dataset} }} }}"
            for row in self._store.select(query, graphs=graphs) if graphs else ():
                uses = self._uses(node, graphs)
                yield self._dataset(NamedNode(plain(row["g"])), dataset, plain(row["v"]), uses=uses)

    def _graphs(self) -> list[NamedNode]:
        return [graph for graph in self._store.graphs() if is_of_entries(graph.value)]

    def _all_uses(self, graphs: Sequence[NamedNode]) -> Mapping[str, Mapping[str, str]]:
        """Return for each dataset those that were derived from a version of it, with the graph that says so."""
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        query = f"SELECT DISTINCT ?v ?other WHERE {{ ?x {PROV.wasDerivedFrom} ?v . ?x {DCAT.isVersionOf} ?other }}"
        for graph in graphs:
            for row in self._store.select(query, graphs=[graph]):
                source = dataset_of(plain(row["v"]))
                if source:
                    found[source][plain(row["other"])] = graph.value
        return found

    def _uses(self, dataset: NamedNode, graphs: Sequence[NamedNode]) -> Mapping[str, str]:
        versions = self._store.select(f"SELECT DISTINCT ?v WHERE {{ {dataset} {DCAT.hasVersion} ?v }}", graphs=graphs)
        return {
            plain(row["other"]): plain(row["h"])
            for version in versions
            for row in self._store.select(
                f"SELECT ?h ?other WHERE {{ GRAPH ?h {{ ?x {PROV.wasDerivedFrom} {version['v']} . "
                f"?x {DCAT.isVersionOf} ?other }} }}",
                graphs=graphs,
            )
        }

    def _said(self, graph: NamedNode, dataset: str, version: str) -> _Said:
        """Read what an entry says; each pattern begins at a known thing, so that nothing is looked through."""
        about, current = NamedNode(dataset), NamedNode(version)
        parts = (
            f'{{ {current} {link} ?part . ?part {predicate} ?o BIND("{name}" AS ?f) }}'
            for name, (link, predicate) in _OF_PARTS.items()
        )
        query = (
            f'SELECT ?f ?p ?o WHERE {{ {{ {about} ?p ?o BIND("d" AS ?f) }} UNION {{ {current} ?p ?o BIND("v" AS ?f) }} '
            f"UNION {' UNION '.join(parts)} }}"
        )
        found: defaultdict[str, list[str]] = defaultdict(list)
        for row in self._store.select(query, graphs=[graph]):
            name = plain(row["f"])
            if name in _DIRECT:
                name = _DIRECT[name].get(NamedNode(plain(row["p"])), "")
            if name:
                found[name].append(plain(row["o"]))
        return found

    def _dataset(self, graph: NamedNode, dataset: str, version: str, *, uses: Mapping[str, str]) -> IndexedDataset:
        said = self._said(graph, dataset, version)

        def one(name: str) -> str:
            return min(said.get(name, [""]))

        sensitivity = one("sensitivity").rpartition("#")[2]
        start, end = one("start") or None, one("end") or None
        return IndexedDataset(
            graph=graph.value,
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
            is_open=self._is_open(Offered(graph.value, version, sensitivity, one("offer") or None)),
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
