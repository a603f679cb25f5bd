"""Judging again after a change, beside judging the whole again.

One process holds lines and buses, as `bench_assurance.py` writes them, and their report; then the names of a thousand
lines change, or their type, or what their ends lead to, some changes one after another. CPU time is that of the call
alone, reading what changes not included; after each change the report must be that of a full run. Usage:
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

from bench_assurance import BASE, synthetic
from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.validator import validate
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import N_TRIPLES
from virtuales.rdf.terms import Quad

NODES = 1_000
ROUNDS = 3
_E = BASE.rpartition("/")[0]
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
Change = Callable[[int], tuple[str, str]]


def renamed(number: int) -> tuple[str, str]:
    """Give a line a name that is wrong."""
    line = f"<{_E}/line/{number}> <{_E}/name>"
    return f'{line} "L{number}" .', f'{line} "X{number}" .'


def retyped(number: int) -> tuple[str, str]:
    """Make a bus something else: what lines that end there lead to is wrong now."""
    bus = f"<{_E}/bus/{number}> {_TYPE}"
    return f"{bus} <{_E}/Bus> .", f"{bus} <{_E}/Other> ."


def untargeted(number: int) -> tuple[str, str]:
    """Make a line something else, which no shape judges."""
    line = f"<{_E}/line/{number}> {_TYPE}"
    return f"{line} <{_E}/ACLine> .", f"{line} <{_E}/DCLine> ."


def statements(lines: Sequence[str]) -> list[Quad]:
    """Read statements; not part of what is measured."""
    return list(parse_file("\n".join(lines).encode(), N_TRIPLES))


def timed(call: Callable[[], ValidationReport]) -> tuple[float, ValidationReport]:
    """Return the CPU seconds of a call, of all threads, and its report."""
    before = time.process_time()
    report = call()
    return time.process_time() - before, report


def changed(kept: Revalidator, change: Change, first: int) -> tuple[float, ValidationReport, list[str], list[str]]:
    """Change a thousand nodes, and tell what went and what came."""
    removed, added = zip(*(change(first + place) for place in range(NODES)), strict=True)
    gone, come = statements(removed), statements(added)
    seconds, report = timed(lambda: kept.apply(gone, come))
    return seconds, report, list(removed), list(added)


def main(arguments: Sequence[str]) -> None:
    """Measure each kind of change, and compare with a full run."""
    triples = int(arguments[1]) if arguments[:1] == ["--triples"] else 1_000_000
    name = f"revalidation.synthetic_{triples}"
    with tempfile.TemporaryDirectory() as place:
        data, shapes_file = synthetic(triples, Path(place))
        shapes, graph = compile_shapes([shapes_file]), ColumnarGraph.from_n_triples(data)
        now = dict.fromkeys(data.read_text().splitlines())
    before = time.process_time()
    kept = Revalidator(graph, shapes)
    print(f"RESULT {name}.begin.cpu {time.process_time() - before:.3f} s")
    first = 0
    for change in (renamed, retyped, untargeted):
        took = []
        for _ in range(ROUNDS):
            seconds, report, removed, added = changed(kept, change, first)
            first += NODES
            took.append(seconds)
            for line in removed:
                del now[line]
            now |= dict.fromkeys(added)
        fresh = ColumnarGraph.from_n_triples("\n".join(now).encode())
        whole, expected = timed(partial(validate, fresh, shapes))
        if Counter(report.results) != Counter(expected.results) or report.focus_nodes != expected.focus_nodes:
            raise SystemExit(f"the report after nodes were {change.__name__} is not that of a full run")
        print(f"RESULT {name}.{change.__name__}_{NODES}.cpu {median(took):.3f} s")
        print(f"RESULT {name}.{change.__name__}_{NODES}.worst_cpu {max(took):.3f} s")
        print(f"RESULT {name}.{change.__name__}_{NODES}.full_run_cpu {whole:.3f} s")
        print(f"RESULT {name}.{change.__name__}_{NODES}.results {len(report)} results")


if __name__ == "__main__":
    main(sys.argv[1:])
