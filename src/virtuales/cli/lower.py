"""`virtuales lower`: tables and plain documents of what was received, in the shape that one's own systems read."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rules import RuleRegistry
from virtuales.cli.client.options import PROFILE, ProfileName
from virtuales.cli.client.progress import waiting
from virtuales.cli.download import fetch_version
from virtuales.cli.known_models import shipped_models
from virtuales.cli.receiving import encoding_of, origin_of
from virtuales.clock import SystemClock
from virtuales.errors import InputError, UnreadableInput
from virtuales.exchange.lowering.asking import AskedGraph, Table, read_query
from virtuales.exchange.lowering.framing import expanded, framed, plain_document, read_frame
from virtuales.exchange.lowering.json_text import Json, json_text
from virtuales.exchange.lowering.tables import csv_text, json_rows, lines_of, parquet_bytes
from virtuales.preparation.cim.collection import replacing
from virtuales.query.syntax.tree import ConstructQuery, SelectQuery
from virtuales.resources import contributed
from virtuales.workflow.convert import Converter
from virtuales.workflow.lower import Statements, statements_of, statements_through
from virtuales.workflow.reading import Origin


class Format(StrEnum):
    """How the answer is written."""

    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    JSONLD = "jsonld"
    PARQUET = "parquet"


_TABLES: Mapping[Format, Callable[[Table], bytes]] = {
    Format.CSV: lambda table: csv_text(table).encode(),
    Format.JSON: lambda table: _lines(json_text(json_rows(table), indent=2)),
    Format.JSONL: lambda table: lines_of(json_rows(table)).encode(),
    Format.PARQUET: parquet_bytes,
}
_DOCUMENTS = (Format.JSON, Format.JSONL, Format.JSONLD)


def lower(
    source: Annotated[
        list[str],
        typer.Argument(help="Files that belong together; or the IRI of a dataset or version, which is fetched."),
    ],
    *,
    query: Annotated[
        Path | None, typer.Option(help="A file with a SELECT query, for a table, or a CONSTRUCT query.")
    ] = None,
    frame: Annotated[Path | None, typer.Option(help="A JSON-LD frame: the shape of a document.")] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="How to write it; by default what the output's suffix says.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; by default standard output.")
    ] = None,
    through: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="FROM TO", help="Carry models of one registered model to another first."),
    ] = None,
    base: Annotated[str, typer.Option(help="The IRI under which local files' own identifiers fall.")] = "urn:model",
    profile: ProfileName = PROFILE,
) -> None:
    """Make tables and plain documents of what was received.

    The statements of all files are asked as one graph. A SELECT query becomes CSV, JSON, lines of JSON or Parquet with
    typed columns; a frame, of all statements or of those that a CONSTRUCT query makes, becomes JSON-LD, or JSON without
    any trace of RDF. Numbers keep the digits they are written with, and rows and nodes an order that does not change.
    Ends with 0, and with 2 when the input cannot be used.
    """
    chosen = _format(form, out, is_table=query is not None and frame is None)
    asked = read_query(_text(query), name=str(query)) if query else None
    shape = read_frame(frame) if frame else None
    _refuse_mismatch(asked, shape, chosen)
    with waiting("Reading"):
        statements = _statements(source, through=through, base=base, profile=profile)
    for remark in statements.remarks:
        typer.echo(f"remark: {remark}", err=True)
    with waiting("Lowering"):
        content = _content(statements.n_triples, asked, query=query, shape=shape, frame=frame, form=chosen)
    if out is None:
        sys.stdout.buffer.write(content)
        return
    with replacing(out) as sink:
        sink.write(content)


def _format(form: Format | None, out: Path | None, *, is_table: bool) -> Format:
    if form is not None:
        return form
    if out is None:
        return Format.CSV if is_table else Format.JSON
    suffix = out.suffix.lower().removeprefix(".").replace("ndjson", "jsonl")
    if suffix not in set(Format):
        raise InputError(
            "The name does not tell what to write.",
            where=str(out),
            remedy="Give it one of the suffixes " + ", ".join(f".{each}" for each in Format) + ", or say `--format`.",
        )
    return Format(suffix)


def _text(query: Path) -> str:
    try:
        return query.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The query cannot be read: {error}.", where=str(query)) from None


def _refuse_mismatch(asked: object, shape: object, form: Format) -> None:
    """Refuse what cannot be written so: a table has no frame, and a document no columns."""
    if asked is None and shape is None:
        raise InputError("Nothing says what to write.", where="--query", remedy="Give a query, a frame, or both.")
    if isinstance(asked, SelectQuery) and shape is not None:
        raise InputError(
            "A SELECT query gives a table, which takes no frame.", where="--frame", remedy="Write a CONSTRUCT query."
        )
    allowed = tuple(_TABLES) if isinstance(asked, SelectQuery) else _DOCUMENTS
    if form not in allowed or (form is not Format.JSONLD and isinstance(asked, ConstructQuery) and shape is None):
        what = "A table" if isinstance(asked, SelectQuery) else "A document"
        frameless = isinstance(asked, ConstructQuery) and shape is None
        raise InputError(
            f"{what} is not written as {form}{' without a frame' if frameless else ''}.",
            where="--format",
            remedy="Write jsonld, or give a frame." if frameless else "Write " + ", ".join(allowed) + ".",
        )


def _statements(source: list[str], *, through: tuple[str, str] | None, base: str, profile: str) -> Statements:
    if not any(each.startswith(("https://", "http://")) for each in source):
        files = {Path(each): None for each in source}
        for file in files:
            if not file.is_file():
                raise UnreadableInput("There is no such file.", where=str(file))
        return _read(files, Origin(base, base, ()), through=through, base=base)
    if len(source) > 1:
        raise InputError("One dataset is lowered at a time.", where=source[1], remedy="Give one IRI, or only files.")
    with tempfile.TemporaryDirectory(prefix="virtuales-") as place:
        entry, fetched = fetch_version(source[0], Path(place), profile=profile)
        origin = origin_of(entry, source[0])
        return _read(
            {file: encoding_of(entry, file.name) for file in fetched}, origin, through=through, base=origin.cim_base
        )


def _read(
    files: Mapping[Path, str | None], origin: Origin, *, through: tuple[str, str] | None, base: str
) -> Statements:
    models = shipped_models()
    if through is None:
        return statements_of(files, origin=origin, models=models)
    mappings = contributed("mappings")
    converter = Converter(models, MappingRegistry.load(mappings), RuleRegistry.load(mappings), SystemClock())
    return statements_through(list(files), source=through[0], target=through[1], converter=converter, base=base)


def _content(
    n_triples: bytes,
    asked: SelectQuery | ConstructQuery | None,
    *,
    query: Path | None,
    shape: dict[str, object] | None,
    frame: Path | None,
    form: Format,
) -> bytes:
    if isinstance(asked, SelectQuery):
        return _TABLES[form](AskedGraph(n_triples).select(asked, name=str(query)))
    if asked is not None:
        n_triples = AskedGraph(n_triples).construct(asked, name=str(query))
    else:
        n_triples = b"".join(sorted(set(n_triples.splitlines(keepends=True))))
    if shape is None:
        return _lines(json_text(expanded(n_triples), indent=2))
    document = framed(n_triples, shape, name=str(frame))
    if form is Format.JSONLD:
        return _lines(json_text(document, indent=2))
    nodes: list[Json] = plain_document(document)
    return lines_of(nodes).encode() if form is Format.JSONL else _lines(json_text(nodes, indent=2))


def _lines(text: str) -> bytes:
    return f"{text}\n".encode()
