"""What a SPARQL endpoint says of itself: a Service Description with VoID counts of each graph that its asker may see.

Specifications: https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/void/. The counts are
answers to queries, so the limits on queries hold for them too.
"""

import json
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from virtuales.query.protocol import QueryRequest
from virtuales.query.service import Queries
from virtuales.query.streams import whole
from virtuales.rdf.changeset import Statements
from virtuales.rdf.media import RESULTS_JSON
from virtuales.rdf.namespaces import FORMATS, RDF, SD, VOID
from virtuales.rdf.terms import NamedNode, Quad, typed
from virtuales.store.rdf_store import Asked, AskedOfFile

_TRIPLES: Final = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_CLASSES: Final = f"SELECT ?g ?term (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s {RDF.type} ?term }} }} GROUP BY ?g ?term"
_PROPERTIES: Final = "SELECT ?g ?term (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?term ?o } } GROUP BY ?g ?term"
_RESULT_FORMS: Final = (
    *(FORMATS[f"SPARQL_Results_{form}"] for form in ("JSON", "XML", "CSV", "TSV")),
    *(FORMATS[form] for form in ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")),
)
_INPUT_FORMS: Final = tuple(FORMATS[form] for form in ("Turtle", "N-Triples", "RDF_XML", "JSON-LD", "N-Quads", "TriG"))


@dataclass
class GraphCounts:
    """What a graph holds: how many statements, of each class how many objects, of each property how many statements."""

    triples: int = 0
    classes: dict[str, int] = field(default_factory=dict)
    properties: dict[str, int] = field(default_factory=dict)


class KeptCounts:
    """Keeps what graphs that never change hold, those that were asked for last.

    Args:
        most: How many graphs are kept.
    """

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._kept: OrderedDict[str, GraphCounts] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, graphs: Sequence[NamedNode], count: Callable[[Sequence[NamedNode]], Mapping[str, GraphCounts]]
    ) -> dict[str, GraphCounts]:
        """Return what graphs hold; those that are empty are left out.

        Args:
            graphs: The graphs.
            count: Counts those that are not kept.
        """
        names = [graph.value for graph in graphs]
        with self._lock:
            found = {name: self._kept[name] for name in names if name in self._kept}
        missing = [graph for graph in graphs if graph.value not in found]
        counted = count(missing) if missing else {}
        found |= {graph.value: counted.get(graph.value, GraphCounts()) for graph in missing}
        with self._lock:
            for name in names:
                self._kept[name] = found[name]
                self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return {name: counts for name, counts in found.items() if counts.triples}


def count_graphs(queries: Queries, graphs: Sequence[NamedNode], asking: QueryRequest) -> dict[str, GraphCounts]:
    """Count what graphs hold; those that are empty are left out.

    Args:
        queries: What answers.
        graphs: The graphs.
        asking: How the description was asked for.

    Raises:
        VirtualesError: a query was not answered, as `Queries.stream` says.
    """
    return _counted(lambda text: _rows(queries, Asked.of(text, graphs), asking))


def count_graphs_of_file(queries: Queries, file: Path | None, asking: QueryRequest) -> dict[str, GraphCounts]:
    """Count what the named graphs of a dataset hold that is kept as a file; raises what `count_graphs` raises."""
    return _counted(lambda text: _rows(queries, replace(asking, text=text).over_file(file), asking))


def _counted(rows: Callable[[str], Sequence[Mapping[str, str]]]) -> dict[str, GraphCounts]:
    found: defaultdict[str, GraphCounts] = defaultdict(GraphCounts)
    for row in rows(_TRIPLES):
        found[row["g"]].triples = int(row["n"])
    for row in rows(_CLASSES):
        found[row["g"]].classes[row["term"]] = int(row["n"])
    for row in rows(_PROPERTIES):
        found[row["g"]].properties[row["term"]] = int(row["n"])
    return {name: counts for name, counts in found.items() if counts.triples}


def _rows(queries: Queries, asked: Asked | AskedOfFile, asking: QueryRequest) -> Sequence[Mapping[str, str]]:
    answer = whole(queries.stream(asked, replace(asking, accept=RESULTS_JSON)))
    rows = json.loads(answer.body)["results"]["bindings"]
    return [
        {name: term["value"] for name, term in row.items()}
        for row in rows
        if all(term["type"] != "bnode" for term in row.values())
    ]


@dataclass(frozen=True)
class Described:
    """An endpoint to be described.

    Args:
        endpoint: Its address.
        counts: What its named graphs hold.
        default: IRIs of the graphs whose union is the default graph.
        update: The address where it takes updates; None where it takes none.
    """

    endpoint: str
    counts: Mapping[str, GraphCounts]
    default: Sequence[str]
    update: str | None = None


def describe(about: Described) -> tuple[Quad, ...]:
    """Write the description of an endpoint, which stands in a graph of the endpoint's name."""
    service, dataset = NamedNode(f"{about.endpoint}#service"), NamedNode(f"{about.endpoint}#dataset")
    said = Statements(NamedNode(about.endpoint))
    said.say(service, RDF.type, SD.Service).say(service, SD.endpoint, NamedNode(about.endpoint))
    said.say(service, SD.supportedLanguage, SD.SPARQL11Query)
    said.say_all(service, SD.resultFormat, _RESULT_FORMS)
    if set(about.default) >= set(about.counts):
        said.say(service, SD.feature, SD.UnionDefaultGraph)
    said.say(service, SD.defaultDataset, dataset)
    said.say(dataset, RDF.type, SD.Dataset).say(dataset, RDF.type, VOID.Dataset)
    said.say(dataset, VOID.sparqlEndpoint, NamedNode(about.endpoint))
    default = NamedNode(f"{about.endpoint}#default-graph")
    said.say(dataset, SD.defaultGraph, default).say(default, RDF.type, SD.Graph)
    total = sum(about.counts[name].triples for name in about.default if name in about.counts)
    said.say(default, VOID.triples, typed(str(total), "integer"))
    if about.update:
        _say_update(said, about.update)
    for number, (name, counts) in enumerate(sorted(about.counts.items()), 1):
        entry = NamedNode(f"{about.endpoint}#named-graph-{number}")
        said.say(dataset, SD.namedGraph, entry).say(entry, RDF.type, SD.NamedGraph)
        said.say(entry, SD.name, NamedNode(name))
        _say_graph(said, entry, NamedNode(f"{about.endpoint}#graph-{number}"), counts)
    return said.quads


def _say_update(said: Statements, address: str) -> None:
    service = NamedNode(f"{address}#service")
    said.say(service, RDF.type, SD.Service).say(service, SD.endpoint, NamedNode(address))
    said.say(service, SD.supportedLanguage, SD.SPARQL11Update)
    said.say_all(service, SD.inputFormat, _INPUT_FORMS)


def _say_graph(said: Statements, entry: NamedNode, graph: NamedNode, counts: GraphCounts) -> None:
    said.say(entry, SD.graph, graph).say(graph, RDF.type, SD.Graph).say(graph, RDF.type, VOID.Dataset)
    said.say(graph, VOID.triples, typed(str(counts.triples), "integer"))
    said.say(graph, VOID.classes, typed(str(len(counts.classes)), "integer"))
    said.say(graph, VOID.properties, typed(str(len(counts.properties)), "integer"))
    partitions = (
        (VOID.classPartition, VOID["class"], VOID.entities, counts.classes),
        (VOID.propertyPartition, VOID.property, VOID.triples, counts.properties),
    )
    for part, kind, number, terms in partitions:
        for place, (term, count) in enumerate(sorted(terms.items()), 1):
            node = NamedNode(f"{graph.value}-{'class' if part == VOID.classPartition else 'property'}-{place}")
            said.say(graph, part, node).say(node, kind, NamedNode(term))
            said.say(node, number, typed(str(count), "integer"))
