"""Makes terms of values: IRIs behind a base and percent-encoded, literals with datatype or language, blank nodes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from urllib.parse import quote

from virtuales.preparation.rml.mapping import TermMap, TermType
from virtuales.preparation.rml.records import Batch, Value
from virtuales.preparation.terms import encode_for_iri, escaped, iri_text, language_tag
from virtuales.rdf.namespaces import RML, XSD

DEFAULT_GRAPH = f"<{RML.defaultGraph.value}>"

_absolute = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_label = re.compile(r"[A-Za-z0-9]+")


def _encode_for_uri(text: str) -> str:
    return quote(text, safe="")


_ENCODINGS: Mapping[TermType, Callable[[str], str]] = {TermType.IRI: encode_for_iri, TermType.URI: _encode_for_uri}


@dataclass(frozen=True)
class TermMaker:
    """Makes the terms of batches.

    Args:
        base: What relative IRIs are put behind.
        blank_prefix: The IRI that blank nodes' labels are put behind; None keeps blank nodes.
        scope: What tells new blank nodes of this batch from those of others.
    """

    base: str
    blank_prefix: str | None
    scope: str = ""

    def for_batch(self, number: int, name: str) -> "TermMaker":
        """Return the maker for one batch of a triples map."""
        return replace(self, scope=f"{name} {number}")

    def for_map(self, base: str, name: str) -> "TermMaker":
        """Return the maker of the same batch for another triples map."""
        return replace(self, base=base, scope=f"{name} {self.scope.rpartition(' ')[2]}")

    def terms(self, made_by: TermMap, batch: Batch) -> Sequence[Sequence[str]]:
        """Return the terms that a map makes of each record, as N-Triples text.

        Raises:
            InputError: a value makes no sound term; names the record.
        """
        size = len(batch.places)
        if made_by.constant is not None:
            return [(str(made_by.constant),)] * size
        if made_by.reference is None and made_by.template is None:
            return [(self._blank(f"{self.scope} {number}"),) for number in range(size)]
        values = self._values(made_by, batch)
        if made_by.term_type is TermType.LITERAL:
            return self._literals(made_by, values, batch)
        if made_by.term_type is TermType.BLANK_NODE:
            return [tuple(self._blank(value.text) for value in some) for some in values]
        return [
            tuple([self._iri(value.text, place) for value in some])
            for some, place in zip(values, batch.places, strict=True)
        ]

    def texts(self, made_by: TermMap, batch: Batch) -> Sequence[Sequence[str]]:
        """Return the bare texts that a map makes of each record, as a join compares them."""
        if made_by.constant is not None:
            return [(made_by.constant.value,)] * len(batch.places)
        return [tuple(value.text for value in some) for some in self._values(made_by, batch)]

    def _values(self, made_by: TermMap, batch: Batch) -> Sequence[Sequence[Value]]:
        if made_by.template is None:
            return batch.values(made_by.reference or "")
        texts, references = made_by.template.texts, made_by.template.references
        if not references:
            return [(Value(texts[0]),)] * len(batch.places)
        change = _ENCODINGS.get(made_by.term_type, str)
        parts = [
            [[change(value.text) for value in some] for some in batch.values(reference)] for reference in references
        ]
        return [
            [
                Value(texts[0] + "".join(part + after for part, after in zip(chosen, texts[1:], strict=True)))
                for chosen in product(*record)
            ]
            for record in zip(*parts, strict=True)
        ]

    def _iri(self, text: str, where: str) -> str:
        return iri_text(text if _absolute.match(text) else self.base + text, where=where)

    def _blank(self, label: str) -> str:
        if self.blank_prefix is not None:
            return iri_text(self.blank_prefix + quote(label, safe=""), where=label)
        return f"_:b{label}" if _label.fullmatch(label) else f"_:x{label.encode().hex()}"

    def _literals(self, made_by: TermMap, values: Sequence[Sequence[Value]], batch: Batch) -> Sequence[Sequence[str]]:
        places = batch.places
        if made_by.language is not None:
            tags = self.texts(made_by.language, batch)
            return [
                tuple(
                    f'"{escaped(value.text, where=place)}"@{language_tag(tag, where=place)}'
                    for value in some
                    for tag in each
                )
                for some, each, place in zip(values, tags, places, strict=True)
            ]
        if made_by.datatype is not None:
            types = self.terms(replace(made_by.datatype, term_type=TermType.IRI), batch)
            return [
                tuple(_literal(value.text, kind, place) for value in some for kind in each)
                for some, each, place in zip(values, types, places, strict=True)
            ]
        return [
            tuple([_literal(value.text, f"<{value.datatype}>" if value.datatype else "", place) for value in some])
            for some, place in zip(values, places, strict=True)
        ]


def _literal(text: str, datatype: str, where: str) -> str:
    suffix = f"^^{datatype}" if datatype and datatype != f"<{XSD.string.value}>" else ""
    return f'"{escaped(text, where=where)}"{suffix}'


def _in_language(text: str, tag: str, where: str) -> str:
    return f'"{escaped(text, where=where)}"@{language_tag(tag, where=where)}'
