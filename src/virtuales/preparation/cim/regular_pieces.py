"""Cutting regular CIM/XML into its pieces, a few megabytes at a time, and making sure that it is regular.

A piece begins with `<` and ends before the next one. See `virtuales.preparation.cim.regular` for what is regular, and
https://www.w3.org/TR/xml/ for what is well-formed.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from virtuales.errors import InputError
from virtuales.models.vocabulary import Vocabulary
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
from virtuales.rdf.namespaces import RDF

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


class Irregular(Exception):
    """The document is not known to be regular."""


def demand(holds: object) -> None:
    """Give up a document for which something does not hold that regular documents have in common.

    Raises:
        Irregular: it does not.
    """
    if not holds:
        raise Irregular


class Pieces(NamedTuple):
    """Some whole objects: one row for each object, and for each of its properties behind it.

    Args:
        codes: The number of the element's name.
        kinds: The name's kind.
        written: The identifier of an object, or that a property refers to, as a reference; null for other properties.
        introduced: Which identifiers are given to objects here, by `rdf:ID`.
        texts: The text of a property, as it stands in the XML; empty for other rows.
    """

    codes: Codes
    kinds: Kinds
    written: pl.Series
    introduced: Mask
    texts: pl.Series

    @property
    def subjects(self) -> NDArray[np.intp]:
        """For each row the row of the object that it belongs to."""
        begins = self.kinds == OBJECT
        return np.asarray(np.flatnonzero(begins)[np.cumsum(begins) - 1])


class PieceCutter:
    """Cuts one document.

    Args:
        vocabulary: The model that types the data.
        namespaces: The namespaces that the document's root declares, by prefix; the root has no other attributes.

    Raises:
        Irregular: RDF's own namespace has several prefixes, or none.
    """

    def __init__(self, vocabulary: Vocabulary, namespaces: Mapping[str, str]) -> None:
        prefixes = [prefix for prefix, iri in namespaces.items() if iri == RDF.iri and prefix]
        demand(len(prefixes) == 1)
        self._rdf = prefixes[0]
        self.names = RegularNames(vocabulary, namespaces)

    def cut(self, source: BinaryIO, limits: tuple[int, int], seen: Callable[[bytes], object] = len) -> Iterator[Pieces]:
        """Give the pieces of a document.

        Args:
            source: The document, seekable; read from its beginning.
            limits: Bytes that the document may have, and bytes to look at together.
            seen: Is told all bytes.

        Raises:
            Irregular: the document is not known to be regular, or larger.
        """
        size, opened, pending = 0, False, b""
        end = f"</{self._rdf}:RDF>".encode()
        source.seek(0)
        while chunk := source.read(limits[1]):
            size += len(chunk)
            demand(size <= limits[0])
            seen(chunk)
            pending += chunk
            if not opened:
                root = re.match(_ROOT % re.escape(self._rdf.encode()), pending)
                demand(root or len(pending) < _LONGEST_ROOT)
                opened, pending = bool(root), pending[root.end() if root else 0 :]
            cut = _end_of_objects(pending, end) if opened else 0
            demand(len(pending) - cut <= _LONGEST_OBJECT)
            if cut:
                yield self._pieces(pending[:cut])
            pending = pending[cut:]
        demand(opened and pending.strip(b" \t\r\n") == end)

    def _pieces(self, data: bytes) -> Pieces:
        pieces = pl.Series([_text(data)]).str.split("<").explode()
        demand(not str(pieces[0]).strip(" \t\r\n"))
        pieces = pieces[1:]
        ends = pieces.str.starts_with("/")
        head, tail = pieces.filter(~ends).str.splitn(">", 2).struct.unnest().get_columns()
        demand(not tail.null_count())
        name, attribute = head.str.splitn(" ", 2).struct.unnest().get_columns()
        codes = self.names.codes(name)
        self._check_order(ends.to_numpy(), codes, pieces.filter(ends))
        kinds = self.names.kinds[codes]
        demand((attribute.is_not_null().to_numpy() == np.isin(kinds, (OBJECT, REFERENCE, MODEL))).all())
        textual = pl.Series(kinds == LITERAL)
        demand(tail.filter(~textual).str.contains(_BLANK).all())
        texts = pl.select(pl.when(textual).then(tail).otherwise(pl.lit(""))).to_series()
        return Pieces(codes, kinds, *self._written(kinds, attribute), texts)

    def _check_order(self, ends: Mask, codes: Codes, ended: pl.Series) -> None:
        """Demand that objects follow each other, each with its properties inside, and that ends fit what they end."""
        whole = np.empty(len(ends), np.int32)
        whole[~ends], whole[ends] = codes, self.names.codes(ended.str.strip_chars_end(" \t\r\n"))
        kinds, elements = self.names.kinds[whole], self.names.elements[whole]
        demand((kinds != UNKNOWN).all())
        begun, closed = np.flatnonzero(kinds == OBJECT), np.flatnonzero(kinds == OBJECT_END)
        demand(len(begun) == len(closed) > 0 and begun[0] == 0 and closed[-1] == len(kinds) - 1)
        demand((begun[1:] == closed[:-1] + 1).all() and (begun < closed).all())
        demand((elements[begun] == elements[closed]).all())
        texts, closed = np.flatnonzero(kinds == LITERAL), np.flatnonzero(kinds == PROPERTY_END)
        demand(len(texts) == len(closed) and (texts + 1 == closed).all())
        demand((elements[texts] == elements[closed]).all())

    def _written(self, kinds: Kinds, attribute: pl.Series) -> tuple[pl.Series, Mask]:
        """Return what `Pieces.written` and `Pieces.introduced` are."""
        introduced, described, referred = (self._begins(attribute, name) for name in ("ID", "about", "resource"))
        references = np.isin(kinds, (REFERENCE, MODEL))
        closed = attribute.str.ends_with("/").fill_null(value=False).to_numpy()
        demand(((kinds == OBJECT) == (introduced | described)).all())
        demand((references == referred).all() and (references == closed).all())
        quoted = attribute.str.splitn('="', 2).struct.field("field_1")
        quoted = quoted.zip_with(pl.Series(~references), quoted.str.strip_suffix("/").str.strip_suffix(" "))
        demand(quoted.str.ends_with('"').fill_null(value=True).all())
        inner = quoted.str.strip_suffix('"')
        demand(not inner.str.contains(r'["&\s]|^$').any())
        return inner.zip_with(pl.Series(~introduced), pl.select(pl.lit("#") + inner).to_series()), introduced

    def _begins(self, attribute: pl.Series, name: str) -> Mask:
        return attribute.str.starts_with(f'{self._rdf}:{name}="').fill_null(value=False).to_numpy()


def iris_of(written: pl.Series, identifiers: Identifiers) -> pl.Series:
    """Turn identifiers into IRIs: the two usual forms together, all others one by one.

    Raises:
        Irregular: one is no identifier.
    """
    bare = written.str.strip_prefix("#").str.strip_prefix("_")
    uuid = written.str.starts_with("#") & bare.str.contains(_UUID)
    forms = (
        pl.when(uuid).then(pl.lit("urn:uuid:") + bare.str.to_lowercase()),
        pl.when(written.str.contains(_LOCAL)).then(pl.lit(identifiers.base) + written),
    )
    iris = pl.select(pl.coalesce(*forms)).to_series()
    others = written.is_not_null() & iris.is_null()
    if not others.any():
        return iris
    distinct = written.filter(others).unique().to_list()
    try:
        known = [identifiers.of_reference(one) for one in distinct]
    except InputError:
        raise Irregular from None
    return iris.zip_with(~others, written.replace_strict(distinct, known, default=None, return_dtype=pl.String))


def lexical_forms(texts: pl.Series) -> pl.Series:
    """Return the texts of properties as N-Triples writes them between quotes.

    Raises:
        Irregular: one is white space alone, or has references to characters that XML itself does not define.
    """
    demand(not (texts.str.contains(_BLANK) & (texts != "")).any())
    special = texts.str.contains(r'["\\\n\r&]').arg_true()
    if not len(special):
        return texts
    return texts.scatter(special, [_resolved(one).translate(_ESCAPES) for one in texts.gather(special)])


def _resolved(text: str) -> str:
    """Put characters in the place of the references to them that XML itself defines; end lines as XML does."""

    def character(match: re.Match[str]) -> str:
        demand(match[1])
        return _CHARACTERS[match[1]]

    return _reference.sub(character, text.replace("\r\n", "\n").replace("\r", "\n"))


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
    demand(np.isin(np.unique(octets[octets < ord(" ")]), _WHITE).all())
    demand(b"\xef\xbf\xbe" not in data and b"\xef\xbf\xbf" not in data and b"]]>" not in data)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Irregular from None
