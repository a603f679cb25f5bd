"""Federated queries in rough weather: what a dead endpoint costs, what each other bad one does, and runaway queries.

Queries of trade are asked of eight running endpoints, with and without a bad one beside them: first when nothing is
known of it, then again. A dead endpoint takes connections and never answers. Runaways are products and paths over what
was fetched, which no engine could finish. The bars: a dead endpoint costs its time and 0.2 s once, and then at most 1.2
times the healthy time; a runaway ends within its limit and 0.1 s. A further run of a hundred queries with all bad
endpoints shows that nothing stays: threads, connections, processes, memory.

Usage: `python bench/bench_rough_weather.py --help`. Ends with lines `RESULT name value unit`, and `PASS` or `FAIL` for
each bar; exit code 1 when one fails.
"""

import argparse
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import psutil
from pyoxigraph import Store

from federation.farm import Farm
from federation.questions import Question, questions
from federation.shop import trade
from federation.statements import Naming

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.federation.bad_endpoints import KINDS, serving  # the repository's root is on the path

from virtuales.errors import LimitExceeded
from virtuales.federation.federate import Federation
from virtuales.federation.graph_processes import shared_processes
from virtuales.federation.options import Options

BUDGET = 2.0
"""Seconds that one answer of an endpoint may take."""
LIMIT = 1.0
"""Seconds that a runaway may take."""
ONCE, AFTERWARDS, BEYOND = 0.2, 1.2, 0.1
NOISE = 0.25
"""How much of the healthy time two runs of the same differ by on a machine that others use too, as a share."""
PRODUCT = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l"
RUNAWAYS = {
    "product": f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} }}",
    "sorted": f"SELECT * {{ {PRODUCT} FILTER(?c = ?l && ?a != ?d) }} ORDER BY ?e ?h LIMIT 1",
    "path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)* ?b . ?c (!<urn:x>|^!<urn:x>)* ?d }",
    "optional": f"SELECT (COUNT(*) AS ?n) {{ {PRODUCT} OPTIONAL {{ ?c ?x ?i . ?f ?y ?l }} }}",
}
FILLING = 160
"""After how many federations what is remembered of former ones, which is bounded, grows no more."""
Bad = Callable[[str], str]
"""Tells the URL of each kind of bad endpoint."""
Bar = tuple[str, float, float, str]
"""A name, what was measured, what is wanted at most, and the unit."""


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _serve(pipe: Connection) -> None:
    """Run the bad endpoints until the pipe says so: in a process of their own, whose memory is not looked at."""
    with serving(Store()) as server:
        pipe.send(server.port)
        pipe.recv()


@contextmanager
def bad_ones() -> Iterator[Bad]:
    """Run the bad endpoints; give what tells the URL of each kind."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,))
    process.start()
    try:
        port = here.recv()
        yield lambda kind: f"http://127.0.0.1:{port}/{kind}"
    finally:
        here.send(None)
        process.join(10)
        process.kill()


def dead_endpoint(urls: Sequence[str], bad: Bad, asked: Sequence[Question], rounds: int) -> list[Bar]:
    """Measure what a dead endpoint costs the first query, and what it costs those after it."""
    options = Options(endpoint_seconds=BUDGET, partial=True, breaker_seconds=600.0)
    first_well = statistics.median(_first(urls, options, asked[0]) for _ in range(3))
    with Federation(urls, options) as well, Federation([*urls, bad("hangs")], options) as rough:
        well.answer(asked[0].text)
        first = seconds(lambda: rough.answer(asked[0].text))
        healthy, after = _in_turn(well, rough, asked, rounds)
    return [
        ("dead_first_beyond_budget", first - first_well - BUDGET, ONCE + NOISE * first_well, "s"),
        ("dead_afterwards", after / healthy, AFTERWARDS, "times"),
    ]


def _first(urls: Sequence[str], options: Options, question: Question) -> float:
    with Federation(urls, options) as federation:
        return seconds(lambda: federation.answer(question.text))


def _in_turn(one: Federation, other: Federation, asked: Sequence[Question], rounds: int) -> tuple[float, float]:
    """Ask two federations the same questions in turn; return the least times, summed over the questions."""
    sums = [0.0, 0.0]
    for question in asked:
        times: list[list[float]] = [[], []]
        for _ in range(rounds):
            for place, federation in enumerate((one, other)):
                times[place].append(seconds(lambda each=federation, text=question.text: each.answer(text)))  # type: ignore[misc]
        for place in (0, 1):
            sums[place] += min(times[place])
    return sums[0], sums[1]


def bad_endpoints(urls: Sequence[str], bad: Bad, question: Question) -> list[Bar]:
    """Ask with each kind of bad endpoint beside the others, and tell how long it took and what was said."""
    options = Options(endpoint_seconds=0.5, answer_bytes=1 << 24, retries=1, pause=0.05, partial=True)
    for kind in KINDS:
        with Federation([*urls, bad(kind)], options) as federation:
            started = time.perf_counter()
            source = federation.answer(question.text).account.sources[-1]
            print(f"{kind}: {source.status} after {time.perf_counter() - started:.2f} s. {source.problem}")
            print(f"RESULT rough_weather_{kind} {time.perf_counter() - started:.2f} s")
    return []


def runaways(urls: Sequence[str]) -> list[Bar]:
    """Ask what never ends, each three times, and return by how much the slowest was late."""
    bars: list[Bar] = []
    with Federation(urls[:1], Options(seconds=60)) as federation:
        federation.answer("SELECT * { ?s ?p ?o } LIMIT 1")
    with Federation(urls[:1], Options(seconds=LIMIT, endpoint_seconds=60)) as federation:
        for name, text in RUNAWAYS.items():
            bars.append((f"runaway_{name}_late", max(_late(federation, text) for _ in range(3)), BEYOND, "s"))
    return bars


def _late(federation: Federation, text: str) -> float:
    started = time.perf_counter()
    try:
        federation.answer(text)
    except LimitExceeded:
        return time.perf_counter() - started - LIMIT
    raise SystemExit(f"This query was meant not to end: {text}")


def what_stays(urls: Sequence[str], bad: Bad, question: Question, queries: int) -> list[Bar]:
    """Ask many times with all bad endpoints at once, and return what is there afterwards that was not before."""
    options = Options(endpoint_seconds=0.2, answer_bytes=1 << 20, retries=0, partial=True, breaker_seconds=0.0)
    process = psutil.Process()

    def ask(times: int, kinds: Sequence[str]) -> float:
        for _ in range(times):
            with Federation([*urls, *map(bad, kinds)], options) as federation:
                federation.answer(question.text)
        return process.memory_info().rss / 1e6

    ask(FILLING, [])
    before = ask(max(1, queries // 4), [*KINDS])
    after = ask(queries, [*KINDS])
    ours = [each for each in threading.enumerate() if each.name.startswith("federation")]
    open_connections = [
        each for each in process.net_connections() if each.raddr and f":{each.raddr.port}/" in "".join(urls)
    ]
    children = [each for each in process.children() if "graph_process" in " ".join(each.cmdline())]
    busy = len(children) - len(shared_processes().idle)
    return [
        ("stay_threads", len(ours), 0, "threads"),
        ("stay_connections", len(open_connections), 0, "connections"),
        ("stay_processes", busy, 0, "processes"),
        ("stay_memory", after - before, 20.0, "MB"),
    ]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Ask federated queries in rough weather.")
    parser.add_argument("--products", type=int, default=50, help="that each of eight endpoints describes")
    parser.add_argument("--rounds", type=int, default=7, help="how often each query is asked with and without")
    parser.add_argument("--queries", type=int, default=100, help="of the run that shows what stays")
    chosen = parser.parse_args(arguments)
    federation = trade(8, chosen.products, Naming(authorities=True))
    asked = [each for each in questions(federation) if not each.name.startswith("fedshop")]
    bars: list[Bar] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Farm(federation, Path(folder)) as farm,
        bad_ones() as bad,
    ):
        urls = [*farm.urls.values()]
        bars += dead_endpoint(urls, bad, asked, chosen.rounds)
        bars += bad_endpoints(urls, bad, asked[0])
        bars += runaways(urls)
        bars += what_stays(urls, bad, asked[0], chosen.queries)
    passed = True
    for name, value, wanted, unit in bars:
        print(f"RESULT rough_weather_{name} {value:.3g} {unit}")
        passed &= value <= wanted
        print(f"{'PASS' if value <= wanted else 'FAIL'} {name}: {value:.3g}, at most {wanted:.3g} {unit}")
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
