"""Syntax trees gone through and built again with some parts changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TypeVar

from virtuales.rdf.terms import BlankNode, Variable

Node = TypeVar("Node")


_parts: dict[type, tuple[str, ...]] = {}


def _names(kind: type) -> tuple[str, ...]:
    """Return the names of a record's fields, kept because looking them up is slow."""
    if kind not in _parts:
        _parts[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return _parts[kind]


def nodes(tree: object) -> Iterator[object]:
    """Give a tree's every record and term, each before its parts, in the order of the text."""
    if isinstance(tree, tuple):
        for each in tree:
            yield from nodes(each)
    elif tree is not None:
        yield tree
        for name in _names(type(tree)):
            yield from nodes(getattr(tree, name))


def variables_of(tree: object) -> dict[Variable, None]:
    """Return every variable that a tree names, in the order in which they first come."""
    return {node: None for node in nodes(tree) if isinstance(node, Variable)}


def rebuilt(tree: Node, change: Callable[[object], object | None]) -> Node:
    """Build a tree again with some parts changed.

    Args:
        tree: A record, a term, or a tuple of them.
        change: Gives what comes in place of a part, which is then not looked into, or None to leave it.
    """
    return _rebuilt(tree, change)  # type: ignore[return-value]  # a part is changed for one of its kind


def _rebuilt(tree: object, change: Callable[[object], object | None]) -> object:
    if isinstance(tree, tuple):
        return tuple(_rebuilt(each, change) for each in tree)
    if tree is None:
        return None
    changed = change(tree)
    if changed is not None:
        return changed
    names = _names(type(tree))
    if not names:
        return tree
    parts = {name: getattr(tree, name) for name in names}
    fresh = {name: _rebuilt(part, change) for name, part in parts.items()}
    same = all(fresh[name] is part or fresh[name] == part for name, part in parts.items())
    return tree if same else type(tree)(**fresh)


def renamed(tree: Node, names: Mapping[Variable, Variable]) -> Node:
    """Build a tree again with other names for some variables."""

    def change(node: object) -> object | None:
        return names.get(node) if isinstance(node, Variable) else None

    return rebuilt(tree, change)


class FreshVariables:
    """Makes variables that a query does not have.

    Args:
        trees: What the variables must be new to.

    >>> FreshVariables(Variable("value_1")).make("value")
    <Variable value=value_2>
    """

    def __init__(self, *trees: object) -> None:
        self._taken = {variable.value for tree in trees for variable in variables_of(tree)}
        self._counts: dict[str, int] = {}

    def make(self, name: str) -> Variable:
        """Make a variable whose name begins so."""
        while True:
            number = self._counts.get(name, 0) + 1
            self._counts[name] = number
            made = f"{name}_{number}"
            if made not in self._taken:
                self._taken.add(made)
                return Variable(made)

    def for_all(self, tree: object) -> dict[Variable | BlankNode, Variable]:
        """Make one for each variable and each blank node that a tree names."""
        found = dict.fromkeys(node for node in nodes(tree) if isinstance(node, Variable | BlankNode))
        return {node: self.make(node.value if isinstance(node, Variable) else "node") for node in found}
