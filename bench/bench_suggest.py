"""Suggestions against reference alignments: the conference track, and the shipped set between editions of CIM.

*Strict* figures come from the program as it is, with nothing fitted to any reference. *Tuned* ones come from weights
and a threshold that are fitted to the alignments of the track that share no ontology with the one that is judged.
Beside them stands string equality, as the least that a tool should reach. An alignment is incoherent if it makes a
class or a property impossible. Times are CPU seconds. Usage: `python bench/bench_suggest.py [--embedding]`, the latter
with the extra `virtuales[embedding]`. Ends with lines `RESULT name value unit`, and with exit code 1 where a bar is
missed.
"""

import sys
import time
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path

from conference_track import SUITE, Name, measures, ontologies, references
from virtuales.alignment.coherence.judging import Coherence
from virtuales.alignment.mapping import Mapping as Claim
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.suggestions.background import load
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.embedding import NameEmbedding
from virtuales.alignment.suggestions.engine import LEAST, Suggestion, suggest
from virtuales.alignment.suggestions.learning import Lessons, learnt, lessons
from virtuales.alignment.suggestions.matching import Weighing
from virtuales.alignment.suggestions.meaning import Embed, with_meaning
from virtuales.alignment.suggestions.scoring import Pair
from virtuales.alignment.suggestions.sides import Sides
from virtuales.alignment.terms import EXACT_MATCH, UNSPECIFIED_MATCHING
from virtuales.models.facts import local_name
from virtuales.models.owl_axioms import read_axioms
from virtuales.models.registry import ModelRegistry
from virtuales.models.words import squashed
from virtuales.resources import contributed

FOLDER = Path(__file__).resolve().parents[2] / "shared" / SUITE
BARS = {"f1": 0.74, "sure": 0.95, "seconds": 20.0}
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)
EDITIONS = ("cgmes-2.4.15", "cgmes-3.0")

Found = dict[Name, tuple[Suggestion, ...]]


class Track:
    """The conference track, ready to be matched."""

    def __init__(self, embed: Embed | None = None) -> None:
        models, groups = ontologies(FOLDER), load(contributed("mappings")).groups
        axioms = {name: read_axioms(FOLDER / "ontologies" / f"{name}.owl") for name in models}
        self.right = references(FOLDER)
        sides = {name: Sides.of(models[name[0]], models[name[1]], groups=groups) for name in self.right}
        self.sides = {name: with_meaning(each, embed) if embed else each for name, each in sides.items()}
        self.coherence = {name: Coherence(axioms[name[0]], axioms[name[1]]) for name in self.right}
        self.lessons = {
            name: lessons(self.sides[name], Decisions(mapped=right, taught=right)) for name, right in self.right.items()
        }

    def suggested(self, name: Name, weighing: Weighing | None = None, least: float = LEAST) -> tuple[Suggestion, ...]:
        """Return what is suggested for two ontologies."""
        return suggest(self.sides[name], weighing=weighing, least=least, coherence=self.coherence[name]).suggestions

    def strict(self) -> Found:
        """Return what is suggested with nothing tuned."""
        return {name: self.suggested(name) for name in self.right}

    def tuned(self) -> Found:
        """Return what is suggested with weights and threshold of the alignments that share no ontology."""
        found = {}
        for name in self.right:
            apart = [other for other in self.right if not set(other) & set(name)]
            weighing = learnt(Weighing(), sum((self.lessons[other] for other in apart), Lessons()))
            found[name] = self.suggested(name, weighing, self._threshold(apart, weighing))
        return found

    def _threshold(self, names: list[Name], weighing: Weighing) -> float:
        """Return the threshold that fits some alignments best, the nearest to the usual one where several do."""

        def reached(least: float) -> tuple[float, float]:
            some = {name: [each.pair for each in self.suggested(name, weighing, least)] for name in names}
            return measures(some, {name: self.right[name] for name in names})["f1"], -abs(least - LEAST)

        return max(THRESHOLDS, key=reached)

    def equal_names(self) -> dict[Name, list[Pair]]:
        """Return the pairs of the same name, spelling apart or together left aside."""
        return {
            name: [
                (one.iri, other.iri)
                for one, other in product(sides.left.entries.values(), sides.right.entries.values())
                if one.is_property == other.is_property
                and squashed(local_name(one.iri)) == squashed(local_name(other.iri))
            ]
            for name, sides in self.sides.items()
        }

    def incoherent(self, found: Mapping[Name, Iterable[Pair]]) -> int:
        """Return how many alignments make a class or a property impossible."""
        return sum(
            not self.coherence[name].judge([Claim(a, EXACT_MATCH, b, UNSPECIFIED_MATCHING) for a, b in pairs]).coherent
            for name, pairs in found.items()
        )


def told(track: Track, title: str, found: Mapping[Name, Iterable[Pair]]) -> dict[str, float]:
    """Print the figures of one way of matching, and return them."""
    pairs = {name: list(some) for name, some in found.items()}
    reached = {**measures(pairs, track.right), "incoherent": float(track.incoherent(pairs))}
    print(f"\n{title}: " + ", ".join(f"{name} {figure:.3f}" for name, figure in reached.items()))
    for name, right in track.right.items():
        each = measures({name: pairs[name]}, {name: right})
        figures = "  ".join(f"{each[figure]:6.3f}" for figure in ("precision", "recall", "f1"))
        print(f"  {'-'.join(name):20} {figures}  {len(pairs[name]):3} suggested, {len(right):3} in the reference")
    return reached


def pairs_of(found: Found) -> dict[Name, list[Pair]]:
    """Return the pairs that are suggested."""
    return {name: [each.pair for each in some] for name, some in found.items()}


def editions() -> dict[str, float]:
    """Suggest mappings between two editions of CIM as if none were known, and hold them against the shipped set."""
    models = ModelRegistry.load(contributed("ontology"))
    shipped = MappingRegistry.load(contributed("mappings")).mapping_set("--".join(EDITIONS))
    right = {(each.subject_id, each.object_id) for each in shipped.positive() if each.predicate_id == EXACT_MATCH}
    right -= {(iri, iri) for pair in right for iri in pair}
    one, other = map(models.model, EDITIONS)
    start = time.process_time()
    found = suggest(Sides.of(one, other, groups=load(contributed("mappings")).groups)).suggestions
    seconds = time.process_time() - start
    pairs, sure = {each.pair for each in found}, {each.pair for each in found if each.sure}
    hits = len(pairs & right)
    return {
        "precision": hits / len(pairs),
        "recall": hits / len(right),
        "f1": 2 * hits / (len(pairs) + len(right)),
        "sure": float(len(sure)),
        "sure_precision": len(sure & right) / len(sure),
        "seconds": seconds,
    }


def main() -> int:
    """Measure, print, and tell whether a bar is missed."""
    start = time.process_time()
    track = Track(NameEmbedding() if sys.argv[1:] == ["--embedding"] else None)
    strict, tuned = track.strict(), track.tuned()
    told(track, "string equality", track.equal_names())
    of_strict, of_tuned = told(track, "strict", pairs_of(strict)), told(track, "tuned", pairs_of(tuned))
    results = {f"conference_strict_{name}": figure for name, figure in of_strict.items()}
    results |= {f"conference_tuned_{name}": figure for name, figure in of_tuned.items()}
    for title, found in (("strict", strict), ("tuned", tuned)):
        sure = [each.pair in track.right[name] for name, some in found.items() for each in some if each.sure]
        results |= {
            f"conference_{title}_sure": float(len(sure)),
            f"conference_{title}_sure_precision": sum(sure) / len(sure),
        }
        every = [(each.confidence, each.pair in track.right[name]) for name, some in found.items() for each in some]
        results[f"conference_{title}_mean_confidence"] = sum(confidence for confidence, _ in every) / len(every)
    results["conference_alignments"] = float(len(track.right))
    results["conference_seconds"] = time.process_time() - start
    results |= {f"editions_{name}": figure for name, figure in editions().items()}
    print()
    for name, figure in results.items():
        print(f"RESULT {name} {figure:.4g} {'s' if name.endswith('seconds') else 'count' if figure > 1 else 'ratio'}")
    missed = [
        results["conference_strict_f1"] < BARS["f1"],
        results["conference_strict_incoherent"] > 0 or results["conference_tuned_incoherent"] > 0,
        results["conference_strict_sure_precision"] < BARS["sure"],
        results["editions_seconds"] > BARS["seconds"],
    ]
    return int(any(missed))


if __name__ == "__main__":
    sys.exit(main())
