"""Judging data by shapes: the one function that everything else in this room is for."""

from collections.abc import Iterator, Mapping

import numpy as np

from virtuales.assurance.components import BY_IRI
from virtuales.assurance.dictionary import NO_TERM, TermDictionary
from virtuales.assurance.engine import Evaluation, FocusSet, Found
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.report import ResultGroup, Rule, ValidationReport, plain_text
from virtuales.assurance.shapes import Constraint, Shape, ShapesGraph
from virtuales.errors import InputError


def validate(
    data: ColumnarGraph, shapes: ShapesGraph, *, subclasses: Mapping[str, frozenset[str]] | None = None
) -> ValidationReport:
    """Judge a data graph by a shapes graph (https://www.w3.org/TR/shacl/#validation-definition).

    Parts of the shapes graph that are in error are left out and listed in the report.

    Args:
        data: The data graph. Subclass statements in it count.
        shapes: The compiled shapes graph.
        subclasses: What registered models say besides: for a class (bare IRI) all classes below it.

    Raises:
        InputError: the shapes graph holds no shape that could judge anything.
    """
    _refuse_empty(shapes)
    run = Evaluation(data, shapes, subclasses)
    groups: list[ResultGroup] = []
    focus_nodes = 0
    for shape in shapes.targeted:
        focus = FocusSet(run.focus_nodes(shape))
        focus_nodes += len(focus.nodes)
        groups.extend(grouped(run.dictionary, run.judge(shape, focus)))
    return ValidationReport(
        groups=tuple(groups),
        judged=tuple(shape.id for shape in shapes.targeted),
        left_out=shapes.faults,
        focus_nodes=focus_nodes,
        sources=shapes.sources,
        rules=tuple(map(_rule, shapes.judging)),
    )


def _refuse_empty(shapes: ShapesGraph) -> None:
    """Fail closed: what cannot judge must not pass."""
    usable = any(shapes.judges(shape.id) for shape in shapes.targeted)
    if not shapes.shapes or (shapes.faults and not usable):
        first = f" The first fault: {shapes.faults[0].what}" if shapes.faults else ""
        raise InputError(
            f"The shapes graph holds no shape by which data could be judged.{first}",
            where=", ".join(shapes.sources) or None,
            remedy="Give a shapes graph with at least one sound shape that has a target.",
        )


def grouped(dictionary: TermDictionary, results: Iterator[Found]) -> Iterator[ResultGroup]:
    """Write the results of one evaluation as groups, one for each shape and constraint that found any.

    Args:
        dictionary: The dictionary of the graph that was judged.
        results: What evaluation found.
    """
    for found in results:
        shape, constraint, failures = found.shape, found.constraint, found.failures
        values = failures.values or [None] * len(failures.rows)
        if failures.values is None and bool((failures.nodes != NO_TERM).any()):
            texts = dictionary.texts(np.maximum(failures.nodes, 0))
            values = [one if node != NO_TERM else None for one, node in zip(texts, failures.nodes, strict=True)]
        yield ResultGroup(
            source_shape=shape.id,
            rule=shape.name or plain_text(shape.id),
            component=constraint.component,
            severity=shape.severity,
            message=_words(shape, constraint),
            messages=shape.messages,
            path=shape.path,
            focus_nodes=tuple(dictionary.texts(found.focus)),
            values=tuple(values),
            paths=tuple(failures.paths or ()),
            own_messages=tuple(failures.messages or ()),
            source_constraint=constraint.source,
            description=shape.description,
        )


def _rule(shape: Shape) -> Rule:
    return Rule(
        source_shape=shape.id,
        name=shape.name or plain_text(shape.id),
        description=shape.description,
        severity=shape.severity,
        path=shape.path,
    )


def _words(shape: Shape, constraint: Constraint) -> str:
    """Return the shape's first message, else the component's words filled in with what the constraint says."""
    if shape.messages:
        return plain_text(shape.messages[0])
    words = BY_IRI[constraint.component].words if constraint.component in BY_IRI else "Found by {terms[0]}."
    return words.format(
        number=constraint.number,
        text=constraint.text,
        terms=_Listed(map(plain_text, constraint.terms)),
        shapes=_Listed(map(plain_text, constraint.shapes)),
    )


class _Listed(list[str]):
    """A list that reads as words when it is put into a message."""

    def __format__(self, spec: str) -> str:
        return ", ".join(self)
