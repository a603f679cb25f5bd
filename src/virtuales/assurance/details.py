"""Why a value does not conform to a shape: the results that judging it by that shape gives, and why those came about.

See https://www.w3.org/TR/shacl/#results-detail. Constraints that hand their judgement to other shapes have details:
`sh:node`, `sh:and`, `sh:or`, `sh:xone` where no shape fits, and `sh:qualifiedMinCount`. A value that conforms where it
must not (`sh:not`, `sh:qualifiedMaxCount`) has none, for no shape finds anything wrong with it.
"""

import sys
from dataclasses import replace

import numpy as np

from virtuales.assurance.components import BY_IRI
from virtuales.assurance.dictionary import IntArray, ascending
from virtuales.assurance.engine import Evaluation, FocusSet, Found
from virtuales.assurance.grouping import grouped
from virtuales.assurance.report import ValidationResult

EVERY = sys.maxsize
"""So many results of a rule get details when all are to have them."""

_Results = tuple[ValidationResult, ...]


class Details:
    """Finds the details of results, all values at a time; what is known of a value and a shape is found once.

    Args:
        run: The evaluation that found the results.
    """

    def __init__(self, run: Evaluation) -> None:
        self._run = run
        self._known: dict[tuple[str, int], _Results] = {}

    def of(self, found: Found, first: int = EVERY) -> tuple[_Results, ...]:
        """Return the details of the first results of a constraint, one entry for each; none where none have any.

        Args:
            found: The results.
            first: How many of them get details.
        """
        component = BY_IRI.get(found.constraint.component)
        if component is None or component.why is None:
            return ()
        nodes = found.failures.nodes[:first]
        few = found._replace(
            focus=found.focus[:first], failures=found.failures._replace(rows=found.failures.rows[:first], nodes=nodes)
        )
        told: list[list[ValidationResult]] = [[] for _ in nodes]
        for shape, values in component.why(self._run, few):
            results = self._results(shape, ascending(values.nodes))
            for row, node in zip(values.rows.tolist(), values.nodes.tolist(), strict=True):
                told[row] += results[node]
        return tuple(map(tuple, told))

    def _results(self, name: str, nodes: IntArray) -> dict[int, _Results]:
        """Judge nodes by a shape: for each all results that it has, those of property shapes within included."""
        fresh = [node for node in nodes.tolist() if (name, node) not in self._known]
        if fresh:
            told = self._judged(name, np.array(fresh, np.int32))
            self._known |= {(name, node): tuple(results) for node, results in told.items()}
        return {node: self._known[name, node] for node in nodes.tolist()}

    def _judged(self, name: str, nodes: IntArray) -> dict[int, list[ValidationResult]]:
        told: dict[int, list[ValidationResult]] = {node: [] for node in nodes.tolist()}
        shape = self._run.shape(name)
        if shape.deactivated:
            return told
        focus = FocusSet(nodes)
        values = focus.values(self._run.walker, shape.path)
        for constraint, failures in self._run.failures(shape, focus, values):
            found = Found(shape, constraint, nodes[failures.rows], failures)
            (group,) = grouped(self._run.dictionary, [found])
            for node, result in zip(found.focus.tolist(), replace(group, details=self.of(found)), strict=True):
                told[node].append(result)
        for inner in shape.properties:
            below = self._results(inner, ascending(values.nodes))
            for row, node in zip(values.rows.tolist(), values.nodes.tolist(), strict=True):
                told[int(nodes[row])] += below[node]
        return told
