"""Comparing two states of mappings: which translations, saved queries and gap reports differ between them."""

from collections import abc
from dataclasses import dataclass, fields, is_dataclass
from operator import is_

from virtuales.alignment.checks.known_terms import KnownTerms
from virtuales.alignment.gaps.analysis import analyse
from virtuales.alignment.gaps.cell import GapReport
from virtuales.alignment.impact.record import Answerable, GapChange, QueryChange, TermChange, TranslationChange
from virtuales.alignment.impact.ways import Ways, ways
from virtuales.alignment.registered.folder import MappingFolder
from virtuales.alignment.use_cases.registry import UseCaseRegistry
from virtuales.errors import UnknownTerm
from virtuales.models.ontology_file import model_iri
from virtuales.models.registry import ModelRegistry
from virtuales.query.syntax.parser import parse_query
from virtuales.rdf.terms import NamedNode


@dataclass(frozen=True)
class AskedQuery:
    """A saved query, as far as it matters here.

    Args:
        name: Its name.
        text: Its text.
        models: Registered names of the models in whose terms it asks; empty if it does not say.
    """

    name: str
    text: str
    models: tuple[str, ...] = ()


class Comparison:
    """Two states of mappings, one without a file and one with it.

    Args:
        before: The mappings without it.
        after: The mappings with it.
        models: The registered models.
    """

    def __init__(self, before: MappingFolder, after: MappingFolder, models: ModelRegistry) -> None:
        self.before = before
        self.after = after
        self.models = models
        self._terms = KnownTerms(models)
        self._ways: dict[tuple[str, str], tuple[Ways, Ways]] = {}

    def both(self, ends: tuple[str, str]) -> tuple[Ways, Ways]:
        """Return what leads from one model to another in both states."""
        if ends not in self._ways:
            self._ways[ends] = ways(self.before, ends, self._terms), ways(self.after, ends, self._terms)
        return self._ways[ends]

    def name(self, iri: str) -> str:
        """Return the registered name of a model, or its IRI."""
        model = self._terms.named(iri)
        return model.name if model else iri

    def iri(self, model: str) -> str:
        """Return the IRI by which sets name a model that is given by its name or IRI."""
        if model in self._terms.sources():
            return model
        try:
            return self.models.file(model).iri.value
        except UnknownTerm:  # in no manifest: added while a node runs, or not registered at all
            return model if ":" in model else model_iri(model).value

    def translation(self, ends: tuple[str, str]) -> TranslationChange | None:
        """Return how the translation from one model to another differs; None if it does not."""
        old, new = self.both(ends)
        every = sorted(old.carried.keys() | new.carried.keys())
        found = [TermChange(term, old.carried.get(term, ""), new.carried.get(term, "")) for term in every]
        different = [one for one in found if one.before != one.after]
        if not different and old.rules == new.rules and old.fault == new.fault:
            return None
        return TranslationChange(
            self.name(ends[0]),
            self.name(ends[1]),
            gained=tuple(one for one in different if not one.before),
            lost=tuple(one for one in different if not one.after),
            changed=tuple(one for one in different if one.before and one.after),
            rules_gained=tuple(sorted(new.rules.keys() - old.rules.keys())),
            rules_lost=tuple(sorted(old.rules.keys() - new.rules.keys())),
            rules_changed=tuple(
                sorted(name for name, query in new.rules.items() if old.rules.get(name, query) != query)
            ),
            fault=new.fault,
        )

    def queries(self, ends: tuple[str, str], asked: abc.Iterable[AskedQuery]) -> abc.Iterator[QueryChange]:
        """Give the queries in terms of one model that are answered otherwise from data of another.

        Args:
            ends: The IRIs of the data's model and of the model in whose terms the queries ask.
            asked: The queries.
        """
        target = self._terms.named(ends[1])
        if target is None:
            return
        old, new = self.both(ends)
        touched = _touched(old, new)
        for query in asked:
            if query.models and target.name not in query.models:
                continue
            needed = {iri for iri in iris_of(query.text) if self._terms.in_model(iri, target)}
            if not needed & touched:
                continue
            lacking = needed - new.reached
            yield QueryChange(
                query.name,
                self.name(ends[0]),
                target.name,
                _outcome(could=needed <= old.reached, can=not lacking),
                tuple(sorted(needed & touched)),
                tuple(sorted(lacking)),
            )

    def gaps(self, use_cases: UseCaseRegistry) -> abc.Iterator[GapChange]:
        """Give the requirements that some model meets otherwise.

        Args:
            use_cases: The records of the use cases.
        """
        sides = [tuple(folder.mappings.all()) for folder in (self.before, self.after)]
        if len(sides[0]) == len(sides[1]) and all(map(is_, *sides)):
            return  # only sets count, and none differs
        for name in use_cases.names():
            use_case = use_cases.use_case(name)
            old, new = (analyse(use_case, models=self.models, sets=sets) for sets in sides)
            yield from _gap_changes(name, old, new)


def iris_of(query: str) -> frozenset[str]:
    """Return every IRI that a query names.

    Raises:
        InputError: it is not valid SPARQL.

    >>> sorted(iris_of("PREFIX a: <http://a/> ASK { ?s a:p/a:q ?o FILTER (?o = a:r) }"))
    ['http://a/p', 'http://a/q', 'http://a/r']
    """
    found: set[str] = set()
    waiting: list[object] = [parse_query(query)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, NamedNode):
            found.add(part.value)
        elif isinstance(part, tuple):
            waiting.extend(part)
        elif is_dataclass(part):
            waiting.extend(getattr(part, each.name) for each in fields(part))
    return frozenset(found)


def _touched(old: Ways, new: Ways) -> set[str]:
    """Return the target's terms that something is carried to in one state and not in the other."""
    terms = old.carried.keys() | new.carried.keys()
    ends = {(term, state.carried.get(term, "")) for term in terms for state in (old, new)}
    differ = {end for term, end in ends if old.carried.get(term, "") != new.carried.get(term, "")}
    return differ | (old.reached ^ new.reached)


def _outcome(*, could: bool, can: bool) -> Answerable:
    if could and can:
        return "is answered otherwise"
    if can:
        return "becomes answerable"
    return "is no longer answerable" if could else "stays unanswerable"


def _gap_changes(name: str, old: GapReport, new: GapReport) -> abc.Iterator[GapChange]:
    for before, after in zip(old.rows, new.rows, strict=True):
        for model, was, now in zip(new.names, before.cells, after.cells, strict=True):
            if (was.status, was.terms) != (now.status, now.terms):
                one = after.requirement
                yield GapChange(name, one.identifier, one.title, model, was.status, now.status)
