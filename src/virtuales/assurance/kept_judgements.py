"""Judgements that are kept, so that the next data of the same kind is judged by what differs from it.

What is kept is bounded by a number of statements; what was used longest ago is let go of first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from threading import Lock

from virtuales.assurance.differences import difference
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.rules import Judging
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate

_CHANGED_MOST = 0.5
"""The share of statements up to which judging what changed is less work than judging all."""
_TERMS_MOST = 2
"""How many terms may be kept for each statement, because of what went."""
_FEW = 10_000


@dataclass(frozen=True, eq=False)
class _Kept:
    subject: str
    shapes: ShapesGraph
    judged: Revalidator

    @property
    def size(self) -> int:
        return len(self.judged.graph)

    @property
    def outgrown(self) -> bool:
        """Whether it holds so many terms of statements that went that it had better be made anew."""
        return len(self.judged.graph.dictionary) > _TERMS_MOST * (self.size + _FEW)


class KeptJudgements:
    """Judges data graphs, each by what differs from one of the same subject that the same shapes judged before.

    The reports are those of a full run, but for the order of a rule's results. Safe to share between threads.

    Args:
        statements: How many statements of judged data are kept at most.
    """

    def __init__(self, statements: int) -> None:
        self._most = statements
        self._kept: list[_Kept] = []
        self._lock = Lock()

    def __len__(self) -> int:
        """Count the statements of judged data that are kept."""
        with self._lock:
            return sum(one.size for one in self._kept)

    def of(self, subject: str) -> Judging:
        """Return what judges data of a subject, such as a dataset: data of one is not compared with that of another."""
        return partial(self._judge, subject)

    def _judge(self, subject: str, graph: ColumnarGraph, shapes: ShapesGraph) -> ValidationReport:
        if shapes.entails or len(graph) > self._most:
            return validate(graph, shapes)
        again = self._judged_again(subject, graph, shapes)
        if again is not None:
            return again
        judged = Revalidator(graph, shapes)
        self._put([_Kept(subject, shapes, judged)])
        return judged.report

    def _judged_again(self, subject: str, graph: ColumnarGraph, shapes: ShapesGraph) -> ValidationReport | None:
        """Judge by what changed since something like it was judged; None when nothing like it is kept."""
        taken = self._take(subject, shapes)
        try:
            for kept in reversed(taken):
                change = difference(kept.judged.graph, graph)
                if len(change) <= _CHANGED_MOST * len(graph):
                    taken.remove(kept)
                    taken.append(kept)  # used last
                    return kept.judged.apply(*change)
            return None
        finally:
            self._put(one for one in taken if not one.outgrown)

    def _take(self, subject: str, shapes: ShapesGraph) -> list[_Kept]:
        """Take out what is kept of a subject and some shapes, so that no other thread changes it meanwhile."""
        with self._lock:
            taken = [one for one in self._kept if one.subject == subject and one.shapes is shapes]
            self._kept = [one for one in self._kept if one not in taken]
        return taken

    def _put(self, several: Iterable[_Kept]) -> None:
        with self._lock:
            self._kept += several
            while sum(one.size for one in self._kept) > self._most:
                del self._kept[0]
