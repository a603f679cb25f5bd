"""`virtuales infer`: what the rules of shapes files infer from data."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.inference import ROUNDS, Inference
from virtuales.assurance.inference import infer as infer_statements
from virtuales.assurance.judging import read_graph
from virtuales.assurance.registry import SchemaRegistry
from virtuales.assurance.report_graph import triple_of
from virtuales.assurance.shapes import Fault, ShapesGraph
from virtuales.cli.client.plain import plain
from virtuales.cli.documents import documents
from virtuales.cli.known_models import shipped_models
from virtuales.errors import InputError, VirtualesError
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX, serialize_quads
from virtuales.rdf.media import TURTLE
from virtuales.rdf.terms import Triple
from virtuales.resources import contributed

WHOLE, INCOMPLETE, UNUSABLE = 0, 1, 2


def infer(  # one argument for each option of the command
    files: Annotated[list[Path], typer.Argument(help="CIM/XML files, zips of them, or RDF files (.ttl, .nt, …).")],
    *,
    shapes: Annotated[list[Path], typer.Option(help="Shapes files with the rules.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file, in the syntax of its suffix.")
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Write the data too, not only what was inferred.")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="How often rules of one order may run.")] = ROUNDS,
    cim_profile: Annotated[
        list[str] | None, typer.Option(help="IRI of a profile, for CIM files whose header names none.")
    ] = None,
    base: Annotated[str, typer.Option(help="The IRI under which CIM identifiers that are no UUID fall.")] = "urn:model",
) -> None:
    """Infer statements by the rules of shapes files (SHACL-AF).

    Rules run on each document by itself. Ends with 0 when all rules ran, with 1 when a part of the shapes was in error
    and left out, and with 2 when the input cannot be used.
    """
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        release = SchemaRegistry.load(contributed("shapes"), contributed("ontology"))
        compiled = compile_shapes(shapes, find=release.find)
        _refuse_without_rules(compiled, shapes)
        models = shipped_models()
        with documents(models, base, cim_profile) as given:
            graphs = (read_graph(one.judgeable.path) for one in given.read(files))
            inferences = [infer_statements(graph, compiled, rounds=rounds) for graph in graphs]
        written = _written(inferences, output, whole=whole)
        if output is None:
            print(written.decode(), end="")
        else:
            _write(output, written)
    except VirtualesError as error:
        console.print(f"[bold red]Unusable:[/] {escape(plain(error))}")
        raise typer.Exit(UNUSABLE) from None
    count = sum(len(one.statements) for one in inferences)
    console.print(f"{count:,} statements inferred from {len(inferences):,} documents")
    _tell(compiled.faults, console)
    raise typer.Exit(INCOMPLETE if compiled.faults else WHOLE)


def _refuse_without_rules(compiled: ShapesGraph, shapes: Iterable[Path]) -> None:
    if not any(shape.rules for shape in compiled.targeted):
        first = f" The first fault: {compiled.faults[0].what}" if compiled.faults else ""
        raise InputError(
            f"The shapes hold no rule that could infer anything.{first}",
            where=", ".join(map(str, shapes)),
            remedy="Give a shape that has a target at least one `sh:rule`.",
        )


def _written(inferences: Iterable[Inference], output: Path | None, *, whole: bool) -> bytes:
    suffix = output.suffix.lower() if output else ".ttl"
    if suffix not in MEDIA_TYPES_BY_SUFFIX:
        raise InputError(
            "The name does not tell in which RDF syntax to write.",
            where=str(output),
            remedy="Give the file one of the suffixes " + ", ".join(MEDIA_TYPES_BY_SUFFIX) + ".",
        )
    statements = (triple for one in inferences for triple in _triples(one, whole=whole))
    return serialize_quads(statements, MEDIA_TYPES_BY_SUFFIX.get(suffix, TURTLE))


def _triples(inference: Inference, *, whole: bool) -> Iterator[Triple]:
    if not whole:
        yield from map(triple_of, inference.statements)
        return
    dictionary = inference.whole.dictionary
    columns = (dictionary.texts(column) for column in inference.whole.statements())
    yield from map(triple_of, zip(*columns, strict=True))


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as error:
        raise InputError(
            f"What was inferred cannot be written: {error.strerror}.",
            where=str(output),
            remedy="Name a file in a directory that exists and that you may write to.",
        ) from None


def _tell(faults: Iterable[Fault], console: Console) -> None:
    for fault in faults:
        console.print(f"[magenta]left out[/] {escape(plain(fault))}")
