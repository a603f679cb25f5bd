"""Outlines: what could at most follow for a term, found without a search.

An outline takes every way of every disjunction at once. Where even that contradicts nothing and asks for no
neighbours, the term is possible and need not be searched for; so it is with almost all terms of models that say
little more than a hierarchy, domains and ranges.
"""

from collections import abc
from dataclasses import dataclass
from functools import reduce
from operator import or_

from virtuales.alignment.coherence.clauses import ANYTHING, Additions, Clauses, mask_of


@dataclass(frozen=True)
class Outline:
    """What could follow for something.

    Args:
        atoms: The atoms that it could have, as a bit mask.
        apart: The atoms that one of those excludes, as a bit mask.
        simple: Whether nothing of it bears on neighbours, or takes more than two atoms to contradict.
    """

    atoms: int
    apart: int
    simple: bool

    @property
    def sure(self) -> bool:
        """Whether it contradicts nothing, whichever way is taken."""
        return self.simple and not self.atoms & self.apart

    def __or__(self, other: "Outline") -> "Outline":
        """Return the outline of what is both."""
        return Outline(self.atoms | other.atoms, self.apart | other.apart, self.simple and other.simple)


class Outlines:
    """The outlines of classes and properties under clauses and what mappings add to them.

    Args:
        clauses: The models' clauses.
        additions: What mappings add.
    """

    def __init__(self, clauses: Clauses, additions: Additions) -> None:
        self._clauses = clauses
        self._additions = additions
        self._found: dict[int, Outline] = {}
        self._together: dict[tuple[int, ...], bool] = {}

    def of_class(self, atom: int) -> Outline:
        """Return what could follow for something of a class."""
        return self._of(atom) | self._of(ANYTHING)

    def certain(self, atom: int) -> int:
        """Return atoms that follow for something of a class whichever way is taken, as a bit mask; maybe not all."""
        atoms = set[int]()
        waiting = [atom]
        while waiting:
            each = waiting.pop()
            if each not in atoms:
                atoms.add(each)
                waiting += self._clauses.implied.get(each, ())
        return mask_of(atoms)

    def sure_role(self, role: int) -> bool:
        """Tell whether two things that a property relates contradict nothing, whichever way is taken."""
        above, at_source = self._above(role), self._clauses.at_source
        given = ({atom for each in above for atom in at_source.get(each ^ turned, ())} for turned in (0, 1))
        return self._clauses.apart_roles.keys().isdisjoint(above) and all(map(self._sure_together, given))

    def _above(self, role: int) -> set[int]:
        """Return a property and all above it."""
        found, waiting = {role}, [role]
        clauses, additions = self._clauses.above, self._additions
        while waiting:
            each = waiting.pop()
            higher = set(clauses.get(each, ()))
            higher.update(above for above, bit in additions.above.get(each, ()) if bit & additions.active)
            waiting += higher - found
            found |= higher
        return found

    def _sure_together(self, atoms: abc.Iterable[int]) -> bool:
        """Tell whether something may have some atoms at once, whichever way is taken."""
        key = tuple(sorted(atoms))
        if key not in self._together:
            self._together[key] = reduce(or_, map(self._of, key), Outline(0, 0, simple=True)).sure
        return self._together[key]

    def _of(self, atom: int) -> Outline:
        if atom not in self._found:
            self._found[atom] = self._walked(atom)
        return self._found[atom]

    def _walked(self, start: int) -> Outline:
        clauses = self._clauses
        atoms, apart, simple = set[int](), 0, True
        waiting = [start]
        while waiting:
            atom = waiting.pop()
            if atom in atoms:
                continue
            atoms.add(atom)
            apart |= clauses.apart.get(atom, 0)
            simple = simple and not (atom in clauses.needs or atom in clauses.onwards or atom in clauses.caps)
            waiting += clauses.implied.get(atom, ())
            waiting += (each for each, bit in self._additions.implied.get(atom, ()) if bit & self._additions.active)
            for head in (*clauses.chosen.get(atom, ()), *(head for _, head in clauses.joint.get(atom, ()))):
                simple = simple and bool(head)
                waiting += head
        return Outline(mask_of(atoms), apart, simple)
