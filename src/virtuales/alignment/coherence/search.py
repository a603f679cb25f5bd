"""The search for a picture of the world in which something has certain atoms: a hypertableau.

What must follow is drawn first, then disjunctions are decided one by one, then things are added that others need. A
contradiction leads back to the last decision that it rests on. See Motik, Shearer and Horrocks, *Hypertableau
Reasoning for Description Logics* (2009). It is complete for what `Clauses` can say, single individuals aside: a value
of an enumeration is a class of things that may have several members.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import Final

from virtuales.alignment.coherence.clauses import EVERY, Additions, Clauses
from virtuales.alignment.coherence.graph import NO_PARENT, Clash, Graph, Impossible, Node, Reason
from virtuales.alignment.coherence.roles import RoleOrder
from virtuales.errors import TooLarge

_MOST_NODES: Final = 5_000
_MOST_STEPS: Final = 20_000
"""Decisions and new things after which a search is given up: nothing met so far came near."""


class Search:
    """A search under clauses and what mappings add to them.

    Args:
        clauses: The models' clauses.
        additions: What mappings add.
    """

    def __init__(self, clauses: Clauses, additions: Additions | None = None) -> None:
        self._clauses = clauses
        self._additions = additions or Additions()
        self._roles = RoleOrder(clauses, self._additions)
        self._onwards, self._passed_on = self._roles.onwards()
        self._liked: dict[int, int] = {}
        self._steps = 0

    def of_atoms(self, atoms: Iterable[int], *, forbidden: int = 0) -> Graph | Impossible:
        """Look for a thing with some atoms, and without those of a bit mask.

        Raises:
            TooLarge: the search took too many steps.
        """
        graph = Graph()
        root = graph.new(NO_PARENT)
        root.forbidden = forbidden
        graph.agenda += [(root.number, atom, 0) for atom in atoms]
        return self._solve(graph)

    def of_role(self, role: int) -> Graph | Impossible:
        """Look for two things that a property relates; the errors are those of `of_atoms`."""
        graph = Graph()
        root = graph.new(NO_PARENT)
        value = graph.new(root.number, arrived=role)
        try:
            self._relate(graph, root, value, role=role, grounds=0)
        except Clash as clash:
            return Impossible(clash.grounds, clash.reason)
        return self._solve(graph)

    def _solve(self, graph: Graph) -> Graph | Impossible:
        self._steps = 0
        return self._decide(graph, 0)

    def _decide(self, graph: Graph, depth: int) -> Graph | Impossible:
        """Complete a graph: decide what is open, one disjunction at a time, and turn back where that contradicts."""
        try:
            choice = self._complete(graph)
        except Clash as clash:
            return Impossible(clash.grounds, clash.reason)
        if choice is None:
            return graph
        number, options, grounds = choice
        bit = 1 << (self._additions.decisions + depth)
        refuted = grounds
        for position, option in enumerate(options):
            last = position == len(options) - 1
            tried = graph if last else graph.copy()
            result = self._try(tried, option, number=number, grounds=refuted if last else grounds | bit, depth=depth)
            if isinstance(result, Graph):
                return result
            if last or not result.grounds & bit:
                return result
            refuted |= result.grounds & ~bit
        raise AssertionError("a choice has at least one option")

    def _try(self, graph: Graph, option: "_Option", *, number: int, grounds: int, depth: int) -> Graph | Impossible:
        try:
            self._take(graph, option, number=number, grounds=grounds)
        except Clash as clash:
            return Impossible(clash.grounds, clash.reason)
        result = self._decide(graph, depth + 1)
        if isinstance(option, int) and isinstance(result, Graph):
            self._liked[option] = self._liked.get(option, 0) + 1
        return result

    def _complete(self, graph: Graph) -> "_Choice | None":
        """Draw all that must follow; return a choice that is open then, or nothing if the graph is complete."""
        while True:
            self._propagate(graph)
            if (choice := self._crowded(graph)) is not None or (choice := self._open(graph)) is not None:
                if len(choice[1]) > 1:
                    return choice
                self._take(graph, choice[1][0], number=choice[0], grounds=choice[2])
            elif not self._extend(graph):
                return None

    def _take(self, graph: Graph, option: "_Option", *, number: int, grounds: int) -> None:
        """Draw one way of a choice."""
        if isinstance(option, int):
            graph.agenda.append((number, option, grounds))
        else:
            self._merge(graph, *option, grounds=grounds)

    def _propagate(self, graph: Graph) -> None:
        """Give out the atoms of the agenda, and whatever follows from them without a choice."""
        agenda, nodes = graph.agenda, graph.nodes
        while agenda:
            number, atom, grounds = agenda.pop()
            node = nodes[number]
            if node.into is not None:
                node, grounds = self._now(graph, node, grounds)
            if node.gone or atom in node.label:
                continue
            node.label[atom] = grounds
            node.mask |= 1 << atom
            if (apart := self._clauses.apart.get(atom, 0) & node.mask) or node.forbidden >> atom & 1:
                self._contradict(graph, node, atom, apart)
            self._follow(graph, node, atom, grounds)
            self._ask_neighbours(graph, node, atom, grounds)

    @staticmethod
    def _now(graph: Graph, node: Node, grounds: int) -> tuple[Node, int]:
        """Return what a node has turned out to be, and the grounds for that beside those given."""
        while node.into is not None:
            grounds |= node.into[1]
            node = graph.nodes[node.into[0]]
        return node, grounds

    def _follow(self, graph: Graph, node: Node, atom: int, grounds: int) -> None:
        """Draw what follows for a node from an atom of its own."""
        clauses, label, agenda, number = self._clauses, node.label, graph.agenda, node.number
        for each in clauses.implied.get(atom, ()):
            if each not in label:
                agenda.append((number, each, grounds))
        for each, bit in self._additions.implied.get(atom, ()):
            if each not in label and bit & self._additions.active:
                agenda.append((number, each, grounds | bit))
        for others, head in clauses.joint.get(atom, ()):
            if others <= label.keys():
                self._conclude(graph, node, head, grounds=_union(grounds, (label[each] for each in others)))
        for head in clauses.chosen.get(atom, ()):
            graph.choices.append((number, head, grounds))

    def _contradict(self, graph: Graph, node: Node, atom: int, apart: int) -> None:
        if not apart:
            raise Clash(node.label[atom], Reason((atom,), path=graph.path(node)))
        others = [each for each in node.label if apart >> each & 1]
        other = min(others, key=lambda each: (node.label[each].bit_length(), node.label[each].bit_count()))
        raise Clash(node.label[atom] | node.label[other], Reason((atom, other), path=graph.path(node)))

    def _conclude(self, graph: Graph, node: Node, head: tuple[int, ...], *, grounds: int) -> None:
        if len(head) > 1:
            graph.choices.append((node.number, head, grounds))
        elif head:
            graph.agenda.append((node.number, head[0], grounds))
        else:
            raise Clash(grounds, Reason(path=graph.path(node)))

    def _ask_neighbours(self, graph: Graph, node: Node, atom: int, grounds: int) -> None:
        clauses = self._clauses
        for count, role, filler in clauses.needs.get(atom, ()):
            node.needs.append((count, role, filler, grounds))
        for count, role, filler in clauses.caps.get(atom, ()):
            node.caps.append((count, role, filler, grounds))
        for role, filler, bit in self._onwards.get(atom, ()):
            node.onwards.append((role, filler, grounds | bit))
            for number, roles in node.edges.items():
                if role in roles:
                    graph.agenda.append((number, filler, grounds | bit | roles[role]))
        for filler in self._passed_on.get(atom, ()):
            graph.agenda.append((node.number, filler, grounds))

    def _relate(self, graph: Graph, source: Node, target: Node, *, role: int, grounds: int) -> None:
        """Draw that a property relates two nodes, with all properties above it."""
        for above, bits in self._roles.above(role):
            self._edge(graph, source, target, role=above, grounds=grounds | bits)
            self._edge(graph, target, source, role=above ^ 1, grounds=grounds | bits)

    def _edge(self, graph: Graph, source: Node, target: Node, *, role: int, grounds: int) -> None:
        roles = source.edges.setdefault(target.number, {})
        if role in roles:
            return
        roles[role] = grounds
        for other in self._clauses.apart_roles.get(role, ()):
            if other in roles:
                raise Clash(grounds | roles[other], Reason(role=role, path=graph.path(source)))
        agenda = graph.agenda
        for atom in self._clauses.at_source.get(role, ()):
            if atom not in source.label:
                agenda.append((source.number, atom, grounds))
        for onwards, filler, bits in source.onwards:
            if onwards == role and filler not in target.label:
                agenda.append((target.number, filler, grounds | bits))

    def _crowded(self, graph: Graph) -> "_Choice | None":
        """Return the pairs of neighbours of which one must be merged, where a node has more than it allows."""
        for node in graph.living():
            if len(node.edges) <= 1:
                continue
            for role, crowd in self._doubled(node):
                return self._ways_to_merge(graph, node, role, crowd=crowd, grounds=0)
            for count, role, filler, grounds in node.caps:
                if len(node.edges) > count and len(found := self._counted(graph, node, role, filler)) > count:
                    crowd = dict(islice(found.items(), count + 1))
                    return self._ways_to_merge(graph, node, role, crowd=crowd, grounds=grounds)
        return None

    def _doubled(self, node: Node) -> Iterator[tuple[int, dict[int, int]]]:
        """Give the properties of which a node has two values though nothing has two, with both values."""
        first: dict[int, int] = {}
        for number, roles in node.edges.items():
            for role in roles.keys() & self._clauses.single:
                if role in first:
                    yield role, {each: node.edges[each][role] for each in (first[role], number)}
                first[role] = number

    @staticmethod
    def _ways_to_merge(graph: Graph, node: Node, role: int, *, crowd: Mapping[int, int], grounds: int) -> "_Choice":
        """Return the pairs of some nodes that may be the same, and what it rests on that one pair must be."""
        pairs = list(combinations(crowd, 2))
        apart = [graph.nodes[one].apart.get(two) for one, two in pairs]
        grounds = _union(_union(grounds, crowd.values()), (each for each in apart if each is not None))
        mergeable: list[_Option] = [pair for pair, why in zip(pairs, apart, strict=True) if why is None]
        if not mergeable:
            raise Clash(grounds, Reason(role=role, path=graph.path(node)))
        return node.number, mergeable, grounds

    @staticmethod
    def _counted(graph: Graph, node: Node, role: int, filler: int) -> dict[int, int]:
        """Return the neighbours by a property that have an atom, each with the grounds for that."""
        found = {}
        for number, roles in node.edges.items():
            if role in roles:
                if filler == EVERY:
                    found[number] = roles[role]
                elif filler in graph.nodes[number].label:
                    found[number] = roles[role] | graph.nodes[number].label[filler]
        return found

    def _open(self, graph: Graph) -> "_Choice | None":
        """Return the disjunction with the fewest ways left; one that is settled is dropped for good."""
        best: _Choice | None = None
        kept = []
        for choice in graph.choices:
            number, head, grounds = choice
            node, grounds = self._now(graph, graph.nodes[number], grounds)
            if node.gone or any(atom in node.label for atom in head):
                continue
            kept.append(choice)
            if best is not None and len(best[1]) == 1:
                continue
            left, on = self._left(node, head, grounds)
            if not left:
                atoms = tuple(head[:1])
                raise Clash(on, Reason(atoms, path=graph.path(node)))
            if best is None or len(left) < len(best[1]):
                best = (node.number, left, on)
        graph.choices = kept
        if best is not None and len(best[1]) > 1:
            best[1].sort(key=lambda atom: -self._liked.get(atom, 0) if isinstance(atom, int) else 0)
        return best

    def _left(self, node: Node, head: tuple[int, ...], grounds: int) -> "tuple[list[_Option], int]":
        """Return the atoms of a disjunction that do not contradict the node at once, and what that rests on."""
        left: list[_Option] = []
        for atom in head:
            apart = self._clauses.apart.get(atom, 0) & node.mask
            if not apart and not node.forbidden >> atom & 1 and not self._clauses.apart.get(atom, 0) >> atom & 1:
                left.append(atom)
            elif apart:
                against = (ground for each, ground in node.label.items() if apart >> each & 1)
                grounds |= min(against, key=lambda each: (each.bit_length(), each.bit_count()))
        return left, grounds

    def _extend(self, graph: Graph) -> bool:
        """Add the neighbours that a node still needs; tell whether one did."""
        for node in graph.unblocked():
            for count, role, filler, grounds in node.needs:
                if not self._met(graph, node, count, role=role, filler=filler):
                    self._add(graph, node, count, role=role, filler=filler, grounds=grounds)
                    return True
        return False

    def _met(self, graph: Graph, node: Node, count: int, *, role: int, filler: int) -> bool:
        found = list(self._counted(graph, node, role, filler))
        if count == 1 or len(found) < count:
            return len(found) >= count
        return _has_distinct(graph, found, count)

    def _add(self, graph: Graph, node: Node, count: int, *, role: int, filler: int, grounds: int) -> None:
        self._step(graph)
        added = [graph.new(node.number, arrived=role, grounds=grounds) for _ in range(count)]
        for each in added:
            for other in added:
                if other is not each:
                    each.apart[other.number] = grounds
            if filler != EVERY:
                graph.agenda.append((each.number, filler, grounds))
            self._relate(graph, node, each, role=role, grounds=grounds)

    def _step(self, graph: Graph) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS or len(graph.nodes) > _MOST_NODES:
            raise TooLarge("What the mappings say together takes too long to think through.")

    def _merge(self, graph: Graph, one: int, two: int, *, grounds: int) -> None:
        """Draw that two nodes are the same: the later one becomes the earlier one."""
        self._step(graph)
        kept, lost = graph.nodes[min(one, two)], graph.nodes[max(one, two)]
        if lost.number in kept.apart:
            raise Clash(grounds | kept.apart[lost.number], Reason(path=graph.path(kept)))
        lost.into, lost.gone = (kept.number, grounds), True
        graph.agenda += [(kept.number, atom, grounds | why) for atom, why in lost.label.items()]
        kept.forbidden |= lost.forbidden
        for number, why in lost.apart.items():
            kept.apart.setdefault(number, why | grounds)
            graph.nodes[number].apart.setdefault(kept.number, why | grounds)
        for number, roles in list(lost.edges.items()):
            neighbour = graph.nodes[number]
            neighbour.edges.pop(lost.number, None)
            if neighbour.parent == lost.number:
                self._prune(graph, neighbour)
                continue
            end = kept if neighbour is lost else neighbour
            for role, why in roles.items():
                self._edge(graph, kept, end, role=role, grounds=why | grounds)
                self._edge(graph, end, kept, role=role ^ 1, grounds=why | grounds)
        lost.edges = {}

    def _prune(self, graph: Graph, node: Node) -> None:
        """Take away a node that is no longer asked for, with all that hangs on it."""
        node.gone = True
        for number in list(node.edges):
            neighbour = graph.nodes[number]
            neighbour.edges.pop(node.number, None)
            if neighbour.parent == node.number and not neighbour.gone:
                self._prune(graph, neighbour)
        node.edges = {}


_Option = int | tuple[int, int]
"""An atom that a node is given, or two nodes that are merged."""
_Choice = tuple[int, list[_Option], int]


def _has_distinct(graph: Graph, among: Sequence[int], count: int) -> bool:
    """Tell whether there are so many nodes that are all known to differ."""
    if count == 0:
        return True
    for place, each in enumerate(among):
        others = [other for other in among[place + 1 :] if other in graph.nodes[each].apart]
        if len(others) >= count - 1 and _has_distinct(graph, others, count - 1):
            return True
    return False


def _union(first: int, others: Iterable[int]) -> int:
    for each in others:
        first |= each
    return first
