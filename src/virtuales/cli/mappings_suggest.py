"""`virtuales mappings suggest`: say which terms of two models may mean the same, why, and how surely."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.alignment.curies import Contraction
from virtuales.alignment.formats import form_of, read_file, write
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.suggestions.account import why
from virtuales.alignment.suggestions.as_set import as_mapping_set
from virtuales.alignment.suggestions.embedding import NameEmbedding
from virtuales.alignment.suggestions.engine import LEAST, Suggestion
from virtuales.alignment.suggestions.repair import Conflict
from virtuales.cli.known_models import shipped_models
from virtuales.cli.mapping_sources import Folder, registry_of
from virtuales.clock import SystemClock
from virtuales.errors import InputError
from virtuales.resources import contributed
from virtuales.workflow.suggest_mappings import Suggesting, observed_in

_MODEL = "A registered model, or a file with an ontology."


def suggest_mappings(
    left: Annotated[str, typer.Argument(help=_MODEL)],
    right: Annotated[str, typer.Argument(help=_MODEL)],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write to this file, by its suffix as SSSOM/TSV, RDF or JSON.")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Print each suggestion with its reasons instead.")] = False,
    least: Annotated[float, typer.Option(min=0.0, max=1.0, help="Only suggestions at least so likely.")] = LEAST,
    sure: Annotated[bool, typer.Option("--sure", help="Only the suggestions that are sure.")] = False,
    decided: Annotated[
        list[Path] | None, typer.Option(help="A set whose mappings count as decided too. May be given several times.")
    ] = None,
    learning: Annotated[
        bool, typer.Option("--learn/--no-learn", help="Fit what evidences are worth to what was decided before.")
    ] = True,
    learn_from: Annotated[
        list[str] | None, typer.Option(help="A registered set between other models that teaches too.")
    ] = None,
    embedding: Annotated[
        bool,
        typer.Option("--embedding", help="Ask a language model too what names mean (extra `virtuales[embedding]`)."),
    ] = False,
    left_data: Annotated[list[Path] | None, typer.Option(help="Data in the first model's terms, as evidence.")] = None,
    right_data: Annotated[list[Path] | None, typer.Option(help="Data in the second model's terms.")] = None,
    folder: Folder = None,
) -> None:
    """Suggest which terms of two models mean the same, each with its confidence and the evidence for it.

    What a registered set maps or denies is never suggested again, and nothing is suggested that makes a class
    impossible. `virtuales mappings review` goes through the
    suggestions of a file.
    """
    if bool(left_data) != bool(right_data):
        what = "Data was given for one of the two models only."
        raise InputError(what, where="--left-data, --right-data", remedy="Give data for both, or for none.")
    if output is not None and output.exists():
        remedy = "Choose another name, or move the file away; it may hold decisions."
        raise InputError("There is such a file already.", where=str(output), remedy=remedy)
    further = [mapping for path in decided or () for mapping in read_file(path).accepted().mappings]
    suggesting = Suggesting(
        shipped_models(),
        registry_of(folder),
        folder or contributed("mappings"),
        tuple(further),
        NameEmbedding() if embedding else None,
    )
    ends = suggesting.end(left), suggesting.end(right)
    observed = (observed_in(left_data), observed_in(right_data)) if left_data and right_data else None
    found = suggesting.suggest(*ends, least=least, learning=learning, learn_from=learn_from or (), observed=observed)
    kept = [each for each in found.suggestions if each.sure or not sure]
    made = as_mapping_set(kept, *ends, today=SystemClock().now().date())
    if explain:
        _explain(kept, found.conflicts, made)
    elif output is None:
        typer.echo(write(made, "tsv"), nl=False)
    else:
        output.write_text(write(made, form_of(output)), encoding="utf-8", newline="")
    marked = sum(each.sure for each in kept)
    Console(stderr=True, highlight=False).print(f"{len(kept):,} suggestions, {marked:,} of them sure.")


def _explain(suggestions: Sequence[Suggestion], conflicts: Sequence[Conflict], made: MappingSet) -> None:
    console = Console(soft_wrap=True, highlight=False)
    names = Contraction(made.curie_map)
    for each in suggestions:
        mark = " [green]sure[/]" if each.sure else ""
        terms = " = ".join(escape(names.find(iri) or iri) for iri in each.pair)
        console.print(f"[bold]{terms}[/] {each.confidence:.2f}{mark}\n  {escape(why(each))}")
    for conflict in conflicts:
        pairs = (" = ".join(names.find(iri) or iri for iri in pair) for pair in sorted(conflict.pairs))
        console.print(f"[dim]not all of {escape(', '.join(pairs))}[/]\n  {escape(conflict.reason)}")
