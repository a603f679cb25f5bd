"""Re-validation that costs what changed: only the focus nodes that a change may concern are judged again.

The nodes concerned are judged twice, by the statements before the change and by those after it, each time on an excerpt
of the graph; the results of the first are taken out of the report, those of the second put in. A shape whose reading
has no known bound, because a query of its own reads the data, is judged again whole; so is every shape when what is
said about subclasses changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from typing import NamedTuple

import numpy as np

from virtuales.assurance.dictionary import IntArray, TermDictionary
from virtuales.assurance.engine import Evaluation, FocusSet
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.grouping import grouped
from virtuales.assurance.reach import SUBCLASS, TYPE, Affected, Excerpt, is_bounded, predicates_read, united
from virtuales.assurance.report import ResultGroup, ValidationReport
from virtuales.assurance.revised_graph import RevisedGraph, Statements, held_by
from virtuales.assurance.shapes import Constraint, Shape, ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.errors import InputError

_NOTHING = ColumnarGraph.from_quads(())
_NO_STATEMENTS = Statements(*_NOTHING.statements())
_FEW, _RATIO = 5_000, 200
_Rule = tuple[str, Constraint]
_Row = tuple[str, str | None, str | None, tuple[str, ...] | None]


class _Judgement(NamedTuple):
    """What judging some focus nodes by one shape with targets found: how many there were, and the results."""

    focus_nodes: int
    groups: dict[_Rule, list[ResultGroup]]


class Revalidator:
    """Keeps a data graph and its validation report up to date with each other while the data changes.

    Each report holds the results that `virtuales.assurance.validator.validate` gives for the same data, the groups in
    the same order; results of one group may stand in another order, and a property shape that one shape reaches in two
    ways has its results in one group. The terms of statements that went keep their numbers, so an object that sees
    much change should be made anew now and then.

    Args:
        data: The data graph to begin with.
        shapes: The compiled shapes graph.
        subclasses: What registered models say besides: for a class (bare IRI) all classes below it.

    Raises:
        InputError: the shapes graph holds no shape that could judge anything, or asks for rules to run first.
    """

    def __init__(
        self, data: ColumnarGraph, shapes: ShapesGraph, *, subclasses: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        if shapes.entails:
            raise InputError(
                "These shapes ask for rules to run before data is judged, so a change may concern anything.",
                where=", ".join(shapes.sources) or None,
                remedy="Judge the changed data whole.",
            )
        self._empty = validate(_NOTHING, shapes, subclasses=subclasses)
        self._shapes = shapes
        self._subclasses = subclasses
        named = (term for shape in shapes.shapes.values() for term in shape.terms())
        dictionary, self._numbers = data.dictionary.with_terms([TYPE, SUBCLASS, *named])
        self._graph = RevisedGraph.of(data).with_dictionary(dictionary)
        self._tallies = {shape.id: _Tally(shape, shapes.shapes) for shape in shapes.targeted}
        self._bounded = {shape.id: shape for shape in shapes.targeted if is_bounded(shape, shapes.shapes)}
        self._reads = predicates_read(shapes.shapes)
        for name, found in self._judge_whole(self._graph, shapes.targeted).items():
            self._tallies[name].replace(found)

    @property
    def graph(self) -> ColumnarGraph:
        """The data as it is now; its dictionary still has the terms of what went."""
        return self._graph

    @property
    def report(self) -> ValidationReport:
        """The report on the data as it is now."""
        tallies = [self._tallies[shape.id] for shape in self._shapes.targeted]
        return replace(
            self._empty,
            groups=tuple(group for tally in tallies for group in tally.groups()),
            focus_nodes=sum(tally.focus_nodes for tally in tallies),
        )

    def apply(self, removed: ColumnarGraph | None = None, added: ColumnarGraph | None = None) -> ValidationReport:
        """Change the data and judge again what the change may concern.

        Blank nodes are those of the data graph with the same label.

        Args:
            removed: Statements to take out; one that the data does not have, or that is added too, changes nothing.
            added: Statements to put in; one that the data has already changes nothing.

        Returns:
            The report on the changed data.

        Raises:
            InputError: a query of a shape cannot be answered; the data and the report are then as they were.
        """
        before, (out, into) = self._numbered(removed or _NOTHING, added or _NOTHING)
        gone, come = Statements(*out.statements()), Statements(*into.statements())
        gone, come = gone.where(held_by(before, gone) & ~held_by(into, gone)), come.where(~held_by(before, come))
        both = before.plus(come)
        after = both.without(gone)
        if len(gone.subjects) or len(come.subjects):
            self._judge_again(both, after, gone=gone, come=come)
            self._graph = after
        return self.report

    def _judge_again(self, both: RevisedGraph, after: RevisedGraph, *, gone: Statements, come: Statements) -> None:
        changed = gone.joined(come)
        all_anew = len(changed.of(self._numbers[SUBCLASS]).first) > 0 or _is_large(changed, after)
        bounded = {} if all_anew else self._bounded
        affected = Affected(both, self._numbers, shapes=self._shapes.shapes, reads=self._reads, changed=changed)
        anew = self._judge_whole(after, [shape for shape in self._shapes.targeted if shape.id not in bounded])
        concerned = self._focus_nodes_among({one: affected.focus_nodes(shape) for one, shape in bounded.items()}, both)
        minus, plus = self._judge_excerpt(both, concerned, without=(come, gone))
        for name, found in anew.items():
            self._tallies[name].replace(found)
        for name in concerned:
            self._tallies[name].exchange(minus[name], plus[name])

    def _focus_nodes_among(self, nodes: Mapping[str, IntArray], graph: RevisedGraph) -> dict[str, IntArray]:
        """Leave out, shape by shape, nodes that are no focus nodes; with fewer statements there are no others."""
        excerpt = Excerpt(graph, self._numbers, self._shapes.shapes)
        targets = {name: Shape(name, targets=self._shapes.shapes[name].targets) for name in nodes if len(nodes[name])}
        for name, shape in targets.items():
            excerpt.add_targets(shape, nodes[name])
        small = _Small(graph, excerpt)
        run = Evaluation(small.without(_NO_STATEMENTS), replace(self._shapes, shapes=targets), self._subclasses)
        found = {}
        for name, shape in targets.items():
            focus = _common(run.focus_nodes(shape), small.numbers(nodes[name]))
            if len(focus):
                found[name] = small.kept[focus]
        return found

    def _judge_whole(self, graph: RevisedGraph, shapes: Iterable[Shape]) -> dict[str, _Judgement]:
        several = list(shapes)
        if not several:
            return {}
        run = Evaluation(graph, self._shapes, self._subclasses)
        return {shape.id: _judgement(run, shape, run.focus_nodes(shape)) for shape in several}

    def _judge_excerpt(
        self, graph: RevisedGraph, concerned: Mapping[str, IntArray], *, without: Sequence[Statements]
    ) -> list[dict[str, _Judgement]]:
        """Judge some nodes by each shape whose focus nodes they then are, without these or those statements."""
        excerpt = Excerpt(graph, self._numbers, self._shapes.shapes)
        shapes = self._shapes_within(concerned)
        for name, nodes in concerned.items():
            excerpt.add(shapes.shapes[name], nodes)
        small = _Small(graph, excerpt)
        judged = []
        for left_out in without if concerned else ():
            run = Evaluation(small.without(left_out), shapes, self._subclasses)
            found = {}
            for name, nodes in concerned.items():
                shape = shapes.shapes[name]
                found[name] = _judgement(run, shape, _common(run.focus_nodes(shape), small.numbers(nodes)))
            judged.append(found)
        return judged or [{} for _ in without]

    def _shapes_within(self, names: Iterable[str]) -> ShapesGraph:
        """Return some shapes and those that they refer to, as a shapes graph of their own."""
        found: dict[str, Shape] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self._shapes.shapes[name]
                waiting += found[name].references
        return replace(self._shapes, shapes=found)

    def _numbered(self, *several: ColumnarGraph) -> tuple[RevisedGraph, list[ColumnarGraph]]:
        """Return the data with a dictionary that has the terms of some graphs too, and these graphs by its numbers."""
        terms = [one.dictionary.terms.to_list() for one in several]
        dictionary, numbers = self._graph.dictionary.with_terms(term for some in terms for term in some)
        renumbered = []
        for graph, some in zip(several, terms, strict=True):
            place = np.array([numbers[term] for term in some], np.int32)
            columns = (place[column] for column in graph.statements())
            renumbered.append(ColumnarGraph(dictionary, *columns))
        return self._graph.with_dictionary(dictionary), renumbered


class _Small:
    """An excerpt of a graph as a graph of its own.

    Args:
        graph: The whole.
        excerpt: What was taken out of it.
    """

    def __init__(self, graph: RevisedGraph, excerpt: Excerpt) -> None:
        self._whole = graph.dictionary
        self._statements = excerpt.statements()
        self.kept = united(*self._statements, excerpt.nodes)
        self._dictionary = TermDictionary(graph.dictionary.terms.gather(self.kept))

    def numbers(self, nodes: IntArray) -> IntArray:
        """Return the numbers that nodes of the excerpt have in it, by those of the whole."""
        return np.searchsorted(self.kept, nodes)

    def without(self, statements: Statements) -> ColumnarGraph:
        """Return the excerpt without some statements, which are given by the numbers of the whole."""
        rest = self._statements.where(~held_by(ColumnarGraph(self._whole, *statements), self._statements))
        return ColumnarGraph(self._dictionary, *(self.numbers(column) for column in rest))


class _Tally:
    """The results of one shape with targets, rule by rule, each as often as it was found."""

    def __init__(self, shape: Shape, shapes: Mapping[str, Shape]) -> None:
        self.focus_nodes = 0
        self._rank = {rule: place for place, rule in enumerate(dict.fromkeys(_rules(shape, shapes)))}
        self._rows: dict[_Rule, Counter[_Row]] = {}
        self._groups: dict[_Rule, ResultGroup] = {}

    def groups(self) -> list[ResultGroup]:
        """Return the results, the rules in the order in which the engine judges by them."""
        return [self._groups[rule] for rule in sorted(self._groups, key=self._rank.__getitem__)]

    def replace(self, found: _Judgement) -> None:
        """Forget what was known."""
        self.focus_nodes = 0
        self._rows, self._groups = {}, {}
        self.exchange(_Judgement(0, {}), found)

    def exchange(self, minus: _Judgement, plus: _Judgement) -> None:
        """Take results out and put others in."""
        self.focus_nodes += plus.focus_nodes - minus.focus_nodes
        for rule in minus.groups.keys() | plus.groups.keys():
            out, into = _count(minus.groups.get(rule, [])), _count(plus.groups.get(rule, []))
            if out == into:
                continue
            rows = self._rows.setdefault(rule, Counter())
            rows.update(into)
            for row, often in out.items():
                rows[row] -= often
                if not rows[row]:
                    del rows[row]
            template = (plus.groups.get(rule) or minus.groups[rule])[0]
            self._groups.pop(rule, None)
            if rows:
                self._groups[rule] = _group(template, rows)


def _rules(shape: Shape, shapes: Mapping[str, Shape]) -> Iterator[_Rule]:
    """Give the constraints of a shape and of its property shapes, in the order in which the engine judges by them."""
    yield from ((shape.id, constraint) for constraint in shape.constraints)
    for name in shape.properties:
        yield from _rules(shapes[name], shapes)


def _is_large(changed: Statements, graph: RevisedGraph) -> bool:
    """Tell whether a change is so large that finding out what it concerns is more work than judging all."""
    return len(changed.subjects) > _FEW and len(changed.subjects) * _RATIO > len(graph)


def _common(few: IntArray, many: IntArray) -> IntArray:
    """Return the numbers that are in both of two ascending columns."""
    return few[Evaluation.member(few, many)]


def _judgement(run: Evaluation, shape: Shape, focus: IntArray) -> _Judgement:
    groups: dict[_Rule, list[ResultGroup]] = {}
    for found in run.judge(shape, FocusSet(focus)):
        groups.setdefault((found.shape.id, found.constraint), []).extend(grouped(run.dictionary, iter([found])))
    return _Judgement(len(focus), groups)


def _count(groups: Iterable[ResultGroup]) -> Counter[_Row]:
    """Count equal results; a value of several focus nodes is reported for each."""
    count: Counter[_Row] = Counter()
    for one in groups:
        count.update(
            zip(one.focus_nodes, one.values, one.paths or repeat(None), one.own_messages or repeat(None), strict=False)
        )
    return count


def _group(template: ResultGroup, rows: Counter[_Row]) -> ResultGroup:
    """Make a group of results; all of one rule either have paths and messages of their own or have none."""
    focus_nodes, values, paths, messages = zip(*rows.elements(), strict=True)
    return replace(
        template,
        focus_nodes=focus_nodes,
        values=values,
        paths=paths if template.paths else (),
        own_messages=messages if template.own_messages else (),
    )
