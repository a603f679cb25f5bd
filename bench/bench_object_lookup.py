"""Looking up objects by mRID in a national model: without an index by mRID, as the store finds them by itself.

RealGrid's four profiles are loaded into a store on disk, each as a graph, as a node does. Then objects drawn by chance
are read, and the one that most others refer to; CPU and wall seconds are those of the reading alone. No peer looks up
one object with names, units and relations both ways, so none stands beside it.
Usage: `python bench/bench_object_lookup.py [PACKAGE.zip]`. Ends with lines
`RESULT name value unit`, and with exit code 1 where a bar is missed.
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from virtuales.catalogue.object_reading import Holding, ObjectReader, graphs_about
from virtuales.models.profiled_terms import ProfiledTerms
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.rdf.terms import NamedNode, plain
from virtuales.resources import contributed
from virtuales.store.oxigraph_store import OxigraphStore

DEFAULT = Path(__file__).resolve().parents[2] / "shared/data/cim/cgmes-2.4.15/RealGrid.zip"
LOOKUPS = 500
MEDIAN_MS, LARGEST_MS = 20.0, 500.0


def load(package: Path, place: Path, registry: ModelRegistry) -> tuple[OxigraphStore, Holding]:
    """Load a package into a store on disk, and return it with the version that its models make."""
    store, graphs, profiles = OxigraphStore(place / "rdf"), [], set()
    (place / "read").mkdir()
    for number, model in enumerate(CollectionReader(registry, "urn:model").read([package], place / "read").models):
        graph = NamedNode(f"urn:graph:{number}")
        store.load_graph(graph, model.statements)
        graphs.append(graph)
        profiles |= set(model.header.profiles if model.header else ())
    version = NamedNode("urn:dataset/version/1")
    holding = Holding(
        version, "urn:dataset", "1", "RealGrid", "urn:o", is_current=True, graphs=tuple(graphs),
        profiles=frozenset(profiles),
    )  # fmt: skip
    return store, holding


def look_up(reader: ObjectReader, store: OxigraphStore, holding: Holding, iri: NamedNode) -> tuple[float, float, int]:
    """Look up an object as a node does; return CPU and wall milliseconds, and how much was found."""
    cpu, wall = time.process_time(), time.perf_counter()
    if not graphs_about(store, iri, holding.graphs):
        raise SystemExit(f"No graph speaks of {iri}.")
    view = reader.read(iri)
    found = len(view.attributes) + len(view.relations) + view.referred_by_total
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000, found


def main() -> int:
    """Load, look up, print the figures; return the exit code."""
    package = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    registry = ModelRegistry.load(contributed("ontology"))
    with tempfile.TemporaryDirectory() as name:
        store, holding = load(package, Path(name), registry)
        statements = sum(store.graph_size(graph) for graph in holding.graphs)
        reader = ObjectReader(store, ProfiledTerms(registry, holding.profiles), shown=[holding])
        subjects = store.select("SELECT DISTINCT ?s WHERE { ?s a ?class }", graphs=holding.graphs)
        iris = sorted(plain(row["s"]) for row in subjects)
        drawn = random.Random(1).sample(iris, LOOKUPS)  # noqa: S311 - a sample, no secret
        looked_up = [look_up(reader, store, holding, NamedNode(iri)) for iri in drawn]
        most = store.select(
            "SELECT ?o WHERE { ?s ?p ?o . ?o a ?class } GROUP BY ?o ORDER BY DESC(COUNT(*)) LIMIT 1",
            graphs=holding.graphs,
        )
        largest = look_up(reader, store, holding, NamedNode(plain(most[0]["o"])))
    figures = sorted(cpu for cpu, _, _ in looked_up)
    median, high = statistics.median(figures), figures[int(len(figures) * 0.99)]
    print(f"{statements:,} statements, {len(iris):,} objects, {LOOKUPS} look-ups")
    print(f"RESULT object_lookup_median {median:.2f} CPU ms")
    print(f"RESULT object_lookup_p99 {high:.2f} CPU ms")
    print(f"RESULT object_lookup_median_wall {statistics.median(wall for _, wall, _ in looked_up):.2f} ms")
    print(f"RESULT object_lookup_most_referred {largest[0]:.2f} CPU ms ({largest[2]:,} statements about it)")
    return 0 if median <= MEDIAN_MS and largest[0] <= LARGEST_MS else 1


if __name__ == "__main__":
    sys.exit(main())
