"""Federated queries beside FedX, Comunica, and plans that a person who knows the data writes by hand.

Three cases, made up by the bench: trade over 20 endpoints (or more), whose IRIs show whose they are; the same with
`urn:uuid` names, which show nothing; and network models of ten owners who share mRIDs. Every engine gets the same
queries on the same running endpoints, each query asked of one engine after the other, and each answer is compared with
that of the merged data. The peers are fetched into `bench/.peers` when they are first needed.

Usage: `python bench/bench_federation.py --help`. Ends with lines `RESULT name value unit`, and `PASS` or `FAIL` for
each bar; exit code 1 when one fails.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from federation.answers import Oracle
from federation.bars import Bar, Measured, bars, merged
from federation.farm import Farm, Use
from federation.grid import grid
from federation.measuring import Bench, Measurement
from federation.peers import ENGINES
from federation.questions import planned, questions
from federation.shop import trade
from federation.statements import Federation, Naming
from federation.table import table

CASES = ("trade", "trade-uuid", "energy")


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Answer federated queries beside other engines.")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES)
    parser.add_argument(
        "--engines", nargs="+", choices=[one.name for one in ENGINES], default=[one.name for one in ENGINES]
    )
    parser.add_argument("--questions", nargs="+", metavar="NAME", help="only these, by the names that a run prints")
    parser.add_argument("--endpoints", type=int, default=20, help="of the cases of trade; 20 unless given")
    parser.add_argument(
        "--products", type=int, default=100, help="that each of these describes; about 34 statements each"
    )
    parser.add_argument("--substations", type=int, default=150, help="of each network; about 122 statements each")
    parser.add_argument("--latency", nargs="+", type=float, default=[0.0], metavar="MS", help="added to every request")
    parser.add_argument("--seconds", type=float, default=60.0, help="that a query may take")
    parser.add_argument("--comunica-seconds", type=float, help="that one may take Comunica; else as long as the others")
    return parser.parse_args(arguments)


def made(case: str, chosen: argparse.Namespace) -> Federation:
    if case == "energy":
        return grid(10, chosen.substations)
    return trade(chosen.endpoints, chosen.products, Naming(authorities=case == "trade"))


def run_case(case: str, chosen: argparse.Namespace) -> dict[float, Measured]:
    """Measure all engines on one case; return what they did by the latency."""
    federation = made(case, chosen)
    asked = [one for one in questions(federation) if not chosen.questions or one.name in chosen.questions]
    print(f"== {case}: {federation.statements:,} statements at {len(federation.sites)} endpoints, {len(asked)} queries")
    latencies = [each / 1000 for each in chosen.latency]
    seconds = {"": chosen.seconds, "comunica": chosen.comunica_seconds or chosen.seconds}
    with tempfile.TemporaryDirectory() as folder, Farm(federation, Path(folder)) as farm:
        bench = Bench(farm, Oracle(federation), asked, lambda one: planned(one.plan, federation, farm.urls), seconds)
        found = bench.measure([one for one in ENGINES if one.name in chosen.engines], latencies)
    for latency, by_engine in found.measurements.items():
        for engine, measurements in by_engine.items():
            report(f"federation_{case}{suffix(latency)}_{engine}", found.before[engine], measurements)
    return dict(found.measurements)


def judge_all(measured: Mapping[str, Mapping[float, Measured]]) -> dict[str, list[Bar]]:
    """Judge each case, and those without authorities together, at each latency; return the bars by what is judged."""
    judged = {}
    nameless = [case for case in measured if case != "trade"]
    for case, latencies in measured.items():
        for latency, by_engine in latencies.items():
            name = f"{case}{suffix(latency)}"
            judged[name.replace("_", " ")] = judge(f"federation_{name}", by_engine, case == "trade")
    if len(nameless) > 1:
        for latency in measured[nameless[0]]:
            name = f"without_authorities{suffix(latency)}"
            together = merged({case: measured[case][latency] for case in nameless})
            judged[name.replace("_", " ")] = judge(f"federation_{name}", together, authorities=False)
    return judged


def suffix(latency: float) -> str:
    return f"_{latency * 1000:g}ms" if latency else ""


def report(name: str, before: Use, measured: Sequence[Measurement]) -> None:
    """Say what an engine needed for all queries together."""
    print(f"RESULT {name}_time {sum(one.reply.seconds for one in measured):.2f} s")
    print(f"RESULT {name}_cpu {sum(one.reply.cpu for one in measured):.2f} CPUs")
    print(f"RESULT {name}_endpoints_cpu {sum(one.use.cpu for one in measured):.2f} CPUs")
    print(f"RESULT {name}_requests {sum(one.use.requests for one in measured)} requests")
    print(f"RESULT {name}_requests_before {before.requests} requests")
    print(f"RESULT {name}_received {sum(one.use.received_kb for one in measured):.0f} kB")
    print(f"RESULT {name}_right {sum(one.right for one in measured)} of {len(measured)}")


def judge(name: str, measured: Measured, authorities: bool) -> list[Bar]:
    """Say of each bar whether it is reached; return all."""
    found = list(bars(measured, authorities=authorities))
    for bar in found:
        print(f"RESULT {name}_{bar.name} {bar.value:.3g} {bar.unit}")
        print(f"{'PASS' if bar.passed else 'FAIL'} {name}_{bar.name}: {bar.value:.3g}, wanted {bar.wanted}")
    return found


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the endpoints are ended too
    judged = judge_all({case: run_case(case, chosen) for case in chosen.cases})
    print(table(judged))
    return int(not all(bar.passed for found in judged.values() for bar in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
