"""`virtuales mappings impact`: what a file of mappings, or a registered version, changes."""

import tempfile
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from virtuales.alignment.impact.comparison import AskedQuery, Comparison
from virtuales.alignment.impact.record import Impact
from virtuales.alignment.impact.writing import WRITERS
from virtuales.alignment.registered.folder import MappingFolder, RegisteredFile
from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.cli.client.connection import connect_if_known
from virtuales.cli.client.options import PROFILE, ProfileName
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.known_models import shipped_models
from virtuales.cli.mapping_sources import Folder
from virtuales.clock import SystemClock
from virtuales.errors import InputError, UnreadableInput
from virtuales.exchange.mapping_contents import mapping_url
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.query.in_memory import syntax_complaint
from virtuales.query.saved_reading import QUERY_SUFFIX, read_saved_query
from virtuales.resources import contributed
from virtuales.workflow.contributed_mappings import Contribution, read_contribution, unregistered
from virtuales.workflow.mapping_impact import asked_queries, compare_states, ends_of, statement_changes
from virtuales.workflow.saved_queries import shipped_queries

_UNNAMED = "https://w3id.org/virtuales/mappings/"
_MEDIA_TYPES = {"text": "text/plain", "json": "application/json", "markdown": "text/markdown", "html": "text/html"}


class Form(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


def impact(
    source: Annotated[str, typer.Argument(help="A file; or, with a version, the name of registered mappings.")],
    version: Annotated[str | None, typer.Argument(help="A version registered at a node: the node is asked.")] = None,
    *,
    identifier: Annotated[
        str, typer.Option("--as", help="What the file is to be called; by default what it would be called by itself.")
    ] = "",
    queries: Annotated[
        list[Path] | None,
        typer.Option(help="A directory with further queries (.rq).", exists=True, file_okay=False),
    ] = None,
    data: Annotated[
        list[Path] | None, typer.Option(help="CIM/XML files and zips of one package: count its statements.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="How to write the report.")] = Form.TEXT,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file instead of standard output.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with 1 when a query is no longer answerable or a translation fails.")
    ] = False,
    folder: Folder = None,
    node: Annotated[str | None, typer.Option("--node", help="The node to ask; by default your own.")] = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Compare the mappings with a file and without it: translations, saved queries, gap reports, statements of data.

    A file of the folder is compared with the folder without it; any other as if it were about to join it, in the place
    of the entry of its name. Of a version registered at a node, the node also names the datasets concerned.
    """
    if version is None:
        found = _of_file(Path(source), identifier, queries or [], data or [], folder or contributed("mappings"))
        text = WRITERS[form.value](found)
    else:
        found, text = None, _asked(source, version, form, node=node, profile=profile)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
    if strict and found is not None and _worsens(found):
        raise typer.Exit(VIOLATIONS)


def _asked(name: str, version: str, form: Form, *, node: str | None, profile: str) -> str:
    with connect_if_known(profile) as connection:
        place = node.rstrip("/") if node else connection.home
        headers = {"Accept": _MEDIA_TYPES[form.value]}
        return connection.send("GET", place, mapping_url("", name, version, "impact"), headers=headers).text


def _of_file(file: Path, identifier: str, queries: list[Path], data: list[Path], folder: Path) -> Impact:
    if not file.is_file():
        raise UnreadableInput("There is no such file.", where=str(file), remedy="With a version, a node is asked.")
    standing = MappingFolder(folder.resolve())
    comparison, name, place, ends = _states(file, identifier, standing)
    asked = [*asked_queries(shipped_queries()), *(_read_query(each) for each in queries for each in _files(each))]
    use_cases = UseCaseRegistry.load(contributed("ontology"))
    found = compare_states(comparison, ends, asked, use_cases=use_cases)
    found = replace(found, name=name, in_place_of=place)
    return _with_data(found, comparison, data) if data else found


def _states(file: Path, identifier: str, folder: MappingFolder) -> tuple[Comparison, str, str, list[tuple[str, str]]]:
    """Return the two states, the file's name, what it takes the place of, and the translations concerned."""
    models = shipped_models()
    listed = folder.files()
    sent = Contribution(file.name, file.read_bytes(), identifier=identifier)
    read = read_contribution(sent)
    own = next((name for name, entry in listed.items() if entry.path == file.resolve()), None)
    name = own or identifier or next((one for one, it in listed.items() if it.iri.value == read.entry), read.identifier)
    entry = listed[name].iri.value if name in listed else read.entry or _UNNAMED + name
    version = unregistered(replace(sent, identifier=name), read, entry)
    if own:
        comparison = Comparison(folder.without(own), folder, models)
    else:
        added = folder.with_files([RegisteredFile(version, sent.content)])
        comparison = Comparison(folder, added, models)
    place = f"{name} {listed[name].version}".strip() if name in listed and not own else ""
    return comparison, name, place, ends_of(version, comparison)


def _files(directory: Path) -> list[Path]:
    return sorted(directory.rglob(f"*{QUERY_SUFFIX}"))


def _read_query(file: Path) -> AskedQuery:
    """Read a saved query, or one that says nothing of itself."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UnreadableInput("The query is no text in UTF-8.", where=str(file)) from None
    if any(line.startswith("#+") for line in text.splitlines()):
        saved = read_saved_query(file)
        return AskedQuery(saved.name, text, saved.models)
    complaint = syntax_complaint(text)
    if complaint:
        raise UnreadableInput(f"The query is not valid SPARQL: {complaint[:200]}.", where=str(file))
    return AskedQuery(file.stem, text)


def _with_data(found: Impact, comparison: Comparison, files: list[Path]) -> Impact:
    with tempfile.TemporaryDirectory(prefix="virtuales-") as place:
        models = CollectionReader(comparison.models, "urn:model").read(files, Path(place)).models
        names = sorted({one.vocabulary.name for one in models})
        if len(names) != 1:
            raise InputError(
                f"The data is of {len(names)} models: {', '.join(names) or 'none is known'}.",
                where="--data",
                remedy="Give the files of one package.",
            )
        clock = SystemClock()
        counted = tuple(statement_changes(comparison, one, models, clock=clock) for one in found.translations)
    return replace(found, translations=counted)


def _worsens(found: Impact) -> bool:
    outcomes = {one.outcome for one in found.queries}
    return "is no longer answerable" in outcomes or any(one.fault for one in found.translations)
