"""Fetching triples: patterns asked of the endpoints that may have some, with the values that are known by now."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np

from virtuales.errors import LimitExceeded
from virtuales.federation.account import Step
from virtuales.federation.asking import Asking
from virtuales.federation.binding import Binding, blocks, choose_binding
from virtuales.federation.context import Context, Place
from virtuales.federation.endpoint import (
    EndpointDead,
    EndpointFailure,
    EndpointMalformed,
    EndpointSilent,
)
from virtuales.federation.jobs import Job, Jobs
from virtuales.federation.labels import keeps_labels
from virtuales.federation.lifting import Lifted, Lifting, SeenSummary
from virtuales.federation.local import LocalGraph
from virtuales.federation.paging import TRY_ROWS, cut_found
from virtuales.federation.requests import Wanted
from virtuales.federation.sketch import End, sketch_query, sketched
from virtuales.federation.summary import COUNT_CLASSES, COUNT_PROPERTIES, Holding, Summary, counted
from virtuales.query.syntax.flattening import FlatNode, Triple
from virtuales.rdf.terms import Literal, NamedNode, Variable

_NAMES = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }"


@dataclass
class Fetcher:
    """Brings triples together for one query.

    Args:
        asking: Asks the endpoints.
        local: Where the triples go.
        jobs: Sends the requests.
        summaries: What is known of endpoints by their numbers; None where nothing could be learnt.
        labelled: Endpoints of which it is known that they keep the labels of blank nodes.
        liftings: How endpoints are asked whose data are seen through mappings.
        estimates: What endpoints of which nothing could be learnt say of how much they have; it may be wrong.
    """

    asking: Asking
    local: LocalGraph
    jobs: Jobs
    summaries: dict[int, Summary | None]
    labelled: set[int] = field(default_factory=set)
    liftings: Mapping[int, Lifting] = field(default_factory=dict)
    estimates: Mapping[int, Summary] = field(default_factory=dict)
    _asked: dict[tuple[int, str], set[tuple[str, ...]]] = field(default_factory=dict)
    _whole: set[tuple[int, str]] = field(default_factory=set)
    _seen: dict[int, SeenSummary] = field(default_factory=dict)
    _counts: dict[tuple[int, Triple], tuple[Holding, float]] = field(default_factory=dict)

    def learn(self, sources: Iterable[int]) -> None:
        """Ask endpoints what they hold, where that is not known; one that cannot tell may hold anything."""
        unknown = [source for source in sources if source not in self.summaries]
        found, tried = self._counted(unknown)
        cutting = [source for source in unknown if self._cuts(source, tried.get(source), found)]
        found |= self._counted(cutting)[0]
        for source in unknown:
            properties, classes = (found.get(Job(source, text)) for text in (COUNT_PROPERTIES, COUNT_CLASSES))
            if source not in self.jobs.down:
                told = properties is not None and classes is not None
                self.summaries[source] = Summary(properties or {}, classes or {}) if told else None
        self._sketch(unknown)

    def _counted(self, sources: Iterable[int]) -> tuple[dict[Job, dict[str, int]], dict[int, int]]:
        """Ask endpoints how often they have each property and class, and for as many rows as they give."""
        jobs = [Job(source, text) for source in sources for text in (COUNT_PROPERTIES, COUNT_CLASSES, TRY_ROWS)]
        found: dict[Job, dict[str, int]] = {}
        tried: dict[int, int] = {}
        for job, answer in self.jobs.answers(jobs, self._summary_answer):
            if isinstance(answer, int):
                tried[job.source] = answer
            elif answer is not None:
                found[job] = counted(answer)
        return found, tried

    def _cuts(self, source: int, rows: int | None, found: Mapping[Job, Mapping[str, int]]) -> bool:
        """Note after how many rows an endpoint cuts its answers; tell whether that is news."""
        properties = found.get(Job(source, COUNT_PROPERTIES))
        size = None if rows is None else cut_found(rows, sum(properties.values()) if properties is not None else None)
        known = self.asking.cuts.get(source, self.asking.endpoints[source].cuts_at)
        if size is None or size == known:
            return False
        self.asking.cuts[source] = size
        return True

    def _summary_answer(self, source: int, select: str) -> list[list[str]] | int | None:
        return self._rows_given(source) if select == TRY_ROWS else self._summary_rows(source, select)

    def _sketch(self, sources: Iterable[int]) -> None:
        """Ask endpoints which IRIs their triples are about; what one does not tell stays unknown."""
        known = {source: summary for source in sources if (summary := self.summaries.get(source)) is not None}
        chosen = {source: each.smallest(self.asking.options.sketched) for source, each in known.items()}
        ends: tuple[End, ...] = ("subject", "object")
        jobs = {Job(source, sketch_query(each, end)): end for source, each in chosen.items() for end in ends if each}
        for job, rows in self.jobs.answers([*jobs], self._summary_rows):
            if rows is not None:
                found = sketched(chosen[job.source], rows)
                known[job.source] = self.summaries[job.source] = known[job.source].knowing(jobs[job], found)

    def _summary_rows(self, source: int, select: str) -> list[list[str]] | None:
        """Ask an endpoint to sum up what it holds; None where it is there, but cannot tell."""
        try:
            return self.asking.rows(source, select)
        except (EndpointDead, EndpointSilent):
            raise
        except EndpointFailure:
            return None

    def _rows_given(self, source: int) -> int | None:
        """Ask an endpoint for more rows than many give, and return how many came; None where it cannot tell."""
        try:
            return self.asking.count(source, TRY_ROWS)
        except (EndpointDead, EndpointSilent):
            raise
        except EndpointFailure:
            return None

    def sources(self, wanted: Wanted, place: Place) -> tuple[int, ...]:
        """Return the endpoints that may have triples for every pattern."""
        return tuple(each for each in self.up(place) if self.size(wanted, place, each) > 0)

    def up(self, place: Place) -> list[int]:
        """Return the endpoints of a place that have not failed."""
        return [each for each in place.asked if each not in self.jobs.down]

    def size(self, wanted: Wanted, place: Place, source: int) -> float:
        """Return how many triples an endpoint has for the rarest pattern at most; infinity where nobody knows."""
        summary = self.summary(place, source)
        if summary is None:
            return float("inf")
        return min(self._count(summary, triple, source) for triple in wanted.triples)

    def _count(self, summary: Holding, triple: Triple, source: int) -> float:
        """Return how many triples a summary has for a pattern: asked again and again while the next part is chosen."""
        key = source, triple
        if key not in self._counts or self._counts[key][0] is not summary:
            self._counts[key] = summary, summary.count(triple)
        return self._counts[key][1]

    def summary(self, place: Place, source: int) -> Holding | None:
        """Return what is known of an endpoint's own default graph, where a place is that."""
        known = self._holds(place, source)
        if known is None or source not in self.liftings:
            return known
        if source not in self._seen or self._seen[source].summary is not known:
            self._seen[source] = SeenSummary(known, self.liftings[source])
        return self._seen[source]

    def _holds(self, place: Place, source: int) -> Summary | None:
        return self.summaries.get(source) if place.graph is None and place.default is None else None

    def graph_names(self, place: Place) -> dict[NamedNode, list[int]]:
        """Return the named graphs that can be named in a place, each with the endpoints that have it."""
        found: dict[NamedNode, list[int]] = {}
        for job, rows in self.jobs.answers([Job(source, _NAMES) for source in place.sources], self.asking.rows):
            for row in rows:
                name = NamedNode(row[0][1:-1]) if row[0].startswith("<") else None
                if name is not None and (place.named is None or name in place.named):
                    found.setdefault(name, []).append(job.source)
        return {name: sorted(found[name]) for name in sorted(found, key=lambda each: each.value)}

    def fetch(self, wanted: Wanted, context: Context) -> None:
        """Fetch the triples of patterns that fit a context, whole solutions of the patterns together."""
        place = context.place
        sources = self.sources(wanted, place)
        if not sources:
            return
        binding = choose_binding(wanted, context, self.local)
        if binding is not None and not binding.rows and not binding.others:
            return
        jobs: list[Job] = []
        for source in sources:
            if self.is_given(source, wanted, place):
                continue
            rows = self._fitting(wanted, place, source, binding)
            if binding is None or self.size(wanted, place, source) <= len(rows):
                jobs += self._whole_jobs(wanted, place, [source])
            else:
                jobs += self._bound_jobs(wanted, place, source, replace(binding, rows=rows))
        values = None if binding is None else len(binding.rows)
        step = Step(wanted.pattern, str(place.graph) if place.graph else None, values)
        for source in sources:
            if source in self.liftings:
                lifted = self.lifted(source, wanted, place)
                step.lifted[source] = lifted.prologue + lifted.text
        self.load(jobs, place, step)

    def lifted(self, source: int, wanted: Wanted, place: Place) -> Lifted:
        """Return how an endpoint is asked for triples whose data are seen through mappings."""
        sets = wanted.enough is None
        return self.liftings[source].lifted(wanted.triples, sets=sets, holds=self._holds(place, source))

    def is_given(self, source: int, wanted: Wanted, place: Place) -> bool:
        """Take in what models say for a pattern; tell whether there is nothing to be asked of the endpoint."""
        if source not in self.liftings:
            return False
        lifted, key = self.lifted(source, wanted, place), (source, f"given {wanted.key(place)}")
        if lifted.given and key not in self._whole:
            self._whole.add(key)
            self.local.load(lifted.given, source=source, graph=place.local)
            for error in self.local.loaded():
                if error is not None:
                    raise error
        return lifted.asked is None

    def is_down(self, source: int) -> bool:
        """Tell whether an endpoint failed."""
        return source in self.jobs.down

    def _fitting(
        self, wanted: Wanted, place: Place, source: int, binding: Binding | None
    ) -> tuple[tuple[str, ...], ...]:
        """Return the values of a binding that an endpoint may know."""
        if binding is None:
            return ()
        summary = self.summary(place, source)
        if summary is None:
            return binding.rows
        fit = np.ones(len(binding.rows), bool)
        for variable, (are_iris, iris) in zip(binding.variables, binding.columns, strict=True):
            for triple in wanted.triples:
                if variable in {triple.subject, triple.object}:
                    fit[are_iris] &= summary.among(triple, variable, iris)
        return binding.rows if fit.all() else tuple(compress(binding.rows, fit))

    def construct(
        self,
        source: int,
        wanted: Wanted,
        place: Place,
        *,
        values: tuple[Sequence[Variable], Sequence[Sequence[str]]] | None = None,
        condition: str = "",
        lifted: Lifted | None = None,
    ) -> str:
        """Write the query that asks an endpoint for triples; see `Wanted.construct` and `Lifting.construct`."""
        lifting = self.liftings.get(source)
        if lifting is None:
            return wanted.construct(place, values=values, condition=condition)
        lifted = lifted or self.lifted(source, wanted, place)
        return lifting.construct(wanted, place, values=values, condition=condition, lifted=lifted)

    def sent(self, source: int, rows: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
        """Return values as an endpoint knows them."""
        return self.liftings[source].sent(rows) if source in self.liftings else rows

    def witness(self, node: FlatNode, place: Place) -> None:
        """Fetch a triple of each endpoint, if there is any, that shows a node to be in the graph."""
        verb, other = Variable("verb"), Variable("other")
        ways = [Triple(other, verb, node)]
        if not isinstance(node, Literal):
            ways.append(Triple(node, verb, other))
        asked = [(source, Wanted((each,), enough=1)) for source in place.asked for each in ways]
        jobs = [
            Job(source, self.construct(source, wanted, place))
            for source, wanted in asked
            if not self.is_given(source, wanted, place)
        ]
        fresh = [job for job in jobs if (job.source, job.text) not in self._whole]
        self.load(fresh, place, Step(f"a triple with {node}"))
        self._whole.update((job.source, job.text) for job in jobs)

    def load(self, jobs: Sequence[Job], place: Place, step: Step) -> None:
        """Send requests for triples, take the triples in, and note the step."""
        if not jobs:
            return
        started = time.monotonic()
        self.asking.account.steps.append(step)
        begun: list[tuple[int, int]] = []
        try:
            for job, sent in self.jobs.answers(jobs, self.asking.triples):
                body = self.liftings[job.source].received(sent) if job.source in self.liftings else sent
                if self._are_labels_kept(job.source, body):
                    self.local.load(body, source=job.source, graph=place.local)
                    begun.append((job.source, body.count(b"\n")))
                if len(self.local) + sum(triples for _, triples in begun) > self.asking.options.triples:
                    self._take_in(begun, step)
        finally:
            self._take_in(begun, step)
            step.seconds = time.monotonic() - started

    def _take_in(self, begun: list[tuple[int, int]], step: Step) -> None:
        """Wait until answers are taken in, given as endpoints and numbers of triples, and note which could not be."""
        for (source, triples), error in zip(begun, self.local.loaded(), strict=True):
            if error is not None:
                url = self.asking.endpoints[source].url
                self.jobs.note(source, EndpointMalformed(f"The answer is no N-Triples: {error}.", where=url))
                continue
            self.asking.account.loaded(source, triples)
            step.answered(source, triples)
        begun.clear()
        self._check_size()

    def _are_labels_kept(self, source: int, body: bytes) -> bool:
        """Tell whether an endpoint that sends blank nodes calls them the same in every answer; note if not."""
        if source in self.labelled or b"_:" not in body:
            return True
        try:
            if not keeps_labels(self.asking, source):
                raise EndpointMalformed(
                    "The endpoint calls a blank node by another label in every answer, so they cannot be joined.",
                    where=self.asking.endpoints[source].url,
                    remedy="Let it keep labels, or give its blank nodes IRIs.",
                )
        except EndpointFailure as failure:
            self.jobs.note(source, failure)
            return False
        self.labelled.add(source)
        return True

    def _check_size(self) -> None:
        limit = self.asking.options.triples
        if len(self.local) > limit:
            raise LimitExceeded(
                f"The query needs more than {limit:,} triples.", where="query", remedy="Ask for less: bind more."
            )

    def _whole_jobs(self, wanted: Wanted, place: Place, sources: Sequence[int]) -> Iterator[Job]:
        key = wanted.key(place)
        for source in sources:
            if (source, key) not in self._whole:
                self._whole.add((source, key))
                yield Job(source, self.construct(source, wanted, place))

    def _bound_jobs(self, wanted: Wanted, place: Place, source: int, binding: Binding) -> Iterator[Job]:
        if (source, wanted.key(place)) in self._whole:
            return
        key = (source, wanted.key(place, binding.variables))
        asked = self._asked.setdefault(key, set())
        rows = [row for row in binding.rows if row not in asked]
        asked.update(rows)
        taking, computing = None, None
        if source in self.liftings:
            taking, computing = self.lifted(source, wanted, place).bound_to(binding.variables)
        if computing is not None and rows and (source, f"computed {key[1]}") not in self._whole:
            self._whole.add((source, f"computed {key[1]}"))
            yield Job(source, self.construct(source, wanted, place, lifted=computing))
        if computing is None or taking is not None:
            pattern = len(taking.text) if taking is not None else 0
            for block in blocks(self.sent(source, rows), self.asking.options.block, pattern):
                yield Job(
                    source, self.construct(source, wanted, place, values=(binding.variables, block), lifted=taking)
                )
        for kind in sorted(binding.kinds_from(source)):
            if (kind,) not in asked:
                asked.add((kind,))
                condition = f"{kind}(?{binding.variables[0].value})"
                yield Job(source, self.construct(source, wanted, place, condition=condition))
