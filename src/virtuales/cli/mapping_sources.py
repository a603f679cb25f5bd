"""How commands about mappings name what they read: a registered set, or a file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.alignment.findings import Finding, Reading
from virtuales.alignment.formats import read_file
from virtuales.alignment.registry import MappingRegistry
from virtuales.errors import InputError, UnreadableInput
from virtuales.resources import contributed

Folder = Annotated[
    Path | None, typer.Option("--folder", help="A folder of mappings with a manifest; by default the shipped one.")
]
Prefixes = Annotated[
    list[str] | None,
    typer.Option("--prefix", help="`NAME=IRI`: count this prefix as declared. May be given several times."),
]
Metadata = Annotated[
    Path | None,
    typer.Option("--metadata", help="The file with a table's metadata; by default the `.yml` file beside it."),
]
_COLOURS = {"error": "bold red", "warning": "bold yellow", "info": "bold"}


def registry_of(folder: Path | None) -> MappingRegistry:
    """Return the registry of a folder, or of the shipped one."""
    return MappingRegistry.load(folder or contributed("mappings"))


def read_source(
    source: str, folder: Path | None = None, *, metadata: Path | None = None, prefixes: list[str] | None = None
) -> Reading:
    """Read a set by its registered name, or a file.

    Raises:
        InputError: a prefix is not `NAME=IRI`.
        UnreadableInput: there is neither such a set nor such a file, or the file is unreadable.
    """
    known = dict(map(_prefix, prefixes or ()))
    path = Path(source)
    if path.is_file():
        return read_file(path, metadata=metadata, prefixes=known)
    registry = registry_of(folder)
    if source in registry.names():
        return registry.reading(source)
    raise UnreadableInput(
        f"There is no mapping set `{source}`, registered or as a file.",
        remedy="Registered are: " + ", ".join(registry.names()) + ".",
    )


def show_findings(findings: Iterable[Finding]) -> None:
    """Print findings on standard error, one a line."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for each in findings:
        colour = _COLOURS[each.severity]
        said = escape(
            " ".join(part for part in (f"{each.where}:" if each.where else "", each.what, each.remedy) if part)
        )
        console.print(f"[{colour}]{each.severity}[/] {said} [dim]{each.rule}[/]")


def _prefix(text: str) -> tuple[str, str]:
    name, sign, iri = text.partition("=")
    if not (name and sign and iri):
        raise InputError(f"`{text}` is no prefix.", where="--prefix", remedy="Write `NAME=IRI`.")
    return name, iri
