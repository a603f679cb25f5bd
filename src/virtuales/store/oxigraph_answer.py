"""Answers of an Oxigraph store: the same in the node's own process and in one that was started for a query."""

from collections.abc import Callable, Iterator
from typing import IO

from pyoxigraph import QueryBoolean, QuerySolutions, QueryTriples, Store, Triple, serialize

from virtuales.errors import InputError, NotAcceptable, StoreFailure, UnreadableInput
from virtuales.rdf.media import GRAPH_FORMATS, JSON_LD, RESULT_FORMATS, negotiate
from virtuales.rdf.terms import NamedNode
from virtuales.store.rdf_store import NOTHING, Asked, AskedOfFile

TRIPLE_MEDIA_TYPES = [*(name for name, form in GRAPH_FORMATS.items() if not form.supports_datasets), JSON_LD]
"""The forms of an answer of statements, the preferred first."""
Result = QuerySolutions | QueryBoolean | QueryTriples
"""What a query comes to, before it is written."""


def result_of(store: Store, asked: Asked) -> Result:
    """Begin to answer a query.

    Raises:
        UnreadableInput: it is not valid.
        InputError: it calls a function that there is none of.
        StoreFailure: the store did not answer.
    """
    text, base = asked.text, asked.base
    default, named = ([NamedNode(iri) for iri in iris or (NOTHING.value,)] for iris in (asked.default, asked.named))
    return _result(lambda: store.query(text, base_iri=base, default_graph=[*default], named_graphs=[*named]))


def result_of_file(store: Store, asked: AskedOfFile) -> Result:
    """Begin to answer a query over a dataset that was read into a store of its own; raises what `result_of` raises."""
    if asked.chosen:
        return result_of(store, Asked(asked.text, asked.default, asked.named, asked.base))
    return _result(lambda: store.query(asked.text, base_iri=asked.base))


def _result(ask: Callable[[], Result]) -> Result:
    try:
        return ask()
    except SyntaxError as error:
        raise UnreadableInput(f"The query is not valid SPARQL 1.1: {error}.", where="query") from error
    except RuntimeError as error:
        raise InputError(f"The query cannot be answered: {error}.", where="query") from error
    except OSError as error:
        raise StoreFailure(f"The RDF store did not answer: {error}.") from error


def answer_to(store: Store, asked: Asked, accept: str | None, body: IO[bytes]) -> str:
    """Write the answer to a query in the form that an `Accept` header likes best; return its media type.

    Raises:
        UnreadableInput: the query is not valid.
        NotAcceptable: the answer has no form that is accepted.
        StoreFailure: the store did not answer.
    """
    return write_result(result_of(store, asked), accept, body)


def write_result(result: Result, accept: str | None, body: IO[bytes]) -> str:
    """Write the result of a query in the form that an `Accept` header likes best; return its media type.

    Raises:
        NotAcceptable: the result has no form that is accepted.
    """
    media_type = form_of(result, accept)
    write_form(result, media_type, body)
    return media_type


def form_of(result: Result, accept: str | None) -> str:
    """Return the media type that an `Accept` header likes best for the result of a query.

    Raises:
        NotAcceptable: the result has no form that is accepted.
    """
    offered = TRIPLE_MEDIA_TYPES if isinstance(result, QueryTriples) else list(RESULT_FORMATS)
    media_type = negotiate(accept, offered)
    if media_type is None:
        remedy = f"Accept one of: {', '.join(offered)}."
        raise NotAcceptable("No acceptable form of the answer.", where=accept, remedy=remedy, offered=offered)
    return media_type


def write_form(result: Result | Iterator[Triple], media_type: str, body: IO[bytes]) -> None:
    """Write the result of a query, or its statements, in a form that `form_of` chose."""
    if isinstance(result, QuerySolutions | QueryBoolean):
        result.serialize(body, format=RESULT_FORMATS[media_type])
    else:
        serialize(result, body, format=GRAPH_FORMATS[media_type])
