"""What a federated query may take, and how it goes about its work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from virtuales.federation.endpoint import Endpoint

_ENDPOINTS_SHARE: Final = 0.9
_KEPT_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Options:
    """What a federated query may take, and how it goes about its work.

    Args:
        seconds: How long the whole may take; endpoints may take all but the last of it, see `for_endpoints`.
        endpoint_seconds: How long one answer of an endpoint may take.
        answer_bytes: How large one answer of an endpoint may be.
        kept_bytes: How large the answers may be together that are kept to be asked for again; none with 0.
        triples: How many triples a query may bring together.
        memory_bytes: How much memory the process may take that holds them and answers the query.
        result_bytes: How large the answer to the query may be, and any that is needed on the way.
        values: How many values that are known are looked at, to choose those that are sent along; where there are more,
            variables are looked at one by one, or not at all.
        block: How many values are sent in one request of a bound join.
        parallel: How many requests are under way at a time; with 1 they follow each other in the caller's thread.
        sketched: Of how many triples of an endpoint, at most, it is learnt which IRIs they are about; none with 0.
        summary_seconds: For how long it is believed what endpoints said that they hold; of those that have an edition,
            as long as they have it.
        summary_characters: How large what is kept of those may be together.
        retries: How often a request is sent again after a failure that may pass.
        pause: How many seconds to wait before that; twice as long each further time.
        probe_seconds: How long an endpoint that took too long may take for the simplest question; without an answer it
            is left alone.
        breaker_failures: How many failures in a row make an endpoint be left alone.
        breaker_seconds: For how long it is.
        partial: Whether to answer although an endpoint failed; the account says which.
        every_term: Whether to refuse a query of which some endpoint's mappings do not carry every term.
        services: Endpoints that the query may name with SERVICE, besides those that are asked.
    """

    seconds: float = 60.0
    endpoint_seconds: float = 30.0
    answer_bytes: int = 1 << 28
    kept_bytes: int = 1 << 26
    triples: int = 20_000_000
    memory_bytes: int = 1 << 33
    result_bytes: int = 1 << 29
    values: int = 500_000
    block: int = 500
    parallel: int = 16
    sketched: int = 200_000
    summary_seconds: float = 300.0
    summary_characters: int = 1 << 26
    retries: int = 2
    pause: float = 0.2
    probe_seconds: float = 0.15
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
    partial: bool = False
    every_term: bool = False
    services: Sequence[Endpoint] = ()

    @property
    def for_endpoints(self) -> float:
        """How many seconds endpoints may take together, so that what came can still be asked when one does not end."""
        return max(self.seconds * _ENDPOINTS_SHARE, self.seconds - _KEPT_SECONDS)


DEFAULTS = Options()
