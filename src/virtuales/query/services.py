"""Other endpoints that a query names with SERVICE: each is asked once, and its rows take the place of the pattern.

The engine would call any server by itself, without bound. What it is given holds no SERVICE: what a service answers
stands there as `VALUES`, which means the same (https://www.w3.org/TR/sparql11-federated-query/#defn_service): a service
is asked for all solutions of its pattern, whatever the rest of the query binds.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import Final

from pyoxigraph import BlankNode, QueryResultsFormat, QuerySolutions, Triple, Variable, parse_query_results

from virtuales.errors import InputError, LimitExceeded, PeerFailure, UnreadableInput
from virtuales.query.protocol import QueryRequest
from virtuales.query.request import check_length
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.rebuilding import nodes, rebuilt
from virtuales.query.syntax.tree import InlineData, SelectClause, SelectQuery, ServiceGraphPattern
from virtuales.query.syntax.writer import write_query
from virtuales.rdf.terms import Literal, NamedNode

MAX_SERVICES: Final = 8
"""How many services a query may ask."""
_NOTHING_BOUND: Final = InlineData((), ((),))
"""What stands for a service that failed silently: one solution, in which nothing is bound."""
_MAY_NAME_SERVICES: Final = re.compile("service", re.IGNORECASE)


@dataclass(frozen=True)
class Services:
    """The endpoints that queries may name.

    Args:
        allowed: Their addresses, as queries have to write them.
        ask: Sends a query to one, and returns its rows as JSON; raises a `PeerFailure`.
        rows: How many rows a service may answer.
    """

    allowed: Collection[str] = ()
    ask: Callable[[str, str], bytes] | None = field(default=None, repr=False)
    rows: int = 10_000

    def resolved(self, request: QueryRequest) -> QueryRequest:
        """Return a query with the rows of its services in place of them.

        Raises:
            InputError: it names a service that may not be asked, by a variable, within another, or too many.
            UnreadableInput: it is not valid.
            LimitExceeded: a service answers more rows than it may.
            PeerFailure: a service did not answer, and is not asked silently.
        """
        if not self.allowed or not _MAY_NAME_SERVICES.search(request.text):
            return request
        check_length(request.text)
        try:
            query = parse_query(request.text, request.base)
        except InputError as error:
            raise UnreadableInput(error.what, where=error.where or "query", remedy=error.remedy) from error
        named = [node for node in nodes(query) if isinstance(node, ServiceGraphPattern)]
        if not named:
            return request
        for service in named:
            self._permit(service)
        if len(named) > MAX_SERVICES:
            raise InputError(f"The query asks {len(named)} services.", where="SERVICE", remedy=f"Ask {MAX_SERVICES}.")
        whole = rebuilt(query, lambda node: self._rows(node) if isinstance(node, ServiceGraphPattern) else None)
        return replace(request, text=write_query(whole), services_asked=True)

    def _permit(self, service: ServiceGraphPattern) -> None:
        if not isinstance(service.name, NamedNode) or service.name.value not in self.allowed:
            name = service.name.value if isinstance(service.name, NamedNode) else f"?{service.name.value}"
            allowed = ", ".join(f"<{one}>" for one in sorted(self.allowed))
            raise InputError(
                f"The service `{name}` may not be asked from here.", where="SERVICE", remedy=f"These may: {allowed}."
            )
        if any(isinstance(node, ServiceGraphPattern) for node in nodes(service.pattern)):
            raise InputError("A service is asked within another.", where="SERVICE", remedy="Ask it beside the other.")

    def _rows(self, service: ServiceGraphPattern) -> InlineData:
        """Ask a service."""
        if self.ask is None:
            raise TypeError("services that are allowed can be asked")
        name = str(service.name.value)
        try:
            body = self.ask(name, write_query(SelectQuery(SelectClause(), service.pattern)))
            return self._read(name, body)
        except PeerFailure:
            if service.silent:
                return _NOTHING_BOUND
            raise

    def _read(self, name: str, body: bytes) -> InlineData:
        try:
            found = parse_query_results(body, format=QueryResultsFormat.JSON)
            if not isinstance(found, QuerySolutions):
                raise PeerFailure("The service answered without rows.", where=name)
            variables = tuple(Variable(one.value) for one in found.variables)
            rows: list[tuple[NamedNode | Literal | None, ...]] = []
            for row in found:
                if len(rows) == self.rows:
                    raise LimitExceeded(
                        f"The service answers more than {self.rows:,} rows.", where=name, remedy="Ask it for less."
                    )
                rows.append(tuple(_inline(row[one], name) for one in variables))
        except SyntaxError as error:
            raise PeerFailure(f"The service's answer is cut or broken: {error}.", where=name) from error
        return InlineData(variables, tuple(rows))


NO_SERVICES: Final = Services()
"""Lets no query ask other servers."""


def _inline(term: object, service: str) -> NamedNode | Literal | None:
    if term is None or isinstance(term, NamedNode | Literal):
        return term
    what = "blank node" if isinstance(term, BlankNode) else "triple" if isinstance(term, Triple) else "term"
    raise InputError(
        f"The service answers with a {what}, which has no name here.",
        where=service,
        remedy="Ask it for what has a name: select the variables in a subquery.",
    )
