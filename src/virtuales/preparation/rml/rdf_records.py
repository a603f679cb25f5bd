"""Solutions of a SPARQL query over a local RDF file as records; no other server is asked."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from virtuales.errors import InputError
from virtuales.preparation.rml.mapping import LogicalSource
from virtuales.preparation.rml.records import BATCH, Batch, Column, Value, Values, refuse_large
from virtuales.query.in_memory import InMemoryGraph
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX, parse_file
from virtuales.rdf.terms import BlankNode, Term, plain


def rdf_records(source: LogicalSource, path: Path, references: Collection[str]) -> Iterator[Batch]:  # noqa: ARG001
    """Give the solutions of the iterator, a SELECT query, over a file; see `virtuales.preparation.rml.records.Reader`.

    The values are those of SPARQL's results in CSV: IRIs and literals as bare text.

    Raises:
        UnreadableInput, TooLarge: the file is no RDF, or larger than what is held in memory.
        InputError: the query is no SELECT query, asks other servers, or is not valid.
    """
    refuse_large(source, path)
    graph = InMemoryGraph()
    graph.add(parse_file(path, _media_type(source), name=source.file))
    solutions = graph.solutions(source.iterator or "")
    given = 0
    while some := list(islice(solutions.rows, BATCH)):
        yield RdfBatch(source, solutions.names, some, given)
        given += len(some)


def _media_type(source: LogicalSource) -> str:
    suffix = Path(source.file.removesuffix(".gz").removesuffix(".zip")).suffix.lower()
    found = MEDIA_TYPES_BY_SUFFIX.get(suffix)
    if found is None:
        raise InputError(
            f"The name `{source.file}` does not tell which RDF syntax the file has.",
            where=source.place,
            remedy="Give it one of the suffixes " + ", ".join(MEDIA_TYPES_BY_SUFFIX) + ".",
        )
    return found


class RdfBatch:
    """Some solutions of a query.

    Args:
        source: What the mapping says.
        names: The query's variables.
        rows: The solutions.
        given: How many came before them.
    """

    def __init__(
        self, source: LogicalSource, names: Sequence[str], rows: Sequence[Mapping[str, Term]], given: int
    ) -> None:
        self.size = len(rows)
        self._source = source
        self._names = names
        self._rows = rows
        self._given = given

    def place(self, number: int) -> str:
        """Say where a record stands: file and number of the solution."""
        return f"{self._source.file}, solution {self._given + number + 1}"

    def values(self, reference: str) -> list[Values]:
        """Return the values of a variable, one or none a solution.

        Raises:
            InputError: the query has no such variable.
        """
        if reference not in self._names:
            raise InputError(
                f"The query has no variable `{reference}`.",
                where=self._source.place,
                remedy="It has: " + ", ".join(f"`{name}`" for name in self._names) + ".",
            )
        return [self._value(row.get(reference)) for row in self._rows]

    def column(self, reference: str) -> Column | None:  # noqa: ARG002  (all sources are asked alike)
        """Return nothing: solutions are few enough to be mapped one by one."""
        return None

    def _value(self, term: Term | None) -> Values:
        text = "" if term is None else f"_:{term.value}" if isinstance(term, BlankNode) else plain(term)
        return () if not text or text in self._source.nulls else (Value(text),)
