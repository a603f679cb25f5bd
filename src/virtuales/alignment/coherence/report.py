"""What is told of an alignment: the terms that it makes impossible, and what it orders anew."""

from dataclasses import dataclass
from typing import Literal

from virtuales.alignment.mapping import Mapping


@dataclass(frozen=True)
class ImpossibleTerm:
    """A class that nothing can be of, or a property that can relate nothing, by an alignment.

    Args:
        term: The class or property.
        model: The model that has it.
        kind: Which of both it is.
        mappings: Mappings that make it so and of which none can be left out; the fewest that were found.
        reason: What would contradict what, in words.
    """

    term: str
    model: str
    kind: Literal["class", "property"]
    mappings: tuple[Mapping, ...]
    reason: str


@dataclass(frozen=True)
class NewOrder:
    """A class that an alignment puts below another class of its own model, where the model does not.

    Args:
        narrower: The class.
        broader: The class above it.
        model: The model that has both.
        mappings: Mappings that make it so and of which none can be left out; the fewest that were found.
        reason: What would follow, in words.
    """

    narrower: str
    broader: str
    model: str
    mappings: tuple[Mapping, ...]
    reason: str


@dataclass(frozen=True)
class Report:
    """What an alignment does to the models.

    Args:
        impossible: Classes and properties that it makes impossible.
        orders: What it orders anew within a model; classes that it makes impossible are left out.
        classes: How many classes both models have that are possible by themselves.
    """

    impossible: tuple[ImpossibleTerm, ...]
    orders: tuple[NewOrder, ...]
    classes: int

    @property
    def coherent(self) -> bool:
        """Whether every class and property that was possible still is."""
        return not self.impossible

    @property
    def impossible_classes(self) -> frozenset[str]:
        """The classes that it makes impossible."""
        return frozenset(each.term for each in self.impossible if each.kind == "class")

    @property
    def incoherence(self) -> float:
        """The share of the classes that it makes impossible, as OAEI measures it."""
        return len(self.impossible_classes) / self.classes if self.classes else 0.0
