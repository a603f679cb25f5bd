"""What queries call when literals are seen as they are written: functions and aggregates on stand-ins for literals.

See `virtuales.assurance.query_as_written` for where they are called, and
https://www.w3.org/TR/sparql11-query/#SparqlOps for what they have to give.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from types import MappingProxyType

from virtuales.assurance.query_as_written import FUNCTIONS
from virtuales.assurance.report_graph import term_of
from virtuales.assurance.written_literals import ILL_TYPED, STAND_IN, is_odd, stand_in_datatype
from virtuales.query.in_memory import Accumulator, Function, InMemoryGraph
from virtuales.rdf.terms import Literal, NamedNode, Term

_FOUND = "SELECT (%s(?value) AS ?found) { ?row <urn:virtuales:of> ?value }"
_ROWS = f"SELECT ?row {{ {{ {_FOUND} }} ?row <urn:virtuales:of> ?found }}"


@lru_cache(maxsize=1024)
def _behind(datatype: str) -> NamedNode | None:
    """Return the datatype behind one that stands for it."""
    for prefix in (STAND_IN, ILL_TYPED):
        if datatype.startswith(prefix):
            return NamedNode(datatype.removeprefix(prefix))
    return None


def value(term: Term) -> Term:
    """Return a term by its value where it has one: the literal behind a stand-in; all else as it is."""
    if isinstance(term, Literal) and term.datatype.value.startswith(STAND_IN):
        return Literal(term.value, datatype=_behind(term.datatype.value))
    return term


def datatype(term: Term) -> Term | None:
    """Return the datatype of a literal as it is written, as `DATATYPE` does."""
    return (_behind(term.datatype.value) or term.datatype) if isinstance(term, Literal) else None


def literal(form: Term, kind: Term) -> Term | None:
    """Make a literal as it is written, as `STRDT` does."""
    if not (isinstance(form, Literal) and isinstance(kind, NamedNode)) or form.language or datatype(form) != _STRING:
        return None
    odd = is_odd(form.value, kind.value)
    return Literal(form.value, datatype=NamedNode(stand_in_datatype(form.value, kind.value)) if odd else kind)


_STRING = Literal("").datatype


class _Gathered:
    """Gathers terms, each once, and asks a store about their values.

    Args:
        name: The aggregate in SPARQL.
        one: Whether it gives one of the terms, rather than a value of its own.
    """

    def __init__(self, name: str, *, one: bool) -> None:
        self._name = name
        self._one = one
        self._terms: dict[Term, None] = {}

    def accumulate(self, term: Term, /) -> None:
        self._terms[term] = None

    def finish(self) -> Term | None:
        terms = sorted(self._terms, key=str)
        if self._one and len(terms) <= 1:
            return terms[0] if terms else None
        store = InMemoryGraph()
        lines = (f"<urn:virtuales:{place}> <urn:virtuales:of> {value(term)} .\n" for place, term in enumerate(terms))
        store.load("".join(lines).encode())
        rows = list(store.rows((_ROWS if self._one else _FOUND) % self._name))
        if self._one:
            return terms[min(int(row["row"].rpartition(":")[2][:-1]) for row in rows)] if rows else None
        return term_of(rows[0]["found"]) if "found" in rows[0] else None


TERM_FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {f"{FUNCTIONS}value": value, f"{FUNCTIONS}datatype": datatype, f"{FUNCTIONS}literal": literal}
)
TERM_AGGREGATES: Mapping[str, Callable[[], Accumulator]] = MappingProxyType(
    {
        f"{FUNCTIONS}min": partial(_Gathered, "MIN", one=True),
        f"{FUNCTIONS}max": partial(_Gathered, "MAX", one=True),
        f"{FUNCTIONS}sum": partial(_Gathered, "SUM", one=False),
        f"{FUNCTIONS}avg": partial(_Gathered, "AVG", one=False),
    }
)
"""`MIN` and `MAX` that give one of the terms; `SUM` and `AVG` of distinct terms."""
