"""What mappings say as clauses: which atoms and properties follow from which, each by the bit of its mapping."""

from collections import abc, defaultdict

from virtuales.alignment.coherence.clauses import Additions, Clauses
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
        self._atoms: list[tuple[int, int, int]] = []
        self._roles: list[tuple[int, int, int]] = []
        for number, mapping in enumerate(mappings):
            for narrower, broader in inclusions(mapping):
                if narrower in classes and broader in classes:
                    self._atoms.append((number, clauses.atoms[narrower], clauses.atoms[broader]))
                elif narrower in clauses.roles and broader in clauses.roles:
                    self._roles.append((number, clauses.roles[narrower], clauses.roles[broader]))
        self.atoms = _bits(atom for _, atom, _ in self._atoms)
        self.roles = frozenset(end for _, role, _ in self._roles for end in (role, role ^ 1))

    def additions(self, active: int) -> Additions:
        """Return what the mappings of a bit mask add."""
        implied: dict[int, list[tuple[int, int]]] = defaultdict(list)
        above: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, narrower, broader in self._atoms:
            if active >> number & 1:
                implied[narrower].append((broader, 1 << number))
        for number, narrower, broader in self._roles:
            if active >> number & 1:
                above[narrower].append((broader, 1 << number))
                above[narrower ^ 1].append((broader ^ 1, 1 << number))
        return Additions(implied, above, len(self.mappings))

    def chosen(self, grounds: int) -> tuple[Mapping, ...]:
        """Return the mappings of a bit mask."""
        return tuple(mapping for number, mapping in enumerate(self.mappings) if grounds >> number & 1)


def _bits(numbers: abc.Iterable[int]) -> int:
    mask = 0
    for each in numbers:
        mask |= 1 << each
    return mask
