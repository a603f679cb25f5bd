"""Making a view: the statements that it chooses of a dataset version's graphs, as its techniques leave them.

A link to an object that the version describes and the view does not show is left out: nothing in a view tells that
there is more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from virtuales.errors import InputError
from virtuales.policy.views.aggregation import aggregated
from virtuales.policy.views.groups import added, totals_of
from virtuales.policy.views.selection import classes_query, objects_query, positions_query
from virtuales.policy.views.techniques import applied
from virtuales.policy.views.view import Aggregation, Area, View
from virtuales.query.protocol import QueryRequest
from virtuales.query.service import Queries
from virtuales.query.streams import whole
from virtuales.rdf.io import ParsedFile
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import BlankNode, NamedNode, Term, Triple, plain
from virtuales.store.rdf_store import RdfStore
from virtuales.workflow.view_columns import ParquetTables


@dataclass(frozen=True)
class MadeView:
    """What a view holds.

    Args:
        statements: Its statements, in a fixed order.
        chosen: How many statements, and how many objects, it shows as they are, by graph.
        columns: How many values it shows of each column of a Parquet file.
    """

    statements: tuple[Triple, ...]
    chosen: Mapping[NamedNode, tuple[int, int]]
    columns: Mapping[NamedNode, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ViewMaker:
    """Makes views of the graphs of one dataset version.

    Args:
        store: Where they are.
        queries: Answers the queries of stewards, within limits; None where they may not be asked.
        graphs: The graphs of the version's models.
        tables: Its Parquet files; None where it has none.
    """

    store: RdfStore
    queries: Queries | None
    graphs: Sequence[NamedNode]
    tables: ParquetTables | None = None

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
            chosen: Mapping[NamedNode, list[Triple]] = {}
            found = self._constructed(view.construct)
        else:
            chosen = self._chosen(view)
            found = list(dict.fromkeys(one for said in chosen.values() for one in said))
        made = applied(found, view, key=key)
        if view.aggregation:
            return MadeView(tuple(sorted(self._groups(made, view, view.aggregation, key=key, name=name), key=str)), {})
        counts = {graph: (len(said), len({one.subject for one in said})) for graph, said in chosen.items()}
        columns = self.tables.values(view, key=key) if self.tables else {}
        return MadeView(tuple(sorted(dict.fromkeys(made), key=str)), counts, columns)

    def _groups(
        self, made: Iterable[Triple], view: View, by: Aggregation, *, key: bytes, name: NamedNode
    ) -> list[Triple]:
        groups = totals_of(made, by)
        if self.tables:
            groups = added(groups, self.tables.totals(view, by, key=key))
        return aggregated(groups, by, name=name)

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

    def _chosen(self, view: View) -> dict[NamedNode, list[Triple]]:
        """Return the statements that a view chooses, by graph; each graph is read once, whatever the view is."""
        shown = self._objects(view)
        said = {
            graph: self.store.construct("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", graphs=[graph])
            for graph in self.graphs
        }
        hidden = {one.subject for statements in said.values() for one in statements} - shown
        seen = {*view.properties, RDF.type}
        return {
            graph: [
                one
                for one in statements
                if one.subject in shown and one.object not in hidden and (not view.properties or one.predicate in seen)
            ]
            for graph, statements in said.items()
        }

    def _objects(self, view: View) -> set[Term]:
        """Return the objects that a view chooses; those that tell where one of them is come along with it."""
        found = set(self._subjects(objects_query(view)))
        if view.objects:
            found &= set(view.objects)
        if view.area is None:
            return set(found)
        places = _Places(view.area)
        for row in self.store.select(positions_query(), graphs=self.graphs):
            places.add({name: plain(term) for name, term in row.items()})
        inside = places.inside
        found &= inside.keys()
        along = {node for one in found for node in inside[one]}
        if view.classes:
            along &= set(self._subjects(classes_query(view.classes)))
        return {*found, *along}

    def _subjects(self, text: str) -> list[NamedNode]:
        found = (row["s"] for row in self.store.select(text, graphs=self.graphs))
        return [one for one in found if isinstance(one, NamedNode)]


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


def terms_in(statements: Iterable[Triple]) -> Mapping[tuple[str, bool], int]:
    """Count what statements use: for each class how many objects, for each property how many statements.

    Returns:
        The counts by IRI, and whether it is a class's.
    """
    found: dict[tuple[str, bool], int] = {}
    for one in statements:
        keys = [(one.predicate.value, False)]
        if one.predicate.value.endswith("#type") and isinstance(one.object, NamedNode):
            keys.append((one.object.value, True))
        for key in keys:
            found[key] = found.get(key, 0) + 1
    return found
