"""Reading CIM/XML a column at a time: what nearly every exporter writes, in a fraction of the time that trees take.

A document is *regular* when its objects stand one after another with nothing but white space between them, each with
one `rdf:ID` or `rdf:about`, and each property has either text or `rdf:resource` alone. Tags, attributes and texts of
such a document are cut from a few megabytes at a time and looked at together. What is not known to be regular is not
read here at all: `virtuales.preparation.cim.statements` reads it element by element, and says what is wrong where
something is. Both write the same bytes. Grammar: IEC 61970-552, and https://www.w3.org/TR/xml/.
"""

import hashlib
import re
from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from virtuales.errors import InputError
from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.grammar import term_iri
from virtuales.preparation.cim.header import FULL_MODEL
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.regular_names import (
    LITERAL,
    MODEL,
    OBJECT,
    OBJECT_END,
    PROPERTY_END,
    REFERENCE,
    UNKNOWN,
    RegularNames,
)
from virtuales.preparation.cim.statements import term_namespaces
from virtuales.rdf.namespaces import RDF

CHUNK_BYTES = 1 << 22
_LONGEST_OBJECT = 5 << 20
"""Bytes within which an object must end, or the next chunk: trees are not made of texts of ten million characters."""
_LONGEST_ROOT = 1 << 16
_WHITE = np.frombuffer(b"\t\r\n", np.uint8)
_ROOT = (
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'][Uu][Tt][Ff]-8[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>)?"
    rb"\s*<%b:RDF[^<>&]*>"
)
_BLANK = r"^[ \t\r\n]*$"
_UUID = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
_LOCAL = "^#[A-Za-z0-9._~-]{1,500}$"
_reference = re.compile("&(amp|lt|gt|quot|apos);|&")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})

Kinds = NDArray[np.int8]
Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]


class _Irregular(Exception):
    """The document is not known to be regular."""


@dataclass
class RegularReading:
    """What reading a regular document gave beside its N-Triples; `ModelReading` says what each figure is.

    Of `introduced` there is one hash for each object; `described` and `referenced` leave out some repetitions.
    """

    triples: int = 0
    source_bytes: int = 0
    source_digest: str = ""
    size: int = 0
    digest: str = ""
    objects: Counter[str] = field(default_factory=Counter)
    introduced: "array[int]" = field(default_factory=lambda: array("q"))
    described: "array[int]" = field(default_factory=lambda: array("q"))
    referenced: "array[int]" = field(default_factory=lambda: array("q"))


def read_regular(
    source: BinaryIO,
    sink: BinaryIO,
    *,
    vocabulary: Vocabulary,
    identifiers: Identifiers,
    namespaces: Mapping[str, str],
    limits: tuple[int, int],
) -> RegularReading | None:
    """Read a document where it is regular.

    Args:
        source: The document, seekable; read from its beginning.
        sink: Where the N-Triples go, seekable.
        vocabulary: The model that types the data.
        identifiers: How names become IRIs.
        namespaces: The namespaces that the document's root declares, by prefix; the root has no other attributes.
        limits: Bytes that the document may have, and bytes to look at together.

    Returns:
        What was read; None where the document is larger, or not known to be regular, and then the sink is as it was.
    """
    start = sink.tell()
    try:
        return _Regular(vocabulary, identifiers, namespaces).read(source, sink, *limits)
    except _Irregular:
        sink.seek(start)
        sink.truncate()
        return None


def _demand(holds: object) -> None:
    if not holds:
        raise _Irregular


class _Regular:
    def __init__(self, vocabulary: Vocabulary, identifiers: Identifiers, namespaces: Mapping[str, str]) -> None:
        prefixes = [prefix for prefix, iri in namespaces.items() if iri == RDF.iri and prefix]
        _demand(len(prefixes) == 1)
        self._rdf = prefixes[0]
        self._identifiers = identifiers
        self._names = RegularNames(vocabulary, namespaces)
        self._namespaces = term_namespaces(vocabulary)
        self._found = RegularReading()

    def read(self, source: BinaryIO, sink: BinaryIO, limit: int, chunk_bytes: int) -> RegularReading:
        found, source_hash, sink_hash = self._found, hashlib.sha256(), hashlib.sha256()
        end = f"</{self._rdf}:RDF>".encode()
        opened, pending = False, b""
        source.seek(0)
        while chunk := source.read(chunk_bytes):
            found.source_bytes += len(chunk)
            _demand(found.source_bytes <= limit)
            source_hash.update(chunk)
            pending += chunk
            if not opened:
                root = re.match(_ROOT % re.escape(self._rdf.encode()), pending)
                _demand(root or len(pending) < _LONGEST_ROOT)
                opened, pending = bool(root), pending[root.end() if root else 0 :]
            cut = _end_of_objects(pending, end) if opened else 0
            _demand(len(pending) - cut <= _LONGEST_OBJECT)
            lines, pending = self._translated(pending[:cut]), pending[cut:]
            sink.write(lines)
            sink_hash.update(lines)
            found.size += len(lines)
        _demand(opened and pending.strip(b" \t\r\n") == end)
        found.source_digest, found.digest = source_hash.hexdigest(), sink_hash.hexdigest()
        return found

    def _translated(self, data: bytes) -> bytes:
        """Write whole objects as N-Triples."""
        if not data:
            return b""
        pieces = pl.Series([_text(data)]).str.split("<").explode()
        _demand(not str(pieces[0]).strip(" \t\r\n"))
        pieces = pieces[1:]
        ends = pieces.str.starts_with("/")
        name, attribute, tail = _cut(pieces.filter(~ends))
        codes = self._names.codes(name)
        self._check_order(ends.to_numpy(), codes, pieces.filter(ends))
        kinds = self._names.kinds[codes]
        _demand((attribute.is_not_null().to_numpy() == np.isin(kinds, (OBJECT, REFERENCE, MODEL))).all())
        _demand(tail.filter(kinds != LITERAL).str.contains(_BLANK).all())
        written, introduced = self._written(kinds, attribute)
        iris = self._iris(written)
        self._count(codes, kinds)
        self._remember(codes, kinds, written=written, iris=iris, introduced=introduced)
        return self._lines(codes, kinds, iris, _values(kinds, tail))

    def _check_order(self, ends: Mask, codes: Codes, ended: pl.Series) -> None:
        """Demand that objects follow each other, each with its properties inside, and that ends fit what they end."""
        whole = np.empty(len(ends), np.int32)
        whole[~ends], whole[ends] = codes, self._names.codes(ended.str.strip_chars_end(" \t\r\n"))
        kinds, elements = self._names.kinds[whole], self._names.elements[whole]
        _demand((kinds != UNKNOWN).all())
        begun, closed = np.flatnonzero(kinds == OBJECT), np.flatnonzero(kinds == OBJECT_END)
        _demand(len(begun) == len(closed) > 0 and begun[0] == 0 and closed[-1] == len(kinds) - 1)
        _demand((begun[1:] == closed[:-1] + 1).all() and (begun < closed).all())
        _demand((elements[begun] == elements[closed]).all())
        texts, closed = np.flatnonzero(kinds == LITERAL), np.flatnonzero(kinds == PROPERTY_END)
        _demand(len(texts) == len(closed) and (texts + 1 == closed).all())
        _demand((elements[texts] == elements[closed]).all())

    def _written(self, kinds: Kinds, attribute: pl.Series) -> tuple[pl.Series, Mask]:
        """Return for each object or reference the identifier that is written, as a reference; null for other pieces.

        Returns:
            The identifiers, and which of them are given to objects here, by `rdf:ID`.
        """
        introduced, described, referred = (self._begins(attribute, name) for name in ("ID", "about", "resource"))
        references = np.isin(kinds, (REFERENCE, MODEL))
        closed = attribute.str.ends_with("/").fill_null(value=False).to_numpy()
        _demand(((kinds == OBJECT) == (introduced | described)).all())
        _demand((references == referred).all() and (references == closed).all())
        quoted = attribute.str.splitn('="', 2).struct.field("field_1")
        quoted = quoted.zip_with(pl.Series(~references), quoted.str.strip_suffix("/").str.strip_suffix(" "))
        _demand(quoted.str.ends_with('"').fill_null(value=True).all())
        inner = quoted.str.strip_suffix('"')
        _demand(not inner.str.contains(r'["&\s]|^$').any())
        return inner.zip_with(pl.Series(~introduced), pl.select(pl.lit("#") + inner).to_series()), introduced

    def _begins(self, attribute: pl.Series, name: str) -> Mask:
        return attribute.str.starts_with(f'{self._rdf}:{name}="').fill_null(value=False).to_numpy()

    def _iris(self, written: pl.Series) -> pl.Series:
        """Turn identifiers into IRIs: the two usual forms together, all others one by one."""
        bare = written.str.strip_prefix("#").str.strip_prefix("_")
        uuid = written.str.starts_with("#") & bare.str.contains(_UUID)
        forms = (
            pl.when(uuid).then(pl.lit("urn:uuid:") + bare.str.to_lowercase()),
            pl.when(written.str.contains(_LOCAL)).then(pl.lit(self._identifiers.base) + written),
        )
        iris = pl.select(pl.coalesce(*forms)).to_series()
        others = written.is_not_null() & iris.is_null()
        if not others.any():
            return iris
        distinct = written.filter(others).unique().to_list()
        try:
            known = [self._identifiers.of_reference(one) for one in distinct]
        except InputError:
            raise _Irregular from None
        return iris.zip_with(~others, written.replace_strict(distinct, known, default=None, return_dtype=pl.String))

    def _count(self, codes: Codes, kinds: Kinds) -> None:
        """Count the objects by class."""
        for code, number in zip(*np.unique(codes[kinds == OBJECT], return_counts=True), strict=True):
            self._found.objects[self._names.iris[code]] += int(number)

    def _remember(self, codes: Codes, kinds: Kinds, *, written: pl.Series, iris: pl.Series, introduced: Mask) -> None:
        """Remember which IRIs were given to objects, described, and referred to."""
        found = self._found
        headers = [code for code, iri in enumerate(self._names.iris) if iri == term_iri(FULL_MODEL)]
        described = (kinds == OBJECT) & ~introduced & ~np.isin(codes, headers)
        terms = pl.select(pl.any_horizontal(iris.str.starts_with(each) for each in self._namespaces)).to_series()
        outside = written.str.starts_with("#") | ~terms
        found.introduced.extend(map(hash, iris.filter(introduced).to_list()))
        found.described.extend(map(hash, iris.filter(described).to_list()))
        found.referenced.extend(map(hash, iris.filter(pl.Series(kinds == REFERENCE) & outside).to_list()))

    def _lines(self, codes: Codes, kinds: Kinds, iris: pl.Series, values: pl.Series) -> bytes:
        """Write one line for each piece, with the IRI of the object that it stands in."""
        starts = np.flatnonzero(kinds == OBJECT)
        subjects = iris.gather(starts[np.cumsum(kinds == OBJECT) - 1])
        referred = pl.Series(np.isin(kinds, (REFERENCE, MODEL)))
        value = pl.when(referred).then(iris).otherwise(values)
        before, after = (pl.Series(each).gather(codes) for each in (self._names.befores, self._names.afters))
        lines = pl.select(pl.concat_str(pl.lit("<"), subjects, before, value, after)).to_series()
        self._found.triples += len(lines)
        return str(lines.str.join("")[0]).encode()


def _cut(pieces: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Cut starts of elements into name, attribute (null without one) and what stands behind."""
    head, tail = pieces.str.splitn(">", 2).struct.unnest().get_columns()
    _demand(not tail.null_count())
    name, attribute = head.str.splitn(" ", 2).struct.unnest().get_columns()
    return name, attribute, tail


def _end_of_objects(data: bytes, end: bytes) -> int:
    """Return the place behind the last end of an object, whose name has no full stop, as that of a property has."""
    at = len(data)
    while (at := data.rfind(b"</", 0, at)) >= 0:
        close = data.find(b">", at)
        if close > 0 and b"." not in data[at:close] and data[at : close + 1] != end:
            return close + 1
    return 0


def _text(data: bytes) -> str:
    """Decode bytes; refuse characters that XML does not allow."""
    octets = np.frombuffer(data, np.uint8)
    _demand(np.isin(np.unique(octets[octets < ord(" ")]), _WHITE).all())
    _demand(b"\xef\xbf\xbe" not in data and b"\xef\xbf\xbf" not in data and b"]]>" not in data)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _Irregular from None


def _values(kinds: Kinds, tail: pl.Series) -> pl.Series:
    """Return the texts of properties as N-Triples writes them; empty for all other pieces."""
    literal = pl.Series(kinds == LITERAL)
    values = pl.select(pl.when(literal).then(tail).otherwise(pl.lit(""))).to_series()
    _demand(not (values.str.contains(_BLANK) & (values != "")).any())
    special = values.str.contains(r'["\\\n\r&]').arg_true()
    if not len(special):
        return values
    return values.scatter(special, [_resolved(one).translate(_ESCAPES) for one in values.gather(special)])


def _resolved(text: str) -> str:
    """Put characters in the place of the references to them that XML itself defines; end lines as XML does."""

    def character(match: re.Match[str]) -> str:
        _demand(match[1])
        return _CHARACTERS[match[1]]

    return _reference.sub(character, text.replace("\r\n", "\n").replace("\r", "\n"))


def _remember(hashes: "array[int]", iris: pl.Series) -> None:
    hashes.extend(map(hash, iris.to_list()))
