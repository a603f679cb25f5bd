"""Judging again after a change, beside judging the whole again.

One process holds made lines and buses and their report; then the names of a thousand lines change, or their type, or
what their ends lead to, some changes one after another. The same with RealGrid's equipment and the official shapes.
CPU time is that of reading what changes and of judging again, beside that of judging the whole, reading it not
included; after each kind of change the report must be that of a full run. Usage:
`python bench/bench_revalidation.py [--triples TRIPLES]`. Ends with lines `RESULT name value unit`.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

from assurance.cases import CASES, Missing, prepare
from assurance.synthetic import BASE, synthetic
from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.validator import validate

NODES = 1_000
ROUNDS = 3
_E = BASE.rpartition("/")[0]
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
Lines = dict[str, None]
Change = Callable[[Lines, int], tuple[list[str], list[str]]]


def of_each(change: Callable[[int], tuple[str, str]], part: int) -> tuple[list[str], list[str]]:
    """Change a thousand of the made nodes; every part others."""
    removed, added = zip(*(change(part * NODES + place) for place in range(NODES)), strict=True)
    return list(removed), list(added)


def renamed(_: Lines, part: int) -> tuple[list[str], list[str]]:
    """Give lines names that are wrong."""

    def one(number: int) -> tuple[str, str]:
        line = f"<{_E}/line/{number}> <{_E}/name>"
        return f'{line} "L{number}" .', f'{line} "X{number}" .'

    return of_each(one, part)


def retyped(_: Lines, part: int) -> tuple[list[str], list[str]]:
    """Make buses something else: what lines that end there lead to is wrong now."""

    def one(number: int) -> tuple[str, str]:
        bus = f"<{_E}/bus/{number}> {_TYPE}"
        return f"{bus} <{_E}/Bus> .", f"{bus} <{_E}/Other> ."

    return of_each(one, part)


def untargeted(_: Lines, part: int) -> tuple[list[str], list[str]]:
    """Make lines something else, which no shape judges."""

    def one(number: int) -> tuple[str, str]:
        line = f"<{_E}/line/{number}> {_TYPE}"
        return f"{line} <{_E}/ACLine> .", f"{line} <{_E}/DCLine> ."

    return of_each(one, ROUNDS + part)


def renamed_objects(now: Lines, part: int) -> tuple[list[str], list[str]]:
    """Rename objects of whatever class."""
    return _respelt(now, "#IdentifiedObject.name> ", part)


def resisting(now: Lines, part: int) -> tuple[list[str], list[str]]:
    """Write the resistance of lines as something that is no number."""
    return _respelt(now, "#ACLineSegment.r> ", part)


def _respelt(now: Lines, predicate: str, part: int) -> tuple[list[str], list[str]]:
    removed = [line for line in now if predicate in line][part * NODES :][:NODES]
    return removed, [line.replace('"', '"about ', 1) for line in removed]


def scattered(now: Lines, part: int) -> tuple[list[str], list[str]]:
    """Take statements out all over the model, of as many kinds as it has: what helps least to judge less."""
    return list(now)[part :: len(now) // NODES], []


def statements(lines: Sequence[str]) -> ColumnarGraph:
    """Read statements."""
    return ColumnarGraph.from_n_triples("\n".join(lines).encode())


def timed(call: Callable[[], ValidationReport]) -> tuple[float, ValidationReport]:
    """Return the CPU seconds of a call, of all threads, and its report."""
    before = time.process_time()
    report = call()
    return time.process_time() - before, report


def measure(name: str, data: Path, shapes_file: Path, changes: Sequence[Change]) -> None:
    """Measure each kind of change, and compare with a full run."""
    shapes, graph = compile_shapes([shapes_file]), ColumnarGraph.from_n_triples(data)
    now = dict.fromkeys(data.read_text().splitlines())
    before = time.process_time()
    kept = Revalidator(graph, shapes)
    print(f"RESULT {name}.begin.cpu {time.process_time() - before:.3f} s")
    for change in changes:
        took = []
        for part in range(ROUNDS):
            removed, added = change(now, part)
            seconds, report = timed(lambda gone=removed, come=added: kept.apply(statements(gone), statements(come)))
            took.append(seconds)
            for line in removed:
                del now[line]
            now |= dict.fromkeys(added)
        whole, expected = timed(partial(validate, ColumnarGraph.from_n_triples("\n".join(now).encode()), shapes))
        if Counter(report.results) != Counter(expected.results) or report.focus_nodes != expected.focus_nodes:
            raise SystemExit(f"the report after nodes were {change.__name__} is not that of a full run")
        print(f"RESULT {name}.{change.__name__}_{NODES}.cpu {median(took):.3f} s")
        print(f"RESULT {name}.{change.__name__}_{NODES}.worst_cpu {max(took):.3f} s")
        print(f"RESULT {name}.{change.__name__}_{NODES}.full_run_cpu {whole:.3f} s")
        print(f"RESULT {name}.{change.__name__}_{NODES}.results {len(report)} results")


def main(arguments: Sequence[str]) -> None:
    """Measure on made lines and buses, and on a national model where its file lies beside the checkout."""
    triples = int(arguments[1]) if arguments[:1] == ["--triples"] else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        made = synthetic(triples, Path(place))
        measure(f"revalidation.synthetic_{triples}", *made, [renamed, retyped, untargeted])
        (real,) = (case for case in CASES if case.name == "realgrid_eq")
        try:
            files = prepare(real, Path(place))
        except Missing as missing:
            print(f"RESULT revalidation.realgrid_eq skipped {missing}")
            return
        (data,), (shapes,) = files.data["judge"], files.shapes["judge"]
        measure("revalidation.realgrid_eq", data, shapes, [renamed_objects, resisting, scattered])


if __name__ == "__main__":
    main(sys.argv[1:])
