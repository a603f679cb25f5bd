"""On which lines of a CIM/XML document objects and their properties stand, for those that somebody asks about.

One pass with expat over the document, which ends as soon as everything asked for is known; it counts lines without
limit, where lxml stops at 65,535. The document is one that the reader has accepted.
"""

from collections.abc import Iterable, Mapping
from typing import BinaryIO
from xml.parsers import expat

from virtuales.preparation.cim.identifiers import Identifiers

_CHUNK = 1 << 16
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ABOUT, _ID = f"{_RDF}about", f"{_RDF}ID"


def locate(
    source: BinaryIO, identifiers: Identifiers, wanted: Mapping[str, Iterable[str]], *, section: str | None = None
) -> dict[tuple[str, str | None], int]:
    """Return the lines, from 1, on which objects begin, and those of their properties.

    Where an object is described twice, or has a property twice, the first place counts.

    Args:
        source: The document, seekable or at its beginning.
        identifiers: How the reader made IRIs of the document's identifiers.
        wanted: IRIs of objects, each with the IRIs of the properties that are asked for.
        section: The IRI of the element within which alone is looked, such as a section of a difference model.

    Returns:
        The line of each object under `(object, None)`, of each property that it has under `(object, property)`. What
        the document does not hold, or what comes after a place where expat cannot read on, is not in it.
    """
    search = _Search(identifiers, wanted, section)
    while search.pending and (chunk := source.read(_CHUNK)):
        try:
            search.parser.Parse(chunk, False)
        except (expat.ExpatError, LookupError, ValueError):
            break  # an encoding that only the first parser knew: the report then goes without these lines
    return search.found


class _Search:
    """The state of one pass: the object it stands in, and what is still to be found."""

    def __init__(self, identifiers: Identifiers, wanted: Mapping[str, Iterable[str]], section: str | None) -> None:
        self._identifiers = identifiers
        self._section = section
        self._inside = section is None
        self._wanted = {iri: frozenset(properties) for iri, properties in wanted.items()}
        self._object: str | None = None
        self.pending = set(self._wanted)
        self.found: dict[tuple[str, str | None], int] = {}
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _end(self, name: str) -> None:
        if name.replace("}", "", 1) == self._section:
            self._inside, self._object = False, None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._inside:
            self._inside = name.replace("}", "", 1) == self._section
        elif _ABOUT in attributes:
            self._enter(self._identifiers.of_reference(attributes[_ABOUT]))
        elif _ID in attributes:
            self._enter(self._identifiers.of_id(attributes[_ID]))
        elif self._object is not None:
            predicate = name.replace("}", "", 1)
            if predicate in self._wanted[self._object]:
                self.found.setdefault((self._object, predicate), self.parser.CurrentLineNumber)

    def _enter(self, iri: str) -> None:
        if self._object is not None:
            self.pending.discard(self._object)
        self._object = iri if iri in self._wanted else None
        if self._object is not None:
            self.found.setdefault((iri, None), self.parser.CurrentLineNumber)
