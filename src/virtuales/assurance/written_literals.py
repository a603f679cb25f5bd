"""Which literals a store that holds values would write another way, and what stands for them so that it does not.

Oxigraph keeps numbers, booleans, dates, times and durations by their value: `"1.50"^^xsd:decimal` becomes `1.5`,
`"7"^^xsd:int` becomes an `xsd:integer`. RDF tells such literals apart (https://www.w3.org/TR/rdf11-concepts/, literal
term equality), and SPARQL shows it: in joins, `DISTINCT`, `STR`, `DATATYPE`. Here a literal whose form is not known to
come back as it went in is *odd*. The same lexical form with a datatype of our own stands for it: to the store that is a
literal like any other of a datatype it does not know, so it stays as it is.
"""

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType

import numpy as np
import polars as pl

from virtuales.assurance.dictionary import XSD, BoolArray, TermDictionary, unescape
from virtuales.assurance.literals import LiteralForms
from virtuales.rdf.terms import Literal, NamedNode

STAND_IN = "urn:virtuales:written:"
"""What comes before the datatype of a literal that stands for an odd one."""
ILL_TYPED = "urn:virtuales:ill-typed:"
"""The same for an odd literal whose form its datatype does not allow: it has no value, though the store may see one."""

_OURS = re.compile(f'"\\^\\^<(?:{STAND_IN}|{ILL_TYPED})([^"<>]*)>$')
_TYPED = r'"\^\^<([^"<>]*)>$'


def _plain_numbers(digits: int) -> str:
    """Write a pattern of numbers that have so many digits at most, without needless zeros or signs."""
    parts = [f"[1-9][0-9]{{{whole - 1}}}\\.[0-9]{{0,{digits - whole - 1}}}[1-9]" for whole in range(1, digits)]
    return f"-?(?:0|[1-9][0-9]{{0,{digits - 1}}}|0\\.[0-9]{{0,{digits - 1}}}[1-9]|{'|'.join(parts)})"


_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
_YEAR = r"[1-9][0-9]{3}"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{0,5}[1-9])?"
_ZONE = r"(?:Z|[+-](?:(?:0[1-9]|1[0-3]):[0-5][0-9]|00:(?:0[1-9]|[1-5][0-9])))?"
_NEVER = r"[^\s\S]"
_DERIVED = (
    *("long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger"),
    *("negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "dateTimeStamp"),
)
"""Datatypes whose literals come back with another datatype."""
_SAME: Mapping[str, str] = MappingProxyType(
    {
        "boolean": "true|false",
        "integer": "0|-?[1-9][0-9]{0,17}",
        "decimal": r"0|-?[1-9][0-9]{0,17}|-?(?:0|[1-9][0-9]{0,17})\.[0-9]{0,16}[1-9]",
        "float": f"{_plain_numbers(6)}|-?INF|NaN",
        "double": f"{_plain_numbers(15)}|-?INF|NaN",
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
        "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
        "time": f"{_TIME}{_ZONE}",
        "gYear": f"{_YEAR}{_ZONE}",
        "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
        "gMonth": f"--{_MONTH}{_ZONE}",
        "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
        "gDay": f"---{_DAY}{_ZONE}",
        **dict.fromkeys((*_DERIVED, "duration", "dayTimeDuration", "yearMonthDuration"), _NEVER),
    }
)
"""For each datatype that the store knows values of, forms that certainly come back as they went in."""
VALUED = frozenset(f"{XSD}{name}" for name in _SAME)
"""The datatypes (bare IRIs) of which two literals can have one value."""
_CHANGED = frozenset(f"{XSD}{name}" for name in _DERIVED)
_NUMERIC = (_CHANGED - {f"{XSD}dateTimeStamp"}) | {f"{XSD}{name}" for name in ("integer", "decimal", "float", "double")}


def is_odd(lexical: str, datatype: str) -> bool:
    """Tell whether a literal (datatype as bare IRI) may not come back from the store as it is written.

    >>> is_odd("1.50", XSD + "decimal"), is_odd("1.5", XSD + "decimal"), is_odd("01", XSD + "string")
    (True, False, False)
    """
    if datatype.startswith((STAND_IN, ILL_TYPED)):
        return True
    same = _SAME.get(datatype.removeprefix(XSD)) if datatype.startswith(XSD) else None
    return same is not None and re.fullmatch(same, lexical) is None


@lru_cache(maxsize=65_536)
def is_well_formed(lexical: str, datatype: str) -> bool:
    """Tell whether a datatype (bare IRI) allows a lexical form."""
    term = TermDictionary(pl.Series([str(Literal(lexical, datatype=NamedNode(datatype)))]))
    return bool(LiteralForms(term).well_formed(datatype)[0])


def stand_in_datatype(lexical: str, datatype: str) -> str:
    """Return the datatype that stands for that of an odd literal (both bare IRIs)."""
    ours = datatype.startswith((STAND_IN, ILL_TYPED))
    return f"{STAND_IN if ours or is_well_formed(lexical, datatype) else ILL_TYPED}{datatype}"


def stand_in(term: str) -> str:
    """Return what stands for a term in the store: itself, or for an odd literal another one.

    >>> stand_in('"01"^^<http://www.w3.org/2001/XMLSchema#integer>')
    '"01"^^<urn:virtuales:written:http://www.w3.org/2001/XMLSchema#integer>'
    """
    match = re.search(_TYPED, term) if term.startswith('"') else None
    if match is None:
        return term
    lexical = unescape(term[1 : match.start()])
    if not is_odd(lexical, match[1]):
        return term
    return f'{term[: match.start()]}"^^<{stand_in_datatype(lexical, match[1])}>'


def as_written(term: str) -> str:
    """Return the term that stands behind one from the store.

    >>> as_written('"01"^^<urn:virtuales:written:http://www.w3.org/2001/XMLSchema#integer>')
    '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    return _OURS.sub(r'"^^<\1>', term) if "^^<urn:virtuales:" in term else term


class WrittenLiterals:
    """The odd literals among the terms of a dictionary; each datatype is looked through once.

    Args:
        dictionary: The terms.
    """

    def __init__(self, dictionary: TermDictionary) -> None:
        self._dictionary = dictionary

    @cached_property
    def odd(self) -> BoolArray:
        """Which terms are odd literals."""
        odd = np.zeros(len(self._dictionary), bool)
        for datatype in self._dictionary.datatype_names:
            ours = datatype.startswith((STAND_IN, ILL_TYPED))
            if not ours and datatype not in VALUED:
                continue
            rows = np.flatnonzero(self._dictionary.datatype_is([datatype]))
            same = _NEVER if ours else _SAME[datatype.removeprefix(XSD)]
            odd[rows] = ~self._dictionary.text.gather(rows).str.contains(f"^(?:{same})$").to_numpy()
        return odd

    @cached_property
    def ill_typed(self) -> BoolArray:
        """Which odd literals have a form that their datatype does not allow."""
        ill_typed = np.zeros(len(self._dictionary), bool)
        forms = LiteralForms(self._dictionary)
        for datatype in VALUED.intersection(self._dictionary.datatype_names):
            of_type = self.odd & self._dictionary.datatype_is([datatype])
            if of_type.any():
                ill_typed |= of_type & ~forms.well_formed(datatype)
        return ill_typed

    @property
    def some_change_type(self) -> bool:
        """Whether there is an odd literal that the store gives back with another datatype."""
        return not _CHANGED.isdisjoint(self._dictionary.datatype_names)

    @cached_property
    def numbers(self) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        """For each term a number that is the same for literals of one value; NaN where it has none, or is no number."""
        number = np.full(len(self._dictionary), np.nan, np.float32)
        rows = np.flatnonzero(self._dictionary.datatype_is(_NUMERIC))
        forms = self._dictionary.text.gather(rows).str.strip_prefix("+").str.strip_suffix(".")
        number[rows] = forms.cast(pl.Float64, strict=False).cast(pl.Float32).fill_null(float("nan")).to_numpy()
        return number

    @cached_property
    def stand_ins(self) -> pl.Series:
        """For each term what stands for it in the store."""
        terms = self._dictionary.terms
        if not self.odd.any():
            return terms
        frame = pl.DataFrame({"term": terms, "odd": self.odd, "ill": self.ill_typed})
        written, ill = (pl.col("term").str.replace(_TYPED, f'"^^<{prefix}$1>') for prefix in (STAND_IN, ILL_TYPED))
        chosen = pl.when(pl.col("odd") & pl.col("ill")).then(ill).when("odd").then(written).otherwise("term")
        return frame.select(chosen.alias("term")).to_series()
