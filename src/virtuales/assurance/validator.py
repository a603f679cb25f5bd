"""Judging data by shapes: the one function that everything else in this room is for."""

from collections.abc import Mapping
from dataclasses import replace

from virtuales.assurance.details import Details
from virtuales.assurance.engine import Evaluation, FocusSet
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.grouping import grouped
from virtuales.assurance.report import ResultGroup, Rule, ValidationReport, plain_text
from virtuales.assurance.shapes import Shape, ShapesGraph
from virtuales.errors import InputError


def validate(
    data: ColumnarGraph,
    shapes: ShapesGraph,
    *,
    subclasses: Mapping[str, frozenset[str]] | None = None,
    details: int = 0,
    infer: bool = False,
) -> ValidationReport:
    """Judge a data graph by a shapes graph (https://www.w3.org/TR/shacl/#validation-definition).

    Parts of the shapes graph that are in error are left out and listed in the report.

    Args:
        data: The data graph. Subclass statements in it count.
        shapes: The compiled shapes graph.
        subclasses: What registered models say besides: for a class (bare IRI) all classes below it.
        details: How many results of each rule say why their value does not conform to another shape (`sh:detail`);
            `virtuales.assurance.details.EVERY` for all of them.
        infer: Whether the rules of the shapes graph run first, so that what they infer is judged too; they do anyway
            where the shapes graph asks for it (`sh:entailment sh:Rules`).

    Raises:
        InputError: the shapes graph holds no shape that could judge anything, or its rules do not come to an end.
    """
    _refuse_empty(shapes)
    inferred = 0
    if infer or shapes.entails:
        from virtuales.assurance.inference import infer as infer_statements  # noqa: PLC0415  # few ask for it

        inference = infer_statements(data, shapes, subclasses=subclasses)
        data, inferred = inference.whole, len(inference.statements)
    run = Evaluation(data, shapes, subclasses)
    why = Details(run)
    groups: list[ResultGroup] = []
    focus_nodes = 0
    for shape in shapes.targeted:
        focus = FocusSet(run.focus_nodes(shape))
        focus_nodes += len(focus.nodes)
        for found in run.judge(shape, focus):
            (group,) = grouped(run.dictionary, [found])
            groups.append(replace(group, details=why.of(found, details)) if details else group)
    return ValidationReport(
        groups=tuple(groups),
        judged=tuple(shape.id for shape in shapes.targeted),
        left_out=shapes.faults,
        focus_nodes=focus_nodes,
        sources=shapes.sources,
        rules=tuple(map(_rule, shapes.judging)),
        inferred=inferred,
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


def _rule(shape: Shape) -> Rule:
    return Rule(
        source_shape=shape.id,
        name=shape.name or plain_text(shape.id),
        description=shape.description,
        severity=shape.severity,
        path=shape.path,
    )
