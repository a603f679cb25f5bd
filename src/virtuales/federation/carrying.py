"""What becomes of the terms of a query at endpoints whose data are seen through mappings, told before it is asked."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from virtuales.errors import InputError
from virtuales.federation.account import Account
from virtuales.federation.context import Place
from virtuales.federation.lifting import Lifting
from virtuales.federation.paths import is_path, single
from virtuales.query.syntax.flattening import Triple
from virtuales.query.syntax.rebuilding import nodes, rebuilt
from virtuales.query.syntax.tree import ConstructQuery, GraphGraphPattern, Query, TriplesBlock
from virtuales.rdf.terms import NamedNode, Variable

_SUBJECT, _OBJECT = Variable("subject"), Variable("object")


def note_terms(
    query: Query, liftings: Mapping[int, Lifting], account: Account, *, root: Place, services: Mapping[str, Place]
) -> None:
    """Note in an account what carries the terms of a query at each endpoint, or why nothing does.

    Args:
        query: The query, written flat, with graphs in place of services.
        liftings: How endpoints are asked whose data are seen through mappings, by their numbers.
        account: The account.
        root: Where the query is asked but for its services.
        services: The place of each service, by the IRI of the graph that stands for it.
    """
    for triple, service in _asked(query, services):
        for number in (services[service] if service else root).sources:
            if number in liftings:
                for each in _plain(triple):
                    account.carried(number, liftings[number].entries(each))


def refuse_lost_terms(account: Account) -> None:
    """Refuse a query of which some endpoint's mappings do not carry every term.

    Raises:
        InputError: a term is lost; names the first, and where.
    """
    for source in account.sources:
        for entry in source.terms:
            if entry.outcome == "not carried":
                models = " and ".join(f"`{each}`" for each in source.models)
                raise InputError(
                    f"No mapping carries <{entry.term}> for data in {models}. {entry.reason}",
                    where=source.url,
                    remedy="Leave this endpoint out, be less strict, or accept that it has no part in such patterns.",
                )


def _asked(query: Query, services: Container[str]) -> Iterator[tuple[Triple, str | None]]:
    """Give the triples of a query, each with the service that it is asked of."""
    found: list[tuple[Triple, str | None]] = []

    def keep(node: object) -> object | None:
        if isinstance(node, GraphGraphPattern) and isinstance(node.name, NamedNode) and node.name.value in services:
            within = (each for each in nodes(node.pattern) if isinstance(each, TriplesBlock))
            found.extend((single(each), node.name.value) for each in within)
            return node
        if isinstance(node, TriplesBlock):
            found.append((single(node), None))
            return node
        return None

    rebuilt(_without_template(query), keep)
    return iter(found)


def _without_template(query: Query) -> Query:
    """Leave out the template of a CONSTRUCT, whose triples are not asked for."""
    return replace(query, template=()) if isinstance(query, ConstructQuery) and query.template is not None else query


def _plain(triple: Triple) -> Iterator[Triple]:
    """Give the triple, or one for each property of its path."""
    if not is_path(triple):
        yield triple
        return
    for each in nodes(triple.verb):
        if isinstance(each, NamedNode):
            yield Triple(_SUBJECT, each, _OBJECT)
