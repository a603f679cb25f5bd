"""Lifting: what is no CIM/XML becomes typed N-Triples, one model a source or named graph.

A file that is a mapping (RML) or metadata of tables (CSV on the Web) says how the others are lifted; it is recognised
by its content. JSON-LD and other RDF need none. A table or document that nothing describes is not lifted, and a remark
says so: it is delivered as the file it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import polars as pl

from virtuales.errors import UnreadableInput
from virtuales.preparation.csvw.conversion import convert
from virtuales.preparation.csvw.metadata import TableMetadata, is_metadata, read_metadata
from virtuales.preparation.distinct import DistinctLines
from virtuales.preparation.encodings import write_as_utf_8
from virtuales.preparation.json_source import read_rdf
from virtuales.preparation.rml.bulk import TYPE, carry_out_in_bulk
from virtuales.preparation.rml.engine import Run
from virtuales.preparation.rml.reading import is_mapping, read_mapping
from virtuales.preparation.sources import CIM_XML, CSV, JSON, RDF_TYPES, XLSX, XML
from virtuales.rdf.media import TURTLE

LIFTED_TYPES = RDF_TYPES | {CSV, XLSX, XML, JSON, CIM_XML}
_HEAD = 1 << 13
_BLOCK = 20_000


@dataclass(frozen=True)
class LiftSource:
    """A file to be lifted.

    Args:
        path: Where its bytes are.
        name: What its sender calls it.
        media_type: What it is.
        encoding: The encoding that its sender states; None when nothing is stated.
    """

    path: Path
    name: str
    media_type: str
    encoding: str | None = None


@dataclass(frozen=True)
class LiftedModel:
    """The statements of one source.

    Args:
        name: The file's name, or the mapping's where it joins several files.
        iri: IRI of the model.
        graph: The named graph that the source puts the statements in; None for its default graph.
        statements: The file with its N-Triples, each statement once.
        triples: How many there are.
        classes: How many objects there are of each class.
    """

    name: str
    iri: str
    graph: str | None
    statements: Path
    triples: int
    classes: Mapping[str, int]


@dataclass(frozen=True)
class Lifting:
    """What came of lifting: models, and remarks on files that were not lifted."""

    models: tuple[LiftedModel, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass
class _Writer:
    """Writes models, and knows which files were used."""

    directory: Path
    base: str
    limit: int
    opened: int = 0
    models: list[LiftedModel] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def write(self, name: str, lines: Iterable[str], graph: str | None = None) -> None:
        """Write one model of lines of N-Triples; a source without statements makes none.

        Raises:
            TooLarge: its statements take more bytes than may be unpacked.
        """
        statements = self.open(name)
        source = iter(lines)
        while some := [line.rstrip("\n") for line in islice(source, _BLOCK)]:
            statements.add(pl.Series(some, dtype=pl.String))
        self.close(name, statements, graph)

    def open(self, name: str) -> DistinctLines:
        """Open the file of the next model."""
        self.opened += 1
        return DistinctLines(self.directory / f"lifted-{self.opened:04}.nt", limit=self.limit, name=name)

    def close(self, name: str, statements: DistinctLines, graph: str | None) -> None:
        """Finish a model's file.

        Raises:
            UnreadableInput: there is no statement in it.
        """
        statements.close()
        if not statements.count:
            raise UnreadableInput(
                "Nothing came of the file: no statement was made.",
                where=name,
                remedy="Look whether the mapping's iterator, references and columns are those of the file.",
            )
        iri = graph or self.base + quote(name)
        classes = {one: number for one, number in sorted(statements.classes.items()) if number}
        self.models.append(LiftedModel(name, iri, graph, statements.path, statements.count, classes))


def lift(sources: Sequence[LiftSource], directory: Path, *, base: str, skolem: str, limit: int) -> Lifting:
    """Lift the files of a dataset that are no models of the grid.

    Args:
        sources: The files.
        directory: An existing directory for the N-Triples.
        base: What relative IRIs, and models without a name, are put behind; ends in `/`.
        skolem: What the IRIs of blank nodes start with; ends in `/`.
        limit: The most bytes that a model's statements may take.

    Raises:
        UnreadableInput, InputError, UnknownTerm, DanglingReference, TooLarge: a file cannot be read as what it claims
            to be, or its mapping does not fit it; names file, line and column.
    """
    writer = _Writer(directory, base, limit)
    files = {source.name: _readable(source, directory, place) for place, source in enumerate(sources, 1)}
    for source in sources:
        if source.media_type == TURTLE and is_mapping(_head(source.path)):
            _by_mapping(writer, source, files, skolem)
        elif source.media_type == JSON and is_metadata(_head(source.path)):
            _by_metadata(writer, source, files, {one.name: one.encoding for one in sources})
    for source in sources:
        if source.name not in writer.used and source.media_type in RDF_TYPES | {CIM_XML}:
            _as_rdf(writer, source, skolem)
    unused = sorted(files.keys() - writer.used)
    return Lifting(
        tuple(writer.models),
        tuple(f"`{name}` has no mapping: it is delivered as a file, and cannot be queried." for name in unused),
    )


def _readable(source: LiftSource, directory: Path, place: int) -> Path:
    """Return a file that says by itself how it is encoded: the source, or a copy of it in UTF-8."""
    if source.encoding is None or source.media_type != CSV:
        return source.path
    copy = directory / f"source-{place:04}.csv"
    write_as_utf_8(source.path, source.encoding, copy, name=source.name)
    return copy


def describes_others(path: Path, media_type: str) -> bool:
    """Tell whether a file is a mapping or metadata, which says how other files are lifted."""
    head = _head(path)
    return (media_type == TURTLE and is_mapping(head)) or (media_type == JSON and is_metadata(head))


def _by_mapping(writer: _Writer, source: LiftSource, files: Mapping[str, Path], skolem: str) -> None:
    mapping = read_mapping(source.path, name=source.name)
    read = sorted({triples_map.source.file for triples_map in mapping.values()})
    name = read[0] if len(read) == 1 else source.name
    writer.used |= {source.name, *read}
    graphs: dict[str, DistinctLines] = {}
    for chunk in carry_out_in_bulk(mapping, Run(files, writer.base, skolem + quote(source.name) + "/")):
        for graph, lines in chunk.by_graph():
            if graph not in graphs:
                graphs[graph] = writer.open(name)
            graphs[graph].add(lines, typed=chunk.predicate in {None, TYPE})
    if not graphs:
        writer.write(name, ())
    for graph, statements in sorted(graphs.items()):
        writer.close(name, statements, graph[1:-1] or None)


def _by_metadata(
    writer: _Writer, source: LiftSource, files: Mapping[str, Path], stated: Mapping[str, str | None]
) -> None:
    writer.used.add(source.name)
    tables = [_told_once(table, stated.get(table.file)) for table in read_metadata(source.path, name=source.name)]
    for name, lines in convert(tables, files, base=writer.base):
        writer.used.add(name)
        writer.write(name, lines)


def _told_once(table: TableMetadata, stated: str | None) -> TableMetadata:
    """Leave out the encoding in a table's metadata where the sender stated the same: the copy is in UTF-8."""
    if table.dialect is None or stated is None or table.dialect.encoding != stated:
        return table
    return replace(table, dialect=replace(table.dialect, encoding=None))


def _as_rdf(writer: _Writer, source: LiftSource, skolem: str) -> None:
    writer.used.add(source.name)
    graphs = read_rdf(
        source.path,
        source.media_type,
        name=source.name,
        base=writer.base + quote(source.name),
        skolem=f"{skolem}{quote(source.name)}/",
    )
    for graph in graphs:
        writer.write(source.name, graph.lines(), graph.graph)
    if not graphs:
        writer.write(source.name, ())


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)
