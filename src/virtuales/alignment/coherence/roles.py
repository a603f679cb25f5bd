"""The order of properties, mappings included, and what passes on along those that reach from value to value."""

from collections import defaultdict, deque

from virtuales.alignment.coherence.clauses import Additions, Clauses

_Onwards = dict[int, list[tuple[int, int, int]]]


class RoleOrder:
    """Which properties are above which, each with the mappings that put it there.

    Args:
        clauses: The models' clauses.
        additions: What mappings add.
    """

    def __init__(self, clauses: Clauses, additions: Additions) -> None:
        self._clauses = clauses
        self._additions = additions
        self._found: dict[int, tuple[tuple[int, int], ...]] = {}

    def above(self, role: int) -> tuple[tuple[int, int], ...]:
        """Return a property and all above it, each with the fewest mappings that put it there."""
        if role not in self._found:
            self._found[role] = self._reached(role)
        return self._found[role]

    def _reached(self, role: int) -> tuple[tuple[int, int], ...]:
        """Walk upwards; what costs a mapping comes later than what does not."""
        best: dict[int, int] = {}
        waiting = deque([(role, 0)])
        while waiting:
            each, grounds = waiting.popleft()
            if each in best:
                continue
            best[each] = grounds
            waiting.extendleft((above, grounds) for above in self._clauses.above.get(each, ()))
            added = self._additions.above.get(each, ())
            waiting.extend((above, grounds | bit) for above, bit in added if bit & self._additions.active)
        return tuple(best.items())

    def onwards(self) -> tuple[_Onwards, dict[int, list[int]]]:
        """Return what follows for neighbours, by atom, and the atoms that follow from those that are passed on.

        What holds of the values of a property holds of the values of their values where a property below it reaches
        on; the values get an atom that says so and passes itself on.
        """
        onwards: _Onwards = {
            atom: [(role, filler, 0) for role, filler in entries] for atom, entries in self._clauses.onwards.items()
        }
        passed_on: dict[int, list[int]] = defaultdict(list)
        reaching = [(low, role, bits) for low in sorted(self._clauses.transitive) for role, bits in self.above(low)]
        unused = len(self._clauses.names)
        numbers: dict[tuple[int, int, int], int] = {}
        for atom, entries in self._clauses.onwards.items():
            for role, filler in entries:
                for low, high, bits in reaching:
                    if high != role:
                        continue
                    key = (low, role, filler)
                    if key not in numbers:
                        numbers[key] = passing = unused + len(numbers)
                        onwards[passing] = [(low, passing, 0)]
                        passed_on[passing].append(filler)
                    onwards[atom].append((low, numbers[key], bits))
        return onwards, passed_on
