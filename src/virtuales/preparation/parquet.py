"""Parquet files as columns: opened without being read, so that they may be larger than the memory."""

from pathlib import Path

import polars as pl

from virtuales.errors import UnreadableInput


def open_parquet(path: Path, *, name: str) -> pl.LazyFrame:
    """Return the flat columns of a Parquet file, not read yet; lists, records and bytes are left out.

    Args:
        path: The file.
        name: What errors call it.

    Raises:
        UnreadableInput: it is no sound Parquet file, or has no flat column.
    """
    try:
        frame = pl.scan_parquet(path, glob=False)
        kinds = frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise not_sound(name, error) from error
    flat = [title for title, kind in kinds.items() if not (kind.is_nested() or isinstance(kind, pl.Binary | pl.Object))]
    if not flat:
        what = "The Parquet file has no column of texts, numbers, days or truth values."
        raise UnreadableInput(what, where=name, remedy="Write each value into a column of its own.")
    return frame.select(flat)


def not_sound(name: str, error: Exception) -> UnreadableInput:
    """Return the refusal of a file that is no sound Parquet."""
    why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return UnreadableInput(f"This is no sound Parquet file: {why}.", where=name, remedy="Write it again.")
