"""Inferring statements by the rules of a shapes graph (https://www.w3.org/TR/shacl-af/#rules).

The note describes one pass and leaves open what happens when a rule could apply again. Read here: rules of one order,
in shapes of one order, make a group. The groups run one after another, those with smaller numbers first. Within a group
all rules see the same data; what they infer is added, and the group runs again until it infers nothing new. Groups that
are through do not run again. A statement that could not stand in RDF, with a literal as subject for example, is not
inferred, as in a CONSTRUCT query.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from uuid import uuid4

import numpy as np

from virtuales.assurance.dictionary import IRI, LITERAL, IntArray
from virtuales.assurance.engine import Evaluation
from virtuales.assurance.expression_values import Expressions
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.paths import ranges, spans
from virtuales.assurance.revised_graph import RevisedGraph, Statements, held_by
from virtuales.assurance.shapes import Fault, InferenceRule, Shape, ShapesGraph
from virtuales.errors import InputError

ROUNDS = 100
"""How often the rules of one order may run before they are taken not to come to an end."""

_Texts = tuple[str, str, str]


@dataclass(frozen=True)
class Inference:
    """What the rules of a shapes graph infer from data.

    Args:
        whole: The data together with what was inferred.
        statements: What was inferred and was not in the data, as terms, in the order of the groups.
        rules: How many rules ran.
        left_out: Parts of the shapes graph that are in error.
    """

    whole: ColumnarGraph
    statements: tuple[_Texts, ...]
    rules: int
    left_out: tuple[Fault, ...]


def infer(
    data: ColumnarGraph,
    shapes: ShapesGraph,
    *,
    subclasses: Mapping[str, frozenset[str]] | None = None,
    rounds: int = ROUNDS,
) -> Inference:
    """Infer statements from data by the rules of a shapes graph.

    Args:
        data: The data graph; it stays as it is.
        shapes: The compiled shapes graph.
        subclasses: What registered models say besides: for a class (bare IRI) all classes below it.
        rounds: How often the rules of one order may run.

    Raises:
        InputError: rules still infer something new after so many rounds.
    """
    run = Evaluation(RevisedGraph.of(data), shapes, subclasses)
    graph = RevisedGraph.of(data).with_dictionary(run.dictionary)
    found: list[_Texts] = []
    count = 0
    for _, pairs in groupby(_ordered(shapes), key=_order):
        group = list(pairs)
        count += len(group)
        for _ in range(rounds):
            run, inferred = _round(run, group)
            graph = graph.with_dictionary(run.dictionary)
            fresh = inferred.where(~held_by(graph, inferred))
            if not len(fresh.subjects):
                break
            texts = list(zip(*(run.dictionary.texts(column) for column in fresh), strict=True))
            found += texts
            graph = graph.plus(fresh)
            run = run.on(graph, added="".join(f"{one} {two} {three} .\n" for one, two, three in texts).encode())
        else:
            raise InputError(
                f"The rules do not come to an end: after {rounds} rounds they still infer something new.",
                where=", ".join(rule.id for _, rule in group),
                remedy="Let no rule make new nodes or values out of those that it made itself, or give them an order.",
            )
    return Inference(graph, tuple(found), count, shapes.faults)


def _ordered(shapes: ShapesGraph) -> list[tuple[Shape, InferenceRule]]:
    several = [(shape, rule) for shape in shapes.targeted for rule in shape.rules]
    return sorted(several, key=_order)


def _order(one: tuple[Shape, InferenceRule]) -> tuple[object, ...]:
    shape, rule = one
    return shape.order, rule.order


def _round(run: Evaluation, group: list[tuple[Shape, InferenceRule]]) -> tuple[Evaluation, Statements]:
    """Run the rules of a group once, all on the same data; return an evaluation that knows the terms they made."""
    several: list[Statements] = []
    for shape, rule in group:
        focus = run.focus_nodes(shape)
        for condition in rule.conditions:
            focus = focus[run.conforms(condition, focus)]
        if not len(focus):
            continue
        if rule.triple is not None:
            run, statements = _by_triple(run, rule, focus)
        else:
            run, statements = _by_query(run, rule, focus)
        several.append(statements)
    rows = np.unique(np.concatenate([_NONE, *(np.stack(one, axis=1) for one in several)]), axis=0)
    kind = run.dictionary.kind
    sound = (kind[rows[:, 0]] != LITERAL) & (kind[rows[:, 1]] == IRI)
    return run, Statements(*rows[sound].T)


_NONE = np.empty((0, 3), np.int32)


def _by_triple(run: Evaluation, rule: InferenceRule, focus: IntArray) -> tuple[Evaluation, Statements]:
    """Combine all subjects, predicates and objects of each focus node."""
    expressions = Expressions(run)
    rows = np.arange(len(focus), dtype=np.int32)
    columns: list[IntArray] = []
    for expression in rule.triple or ():
        found = expressions.evaluate(expression, focus)
        start, size = spans(rows, found.rows)
        rows, columns = np.repeat(rows, size), [np.repeat(one, size) for one in columns]
        columns.append(found.nodes[ranges(start, size)].astype(np.int32))
    return expressions.run, Statements(*columns)


def _by_query(run: Evaluation, rule: InferenceRule, focus: IntArray) -> tuple[Evaluation, Statements]:
    texts = list(_constructed(run, rule, focus))
    run, numbers = run.knowing(term for one in texts for term in one)
    columns = np.array([[numbers[term] for term in one] for one in texts], np.int32).reshape(-1, 3)
    return run, Statements(*columns.T)


def _constructed(run: Evaluation, rule: InferenceRule, focus: IntArray) -> Iterator[_Texts]:
    """Fill a template with each solution; a blank node of the template is another for each solution."""
    if rule.query is None:
        raise TypeError("a rule has neither expressions nor a query")
    nodes = run.dictionary.texts(focus)
    fresh = any(term.startswith("_:") for one in rule.template for term in one)
    for row, solution in run.sparql.select(rule.query, focus):
        label = f"_:{uuid4().hex}" if fresh else ""
        for one in rule.template:
            filled = [_filled(term, solution, this=nodes[row], label=label) for term in one]
            subject, predicate, value = filled
            if subject and predicate and value:
                yield subject, predicate, value


def _filled(term: str, solution: Mapping[str, str], *, this: str, label: str) -> str | None:
    if term.startswith("?"):
        return this if term == "?this" else solution.get(term[1:])
    return label + term[2:] if term.startswith("_:") else term
