"""The Parquet files of a version, of which views are made by columns and never as statements one by one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from virtuales.policy.views.columns import Columns, refuse_unfit_for_columns, shown_rows, totals_of_rows
from virtuales.policy.views.groups import Key, Totals, added
from virtuales.policy.views.view import Aggregation, View
from virtuales.preparation.parquet import not_sound, open_parquet
from virtuales.rdf.terms import NamedNode
from virtuales.store.object_store import ObjectStore
from virtuales.workflow.view_tables import TableFile, column_iri


@dataclass(frozen=True)
class ParquetTables:
    """The Parquet files of a version without models.

    Args:
        objects: Where the files are.
        tables: The files.
        base: What their addresses are behind; ends in `/`.
    """

    objects: ObjectStore
    tables: Sequence[TableFile]
    base: str

    def totals(self, view: View, by: Aggregation, *, key: bytes) -> Mapping[Key, Totals]:
        """Return the groups of a view of groups.

        Raises:
            InputError: the view says of rows what they do not have.
            UnreadableInput: a file is no sound Parquet file.
        """
        refuse_unfit_for_columns(view)
        found: Mapping[Key, Totals] = {}
        for table in self.tables:
            with self._shown(table, view, key=key) as shown:
                if shown:
                    found = added(found, totals_of_rows(shown[0], view, by, shown[1]))
        return found

    def values(self, view: View, *, key: bytes) -> Mapping[NamedNode, int]:
        """Count the values that a view shows of each column; raises what `totals` does."""
        refuse_unfit_for_columns(view)
        found: dict[NamedNode, int] = {}
        for table in self.tables:
            with self._shown(table, view, key=key) as shown:
                if shown:
                    frame, columns = shown
                    counts = frame.select(pl.all().count()).collect(engine="streaming").row(0, named=True)
                    found |= {about: counts[title] for about, title in columns.items() if counts.get(title)}
        return found

    def write(self, table: TableFile, view: View, out: Path, *, key: bytes) -> None:
        """Write what a view shows of a file, its rows in their order; a file of which it shows nothing becomes empty.

        Raises:
            InputError, UnreadableInput: as `totals` does.
        """
        refuse_unfit_for_columns(view)
        with self._shown(table, view, key=key) as shown:
            frame = shown[0] if shown else pl.LazyFrame()
            frame.sink_parquet(out, maintain_order=True, engine="streaming")

    @contextmanager
    def _shown(self, table: TableFile, view: View, *, key: bytes) -> Iterator[tuple[pl.LazyFrame, Columns] | None]:
        try:
            with self.objects.local_copy(table.digest) as path:
                frame = open_parquet(path, name=table.name)
                titles = frame.collect_schema()
                columns = {NamedNode(column_iri(self.base, table.name, title)): title for title in titles}
                shown = shown_rows(frame, view, columns, key=key)
                yield None if shown is None else (shown, columns)
        except pl.exceptions.PolarsError as error:
            raise not_sound(table.name, error) from error
