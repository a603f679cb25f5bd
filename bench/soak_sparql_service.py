"""A node under 32 clients for five minutes: no error, no growth of memory, and how long answers took.

A dataset version is asked openly and under an agreement; of ten queries nine are look-ups and one has 10,000 rows. The
clients share two askers, so each may have more queries waiting here than the eight that a node lets one asker have.

Usage: `make soak-sparql-service`. Ends with lines `RESULT name value unit`; exit code 1 when anything was wrong.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from service.asking import TINY, many
from service.serving import node, statements
from service.soak import Load, Soaked

MB = 1 << 20
SHORTEST = 10


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask a node's SPARQL endpoints by many clients at once.")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--substations", type=int, default=500, help="about 122 statements each")
    chosen = parser.parse_args(arguments)
    if chosen.seconds < SHORTEST:
        parser.error(f"--seconds has to be {SHORTEST} at least, for memory to show how it goes on")
    return chosen


def report(found: Soaked) -> bool:
    """Print the figures; return whether all was well."""
    for error in found.errors[:10]:
        print(f"ERROR {error}")
    for kind, took in found.took.items():
        print(f"RESULT soak_{kind}_answers {len(took)} answers")
        print(f"RESULT soak_{kind}_p50 {sorted(took)[len(took) // 2]:.3f} s")
        print(f"RESULT soak_{kind}_p99 {found.p99(kind):.3f} s")
    for sample in found.samples[:: max(1, len(found.samples) // 12)]:
        print(f"{sample.second:6.0f} s: node {sample.node / MB:6.0f} MB, workers {sample.workers / MB:6.0f} MB")
    for name, slope in found.slopes().items():
        print(f"RESULT soak_memory_{name}_slope {slope * 60 / MB:.2f} MB a minute in the second half")
    level = found.levelled_off()
    for name, reached in level.items():
        print(f"{'PASS' if reached else 'FAIL'} soak_memory_{name}: held no more in the last quarter")
    print(f"RESULT soak_errors {len(found.errors)} errors")
    return not found.errors and all(level.values())


def main(arguments: Sequence[str]) -> int:
    """Serve, ask, print the figures; return the exit code."""
    chosen = options(arguments)
    rooms = {"QUERY_WAITING": str(chosen.clients)}
    with (
        tempfile.TemporaryDirectory() as place,
        node(Path(place) / "nodes", statements(chosen.substations), settings=rooms) as doors,
    ):
        found = Load(doors, (TINY, many()), chosen.clients).run(seconds=chosen.seconds)
    return int(not report(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
