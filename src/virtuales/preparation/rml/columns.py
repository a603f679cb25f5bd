"""Makes the terms of a whole batch at once, as columns of text; what is not simple is made record by record.

The result is the same as that of `TermMaker`, and so are the errors: a value that a column cannot prove sound is
handed to it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from virtuales.errors import InputError
from virtuales.preparation.rml.doubles import doubles_as, retyped
from virtuales.preparation.rml.mapping import TermMap, TermType
from virtuales.preparation.rml.records import Batch, Column
from virtuales.preparation.rml.terms import ENCODINGS, TermMaker, placed
from virtuales.preparation.terms import iri_text, language_tag
from virtuales.rdf.namespaces import XSD

Texts = str | pl.Series
"""Terms of a batch: one text for all records, or a series of text (null for none) or of lists of text."""

_UNRESERVED = r"^[A-Za-z0-9._~-]*$"
_ALPHANUMERIC = r"^[A-Za-z0-9]+$"
_ESCAPED = r'["\\\n\r]'
_ABSOLUTE = r"^[A-Za-z][A-Za-z0-9+.-]*:"
_SURELY_IRI = (
    r"^(?:https?://[A-Za-z0-9._-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@/-]*)?|urn:[A-Za-z0-9._~:-]+)"
    r"(?:\?[A-Za-z0-9._~!$&'()*+,;=:@/?-]*)?(?:#[A-Za-z0-9._~!$&'()*+,;=:@/?-]*)?$"
)
"""A part of the absolute IRIs that is recognised at once; others are looked at one by one."""
_absolute = re.compile(_ABSOLUTE)
_settled = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://[^/?#]*[/?#]|[^/])", re.DOTALL)
"""A beginning after which unreserved characters and percent-encoded ones cannot make an IRI unsound."""


@dataclass(frozen=True)
class ColumnMaker:
    """Makes the terms of one batch.

    Args:
        maker: Makes them record by record.
        batch: The records.
    """

    maker: TermMaker
    batch: Batch

    def terms(self, made_by: TermMap) -> Texts:
        """Return the terms that a map makes, as N-Triples text; errors are those of `TermMaker.terms`."""
        if made_by.constant is not None:
            return str(made_by.constant)
        try:
            simple = self._simple(made_by)
        except InputError as error:
            raise placed(error, made_by) from None
        return as_series(self.maker.terms(made_by, self.batch)) if simple is None else simple

    def texts(self, made_by: TermMap) -> Texts:
        """Return the bare texts that a map makes, as a join compares them; errors are those of `TermMaker.texts`."""
        if made_by.constant is not None:
            return made_by.constant.value
        try:
            values = self._values(made_by)
        except InputError as error:
            raise placed(error, made_by) from None
        return as_series(self.maker.texts(made_by, self.batch)) if values is None else values.column.texts

    def _simple(self, made_by: TermMap) -> pl.Series | None:
        if made_by.term_type is TermType.BLANK_NODE:
            return self._blank_nodes(made_by)
        values = self._values(made_by)
        if values is None:
            return None
        if made_by.term_type is TermType.LITERAL:
            return _literals(made_by, values.column)
        if made_by.template is None or made_by.term_type is TermType.UNSAFE_IRI:
            return self._looked_at(made_by, values.column.texts)
        return self._of_template(made_by, values)

    def _values(self, made_by: TermMap) -> "_Values | None":
        if made_by.template is None:
            column = self.batch.column(made_by.reference) if made_by.reference is not None else None
            return None if column is None else _Values(column, is_ascii=False)
        texts, references = made_by.template.texts, made_by.template.references
        columns = [self.batch.column(reference) for reference in references]
        parts = [column.texts for column in columns if column is not None]
        if len(parts) < len(references) or not references:
            return None
        is_ascii = True
        if made_by.term_type in ENCODINGS:
            encoded = [_encoded(part, ENCODINGS[made_by.term_type]) for part in parts]
            parts, is_ascii = [part for part, _ in encoded], not any(odd for _, odd in encoded)
        return _Values(Column(_joined(texts, parts)), is_ascii=is_ascii)

    def _of_template(self, made_by: TermMap, values: "_Values") -> pl.Series | None:
        """Return the IRIs of a template: once one is sound all are, if what varies is encoded and comes late enough."""
        texts = made_by.template.texts if made_by.template is not None else ()
        base = "" if _absolute.match(texts[0]) else self.maker.base
        if (base and ":" in "".join(texts)) or not _settled.match(base + texts[0]):
            return None
        try:
            iri_text(base + "x".join(texts), where=made_by.place)
        except InputError:
            return None
        made = _joined((f"<{base}", ">"), [values.column.texts])
        if not values.is_ascii:
            for number in made.str.contains(r"[^\x00-\x7f]").arg_true():
                iri_text(made[number][1:-1], where=self.batch.place(number))
        return made

    def _looked_at(self, made_by: TermMap, texts: pl.Series) -> pl.Series:
        """Return IRIs after a look at each that is not recognised at once."""
        relative = ~texts.str.contains(_ABSOLUTE)
        if relative.any():
            frame = pl.DataFrame({"text": texts, "relative": relative})
            whole = pl.when("relative").then(pl.concat_str(pl.lit(self.maker.base), "text")).otherwise("text")
            texts = frame.select(whole).to_series()
        for number in (~texts.str.contains(_SURELY_IRI)).arg_true():
            self.maker.iri(texts[number], made_by, self.batch.place(number))
        return _joined(("<", ">"), [texts])

    def _blank_nodes(self, made_by: TermMap) -> pl.Series | None:
        if made_by.reference is None and made_by.template is None:
            return None
        values, prefix = self._values(made_by), self.maker.blank_prefix
        if values is None or not _all(values.column.texts, _ALPHANUMERIC):
            return None
        return _joined(("_:b", ""), [values.column.texts]) if prefix is None else self._skolem(prefix, values.column)

    def _skolem(self, prefix: str, labels: Column) -> pl.Series | None:
        try:
            iri_text(prefix + "x", where=prefix)
        except InputError:
            return None
        return _joined((f"<{prefix}", ">"), [labels.texts]) if _settled.match(prefix) else None


@dataclass(frozen=True)
class _Values:
    column: Column
    is_ascii: bool


def as_series(terms: Sequence[Sequence[str]]) -> pl.Series:
    """Return terms that were made record by record as a series: of text where no record has several, else of lists."""
    if all(len(some) <= 1 for some in terms):
        return pl.Series([some[0] if some else None for some in terms], dtype=pl.String)
    return pl.Series([list(some) for some in terms], dtype=pl.List(pl.String))


def _literals(made_by: TermMap, column: Column) -> pl.Series | None:
    natural = column.datatype
    kind, texts = natural or "", None
    for typing in (made_by.datatype, made_by.language):
        if typing is not None and (typing.constant is None or typing.written is not None):
            return None
    if made_by.datatype is not None and made_by.datatype.constant is not None:
        kind = made_by.datatype.constant.value
        texts = _retyped(column, kind)
    suffix = f"^^<{kind}>" if kind and kind != XSD.string.value else ""
    if made_by.language is not None and made_by.language.constant is not None:
        suffix = "@" + language_tag(made_by.language.constant.value, where=made_by.place)
    return _joined(('"', f'"{suffix}'), [_escaped(column.texts if texts is None else texts)])


def _retyped(column: Column, kind: str) -> pl.Series | None:
    """Return values as a stated datatype has them; None where that is as they are."""
    if column.datatype in {None, kind}:
        return None
    if column.doubles is not None:
        made = doubles_as(column.doubles, kind)
        return None if made is None else pl.Series(made, dtype=pl.String)
    written = [None if text is None else retyped(text, column.datatype, kind) for text in column.texts]
    return pl.Series(written, dtype=pl.String)


def _escaped(texts: pl.Series) -> pl.Series:
    if texts.str.contains(_ESCAPED).any():
        for plain, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r")):
            texts = texts.str.replace_all(plain, written, literal=True)
    return texts


def _encoded(texts: pl.Series, change: Callable[[str], str]) -> tuple[pl.Series, bool]:
    """Return texts percent-encoded, and whether one of them may hold characters beyond ASCII."""
    odd = texts.filter(~texts.str.contains(_UNRESERVED)).unique()
    if not len(odd):
        return texts, False
    changed = [change(text) for text in odd]
    return texts.replace(odd, pl.Series(changed, dtype=pl.String)), not all(map(str.isascii, changed))


def _all(texts: pl.Series, pattern: str) -> bool:
    return bool(texts.str.contains(pattern).all())


def _joined(texts: Sequence[str], parts: Sequence[pl.Series]) -> pl.Series:
    """Return the texts with the parts between them; null where a part is."""
    frame = pl.DataFrame([part.alias(str(number)) for number, part in enumerate(parts)])
    pieces: list[pl.Expr] = [pl.lit(texts[0])]
    for number, text in enumerate(texts[1:]):
        pieces += [pl.col(str(number)), pl.lit(text)]
    return frame.select(pl.concat_str(pieces)).to_series()
