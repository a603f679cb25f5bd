"""`virtuales lift`: make RDF of CSV, JSON and XML files by an RML mapping, without a node."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.rml.bulk import carry_out_in_bulk
from virtuales.preparation.rml.engine import Run
from virtuales.preparation.rml.finding import find_sources
from virtuales.preparation.rml.reading import read_mapping
from virtuales.preparation.rml.targets import Output, write_chunks
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX, ParsedFile
from virtuales.rdf.media import TURTLE


def lift(
    mapping: Annotated[Path, typer.Argument(help="The mapping, in Turtle.")],
    *,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file to write: `.nt`, `.nq`, `.ttl`, `.trig`, `.jsonld` or `.rdf`.")
    ],
    source: Annotated[
        list[str] | None, typer.Option("--source", help="NAME=FILE: read FILE where the mapping says NAME.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where other sources are; by default where the mapping is.")
    ] = None,
    base: Annotated[str, typer.Option("--base", help="What relative IRIs are put behind; there is none.")] = "",
    unsafe_iris: Annotated[
        bool, typer.Option("--unsafe-iris", help="Write IRIs of `rml:UnsafeIRI` that are none; few programs read them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Tell what was written as JSON.")] = False,
) -> None:
    """Make RDF of CSV, JSON and XML files by an RML mapping.

    Only files below one folder are read, and those that `--source` names; no address is fetched. Statements for which
    the mapping has logical targets are written beside the output file. Ends with 0, and with 2 when the mapping or a
    source cannot be used.
    """
    if not mapping.is_file():
        raise UnreadableInput("There is no such file.", where=str(mapping))
    media_type = MEDIA_TYPES_BY_SUFFIX.get(out.suffix.lower())
    if media_type is None:
        raise InputError(
            "The name does not tell which RDF syntax to write.",
            where=str(out),
            remedy="Give it one of the suffixes " + ", ".join(MEDIA_TYPES_BY_SUFFIX) + ".",
        )
    maps = read_mapping(mapping, name=str(mapping))
    files = find_sources(maps, folder or mapping.parent, _given(source or []))
    inputs = frozenset(path.resolve() for path in (mapping, *files.values()))
    if out.resolve() in inputs:
        raise InputError("The file to write is one that is read.", where=str(out), remedy="Choose another name.")
    started = time.process_time()
    chunks = carry_out_in_bulk(maps, Run(files, base, unsafe_iris=unsafe_iris))
    written = write_chunks(chunks, Output(out, media_type, out.parent, inputs, _prefixes(mapping)))
    seconds = time.process_time() - started
    if as_json:
        data = [{"file": str(one.path), "statements": one.statements} for one in written]
        print(json.dumps({"written": data, "cpu_seconds": round(seconds, 3)}, indent=2, ensure_ascii=False))
        return
    for one in written:
        print(f"{one.statements:,} statements in {one.path}")


def _given(pairs: list[str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for pair in pairs:
        name, equals, file = pair.partition("=")
        if not name or not equals or not file:
            raise InputError(f"`{pair}` is no pair.", where="--source", remedy="Write NAME=FILE.")
        if not Path(file).is_file():
            raise UnreadableInput("There is no such file.", where=file)
        found[name.removeprefix("./")] = Path(file)
    return found


def _prefixes(mapping: Path) -> dict[str, str]:
    parsed = ParsedFile(mapping, TURTLE)
    next(iter(parsed), None)
    return {prefix: iri for prefix, iri in parsed.prefixes.items() if prefix}
