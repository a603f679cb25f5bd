"""`virtuales mappings review`: go through suggestions one by one, or decide on them from a script."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from virtuales.alignment.curators import parse_orcid
from virtuales.alignment.suggestions.review_files import ReviewFiles, read_decisions
from virtuales.alignment.suggestions.reviewing import Decision, Review
from virtuales.cli.known_models import shipped_models
from virtuales.cli.mapping_sources import Folder, registry_of
from virtuales.cli.review_display import Models, show
from virtuales.clock import SystemClock
from virtuales.errors import InputError
from virtuales.resources import contributed
from virtuales.workflow.suggest_mappings import Suggesting

KEYS: Final[Mapping[str, Decision]] = {
    "a": "accept",
    "r": "reject",
    "n": "narrower",
    "b": "broader",
    "l": "related",
}
_HELP: Final = (
    "[bold]a[/]ccept  [bold]r[/]eject  second is [bold]n[/]arrower / [bold]b[/]roader / re[bold]l[/]ated  "
    "[bold]s[/]kip  [bold]u[/]ndo  [bold]q[/]uit"
)
_LEAVE: Final = frozenset({"q", "\x03", "\x04"})
_Names = Annotated[list[str] | None, typer.Option(help="Decide so on this suggestion, `SUBJECT=OBJECT`.")]


def review_suggestions(
    file: Annotated[Path, typer.Argument(help="The set of suggestions.", exists=True, dir_okay=False)],
    *,
    reviewer: Annotated[str, typer.Option("--as", help="Your ORCID iD: you answer for what you decide.")],
    into: Annotated[
        Path | None, typer.Option(help="Move what is decided into this set; by default it stays in the file.")
    ] = None,
    model: Annotated[
        list[Path] | None, typer.Option(help="A file with an ontology that the suggestions are about.")
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="Only list what is pending, the likeliest first.")] = False,
    decisions: Annotated[
        Path | None, typer.Option(help="A table of decisions: `subject_id`, `object_id`, `decision`, `comment`.")
    ] = None,
    accept: _Names = None,
    reject: _Names = None,
    narrower: _Names = None,
    broader: _Names = None,
    related: _Names = None,
    folder: Folder = None,
) -> None:
    """Review suggestions: see both terms and the evidence, and accept, reject or relate them otherwise, key by key.

    The files are written after each decision, so that you can stop at any time and go on later. What is rejected
    becomes a negative mapping and is never suggested again.
    """
    files = ReviewFiles(file, into)
    review = Review(files.read(), parse_orcid(reviewer, where="--as"))
    console = Console(soft_wrap=True, highlight=False)
    _warn_of_stranger(parse_orcid(reviewer, where="--as"), folder)
    given: list[tuple[str, str, str]] = list(read_decisions(decisions)) if decisions else []
    asked = {"accept": accept, "reject": reject, "narrower": narrower, "broader": broader, "related": related}
    given.extend((name, decision, "") for decision, names in asked.items() for name in names or ())
    if show_list:
        for row in review.pending():
            print(f"{review.name(row)}\t{row.confidence or 0:g}\t{row.comment}")
        return
    if given:
        _decide_all(review, files, given)
    elif sys.stdin.isatty():
        _Loop(review, files, _known(model or []), console).run()
    else:
        remedy = "Give `--decisions FILE`, `--accept SUBJECT=OBJECT` and the like, or run it in a terminal."
        raise InputError("There is nobody to ask.", where=str(file), remedy=remedy)
    console.print(f"{len(review.pending()):,} suggestions are still pending.")


def _decide_all(review: Review, files: ReviewFiles, given: list[tuple[str, str, str]]) -> None:
    """Decide on several suggestions; nothing is written if one of them is not pending."""
    for name, decision, comment in given:
        review.decide(review.find(name), decision, on=SystemClock().now().date(), comment=comment)
    files.write(review.state)


class _Loop:
    """The review key by key."""

    def __init__(self, review: Review, files: ReviewFiles, models: Models, console: Console) -> None:
        self._review = review
        self._files = files
        self._models = models
        self._console = console
        self._skipped: set[str] = set()
        self._history: list[str] = []

    def run(self, key: Callable[[], str] = typer.getchar) -> None:
        """Ask until nothing is pending or the reviewer leaves."""
        self._console.print(_HELP)
        while True:
            open_ = [row for row in self._review.pending() if self._review.name(row) not in self._skipped]
            if not open_:
                return
            row = open_[0]
            name = self._review.name(row)
            show(row, self._models, self._console, title=f"{len(open_):,} to go: {name}")
            pressed = key().lower()
            while pressed not in KEYS and pressed not in {"s", "u", *_LEAVE}:
                self._console.print(_HELP)
                pressed = key().lower()
            if pressed in _LEAVE:
                return
            if pressed == "u":
                self._undo()
            elif pressed == "s":
                self._skipped.add(name)
                self._history.append(name)
            else:
                self._decide(row_name=name, decision=KEYS[pressed])

    def _decide(self, *, row_name: str, decision: Decision) -> None:
        row = self._review.find(row_name)
        self._review.decide(row, decision, on=SystemClock().now().date())
        self._files.write(self._review.state)
        self._history.append("")
        self._console.print(f"  [green]{decision}[/] {escape(row_name)}")

    def _undo(self) -> None:
        """Take back the latest decision or skip."""
        if not self._history:
            self._console.print("  Nothing to undo.")
            return
        skipped = self._history.pop()
        if skipped:
            self._skipped.discard(skipped)
        else:
            self._review.undo()
            self._files.write(self._review.state)
        self._console.print("  [yellow]undone[/]")


def _known(files: list[Path]) -> Models:
    """Return what finds the models that suggestions are about: those of given files, and registered ones."""
    folder = contributed("mappings")
    suggesting = Suggesting(shipped_models(), registry_of(folder), folder)
    given = {end.iri: end.model for end in map(suggesting.end, map(str, files))}
    return lambda iri: given.get(iri) or suggesting.registered(iri)


def _warn_of_stranger(orcid: str, folder: Path | None) -> None:
    if orcid not in registry_of(folder).curators:
        say = Console(stderr=True, soft_wrap=True, highlight=False).print
        say(f"[yellow]<{escape(orcid)}> stands in no table of curators; add it before you contribute the set.[/]")
