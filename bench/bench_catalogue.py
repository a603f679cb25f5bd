"""The search of the catalogue: the index beside SQLite's FTS5 and plain SPARQL, over generated entries.

Every question counts seven facets for a reader who sees a part of the entries, and all engines have to give the same
counts. The index shows the first page beside, which the others do not. SPARQL, which counts the whole alone, and how
fast the index is made anew of the RDF store, are measured at the least number of entries; so are pages of a node.

Usage: `make bench-catalogue`. Ends with lines `RESULT name value unit`, and `PASS` or `FAIL` for each bar; exit code 1
when one fails or answers differ.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from searching.entries import FACETS, Asked, Reader, entries, questions, readers
from searching.pages import pages
from searching.peers import Counts, FullText, by_sparql, store_of
from virtuales.catalogue.index.index import SearchIndex
from virtuales.catalogue.index.question import SearchQuestion, Sight
from virtuales.catalogue.index.reading import EntryReader
from virtuales.catalogue.index.thesaurus import Thesaurus
from virtuales.catalogue.index.wording import read_units

BARS = {100_000: 60.0, 1_000_000: 300.0}
"""CPU milliseconds that 95 of 100 questions may take, by the number of entries."""
PAGE_BAR = 100.0
NO_WORDS = Thesaurus()
MANY = 1_000
_BY_SPARQL = 2


def options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare engines for the search of a catalogue.")
    parser.add_argument("--entries", type=int, nargs="+", default=sorted(BARS))
    parser.add_argument("--questions", type=int, default=60, help="to each number of entries, by each reader")
    parser.add_argument("--peer-questions", type=int, default=10, help="of them that the peers are asked too")
    parser.add_argument("--alone", action="store_true", help="measure the index alone")
    return parser.parse_args(arguments)


@contextmanager
def timed(name: str, number: int) -> Iterator[None]:
    before = time.process_time()
    yield
    seconds = time.process_time() - before
    print(f"RESULT {name} {number / seconds:.0f} entries per CPU s", flush=True)


def by_index(index: SearchIndex, asked: Asked, reader: Reader) -> Counts:
    sight = Sight(reader.graphs, reader.organisation)
    question = SearchQuestion(" ".join(asked.words), chosen=asked.chosen, limit=10)
    units = read_units(question.text, NO_WORDS)
    found = index.answers(sight).search(question, units, facets=FACETS, values=MANY)
    if found.is_partial:
        return 0, {name: {} for name in FACETS}
    return found.total, {name: {one.value: one.count for one in values} for name, values in found.facets.items()}


def percentile(taken: Sequence[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def ask(engine: Callable[[Asked, Reader], Counts], asked: Sequence[Asked]) -> tuple[list[float], list[Counts]]:
    """Return the CPU milliseconds of each question by each reader, and the counts."""
    taken, counts = [], []
    for one in asked:
        for reader in readers():
            before = time.process_time()
            counts.append(engine(one, reader))
            taken.append((time.process_time() - before) * 1000)
    return taken, counts


def report(name: str, taken: Sequence[float]) -> float:
    print(f"RESULT {name}_median {statistics.median(taken):.1f} CPU ms")
    print(f"RESULT {name}_p95 {percentile(taken):.1f} CPU ms", flush=True)
    return percentile(taken)


def judged(name: str, value: float, bar: float) -> bool:
    passed = value <= bar
    print(f"{'PASS' if passed else 'FAIL'} {name}: {value:.1f} CPU ms, wanted at most {bar:g}", flush=True)
    return passed


def compare(number: int, place: Path, chosen: argparse.Namespace, *, least: bool) -> bool:
    """Ask the engines about so many entries; return whether bars are reached and answers agree."""
    index = SearchIndex(place / "index")
    with timed(f"index_{number}_filled", number):
        index.fill(entries(number), sequence=1)
    asked = questions(chosen.questions)
    taken, counts = ask(lambda one, reader: by_index(index, one, reader), asked)
    passed = True
    p95 = report(f"index_{number}", taken)
    if number in BARS:
        passed = judged(f"index_{number}_p95", p95, BARS[number])
    if chosen.alone:
        return passed
    with timed(f"fts5_{number}_filled", number):
        peer = FullText(place / "peer.sqlite", entries(number))
    slower, others = ask(peer.ask, asked[: chosen.peer_questions])
    report(f"fts5_{number}", slower)
    agree = _agree("fts5", counts[: len(others)], others)
    if least:
        agree &= _sparql(number, place, asked, counts)
        for name, milliseconds in pages(index, place, number).items():
            passed &= judged(name, report(name, milliseconds), PAGE_BAR)
    return passed and agree


def _sparql(number: int, place: Path, asked: Sequence[Asked], counts: Sequence[Counts]) -> bool:
    with timed(f"store_{number}_loaded", number):
        store = store_of(place / "store", entries(number))
    again = SearchIndex(place / "again")
    with timed(f"index_{number}_made_anew_of_the_store", number):
        again.fill(EntryReader(store, lambda offered: offered.sensitivity == "O").all(), sequence=1)
    places = [place for place, one in enumerate(asked) if one.words and not one.chosen][:_BY_SPARQL]
    before = time.process_time()
    others = [by_sparql(store, asked[place], readers()[0]) for place in places]
    taken = (time.process_time() - before) * 1000 / len(places)
    print(f"RESULT sparql_{number}_total_alone {taken:.0f} CPU ms", flush=True)
    _, anew = ask(lambda one, reader: by_index(again, one, reader), [asked[place] for place in places])
    width = len(readers())
    expected = [count for place in places for count in counts[place * width : (place + 1) * width]]
    public = [counts[place * width][0] for place in places]
    return _agree("sparql", public, others) & _agree("index made anew", expected, anew)


def _agree(name: str, ours: Sequence[object], theirs: Sequence[object]) -> bool:
    different = sum(one != other for one, other in zip(ours, theirs, strict=True))
    print(f"{'FAIL' if different else 'PASS'} answers as of {name}: {different} of {len(ours)} differ", flush=True)
    return not different


def main(arguments: Sequence[str]) -> int:
    """Make, ask, print the figures; return the exit code."""
    chosen = options(arguments)
    passed = True
    for number in chosen.entries:
        with tempfile.TemporaryDirectory(prefix="bench-catalogue-") as place:
            passed &= compare(number, Path(place), chosen, least=number == min(chosen.entries))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
