"""Making a view: the statements that it chooses of a dataset version's graphs, as its techniques leave them.

A link to an object that the version describes and the view does not show is left out: nothing in a view tells that
there is more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

import polars as pl

from virtuales.errors import InputError
from virtuales.policy.views.aggregation import aggregated
from virtuales.policy.views.groups import added
from virtuales.policy.views.selection import objects_query, positions_query
from virtuales.policy.views.statement_columns import (
    changed_columns,
    columns_of,
    columns_of_triples,
    is_one_of,
    totals_of_columns,
    triples_of,
    write_columns,
)
from virtuales.policy.views.techniques import applied
from virtuales.policy.views.view import Aggregation, Area, View
from virtuales.query.protocol import QueryRequest
from virtuales.query.service import Queries
from virtuales.query.streams import whole
from virtuales.rdf.io import ParsedFile
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import BlankNode, NamedNode, Triple, plain
from virtuales.store.rdf_store import RdfStore
from virtuales.workflow.view_columns import ParquetTables


@dataclass(frozen=True)
class MadeView:
    """What a view holds.

    Args:
        frame: Its statements, as columns.
        chosen: How many statements, and how many objects, it shows as they are, by graph.
        columns: How many values it shows of each column of a Parquet file.
    """

    frame: pl.DataFrame
    chosen: Mapping[NamedNode, tuple[int, int]] = field(default_factory=dict)
    columns: Mapping[NamedNode, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether it shows nothing at all."""
        return self.frame.is_empty() and not self.columns

    @property
    def statements(self) -> tuple[Triple, ...]:
        """Its statements, in a fixed order."""
        return tuple(sorted(triples_of(self.frame), key=str))

    def write(self, path: Path) -> None:
        """Write its statements as N-Triples."""
        write_columns(self.frame, path)


@dataclass(frozen=True)
class ViewMaker:
    """Makes views of the graphs of one dataset version.

    Args:
        store: Where they are.
        queries: Answers the queries of stewards, within limits; None where they may not be asked.
        graphs: The graphs of the version's models.
        tables: Its Parquet files; None where it has none.
        read: Gives the statements of a graph, as the store writes them; by default the store does.
    """

    store: RdfStore
    queries: Queries | None
    graphs: Sequence[NamedNode]
    tables: ParquetTables | None = None
    read: Callable[[NamedNode], bytes] | None = None

    def make(self, view: View, *, key: bytes, name: NamedNode) -> MadeView:
        """Make a view.

        Args:
            view: What it is.
            key: Decides the pseudonyms.
            name: The view's own IRI.

        Raises:
            InputError: a group is too small, or the view's query makes what no view may hold, or the view says of rows
                of a Parquet file what they do not have.
            ConfigurationError: noise is asked for, and what draws it is not installed.
            LimitExceeded: the view's query takes more than a query may.
        """
        if view.construct is not None:
            chosen: Mapping[NamedNode, pl.DataFrame] = {}
            made = columns_of_triples(applied(self._constructed(view.construct), view, key=key))
        else:
            chosen = self._chosen(view)
            found = pl.concat([said.select("s", "p", "o") for said in chosen.values()] or [columns_of(b"")])
            made = changed_columns(found.unique(maintain_order=True), view, key=key)
        if view.aggregation:
            return MadeView(self._groups(made, view, view.aggregation, key=key, name=name))
        counts = {graph: (said.height, said["s"].n_unique()) for graph, said in chosen.items()}
        return MadeView(made.unique(), counts, self.tables.values(view, key=key) if self.tables else {})

    def _groups(self, made: pl.DataFrame, view: View, by: Aggregation, *, key: bytes, name: NamedNode) -> pl.DataFrame:
        groups = totals_of_columns(made, by)
        if self.tables:
            groups = added(groups, self.tables.totals(view, by, key=key))
        return columns_of_triples(aggregated(groups, by, name=name))

    def _constructed(self, text: str) -> list[Triple]:
        if self.queries is None:
            what = "The version has no statements to put the view's query to."
            raise InputError(what, where="construct", remedy="Send a mapping along, or choose columns and rows.")
        request = QueryRequest(text, accept=N_TRIPLES)
        answer = whole(self.queries.stream(request.over(self.graphs), request))
        found = [quad.triple for quad in ParsedFile(answer.body, N_TRIPLES, name="the view")]
        if any(isinstance(term, BlankNode) for one in found for term in (one.subject, one.object)):
            what = "The view's query makes blank nodes, which nothing could name."
            raise InputError(what, where="construct", remedy="Give the nodes that it makes IRIs.")
        return found

    def _chosen(self, view: View) -> Mapping[NamedNode, pl.DataFrame]:
        """Return the statements that a view chooses, by graph; each graph is read once, whatever the view is."""
        read = self.read or (lambda graph: b"".join(self.store.export_graph(graph)))
        said = {graph: columns_of(read(graph)).unique(maintain_order=True) for graph in self.graphs}
        subjects = pl.concat([one.select("s") for one in said.values()] or [columns_of(b"").select("s")]).unique()
        shown = self._objects(view, said.values(), subjects)
        hidden = subjects.join(shown, on="s", how="anti").rename({"s": "o"})
        seen = is_one_of("p", (*view.properties, RDF.type)) if view.properties else pl.lit(value=True)
        return {
            graph: one.filter(seen).join(shown, on="s", how="semi").join(hidden, on="o", how="anti")
            for graph, one in said.items()
        }

    def _objects(self, view: View, said: Iterable[pl.DataFrame], subjects: pl.DataFrame) -> pl.DataFrame:
        """Return the objects that a view chooses; those that tell where one of them is come along with it."""
        found = subjects.filter(pl.col("s").str.starts_with("<"))
        if view.classes:
            typed = (pl.col("p") == str(RDF.type)) & is_one_of("o", view.classes)
            of_classes = pl.concat([one.filter(typed).select("s") for one in said])
            found = found.join(of_classes, on="s", how="semi")
        else:
            of_classes = subjects
        if view.conditions:
            rows = self.store.select(objects_query(view), graphs=self.graphs)
            found = found.filter(is_one_of("s", [row["s"] for row in rows]))
        if view.objects:
            found = found.filter(is_one_of("s", view.objects))
        if view.area is None:
            return found
        places = _Places(view.area)
        for row in self.store.select(positions_query(), graphs=self.graphs):
            places.add({name: plain(term) for name, term in row.items()})
        inside = places.inside
        found = found.filter(is_one_of("s", inside))
        there = set(found["s"])
        along = {node for one, nodes in inside.items() if str(one) in there for node in nodes}
        described = of_classes.filter(is_one_of("s", along))
        return pl.concat([found, described]).unique()


class _Places:
    """Which objects lie in an area: those with a point in it and none outside."""

    def __init__(self, area: Area) -> None:
        self._area = area
        self._inside: dict[NamedNode, list[NamedNode]] = {}
        self._outside: set[NamedNode] = set()

    def add(self, row: Mapping[str, str]) -> None:
        """Take in a point of an object's location."""
        about = NamedNode(row["s"])
        if self._contains(row["x"], row["y"]):
            self._inside.setdefault(about, []).extend((NamedNode(row["l"]), NamedNode(row["point"])))
        else:
            self._outside.add(about)

    @property
    def inside(self) -> Mapping[NamedNode, list[NamedNode]]:
        """The objects, with what tells where they are."""
        return {one: along for one, along in self._inside.items() if one not in self._outside}

    def _contains(self, x: str, y: str) -> bool:
        try:
            east, north = Decimal(x), Decimal(y)
        except InvalidOperation:
            return False
        area = self._area
        return area.west <= east <= area.east and area.south <= north <= area.north
