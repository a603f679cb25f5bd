"""The bars that our engine is held to: ratios to other engines, and limits of time and memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from assurance.children import Outcome
from assurance.comparison import Agreement


@dataclass(frozen=True)
class Measured:
    """What one engine did in one case.

    Args:
        outcome: The run.
        agreement: How its results lie to ours.
        kind: The kind of the case.
        ours: Whether it is one of our own sides.
        beside: Our own run that does the same; None where there is none, or for our own.
    """

    outcome: Outcome
    agreement: Agreement
    kind: str
    ours: bool
    beside: Outcome | None = None


Table = Mapping[tuple[str, str], Measured]
"""What was measured, by case and engine."""


class Bar(NamedTuple):
    """One bar and whether it is met.

    Args:
        verdict: `PASS`, `FAIL`, or `OPEN` where this run does not show it.
        words: The bar and the figures.
    """

    verdict: str
    words: str


def bars(table: Table) -> Iterator[Bar]:
    """Give every bar with the figures of a run."""
    yield _times(table, "pyshacl", 150, "realgrid_eq")
    yield from (_never_slower(table, measure) for measure in ("cpu", "work"))
    for kind, at_least in (("core", 1.5), ("sparql", 20)):
        yield from (_least_times(table, "shacl", at_least, kind=kind, measure=one) for one in ("cpu", "work"))
    yield _within(table, "realgrid_four", "virtuales-command", seconds=6, megabytes=700)
    yield _within(table, "relicapgrid_all", "virtuales", seconds=5)
    yield _within(table, "synthetic_10000000", "virtuales", seconds=30, megabytes=4000)
    yield _linear(table)


def _times(table: Table, peer: str, at_least: float, case: str) -> Bar:
    """Compare with one engine in one case; one that was stopped proves no more than it used until then."""
    words = f"at least {at_least:g} times {peer} on {case}"
    row = table.get((case, peer))
    if row is None or row.beside is None or not row.beside.done or row.outcome.state not in {"done", "over"}:
        return Bar("OPEN", f"{words}: not measured in this run")
    ratio = row.outcome.cpu / row.beside.cpu
    figures = f"{row.outcome.cpu:.2f} s / {row.beside.cpu:.2f} s = {ratio:.1f}"
    if row.outcome.done:
        return Bar("PASS" if ratio >= at_least else "FAIL", f"{words}: {figures}")
    return Bar("PASS" if ratio >= at_least else "OPEN", f"{words}: {figures} or more, for it was stopped")


def _compared(table: Table, measure: str) -> Iterator[tuple[float, str, Measured]]:
    """Give the ratio to our own side for every other engine that finished with the right answer."""
    for (case, peer), row in table.items():
        if not row.ours and row.outcome.done and row.agreement.right and row.beside and row.beside.done:
            yield getattr(row.outcome, measure) / getattr(row.beside, measure), f"{peer} on {case}", row


def _never_slower(table: Table, measure: str) -> Bar:
    name = {"cpu": "whole process", "work": "work alone"}[measure]
    words = f"never slower than another engine with the right answer, {name}"
    ratios = sorted((ratio, where) for ratio, where, _ in _compared(table, measure))
    if not ratios:
        return Bar("OPEN", f"{words}: not measured in this run")
    slower = [f"{where} {ratio:.2f}" for ratio, where in ratios if ratio < 1]
    shown = ", ".join(slower) or f"the nearest is {ratios[0][1]} at {ratios[0][0]:.2f} times our time"
    return Bar("FAIL" if slower else "PASS", f"{words}: {shown}")


def _least_times(table: Table, peer: str, at_least: float, *, kind: str, measure: str) -> Bar:
    """Compare with one engine in all cases of a kind; one that was stopped counts with what it used until then."""
    name = {"cpu": "whole process", "work": "work alone"}[measure]
    words = f"at least {at_least:g} times {peer} on cases of kind {kind}, {name}"
    ratios = []
    for (case, each), row in table.items():
        if each == peer and row.kind == kind and row.beside and row.beside.done:
            theirs = row.outcome.cpu if row.outcome.state == "over" else getattr(row.outcome, measure)
            if row.outcome.state in {"done", "over"}:
                ratios.append((theirs / getattr(row.beside, measure), case))
    if not ratios:
        return Bar("OPEN", f"{words}: not measured in this run")
    shown = ", ".join(f"{case} {ratio:.2f}" for ratio, case in sorted(ratios))
    return Bar("PASS" if min(ratios)[0] >= at_least else "FAIL", f"{words}: {shown}")


def _within(table: Table, case: str, peer: str, *, seconds: float, megabytes: float = 0) -> Bar:
    words = f"{case} within {seconds:g} s" + (f" and {megabytes:g} MB" if megabytes else "")
    row = table.get((case, peer))
    if row is None or not row.outcome.done:
        return Bar("OPEN", f"{words}: not measured in this run")
    used = row.outcome
    met = used.cpu <= seconds and (not megabytes or used.memory <= megabytes)
    return Bar("PASS" if met else "FAIL", f"{words}: {used.cpu:.2f} s, {used.memory:.0f} MB")


def _linear(table: Table, most: float = 1.25) -> Bar:
    """Compare what ten million statements take with ten times what one million takes."""
    words = f"ten times the statements take at most {most:g} times ten times the work"
    small, large = (table.get((f"synthetic_{size}", "virtuales")) for size in (1_000_000, 10_000_000))
    if small is None or large is None or not small.outcome.done or not large.outcome.done:
        return Bar("OPEN", f"{words}: not measured in this run")
    growth = large.outcome.work / small.outcome.work / 10
    figures = f"{small.outcome.work:.2f} s, then {large.outcome.work:.2f} s: {growth:.2f}"
    return Bar("PASS" if growth <= most else "FAIL", f"{words}: {figures}")
