"""Models as clauses, with what each class and property is before any mapping is made."""

from collections import abc
from dataclasses import dataclass
from functools import cached_property

from virtuales.alignment.coherence.clauses import ANYTHING, Additions, Clauses, clauses_of, mask_of
from virtuales.alignment.coherence.graph import Graph, Impossible
from virtuales.alignment.coherence.outline import Outlines
from virtuales.alignment.coherence.search import Search
from virtuales.models.axioms import Axioms


@dataclass(frozen=True)
class Alone:
    """What a class or property is without mappings.

    Args:
        possible: Whether there can be any such thing.
        atoms: Every atom in a picture of it, as a bit mask.
        roles: Every property in the picture.
        root: The atoms of the thing itself, each with its grounds: none, where it has the atom in every picture.
    """

    possible: bool
    atoms: int = 0
    roles: frozenset[int] = frozenset()
    root: abc.Mapping[int, int] | None = None

    def untouched(self, atoms: int, roles: abc.Set[int]) -> bool:
        """Tell whether its picture has none of some atoms and properties, so that they do not matter to it."""
        return not self.atoms & atoms and self.roles.isdisjoint(roles)


class Prepared:
    """Models, made ready.

    Args:
        models: The axioms of each.
    """

    def __init__(self, *models: Axioms) -> None:
        self.models = models
        self.clauses: Clauses = clauses_of(self.models)
        self._search = Search(self.clauses)
        self._alone: dict[str, Alone] = {}
        self._below: dict[tuple[str, str], bool] = {}

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes of all models."""
        return frozenset().union(*(each.classes for each in self.models))

    @cached_property
    def properties(self) -> tuple[str, ...]:
        """The properties of all models."""
        return tuple(sorted({name for each in self.models for name in each.properties}))

    @cached_property
    def outlines(self) -> Outlines:
        """What could follow for classes and properties without mappings."""
        return Outlines(self.clauses, Additions())

    @cached_property
    def _atoms_of_models(self) -> tuple[int, ...]:
        """For each model the atoms of its classes as a bit mask."""
        return tuple(mask_of(self.clauses.atoms[name] for name in each.classes) for each in self.models)

    def beside(self, term: str) -> int:
        """Return the atoms of the other classes of the models that have a class, as a bit mask."""
        atom = self.clauses.atoms[term]
        mask = 0
        for atoms in self._atoms_of_models:
            mask |= atoms if atoms >> atom & 1 else 0
        return mask & ~(1 << atom)

    def owners(self, term: str) -> tuple[str, ...]:
        """Return the names of the models that have a class or property."""
        return tuple(each.name for each in self.models if term in each.classes or term in each.properties)

    def uncertain(self, term: str) -> bool:
        """Tell whether a class is of another of its model in its picture, though perhaps not in every picture."""
        beside = self.beside(term)
        return any(grounds and beside >> atom & 1 for atom, grounds in (self.alone(term).root or {}).items())

    def picture(self, term: str, search: Search, *, forbidden: int = 0) -> Graph | Impossible:
        """Look for something of a class, or for two things that a property relates.

        Raises:
            TooLarge: the search took too many steps.
        """
        if term in self.classes:
            return search.of_atoms((self.clauses.atoms[term], ANYTHING), forbidden=forbidden)
        return search.of_role(self.clauses.roles[term])

    def alone(self, term: str) -> Alone:
        """Return what a class or property is without mappings."""
        if term not in self._alone:
            self._alone[term] = _alone(self.picture(term, self._search))
        return self._alone[term]

    def below(self, narrower: str, broader: str) -> bool:
        """Tell whether a class that is possible is below another without mappings."""
        atom = self.clauses.atoms[broader]
        root = self.alone(narrower).root or {}
        if not root.get(atom, 1):
            return True
        if atom not in root:
            return False
        key = (narrower, broader)
        if key not in self._below:
            self._below[key] = isinstance(self.picture(narrower, self._search, forbidden=1 << atom), Impossible)
        return self._below[key]


def _alone(picture: Graph | Impossible) -> Alone:
    if isinstance(picture, Impossible):
        return Alone(possible=False)
    atoms = 0
    roles: set[int] = set()
    for node in picture.living():
        atoms |= node.mask
        for each in node.edges.values():
            roles |= each.keys()
    return Alone(True, atoms, frozenset(roles), picture.nodes[0].label)
