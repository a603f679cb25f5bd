"""How `virtuales validate --profile` tells what each rule cost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape

from virtuales.assurance.costs import Cost
from virtuales.assurance.report import path_text
from virtuales.assurance.reports.shown import Shown, rule_id
from virtuales.assurance.shapes import SHACL
from virtuales.cli.client.plain import plain

_SHOWN = 30


def costs_of(file: Shown) -> list[Mapping[str, object]]:
    """Return what each rule cost for one file as plain data, the slowest first; empty where it was not measured."""
    return [
        {"rule": _rule(cost), "part": _part(cost), "milliseconds": round(cost.milliseconds, 3)} for cost in file.costs
    ]


def print_costs(files: Sequence[Shown]) -> None:
    """Print to standard error what each rule cost for all files together, the slowest first."""
    spent: defaultdict[tuple[str, str], float] = defaultdict(float)
    for cost in (cost for file in files for cost in file.costs):
        spent[_rule(cost), _part(cost)] += cost.milliseconds
    ordered = sorted(((milliseconds, *which) for which, milliseconds in spent.items()), reverse=True)
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print("\n[bold]CPU time of each rule, in milliseconds[/]")
    for milliseconds, rule, part in ordered[:_SHOWN]:
        console.print(f"{milliseconds:10.1f}  {escape(plain(part))}  {escape(plain(rule))}")
    rest = ordered[_SHOWN:]
    if rest:
        console.print(f"{sum(one[0] for one in rest):10.1f}  by {len(rest):,} others; `--format json` shows all")
    console.print(f"{sum(spent.values()):10.1f}  together")


def _rule(cost: Cost) -> str:
    return rule_id(cost.shape.id, cost.shape.name, path_text(cost.shape.path))


def _part(cost: Cost) -> str:
    return cost.part.removeprefix(SHACL).removesuffix("ConstraintComponent")
