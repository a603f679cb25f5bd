"""The files of a view: its statements as N-Triples, and a table where the version has tables.

They are written anew for each download from the view's graph, always with the same bytes.
"""

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from virtuales.catalogue.search import VersionEntry
from virtuales.errors import NotFound
from virtuales.preparation.sources import CSV
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Term, Triple, plain
from virtuales.workflow.view_tables import ROW, is_table
from virtuales.workflow.workspace import Workspace

STATEMENTS: Final = "view.nt"
TABLE: Final = "view.csv"
_SEPARATOR: Final = "; "
"""What stands between several values of one cell."""


@dataclass(frozen=True)
class FileOfView:
    """A file of a view, whole."""

    name: str
    media_type: str
    body: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes."""
        return hashlib.sha256(self.body).hexdigest()


def view_files(workspace: Workspace, entry: VersionEntry, graphs: Sequence[NamedNode]) -> list[FileOfView]:
    """Return the files of a view.

    Args:
        workspace: The provider's node.
        entry: The version that it is a view of.
        graphs: The graphs that hold it.
    """
    text = b"".join(piece for graph in graphs for piece in workspace.store.export_graph(graph))
    lines = sorted(set(text.splitlines(keepends=True)))
    found = [FileOfView(STATEMENTS, N_TRIPLES, b"".join(lines))]
    if any(is_table(file.media_type) for file in entry.files):
        statements = (quad.triple for quad in parse_file(found[0].body, N_TRIPLES, name=STATEMENTS))
        found.append(FileOfView(TABLE, CSV, _table(statements)))
    return found


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


def _table(statements: Iterable[Triple]) -> bytes:
    """Write what is said of objects as a table: a row for each, a column for each property; sent rows have no IRI."""
    rows: defaultdict[str, defaultdict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for one in statements:
        rows[plain(one.subject)][one.predicate].append(one.object)
    properties = sorted({about for row in rows.values() for about in row}, key=lambda one: one.value)
    named = Counter(map(_title, properties))
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    as_sent = all(ROW in subject for subject in rows)
    titles = [_title(one) if named[_title(one)] == 1 else one.value for one in properties]
    table.writerow(titles if as_sent else ["iri", *titles])
    for subject in sorted(rows, key=lambda one: (len(one), one)):
        cells = [_SEPARATOR.join(sorted(map(plain, rows[subject].get(one, ())))) for one in properties]
        table.writerow(cells if as_sent else [subject, *cells])
    return out.getvalue().encode()


def _title(about: NamedNode) -> str:
    """Return what a column is called: the last part of a property's IRI, as it was before it was put into one."""
    if about == RDF.type:
        return "class"
    return unquote(about.value.rpartition("#")[2].rpartition("/")[2])
