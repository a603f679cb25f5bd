"""Answers of an Oxigraph store: the same in the node's own process and in one that was started for a query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store, serialize

from virtuales.errors import InputError, NotAcceptable, StoreFailure
from virtuales.rdf.media import GRAPH_FORMATS, JSON_LD, RESULT_FORMATS, negotiate
from virtuales.rdf.terms import NamedNode
from virtuales.store.rdf_store import NOTHING

_TRIPLE_MEDIA_TYPES = [*(name for name, form in GRAPH_FORMATS.items() if not form.supports_datasets), JSON_LD]


@dataclass(frozen=True)
class Asked:
    """A query with the graphs that it may read.

    Args:
        text: The query.
        default: IRIs of the graphs whose union is the default graph.
        named: IRIs of the graphs that can be named with GRAPH.
    """

    text: str
    default: tuple[str, ...]
    named: tuple[str, ...]

    @classmethod
    def of(cls, text: str, graphs: Sequence[NamedNode], named: Sequence[NamedNode] = ()) -> "Asked":
        """Let a query read some graphs, by default and by name, and further ones by name alone."""
        readable = tuple(graph.value for graph in graphs) or (NOTHING.value,)
        return cls(text, readable, (*readable, *(graph.value for graph in named)))


def result_of(store: Store, asked: Asked) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Begin to answer a query.

    Raises:
        InputError: it is not valid.
        StoreFailure: the store did not answer.
    """
    try:
        return store.query(
            asked.text,
            default_graph=[NamedNode(iri) for iri in asked.default],
            named_graphs=[NamedNode(iri) for iri in asked.named],
        )
    except SyntaxError as error:
        raise InputError(f"The query is not valid SPARQL 1.1: {error}.", where="query") from error
    except OSError as error:
        raise StoreFailure(f"The RDF store did not answer: {error}.") from error


def answer_to(store: Store, asked: Asked, accept: str | None, body: IO[bytes]) -> str:
    """Write the answer to a query in the form that an `Accept` header likes best; return its media type.

    Raises:
        InputError: the query is not valid.
        NotAcceptable: the answer has no form that is accepted.
        StoreFailure: the store did not answer.
    """
    return write_result(result_of(store, asked), accept, body)


def write_result(result: QuerySolutions | QueryBoolean | QueryTriples, accept: str | None, body: IO[bytes]) -> str:
    """Write the result of a query in the form that an `Accept` header likes best; return its media type.

    Raises:
        NotAcceptable: the result has no form that is accepted.
    """
    offered = _TRIPLE_MEDIA_TYPES if isinstance(result, QueryTriples) else list(RESULT_FORMATS)
    media_type = negotiate(accept, offered)
    if media_type is None:
        raise NotAcceptable("No acceptable form of the answer.", where=accept, remedy=f"Accept one of: {offered}.")
    if isinstance(result, QueryTriples):
        serialize(result, body, format=GRAPH_FORMATS[media_type])
    else:
        result.serialize(body, format=RESULT_FORMATS[media_type])
    return media_type
