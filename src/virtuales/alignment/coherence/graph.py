"""The graph that a search draws: things with their atoms, and the properties between them.

Whatever is in it carries its *grounds*, a bit mask: the mappings and the open decisions that it rests on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

NO_PARENT: Final = -1


class Clash(Exception):  # no error: the search turns back at it
    """The graph contradicts itself.

    Args:
        grounds: What the contradiction rests on.
        reason: What contradicts what.
    """

    def __init__(self, grounds: int, reason: "Reason") -> None:
        super().__init__()
        self.grounds = grounds
        self.reason = reason


@dataclass(frozen=True)
class Reason:
    """Why a graph contradicts itself.

    Args:
        atoms: Two atoms that exclude each other; empty if numbers or properties are the reason.
        role: The property concerned, if one is.
        path: The properties that lead from the thing that was asked about to the one that cannot be.
    """

    atoms: tuple[int, ...] = ()
    role: int | None = None
    path: tuple[int, ...] = ()


@dataclass(frozen=True)
class Impossible:
    """There is no such picture.

    Args:
        grounds: The mappings that suffice to make it so, as a bit mask.
        reason: The last contradiction that was met.
    """

    grounds: int
    reason: Reason


@dataclass(slots=True)
class Node:
    """A thing.

    Args:
        number: Which one it is; the earlier, the smaller.
        parent: The node that asked for it.
        arrived: The property by which the parent asked for it.
        grounds: What its being there rests on.
        label: Its atoms, each with its grounds.
        mask: Its atoms as a bit mask.
        edges: Its neighbours, each with the properties that lead there and their grounds.
        needs: Neighbours it asks for: how many, property, atom, grounds.
        onwards: What follows for its neighbours: property, atom, grounds.
        caps: How many neighbours it allows: how many, property, atom, grounds.
        apart: Nodes that are others, each with its grounds.
        into: The node that it turned out to be, if it did, with the grounds for that.
        gone: Whether it is no more.
        forbidden: Atoms that it must not have, as a bit mask.
    """

    number: int
    parent: int
    arrived: int = 0
    grounds: int = 0
    label: dict[int, int] = field(default_factory=dict)
    mask: int = 0
    edges: dict[int, dict[int, int]] = field(default_factory=dict)
    needs: list[tuple[int, int, int, int]] = field(default_factory=list)
    onwards: list[tuple[int, int, int]] = field(default_factory=list)
    caps: list[tuple[int, int, int, int]] = field(default_factory=list)
    apart: dict[int, int] = field(default_factory=dict)
    into: tuple[int, int] | None = None
    gone: bool = False
    forbidden: int = 0

    def copy(self) -> "Node":
        """Return a node that can be changed without changing this one."""
        return Node(
            self.number,
            self.parent,
            self.arrived,
            self.grounds,
            self.label.copy(),
            self.mask,
            {number: roles.copy() for number, roles in self.edges.items()},
            self.needs.copy(),
            self.onwards.copy(),
            self.caps.copy(),
            self.apart.copy(),
            self.into,
            self.gone,
            self.forbidden,
        )


@dataclass(slots=True)
class Graph:
    """The things drawn so far.

    Args:
        nodes: All of them by number, those that are no more among them.
        agenda: Atoms that are still to be given to nodes, each with its grounds.
        choices: Disjunctions that nodes are under, each with its grounds.
    """

    nodes: list[Node] = field(default_factory=list)
    agenda: list[tuple[int, int, int]] = field(default_factory=list)
    choices: list[tuple[int, tuple[int, ...], int]] = field(default_factory=list)

    def copy(self) -> "Graph":
        """Return a graph that can be changed without changing this one."""
        return Graph([node.copy() for node in self.nodes], self.agenda.copy(), self.choices.copy())

    def new(self, parent: int, *, arrived: int = 0, grounds: int = 0) -> Node:
        """Add a node."""
        node = Node(len(self.nodes), parent, arrived, grounds)
        self.nodes.append(node)
        return node

    def living(self) -> Iterator[Node]:
        """Give the nodes that are there, the earliest first."""
        return (node for node in self.nodes if not node.gone)

    def path(self, node: Node) -> tuple[int, ...]:
        """Return the properties that lead to a node from the first one."""
        steps: list[int] = []
        while node.parent != NO_PARENT:
            steps.insert(0, node.arrived)
            node = self.nodes[node.parent]
        return tuple(steps)

    def unblocked(self) -> Iterator[Node]:
        """Give the nodes whose needs must be met: those that no earlier node stands for.

        A node stands for another when both have the same atoms, their parents have, and the same properties lead to
        both (pairwise anywhere blocking); what hangs on such a node stands for nothing and needs nothing.
        """
        seen: set[tuple[int, int, frozenset[int]]] = set()
        blocked: set[int] = set()
        for node in self.living():
            if node.parent == NO_PARENT:
                yield node
                continue
            parent = self.nodes[node.parent]
            key = (node.mask, parent.mask, frozenset(parent.edges.get(node.number, ())))
            if node.parent in blocked or key in seen:
                blocked.add(node.number)
            else:
                seen.add(key)
                yield node
