"""Federated queries beside FedX, Comunica, and plans that a person who knows the data writes by hand.

Three cases, made up by the bench: trade over 20 endpoints (or more), whose IRIs show whose they are; the same with
`urn:uuid` names, which show nothing; and network models of ten owners who share mRIDs. Every engine gets the same
queries on the same running endpoints, one engine after the other, and each answer is compared with that of the merged
data. The peers are fetched into `bench/.peers` when they are first needed.

Usage: `python bench/bench_federation.py --help`. Ends with lines `RESULT name value unit`, and `PASS` or `FAIL` for
each bar; exit code 1 when one fails.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from federation.answers import Oracle
from federation.bars import bars
from federation.farm import Farm, Use
from federation.grid import grid
from federation.measuring import Bench, Measurement
from federation.peers import ENGINES, Engine
from federation.questions import planned, questions
from federation.shop import trade
from federation.statements import Federation, Naming

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
    return parser.parse_args(arguments)


def made(case: str, chosen: argparse.Namespace) -> Federation:
    if case == "energy":
        return grid(10, chosen.substations)
    return trade(chosen.endpoints, chosen.products, Naming(authorities=case == "trade"))


def run_case(case: str, chosen: argparse.Namespace) -> bool:
    """Measure all engines on one case; return whether every bar is reached."""
    federation = made(case, chosen)
    asked = [one for one in questions(federation) if not chosen.questions or one.name in chosen.questions]
    print(f"== {case}: {federation.statements:,} statements at {len(federation.sites)} endpoints, {len(asked)} queries")
    latencies = [each / 1000 for each in chosen.latency]
    by_latency: dict[float, dict[str, list[Measurement]]] = {each: {} for each in latencies}
    with tempfile.TemporaryDirectory() as folder, Farm(federation, Path(folder)) as farm:
        bench = Bench(
            farm, Oracle(federation), asked, lambda one: planned(one.plan, federation, farm.urls), chosen.seconds
        )
        for engine in ENGINES:
            if engine.name in chosen.engines:
                before, measured = bench.measure(engine, latencies)
                for latency, measurements in measured.items():
                    by_latency[latency][engine.name] = measurements
                    report(f"federation_{case}{suffix(latency)}", engine, before, measurements)
    verdicts = [judge(f"federation_{case}{suffix(each)}", by_latency[each], case == "trade") for each in latencies]
    return all(verdicts)


def suffix(latency: float) -> str:
    return f"_{latency * 1000:g}ms" if latency else ""


def report(name: str, engine: Engine, before: Use, measured: Sequence[Measurement]) -> None:
    """Say what an engine needed for all queries together."""
    name = f"{name}_{engine.name}"
    print(f"RESULT {name}_time {sum(one.reply.seconds for one in measured):.2f} s")
    print(f"RESULT {name}_cpu {sum(one.reply.cpu for one in measured):.2f} CPUs")
    print(f"RESULT {name}_endpoints_cpu {sum(one.use.cpu for one in measured):.2f} CPUs")
    print(f"RESULT {name}_requests {sum(one.use.requests for one in measured)} requests")
    print(f"RESULT {name}_requests_before {before.requests} requests")
    print(f"RESULT {name}_received {sum(one.use.received_kb for one in measured):.0f} kB")
    print(f"RESULT {name}_right {sum(one.right for one in measured)} of {len(measured)}")


def judge(name: str, measured: dict[str, list[Measurement]], authorities: bool) -> bool:
    """Say of each bar whether it is reached; return whether all are."""
    passed = True
    for bar in bars(measured, authorities=authorities):
        passed &= bar.passed
        print(f"RESULT {name}_{bar.name} {bar.value:.3g} {bar.unit}")
        print(f"{'PASS' if bar.passed else 'FAIL'} {name}_{bar.name}: {bar.value:.3g}, wanted {bar.wanted}")
    return passed


def main(arguments: Sequence[str]) -> int:
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the endpoints are ended too
    reached = [run_case(case, chosen) for case in chosen.cases]
    return int(not all(reached))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
