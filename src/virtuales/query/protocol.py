"""A query as the SPARQL 1.1 Protocol brings it, and the graphs that it may and wants to read.

Specification: https://www.w3.org/TR/sparql11-protocol/#dataset. What the request names wins over what the query names;
either can only narrow what the asker may see. A graph that is not there, or not for the asker to see, is empty.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from virtuales.errors import InputError, UnreadableInput
from virtuales.query.request import check_query, refuse_services
from virtuales.query.syntax.parser import parse_query
from virtuales.rdf.terms import NamedNode
from virtuales.store.rdf_store import Asked, AskedOfFile

_MAY_NAME_GRAPHS: Final = re.compile(r"(?<![\w:])from(?!\w)", re.IGNORECASE)


def still_waiting() -> bool:
    """Say that nobody is gone: somebody waits for the answer."""
    return False


@dataclass(frozen=True)
class RdfDataset:
    """The graphs that a query names to be asked of.

    Args:
        default: IRIs of the graphs that are merged into the default graph.
        named: IRIs of the named graphs.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether any graph is named."""
        return bool(self.default or self.named)


@dataclass(frozen=True)
class QueryRequest:
    """A query, and how it was asked.

    Args:
        text: The query.
        accept: The form that its answer is wanted in, as an `Accept` header.
        dataset: The graphs that the request names.
        asker: Who asks, among whom places are shared out.
        base: The IRI that relative IRIs are resolved against.
        services_asked: Whether the rows of services were put into the text, which may have made it long.
        gone: Tells whether nobody waits for the answer any longer.
        has: The entity tags of answers that the asker has kept.
    """

    text: str
    accept: str | None = None
    dataset: RdfDataset = RdfDataset()
    asker: str = "anybody"
    base: str | None = None
    services_asked: bool = False
    gone: Callable[[], bool] = still_waiting
    has: frozenset[str] = frozenset()

    def over(self, graphs: Sequence[NamedNode], named: Sequence[NamedNode] = ()) -> Asked:
        """Return the query with what it reads of the graphs that the asker may see.

        Args:
            graphs: The graphs whose union is the default graph, unless graphs are named; all can be named.
            named: Further graphs that can be named.

        Raises:
            InputError: the query may not be asked.
            UnreadableInput: it names graphs and is not valid.
        """
        self._check()
        wanted = self.dataset or named_by(self.text, self.base)
        asked = Asked.of(self.text, graphs, named, base=self.base)
        if not wanted:
            return asked
        visible = set(asked.named)
        return replace(
            asked,
            default=tuple(iri for iri in wanted.default if iri in visible),
            named=tuple(iri for iri in wanted.named if iri in visible),
        )

    def over_file(self, file: Path | None) -> AskedOfFile:
        """Return the query over a dataset that is kept as a file, all of which the asker may see.

        Raises:
            InputError: the query may not be asked.
        """
        self._check()
        wanted = self.dataset
        place = None if file is None else str(file)
        return AskedOfFile(self.text, place, wanted.default, wanted.named, base=self.base, chosen=bool(wanted))

    def _check(self) -> None:
        if self.services_asked:
            refuse_services(self.text)
        else:
            check_query(self.text)


def named_by(text: str, base: str | None = None) -> RdfDataset:
    """Return the graphs that a query names with FROM and FROM NAMED.

    Raises:
        UnreadableInput: it is not valid; only looked at where the word occurs.

    >>> named_by("ASK FROM <http://e.org/g> { ?s ?p ?o }").default
    ('http://e.org/g',)
    """
    if not _MAY_NAME_GRAPHS.search(text):
        return RdfDataset()
    try:
        clauses = parse_query(text, base).dataset
    except InputError as error:
        raise UnreadableInput(error.what, where=error.where or "query", remedy=error.remedy) from error
    default = tuple(clause.iri.value for clause in clauses if not clause.named)
    return RdfDataset(default, tuple(clause.iri.value for clause in clauses if clause.named))
