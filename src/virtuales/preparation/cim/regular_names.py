"""The names of a regular document's elements, each looked up once: the kind of piece it begins, and what it becomes."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from virtuales.models.vocabulary import Vocabulary
from virtuales.preparation.cim.grammar import term_iri
from virtuales.preparation.cim.header import FULL_MODEL, HEADER_DATATYPES, HEADER_REFERENCES
from virtuales.rdf.namespaces import DM, MD, RDF, XSD

UNKNOWN, OBJECT, OBJECT_END, LITERAL, EMPTY, PROPERTY_END, REFERENCE, MODEL = range(8)
"""Kinds of pieces: an object, its end, a property with text, one without, its end, one that refers, or to a model."""


class RegularNames:
    """Numbers the names of a document's elements; those of their ends are `/`, the name and `>`.

    Args:
        vocabulary: The model that types the data.
        namespaces: The namespaces that the document's root declares, by prefix.
    """

    def __init__(self, vocabulary: Vocabulary, namespaces: Mapping[str, str]) -> None:
        self._vocabulary = vocabulary
        self._namespaces = namespaces
        # It is kept because polars forgets categories, and so their numbers, with the last series that has them.
        self._categories = pl.Series([], dtype=pl.Categorical(pl.Categories.random()))
        self._elements: dict[str, int] = {}
        self.kinds: NDArray[np.int8] = np.empty(0, np.int8)
        """The kind of each name."""
        self.elements: NDArray[np.int32] = np.empty(0, np.int32)
        """A number for each name that is the same for an element's start and end."""
        self.iris: list[str] = []
        """The IRI of each name; empty where it is not known."""
        self.befores: list[str] = []
        """What stands between the subject's IRI and the value in a line of N-Triples."""
        self.afters: list[str] = []
        """What stands behind the value."""

    def codes(self, names: pl.Series) -> NDArray[np.int32]:
        """Return the number of each name."""
        codes = names.cast(self._categories.dtype).to_physical().to_numpy().astype(np.int32)
        fresh = np.unique(codes[codes >= len(self.kinds)])
        known = {int(code): str(names[int(np.argmax(codes == code))]) for code in fresh}
        for code in range(len(self.kinds), int(codes.max(initial=-1)) + 1):
            self._learn(known.get(code, ""))
        return codes

    def _learn(self, name: str) -> None:
        ends = name.startswith("/") and name.endswith(">")
        bare = name[1:-1] if ends else name.removesuffix("/")
        prefix, _, local = bare.rpartition(":")
        namespace = self._namespaces.get(prefix)
        iri = f"{namespace}{local}" if namespace else ""
        kind, before, after = self._described(iri)
        if ends:
            kind = {OBJECT: OBJECT_END, LITERAL: PROPERTY_END}.get(kind, UNKNOWN)
        elif name.endswith("/"):
            kind = EMPTY if kind == LITERAL else UNKNOWN
        self.kinds = np.append(self.kinds, np.int8(kind))
        self.elements = np.append(self.elements, np.int32(self._elements.setdefault(bare, len(self._elements))))
        self.iris.append(iri)
        self.befores.append(before)
        self.afters.append(after)

    def _described(self, iri: str) -> tuple[int, str, str]:
        """Return a term's kind, and what stands before and after its values."""
        if iri == term_iri(FULL_MODEL) or iri in self._vocabulary.classes:
            return OBJECT, f"> <{RDF.type.value}> <{iri}> .\n", ""
        datatype = self._vocabulary.datatypes.get(iri) or HEADER_DATATYPES.get(iri)
        if datatype is not None:
            return LITERAL, f'> <{iri}> "', '" .\n' if datatype == XSD.string.value else f'"^^<{datatype}> .\n'
        structured = iri in self._vocabulary.compounds and not iri.startswith(DM.iri)
        if not structured and (iri in HEADER_REFERENCES or iri in self._vocabulary.references):
            return MODEL if iri.startswith(MD.iri) else REFERENCE, f"> <{iri}> <", "> .\n"
        return UNKNOWN, "", ""
