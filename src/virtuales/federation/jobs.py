"""Sending the requests of a query beside each other, and giving their answers as they come."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import Final, TypeVar

from virtuales.federation.asking import Asking
from virtuales.federation.endpoint import EndpointFailure, EndpointTimedOut

Answer = TypeVar("Answer")
_LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True)
class Job:
    """A request to be sent.

    Args:
        source: The number of the endpoint.
        text: The query.
    """

    source: int
    text: str


@dataclass
class Jobs:
    """Sends the requests of one query.

    Args:
        asking: Asks the endpoints.
        executor: Where requests run beside each other; None to send one after the other.
        down: Endpoints that failed, which are asked no more.
    """

    asking: Asking
    executor: Executor | None
    down: set[int] = field(default_factory=set)

    def answers(self, jobs: Sequence[Job], ask: Callable[[int, str], Answer]) -> Iterator[tuple[Job, Answer]]:
        """Send requests, and give the answers as they come.

        Raises:
            EndpointFailure: a request failed, and the answer has to be whole.
        """
        jobs = [job for job in jobs if job.source not in self.down]
        if self.executor is None or len(jobs) == 1:
            yield from self._one_by_one(jobs, ask)
            return
        futures: dict[Future[Answer], Job] = {self.executor.submit(ask, job.source, job.text): job for job in jobs}
        try:
            while waiting := {future for future, job in futures.items() if job.source not in self.down}:
                done = wait(waiting, self._patience(waiting, futures), FIRST_COMPLETED).done
                for future in done:
                    job = futures.pop(future)
                    try:
                        answer = future.result()
                    except EndpointFailure as failure:
                        self.note(job.source, failure)
                        continue
                    yield job, answer
        finally:
            for future in futures:
                future.cancel()

    def note(self, source: int, failure: EndpointFailure) -> None:
        """Note that an endpoint failed, and ask it no more.

        Raises:
            EndpointFailure: the answer has to be whole.
        """
        self.down.add(source)
        self.asking.account.failed(source, failure)
        if not self.asking.options.partial:
            raise failure

    def _patience(self, waiting: Iterable[Future[Answer]], jobs: Mapping[Future[Answer], Job]) -> float:
        """Return for how long to wait until it is looked whether somebody still does; give up who is too late.

        Raises:
            LimitExceeded: nobody waits for the answer any longer.
        """
        self.asking.check_wanted()
        left = self.asking.remaining
        if left <= 0:
            for source in sorted({jobs[each].source for each in waiting if not each.done()}):
                url = self.asking.endpoints[source].url
                self.asking.breaker.suspect(url)
                self.note(source, EndpointTimedOut("The endpoint did not answer in time.", where=url))
        return max(0.0, min(left, _LOOK_SECONDS))

    def _one_by_one(self, jobs: Sequence[Job], ask: Callable[[int, str], Answer]) -> Iterator[tuple[Job, Answer]]:
        for job in jobs:
            self.asking.check_wanted()
            if job.source in self.down:
                continue
            try:
                answer = ask(job.source, job.text)
            except EndpointFailure as failure:
                self.note(job.source, failure)
                continue
            yield job, answer
