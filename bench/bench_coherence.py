"""Coherence of alignments: what the check finds, beside HermiT, and what both cost.

Judged are alignments of the ontologies of OAEI's conference track (references, equal names, and references with seeded
wrong rows, always the same) and, with `--registered`, the sets of the folder `mappings` that HermiT can do in ten
minutes. HermiT reads the published files themselves, with datatypes it does not know put by others that share no value
either; both must name the same impossible classes and properties and the same new orders. Times are CPU seconds.
With `--record FILE` HermiT's verdicts are written to a file, as the tests read them. Usage:
`python bench/bench_coherence.py [--seeded NUMBER] [--registered] [--record FILE]`. Ends with lines `RESULT name value
unit`, and with exit code 1 where both differ or a pair takes us a second or more.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from coherence.cases import SUITE, Case, conference_cases
from virtuales.alignment.checks.known_terms import KnownTerms
from virtuales.alignment.coherence.hermit import Hermit, Taxonomy, statements_of
from virtuales.alignment.coherence.judging import Coherence
from virtuales.alignment.coherence.report import Report
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.registry import MappingRegistry
from virtuales.errors import ConfigurationError, TooLarge
from virtuales.models.axioms import Axioms, axioms_of
from virtuales.models.owl_writer import triples_of
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.terms import Triple
from virtuales.resources import contributed

SHARED = Path(__file__).resolve().parents[2] / "shared"
SECONDS_A_PAIR = 1.0
_Made = TypeVar("_Made")
_Classify = Callable[[Sequence[Triple]], Taxonomy]


@dataclass(frozen=True)
class Compared:
    """What both made of an alignment.

    Args:
        name: The alignment.
        report: What we found.
        impossible: What HermiT found impossible.
        orders: What HermiT found ordered anew.
        seconds: What it took us, and HermiT.
    """

    name: str
    report: Report
    impossible: frozenset[str]
    orders: frozenset[tuple[str, str]]
    seconds: tuple[float, float]

    @property
    def agree(self) -> bool:
        """Whether both found the same."""
        ours = frozenset((each.narrower, each.broader) for each in self.report.orders)
        return frozenset(each.term for each in self.report.impossible) == self.impossible and ours == self.orders


def compared(cases: Iterator[Case], hermit: Hermit) -> Iterator[Compared]:
    """Judge alignments twice; what a pair is without mappings is asked of HermiT once."""
    alone: dict[tuple[str, str], Taxonomy] = {}
    for case in cases:
        models = (case.left.axioms, case.right.axioms)
        written = [*case.left.triples, *case.right.triples]
        key = (models[0].name, models[1].name)
        if key not in alone:
            alone[key] = hermit.classify(written)
        classify = partial(_classify, hermit, written)
        yield compare(case.name, models, case.mappings, alone=alone[key], classify=classify)


def _classify(hermit: Hermit, written: Sequence[Triple], more: Sequence[Triple]) -> Taxonomy:
    return hermit.classify([*written, *more])


def compare(
    name: str, models: tuple[Axioms, ...], mappings: Sequence[Mapping], *, alone: Taxonomy, classify: _Classify
) -> Compared:
    """Judge one alignment twice."""
    report, own = timed(lambda: Coherence(*models).judge(mappings))
    together, theirs = timed(lambda: classify(statements_of(mappings, models)))
    names = frozenset(name for each in models for name in (*each.classes, *each.properties))
    orders = frozenset(_orders(alone, together, models))
    return Compared(name, report, (together.impossible - alone.impossible) & names, orders, (own, theirs))


def _orders(alone: Taxonomy, together: Taxonomy, models: tuple[Axioms, ...]) -> Iterator[tuple[str, str]]:
    for model in models:
        for narrower in model.classes - together.impossible:
            new = together.above.get(narrower, frozenset()) - alone.above.get(narrower, frozenset())
            yield from ((narrower, broader) for broader in new & model.classes)


def registered(hermit: Hermit) -> Iterator[Compared]:
    """Judge the registered sets twice, one by one; those that take HermiT too long are told and left out."""
    models = ModelRegistry.load(contributed("ontology"))
    terms = KnownTerms(models)
    registry = MappingRegistry.load(contributed("mappings"))
    for name in registry.names():
        sides = (terms.named(iri) for iri in registry.models(name))
        axioms = tuple(axioms_of(model) for model in sides if model is not None)
        written = [triple for each in axioms for triple in triples_of(each)]
        try:
            alone = hermit.classify(written)
            mappings = registry.mapping_set(name).mappings
            yield compare(name, axioms, mappings, alone=alone, classify=partial(_classify, hermit, written))
        except TooLarge as error:
            print(f"{name:<44} left out: {error.what}")


def timed(work: Callable[[], _Made]) -> tuple[_Made, float]:
    """Return what some work makes and its CPU seconds, those of programs that it starts among them."""
    before = time.process_time() + _of_children()
    made = work()
    return made, time.process_time() + _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def show(each: Compared) -> None:
    """Print a line of the table."""
    report = each.report
    found = f"{len(report.impossible_classes):>4} {len(report.impossible) - len(report.impossible_classes):>4}"
    share = f"{report.incoherence:>6.1%} {len(report.orders):>5}"
    cost = f"{each.seconds[0]:>7.2f} {each.seconds[1]:>7.1f}"
    print(f"{each.name:<44} {found} {share} {cost}  {'same' if each.agree else 'DIFFER'}", flush=True)


def recorded(done: Sequence[Compared]) -> str:
    """Return what HermiT found, as JSON: for each alignment the impossible terms, and the new orders."""
    found = {
        each.name: {"impossible": sorted(each.impossible), "orders": sorted(" ".join(pair) for pair in each.orders)}
        for each in done
    }
    return json.dumps(found, indent=1) + "\n"


def main() -> int:
    """Run the comparison."""
    options = argparse.ArgumentParser()
    options.add_argument("--seeded", type=int, default=4, help="alignments with wrong rows for each pair")
    options.add_argument("--registered", action="store_true", help="the registered sets too")
    options.add_argument("--record", type=Path, help="write what HermiT finds of the conference alignments to a file")
    wanted = options.parse_args()
    try:
        hermit = Hermit.find()
    except ConfigurationError as error:
        print(error)
        return 1
    print(f"{'alignment':<44} {'imp.':>4} {'prop':>4} {'share':>6} {'order':>5} {'ours s':>7} {'HermiT':>7}")
    done = []
    for each in compared(conference_cases(SHARED / SUITE, seeded=wanted.seeded), hermit):
        show(each)
        done.append(each)
    if wanted.record is not None:
        wanted.record.write_text(recorded(done), encoding="utf-8")
    slowest = max(each.seconds[0] for each in done)
    if wanted.registered:
        for each in registered(hermit):
            show(each)
            done.append(each)
    same = sum(1 for each in done if each.agree)
    print(f"RESULT alignments {len(done)} alignments")
    print(f"RESULT same_as_hermit {same} alignments")
    print(f"RESULT impossible_terms {sum(len(each.impossible) for each in done)} terms")
    print(f"RESULT new_orders {sum(len(each.orders) for each in done)} orders")
    print(f"RESULT slowest_pair {slowest:.2f} s")
    print(f"RESULT hermit_median {sorted(each.seconds[1] for each in done)[len(done) // 2]:.1f} s")
    return 0 if same == len(done) and slowest < SECONDS_A_PAIR else 1


if __name__ == "__main__":
    sys.exit(main())
