"""What a federated query may take, and how it goes about its work."""

from collections.abc import Sequence
from dataclasses import dataclass

from virtuales.federation.endpoint import Endpoint


@dataclass(frozen=True)
class Options:
    """What a federated query may take, and how it goes about its work.

    Args:
        seconds: How long the whole may take.
        endpoint_seconds: How long one answer of an endpoint may take.
        answer_bytes: How large one answer of an endpoint may be.
        triples: How many triples a query may bring together.
        block: How many values are sent in one request of a bound join.
        parallel: How many requests are under way at a time; with 1 they follow each other in the caller's thread.
        sketched: Of how many triples of an endpoint, at most, it is learnt which IRIs they are about; none with 0.
        summary_seconds: For how long it is believed what endpoints said that they hold.
        retries: How often a request is sent again after a failure that may pass.
        pause: How many seconds to wait before that; twice as long each further time.
        breaker_failures: How many failures in a row make an endpoint be left alone.
        breaker_seconds: For how long it is.
        partial: Whether to answer although an endpoint failed; the account says which.
        services: Endpoints that the query may name with SERVICE, besides those that are asked.
    """

    seconds: float = 60.0
    endpoint_seconds: float = 30.0
    answer_bytes: int = 1 << 28
    triples: int = 20_000_000
    block: int = 500
    parallel: int = 16
    sketched: int = 200_000
    summary_seconds: float = 300.0
    retries: int = 2
    pause: float = 0.2
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
    partial: bool = False
    services: Sequence[Endpoint] = ()


DEFAULTS = Options()
