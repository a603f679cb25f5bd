"""Makes terms of values: IRIs behind a base and percent-encoded, literals with datatype or language, blank nodes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from urllib.parse import quote

from virtuales.errors import InputError
from virtuales.preparation.rml.mapping import TermMap, TermType
from virtuales.preparation.rml.records import Batch, Value
from virtuales.rdf.namespaces import RML, XSD
from virtuales.rdf.terms import NamedNode, is_unicode

DEFAULT_GRAPH = f"<{RML.defaultGraph.value}>"

_absolute = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_language = re.compile(r"(?:[A-Za-z]{2,3}|[xi](?=-))(?:-[A-Za-z0-9]{1,8})*")
"""A well-formed tag of RFC 5646 whose first part can be a language: no code of four or more letters was ever given."""
_safe_ascii = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_private = (range(0xE000, 0xF900), range(0xF0000, 0x110000))
_FIRST_BEYOND_ASCII = 0xA0
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_plain_text = re.compile(r'[^"\\\n\r\ud800-\udfff]*')
_label = re.compile(r"[A-Za-z0-9]+")


def escaped(text: str, *, where: str) -> str:
    r"""Write text as it stands between the quotes of a literal in N-Triples.

    Raises:
        InputError: it holds a lone surrogate, which is no character.

    >>> escaped('a "b"', where="x")
    'a \\"b\\"'
    """
    if _plain_text.fullmatch(text):
        return text
    if not is_unicode(text):
        raise InputError("The text holds what is no character.", where=where, remedy="Save it as UTF-8.")
    return text.translate(_ESCAPES)


def iri_text(iri: str, *, where: str) -> str:
    """Write an absolute IRI as N-Triples does.

    Raises:
        InputError: it is no absolute IRI.
    """
    try:
        return f"<{NamedNode(iri).value}>"
    except ValueError:
        raise InputError(
            f"`{iri[:200]}` is no absolute IRI.",
            where=where,
            remedy="Use a template, which encodes what an IRI cannot hold, or correct the value.",
        ) from None


def encode_for_iri(text: str) -> str:
    """Percent-encode what is not an unreserved character of an IRI (RFC 3987, section 2.2).

    >>> encode_for_iri("Zoë/b c")
    'Zoë%2Fb%20c'
    """
    if text.isascii():
        return quote(text, safe="")
    return "".join(
        character if character in _safe_ascii or _is_beyond_ascii(character) else quote(character, safe="")
        for character in text
    )


def _encode_for_uri(text: str) -> str:
    return quote(text, safe="")


_ENCODINGS: Mapping[TermType, Callable[[str], str]] = {TermType.IRI: encode_for_iri, TermType.URI: _encode_for_uri}


def _is_beyond_ascii(character: str) -> bool:
    return ord(character) >= _FIRST_BEYOND_ASCII and not any(ord(character) in span for span in _private)


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
                tuple(f'"{escaped(value.text, where=place)}"@{_tag(tag, place)}' for value in some for tag in each)
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


def _tag(tag: str, where: str) -> str:
    if not _language.fullmatch(tag):
        raise InputError(f"`{tag}` is no language tag.", where=where, remedy="Use a code such as `en` or `cy-GB`.")
    return tag
