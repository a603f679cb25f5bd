"""What ours has to reach beside the others, and the lines that say what it did."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from typing import Final

from federation.measuring import Measurement
from federation.peers import OURS

Measured = Mapping[str, Sequence[Measurement]]
"""Measurements of one case at one latency, by engine."""

FEDX: Final = {True: 20.0, False: 8.0}
COMUNICA: Final = {True: 200.0, False: 80.0}
"""How many times as fast as these ours has to be, with and without authorities in the IRIs."""
PLAN: Final = 4.0
"""How many times as long as the plan by hand it may take."""
REQUESTS: Final = 0.02
"""What share of FedX's requests it may need."""


@dataclass(frozen=True)
class Bar:
    """A figure of ours, and whether it is what it has to be."""

    name: str
    value: float
    unit: str
    passed: bool
    wanted: str


def bars(measured: Measured, *, authorities: bool) -> Iterator[Bar]:
    """Judge one case at one latency; what was not compared is not judged."""
    ours = {one.question: one for one in measured.get(OURS, ())}
    if not ours:
        return
    wrong = sum(not one.right for one in ours.values())
    yield Bar("not_right", wrong, "queries", not wrong, "none")
    for name, least in (("fedx", FEDX[authorities]), ("comunica", COMUNICA[authorities])):
        if measured.get(name):
            times = ratio(measured[name], ours)
            yield Bar(f"times_{name}", times, "times", times >= least, f"at least {least:g}")
    if measured.get("fedx"):
        yield from _beside_fedx(measured["fedx"], ours)
    plans = best_plans(measured)
    if plans:
        times = 1 / ratio(plans, ours)
        yield Bar("times_longer_than_plan", times, "times", times <= PLAN, f"at most {PLAN:g}")


def _beside_fedx(fedx: Sequence[Measurement], ours: Mapping[str, Measurement]) -> Iterator[Bar]:
    slower = [one.question for one in fedx if ours[one.question].reply.seconds > one.reply.seconds]
    yield Bar(
        "slower_than_fedx", len(slower), "queries", not slower, f"none, but {', '.join(slower)}" if slower else "none"
    )
    share = sum(one.use.requests for one in ours.values()) / max(1, sum(one.use.requests for one in fedx))
    yield Bar("share_of_fedx_requests", share, "share", share <= REQUESTS, f"at most {REQUESTS:g}")


def merged(cases: Mapping[str, Measured]) -> Measured:
    """Return what engines did in several cases as if it were one; its questions are called after their cases too."""
    found: dict[str, list[Measurement]] = {}
    for case, measured in cases.items():
        for engine, measurements in measured.items():
            found.setdefault(engine, []).extend(replace(one, question=f"{case} {one.question}") for one in measurements)
    return found


def ratio(others: Sequence[Measurement], ours: Mapping[str, Measurement]) -> float:
    """Return how many times as long others take as ours, in geometric mean over what both were asked.

    A query that another did not finish counts with the time after which it was ended, one that it refused not at all.
    """
    compared = [one for one in others if not one.reply.failure or "more than" in one.reply.failure]
    logs = [log(one.reply.seconds / ours[one.question].reply.seconds) for one in compared if one.question in ours]
    return exp(sum(logs) / len(logs)) if logs else float("nan")


def best_plans(measured: Measured) -> list[Measurement]:
    """Return the faster right run of each plan by hand."""
    runs = [one for name in ("oxigraph", "rdflib") for one in measured.get(name, ()) if one.right]
    best: dict[str, Measurement] = {}
    for one in sorted(runs, key=lambda run: run.reply.seconds):
        best.setdefault(one.question, one)
    return [*best.values()]
