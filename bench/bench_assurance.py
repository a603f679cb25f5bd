"""Judging data by shapes, and reading CIM/XML, beside other engines on the same files.

Each engine runs alone in a child process. Two figures of CPU seconds are given for each: the whole process, start-up
and imports included, and the work alone, from the first byte read to the counted results. What each finds by source
shape and component is compared with ours; a difference that is not explained ends the run with exit code 1. The bars
that ours is held to come last. Other engines are installed into `bench/.peers` when they are first needed.

Usage: `python bench/bench_assurance.py [--cases NAMES] [--peers NAMES] [--patience SECONDS] [--list]`, names with
commas between, with `*` in them where they stand for several; or `--data FILE.nt --shapes FILE.ttl` for files of your
own. Ends with lines `RESULT name value unit`, and `PASS`, `FAIL` or `OPEN` for each bar.
"""

import argparse
import sys
from collections.abc import Sequence
from compileall import compile_dir
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

from assurance.bars import bars
from assurance.benchmark import Benchmark, result_lines
from assurance.cases import CASES, Case
from assurance.children import Limits
from assurance.comparison import EXPLAINED, read_explanations
from assurance.peers import Peer, read_peers

SOURCES = Path(__file__).resolve().parents[1] / "src"
Named = TypeVar("Named", Peer, Case)


def chosen(all_: Sequence[Named], names: str) -> list[Named]:
    """Return those of a sequence whose names are asked for."""
    patterns = names.split(",")
    for pattern in patterns:
        if not any(fnmatchcase(one.name, pattern) for one in all_):
            raise SystemExit(f"Nothing is called `{pattern}`; there are {', '.join(one.name for one in all_)}.")
    return [one for one in all_ if any(fnmatchcase(one.name, pattern) for pattern in patterns)]


def read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="*", help="which cases")
    parser.add_argument("--peers", default="*", help="which other engines; ours always runs, but once alone")
    parser.add_argument("--patience", type=float, default=300, help="CPU seconds that a run may take")
    parser.add_argument("--memory", type=float, default=8_000, help="megabytes that a run may hold")
    parser.add_argument("--data", type=Path, help="N-Triples to judge instead of the cases")
    parser.add_argument("--shapes", type=Path, help="Turtle to judge them by")
    parser.add_argument("--explained", type=Path, default=EXPLAINED, help="the list of explained differences")
    parser.add_argument("--here", action="store_true", help="run engines of Python here, install nothing")
    parser.add_argument("--list", action="store_true", help="list the cases and the engines")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark; return its exit code."""
    asked = read_arguments(arguments)
    every = read_peers()
    peers = [peer for peer in every if peer.ours and not peer.twice]
    peers += chosen([peer for peer in every if peer not in peers], asked.peers)
    peers.sort(key=lambda peer: not peer.ours)
    if asked.here:
        peers = [replace(peer, here=True) for peer in peers]
    cases = chosen(CASES, asked.cases)
    if asked.data:
        cases = [Case("given", ("judge",), shapes=(str(asked.shapes.resolve()),), data=asked.data)]
    if asked.list:
        print("\n".join([f"case {one.name}" for one in cases] + [f"engine {one.name}: {one.title}" for one in peers]))
        return 0
    compile_dir(SOURCES, quiet=2)  # as installing the package does, and was done for the other engines
    benchmark = Benchmark(peers, Limits(asked.patience, asked.memory), read_explanations(asked.explained))
    for case in cases:
        benchmark.run(case)
    print("\n".join(result_lines(benchmark)))
    for bar in () if asked.data else bars(benchmark.table):
        print(f"{bar.verdict} {bar.words}")
    faults = list(benchmark.faults())
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
