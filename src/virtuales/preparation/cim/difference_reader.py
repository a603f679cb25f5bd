"""Reading difference models from CIM/XML, piece by piece: only their statements are kept.

The sections are elements with `rdf:parseType="Statements"`, which generic RDF parsers do not know; the official files
write the attribute without its namespace. Grammar: IEC 61970-552, clause 7.
"""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from lxml import etree

from virtuales.errors import InputError, TooLarge, UnknownTerm, UnreadableInput
from virtuales.preparation.cim.difference import DifferenceModel, Statements
from virtuales.preparation.cim.families import explain_unknown_profile
from virtuales.preparation.cim.grammar import RDF_PARSE_TYPE, refuse_text, term_iri
from virtuales.preparation.cim.header import (
    DIFFERENCE_MODEL,
    HEADER_DATATYPES,
    HEADER_REFERENCES,
    RDF_ROOT,
    XML_BASE,
    ModelHeader,
    events_of,
    header_of,
    ill_formed,
    line_kept,
    pull_parser,
    read_namespaces,
    read_root,
)
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.positions import line_of, place
from virtuales.preparation.cim.reader import ReadLimits, Vocabularies
from virtuales.preparation.cim.statements import Translator
from virtuales.rdf.namespaces import DM

SECTIONS = tuple(f"{{{DM.iri}}}{name}" for name in ("preconditions", "reverseDifferences", "forwardDifferences"))
SECTION_OBJECT_DEPTH = 4
"""How deep objects stand: in a section, in the difference model, in the root."""

_CHUNK = 1 << 16


class DifferenceReader:
    """Reads difference models.

    Args:
        vocabularies: The registered models.
        base: The absolute IRI on which identifiers that are no UUID become IRIs; the same as for the models.
        limits: How much one file may hold.

    Raises:
        ConfigurationError: the base is no absolute IRI without fragment.
    """

    def __init__(self, vocabularies: Vocabularies, base: str, *, limits: ReadLimits | None = None) -> None:
        self._vocabularies = vocabularies
        self._base = Identifiers(base).base
        self._limits = limits or ReadLimits()

    def read(self, source: BinaryIO, *, name: str, profiles: Sequence[str] | None = None) -> DifferenceModel:
        """Read one difference model.

        Args:
            source: The XML document, seekable; read from its beginning.
            name: The file's name, for errors and the result.
            profiles: IRIs of the profiles, for a file whose header names none.

        Raises:
            UnreadableInput: no XML, a document type, no difference model, several of them, objects outside its
                sections, an identifier that is no IRI, or no profile named.
            UnknownTerm: a profile, class or property that no registered model has.
            TooLarge: the document is larger than the limit.
        """
        root = read_root(source, name)
        identifiers = Identifiers(self._base, alias=root.get(XML_BASE))
        header = _Document(source, name, self._limits.source_bytes).header(identifiers)
        chosen = header.profiles or tuple(profiles or ())
        if not chosen:
            raise UnreadableInput(
                "The header of the difference model names no profile.",
                where=name,
                remedy="Add `md:Model.profile` with the profile's IRI, or name the profile that the file follows.",
            )
        try:
            vocabulary = self._vocabularies.vocabulary_for_profiles(chosen)
        except UnknownTerm as error:
            raise explain_unknown_profile(error, read_namespaces(source, name).values(), name) from None
        translator = Translator(vocabulary, identifiers, descriptions=True)
        sections = _Document(source, name, self._limits.source_bytes).sections(translator)
        return DifferenceModel(
            name=name,
            header=header,
            vocabulary=vocabulary,
            identifiers=identifiers,
            preconditions=sections[SECTIONS[0]],
            reverse=sections[SECTIONS[1]],
            forward=sections[SECTIONS[2]],
        )


class _Document:
    """One pass over a difference model's document; objects are dropped from the tree as soon as they are done with."""

    def __init__(self, source: BinaryIO, name: str, limit: int) -> None:
        self._source = source
        self._name = name
        self._limit = limit

    def header(self, identifiers: Identifiers) -> ModelHeader:
        """Read the header, and check everything that stands around the sections' objects."""
        found: ModelHeader | None = None
        inside: etree._Element | None = None
        for event, element in self._events():
            if event == "fed":
                self._refuse_others(element)
                if inside is not None:
                    del inside[:-1]
            elif element.tag in SECTIONS:
                inside = element if event == "start" else None
                _check_section(element, self._name)
                if event == "end":
                    del element[:]
            elif element.tag == DIFFERENCE_MODEL and event == "end":
                if found is not None:
                    raise self._refused("The file has a second difference model.", element)
                found = self._checked(element, identifiers)
            elif element.tag == RDF_ROOT and event == "end":
                self._refuse_others(element)
        if found is None:
            raise self._no_difference()
        return found

    def _no_difference(self) -> UnreadableInput:
        return UnreadableInput(
            "The file is no difference model.",
            where=self._name,
            remedy="Give a file with `dm:DifferenceModel`; a full model is compared or changed, not applied.",
        )

    def sections(self, translator: Translator) -> dict[str, Statements]:
        """Translate the objects of the sections."""
        gathered: dict[str, set[bytes]] = {section: set() for section in SECTIONS}
        inside: etree._Element | None = None
        seen = 0

        def take(section: etree._Element, number: int) -> None:
            translator.translate(section, number)
            gathered[str(section.tag)].update(line.encode() for line in translator.lines)
            translator.lines.clear()
            del section[:number]

        try:
            for event, element in self._events():
                if event == "fed":
                    if inside is not None and len(inside) > 1:
                        take(inside, len(inside) - 1)
                elif element.tag in SECTIONS:
                    inside = element if event == "start" else None
                    if event == "end":
                        take(element, len(element))
                        self._refuse_repeated(translator, seen)
                        seen = len(translator.introduced)
        except InputError as error:
            raise self._placed(error, translator) from None
        return {section: frozenset(lines) for section, lines in gathered.items()}

    def _events(self) -> Iterator[tuple[str, etree._Element]]:
        """Give the starts and ends of the document's frame, and `fed` after each piece of it."""
        parser = pull_parser(events=("start", "end"), tag=(RDF_ROOT, DIFFERENCE_MODEL, *SECTIONS))
        root: etree._Element | None = None
        size = 0
        self._source.seek(0)
        try:
            while chunk := self._source.read(_CHUNK):
                while chunk.endswith((b"<", b"<\0")) and (more := self._source.read(1)):
                    chunk += more  # as in reading models: white space is told from a value by what follows
                size += len(chunk)
                if size > self._limit:
                    raise TooLarge(f"The file is larger than {self._limit:,} bytes.", where=self._name)
                parser.feed(chunk)
                for event, element in events_of(parser):
                    root = root if root is not None else element
                    yield event, element
                if root is not None:
                    yield "fed", root
            parser.close()
            yield from events_of(parser)
        except etree.XMLSyntaxError as error:
            raise ill_formed(error, self._name) from None

    def _checked(self, element: etree._Element, identifiers: Identifiers) -> ModelHeader:
        sections: set[str] = set()
        for text in (element.text, *(child.tail for child in element)):
            self._refuse_text(text, element)
        for child in element:
            tag = str(child.tag)
            if tag in sections:
                raise self._refused("The difference model has this section twice.", child)
            if tag in SECTIONS:
                sections.add(tag)
            elif term_iri(tag) not in HEADER_DATATYPES and term_iri(tag) not in HEADER_REFERENCES:
                raise UnknownTerm(
                    f"The header of a difference model has no property <{term_iri(tag)}>.",
                    where=place(self._name, line_kept(child), tag),
                    remedy="Put statements about objects into one of the sections.",
                )
        return header_of(element, self._name, identifiers)

    def _refuse_others(self, root: etree._Element) -> None:
        for child in root:
            if child.tag != DIFFERENCE_MODEL:
                if all(other.tag != DIFFERENCE_MODEL for other in root):
                    raise self._no_difference()
                raise self._refused("An object stands beside the difference model.", child)
            self._refuse_text(child.tail, child)
        self._refuse_text(root.text, root)

    def _refuse_text(self, text: str | None, element: etree._Element) -> None:
        try:
            refuse_text(text)
        except UnreadableInput as error:
            where = place(self._name, line_kept(element), str(element.tag))
            raise UnreadableInput(error.what, where=where, remedy=error.remedy) from None

    def _refused(self, what: str, element: etree._Element) -> UnreadableInput:
        return UnreadableInput(
            what,
            where=place(self._name, line_kept(element), str(element.tag)),
            remedy="A file has one difference model, and that each section once, with all objects in them.",
        )

    def _refuse_repeated(self, translator: Translator, seen: int) -> None:
        new = translator.introduced[seen:]
        if len(set(new)) == len(new):
            return
        raise UnreadableInput(
            "One section gives the same `rdf:ID` to two objects.",
            where=self._name,
            remedy="Give each object an `rdf:ID` of its own; use `rdf:about` to say more of an object.",
        )

    def _placed(self, error: InputError, translator: Translator) -> InputError:
        fault = translator.fault
        if fault is None or error.where is not None:
            return error
        line = fault.line or line_of(
            self._source, fault.object_number, fault.property_number, depth=SECTION_OBJECT_DEPTH
        )
        return type(error)(error.what, where=place(self._name, line, fault.element), remedy=error.remedy)


def _check_section(element: etree._Element, name: str) -> None:
    said = {str(key): str(value) for key, value in element.attrib.items()}
    if said not in ({RDF_PARSE_TYPE: "Statements"}, {"parseType": "Statements"}):
        raise UnreadableInput(
            "The section is not marked as a set of statements.",
            where=place(name, line_kept(element), str(element.tag)),
            remedy='Write `rdf:parseType="Statements"` and no other attribute.',
        )
