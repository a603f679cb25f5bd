"""Reading a CGMES package to a queryable store on disk, beside Oxigraph's own bulk load of the same XML files.

Each side runs in a child process; user and system CPU time and peak memory are the child's, start-up and imports
included, so each side imports for itself. Our side also checks the references, and leaves the N-Triples behind.
Usage: `python bench/bench_cim_read.py [PACKAGE.zip]`. Ends with lines `RESULT name value unit`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT.parent / "shared/data/cim/cgmes-2.4.15/RealGrid.zip"
ROUNDS = 2  # the sides take turns, and the less disturbed round of each counts
BASE = "http://grid.example/model"
GRAPH = "http://grid.example/graph/{}"
OURS = f'FILTER(STRSTARTS(STR(?g), "{GRAPH.format("")}"))'
COUNTS = f"""
SELECT (COUNT(*) AS ?statements) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?p) AS ?properties)
WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {OURS} }}"""
REFERENCES = f"SELECT (COUNT(*) AS ?references) WHERE {{ GRAPH ?g {{ ?s ?p ?o FILTER(isIRI(?o)) }} {OURS} }}"


def read_with_virtuales(package: str, directory: str) -> None:
    """Read, type, check the references, load through the product's own store, and query."""
    from virtuales.models.registry import ModelRegistry  # noqa: PLC0415  (the other side must not pay for it)
    from virtuales.preparation.cim.package import read_package  # noqa: PLC0415  (the other side must not pay for it)
    from virtuales.preparation.cim.reader import CimReader  # noqa: PLC0415  (the other side must not pay for it)
    from virtuales.preparation.cim.references import check_references  # noqa: PLC0415  (the other side must not pay for it)
    from virtuales.rdf.terms import NamedNode  # noqa: PLC0415  (the other side must not pay for it)
    from virtuales.resources import contributed  # noqa: PLC0415  (the other side must not pay for it)
    from virtuales.store.oxigraph_store import OxigraphStore  # noqa: PLC0415  (the other side must not pay for it)

    statements = Path(directory) / "statements"
    statements.mkdir()
    reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
    read = read_package(Path(package), statements, reader=reader)
    check_references(read)
    store = OxigraphStore(Path(directory) / "store")
    graphs = [NamedNode(GRAPH.format(number)) for number in range(len(read.models))]
    for graph, model in zip(graphs, read.models, strict=True):
        store.load_graph(graph, model.statements)
    store.close()


def load_with_oxigraph(documents: list[str], directory: str) -> None:
    """Load the XML files as they are."""
    from pyoxigraph import NamedNode, RdfFormat, Store  # noqa: PLC0415  (the other side must not pay for it)

    store = Store(Path(directory) / "store")
    for number, document in enumerate(documents):
        graph = NamedNode(GRAPH.format(number))
        store.bulk_load(path=document, format=RdfFormat.RDF_XML, base_iri=BASE, to_graph=graph)
    store.flush()


def answers(directory: Path) -> list[int]:
    """Count statements, subjects, properties and references of the store that a child left behind."""
    from pyoxigraph import Literal, QuerySolutions, Store  # noqa: PLC0415  (the other side must not pay for it)

    store = Store.read_only(str(directory / "store"))
    counts: list[int] = []
    for query in (COUNTS, REFERENCES):
        solutions = store.query(query)
        if not isinstance(solutions, QuerySolutions):
            raise TypeError("a SELECT query has solutions")
        counts += [int(str(value.value)) for row in solutions for value in row if isinstance(value, Literal)]
    return counts


def measured(*arguments: str) -> tuple[float, float]:
    """Run this script as a child; return its CPU seconds and its peak memory in MB."""
    child = subprocess.Popen([sys.executable, __file__, *arguments])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"the child `{arguments[0]}` failed with exit code {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def emptied(place: Path) -> str:
    """Make a directory anew."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    return str(place)


def compare(package: Path) -> None:
    """Run both sides, check that they hold the same, and print the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        places = {side: Path(scratch) / side for side in ("documents", "virtuales", "oxigraph")}
        with zipfile.ZipFile(package) as archive:
            archive.extractall(places["documents"])
        documents = [str(path) for path in sorted(places["documents"].rglob("*.xml"))]
        loads, reads = [], []
        for _ in range(ROUNDS):
            loads.append(measured("--oxigraph", emptied(places["oxigraph"]), json.dumps(documents)))
            reads.append(measured("--virtuales", emptied(places["virtuales"]), str(package)))
        ours, theirs = answers(places["virtuales"]), answers(places["oxigraph"])
    loaded, read = min(loads), min(reads)
    if ours != theirs:
        raise SystemExit(f"the answers differ: {ours} against {theirs}")
    print(f"both hold {ours[0]:,} statements about {ours[1]:,} subjects; {ours[3]:,} of them refer to something")
    print(f"RESULT cim_read_cpu {read[0]:.2f} s")
    print(f"RESULT cim_read_peak_memory {read[1]:.0f} MB")
    print(f"RESULT oxigraph_bulk_load_cpu {loaded[0]:.2f} s")
    print(f"RESULT oxigraph_bulk_load_peak_memory {loaded[1]:.0f} MB")
    print(f"RESULT cim_read_cpu_ratio {read[0] / loaded[0]:.2f} times")


def main(arguments: list[str]) -> None:
    match arguments:
        case ["--virtuales", directory, package]:
            read_with_virtuales(package, directory)
        case ["--oxigraph", directory, documents]:
            load_with_oxigraph(json.loads(documents), directory)
        case _:
            place = Path(arguments[0]) if arguments else DEFAULT
            if place.exists():
                compare(place)
            else:
                print(f"skipped: the package {place} is not there")


if __name__ == "__main__":
    main(sys.argv[1:])
