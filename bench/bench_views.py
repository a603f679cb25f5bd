"""What it costs that a policy is enforced: a view under an agreement, beside the same statements open to everybody.

Three dataset versions of one node are asked for 10,000 rows in turn, in one run: one that is open and holds just what
the view shows; one with just these statements, all of which an agreement grants; and one that holds more, of which the
agreement grants the view. CPU seconds are those of the node and its workers, with what an access leaves to be done.

Usage: `make bench-views`. Ends with lines `RESULT name value unit`, and `PASS` or `FAIL`; exit code 1 when the view
costs more than 5 % on top of the open version.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench_sparql_service import WARMING, measure
from service.asking import many
from service.serving import Door, statements
from service.viewing import viewed

BAR = 5.0
"""How many per cent more a query over the view may cost."""


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare a view under an agreement with open data.")
    parser.add_argument("--substations", type=int, default=500, help="about 122 statements each")
    parser.add_argument("--rounds", type=int, default=10, help="in which each door is asked")
    parser.add_argument("--rows", type=int, default=20, help="queries in a round")
    return parser.parse_args(arguments)


def compare(doors: Sequence[Door], chosen: argparse.Namespace) -> bool:
    """Ask all doors in turn, each round beginning with another one; return whether the bar is reached."""
    kind = many()
    taken: dict[str, list[float]] = {door.name: [] for door in doors}
    for door in doors:
        measure(door, kind, WARMING)
    for number in range(chosen.rounds):
        first = number % len(doors)
        for door in (*doors[first:], *doors[:first]):
            taken[door.name].append(measure(door, kind, chosen.rows))
    for name, found in taken.items():
        print(f"RESULT views_rows_{name} {statistics.median(found):.3f} CPU ms")
    passed = True
    for name in ("whole", "view"):
        more = [100 * (one / other - 1) for one, other in zip(taken[name], taken["open"], strict=True)]
        cost = statistics.median(more)
        print(f"RESULT views_rows_{name}_cost {cost:.2f} %")
        if name == "view":
            passed = cost <= BAR
            print(f"{'PASS' if passed else 'FAIL'} views_rows_view: {cost:.2f} %, wanted at most {BAR:g} %")
    return passed


def main(arguments: Sequence[str]) -> int:
    """Serve, ask, print the figures; return the exit code."""
    chosen = options(arguments)
    with tempfile.TemporaryDirectory() as place, viewed(Path(place), statements(chosen.substations)) as doors:
        return int(not compare(doors, chosen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
