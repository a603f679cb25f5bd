"""`virtuales mappings rewrite`: a query in one model's terms becomes a query in another's."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rewriting.account import Account, Entry
from virtuales.alignment.rewriting.rewriter import Rewriting, rewrite
from virtuales.alignment.rewriting.sources import view_between
from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.alignment.rules import RuleRegistry
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.known_models import shipped_models
from virtuales.cli.mapping_sources import Folder
from virtuales.errors import UnreadableInput
from virtuales.query.syntax.parser import parse_query
from virtuales.resources import contributed


class RewritingFormat(StrEnum):
    """How the rewritten query is written."""

    SPARQL = "sparql"
    JSON = "json"


def rewrite_query(
    query: Annotated[Path, typer.Argument(help="The file with the SPARQL query.")],
    *,
    source: Annotated[str, typer.Option("--from", help="The registered model that the query is in.")],
    target: Annotated[str, typer.Option("--to", help="The registered model that the data is in.")],
    account: Annotated[
        bool, typer.Option("--account", help="Say above the query, as comments, what became of each term.")
    ] = False,
    form: Annotated[
        RewritingFormat, typer.Option("--format", help="The query alone, or JSON with the account.")
    ] = RewritingFormat.SPARQL,
    approximate: Annotated[
        bool, typer.Option("--approximate", help="Ask also with broader and similar terms: answers may be wrong.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file instead of standard output.")
    ] = None,
    folder: Folder = None,
) -> None:
    """Rewrite a query, so that it has the answers on data in another model that it would have on its own.

    Answers come in the query's own terms. A pattern that nothing carries matches nothing; it is listed, and the command
    ends with 1. What cannot be asked with the same meaning is refused, and the command ends with 2.
    """
    place = folder or contributed("mappings")
    view = view_between(
        source,
        target,
        models=shipped_models(),
        mappings=MappingRegistry.load(place),
        rules=RuleRegistry.load(place),
        strictness=Strictness.BROADER if approximate else Strictness.NARROWER,
    )
    rewriting = rewrite(parse_query(_text(query)), view)
    written = _json(rewriting) if form is RewritingFormat.JSON else rewriting.text
    if account and form is RewritingFormat.SPARQL:
        written = "".join(f"# {line}\n" for line in _lines(rewriting.account)) + written
    if output is None:
        typer.echo(written, nl=False)
    else:
        output.write_text(written, encoding="utf-8")
    warn(rewriting.account)
    if rewriting.account.lost:
        raise typer.Exit(VIOLATIONS)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The query cannot be read: {error}.", where=str(file)) from error


def _lines(account: Account) -> Iterator[str]:
    for entry in account.entries:
        yield f"{entry.outcome}: {entry.place} <{entry.term}>"
        yield from (f"  by {each}" for each in entry.by)
        if entry.reason:
            yield f"  {entry.reason}"


def _json(rewriting: Rewriting) -> str:
    account = rewriting.account
    data = {"query": rewriting.text, "exact": account.exact, "account": [asdict(each) for each in account.entries]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def warn(account: Account) -> None:
    """Say on standard error what does not have all its answers, or may have wrong ones."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for entry in account.entries:
        if entry.outcome in {"not carried", "narrower", "approximate"}:
            console.print(f"[bold yellow]{entry.outcome}[/] {escape(_told(entry))}")


def _told(entry: Entry) -> str:
    by = f"by {', '.join(entry.by)}. " if entry.by else ""
    return f"<{entry.term}>: {by}{entry.reason}".rstrip(": ").rstrip()
