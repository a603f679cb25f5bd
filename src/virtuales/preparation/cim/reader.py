"""A streaming reader of CGMES models: CIM/XML in, typed N-Triples out, memory that does not grow with the file.

Grammar: IEC 61970-552, a subset of https://www.w3.org/TR/rdf-syntax-grammar/. Every element is accounted for: what the
grammar or the registered model does not know is refused, never dropped.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from virtuales.errors import InputError, TooLarge, UnknownTerm, UnreadableInput
from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.families import explain_unknown_profile
from virtuales.preparation.cim.header import (
    FULL_MODEL,
    RDF_ID,
    RDF_ROOT,
    XML_BASE,
    ModelHeader,
    events_of,
    find_header,
    ill_formed,
    pull_parser,
    read_namespaces,
    read_root,
)
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.lenient import LenientTranslator, Skipped, UntypedTerm
from virtuales.preparation.cim.positions import OBJECT_DEPTH, elements, line_of, place
from virtuales.preparation.cim.regular import CHUNK_BYTES, read_regular
from virtuales.preparation.cim.regular_columns import NumberedStatements, number_statements
from virtuales.preparation.cim.statements import Translator
from virtuales.rdf.namespaces import MD

if TYPE_CHECKING:
    from array import array

Hashes = NDArray[np.int64]

_CHUNK = 1 << 16
_FIGURES = ("triples", "source_bytes", "source_digest", "size", "digest")


@dataclass(frozen=True)
class ReadLimits:
    """How much one file may hold.

    Args:
        source_bytes: The XML document's size in bytes.
    """

    source_bytes: int = 2 * 1024**3


@dataclass(frozen=True)
class ModelReading:
    """What reading one model gave, beside its N-Triples.

    Args:
        name: The file's name.
        vocabulary: The name of the registered model that typed it.
        profiles: IRIs of the profiles it follows: the header's, or those the caller named.
        short_profiles: The profiles' short names, such as `EQ`.
        identifiers: How its names became IRIs.
        header: What the model says of itself; None when the file has no header.
        triples: The number of statements written, the header's included.
        objects: The number of objects by the IRI of their class, the header's included.
        introduced: Hashes of the IRIs of objects with `rdf:ID`; sorted, each once.
        described: Hashes of the IRIs of objects with `rdf:about`; sorted, each once.
        referenced: Hashes of the IRIs of objects referred to; sorted, each once.
        source_digest: SHA-256 of the XML document, in hexadecimal.
        source_bytes: Size of the XML document.
        digest: SHA-256 of the N-Triples, in hexadecimal.
        size: Size of the N-Triples in bytes.
        skipped: What lenient reading left out, at most `LISTED_AT_MOST` of it.
        skipped_number: How much it left out in all.
        untyped: The classes and properties that lenient reading kept without knowing them.
    """

    name: str
    vocabulary: str
    profiles: tuple[str, ...]
    short_profiles: tuple[str, ...]
    identifiers: Identifiers
    header: ModelHeader | None
    triples: int
    objects: Mapping[str, int]
    introduced: Hashes
    described: Hashes
    referenced: Hashes
    source_digest: str
    source_bytes: int
    digest: str
    size: int
    skipped: tuple[Skipped, ...] = ()
    skipped_number: int = 0
    untyped: tuple[UntypedTerm, ...] = ()


class NumberedModel(NamedTuple):
    """One model in columns.

    Args:
        header: What the model says of itself; None when the file has no header.
        profiles: IRIs of the profiles it follows: the header's, or those the caller named.
        identifiers: How its names became IRIs.
        statements: Its statements, the header's included.
    """

    header: ModelHeader | None
    profiles: tuple[str, ...]
    identifiers: Identifiers
    statements: NumberedStatements


class Vocabularies(Protocol):
    """Knows the registered models, as `virtuales.models.registry.ModelRegistry` does."""

    def vocabulary_for_profiles(self, iris: Iterable[str]) -> Vocabulary:
        """Return the vocabulary of the one model that has all these profiles.

        Raises:
            UnknownTerm: there is no such model.
        """
        ...


class CimReader:
    """Reads CIM/XML models.

    Args:
        vocabularies: The registered models.
        base: The absolute IRI on which identifiers that are no UUID become IRIs, shared by a producer's models.
        limits: How much one file may hold.

    Raises:
        ConfigurationError: the base is no absolute IRI without fragment.
    """

    def __init__(self, vocabularies: Vocabularies, base: str, *, limits: ReadLimits | None = None) -> None:
        self._vocabularies = vocabularies
        self._base = Identifiers(base).base
        self._limits = limits or ReadLimits()

    def read(
        self,
        source: BinaryIO,
        sink: BinaryIO,
        *,
        name: str,
        profiles: Sequence[str] | None = None,
        lenient: bool = False,
    ) -> ModelReading:
        """Read one model and write it as N-Triples: typed literals, lexical forms as written, no blank nodes.

        Args:
            source: The XML document, seekable; read from its beginning.
            sink: Where the N-Triples go. After an error it holds an unusable part: discard it.
            name: The file's name, for errors and the result.
            profiles: IRIs of the profiles, for a file without header; a file's own header counts more.
            lenient: Whether to go on after what cannot be used, and list it, rather than refuse the file.

        Returns:
            Header, counts, identifiers and digests.

        Raises:
            UnreadableInput: no XML, a document type, no CIM/XML, a difference model, a repeated `rdf:ID`, an identifier
                that is no IRI, or no header and no profiles given.
            UnknownTerm: a profile, class or property that no registered model has.
            TooLarge: the document is larger than the limit.
        """
        identifiers, header, chosen, vocabulary = self._opened(source, name, profiles)
        short = tuple(vocabulary.profiles[profile] for profile in chosen)
        if not lenient and (told := self._regular(source, sink, vocabulary, identifiers)):
            return ModelReading(name, vocabulary.name, chosen, short, identifiers, header, **told)
        translator = LenientTranslator(vocabulary, identifiers) if lenient else Translator(vocabulary, identifiers)
        flow = _Flow(source, sink, name, self._limits.source_bytes)
        flow.run(translator)
        _refuse_second_header(source, translator, name)
        told = _told(flow, translator)
        told |= {"introduced": _introduced(source, translator.introduced, identifiers, name)}
        if isinstance(translator, LenientTranslator):
            skipped, untyped = translator.found(source)
            told |= {"skipped": skipped, "skipped_number": translator.skipped_number, "untyped": untyped}
        return ModelReading(name, vocabulary.name, chosen, short, identifiers, header, **told)

    def number(self, source: BinaryIO, *, name: str, profiles: Sequence[str] | None = None) -> NumberedModel | None:
        """Read one model into columns of numbered terms, where its document is regular.

        Args:
            source: The XML document, seekable; read from its beginning.
            name: The file's name, for errors.
            profiles: IRIs of the profiles, for a file without header; a file's own header counts more.

        Returns:
            The statements that `read` would write; None where `read` has to, or to say what is wrong.

        Raises:
            UnreadableInput, UnknownTerm: the document's beginning or its header is not readable, as for `read`.
        """
        identifiers, header, chosen, vocabulary = self._opened(source, name, profiles)
        if identifiers.has_alias:
            return None
        statements = number_statements(
            source,
            vocabulary=vocabulary,
            identifiers=identifiers,
            namespaces=read_namespaces(source, name),
            limits=(self._limits.source_bytes, CHUNK_BYTES),
        )
        return None if statements is None else NumberedModel(header, chosen, identifiers, statements)

    def _opened(
        self, source: BinaryIO, name: str, profiles: Sequence[str] | None
    ) -> tuple[Identifiers, ModelHeader | None, tuple[str, ...], Vocabulary]:
        """Read what a document says of itself, and find what types it."""
        root = read_root(source, name)
        identifiers = Identifiers(self._base, alias=root.get(XML_BASE))
        header = find_header(source, name, identifiers)
        chosen = _profiles(header, profiles, name)
        return identifiers, header, chosen, self._vocabulary(chosen, source, name)

    def _regular(
        self, source: BinaryIO, sink: BinaryIO, vocabulary: Vocabulary, identifiers: Identifiers
    ) -> dict[str, Any] | None:
        """Read a regular document, and return what it gave; None where it must be read element by element."""
        if identifiers.has_alias or not sink.seekable():
            return None
        found = read_regular(
            source,
            sink,
            vocabulary=vocabulary,
            identifiers=identifiers,
            namespaces=read_namespaces(source, ""),
            limits=(self._limits.source_bytes, CHUNK_BYTES),
        )
        if found is None or found.objects[MD.FullModel.value] > 1:
            return None
        introduced = np.sort(np.frombuffer(found.introduced, dtype=np.int64))
        if (introduced[1:] == introduced[:-1]).any():
            return None
        return {
            **{name: getattr(found, name) for name in _FIGURES},
            "objects": dict(sorted(found.objects.items())),
            "introduced": introduced,
            "described": _distinct(found.described),
            "referenced": _distinct(found.referenced),
        }

    def _vocabulary(self, profiles: tuple[str, ...], source: BinaryIO, name: str) -> Vocabulary:
        try:
            return self._vocabularies.vocabulary_for_profiles(profiles)
        except UnknownTerm as error:
            raise explain_unknown_profile(error, read_namespaces(source, name).values(), name) from None


def _profiles(header: ModelHeader | None, given: Sequence[str] | None, name: str) -> tuple[str, ...]:
    if header is None:
        if not given:
            raise UnreadableInput(
                "The file has no header (`md:FullModel`) and no profile was given for it.",
                where=name,
                remedy="Add the header, or name the profile that the file follows.",
            )
        return tuple(given)
    if not header.profiles:
        raise UnreadableInput(
            "The header names no profile.", where=name, remedy="Add `md:Model.profile` with the profile's IRI."
        )
    return header.profiles


class _Flow:
    """One pass of a document through a translator, hashed and measured on both sides."""

    def __init__(self, source: BinaryIO, sink: BinaryIO, name: str, limit: int) -> None:
        self.source_hash = hashlib.sha256()
        self.sink_hash = hashlib.sha256()
        self.source_bytes = 0
        self.sink_bytes = 0
        self._source = source
        self._sink = sink
        self._name = name
        self._limit = limit

    def run(self, translator: Translator) -> None:
        """Parse the document piece by piece; translate and drop every object that is complete."""
        parser = pull_parser(events=("start",), tag=(RDF_ROOT,))
        root: etree._Element | None = None
        self._source.seek(0)
        try:
            while chunk := self._next_chunk():
                parser.feed(chunk)
                if root is None:
                    root = next((element for _, element in events_of(parser)), None)
                if root is not None and len(root) > 1:
                    self._pass_on(translator, root, len(root) - 1)
                    del root[:-1]
            root = parser.close()
            self._pass_on(translator, root, len(root))
        except etree.XMLSyntaxError as error:
            raise ill_formed(error, self._name) from None
        except InputError as error:
            raise self._placed(error, translator) from None

    def _next_chunk(self) -> bytes:
        chunk = self._source.read(_CHUNK)
        # Whether white space is a value or mere layout shows in the two characters after it: never part them.
        while chunk.endswith((b"<", b"<\0")) and (more := self._source.read(1)):
            chunk += more
        self.source_bytes += len(chunk)
        if self.source_bytes > self._limit:
            raise TooLarge(
                f"The file is larger than {self._limit:,} bytes.",
                where=self._name,
                remedy="Split the model, or ask the operator of the node to raise the limit.",
            )
        self.source_hash.update(chunk)
        return chunk

    def _pass_on(self, translator: Translator, root: etree._Element, number: int) -> None:
        translator.translate(root, number)
        data = "".join(translator.lines).encode()
        translator.lines.clear()
        self.sink_hash.update(data)
        self.sink_bytes += len(data)
        self._sink.write(data)

    def _placed(self, error: InputError, translator: Translator) -> InputError:
        fault = translator.fault
        if fault is None or error.where is not None:
            return error
        line = fault.line or line_of(self._source, fault.object_number, fault.property_number)
        return type(error)(error.what, where=place(self._name, line, fault.element), remedy=error.remedy)


def _told(flow: _Flow, translator: Translator) -> dict[str, Any]:
    """Return what a pass counted and measured, by the names that a reading has for it."""
    return {
        "triples": translator.triples,
        "objects": translator.objects,
        "described": _distinct(translator.described),
        "referenced": _distinct(translator.referenced),
        "source_digest": flow.source_hash.hexdigest(),
        "source_bytes": flow.source_bytes,
        "digest": flow.sink_hash.hexdigest(),
        "size": flow.sink_bytes,
    }


def _refuse_second_header(source: BinaryIO, translator: Translator, name: str) -> None:
    if translator.objects.get(MD.FullModel.value, 0) < 2:  # noqa: PLR2004  (a second one is one too many)
        return
    lines = [element.line for element in elements(source) if element.name == FULL_MODEL]
    raise UnreadableInput(
        f"The file has {len(lines)} headers.",
        where=place(name, lines[1], FULL_MODEL),
        remedy="Put each model into a file of its own.",
    )


def _distinct(hashes: "array[int]") -> Hashes:
    return np.unique(np.frombuffer(hashes, dtype=np.int64))


def _introduced(source: BinaryIO, hashes: "array[int]", identifiers: Identifiers, name: str) -> Hashes:
    """Return the introduced objects, each once; refuse an `rdf:ID` that occurs twice."""
    ordered = np.sort(np.frombuffer(hashes, dtype=np.int64))
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not repeated.size:
        return ordered
    suspects = set(repeated.tolist())
    first: dict[str, int] = {}
    for element in elements(source):
        written = element.attributes.get(RDF_ID) if element.depth == OBJECT_DEPTH else None
        iri = identifiers.of_id(written) if written is not None else ""
        if written is None or hash(iri) not in suspects:
            continue
        if iri in first:
            raise UnreadableInput(
                f"The identifier `{written}` is given to two objects; the first is on line {first[iri]}.",
                where=place(name, element.line, element.name),
                remedy="Give each object an `rdf:ID` of its own; use `rdf:about` to say more of an object.",
            )
        first[iri] = element.line
    raise UnreadableInput(
        "An `rdf:ID` is given to two objects.",
        where=name,
        remedy="Give each object an `rdf:ID` of its own, and write the file in UTF-8.",
    )
