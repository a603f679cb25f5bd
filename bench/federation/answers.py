"""Answers of engines, compared with those of the merged data."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Final

from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from federation.questions import Question
from federation.statements import XSD, Federation

_NUMBERS: Final = frozenset(f"{XSD}{name}" for name in ("integer", "decimal", "double", "float"))
_ROUNDED: Final = Decimal("1e-9")
"""To what part numbers agree: engines divide decimals to different numbers of digits."""
Rows = Counter[frozenset[tuple[str, ...]]]


class Oracle:
    """The data of all sites in one store, and what it answers.

    Args:
        federation: The data.
    """

    def __init__(self, federation: Federation) -> None:
        self._store = Store()
        for site in federation.sites:
            self._store.bulk_load(site.content, format=RdfFormat.N_TRIPLES)

    def rows(self, text: str) -> Rows:
        """Answer a SELECT query."""
        answer = self._store.query(text)
        if not isinstance(answer, QuerySolutions):
            raise TypeError("the benchmark asks SELECT queries")
        return rows_of(answer.serialize(format=QueryResultsFormat.JSON) or b"")

    def agrees(self, question: Question, given: Rows) -> bool:
        """Say whether an answer is right: the same rows or, where LIMIT leaves a choice, as many of the right ones."""
        right = self.rows(question.text)
        if right == given:
            return True
        cut = question.unlimited != question.text.rstrip()
        return cut and given.total() == right.total() and given <= self.rows(question.unlimited)


def read_rows(file: Path) -> Rows:
    """Read an answer's file."""
    return rows_of(file.read_bytes())


def rows_of(answer: bytes) -> Rows:
    """Read the rows of an answer in SPARQL JSON, as often as each is there."""
    bindings = json.loads(answer)["results"]["bindings"]
    return Counter(frozenset((name, *_term(term)) for name, term in row.items()) for row in bindings)


def _term(term: dict[str, str]) -> tuple[str, ...]:
    """Return a term so that the same ones are equal: numbers by value, texts with and without their datatype."""
    datatype = term.get("datatype", "")
    if datatype in _NUMBERS:
        number = Decimal(term["value"])
        return "number", str((number.quantize(_ROUNDED) if number.is_finite() else number).normalize())
    kind = "literal" if term["type"] in {"literal", "typed-literal"} else term["type"]
    return kind, term["value"], "" if datatype == f"{XSD}string" else datatype, term.get("xml:lang", "").lower()
