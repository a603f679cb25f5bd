"""What mappings say as clauses: which atoms and properties follow from which, each by the bit of its mapping."""

from collections import abc, defaultdict

from virtuales.alignment.coherence.clauses import Additions, Clauses, mask_of
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import (
    BROAD_MATCH,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    EXACT_MATCH,
    NARROW_MATCH,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
)

_SAME = frozenset({EXACT_MATCH, EQUIVALENT_CLASS, EQUIVALENT_PROPERTY})
_BELOW = frozenset({BROAD_MATCH, SUB_CLASS_OF, SUB_PROPERTY_OF})


def inclusions(mapping: Mapping) -> tuple[tuple[str, str], ...]:
    """Return what a mapping says is part of what: pairs of terms of which the first is the narrower one."""
    if mapping.negated or mapping.unmapped or mapping.literal:
        return ()
    pair, turned = (mapping.subject_id, mapping.object_id), (mapping.object_id, mapping.subject_id)
    if mapping.predicate_id in _SAME:
        return pair, turned
    if mapping.predicate_id in _BELOW:
        return (pair,)
    return (turned,) if mapping.predicate_id == NARROW_MATCH else ()


class Statements:
    """The mappings of an alignment as far as they say what is part of what, between terms that the models have.

    Args:
        clauses: The models' clauses.
        classes: The classes that the models have.
        mappings: The mappings; the first has the lowest bit.
    """

    def __init__(self, clauses: Clauses, classes: abc.Set[str], mappings: abc.Sequence[Mapping]) -> None:
        self.mappings = mappings
        self.all = (1 << len(mappings)) - 1
        self._implied: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._above: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._ends: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, mapping in enumerate(mappings):
            bit = 1 << number
            for narrower, broader in inclusions(mapping):
                if narrower in classes and broader in classes:
                    self._implied[clauses.atoms[narrower]].append((clauses.atoms[broader], bit))
                    self._ends[number].append((1 << clauses.atoms[narrower], -1))
                elif narrower in clauses.roles and broader in clauses.roles:
                    one, two = clauses.roles[narrower], clauses.roles[broader]
                    self._above[one].append((two, bit))
                    self._above[one ^ 1].append((two ^ 1, bit))
                    self._ends[number] += ((0, one), (0, one ^ 1))
        self.atoms = mask_of(self._implied)
        self.roles = self._above.keys()

    def additions(self, active: int) -> Additions:
        """Return what the mappings of a bit mask add."""
        return Additions(self._implied, self._above, active, len(self.mappings))

    def touch(self, active: int, atoms: int, roles: abc.Set[int]) -> bool:
        """Tell whether one of the mappings of a bit mask says anything of some atoms or properties."""
        ends = (end for number in _numbers(active) for end in self._ends.get(number, ()))
        return any(mask & atoms or role in roles for mask, role in ends)

    def chosen(self, grounds: int) -> tuple[Mapping, ...]:
        """Return the mappings of a bit mask."""
        return tuple(self.mappings[number] for number in _numbers(grounds))


def _numbers(mask: int) -> abc.Iterator[int]:
    """Give the numbers of the bits of a mask, the lowest first."""
    digits = f"{mask:b}"[::-1]
    return (number for number, digit in enumerate(digits) if digit == "1")
