"""Re-validation that costs what changed: only the focus nodes that a change may concern are judged again.

The nodes concerned are judged twice, by the statements before the change and by those after it, each time on an excerpt
of the graph; the results of the first are taken out of the report, those of the second put in. A shape whose reading
has no known bound, because a query of its own reads the data, is judged again whole; so is every shape when what is
said about subclasses changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import repeat
from typing import NamedTuple

import numpy as np
import polars as pl

from virtuales.assurance.dictionary import IntArray, TermDictionary
from virtuales.assurance.engine import Evaluation, FocusSet
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.grouping import grouped
from virtuales.assurance.reach import SUBCLASS, TYPE, Affected, Excerpt, is_bounded
from virtuales.assurance.report import ResultGroup, ValidationReport
from virtuales.assurance.revised_graph import RevisedGraph, Statements
from virtuales.assurance.shapes import Constraint, Shape, ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.rdf.terms import Quad, Triple

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
        InputError: the shapes graph holds no shape that could judge anything.
    """

    def __init__(
        self, data: ColumnarGraph, shapes: ShapesGraph, *, subclasses: Mapping[str, frozenset[str]] | None = None
    ) -> None:
        self._empty = validate(ColumnarGraph.from_quads(()), shapes, subclasses=subclasses)
        self._shapes = shapes
        self._subclasses = subclasses
        self._numbers = {term: number for number, term in enumerate(data.dictionary.terms)}
        named = (term for shape in shapes.shapes.values() for term in shape.terms())
        self._graph = self._numbered(RevisedGraph.of(data), [TYPE, SUBCLASS, *named])
        self._tallies = {shape.id: _Tally(shape, shapes.shapes) for shape in shapes.targeted}
        self._bounded = {shape.id: shape for shape in shapes.targeted if is_bounded(shape, shapes.shapes)}
        for name, found in self._judge_whole(self._graph, shapes.targeted).items():
            self._tallies[name].replace(found)

    @property
    def report(self) -> ValidationReport:
        """The report on the data as it is now."""
        tallies = [self._tallies[shape.id] for shape in self._shapes.targeted]
        return replace(
            self._empty,
            groups=tuple(group for tally in tallies for group in tally.groups()),
            focus_nodes=sum(tally.focus_nodes for tally in tallies),
        )

    def apply(self, removed: Iterable[Quad | Triple] = (), added: Iterable[Quad | Triple] = ()) -> ValidationReport:
        """Change the data and judge again what the change may concern.

        Graph names are left out; blank nodes are those of the data graph with the same label.

        Args:
            removed: Statements to take out; one that the data does not have, or that is added too, changes nothing.
            added: Statements to put in; one that the data has already changes nothing.

        Returns:
            The report on the changed data.

        Raises:
            InputError: a query of a shape cannot be answered; the data and the report are then as they were.
        """
        texts = [[(str(one.subject), str(one.predicate), str(one.object)) for one in side] for side in (removed, added)]
        # Kept at once, so that numbers and dictionary agree also when a query fails below.
        self._graph = before = self._numbered(self._graph, (term for side in texts for one in side for term in one))
        gone, come = (self._statements(side) for side in (set(texts[0]) - set(texts[1]), set(texts[1])))
        gone, come = gone.where(before.holds(gone)), come.where(~before.holds(come))
        both = before.plus(come)
        after = both.without(gone)
        changed = gone.joined(come)
        if len(changed.subjects):
            self._judge_again(before, both, after=after, changed=changed)
        self._graph = after
        return self.report

    def _judge_again(
        self, before: RevisedGraph, both: RevisedGraph, *, after: RevisedGraph, changed: Statements
    ) -> None:
        subclasses_change = len(changed.of(self._numbers[SUBCLASS]).first) > 0
        bounded = {} if subclasses_change else self._bounded
        affected = Affected(both, self._numbers, shapes=self._shapes.shapes, changed=changed)
        concerned = {shape.id: nodes for shape in bounded.values() if len(nodes := affected.focus_nodes(shape))}
        whole = [shape for shape in self._shapes.targeted if shape.id not in bounded]
        anew = self._judge_whole(after, whole)
        minus, plus = self._judge_excerpt(before, concerned), self._judge_excerpt(after, concerned)
        for name, found in anew.items():
            self._tallies[name].replace(found)
        for name in concerned:
            self._tallies[name].exchange(minus[name], plus[name])

    def _judge_whole(self, graph: RevisedGraph, shapes: Iterable[Shape]) -> dict[str, _Judgement]:
        several = list(shapes)
        if not several:
            return {}
        run = Evaluation(graph, self._shapes, self._subclasses)
        return {shape.id: _judgement(run, shape, run.focus_nodes(shape)) for shape in several}

    def _judge_excerpt(self, graph: RevisedGraph, concerned: Mapping[str, IntArray]) -> dict[str, _Judgement]:
        """Judge those of some nodes that are a shape's focus nodes, shape by shape."""
        if not concerned:
            return {}
        excerpt = Excerpt(graph, self._numbers, self._shapes.shapes)
        for name, nodes in concerned.items():
            excerpt.add(self._shapes.shapes[name], nodes)
        small, kept = excerpt.graph()
        run = Evaluation(small, self._shapes, self._subclasses)
        found = {}
        for name, nodes in concerned.items():
            shape = self._shapes.shapes[name]
            focus = np.intersect1d(np.searchsorted(kept, nodes), run.focus_nodes(shape))
            found[name] = _judgement(run, shape, focus)
        return found

    def _numbered(self, graph: RevisedGraph, terms: Iterable[str]) -> RevisedGraph:
        """Return the graph with a dictionary in which these terms have numbers too."""
        missing = [term for term in dict.fromkeys(terms) if term not in self._numbers]
        if not missing:
            return graph
        first = len(graph.dictionary)
        self._numbers |= {term: first + place for place, term in enumerate(missing)}
        known = graph.dictionary.terms
        return graph.with_dictionary(TermDictionary(pl.concat([known, pl.Series("term", missing, dtype=pl.String)])))

    def _statements(self, texts: set[tuple[str, str, str]]) -> Statements:
        numbers = np.array([[self._numbers[term] for term in one] for one in texts], np.int32).reshape(-1, 3)
        return Statements(*numbers.T)


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
