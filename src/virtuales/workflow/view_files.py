"""The files of a view: its statements as N-Triples, a table where the version has tables, Parquet where it has Parquet.

They are made anew for each download, on the disk and not in memory, always with the same bytes.
"""

import csv
import hashlib
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from virtuales.catalogue.search import VersionEntry
from virtuales.errors import NotFound
from virtuales.policy.views.view import View
from virtuales.preparation.sources import CSV
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES, PARQUET
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Term, Triple, plain
from virtuales.workflow.view_columns import ParquetTables
from virtuales.workflow.view_sources import whole_version
from virtuales.workflow.view_tables import ROW, TableFile, is_parquet, is_table
from virtuales.workflow.views import graphs_seen, view_key
from virtuales.workflow.workspace import Workspace

STATEMENTS: Final = "view.nt"
TABLE: Final = "view.csv"
COLUMNS: Final = "view.parquet"
_SEPARATOR: Final = "; "
"""What stands between several values of one cell."""
_PIECE: Final = 1 << 18


class MadeFile(Iterator[bytes]):
    """A file on the disk that has no name any longer, and is gone when it was read or is closed.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size
        self._file = path.open("rb")
        self.digest = hashlib.file_digest(self._file, "sha256").hexdigest()
        self._file.seek(0)

    def __next__(self) -> bytes:
        """Return the next bytes."""
        piece = b"" if self._file.closed else self._file.read(_PIECE)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __del__(self) -> None:
        """Let go of a file that nobody read to its end."""
        self.close()


@dataclass(frozen=True)
class FileOfView:
    """A file of a view.

    Args:
        name: Its name.
        media_type: What it is.
        write: Writes it.
    """

    name: str
    media_type: str
    write: Callable[[Path], None]

    def made(self) -> MadeFile:
        """Make the file."""
        with tempfile.TemporaryDirectory(prefix="virtuales-view-") as place:
            path = Path(place) / "file"
            self.write(path)
            return MadeFile(path)


def view_files(workspace: Workspace, entry: VersionEntry, part: View, *, under: NamedNode) -> list[FileOfView]:
    """Return the files of a view.

    Args:
        workspace: The provider's node.
        entry: The version that it is a view of.
        part: The view.
        under: The agreement, or the open offer, that allows it.
    """
    whole = whole_version(entry)
    found: list[FileOfView] = []
    if part.aggregation or not all(map(is_parquet, whole.tables)) or not whole.tables:
        graphs = graphs_seen(workspace, whole, part=part, under=under)
        found.append(FileOfView(STATEMENTS, N_TRIPLES, partial(_write_statements, workspace, graphs)))
        if any(is_table(file.media_type) for file in entry.files):
            found.append(FileOfView(TABLE, CSV, partial(_write_table, workspace, graphs)))
    if not part.aggregation:
        tables, key = [one for one in whole.tables if is_parquet(one)], view_key(workspace, part, under)
        parquet = ParquetTables(workspace.objects, tables, whole.base)
        for table in tables:
            write = partial(_write_columns, parquet, table, part, key=key)
            found.append(FileOfView(_name(table, tables), PARQUET, write))
    return found


def first_file(entry: VersionEntry, part: View) -> str:
    """Return the name of the first file of a view."""
    tables = [table for table in whole_version(entry).tables if is_parquet(table)]
    if tables and not part.aggregation and len(tables) == len(whole_version(entry).tables):
        return _name(tables[0], tables)
    return STATEMENTS


def view_file(files: Sequence[FileOfView], name: str) -> FileOfView:
    """Return a file of a view by its name.

    Raises:
        NotFound: the view has no such file.
    """
    for file in files:
        if file.name == name:
            return file
    known = ", ".join(file.name for file in files)
    what = "The part of this version that you may use has no such file."
    raise NotFound(what, where=name, remedy=f"It has: {known}.")


def _name(table: TableFile, tables: Sequence[TableFile]) -> str:
    return COLUMNS if len(tables) == 1 else f"view-{table.name}"


def _write_columns(parquet: ParquetTables, table: TableFile, part: View, out: Path, *, key: bytes) -> None:
    parquet.write(table, part, out, key=key)


def _lines(workspace: Workspace, graphs: Sequence[NamedNode]) -> list[bytes]:
    text = b"".join(piece for graph in graphs for piece in workspace.store.export_graph(graph))
    return sorted(set(text.splitlines(keepends=True)))


def _write_statements(workspace: Workspace, graphs: Sequence[NamedNode], out: Path) -> None:
    with out.open("wb") as file:
        file.writelines(_lines(workspace, graphs))


def _write_table(workspace: Workspace, graphs: Sequence[NamedNode], out: Path) -> None:
    body = b"".join(_lines(workspace, graphs))
    _as_table((quad.triple for quad in parse_file(body, N_TRIPLES, name=STATEMENTS)), out)


def _as_table(statements: Iterable[Triple], out: Path) -> None:
    """Write what is said of objects as a table: a row for each, a column for each property; sent rows have no IRI."""
    rows: defaultdict[str, defaultdict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for one in statements:
        rows[plain(one.subject)][one.predicate].append(one.object)
    properties = sorted({about for row in rows.values() for about in row}, key=lambda one: one.value)
    named = Counter(map(_title, properties))
    as_sent = all(ROW in subject for subject in rows)
    titles = [_title(one) if named[_title(one)] == 1 else one.value for one in properties]
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(titles if as_sent else ["iri", *titles])
        for subject in sorted(rows, key=lambda one: (len(one), one)):
            cells = [_SEPARATOR.join(sorted(map(plain, rows[subject].get(one, ())))) for one in properties]
            table.writerow(cells if as_sent else [subject, *cells])


def _title(about: NamedNode) -> str:
    """Return what a column is called: the last part of a property's IRI, as it was before it was put into one."""
    if about == RDF.type:
        return "class"
    return unquote(about.value.rpartition("#")[2].rpartition("/")[2])
