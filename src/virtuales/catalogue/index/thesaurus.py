"""What words of the grid mean, from the registered models and mapping sets: other names, and the terms they lead to.

A word leads to what is called so: a concept of a vocabulary, a class of a model, a property whose name has several
words. From there it leads on along the concepts' matches and along exact and close matches between models; each step
weakens it. So an entry can be found by a word that is not in it, and the reader is told why.
"""

import heapq
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import NO_TERM_FOUND
from virtuales.catalogue.index.fields import stems
from virtuales.models.facts import local_name
from virtuales.models.terms import Term
from virtuales.models.words import parts_of_name
from virtuales.rdf.namespaces import SKOS

LONGEST: Final = 5
"""How many words a name has at most."""
_STEPS: Final = {SKOS.exactMatch.value: 0.95, SKOS.closeMatch.value: 0.7}
_LEADS: Final = 0.75
"""How much is kept on the way from a concept to the term that it leads to."""
_LED: Final = 0.6
"""How much is kept on the way back: to other concepts that lead to the same term."""
_LEAST: Final = 0.3
_MOST: Final = 24
_NEAR: Final = 1
"""How many steps away a term may be to be known by all its names; what is further is known by the first."""
_SHORTEST: Final = 3


@dataclass(frozen=True)
class Meaning:
    """Something that a word leads to.

    Args:
        iri: The term.
        name: What it is called.
        words: The name's words, without endings.
        closeness: From 0 to 1, how near its meaning is.
        through: Names of what leads from the word to it.
    """

    iri: str
    name: str
    words: tuple[str, ...]
    closeness: float
    through: tuple[str, ...] = ()


class Thesaurus:
    """Words and what they mean; it never changes once it is made.

    Args:
        terms: The terms of the models.
        mappings: The mappings between them.
    """

    def __init__(self, terms: Iterable[Term] = (), mappings: Iterable[Mapping] = ()) -> None:
        self._names: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._called: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        self._steps: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._stems: dict[str, tuple[str, ...]] = {}
        for term in terms:
            self._take(term)
        for mapping in mappings:
            closeness = _STEPS.get(mapping.predicate_id)
            has_both = NO_TERM_FOUND not in {mapping.subject_id, mapping.object_id}
            if closeness and has_both and not mapping.negated:
                self._join(mapping.subject_id, mapping.object_id, closeness, closeness)

    def meanings(self, words: tuple[str, ...]) -> tuple[Meaning, ...]:
        """Return what some words, without endings, lead to together, the nearest first."""
        found: dict[str, tuple[float, tuple[str, ...]]] = {}
        ahead: list[tuple[float, str, tuple[str, ...]]] = [(-1.0, iri, ()) for iri in self._called.get(words, ())]
        heapq.heapify(ahead)
        while ahead:
            closeness, iri, through = heapq.heappop(ahead)
            if iri in found:
                continue
            found[iri] = (-closeness, through)
            further = (*through, next(iter(self._names[iri]), local_name(iri)))
            for other, step in self._steps.get(iri, {}).items():
                if -closeness * step >= _LEAST and other not in found:
                    heapq.heappush(ahead, (closeness * step, other, further))
        return tuple(self._named(words, found))[:_MOST]

    def _named(self, words: tuple[str, ...], found: dict[str, tuple[float, tuple[str, ...]]]) -> Iterator[Meaning]:
        seen = {words}
        for iri, (closeness, through) in found.items():
            names = list(self._names[iri]) or [local_name(iri)]
            for place, name in enumerate(names if len(through) <= _NEAR else names[:1]):
                stemmed = self._stemmed(name)
                is_new = stemmed not in seen
                seen.add(stemmed)
                if is_new or place == 0:
                    yield Meaning(iri, name, stemmed if is_new else (), closeness, through)

    def _take(self, term: Term) -> None:
        if term.kind == "value" or term.deprecated:
            return
        for name in (" ".join(parts_of_name(term.label)) if " " not in term.label else term.label, *term.synonyms):
            stemmed = self._stemmed(name)
            too_plain = term.kind == "property" and len(stemmed) == 1
            if not too_plain and 0 < len(stemmed) <= LONGEST and len(name) >= _SHORTEST:
                self._names[term.iri][name] = None
                self._called[stemmed][term.iri] = None
        for other in term.matches:
            self._join(term.iri, other, _LEADS, _LED)

    def _join(self, one: str, other: str, there: float, back: float) -> None:
        self._steps[one][other] = max(there, self._steps[one].get(other, 0))
        self._steps[other][one] = max(back, self._steps[other].get(one, 0))

    def _stemmed(self, name: str) -> tuple[str, ...]:
        if name not in self._stems:
            self._stems[name] = stems(name)
        return self._stems[name]


class KeptThesaurus:
    """The thesaurus that was made last, kept until what it is made of changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: tuple[object, Thesaurus] | None = None

    def of(self, state: object, make: Callable[[], Thesaurus]) -> Thesaurus:
        """Return the thesaurus of a state of models and mappings, made at most once."""
        with self._lock:
            if self._kept is None or self._kept[0] != state:
                self._kept = (state, make())
            return self._kept[1]
