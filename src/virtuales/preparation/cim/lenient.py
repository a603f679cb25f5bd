"""Lenient translation: what cannot be used is listed and left out, and what is merely unknown is kept untyped.

It goes on after a fault only where that is sound: the rest of an object, or of the document, means the same without the
part left out. A class or property that the model does not know, in one of the namespaces that it uses, is kept: its
values are references or plain text. Nothing can be mended in a document that is not well-formed.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from lxml import etree

from virtuales.errors import InputError, UnknownTerm, UnreadableInput
from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.grammar import check_property, refuse_text, term_iri, unnamed
from virtuales.preparation.cim.header import FULL_MODEL, RDF_ABOUT, RDF_ID, RDF_RESOURCE
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.positions import lines_of
from virtuales.preparation.cim.statements import LITERAL, REFERENCE, Fault, Translator, locate
from virtuales.rdf.namespaces import RDF

LISTED_AT_MOST = 10_000
"""How many faults are listed one by one; the rest are counted."""


@dataclass(frozen=True)
class Skipped:
    """Something that lenient reading left out.

    Args:
        line: The line on which it begins; None when the parser no longer knows.
        element: The element's name.
        reason: Why, one sentence.
        remedy: What would be right; empty when nothing can be suggested.
    """

    line: int | None
    element: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class UntypedTerm:
    """A class or property that the model does not know and that lenient reading kept.

    Args:
        iri: The term.
        kind: `class` or `property`.
        number: How often it occurs.
        line: The line of the first occurrence; None when the parser no longer knows.
    """

    iri: str
    kind: str
    number: int
    line: int | None


class LenientTranslator(Translator):
    """Translates what it can, and lists the rest."""

    def __init__(self, vocabulary: Vocabulary, identifiers: Identifiers) -> None:
        super().__init__(vocabulary, identifiers)
        self.skipped_number = 0
        self._faults: list[tuple[Fault, InputError]] = []
        self._seen: set[int] = set()
        self._untyped: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], Fault] = {}
        self._at: tuple[etree._Element, etree._Element] | None = None

    def translate(self, root: etree._Element, number: int) -> None:
        """Translate a root's first objects into `lines`; faults do not end it."""
        before = len(self.lines)
        self._check_text(root, root.text, root)
        for element in islice(root, number):
            self._translated += 1
            self._object(element)
        self.triples += len(self.lines) - before

    def found(self, source: BinaryIO) -> tuple[tuple[Skipped, ...], tuple[UntypedTerm, ...]]:
        """Return what was left out and what was kept untyped, with the lines of the document that was translated."""
        unknown = [fault for fault, _ in self._faults if fault.line is None]
        unknown += [fault for fault in self._first.values() if fault.line is None]
        places = lines_of(source, {(fault.object_number, fault.property_number or 0) for fault in unknown})

        def line(fault: Fault) -> int | None:
            return fault.line or places.get((fault.object_number, fault.property_number or 0))

        skipped = tuple(
            Skipped(line(fault), fault.element.rpartition("}")[2], error.what, error.remedy or "")
            for fault, error in self._faults
        )
        untyped = tuple(
            UntypedTerm(iri, kind, number, line(self._first[iri, kind]))
            for (iri, kind), number in sorted(self._untyped.items())
        )
        return skipped, untyped

    def _object(self, element: etree._Element) -> None:
        self._check_text(element, element.text, element)
        self._check_text(element, element.tail, element)
        self._at = element, element
        lines = len(self.lines)
        try:
            subject = self._begin(element)
        except InputError as error:
            del self.lines[lines:]
            self._skip(element, element, error)
            return
        nested: list[str] = []
        for child in element:
            self._at = element, child
            lines = len(self.lines)
            try:
                check_property(child, self._vocabulary.compounds)
                self._state(subject, child)
                nested += self._nested()
            except InputError as error:
                del self.lines[lines:]
                self._skip(element, child, error)
        self.lines += nested

    def _begin(self, element: etree._Element) -> str:
        """Write an object's class, and return its IRI."""
        name, about = element.get(RDF_ID), element.get(RDF_ABOUT)
        if len(element.attrib) != 1 or (name is None and about is None):
            raise unnamed(element)
        if element.tag == FULL_MODEL and self._counts[FULL_MODEL]:
            raise UnreadableInput("The file has a second header.", remedy="Put each model into a file of its own.")
        opening = self._classes.get(element.tag) or self._class(element)
        if about is not None:
            self._identifiers.of_reference(about)
        if name is not None:
            known = hash(self._identifiers.of_id(name))
            if known in self._seen:
                raise UnreadableInput(
                    f"The identifier `{name}` is given to a second object.",
                    remedy="Give each object an `rdf:ID` of its own; use `rdf:about` to say more of an object.",
                )
            self._seen.add(known)
        subject = self._subject(element)
        self.lines.append(f"<{subject}{opening}")
        return subject

    def _nested(self) -> list[str]:
        """Return the statements about structured values just met."""
        outer, self.lines = self.lines, []
        try:
            if self._structured:
                self._describe_structured()
            return self.lines
        finally:
            self.lines = outer

    def _class(self, element: etree._Element) -> str:
        try:
            return super()._class(element)
        except UnknownTerm:
            self._keep(str(element.tag), "class")
        return f"> <{RDF.type.value}> <{term_iri(str(element.tag))}> .\n"

    def _learn(self, child: etree._Element) -> tuple[str, str, int]:
        try:
            return super()._learn(child)
        except UnknownTerm:
            self._keep(str(child.tag), "property")
        iri = term_iri(str(child.tag))
        if child.get(RDF_RESOURCE) is not None:
            return f"> <{iri}> <", "> .\n", REFERENCE
        return f'> <{iri}> "', '" .\n', LITERAL

    def _keep(self, tag: str, kind: str) -> None:
        """Count a term that the model does not know; refuse it outside the namespaces that the model uses."""
        iri = term_iri(tag)
        if not iri.startswith(self._namespaces):
            raise self._unknown(iri, kind)
        self._untyped[iri, kind] += 1
        if (iri, kind) not in self._first and self._at is not None:
            self._first[iri, kind] = locate(self._translated, *self._at)

    def _check_text(self, element: etree._Element, text: str | None, at: etree._Element) -> None:
        try:
            refuse_text(text)
        except InputError as error:
            self._skip(element, at, error)

    def _skip(self, element: etree._Element, at: etree._Element, error: InputError) -> None:
        self._structured.clear()
        self.skipped_number += 1
        if len(self._faults) < LISTED_AT_MOST:
            self._faults.append((locate(self._translated, element, at), error))
