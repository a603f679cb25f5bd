"""`virtuales convert`: CIM models of one edition become models of another, with an account of every statement."""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.alignment.translation.account import Account, Outcome
from virtuales.cli.client.used_mappings import UsedBy, mappings_of
from virtuales.cli.known_models import shipped_models
from virtuales.clock import SystemClock
from virtuales.errors import InputError
from virtuales.preparation.cim.collection import CollectionReader, replacing, write_zip
from virtuales.preparation.cim.difference import ModelFile
from virtuales.preparation.cim.writer import write_model
from virtuales.workflow.convert import Converted, Converter

_SHOWN = 20
_WORDS: Mapping[Outcome, str] = {"mapped": "carried", "rule": "carried by rule", "lost": "not carried"}


class Format(StrEnum):
    """How the account is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def convert(
    files: Annotated[list[Path], typer.Argument(help="CIM/XML files and zips of them, which belong together.")],
    *,
    to: Annotated[str, typer.Option("--to", help="The registered model to convert to.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The zip to write.")],
    source: Annotated[str | None, typer.Option("--from", help="The model they are of, to be sure of it.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the account to this file instead.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the account.")] = Format.TEXT,
    base: Annotated[str, typer.Option(help="The IRI under which CIM identifiers that are no UUID fall.")] = "urn:model",
    used_by: UsedBy = None,
) -> None:
    """Convert the models of a package from one edition to another, and say what became of every statement.

    Convert all models of a package together: what was said in one profile may belong into another. Ends with 0 when
    the package was written, whatever could not be carried, and with 2 when the input cannot be used.
    """
    registry = shipped_models()
    folder = mappings_of(used_by)
    converter = Converter(registry, folder.mappings, folder.rules, SystemClock())
    with tempfile.TemporaryDirectory(prefix="virtuales-") as name:
        directory = Path(name)
        read, made = directory / "read", directory / "made"
        read.mkdir()
        made.mkdir()
        models = CollectionReader(registry, base).read(files, read).models
        _refuse_other(models, source)
        converted = converter.convert(models, to, made)
        write_zip(_documents(converted), out)
    text = _WRITERS[form](converted.account)
    if report is None:
        print(text, end="")
        return
    with replacing(report) as sink:
        sink.write(text.encode())


def _refuse_other(models: tuple[ModelFile, ...], wanted: str | None) -> None:
    for model in models:
        if wanted is not None and model.vocabulary.name != wanted:
            raise InputError(
                f"The model is of `{model.vocabulary.name}`, not of `{wanted}`.",
                where=model.name,
                remedy="Leave `--from` out, or give models of that edition.",
            )


def _documents(converted: Converted) -> dict[str, Callable[..., None]]:
    """Name the documents of the package; two models of the same file name are told apart by number."""
    documents: dict[str, Callable[..., None]] = {}
    for model in converted.models:
        name = PurePosixPath(model.name).name
        while name in documents:
            name = f"{PurePosixPath(name).stem}_{len(documents)}.xml"
        documents[name] = partial(write_model, model)
    return documents


def _text(account: Account) -> str:
    text = io.StringIO()
    console = Console(file=text, soft_wrap=True, highlight=False, no_color=True, force_terminal=False)
    for outcome, words in _WORDS.items():
        console.print(f"{account.total(outcome):>12,} statements {words}")
    made = sum(one.count for one in account.made if one.placed)
    console.print(f"{made:>12,} statements made by rules")
    console.print(f"{account.classes_added:>12,} statements of an object's class said again")
    for entry in account.lost[:_SHOWN]:
        console.print(f"\n{entry.count:,} times not carried: {escape(entry.term)}")
        console.print(f"    in {escape(entry.model)}: {escape(entry.detail)}")
        console.print(f"    of {escape(', '.join(entry.examples))}")
    if len(account.lost) > _SHOWN:
        console.print(f"\nand {len(account.lost) - _SHOWN} more terms: `--format json` lists all.")
    for one in account.made:
        if not one.placed:
            console.print(f"\n{one.count:,} statements with {escape(one.term)} made by {escape(one.rule)}: no room")
    return text.getvalue()


def _json(account: Account) -> str:
    totals = {outcome: account.total(outcome) for outcome in _WORDS}
    data = {"statements": account.statements, "totals": totals, "classesAdded": account.classes_added}
    data |= {"entries": [asdict(one) for one in account.entries], "made": [asdict(one) for one in account.made]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _csv(account: Account) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["model", "term", "outcome", "detail", "count", "examples"])
    for one in account.entries:
        writer.writerow([one.model, one.term, one.outcome, one.detail, one.count, " ".join(one.examples)])
    return text.getvalue()


_WRITERS: Mapping[Format, Callable[[Account], str]] = {Format.TEXT: _text, Format.JSON: _json, Format.CSV: _csv}
