"""A graph in memory whose literals are those that were written, and what is known of its odd literals."""

import re
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import polars as pl

from virtuales.assurance.graph import ColumnarGraph, Pairs
from virtuales.assurance.queries import SHAPES_GRAPH
from virtuales.assurance.query_as_written import put_as_written
from virtuales.assurance.query_parts import ANY
from virtuales.assurance.query_reading import read_parts
from virtuales.assurance.term_functions import TERM_AGGREGATES, TERM_FUNCTIONS
from virtuales.assurance.written_literals import WrittenLiterals, as_written, stand_in
from virtuales.query.in_memory import InMemoryGraph
from virtuales.rdf.terms import NamedNode

_TYPED_OBJECT = re.compile(r'(?m)^(\S+ <([^>]*)> )(".*"\^\^<[^>]*>) \.$')


class OddStatements:
    """The statements of a graph that have odd literals; each predicate is looked through when first asked for.

    Args:
        graph: The graph.
    """

    def __init__(self, graph: ColumnarGraph) -> None:
        self._graph = graph
        self.literals = WrittenLiterals(graph.dictionary)
        self._odd: dict[str | None, bool] = {}
        self._together: dict[str | None, bool] = {}

    @cached_property
    def predicates(self) -> dict[str, int]:
        """The number of each predicate (bare IRI)."""
        numbers = [int(number) for number in self._graph.predicates]
        texts = self._graph.dictionary.texts(self._graph.predicates)
        return {text[1:-1]: number for text, number in zip(texts, numbers, strict=True)}

    def may_be_odd(self, predicate: str | None) -> bool:
        """Tell whether a predicate (bare IRI, or `ANY`) has an odd literal as object."""
        if predicate not in self._odd:
            self._odd[predicate] = any(bool(self.literals.odd[pairs.second].any()) for pairs in self._of(predicate))
        return self._odd[predicate]

    def may_fall_together(self, predicate: str | None) -> bool:
        """Tell whether two objects that a predicate has of one subject may be one value, or an odd one may be none."""
        if predicate not in self._together:
            self._together[predicate] = any(self._falls_together(pairs) for pairs in self._of(predicate))
        return self._together[predicate]

    def _of(self, predicate: str | None) -> Iterator[Pairs]:
        chosen = self.predicates.values() if predicate is ANY else (self.predicates.get(predicate),)
        return (self._graph.pairs(number) for number in chosen if number is not None)

    def may_change_type(self) -> bool:
        """Tell whether an odd literal would come back with another datatype."""
        return self.literals.some_change_type

    def _falls_together(self, pairs: Pairs) -> bool:
        odd = self.literals.odd[pairs.second]
        if bool(self.literals.ill_typed[pairs.second].any()):
            return True
        subjects, objects = pairs.first, pairs.second
        same = np.concatenate([[False], subjects[1:] == subjects[:-1]])
        several = same | np.concatenate([same[1:], [False]])
        if not bool((several & odd).any()):
            return False
        subjects, number = subjects[several], self.literals.numbers[objects[several]]
        if bool(np.isnan(number[odd[several]]).any()):
            return True
        order = np.lexsort((number, subjects))
        subjects, number = subjects[order], number[order]
        return bool(((subjects[1:] == subjects[:-1]) & (number[1:] == number[:-1])).any())

    def lines(self, predicate: int) -> bytes:
        """Write the statements with a predicate as N-Triples, with stand-ins for odd literals."""
        subjects, objects = self._graph.pairs(predicate)
        terms = self._graph.dictionary.terms
        lines = pl.select(
            pl.concat_str(
                pl.lit(terms.gather(subjects)),
                pl.lit(terms[predicate]),
                pl.lit(self.literals.stand_ins.gather(objects)),
                pl.lit("."),
                separator=" ",
            )
        ).to_series()
        return "\n".join([*lines, ""]).encode()


class WrittenGraph:
    """The data and the shapes graph, asked with literals as they are written.

    Only what queries speak of is loaded, when they first do.

    Args:
        data: The data.
        document: The shapes graph.
    """

    def __init__(self, data: OddStatements, document: OddStatements) -> None:
        self._store = InMemoryGraph(TERM_FUNCTIONS, TERM_AGGREGATES)
        self._data = data
        self._document = document
        self._missing = dict(data.predicates)
        self._asks_document = False
        self._odd: set[str] = set()

    def load(self, n_triples: bytes, *, graph: NamedNode | None = None) -> None:
        """Add statements written as N-Triples, with stand-ins for odd literals; each fills a line."""

        def replaced(match: re.Match[str]) -> str:
            term = stand_in(match[3])
            if term != match[3]:
                self._odd.add(match[2])
            return f"{match[1]}{term} ."

        written = b'"^^<' in n_triples
        lines = _TYPED_OBJECT.sub(replaced, n_triples.decode()).encode() if written else n_triples
        self._store.load(lines, graph=graph)

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph."""
        self._store.remove(graph)

    def rows(self, select: str) -> Iterator[dict[str, str]]:
        """Answer a SELECT query: for each solution its bound variables, the terms written as in N-Triples.

        Raises:
            InputError: the query is no SELECT query, asks other servers, or is not valid.
        """
        parts = read_parts(select)
        if not self._asks_document and not parts.graphs.isdisjoint({ANY, SHAPES_GRAPH}):
            self._asks_document = True
            for number in self._document.predicates.values():
                self._store.load(self._document.lines(number), graph=NamedNode(SHAPES_GRAPH))
        named = parts.predicates()
        for predicate in [one for one in self._missing if one in named or ANY in named]:
            self._store.load(self._data.lines(self._missing.pop(predicate)))
        for solution in self._store.rows(put_as_written(select, parts, self)):
            yield {name: as_written(term) for name, term in solution.items()}

    def may_be_odd(self, predicate: str | None) -> bool:
        """Tell whether a predicate (bare IRI, or `ANY`) has an odd literal as object."""
        return (
            predicate in self._odd
            or (predicate is ANY and bool(self._odd))
            or self._data.may_be_odd(predicate)
            or (self._asks_document and self._document.may_be_odd(predicate))
        )
