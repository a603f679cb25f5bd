"""What each part of judging costs: CPU time by shape and constraint, measured only for who asks."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, TypeVar

from virtuales.assurance.shapes import Shape

_Result = TypeVar("_Result")
_NANOSECONDS_PER_MS = 1e6

TARGETS = "targets"
PATH = "path"


class Cost(NamedTuple):
    """What one part of judging cost.

    Args:
        shape: The shape.
        part: IRI of the constraint component, bare; `TARGETS` for finding the shape's focus nodes, `PATH` for following
            its path to the value nodes.
        milliseconds: CPU time of the process, what other shapes cost within it left out.
    """

    shape: Shape
    part: str
    milliseconds: float


class Costs:
    """Adds up CPU time.

    Args:
        clock: Returns nanoseconds of CPU time; by default those of the process with all its threads.
    """

    def __init__(self, clock: Callable[[], int] = time.process_time_ns) -> None:
        self._clock = clock
        self._spent: dict[tuple[str, str], int] = {}
        self._shapes: dict[str, Shape] = {}
        self._within = 0

    def of(self, shape: Shape, part: str, call: Callable[[], _Result]) -> _Result:
        """Make a call, and add its time to a part of a shape; what parts within it take counts for them alone."""
        outer, self._within = self._within, 0
        before = self._clock()
        try:
            return call()
        finally:
            took = self._clock() - before
            self._shapes[shape.id] = shape
            self._spent[shape.id, part] = self._spent.get((shape.id, part), 0) + took - self._within
            self._within = outer + took

    def slowest_first(self) -> tuple[Cost, ...]:
        """Return every part that was measured, the slowest first."""
        ordered = sorted(self._spent.items(), key=lambda one: (-one[1], one[0]))
        return tuple(Cost(self._shapes[name], part, spent / _NANOSECONDS_PER_MS) for (name, part), spent in ordered)


class Unmeasured:
    """What stands where nobody asked what anything costs."""

    @staticmethod
    def of(_shape: Shape, _part: str, call: Callable[[], _Result]) -> _Result:
        """Make a call."""
        return call()

    @staticmethod
    def slowest_first() -> tuple[Cost, ...]:
        """Return nothing, for nothing was measured."""
        return ()


_asked: ContextVar[Costs | Unmeasured] = ContextVar("costs", default=Unmeasured())  # noqa: B039  (it holds nothing)


@contextmanager
def measuring(costs: Costs | Unmeasured) -> Iterator[Costs | Unmeasured]:
    """Measure what judging costs within the block, in this thread."""
    before = _asked.set(costs)
    try:
        yield costs
    finally:
        _asked.reset(before)


def asked() -> Costs | Unmeasured:
    """Return what adds up the costs, or what makes the calls alone where nobody asked."""
    return _asked.get()
