"""Strongly connected parts of a graph, by Tarjan's algorithm without recursion."""

from collections import abc
from typing import TypeVar

_Node = TypeVar("_Node")


def components(graph: abc.Mapping[_Node, abc.Iterable[_Node]]) -> dict[_Node, int]:
    """Return for each node the number of the strongly connected part that it lies in.

    >>> parts = components({1: [2], 2: [1, 3], 3: []})
    >>> parts[1] == parts[2], parts[2] == parts[3]
    (True, False)
    """
    order: dict[_Node, int] = {}
    low: dict[_Node, int] = {}
    part: dict[_Node, int] = {}
    stack: list[_Node] = []
    for start in graph:
        if start in order:
            continue
        walk: list[tuple[_Node, abc.Iterator[_Node]]] = []
        _enter(start, graph, (order, low), stack, walk)
        while walk:
            node, following = walk[-1]
            after = next(following, None)
            if after is not None:
                if after not in order:
                    _enter(after, graph, (order, low), stack, walk)
                elif after not in part:
                    low[node] = min(low[node], order[after])
                continue
            walk.pop()
            if walk:
                low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
            if low[node] == order[node]:
                _close(node, order[node], stack, part)
    return part


def _enter(
    node: _Node,
    graph: abc.Mapping[_Node, abc.Iterable[_Node]],
    numbers: tuple[dict[_Node, int], dict[_Node, int]],
    stack: list[_Node],
    walk: list[tuple[_Node, abc.Iterator[_Node]]],
) -> None:
    order, low = numbers
    order[node] = low[node] = len(order)
    stack.append(node)
    walk.append((node, iter(graph.get(node, ()))))


def _close(node: _Node, number: int, stack: list[_Node], part: dict[_Node, int]) -> None:
    while True:
        member = stack.pop()
        part[member] = number
        if member == node:
            return
