"""One run of the benchmark: every engine does every case, and what it finds is compared with what ours finds."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from assurance.bars import Measured
from assurance.cases import Case, Files, Missing, prepare
from assurance.children import Limits, Outcome, run
from assurance.comparison import Agreement, Explanation, differences, judge_differences
from assurance.peers import Peer, Unavailable

_OURS = {"judge": "virtuales", "judge-xml": "virtuales-xml", "read": "virtuales-xml", "command": "virtuales-command"}
_KEPT = "virtuales-kept"
_PROBE_DATA = "<http://a.example/a> <http://a.example/p> <http://a.example/b> .\n"
_PROBE_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
<http://a.example/S> a sh:NodeShape ; sh:targetNode <http://a.example/a> ; sh:property <http://a.example/P> .
<http://a.example/P> a sh:PropertyShape ; sh:path <http://a.example/p> ; sh:maxCount 0 .
"""
_SHOWN = 12
"""Differences of one engine in one case that are printed."""


class Benchmark:
    """One run of the benchmark.

    Args:
        peers: The engines, ours first.
        limits: What each run may use.
        explanations: The differences that are explained.
    """

    def __init__(self, peers: Sequence[Peer], limits: Limits, explanations: Sequence[Explanation]) -> None:
        self.table: dict[tuple[str, str], Measured] = {}
        self.skipped: dict[str, str] = {}
        self._peers = peers
        self._limits = limits
        self._explanations = explanations
        self._commands: dict[str, list[str] | Outcome] = {}

    def run(self, case: Case) -> None:
        """Let every engine do one case, and print what came of it."""
        with tempfile.TemporaryDirectory() as place:
            try:
                files = prepare(case, Path(place))
            except Missing as missing:
                self.skipped[case.name] = str(missing)
                print(f"== {case.name}: skipped, {missing}", flush=True)
                return
            print(f"== {case.name}" + (f": {files.statements:,} statements" if files.statements else ""), flush=True)
            for peer in self._peers:
                task = next((one for one in peer.tasks if one in case.tasks), None)
                if task is None and (peer.ours or "judge-xml" not in peer.tasks or "judge" not in case.tasks):
                    continue
                row = self._measured(case, peer, task, self._outcome(peer, task, files))
                self.table[case.name, peer.name] = row
                print("\n".join(_said(peer, row)), flush=True)

    def _outcome(self, peer: Peer, task: str | None, files: Files) -> Outcome:
        if task is None:
            return Outcome("unavailable", "it judges CIM/XML, one model by one shapes file, which this is not")
        command = self._command(peer)
        if isinstance(command, Outcome):
            return command
        data, shapes = (":".join(map(str, each[task])) for each in (files.data, files.shapes))
        if peer.twice:
            run([*command, data, shapes], self._limits)
        return run([*command, data, shapes], self._limits)

    def _command(self, peer: Peer) -> list[str] | Outcome:
        """Return the command that runs an engine; what became of trying, where it cannot be had."""
        if peer.name not in self._commands:
            try:
                command = peer.command()
            except Unavailable as error:
                self._commands[peer.name] = Outcome("unavailable", str(error))
            else:
                self._commands[peer.name] = self._probed(peer, command)
        return self._commands[peer.name]

    def _probed(self, peer: Peer, command: list[str]) -> list[str] | Outcome:
        """Try an engine on two files of a few lines: one that cannot judge these is not to be had."""
        if peer.ours or "judge" not in peer.tasks:
            return command
        with tempfile.TemporaryDirectory() as place:
            files = [Path(place) / "probe.nt", Path(place) / "probe.ttl"]
            for file, text in zip(files, (_PROBE_DATA, _PROBE_SHAPES), strict=True):
                file.write_text(text, encoding="utf-8")
            tried = run([*command, *map(str, files)], self._limits)
        if sum(tried.counts.values()) == 1:
            return command
        return Outcome("unavailable", tried.reason or "it does not find the one fault of a first trial")

    def _measured(self, case: Case, peer: Peer, task: str | None, outcome: Outcome) -> Measured:
        """Compare figures with those of our side that does the same, and results with those of the first engine."""
        beside = self.table.get((case.name, _OURS[task or "judge"]))
        first = next((row for (each, _), row in self.table.items() if each == case.name), None)
        agreement = Agreement(compared=False)
        if outcome.done and task != "command" and (first is None or first.outcome.done):
            counts = outcome.counts if first is None else first.outcome.counts
            found = list(differences(counts, outcome.counts))
            agreement = judge_differences(case.name, peer.name, found, explanations=self._explanations)
        same = beside.outcome if beside and not peer.ours and beside.outcome.done else None
        return Measured(outcome, agreement, case.kind, peer.ours, same)

    def faults(self) -> Iterator[str]:
        """Give what must not be: differences that nobody explained, and cases that ours did not finish."""
        for (case, peer), row in self.table.items():
            if row.agreement.unexplained:
                yield f"{peer} on {case}: {len(row.agreement.unexplained)} differences are not explained"
            if row.ours and not row.outcome.done:
                yield f"{peer} on {case}: {row.outcome.state}, {row.outcome.reason}"


def _said(peer: Peer, row: Measured) -> Iterator[str]:
    """Say in words what one engine did in one case."""
    outcome = row.outcome
    if not outcome.done:
        yield f"   {peer.name:18} {outcome.state}: {outcome.reason}"
        return
    figures = f"{outcome.cpu:9.2f} s, work {outcome.work:9.2f} s, {outcome.memory:7.0f} MB"
    times = (
        f", {outcome.cpu / row.beside.cpu:.2f} and {outcome.work / row.beside.work:.2f} times ours"
        if row.beside
        else ""
    )
    yield f"   {peer.name:18} {figures}, {sum(outcome.counts.values()):>8} results{times}"
    unexplained = row.agreement.unexplained
    yield from (f"      DIFFERS {one}" for one in unexplained[:_SHOWN])
    if len(unexplained) > _SHOWN:
        yield f"      DIFFERS and {len(unexplained) - _SHOWN} more"
    for page, right in dict.fromkeys((why.page, why.right) for _, why in row.agreement.explained):
        number = sum(why.page == page for _, why in row.agreement.explained)
        yield f"      {number} differences explained by `{page}`; right: {right}"


def result_lines(benchmark: Benchmark) -> Iterator[str]:
    """Give the figures of a run, one a line: `RESULT name value unit`, or what became of it instead."""
    yield from (f"RESULT assurance.{case} skipped {why}" for case, why in benchmark.skipped.items())
    for (case, peer), row in benchmark.table.items():
        name, outcome = f"RESULT assurance.{case}.{peer}", row.outcome
        if not outcome.done:
            yield f"{name} {outcome.state} {outcome.reason}"
            continue
        yield f"{name}.cpu {outcome.cpu:.2f} s"
        yield f"{name}.work {outcome.work:.2f} s"
        yield f"{name}.memory {outcome.memory:.0f} MB"
        yield f"{name}.results {sum(outcome.counts.values())} results"
        if row.beside:
            yield f"{name}.times {outcome.cpu / row.beside.cpu:.2f} ratio"
            yield f"{name}.work_times {outcome.work / row.beside.work:.2f} ratio"
        kept = benchmark.table.get((case, _KEPT))
        if kept and kept.outcome.done and row.beside:
            yield f"{name}.times_kept {outcome.cpu / kept.outcome.cpu:.2f} ratio"
            yield f"{name}.work_times_kept {outcome.work / kept.outcome.work:.2f} ratio"
