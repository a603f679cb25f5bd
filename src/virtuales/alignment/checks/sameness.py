"""Which terms mappings say mean the same, all sets together."""

from dataclasses import dataclass, field

Node = tuple[str, str]
"""A term as seen by the checks: the model, or the namespace where the model is not known, and the IRI."""


@dataclass(frozen=True)
class Collapse:
    """Two terms of one model that a mapping would make the same.

    Args:
        model: The model.
        terms: The IRIs of the terms.
    """

    model: str
    terms: tuple[str, str]


@dataclass
class Sameness:
    """Groups of terms that mean the same, as far as that leaves apart what a model keeps apart.

    >>> sameness = Sameness()
    >>> sameness.join(("a", "a#x"), ("b", "b#y"))
    >>> sameness.counterpart(("a", "a#x"), "b")
    'b#y'
    >>> sameness.join(("a", "a#z"), ("b", "b#y"))
    Collapse(model='a', terms=('a#z', 'a#x'))
    """

    _above: dict[Node, Node] = field(default_factory=dict)
    _members: dict[Node, dict[str, str]] = field(default_factory=dict)

    def join(self, one: Node, two: Node) -> Collapse | None:
        """Take in that two terms mean the same; if that would make two terms of one model the same, say which."""
        one_group, two_group = self.group(one), self.group(two)
        first = self._members.setdefault(one_group, {one[0]: one[1]})
        second = self._members.setdefault(two_group, {two[0]: two[1]})
        if one_group == two_group:
            return None
        for model in first.keys() & second.keys():
            if first[model] != second[model]:
                return Collapse(model, (first[model], second[model]))
        smaller, larger = sorted((one_group, two_group), key=lambda node: len(self._members[node]))
        self._above[smaller] = larger
        self._members[larger] |= self._members.pop(smaller)
        return None

    def group(self, node: Node) -> Node:
        """Return the node that stands for all that mean the same as a node."""
        while (above := self._above.get(node)) is not None:
            node = above
        return node

    def counterpart(self, node: Node, model: str) -> str | None:
        """Return the term of a model that means the same as a node, or nothing."""
        return self._members.get(self.group(node), {}).get(model)
