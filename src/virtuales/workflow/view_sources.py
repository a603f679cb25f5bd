"""What a view of a dataset version is made of: the graphs of its models, or the tables of a version that has none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from virtuales.catalogue.records import PreparedFile
from virtuales.catalogue.search import FileEntry, VersionEntry
from virtuales.policy.views.statement_columns import is_plain
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.view_columns import ParquetTables
from virtuales.workflow.view_making import ViewMaker
from virtuales.workflow.view_tables import GRAPH, TableFile, is_parquet, is_table, read_tables
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class WholeVersion:
    """A dataset version.

    Args:
        version: Its IRI.
        graphs: The graphs of its models.
        tables: Its tables, where it has no models.
        dataset: IRI of its dataset, under which columns and rows of tables have their IRIs.
    """

    version: NamedNode
    graphs: Sequence[NamedNode]
    tables: Sequence[TableFile] = ()
    dataset: str = ""

    @property
    def base(self) -> str:
        """What the addresses of tables are behind."""
        return f"{self.dataset}/data/"

    @property
    def content(self) -> tuple[object, ...]:
        """What tells apart what it holds from what others hold."""
        files = sorted((file.name, file.digest) for file in self.tables)
        return (sorted(graph.value for graph in self.graphs), files, self.dataset if files else "")


def whole_version(entry: VersionEntry) -> WholeVersion:
    """Return a version as its entry tells of it."""
    graphs = tuple(NamedNode(model.graph) for model in entry.models)
    tables = () if graphs else tables_alone(entry.files)
    return WholeVersion(NamedNode(entry.iri), graphs, tables, entry.dataset)


def tables_alone(files: Iterable[PreparedFile] | Iterable[FileEntry]) -> tuple[TableFile, ...]:
    """Return the tables among the files of a version without models."""
    return tuple(
        TableFile(file.name, file.media_type, file.digest, file.encoding) for file in files if is_table(file.media_type)
    )


def maker_of(workspace: Workspace, whole: WholeVersion) -> ViewMaker:
    """Return what makes views of a version.

    Raises:
        TooLarge: its tables have too many cells.
    """
    if not whole.tables:
        return ViewMaker(workspace.store, workspace.queries, whole.graphs, read=partial(_statements, workspace))
    columns = [table for table in whole.tables if is_parquet(table)]
    store = read_tables(workspace.objects, [one for one in whole.tables if one not in columns], whole.base)
    tables = ParquetTables(workspace.objects, columns, whole.base) if columns else None
    return ViewMaker(store, None, [GRAPH], tables)


def _statements(workspace: Workspace, graph: NamedNode) -> bytes:
    """Return the statements of a model as they were loaded, which is many times quicker than to ask the store."""
    digest = graph.value.removeprefix(workspace.addresses.model_graphs)
    if digest != graph.value:
        text = b"".join(workspace.objects.read(digest))
        if is_plain(text):
            return text
    return b"".join(workspace.store.export_graph(graph))
