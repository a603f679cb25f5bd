"""The dictionary of a graph's terms, and what a constraint may ask of each: kind, text, datatype, language.

Every answer is a column with one entry per distinct term, made when first asked for; so a datatype is judged once for a
value that occurs a thousand times. Terms are written as in N-Triples, literals with the lexical form they came with.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from virtuales.rdf.numbering import Encoder

IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]

IRI, BLANK, LITERAL = 0, 1, 2
NO_TERM = -1
"""Stands where a result has no value, and where a term does not occur in the graph."""
_FEW = 100

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def ascending(numbers: IntArray) -> IntArray:
    """Return distinct numbers in ascending order; a column that is so already is returned as it is."""
    if len(numbers) < 2 or bool((numbers[1:] > numbers[:-1]).all()):  # noqa: PLR2004  # one number is in order
        return numbers
    ordered = np.sort(numbers)  # `np.unique` hashes, which takes ten times longer on such columns
    return np.asarray(ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])])


def unescape(text: str) -> str:
    r"""Undo the escapes of N-Triples.

    >>> unescape(r"a\tb\\n\u00e9")
    'a\tb\\né'
    """

    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])

    return _ESCAPE.sub(plain, text) if "\\" in text else text


def encode(column: pl.Series) -> tuple[IntArray, list[str]]:
    """Number the distinct values of a string column in the order in which they first occur.

    Returns:
        The number for each row, and the distinct values in the order of their numbers.
    """
    encoder = Encoder()
    return encoder.add(column), encoder.distinct().to_list()


class TermDictionary:
    """The distinct terms of a graph, each under its number.

    Args:
        terms: A string column of distinct terms written as in N-Triples; the row is the term's number.
    """

    def __init__(self, terms: pl.Series) -> None:
        self.terms = terms.alias("term")

    def __len__(self) -> int:
        """Count the terms."""
        return len(self.terms)

    def __getitem__(self, number: int) -> str:
        """Return the term of that number, written as in N-Triples."""
        return str(self.terms[int(number)])

    def texts(self, numbers: IntArray) -> list[str]:
        """Return the terms of several numbers, written as in N-Triples."""
        if len(numbers) <= _FEW:  # `gather` plans a query first, which takes longer than these
            return [self.terms[number] for number in numbers.tolist()]
        return self.terms.gather(numbers).to_list()

    def lookup(self, terms: Sequence[str] | pl.Series) -> IntArray:
        """Return the number of each term; `NO_TERM` for one that is not in the dictionary."""
        wanted = pl.Series("term", terms, dtype=pl.String)
        known = self.terms.to_frame().with_row_index("number")
        few = known.filter(pl.col("term").is_in(wanted.implode()))  # a join with all would first hash all
        found = wanted.to_frame().join(few, on="term", how="left", maintain_order="left")["number"]
        return found.cast(pl.Int64).fill_null(NO_TERM).to_numpy()

    def with_terms(self, terms: Iterable[str]) -> tuple["TermDictionary", dict[str, int]]:
        """Return a dictionary in which these terms have numbers too, and those numbers; all others keep theirs."""
        distinct = list(dict.fromkeys(terms))
        numbers = dict(zip(distinct, self.lookup(distinct).tolist(), strict=True))
        missing = [term for term, number in numbers.items() if number == NO_TERM]
        numbers |= {term: len(self) + place for place, term in enumerate(missing)}
        return TermDictionary(pl.concat([self.terms, pl.Series("term", missing, dtype=pl.String)])), numbers

    @cached_property
    def kind(self) -> IntArray:
        """`IRI`, `BLANK` or `LITERAL` for each term."""
        literal = self.terms.str.starts_with('"').to_numpy()
        blank = self.terms.str.starts_with("_:").to_numpy()
        return np.where(literal, LITERAL, np.where(blank, BLANK, IRI)).astype(np.int8)

    @cached_property
    def text(self) -> pl.Series:
        """`STR()` of each term: the IRI, or the lexical form; the label of a blank node."""
        literal = self.terms.str.extract(r'(?s)^"(.*)"[^"]*$', 1)
        bare = literal.fill_null(self.terms.str.strip_prefix("<").str.strip_suffix(">"))
        escaped = literal.str.contains("\\", literal=True).fill_null(value=False)
        if not escaped.any():
            return bare
        rows = escaped.arg_true()
        return bare.scatter(rows, [unescape(one) for one in bare.gather(rows)])

    @cached_property
    def _datatypes(self) -> tuple[IntArray, list[str]]:
        rows = np.flatnonzero(self.kind == LITERAL)
        literals = self.terms.gather(rows)
        suffix = literals.str.extract(r'"\^\^<([^"]*)>$', 1)
        untyped = pl.when(literals.str.ends_with('"')).then(pl.lit(XSD + "string")).otherwise(pl.lit(RDF_LANG_STRING))
        codes, names = encode(pl.select(pl.coalesce(suffix, untyped).alias("datatype")).to_series())
        of_all = np.full(len(self), len(names), np.int32)
        of_all[rows] = codes
        return of_all, [*names, ""]

    def datatype_is(self, datatypes: Iterable[str]) -> BoolArray:
        """Tell for each term whether it is a literal with one of these datatypes (IRIs as bare text)."""
        codes, names = self._datatypes
        wanted = set(datatypes)
        table = np.array([bool(name) and name in wanted for name in names], bool)
        return table[codes]

    @property
    def datatype_names(self) -> list[str]:
        """The datatypes that occur, as bare IRIs."""
        return [name for name in self._datatypes[1] if name]

    @cached_property
    def language(self) -> tuple[IntArray, list[str]]:
        """A code for each term's language, and the languages in lower case; the empty text is no language."""
        tag = self.terms.str.extract(r'"@([A-Za-z0-9-]+)$', 1).str.to_lowercase()
        return encode(pl.select(pl.when(pl.Series(self.kind == LITERAL)).then(tag)).to_series().fill_null(""))
