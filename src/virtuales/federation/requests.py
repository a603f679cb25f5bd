"""The queries that are sent out: CONSTRUCTs whose template and pattern are the triples that are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from virtuales.federation.context import Place
from virtuales.query.syntax.flattening import Triple
from virtuales.query.syntax.tree import Expression
from virtuales.query.syntax.writing_terms import TermWriter
from virtuales.rdf.terms import Literal, NamedNode, Variable

_WRITER: Final = TermWriter({})


@dataclass(frozen=True)
class Wanted:
    """Triples that are wanted together.

    Args:
        triples: Patterns whose verbs are no paths, connected by their variables.
        conditions: Conditions on their variables that every triple of use meets.
        enough: How many solutions are enough, whichever they are; None for all.
    """

    triples: tuple[Triple, ...]
    conditions: tuple[Expression, ...] = ()
    enough: int | None = None

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """Their variables, each once."""
        return tuple(dict.fromkeys(each for triple in self.triples for each in triple.variables))

    @cached_property
    def pattern(self) -> str:
        """The patterns as SPARQL."""
        return " ".join(f"{_term(one.subject)} {_term(one.verb)} {_term(one.object)} ." for one in self.triples)

    def key(self, place: Place, variables: Sequence[Variable] = ()) -> str:
        """Return what tells apart what was asked before: the patterns, the graph, and the variables with values."""
        bound = " ".join(each.value for each in variables)
        return f"{place.graph} {place.local} {place.clauses} {bound} {self.pattern} {self._filters} {self.enough}"

    @cached_property
    def _filters(self) -> str:
        return " ".join(f"FILTER({_WRITER.expression(each)})" for each in self.conditions)

    def construct(
        self,
        place: Place,
        *,
        values: tuple[Sequence[Variable], Sequence[Sequence[str]]] | None = None,
        condition: str = "",
        within: str = "",
    ) -> str:
        """Write the query that asks for the triples.

        Args:
            place: Where they are asked.
            values: Variables, and rows of the values, as SPARQL writes them, that they are to have.
            condition: A condition that they are to meet.
            within: What finds them, as SPARQL; by default their patterns.
        """
        inside = f"{within or self.pattern} {self._filters}"
        if values is not None:
            names = " ".join(f"?{each.value}" for each in values[0])
            rows = " ".join(f"({' '.join(row)})" for row in values[1])
            inside = f"VALUES ({names}) {{ {rows} }} {inside}"
        if condition:
            inside += f" FILTER({condition})"
        if place.graph is not None:
            inside = f"GRAPH {place.graph} {{ {inside} }}"
        end = "" if self.enough is None else f" LIMIT {self.enough}"
        return f"CONSTRUCT {{ {self.pattern} }}{place.clauses} WHERE {{ {inside} }}{end}"


def _term(term: object) -> str:
    if isinstance(term, Variable | NamedNode | Literal):
        return _WRITER.term(term)
    raise TypeError(f"a path cannot be constructed: {term!r}")
