"""The account of a federated answer: which sources it rests on, and what it took to get it."""

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from virtuales.alignment.rewriting.account import Entry
from virtuales.federation.endpoint import EndpointFailure, EndpointRefused, Status


@dataclass
class Source:
    """What one endpoint gave to an answer.

    Args:
        url: The endpoint.
        status: What became of it.
        requests: How many requests were sent to it.
        triples: How many triples it sent.
        bytes_received: How large its answers were.
        seconds: How long its answers took, all together.
        spared: How many answers it did not send, because what was kept of them was still right.
        problem: What went wrong, if anything.
        models: The models that its data follow, where they are seen through mappings.
        terms: What became there of each term of the query, by its IRI and where it stands.
        code: The status code of HTTP with which it refused, if it did.
    """

    url: str
    status: Status = "not asked"
    requests: int = 0
    triples: int = 0
    bytes_received: int = 0
    seconds: float = 0.0
    spared: int = 0
    problem: str | None = None
    models: tuple[str, ...] = ()
    terms: tuple[Entry, ...] = ()
    code: int | None = None


@dataclass
class Share:
    """What one endpoint had to do with a step.

    Args:
        requests: How many requests were answered.
        triples: How many triples came.
    """

    requests: int = 0
    triples: int = 0


@dataclass
class Step:
    """Requests that were sent beside each other for one part of a query.

    Args:
        wanted: What was asked for, as SPARQL or in words.
        graph: The named graph that was asked; None for the default graph.
        values: How many values were sent along; None where the part was fetched whole.
        seconds: How long it took until the last answer was taken in.
        shares: What each endpoint had to do with it, by its place among the sources.
        lifted: What endpoints were asked in place of that, whose data are seen through mappings, by their places.
    """

    wanted: str
    graph: str | None = None
    values: int | None = None
    seconds: float = 0.0
    shares: dict[int, Share] = field(default_factory=dict)
    lifted: dict[int, str] = field(default_factory=dict)

    def answered(self, number: int, triples: int) -> None:
        """Note an endpoint's answer to one request."""
        share = self.shares.setdefault(number, Share())
        share.requests += 1
        share.triples += triples


@dataclass
class Account:
    """What it took to answer a query.

    Args:
        sources: The endpoints, in the order in which they were given.
        seconds: How long the whole took.
        steps: What was fetched, in order.
    """

    sources: list[Source]
    seconds: float = 0.0
    steps: list[Step] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return sum(each.requests for each in self.sources)

    @property
    def bytes_received(self) -> int:
        """How large the answers were together."""
        return sum(each.bytes_received for each in self.sources)

    @property
    def triples_fetched(self) -> int:
        """How many triples were received; one that came twice counts twice."""
        return sum(each.triples for each in self.sources)

    @property
    def complete(self) -> bool:
        """Whether every endpoint that was asked answered in full."""
        return all(each.status in {"answered", "not asked"} for each in self.sources)

    def sent(self, number: int) -> None:
        """Note that a request is sent to an endpoint."""
        with self._lock:
            self.sources[number].requests += 1

    def received(self, number: int, *, size: int, seconds: float, spared: bool = False) -> None:
        """Note an answer of an endpoint."""
        with self._lock:
            source = self.sources[number]
            source.bytes_received += size
            source.seconds += seconds
            source.spared += spared
            if source.status == "not asked":
                source.status = "answered"

    def loaded(self, number: int, triples: int) -> None:
        """Note that triples of an endpoint were taken in."""
        with self._lock:
            self.sources[number].triples += triples

    def carried(self, number: int, entries: Iterable[Entry]) -> None:
        """Note what became of terms of the query at an endpoint."""
        with self._lock:
            source = self.sources[number]
            known = {(each.term, each.place): each for each in source.terms}
            for each in entries:
                known.setdefault((each.term, each.place), each)
            source.terms = tuple(known[key] for key in sorted(known))

    def failed(self, number: int, failure: EndpointFailure) -> None:
        """Note that an endpoint failed; its first failure is what is told."""
        with self._lock:
            source = self.sources[number]
            if source.problem is None:
                source.status, source.problem = failure.status, failure.what
                source.code = failure.code if isinstance(failure, EndpointRefused) else None

    def as_data(self) -> dict[str, object]:
        """Return the account as plain data, to be written as JSON."""
        totals = {"requests": self.requests, "bytes_received": self.bytes_received, "triples": self.triples_fetched}
        return {
            "complete": self.complete,
            "seconds": round(self.seconds, 3),
            **totals,
            "sources": [asdict(each) | {"seconds": round(each.seconds, 3)} for each in self.sources],
        }
