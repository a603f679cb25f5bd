"""Writes the reference pages from the program itself: `python -m virtuales.cli.reference docs/reference`."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from virtuales.cli import COMMANDS
from virtuales.cli.lazy import load
from virtuales.node import Node
from virtuales.query.saved_query import SavedQuery
from virtuales.settings import read_settings
from virtuales.web.app import create_app
from virtuales.web.reference import api_page
from virtuales.workflow.saved_queries import ABOUT, shipped_queries

_INTRODUCTION = """# Commands

Written by `python -m virtuales.cli.reference`; change the program, not this page.

Each command ends with 0 when all went well, with 1 when what it judged is not in order (data that violates shapes, a
broken chain, a wrong signature or digest), with 2 when anything else was wrong (bad input, a refusal, a node that does
not answer), and with 130 when it was interrupted. Errors go to standard error, answers to standard output.
"""

_QUERIES = """# Saved queries

Written by `python -m virtuales.cli.reference`; change the files in `queries/`, not this page.

    virtuales queries run NAME [IRI of a dataset version] --set PARAMETER=VALUE
    curl -G http://127.0.0.1:8400/api/v1/queries/NAME/answer --data-urlencode version=IRI -H 'Accept: text/csv'

A query about data asks a dataset version on its producer's node, or with `--file` a model at hand.
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Give every command that can be run, with its full name, in the order of `--help`."""
    for name, entry in COMMANDS.items():
        command = load(name, entry)
        if not hasattr(command, "list_commands"):
            yield name, command
            continue
        for below in command.list_commands(None):
            yield f"{name} {below}", command.get_command(None, below)


def cli_page() -> str:
    """Write the page of commands, in Markdown."""
    sections: dict[str, list[str]] = {}
    for name, command in commands():
        panel = COMMANDS[name.partition(" ")[0]].panel
        sections.setdefault(panel, []).append(_command(name, command))
    parts = [_INTRODUCTION]
    for panel, texts in sections.items():
        parts += [f"## {panel}\n", *texts]
    return "\n".join(parts)


def queries_page() -> str:
    """Write the page of saved queries, in Markdown."""
    return "\n".join([_QUERIES, *(_saved_query(query) for query in shipped_queries())])


def write_pages(folder: Path) -> list[Path]:
    """Write all pages into a folder; return their files."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"cli.md": cli_page(), "api.md": _api_page(), "queries.md": queries_page()}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in pages]


def _saved_query(query: SavedQuery) -> str:
    about = f"data in terms of {', '.join(query.models)}" if query.asks == "data" else ABOUT[query.asks]
    lines = [f"## `{query.name}`\n", f"**{query.summary}.** {query.description}\n"]
    lines += [f"Asks {about}. For: {', '.join(query.tags)}.\n"]
    if query.parameters:
        lines += ["| parameter | type | meaning | default or example |", "|---|---|---|---|"]
        values = {**query.example, **{one.name: one.default for one in query.parameters if one.default is not None}}
        lines += [
            f"| `{one.name}` | {one.datatype} | {one.description} | `{values.get(one.name, '')}` |"
            for one in query.parameters
        ]
        lines.append("")
    return "\n".join(lines)


def _api_page() -> str:
    """Write the page of routes; the application of a node that is made for it and thrown away."""
    with tempfile.TemporaryDirectory(prefix="virtuales-") as directory:
        node = Node(read_settings(role="orchestrator", data_dir=Path(directory), operator_secret="of nobody"))  # noqa: S106  # thrown away
        try:
            return api_page(create_app(node))
        finally:
            node.close()


def _command(name: str, command: Any) -> str:  # noqa: ANN401  # typer keeps the type to itself
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.name != "help"]
    usage = " ".join([f"virtuales {name}", *(_place(each) for each in arguments), *(["[OPTIONS]"] if options else [])])
    lines = [f"### `virtuales {name}`\n", f"`{usage}`\n", _paragraphs(command.help), ""]
    rows = [(f"`{_place(each)}`", _help(each)) for each in arguments] + [
        (_option(each), _help(each)) for each in options
    ]
    if rows:
        lines += ["| argument or option | meaning |", "|---|---|"]
        lines += [f"| {left} | {right} |" for left, right in rows]
        lines.append("")
    return "\n".join(lines)


def _place(argument: Any) -> str:  # noqa: ANN401  # typer keeps the type to itself
    name = str(argument.name).upper() + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _option(option: Any) -> str:  # noqa: ANN401  # typer keeps the type to itself
    return ", ".join(f"`{each}`" for each in (*option.opts, *option.secondary_opts))


def _help(parameter: Any) -> str:  # noqa: ANN401  # typer keeps the type to itself
    parts = [" ".join((getattr(parameter, "help", None) or "").split()).replace("|", "\\|")]
    choices = getattr(parameter.type, "choices", ())
    if choices:
        parts.append("One of " + ", ".join(f"`{getattr(each, 'value', each)}`" for each in choices) + ".")
    if parameter.param_type_name == "option":
        if parameter.required:
            parts.append("Required.")
        elif isinstance(parameter.default, (str, int, float, Path)) and not isinstance(parameter.default, bool):
            parts.append(f"Default: `{getattr(parameter.default, 'value', parameter.default)}`.")
        if parameter.envvar:
            parts.append(f"Also by `{parameter.envvar}`.")
    return " ".join(part for part in parts if part)


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n"))


if __name__ == "__main__":
    for file in write_pages(Path(*sys.argv[1:2])):
        sys.stdout.write(f"{file}\n")
