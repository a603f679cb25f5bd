"""What it costs to make views: of a model with many statements, and of a Parquet file with many rows.

Each view is made of the same model of so many statements in a store on disk, and kept there as the node keeps it; the
views of a Parquet file are written as they are for a download. CPU seconds are those of this process; the memory is the
most that it took so far, with the data of the benchmark in it.

Usage: `make bench-view-making`. Ends with lines `RESULT name value unit`.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl

from virtuales.policy.views.columns import shown_rows
from virtuales.policy.views.view import (
    Aggregation,
    Condition,
    Generalisation,
    Pseudonyms,
    Rounding,
    Suppression,
    View,
)
from virtuales.preparation.parquet import open_parquet
from virtuales.rdf.namespaces import ODRL, RDF, XSD
from virtuales.rdf.terms import Literal, NamedNode
from virtuales.store.kept_views import KeptViews, Place
from virtuales.store.oxigraph_store import OxigraphStore
from virtuales.workflow.view_making import ViewMaker

_SPACE = "https://terms.example/"
_EACH = 8
"""Statements about each object."""


def term(name: str) -> NamedNode:
    return NamedNode(_SPACE + name)


VIEWS: Mapping[str, View] = {
    "rows": View(classes=(term("Line"), term("Load")), suppressions=(Suppression((term("owner"),)),)),
    "rounded": View(
        suppressions=(Suppression((term("owner"),)),),
        roundings=(Rounding((term("length"),), Decimal(50)),),
        generalisations=(Generalisation((term("built"),), "year"),),
    ),
    "pseudonyms": View(pseudonyms=Pseudonyms((term("owner"),), objects=True)),
    "groups": View(aggregation=Aggregation((term("region"),), 5, sums=(term("length"),))),
}


def lines(number: int) -> Iterator[str]:
    """Give so many statements about lines, loads and switches, one a line."""
    objects = number // _EACH
    for one in range(objects):
        subject = f"<urn:uuid:00000000-0000-4000-8000-{one:012}>"
        yield f"{subject} {RDF.type} {term(('Line', 'Load', 'Switch')[one % 3])} .\n"
        yield f"{subject} {term('next')} <urn:uuid:00000000-0000-4000-8000-{(one + 1) % objects:012}> .\n"
        yield f'{subject} {term("name")} "Object {one}" .\n'
        yield f'{subject} {term("length")} "{one % 977}.25"^^{XSD.decimal} .\n'
        yield f'{subject} {term("owner")} "Owner {one % 53}" .\n'
        yield f'{subject} {term("region")} "Region {one % 20}" .\n'
        yield f'{subject} {term("built")} "{1950 + one % 70}-01-01"^^{XSD.date} .\n'
        yield f'{subject} {term("code")} "{one:x}" .\n'


def told(name: str, started: float) -> None:
    """Print what was taken since a moment of this process's time."""
    print(f"RESULT views_{name} {time.process_time() - started:.1f} CPU s", flush=True)


def statements(place: Path, number: int) -> None:
    """Make and keep each view of a model."""
    file, graph = place / "model.nt", NamedNode("urn:model")
    with file.open("w") as out:
        out.writelines(lines(number))
    store = OxigraphStore(place / "store")
    store.load_graph(graph, file)
    for name, view in VIEWS.items():
        kept = Place(NamedNode(f"urn:view:{name}"), NamedNode(f"urn:record:{name}"), NamedNode("urn:version"))
        started = time.process_time()
        made = ViewMaker(store, None, [graph], read=lambda _: file.read_bytes()).make(view, key=b"k", name=kept.graph)
        told(f"{name}_made", started)
        started = time.process_time()
        KeptViews().keep(store, kept, needed_by=NamedNode("urn:agreement"), make=lambda made=made: made.write)  # type: ignore[misc]
        told(f"{name}_kept", started)
        print(f"RESULT views_{name}_statements {store.graph_size(kept.graph)} statements")


def rows(place: Path, number: int) -> None:
    """Write a view of a Parquet file."""
    source, out = place / "series.parquet", place / "view.parquet"
    place_in = pl.int_range(number, eager=True)
    pl.DataFrame(
        {"meter": place_in % 5000, "kWh": (place_in % 977) / 8, "owner": (place_in % 53).cast(pl.String)}
    ).write_parquet(source)
    columns = {term(title): title for title in ("meter", "kWh", "owner")}
    view = View(
        properties=tuple(columns),
        conditions=(Condition(term("meter"), ODRL.lt, (Literal(2500),)),),
        roundings=(Rounding((term("kWh"),), Decimal("0.5")),),
        pseudonyms=Pseudonyms((term("owner"),)),
    )
    started = time.process_time()
    shown = shown_rows(open_parquet(source, name="series"), view, columns, key=b"k")
    if shown is None:
        raise SystemExit("The view shows nothing.")
    shown.sink_parquet(out, maintain_order=True, engine="streaming")
    told("parquet_written", started)
    print(f"RESULT views_parquet_rows {number} rows")


def main(arguments: Sequence[str]) -> int:
    """Make views, print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure what it costs to make views.")
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=10_000_000)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        if chosen.rows:
            rows(Path(place), chosen.rows)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"RESULT views_parquet_memory {memory} MB")
        if chosen.statements:
            statements(Path(place), chosen.statements)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"RESULT views_statements_memory {memory} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
