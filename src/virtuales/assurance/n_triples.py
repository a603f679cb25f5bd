"""N-Triples read column by column: a million statements in about a second.

Lines in the canonical form that nearly every line has are cut apart by polars without being looked at one by one. A
line in any other form (escapes, odd spacing, comments, capitals in a language tag) goes through the RDF parser, which
also refuses what is no N-Triples at all. See https://www.w3.org/TR/n-triples/.
"""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from virtuales.errors import UnreadableInput
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES

_IRI = r'<[^\x00-\x20<>"{}|^`\\]*>'
_BLANK = r"_:[A-Za-z0-9]+"
_LITERAL = rf'"[^"\\\x00-\x1F\x7F]*"(?:\^\^{_IRI}|@[a-z]+(?:-[a-z0-9]+)*)?'
_CANONICAL = rf"^(?:{_IRI}|{_BLANK}) {_IRI} (?:{_IRI}|{_LITERAL}|{_BLANK}) \.$"
CHUNK_BYTES = 1 << 23
"""How much text is looked at together: enough for columns to pay, little enough to be let go of."""
_EXPLICIT_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"

Columns = tuple[pl.Series, pl.Series, pl.Series]


def read_n_triples(source: Path | bytes, *, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Columns]:
    """Read one file, or its bytes, a few megabytes after another, into three columns of terms written as in N-Triples.

    Args:
        source: A path, or the bytes themselves.
        chunk_bytes: How much to read at a time; a line is never cut.

    Returns:
        Subjects, predicates and objects: string columns of one length, a row for each statement as it stands there.

    Raises:
        UnreadableInput: the file cannot be read, or a line is no N-Triples.
    """
    name = str(source) if isinstance(source, Path) else None
    before = 0
    try:
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as file:
            while chunk := file.read(chunk_bytes):
                lines = pl.read_lines(io.BytesIO(chunk + file.readline())).to_series(0)
                yield _columns(lines, before, name)
                before += len(lines)
    except (OSError, PolarsError) as error:
        raise UnreadableInput(
            f"The N-Triples cannot be read: {str(error).partition(' (')[0]}.",
            where=name,
            remedy="Give an N-Triples file in UTF-8.",
        ) from error


def _columns(lines: pl.Series, before: int, name: str | None) -> Columns:
    canonical = lines.str.contains(_CANONICAL)
    if canonical.all():
        return _cut(lines)
    regular = _cut(lines.filter(canonical))
    # The canonical lines, and those read before, are blanked, so that line numbers in errors stay true.
    text = "\n" * before + "\n".join(lines.zip_with(~canonical, pl.Series([""])))
    quads = parse_file(text.encode(), N_TRIPLES, name=name)
    others = columns_of((str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads)
    return regular[0].append(others[0]), regular[1].append(others[1]), regular[2].append(others[2])


def columns_of(triples: Iterable[tuple[str, str, str]]) -> Columns:
    """Turn statements, their terms written as in N-Triples, into three columns."""
    rows = list(triples)
    return (
        pl.Series([row[0] for row in rows], dtype=pl.String),
        pl.Series([row[1] for row in rows], dtype=pl.String),
        pl.Series([row[2] for row in rows], dtype=pl.String),
    )


def _cut(lines: pl.Series) -> Columns:
    """Cut canonical lines at their first two spaces; the last two characters are the full stop."""
    line = pl.col("line").cast(pl.Binary)
    rest = pl.col("rest").cast(pl.Binary)
    first, second = pl.col("first"), pl.col("second")
    cut = (
        lines.alias("line")
        .to_frame()
        .lazy()
        .with_columns(first=pl.col("line").str.find(" ", literal=True), length=pl.col("line").str.len_bytes())
        .with_columns(
            subject=line.bin.slice(0, first),
            rest=line.bin.slice(first + 1, pl.col("length") - first - 3).cast(pl.String),
        )
        .with_columns(second=pl.col("rest").str.find(" ", literal=True))
        .select(
            pl.col("subject").cast(pl.String),
            predicate=rest.bin.slice(0, second).cast(pl.String),
            object=rest.bin.slice(second + 1, None).cast(pl.String).str.strip_suffix(_EXPLICIT_STRING),
        )
        .collect()
    )
    return cut["subject"], cut["predicate"], cut["object"]
