"""Two models as clauses, with what each class and property is before any mapping is made."""

from collections import abc
from dataclasses import dataclass
from functools import cached_property

from virtuales.alignment.coherence.clauses import ANYTHING, Clauses, clauses_of
from virtuales.alignment.coherence.graph import Graph, Impossible
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
    """Two models, made ready.

    Args:
        left: The axioms of one model.
        right: The axioms of the other.
    """

    def __init__(self, left: Axioms, right: Axioms) -> None:
        self.models = (left, right)
        self.clauses: Clauses = clauses_of(self.models)
        self._search = Search(self.clauses)
        self._alone: dict[str, Alone] = {}
        self._below: dict[tuple[str, str], bool] = {}

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes of both models."""
        return self.models[0].classes | self.models[1].classes

    @cached_property
    def properties(self) -> tuple[str, ...]:
        """The properties of both models."""
        return tuple(sorted(self.models[0].properties.keys() | self.models[1].properties.keys()))

    def owners(self, term: str) -> tuple[str, ...]:
        """Return the names of the models that have a class or property."""
        return tuple(each.name for each in self.models if term in each.classes or term in each.properties)

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
