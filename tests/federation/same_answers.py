"""Comparing a federated answer with that of the store in which all the data is merged."""

from collections import Counter

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, RdfFormat, Store
from tests.federation.small_worlds import World
from tests.federation.stores import StoreTransport, url

from virtuales.federation.federate import Federation
from virtuales.federation.options import Options

ONE_BY_ONE = Options(parallel=1)
ACCEPT = "text/tab-separated-values, application/n-triples;q=0.5"


def is_valid(text: str) -> bool:
    """Tell whether a random query is one: some assign a variable that is there already."""
    try:
        Store().query(text)
    except SyntaxError:
        return False
    return True


def expected(store: Store, query: str) -> Counter[bytes]:
    """Return the lines of a store's answer, each as often as it comes."""
    result = store.query(query)
    body: bytes | None
    if isinstance(result, QueryTriples):
        body = result.serialize(format=RdfFormat.N_TRIPLES)
    elif isinstance(result, QuerySolutions | QueryBoolean):
        body = result.serialize(format=QueryResultsFormat.TSV)
    return Counter((body or b"").split(b"\n"))


def federated(world: World, query: str, options: Options = ONE_BY_ONE) -> Counter[bytes]:
    """Return the lines of the federated answer, each as often as it comes."""
    endpoints = [url(number) for number in range(len(world.stores))]
    with Federation(endpoints, options, transport=StoreTransport(world.stores)) as federation:
        return Counter(federation.answer(query, ACCEPT).body.split(b"\n"))


def difference(world: World, query: str, options: Options = ONE_BY_ONE) -> str:
    """Say how a federated answer differs from that of the merged store; the empty text where it does not.

    Where a query ends with LIMIT, any of its solutions will do, but no fewer than there are.
    """
    want, got = expected(world.merged, query), federated(world, query, options)
    if want == got:
        return ""
    whole, limit, _ = query.rpartition(" LIMIT ")
    if limit and not query.endswith("}") and want.total() == got.total() and got <= expected(world.merged, whole):
        return ""
    return f"{query}\nmissing: {want - got}\ntoo many: {got - want}"
