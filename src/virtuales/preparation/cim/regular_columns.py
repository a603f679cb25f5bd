"""From regular CIM/XML to columns of numbered terms, without a line of N-Triples being written in between.

What occurs often (identifiers, texts) is numbered as it stands in the XML; IRIs and literals are made once for each.
"""

from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.grammar import term_iri
from virtuales.preparation.cim.header import FULL_MODEL
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.regular_names import MODEL, OBJECT, REFERENCE, RegularNames
from virtuales.preparation.cim.regular_pieces import (
    Irregular,
    PieceCutter,
    Pieces,
    demand,
    iris_of,
    lexical_forms,
)
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.numbering import Encoder, Numbers


class NumberedStatements(NamedTuple):
    """The statements of a model.

    Args:
        terms: The distinct terms, written as in N-Triples; the row is the term's number.
        subjects: The subject's number for each statement.
        predicates: The predicate's number.
        objects: The object's number.
    """

    terms: pl.Series
    subjects: Numbers
    predicates: Numbers
    objects: Numbers


def number_statements(
    source: BinaryIO,
    *,
    vocabulary: Vocabulary,
    identifiers: Identifiers,
    namespaces: Mapping[str, str],
    limits: tuple[int, int],
) -> NumberedStatements | None:
    """Read a document where it is regular; its statements are those that `read_regular` writes.

    Args:
        source: The document, seekable; read from its beginning.
        vocabulary: The model that types the data.
        identifiers: How names become IRIs.
        namespaces: The namespaces that the document's root declares, by prefix; the root has no other attributes.
        limits: Bytes that the document may have, and bytes to look at together.

    Returns:
        The statements; None where the document is larger, or not known to be regular, has several headers, or gives an
        identifier to two objects.
    """
    try:
        cutter = PieceCutter(vocabulary, namespaces)
        columns = _Columns(cutter.names)
        for pieces in cutter.cut(source, limits):
            columns.add(pieces)
        return columns.numbered(identifiers)
    except Irregular:
        return None


class _Part(NamedTuple):
    """Pieces with their identifiers and texts as numbers: one row for each statement."""

    subjects: Numbers
    codes: Numbers
    values: Numbers
    named: NDArray[np.bool_]
    introduced: Numbers


class _Columns:
    def __init__(self, names: RegularNames) -> None:
        self._names = names
        self._identifiers = Encoder()
        self._texts = Encoder()
        self._parts: list[_Part] = []

    def add(self, pieces: Pieces) -> None:
        named = np.isin(pieces.kinds, (OBJECT, REFERENCE, MODEL))
        values = np.empty(len(named), np.int32)
        values[named] = self._identifiers.add(pieces.written.filter(named))
        values[~named] = self._texts.add(pieces.texts.filter(~named))
        self._parts.append(
            _Part(values[pieces.subjects], pieces.codes, values, named, values[pieces.introduced]),
        )

    def numbered(self, identifiers: Identifiers) -> NumberedStatements:
        demand(self._parts)
        subjects, codes, values, named, introduced = map(np.concatenate, zip(*self._parts, strict=True))
        kinds = self._names.kinds[codes]
        is_header = np.array([iri == term_iri(FULL_MODEL) for iri in self._names.iris], bool)
        demand(np.count_nonzero(is_header[codes]) <= 1)
        iris = iris_of(self._identifiers.distinct(), identifiers)
        terms = Encoder()
        resources = _bracketed(iris)
        # Subjects are numbered first: then the columns of most predicates are in order as they are.
        terms.add(resources.gather(subjects[kinds == OBJECT]))
        numbers = terms.add(resources)
        demand(len(np.unique(numbers[introduced])) == len(introduced))
        type_, names = terms.add(pl.Series([str(RDF.type)])), self._name_numbers(terms, codes)
        objects = np.empty(len(codes), np.int32)
        objects[named] = np.where(kinds == OBJECT, names[codes], numbers[np.where(named, values, 0)])[named]
        objects[~named] = self._literals(terms, codes[~named], values[~named])
        predicates = np.where(kinds == OBJECT, type_[0], names[codes])
        return NumberedStatements(terms.distinct(), numbers[subjects], predicates.astype(np.int32), objects)

    def _name_numbers(self, terms: Encoder, codes: Numbers) -> Numbers:
        """Number the IRIs of the names that occur; return the number by the name's code."""
        used = np.unique(codes)
        numbers = np.zeros(len(self._names.iris), np.int32)
        numbers[used] = terms.add(_bracketed(pl.Series(self._names.iris).gather(used)))
        return numbers

    def _literals(self, terms: Encoder, codes: Numbers, texts: Numbers) -> Numbers:
        """Return the numbers of literals that are given by their property's name and the number of their text."""
        ends = [after.removesuffix(" .\n") for after in self._names.afters]
        distinct = list(dict.fromkeys(ends))
        datatypes = np.array([distinct.index(end) for end in ends], np.int64)[codes]
        pairs, places = np.unique(texts.astype(np.int64) * len(distinct) + datatypes, return_inverse=True)
        forms = lexical_forms(self._texts.distinct()).gather(pairs // len(distinct))
        suffixes = pl.Series(distinct, dtype=pl.String).gather(pairs % len(distinct))
        literals = pl.select(pl.concat_str(pl.lit('"'), forms, suffixes)).to_series()
        return terms.add(literals)[places]


def _bracketed(iris: pl.Series) -> pl.Series:
    return pl.select(pl.concat_str(pl.lit("<"), iris, pl.lit(">"))).to_series()
