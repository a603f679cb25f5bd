"""What can be measured of data by itself: how complete its objects are, whether its references lead somewhere, how old.

Measured over columns, all models of a dataset together. See https://www.w3.org/TR/vocab-dqv/ for how it is written.
"""

import re
from dataclasses import dataclass

import numpy as np

from virtuales.assurance.graph import ColumnarGraph
from virtuales.rdf.namespaces import MD, RDF, XSD

_namespace = re.compile(r"<(urn:uuid:|[^>]*[#/])")
_DATES = tuple(f'"^^<{XSD[name].value}>' for name in ("date", "dateTime"))


@dataclass(frozen=True)
class ClassCompleteness:
    """How complete the objects of one class are.

    Args:
        iri: The class.
        objects: How many objects have it.
        present: For how many pairs of an object and a property of the class there is a value.
        possible: How many such pairs there are; the properties are those that any of the objects has.
    """

    iri: str
    objects: int
    present: int
    possible: int

    @property
    def share(self) -> float:
        """The share of values that are present, 0 to 1."""
        return self.present / self.possible if self.possible else 1.0


@dataclass(frozen=True)
class Measured:
    """What was measured of some data.

    Args:
        classes: How complete each class is, by IRI.
        properties: How many statements there are of each property, by IRI.
        references: How many references there are to objects of the data's own namespaces.
        resolved: How many of them lead to an object that is described.
        scenario: The latest scenario time that a header names; None when none does.
        dates: Every date and instant in the data, the latest first.
    """

    classes: tuple[ClassCompleteness, ...]
    properties: tuple[tuple[str, int], ...]
    references: int
    resolved: int
    scenario: str | None
    dates: tuple[str, ...]

    @property
    def completeness(self) -> float:
        """The share of values that are present in all classes together."""
        possible = sum(each.possible for each in self.classes)
        return sum(each.present for each in self.classes) / possible if possible else 1.0


def measure(graph: ColumnarGraph) -> Measured:
    """Measure some data.

    Args:
        graph: All models of a dataset together.
    """
    kind, scenario = graph.dictionary.lookup([str(RDF.type), str(MD["Model.scenarioTime"])])
    references, resolved = _references(graph, int(kind))
    return Measured(
        classes=_classes(graph, int(kind)),
        properties=_properties(graph),
        references=references,
        resolved=resolved,
        scenario=max(_bare(graph.dictionary.texts(np.unique(graph.pairs(int(scenario)).second))), default=None),
        dates=tuple(sorted(set(_bare(_dates(graph))), reverse=True)),
    )


def _classes(graph: ColumnarGraph, kind: int) -> tuple[ClassCompleteness, ...]:
    subjects, classes = graph.pairs(kind)
    known, place = np.unique(classes, return_inverse=True)
    objects = np.bincount(place, minlength=len(known))
    present, properties = np.zeros(len(known), np.int64), np.zeros(len(known), np.int64)
    for predicate in graph.predicates:
        if int(predicate) != kind:
            having = np.isin(subjects, np.unique(graph.pairs(int(predicate)).first))
            count = np.bincount(place[having], minlength=len(known))
            present += count
            properties += count > 0
    rows = zip(graph.dictionary.texts(known), objects, present, objects * properties, strict=True)
    return tuple(
        sorted((ClassCompleteness(term[1:-1], int(n), int(p), int(all_)) for term, n, p, all_ in rows), key=_by_iri)
    )


def _properties(graph: ColumnarGraph) -> tuple[tuple[str, int], ...]:
    predicates = [int(predicate) for predicate in graph.predicates]
    texts = graph.dictionary.texts(np.array(predicates, np.int64))
    counts = [len(graph.pairs(predicate).first) for predicate in predicates]
    return tuple(sorted((text[1:-1], count) for text, count in zip(texts, counts, strict=True)))


def _by_iri(each: ClassCompleteness) -> str:
    return each.iri


def _references(graph: ColumnarGraph, kind: int) -> tuple[int, int]:
    """Count the references to the data's own namespaces, and those of them that lead to a described object."""
    skipped = {kind, *(int(n) for n in graph.dictionary.lookup([str(term) for term in MD]))}
    described = np.unique(graph.pairs(kind).first)
    own = {match[1] for term in graph.dictionary.texts(described) if (match := _namespace.match(term))}
    total = found = 0
    for predicate in graph.predicates:
        if int(predicate) in skipped:
            continue
        objects, times = np.unique(graph.pairs(int(predicate)).second, return_counts=True)
        texts = graph.dictionary.texts(objects)
        inside = np.array([(match := _namespace.match(term)) is not None and match[1] in own for term in texts], bool)
        total += int(times[inside].sum())
        found += int(times[inside & np.isin(objects, described)].sum())
    return total, found


def _dates(graph: ColumnarGraph) -> list[str]:
    terms = graph.dictionary.terms
    return [term for suffix in _DATES for term in terms.filter(terms.str.ends_with(suffix)).to_list()]


def _bare(literals: list[str]) -> list[str]:
    return [literal[1 : literal.rindex('"')] for literal in literals if literal.startswith('"')]
