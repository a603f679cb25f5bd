"""Justifications: the smallest sets of mappings that suffice for a conclusion."""

from collections import abc, deque
from typing import Final

_MOST_TRIALS: Final = 40
"""Sets that are tried in search of a smaller justification than the first; more are needed only where many overlap."""

Blame = abc.Callable[[int], int | None]
"""Gives the mappings, as a bit mask, by which a conclusion follows from some of them; None if it does not follow."""


def smallest(grounds: int, every: int, blame: Blame) -> int:
    """Return a smallest set of mappings that suffices for a conclusion.

    Args:
        grounds: Mappings that suffice, as a bit mask.
        every: All mappings.
        blame: Says whether the conclusion follows from some of them.

    A set that no mapping can be left out of is found first. A smaller one lacks one of its members, so all mappings
    without that member are tried, and so on (Reiter's tree of hitting sets), as long as a smaller one is possible.
    """
    best = minimal(grounds, blame)
    waiting = deque((each, 1) for each in _members(best))
    tried: set[int] = set()
    while waiting and best.bit_count() > 1 and len(tried) < _MOST_TRIALS:
        left_out, size = waiting.popleft()
        if left_out in tried:
            continue
        tried.add(left_out)
        found = blame(every & ~left_out)
        if found is None:
            continue
        found = minimal(found, blame)
        if found.bit_count() < best.bit_count():
            best = found
        waiting.extend((left_out | each, size + 1) for each in _members(found))
    return best


def minimal(grounds: int, blame: Blame) -> int:
    """Return a part of a sufficient set of mappings that no mapping can be left out of."""
    needed = grounds
    for each in _members(grounds):
        if needed & each and needed != each:
            without = blame(needed & ~each)
            if without is not None:
                needed = without
    return needed


def _members(mask: int) -> abc.Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest
        mask ^= lowest
