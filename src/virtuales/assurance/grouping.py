"""What evaluation found, written out as groups of results: from numbers to terms, and in words."""

from collections.abc import Iterable, Iterator

import numpy as np

from virtuales.assurance.components import BY_IRI
from virtuales.assurance.dictionary import NO_TERM, TermDictionary
from virtuales.assurance.engine import Found
from virtuales.assurance.report import ResultGroup, plain_text
from virtuales.assurance.shapes import Constraint, Shape


def grouped(dictionary: TermDictionary, results: Iterable[Found]) -> Iterator[ResultGroup]:
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
