"""Literals as they came, in a store that holds them by value.

What stands for a literal that such a store would write another way, and how queries are put so that they see the value
where they ask for it, is the business of `virtuales.assurance.written_literals` and its neighbours; see there.
"""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from virtuales.assurance.query_as_written import put_as_written
from virtuales.assurance.query_parts import ANY, QueryParts
from virtuales.assurance.query_reading import read_parts
from virtuales.assurance.written_literals import is_odd, stand_in
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.tree import AskQuery, Query, SelectClause, SelectQuery
from virtuales.query.syntax.writer import write_query

_TYPED: Final = re.compile(
    rb'(?m)^([^\n"]*<([^<>"\n]*)>[ \t]+)("(?:[^"\\\n]|\\.)*"\^\^<http://www\.w3\.org/2001/XMLSchema#[^<>"\n]*>)'
    rb"(?=[ \t]*\.[ \t\r]*$)"
)
_STAND_IN: Final = re.compile(rb'(?<=[<"])urn:virtuales:(?:written|ill-typed):(?=[a-z])')


@lru_cache(maxsize=65_536)
def _stand_in(term: bytes) -> bytes:
    return stand_in(term.decode()).encode()


def as_they_came(body: bytes) -> bytes:
    """Write the literals of an answer, in whatever format, as they came.

    >>> as_they_came(b'"01"^^<urn:virtuales:written:http://www.w3.org/2001/XMLSchema#integer>')
    b'"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    return _STAND_IN.sub(b"", body) if b"urn:virtuales:" in body else body


@dataclass
class WrittenLiterals:
    """The literals that a store would write another way, by the properties that have them."""

    _properties: set[str] = field(default_factory=set)

    def may_be_odd(self, predicate: str | None) -> bool:
        """Tell whether a property (bare IRI, or `ANY`) has such a literal as object."""
        return predicate in self._properties or (predicate is ANY and bool(self._properties))

    def stood_in(self, n_triples: bytes) -> bytes:
        """Write N-Triples with stand-ins."""
        if b'"^^<' not in n_triples:
            return n_triples

        def replaced(match: re.Match[bytes]) -> bytes:
            term = _stand_in(match[3])
            if term is match[3] or term == match[3]:
                return match[0]
            self._properties.add(match[2].decode())
            return match[1] + term

        return _TYPED.sub(replaced, n_triples)

    def put(self, query: str) -> str:
        """Put a SELECT or ASK query of our own for the store."""
        if not self._properties:
            return query
        return put_as_written(query, read_parts(query), self)

    def put_whole(self, query: Query) -> str:
        """Put any query for the store; it has no dataset clauses."""
        text = write_query(query)
        if isinstance(query, SelectQuery | AskQuery):
            parts = read_parts(text)
            return put_as_written(text, parts, self) if self._matters(parts) else text
        if query.where is None:
            return text
        where = query.where
        asked = SelectQuery(SelectClause(), where, query.modifier, query.values, prologue=query.prologue)
        pattern = write_query(asked)
        parts = read_parts(pattern)
        if not self._matters(parts):
            return text
        put = parse_query(put_as_written(pattern, parts, self))
        where = put.where or where
        return write_query(replace(query, where=where, modifier=put.modifier, values=put.values))

    def _matters(self, parts: QueryParts) -> bool:
        return bool(self._properties) or any(is_odd(one.lexical, one.datatype) for one in parts.constants())
