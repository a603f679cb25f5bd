"""N-Triples read column by column: a million statements in about a second.

Lines in the canonical form that nearly every line has are cut at their first two spaces by polars; whether the pieces
are terms is then looked at once for each distinct term. Where a line has any other form (escapes, odd spacing,
comments, capitals in a language tag), or a piece is no term, the lines around it are looked at one by one, and what is
not canonical goes through the RDF parser, which also refuses what is no N-Triples at all.
See https://www.w3.org/TR/n-triples/.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
CANONICAL_TERM = rf"^(?:{_IRI}|{_BLANK}|{_LITERAL})$"
"""A term written as canonical N-Triples does."""
CHUNK_BYTES = 1 << 23
"""How much text is looked at together: enough for columns to pay, little enough to be let go of."""
_EXPLICIT_STRING = "^^<http://www.w3.org/2001/XMLSchema#string>"

Columns = tuple[pl.Series, pl.Series, pl.Series]


@dataclass(frozen=True)
class Piece:
    """Some lines of a file.

    Args:
        lines: The lines.
        before: How many lines of the file stand before them.
        name: What errors call the file.
    """

    lines: pl.Series
    before: int = 0
    name: str | None = None

    def cut(self) -> Columns | None:
        """Cut the lines at their first two spaces, whatever the pieces are; None where a line cannot be cut so."""
        if not self.lines.str.ends_with(" .").all():
            return None
        parts = self.lines.str.splitn(" ", 3).struct.unnest()
        subjects, predicates, objects = parts.get_columns()
        if objects.null_count():
            return None
        objects = objects.str.strip_suffix(" .")
        explicit = objects.str.ends_with(_EXPLICIT_STRING)
        if explicit.any():
            objects = objects.str.strip_suffix(_EXPLICIT_STRING)
            if not objects.filter(explicit).str.ends_with('"').all():
                return None
        return subjects, predicates, objects

    def parse(self) -> Columns:
        """Look at each line; parse those that are not canonical.

        Raises:
            UnreadableInput: a line is no N-Triples.
        """
        canonical = self.lines.str.contains(_CANONICAL)
        regular = Piece(self.lines.filter(canonical)).cut() or columns_of(())
        # The canonical lines, and those before, are blanked, so that line numbers in errors stay true.
        text = "\n" * self.before + "\n".join(self.lines.zip_with(~canonical, pl.Series([""])))
        quads = parse_file(text.encode(), N_TRIPLES, name=self.name)
        others = columns_of((str(quad.subject), str(quad.predicate), str(quad.object)) for quad in quads)
        return regular[0].append(others[0]), regular[1].append(others[1]), regular[2].append(others[2])


def pieces_of(source: Path | bytes, *, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Piece]:
    """Read one file, or its bytes, a few megabytes after another.

    Args:
        source: A path, or the bytes themselves.
        chunk_bytes: How much to read at a time; a line is never cut.

    Raises:
        UnreadableInput: the file cannot be read, or is not in UTF-8.
    """
    name = str(source) if isinstance(source, Path) else None
    before = 0
    try:
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as file:
            while chunk := file.read(chunk_bytes):
                lines = pl.read_lines(io.BytesIO(chunk + file.readline())).to_series(0)
                yield Piece(lines, before, name)
                before += len(lines)
    except (OSError, PolarsError) as error:
        raise UnreadableInput(
            f"The N-Triples cannot be read: {str(error).partition(' (')[0]}.",
            where=name,
            remedy="Give an N-Triples file in UTF-8.",
        ) from error


def columns_of(triples: Iterable[tuple[str, str, str]]) -> Columns:
    """Turn statements, their terms written as in N-Triples, into three columns."""
    rows = list(triples)
    return (
        pl.Series([row[0] for row in rows], dtype=pl.String),
        pl.Series([row[1] for row in rows], dtype=pl.String),
        pl.Series([row[2] for row in rows], dtype=pl.String),
    )
