"""What a check looks at: the mappings of one set with the terms of both sides, beside all other sets."""

import re
from collections import abc
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from virtuales.alignment.checks.cycles import components
from virtuales.alignment.checks.known_terms import KnownTerm, KnownTerms
from virtuales.alignment.checks.sameness import Collapse, Node, Sameness
from virtuales.alignment.coherence.judging import Reasoner, judge
from virtuales.alignment.coherence.report import Report
from virtuales.alignment.curators import Curator
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.terms import (
    BROAD_MATCH,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    EXACT_MATCH,
    NARROW_MATCH,
    NO_TERM_FOUND,
    SAME_AS,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
)
from virtuales.errors import TooLarge
from virtuales.models.axioms import axioms_of
from virtuales.models.facts import Model

SAME: Final = frozenset({EXACT_MATCH, EQUIVALENT_CLASS, EQUIVALENT_PROPERTY, SAME_AS})
"""Predicates that say that both terms mean the same."""
BELOW: Final = frozenset({BROAD_MATCH, SUB_CLASS_OF, SUB_PROPERTY_OF})
"""Predicates whose object is the broader term."""
_ACCEPTED: Final = re.compile(r"\baccepts=([\w-]+)")
"""How a mapping's `other` slot says that a finding is known and right."""
ORDERED: Final = SAME | BELOW | {NARROW_MATCH}


@dataclass(frozen=True)
class Pair:
    """A mapping with its terms.

    Args:
        mapping: The mapping.
        subject: The subject, if a registered model has it.
        object: The object, likewise.
    """

    mapping: Mapping
    subject: KnownTerm | None
    object: KnownTerm | None

    @property
    def sides(self) -> tuple[tuple[str, KnownTerm | None], ...]:
        """Both sides by name."""
        return (("subject", self.subject), ("object", self.object))

    @cached_property
    def stands(self) -> bool:
        """Whether it says that two terms are related."""
        return not (self.mapping.negated or self.mapping.unmapped or self.mapping.literal)

    @cached_property
    def same(self) -> bool:
        """Whether it says that two terms mean the same."""
        return self.stands and self.mapping.predicate_id in SAME

    @cached_property
    def ordered(self) -> tuple[Node, Node] | None:
        """The narrower and the broader term, if it says which is which."""
        predicate = self.mapping.predicate_id
        if not self.stands or predicate not in ORDERED - SAME:
            return None
        one, two = self.nodes
        return (two, one) if predicate == NARROW_MATCH else (one, two)

    @cached_property
    def nodes(self) -> tuple[Node, Node]:
        """Both terms as nodes."""
        return _node(self.mapping.subject_id, self.subject, self.mapping.subject_source), _node(
            self.mapping.object_id, self.object, self.mapping.object_source
        )


@dataclass(frozen=True)
class Fault:
    """What a check found.

    Args:
        what: One sentence that says what is wrong.
        remedy: One sentence that says what would be right.
        mapping: The mapping; None if it is about the set.
        slot: The slot.
    """

    what: str
    remedy: str = ""
    mapping: Mapping | None = None
    slot: str = ""


@dataclass(frozen=True)
class CheckedSet:
    """A set that is checked.

    Args:
        mapping_set: The set.
        terms: The terms of all models.
        all_pairs: The pairs of all sets that are known, this one's among them, by the sets' IRIs.
        curators: The people who answer for mappings, by their IRIs; None where no table of them applies.
        listed: The manifest's entry: IRI, the models of both sides; None if the set is in no manifest.
    """

    mapping_set: MappingSet
    terms: KnownTerms
    all_pairs: "AllPairs"
    curators: abc.Mapping[str, Curator] | None = None
    listed: tuple[str, str, str] | None = None

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The set's mappings with their terms."""
        return self.all_pairs.of(self.mapping_set)


@dataclass
class AllPairs:
    """The pairs of all sets that are known.

    Args:
        sets: The sets; a check of one sees what it says together with the others.
        terms: The terms of all models.
        reasoner: Says what mappings do to models.
    """

    sets: abc.Sequence[MappingSet]
    terms: KnownTerms
    reasoner: Reasoner = judge
    _pairs: dict[int, tuple[Pair, ...]] = field(default_factory=dict)

    def of(self, mapping_set: MappingSet) -> tuple[Pair, ...]:
        """Return the pairs of a set."""
        if id(mapping_set) not in self._pairs:
            self._pairs[id(mapping_set)] = tuple(map(self._pair, mapping_set.mappings))
        return self._pairs[id(mapping_set)]

    @cached_property
    def _joined(self) -> tuple[Sameness, dict[int, Collapse]]:
        sameness, found = Sameness(), {}
        for _, pair in self.every():
            collapse = sameness.join(*pair.nodes) if pair.same else None
            if collapse is not None:
                found[id(pair.mapping)] = collapse
        return sameness, found

    @property
    def sameness(self) -> Sameness:
        """What all mappings together say means the same."""
        return self._joined[0]

    @property
    def collapses(self) -> abc.Mapping[int, Collapse]:
        """What mappings, by their identity, would make the same in one model; `sameness` leaves them out."""
        return self._joined[1]

    @cached_property
    def parts(self) -> dict[Node, int]:
        """For each group of terms that mean the same, the circle of broader terms that it lies in."""
        graph: dict[Node, set[Node]] = {}
        models = {term.model.name: term.model for _, pair in self.every() for _, term in pair.sides if term is not None}
        ordered = (pair.ordered for _, pair in self.every())
        for edge in (*(each for each in ordered if each), *_hierarchy(models.values())):
            narrower, broader = map(self.sameness.group, edge)
            if narrower != broader:
                graph.setdefault(narrower, set()).add(broader)
        return components(graph)

    @cached_property
    def judged(self) -> abc.Mapping[int, tuple[MappingSet, Pair]]:
        """The pairs, by their mappings' identity, that are judged for coherence: `collapses` are left out."""
        said = ((each, pair) for each, pair in self.every() if pair.same or pair.ordered is not None)
        return {id(pair.mapping): (each, pair) for each, pair in said if id(pair.mapping) not in self.collapses}

    @cached_property
    def report(self) -> Report | None:
        """What all mappings together do to all models that they name; nothing if that takes too long to find out."""
        pairs = [pair for _, pair in self.judged.values()]
        models = {term.model.name: term.model for pair in pairs for _, term in pair.sides if term is not None}
        try:
            return self.reasoner(tuple(map(axioms_of, models.values())), [pair.mapping for pair in pairs])
        except TooLarge:
            return None

    def every(self) -> abc.Iterator[tuple[MappingSet, Pair]]:
        """Give every pair with its set, in the order of the sets."""
        return ((each, pair) for each in self.sets for pair in self.of(each))

    def _pair(self, mapping: Mapping) -> Pair:
        return Pair(
            mapping,
            self._term(mapping.subject_id, mapping.subject_source),
            self._term(mapping.object_id, mapping.object_source),
        )

    def _term(self, iri: str, source: str) -> KnownTerm | None:
        if not iri or iri == NO_TERM_FOUND:
            return None
        model = self.terms.named(source)
        found = self.terms.in_model(iri, model) if model else None
        return found or self.terms.anywhere(iri)


def accepted_codes(mapping: Mapping) -> abc.Collection[str]:
    """Return the codes of the findings that a mapping says are known and right, in its slot `other`."""
    return _ACCEPTED.findall(mapping.other)


def place_of(mapping_set: MappingSet, mapping: Mapping) -> str:
    """Name where a mapping stands: the file and the line."""
    name = Path(mapping_set.file).name if mapping_set.file else mapping_set.mapping_set_id
    return f"{name}, line {mapping.line}" if mapping.line else name


def _hierarchy(models: abc.Iterable[Model]) -> abc.Iterator[tuple[Node, Node]]:
    """Give each class, concept or property of some models with each one right above it."""
    for model in models:
        for fact in model.classes.values():
            for above in fact.superclasses:
                yield (model.name, fact.iri), (model.name, above)
        for each in model.properties.values():
            for above in each.superproperties:
                yield (model.name, each.iri), (model.name, above)


def _node(iri: str, term: KnownTerm | None, source: str) -> Node:
    if term is not None:
        return term.model.name, iri
    return source or iri[: max(iri.rfind("#"), iri.rfind("/")) + 1], iri
