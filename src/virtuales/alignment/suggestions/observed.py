"""What data says with the terms of a model: the objects of each class, and the values of each property."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from virtuales.models.facts import local_name
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import Literal, Quad, plain

_MOST: Final = 20_000
"""Values kept of one property, and objects of one class: enough to compare, not to hold a network in memory."""
FEWEST: Final = 3
"""Values in common below this number may be chance, as `true` and `false` are."""
_COMMON: Final = 5
"""A value that so many terms of one side have tells nothing of any of them."""
_IDENTIFIER: Final = "mRID"


@dataclass
class Observed:
    """What data says with the terms of one model.

    Args:
        objects: For each class the objects that have it, by what identifies them in any file.
        values: For each property the literals it has.
    """

    objects: dict[str, set[str]] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, quads: Iterable[Quad]) -> "Observed":
        """Read data; an object is identified by its `mRID`, or else by the last part of its IRI."""
        seen = cls()
        typed: list[tuple[str, str]] = []
        named: dict[str, str] = {}
        for quad in quads:
            subject, predicate = plain(quad.subject), quad.predicate.value
            if quad.predicate == RDF.type:
                typed.append((subject, plain(quad.object)))
            elif isinstance(quad.object, Literal):
                kept = seen.values.setdefault(predicate, set())
                if len(kept) < _MOST:
                    kept.add(quad.object.value)
                if predicate.endswith(_IDENTIFIER):
                    named[subject] = _bare(quad.object.value)
        for subject, kind in typed:
            objects = seen.objects.setdefault(kind, set())
            if len(objects) < _MOST:
                objects.add(named.get(subject) or _bare(local_name(subject)))
        return seen


def in_common(one: Mapping[str, set[str]], other: Mapping[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Give the terms of either side that have several telling values in common."""
    there: dict[str, list[str]] = {}
    for term, values in other.items():
        for value in values:
            there.setdefault(value, []).append(term)
    for term, values in sorted(one.items()):
        counts: dict[str, int] = {}
        for value in values:
            terms = there.get(value, ())
            for partner in terms if len(terms) < _COMMON else ():
                counts[partner] = counts.get(partner, 0) + 1
        yield from ((term, partner) for partner, count in sorted(counts.items()) if count >= FEWEST)


def _bare(identifier: str) -> str:
    return identifier.lower().removeprefix("urn:uuid:").lstrip("#_")
