"""Judging a document as it was and as it became: what the change newly breaks, what it mends, what stays."""

from collections.abc import Mapping
from dataclasses import dataclass

from virtuales.assurance.comparison import Comparison, compare_reports
from virtuales.assurance.differences import difference
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.judging import Judgeable, Judgement, names_of, profiles_of, read_graph
from virtuales.assurance.report import EXAMPLES, ValidationReport
from virtuales.assurance.revalidation import Revalidator
from virtuales.assurance.rules import Rules
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.validator import validate
from virtuales.rdf.namespaces import MD, RDF

_TYPE, _HEADER = str(RDF.type), str(MD.FullModel)


@dataclass(frozen=True)
class Rejudgement:
    """What judging a document before and after a change gave.

    Args:
        before: What judging it as it was gave.
        after: What judging it as it became gave.
        comparison: The results of both, taken apart.
        ended: How many statements ended, those of a model's header not counted.
        began: How many began, likewise.
    """

    before: Judgement
    after: Judgement
    comparison: Comparison
    ended: int
    began: int


def rejudge(before: Judgeable, after: Judgeable, *, rules: Rules, examples: int = EXAMPLES) -> Rejudgement:
    """Judge a document, and judge again what the change that made it another concerns.

    Where the two are not judged by the same shapes, such as editions of two profile versions, each is judged whole.

    Args:
        before: The document as it was.
        after: The document as it became.
        rules: The rules.
        examples: Results of each rule whose focus nodes are looked up by name.

    Raises:
        UnreadableInput: a document or the shapes are no well-formed RDF.
        UnknownTerm: a profile has no registered shapes, or a document names none.
        InputError: no shape is left to judge by.
    """
    first = read_graph(before.path)
    second = first if before == after else read_graph(after.path)
    once = _Once(first, second)
    profiles = [profiles_of(one, graph, rules) for one, graph in ((before, first), (after, second))]
    earlier = rules.judge(first, profiles[0], by=once.before)
    later = rules.judge(second, profiles[1], by=once.after)
    comparison = compare_reports(earlier.report, later.report)
    was = _names(first, earlier.report, comparison.mended, examples=examples)
    became = _names(second, later.report, comparison.new, comparison.unchanged, examples=examples)
    return Rejudgement(
        Judgement(before.name, profiles[0], earlier.report, was, earlier.versions, earlier.remarks),
        Judgement(after.name, profiles[1], later.report, became, later.versions, later.remarks),
        comparison,
        _said_of_objects(once.change.removed, first),
        _said_of_objects(once.change.added, second),
    )


class _Once:
    """Judges one graph whole, and another by what differs, where the same shapes judge it."""

    def __init__(self, first: ColumnarGraph, second: ColumnarGraph) -> None:
        self.change = difference(first, second)
        self._kept: list[tuple[ShapesGraph, Revalidator]] = []

    def before(self, graph: ColumnarGraph, shapes: ShapesGraph) -> ValidationReport:
        if shapes.entails:
            return validate(graph, shapes)
        judged = Revalidator(graph, shapes)
        self._kept.append((shapes, judged))
        return judged.report

    def after(self, graph: ColumnarGraph, shapes: ShapesGraph) -> ValidationReport:
        for known, judged in self._kept:
            if known is shapes:
                return judged.apply(*self.change)  # a second time it changes nothing
        return validate(graph, shapes)


def _names(graph: ColumnarGraph, *reports: ValidationReport, examples: int) -> Mapping[str, str]:
    shown = (result.focus_node for report in reports for result in report.first_results(examples))
    return names_of(graph, dict.fromkeys(shown))


def _said_of_objects(part: ColumnarGraph, whole: ColumnarGraph) -> int:
    """Count the statements of a part of a graph that are not about a model's header."""
    kind, header = whole.dictionary.lookup([_TYPE, _HEADER])
    classes, models = whole.inverse_pairs(int(kind))
    headers = set(whole.dictionary.texts(models[classes == header]))
    (subjects, _, _) = part.statements()
    return sum(subject not in headers for subject in part.dictionary.texts(subjects))
