"""A node's SPARQL endpoints beside Oxigraph's own server, with the same statements and the same engine.

Three doors, asked in turn in one run: a dataset version that is open, one that is asked with a token under an
agreement, and `oxigraph serve`. CPU seconds are those of all processes behind a door, the node's workers among them.
Every access to a node's door is decided anew and stands in its journal before the answer leaves; the server does
neither. The floor of a look-up is an application of the node's HTTP server that sends the same rows to everybody.

Usage: `make bench-sparql-service`. Ends with lines `RESULT name value unit`, and `PASS` or `FAIL` for each bar; exit
code 1 when one fails.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from service.asking import ROWS, TINY, Client, Kind, many
from service.serving import Door, floor, node, oxigraph, statements

BARS = {"tiny": 5.0, "rows": 1.5}
"""How many times the CPU of the server a query of each kind may take."""
WARMING = 20


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare a node's SPARQL endpoints with Oxigraph's server.")
    parser.add_argument("--substations", type=int, default=500, help="about 122 statements each")
    parser.add_argument("--rounds", type=int, default=6, help="in which each door is asked each kind")
    parser.add_argument("--tiny", type=int, default=200, help="look-ups in a round")
    parser.add_argument("--rows", type=int, default=10, help=f"answers of {ROWS:,} rows in a round")
    return parser.parse_args(arguments)


def measure(door: Door, kind: Kind, number: int) -> float:
    """Return the CPU milliseconds that a query takes, in the mean of so many over one connection, and what it left."""
    client, before = Client(door), door.cpu()
    for each in range(number):
        client.ask(kind, each)
    client.close()
    time.sleep(door.after)
    return (door.cpu() - before) / number * 1000


def compare(doors: Sequence[Door], chosen: argparse.Namespace) -> bool:
    """Ask all doors in turn; return whether every bar is reached."""
    kinds = ((TINY, chosen.tiny), (many(), chosen.rows))
    passed = True
    for kind, number in kinds:
        taken: dict[str, list[float]] = {door.name: [] for door in doors}
        for door in doors:
            measure(door, kind, min(number, WARMING))
        for _ in range(chosen.rounds):
            for door in doors:
                taken[door.name].append(measure(door, kind, number))
        for door in doors:
            print(f"RESULT sparql_{kind.name}_{door.name} {statistics.mean(taken[door.name]):.3f} CPU ms")
        for door in doors[:-1]:
            times = statistics.mean(taken[door.name]) / statistics.mean(taken[doors[-1].name])
            passed &= times <= BARS[kind.name]
            print(f"RESULT sparql_{kind.name}_{door.name}_times {times:.2f} times")
            said = "PASS" if times <= BARS[kind.name] else "FAIL"
            print(f"{said} sparql_{kind.name}_{door.name}: {times:.2f}, wanted at most {BARS[kind.name]:g}")
    return passed


def main(arguments: Sequence[str]) -> int:
    """Serve, ask, print the figures; return the exit code."""
    chosen = options(arguments)
    content = statements(chosen.substations)
    with tempfile.TemporaryDirectory() as place:
        print(f"{content.count(chr(10).encode()):,} statements")
        with node(Path(place) / "nodes", content) as (opened, agreed), oxigraph(Path(place) / "store", content) as peer:
            passed = compare([opened, agreed, peer], chosen)
        with floor() as nothing:
            measure(nothing, TINY, WARMING)
            least = [measure(nothing, TINY, chosen.tiny) for _ in range(chosen.rounds)]
        print(f"RESULT sparql_tiny_floor {statistics.mean(least):.3f} CPU ms")
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
