"""From the elements of CIM/XML to lines of N-Triples, typed as a registered model says.

This is the hot loop of reading: a model of a million statements passes through it in about two seconds.
"""

import re
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast

from lxml import etree

from virtuales.errors import InputError, UnknownTerm, UnreadableInput
from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.grammar import (
    RDF_DESCRIPTION,
    RDF_PARSE_TYPE,
    check_object,
    check_property,
    empty_value,
    refuse_text,
    term_iri,
    unnamed,
)
from virtuales.preparation.cim.header import (
    FULL_MODEL,
    HEADER_DATATYPES,
    HEADER_REFERENCES,
    RDF_ABOUT,
    RDF_ID,
    RDF_RESOURCE,
)
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.rdf.namespaces import DM, MD, RDF, XSD

_needs_escape = re.compile('["\\\\\n\r]').search
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})
LITERAL, REFERENCE, MODEL, COMPOUND = range(4)
"""Kinds of values: text, an object or an enumeration's value, another model, a structured value."""
_irregular = etree.XPath(
    "boolean(text() | */text() | */@*[2] | */*/@*[2] | */*/* | */*[@*]/text())", smart_strings=False
)
_MORE_LINES_THAN_LXML_COUNTS = 65_535


@dataclass(frozen=True)
class Fault:
    """The element that could not be translated.

    Args:
        object_number: The object's place among the root's children, from 1.
        property_number: The property's place among the object's children, from 1; None for the object itself.
        element: The element's name.
        line: The line, when the parser still knows it.
    """

    object_number: int
    property_number: int | None
    element: str
    line: int | None


class Translator:
    """Translates objects, one after the other, and keeps count of them.

    Identifiers are remembered as 64-bit hashes of their IRIs, eight bytes each, so that a large model stays small; they
    mean something only within the running process.

    Args:
        vocabulary: The model that types the data.
        identifiers: How names become IRIs.
        descriptions: Whether `rdf:Description` may stand for an object whose class is not said here.
    """

    def __init__(self, vocabulary: Vocabulary, identifiers: Identifiers, *, descriptions: bool = False) -> None:
        self.lines: list[str] = []
        self.triples = 0
        self.introduced = array("q")
        self.described = array("q")
        self.referenced = array("q")
        self.fault: Fault | None = None
        self._vocabulary = vocabulary
        self._identifiers = identifiers
        self._namespaces = term_namespaces(vocabulary)
        self._counts: Counter[str] = Counter()
        self._classes: dict[str, str] = {RDF_DESCRIPTION: ""} if descriptions else {}
        self._terms: dict[str, tuple[str, str, int]] = {}
        self._translated = 0
        self._structured: list[tuple[str, etree._Element]] = []

    @property
    def objects(self) -> dict[str, int]:
        """The number of objects so far by the IRI of their class, headers included."""
        return {term_iri(tag): number for tag, number in sorted(self._counts.items())}

    def translate(self, root: etree._Element, number: int) -> None:
        """Translate a root's first objects into `lines`.

        Args:
            root: The document's root as far as it is parsed.
            number: How many of its children to translate.

        Raises:
            InputError: an object cannot be translated; `fault` then says which.
        """
        elements = list(islice(root, number))
        if _irregular(root):
            self._refuse_irregular(root, elements)
        before = len(self.lines)
        for element in elements:
            self._translated += 1
            self._object(element)
        self.triples += len(self.lines) - before

    def _object(self, element: etree._Element) -> None:
        at = element
        add = self.lines.append
        terms = self._terms
        try:
            opening = self._classes.get(element.tag)
            if opening is None:
                opening = self._class(element)
            subject = self._subject(element)
            if opening:
                add(f"<{subject}{opening}")
            for child in element:
                at = child
                start, end, kind = terms.get(child.tag) or self._learn(child)
                if kind != LITERAL:
                    value = self._reference(child, kind) if kind != COMPOUND else self._compound(subject, child)
                    add(f"<{subject}{start}{value}{end}")
                    continue
                text = child.text
                if text is None:
                    text = empty_value(child)
                elif _needs_escape(text):
                    text = text.translate(_ESCAPES)
                add(f"<{subject}{start}{text}{end}")
            if self._structured:
                self._describe_structured()
        except InputError:
            self.fault = locate(self._translated, element, at)
            raise

    def _compound(self, subject: str, child: etree._Element) -> str:
        """Return the IRI of a structured value, made from its owner's; what it holds is written after its owner."""
        if not len(child) and child.get(RDF_RESOURCE) is not None:
            return self._reference(child, REFERENCE)
        if not len(child):
            raise UnreadableInput(
                "The property's value is structured, and there is no element inside it.",
                remedy='Put the value\'s element into the property, or refer to it as `rdf:resource="#_mRID"`.',
            )
        node = structured_iri(subject, term_iri(str(child.tag)))
        if any(known == node for known, _ in self._structured):
            raise UnreadableInput(
                "The object has this structured value twice.", remedy="Leave one of them, or make them objects."
            )
        self._structured.append((node, child))
        return node

    def _describe_structured(self) -> None:
        """Write the structured values of the object just translated, and those inside them."""
        try:
            for node, child in self._structured:  # grows while values inside values are found
                nested = child if child.get(RDF_PARSE_TYPE) is not None else child[0]
                if nested is child:
                    kind = self._vocabulary.compounds[term_iri(str(child.tag))]
                    self.lines.append(f"<{node}> <{RDF.type.value}> <{kind}> .\n")
                else:
                    self.lines.append(f"<{node}{self._classes.get(nested.tag) or self._class(nested)}")
                for inner in nested:
                    self._state(node, inner)
        finally:
            self._structured.clear()

    def _state(self, subject: str, child: etree._Element) -> None:
        """Write one property of a subject; the long form of what `_object` does."""
        start, end, kind = self._terms.get(child.tag) or self._learn(child)
        if kind == LITERAL:
            value = (child.text or empty_value(child)).translate(_ESCAPES)
        else:
            value = self._reference(child, kind) if kind != COMPOUND else self._compound(subject, child)
        self.lines.append(f"<{subject}{start}{value}{end}")

    def _class(self, element: etree._Element) -> str:
        """Look a class up once: the text between an object's IRI and the end of the statement of its type."""
        iri = term_iri(str(element.tag))
        if element.tag == FULL_MODEL and RDF_DESCRIPTION in self._classes:
            raise UnreadableInput(
                "The header of a full model stands among the statements of a difference model.",
                remedy="Put what the header says into the difference model's own header.",
            )
        if element.tag != FULL_MODEL and iri not in self._vocabulary.classes:
            raise self._unknown(iri, "class")
        known = f"> <{RDF.type.value}> <{iri}> .\n"
        self._classes[str(element.tag)] = known
        return known

    def _subject(self, element: etree._Element) -> str:
        """Return an object's IRI, remembered as introduced here or as described only."""
        self._counts[element.tag] += 1
        name = element.get(RDF_ID)
        if name is not None:
            subject = self._identifiers.of_reference("#" + name)
            self.introduced.append(hash(subject))
            return subject
        name = element.get(RDF_ABOUT)
        if name is None:
            raise unnamed(element)
        subject = self._identifiers.of_reference(name)
        if element.tag != FULL_MODEL:
            self.described.append(hash(subject))
        return subject

    def _reference(self, child: etree._Element, kind: int) -> str:
        """Return the IRI that a property refers to, remembered unless it is an enumeration's value or a model."""
        value = child.get(RDF_RESOURCE)
        if value is None:
            raise UnreadableInput(
                "The property refers to an object or to an enumeration's value, and has no `rdf:resource`.",
                remedy='Write the reference as `rdf:resource="#_mRID"`, without text.',
            )
        iri = self._identifiers.of_reference(value)
        if kind == REFERENCE and (value[0] == "#" or not iri.startswith(self._namespaces)):
            self.referenced.append(hash(iri))
        return iri

    def _learn(self, child: etree._Element) -> tuple[str, str, int]:
        """Look a property up once: the text before its values, the text after them, and the kind of value."""
        iri = term_iri(str(child.tag))
        datatype = self._vocabulary.datatypes.get(iri) or HEADER_DATATYPES.get(iri)
        if datatype is not None:
            suffix = '" .\n' if datatype == XSD.string.value else f'"^^<{datatype}> .\n'
            known = (f'> <{iri}> "', suffix, LITERAL)
        elif iri in self._vocabulary.compounds and not iri.startswith(DM.iri):
            known = (f"> <{iri}> <", "> .\n", COMPOUND)
        elif iri in HEADER_REFERENCES or iri in self._vocabulary.references:
            known = (f"> <{iri}> <", "> .\n", MODEL if iri.startswith(MD.iri) else REFERENCE)
        else:
            raise self._unknown(iri, "property")
        self._terms[str(child.tag)] = known
        return known

    def _unknown(self, iri: str, kind: str) -> UnknownTerm:
        namespace = iri[: len(iri) - len(iri.rpartition("#")[2])]
        if namespace not in self._namespaces:
            return UnknownTerm(
                f"The {kind} <{iri}> is in a namespace that the model `{self._vocabulary.name}` does not use.",
                remedy="Its namespaces are " + ", ".join(f"<{known}>" for known in self._namespaces) + ".",
            )
        return UnknownTerm(
            f"The {kind} <{iri}> is not part of the model `{self._vocabulary.name}`.",
            remedy="Correct its name, remove it, or register the model that defines it.",
        )

    def _refuse_irregular(self, root: etree._Element, elements: Sequence[etree._Element]) -> None:
        """Find what the grammar has no place for among objects that hold something unusual; white space may pass."""
        if root.text and not root.text.isspace():
            self.fault = locate(0, root, root)
            refuse_text(root.text)
        for number, element in enumerate(elements, self._translated + 1):
            for at in (element, *element):
                try:
                    check_object(at) if at is element else check_property(at, self._vocabulary.compounds)
                except InputError:
                    self.fault = locate(number, element, at)
                    raise


def structured_iri(owner: str, property_iri: str) -> str:
    """Name a structured value after the object that has it and the property that it is the value of.

    >>> structured_iri("urn:uuid:1", "http://iec.ch/TC57/CIM100#Location.mainAddress")
    'urn:uuid:1#Location.mainAddress'
    """
    return f"{owner}{'/' if '#' in owner else '#'}{property_iri.rpartition('#')[2]}"


def term_namespaces(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the namespaces that a model's terms are in, and that of the header; sorted."""
    terms = (*vocabulary.classes, *vocabulary.datatypes, *vocabulary.references)
    return tuple(sorted({term[: term.rindex("#") + 1] for term in terms if "#" in term} | {MD.iri}))


def locate(number: int, element: etree._Element, at: etree._Element) -> Fault:
    """Say which element could not be translated: the `number`-th object, or a property of it."""
    line = cast("int | None", at.sourceline)
    return Fault(
        object_number=number,
        property_number=None if at is element else element.index(at) + 1,
        element=str(at.tag),
        line=line if line is not None and line < _MORE_LINES_THAN_LXML_COUNTS else None,
    )
