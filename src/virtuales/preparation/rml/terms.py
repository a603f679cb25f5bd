"""Makes terms of values: IRIs behind a base and percent-encoded, literals with datatype or language, blank nodes."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from urllib.parse import quote

from virtuales.errors import InputError
from virtuales.preparation.csvw.datatypes import Datatype
from virtuales.preparation.rml.doubles import retyped
from virtuales.preparation.rml.mapping import TermMap, TermType
from virtuales.preparation.rml.records import Batch, Value
from virtuales.preparation.terms import encode_for_iri, escaped, iri_text, language_tag, literal_text
from virtuales.rdf.namespaces import RML
from virtuales.rdf.terms import is_unicode

DEFAULT_GRAPH = f"<{RML.defaultGraph.value}>"

_absolute = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_label = re.compile(r"[A-Za-z0-9]+")
_writable = re.compile(r"[^\x00-\x1f<>\ud800-\udfff]*")


def _encode_for_uri(text: str) -> str:
    return quote(text, safe="")


ENCODINGS: Mapping[TermType, Callable[[str], str]] = {TermType.IRI: encode_for_iri, TermType.URI: _encode_for_uri}


def blank_node(label: str) -> str:
    """Return a blank node of its own for each label.

    >>> blank_node("A1"), blank_node("a b")
    ('_:bA1', '_:x612062')
    """
    return f"_:b{label}" if _label.fullmatch(label) else f"_:x{label.encode().hex()}"


@dataclass(frozen=True)
class TermMaker:
    """Makes the terms of batches, record by record.

    Args:
        base: What relative IRIs are put behind.
        blank_prefix: The IRI that blank nodes' labels are put behind; None keeps blank nodes.
        unsafe_iris: Whether IRIs of `rml:UnsafeIRI` are written that are none.
        scope: What tells new blank nodes of this batch from those of others.
    """

    base: str
    blank_prefix: str | None = None
    unsafe_iris: bool = False
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
            InputError: a value makes no sound term; names the record and the map's place in the mapping.
        """
        try:
            return self._terms(made_by, batch)
        except InputError as error:
            raise placed(error, made_by) from None

    def texts(self, made_by: TermMap, batch: Batch) -> Sequence[Sequence[str]]:
        """Return the bare texts that a map makes of each record, as a join compares them; errors as for `terms`."""
        if made_by.constant is not None:
            return [(made_by.constant.value,)] * batch.size
        try:
            return [tuple(value.text for value in some) for some in self._values(made_by, batch)]
        except InputError as error:
            raise placed(error, made_by) from None

    def iri(self, text: str, made_by: TermMap, where: str) -> str:
        """Write an IRI that a map makes, behind the base if it is relative.

        Raises:
            InputError: it is none.
        """
        whole = text if _absolute.match(text) else self.base + text
        if made_by.term_type is TermType.UNSAFE_IRI and self.unsafe_iris and _writable.fullmatch(whole):
            return f"<{whole}>"
        return iri_text(whole, where=where)

    def blank(self, label: str, where: str) -> str:
        """Write a blank node, or the IRI that stands for it.

        Raises:
            InputError: the label holds what is no character.
        """
        if not is_unicode(label):
            raise InputError("The text holds what is no character.", where=where, remedy="Save it as UTF-8.")
        if self.blank_prefix is not None:
            return iri_text(self.blank_prefix + quote(label, safe=""), where=where)
        return blank_node(label)

    def _terms(self, made_by: TermMap, batch: Batch) -> Sequence[Sequence[str]]:
        if made_by.constant is not None:
            return [(str(made_by.constant),)] * batch.size
        if made_by.reference is None and made_by.template is None:
            return [(self.blank(f"{self.scope} {number}", made_by.place),) for number in range(batch.size)]
        values = self._values(made_by, batch)
        if made_by.term_type is TermType.LITERAL:
            return self._literals(made_by, values, batch)
        if made_by.term_type is TermType.BLANK_NODE:
            return [
                [self.blank(value.text, batch.place(number)) for value in some] for number, some in enumerate(values)
            ]
        return [
            [self.iri(value.text, made_by, batch.place(number)) for value in some] for number, some in enumerate(values)
        ]

    def _values(self, made_by: TermMap, batch: Batch) -> Sequence[Sequence[Value]]:
        if made_by.template is None:
            return batch.values(made_by.reference or "")
        texts, references = made_by.template.texts, made_by.template.references
        if not references:
            return [(Value(texts[0]),)] * batch.size
        change = ENCODINGS.get(made_by.term_type, str)
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

    def _literals(self, made_by: TermMap, values: Sequence[Sequence[Value]], batch: Batch) -> Sequence[Sequence[str]]:
        if made_by.language is not None:
            tags = self.texts(made_by.language, batch)
            return [
                [
                    f'"{escaped(value.text, where=place)}"@{language_tag(tag, where=place)}'
                    for value in some
                    for tag in each
                ]
                for some, each, place in zip(values, tags, map(batch.place, range(batch.size)), strict=True)
            ]
        if made_by.datatype is not None and made_by.datatype.written is not None:
            return _as_written(made_by.datatype.written, values, batch)
        if made_by.datatype is not None:
            types = self.terms(replace(made_by.datatype, term_type=_as_datatype(made_by.datatype)), batch)
            return [
                [
                    literal_text(retyped(value.text, value.datatype, kind[1:-1]), kind[1:-1], where=place)
                    for value in some
                    for kind in each
                ]
                for some, each, place in zip(values, types, map(batch.place, range(batch.size)), strict=True)
            ]
        return [
            [literal_text(value.text, value.datatype, where=batch.place(number)) for value in some]
            for number, some in enumerate(values)
        ]


def placed(error: InputError, made_by: TermMap) -> InputError:
    """Return an error of the data that also says which map of the mapping met it."""
    if not made_by.place or made_by.place in (error.where or "") or made_by.place in error.what:
        return error
    return type(error)(f"{error.what} The map stands in {made_by.place}.", where=error.where, remedy=error.remedy)


def _as_written(written: Datatype, values: Sequence[Sequence[Value]], batch: Batch) -> Sequence[Sequence[str]]:
    """Return literals of texts that are written in a format of their own, such as `30/12/2026`."""
    return [[_lexical(written, value, batch.place(number)) for value in some] for number, some in enumerate(values)]


def _lexical(written: Datatype, value: Value, place: str) -> str:
    try:
        text = retyped(value.text, value.datatype, written.literal_iri)
        return literal_text(written.lexical(text), written.literal_iri, where=place)
    except InputError as error:
        remedy = error.remedy or "Correct the value, or name it in `rml:null` if it means that there is none."
        raise InputError(error.what, where=place, remedy=remedy) from None


def _as_datatype(made_by: TermMap) -> TermType:
    return TermType.IRI if made_by.term_type is TermType.LITERAL else made_by.term_type
