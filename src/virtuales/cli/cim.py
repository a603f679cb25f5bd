"""`virtuales cim`: look into CIM packages, compare and change models, write CIM/XML."""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.cli import cim_report
from virtuales.cli.known_models import shipped_models
from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.cim.applying import Applied
from virtuales.preparation.cim.collection import (
    Collection,
    CollectionReader,
    apply_all,
    compare_all,
    replacing,
    write_zip,
)
from virtuales.preparation.cim.dependencies import check_dependencies
from virtuales.preparation.cim.inspection import Inspector
from virtuales.preparation.cim.rdf_source import model_from_rdf
from virtuales.preparation.cim.writer import write_difference, write_model
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX
from virtuales.rdf.media import RDF_XML

app = typer.Typer(help="CIM models: inspect, check, compare, change, write.", no_args_is_help=True)

CONFLICTS = 1
UNUSABLE = 2
_SHOWN = 10

_Base = Annotated[str, typer.Option("--base", help="The IRI under which CIM identifiers that are no UUID fall.")]
_Profile = Annotated[
    list[str] | None, typer.Option("--cim-profile", help="IRI of a profile, for files whose header names none.")
]
_Out = Annotated[Path, typer.Option("--out", "-o", help="The file to write: `.xml`, or `.zip` for a package.")]
_DEFAULT_BASE = "urn:model"


@app.command("inspect")
def inspect(
    files: Annotated[list[Path], typer.Argument(help="CIM/XML files and zips of them.")],
    *,
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Go on after what cannot be used in a file, and list it.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Tell it as JSON.")] = False,
    base: _Base = _DEFAULT_BASE,
    profile: _Profile = None,
) -> None:
    """Tell what a package holds: models, what they name and lean on, how much of what is in them.

    Ends with 0 when every document could be read, and with 2 when one could not.
    """
    _refuse_missing(files)
    registry = shipped_models()
    inspector = Inspector(registry, base, profiles=profile or (), lenient=lenient)
    with tempfile.TemporaryDirectory(prefix="virtuales-") as directory:
        inspection = inspector.inspect(files, Path(directory))
    if as_json:
        print(json.dumps(cim_report.as_data(inspection), indent=2, ensure_ascii=False))
    else:
        cim_report.show(inspection, Console(soft_wrap=True, highlight=False))
    raise typer.Exit(0 if inspection.readable else UNUSABLE)


@app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(help="CIM/XML files and zips of them, which belong together.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="List the findings as JSON.")] = False,
    base: _Base = _DEFAULT_BASE,
    profile: _Profile = None,
) -> None:
    """Check what the models of a package lean on: dependencies named, missing or absent, and references.

    Ends with 0 when nothing must be mended, with 1 when something must, with 2 when a file cannot be used.
    """
    with _reading(base, profile) as (read, _):
        report = check_dependencies(read(files).package)
    if as_json:
        data = [{**asdict(finding), "error": finding.is_error} for finding in report.findings]
        print(json.dumps(data, indent=2, ensure_ascii=False))
    else:
        cim_report.show_findings(report.findings, Console(soft_wrap=True, highlight=False))
    raise typer.Exit(0 if report.complete else CONFLICTS)


@app.command("diff")
def diff(
    before: Annotated[Path, typer.Argument(help="The model, or zip of models, as it was.")],
    after: Annotated[Path, typer.Argument(help="The same as it is now.")],
    *,
    out: _Out,
    iri: Annotated[str | None, typer.Option(help="The difference model's IRI; by default one made from both.")] = None,
    base: _Base = _DEFAULT_BASE,
    profile: _Profile = None,
) -> None:
    """Write the difference model that leads from one model to another, or a zip of them for packages."""
    with _reading(base, profile) as (read, _):
        earlier, later = read([before]), read([after])
        differences = compare_all(earlier.models, later.models, iri=iri)
        _write(out, [(one.name, partial(write_difference, one)) for one in differences])
        for one in differences:
            Console(soft_wrap=True, highlight=False).print(
                f"[bold]{escape(one.name)}[/]: {len(one.reverse):,} statements end, {len(one.forward):,} begin"
            )


@app.command("apply")
def apply(
    files: Annotated[list[Path], typer.Argument(help="The models, and the difference models in their order.")],
    *,
    out: _Out,
    model: Annotated[str | None, typer.Option(help="The result's IRI; by default one made from what it is of.")] = None,
    despite: Annotated[
        bool, typer.Option("--despite-conflicts", help="Write the result in spite of conflicts.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="List the conflicts as JSON.")] = False,
    base: _Base = _DEFAULT_BASE,
    profile: _Profile = None,
) -> None:
    """Apply difference models to their base and write the models that result.

    Every conflict is listed. Ends with 0 when there is none; with 1 when there are conflicts, and then nothing is
    written unless told to; with 2 when the input cannot be used.
    """
    with _reading(base, profile) as (read, directory):
        given = read(files)
        if not given.models or not given.differences:
            raise InputError(
                "Nothing to apply: a base model and at least one difference model are needed.",
                where=", ".join(file.name for file in files),
                remedy="Give the base first and the difference models after it, in their order.",
            )
        results = apply_all(given.models, given.differences, directory, model=model)
        conflicts = sum(len(one.conflicts) for one in results)
        if not conflicts or despite:
            _write(out, [(one.model.name, partial(write_model, one.model)) for one in results])
        _say_applied(results, as_json=as_json, written=out if not conflicts or despite else None)
    raise typer.Exit(CONFLICTS if conflicts else 0)


@app.command("write")
def write(
    files: Annotated[list[Path], typer.Argument(help="Models: CIM/XML, zips, N-Triples or Turtle.")],
    *,
    out: _Out,
    base: _Base = _DEFAULT_BASE,
    profile: _Profile = None,
) -> None:
    """Write models as CIM/XML: header first, names by profile, the same bytes for the same model."""
    with _reading(base, profile) as (read, directory):
        rdf = [file for file in files if MEDIA_TYPES_BY_SUFFIX.get(file.suffix.lower(), RDF_XML) != RDF_XML]
        cim = [file for file in files if file not in rdf]
        registry = shipped_models()
        models = [
            model_from_rdf(file, directory / f"rdf{number}.nt", vocabularies=registry, base=base, profiles=profile)
            for number, file in enumerate(rdf)
        ]
        given = read(cim) if cim else None
        documents = [(one.name, partial(write_model, one)) for one in (*(given.models if given else ()), *models)]
        documents += [(one.name, partial(write_difference, one)) for one in (given.differences if given else ())]
        _write(out, documents)


@contextmanager
def _reading(base: str, profile: Sequence[str] | None) -> Iterator[tuple[Callable[[list[Path]], Collection], Path]]:
    """Give a function that reads files, and the directory in which what it reads is kept meanwhile."""
    registry = shipped_models()
    reader = CollectionReader(registry, base, tuple(profile or ()))
    with tempfile.TemporaryDirectory(prefix="virtuales-") as name:
        directory = Path(name)
        calls = 0

        def read(files: list[Path]) -> Collection:
            nonlocal calls
            calls += 1
            _refuse_missing(files)
            place = directory / str(calls)
            place.mkdir()
            return reader.read(files, place)

        yield read, directory


def _refuse_missing(files: Sequence[Path]) -> None:
    missing = next((file for file in files if not file.is_file()), None)
    if missing is not None:
        raise UnreadableInput("There is no such file.", where=str(missing))


def _write(out: Path, documents: Sequence[tuple[str, Callable[[BinaryIO], None]]]) -> None:
    if out.suffix.lower() == ".zip":
        write_zip({_member(name): write for name, write in documents}, out)
        return
    if len(documents) != 1:
        raise InputError(
            f"{len(documents)} documents do not fit into one file.", where=str(out), remedy="Name a `.zip`."
        )
    with replacing(out) as file:
        documents[0][1](file)


def _member(name: str) -> str:
    return f"{PurePosixPath(name).stem}.xml"


def _say_applied(results: Sequence[Applied], *, as_json: bool, written: Path | None) -> None:
    if as_json:
        data = [
            {
                "model": one.model.name,
                "iri": one.model.header.iri if one.model.header is not None else None,
                "removed": one.removed,
                "added": one.added,
                "conflicts": [asdict(conflict) for conflict in one.conflicts],
            }
            for one in results
        ]
        print(json.dumps({"written": str(written) if written else None, "models": data}, indent=2, ensure_ascii=False))
        return
    console = Console(soft_wrap=True, highlight=False)
    for one in results:
        console.print(f"[bold]{escape(one.model.name)}[/]: {one.removed:,} statements ended, {one.added:,} began")
        kinds = Counter((conflict.difference, conflict.kind) for conflict in one.conflicts)
        for (difference, kind), number in sorted(kinds.items()):
            console.print(f"  [red]{number:,} times {kind}[/] {escape(difference)}")
            same = [each for each in one.conflicts if (each.difference, each.kind) == (difference, kind)]
            for conflict in same[:_SHOWN]:
                console.print(f"      {escape(conflict.what)}: {escape(conflict.statement or '')}".rstrip(": "))
            if len(same) > _SHOWN:
                console.print(f"      … and {len(same) - _SHOWN:,} more; `--json` lists all.")
    if written is None:
        print("Nothing was written; `--despite-conflicts` writes the result.", file=sys.stderr)
