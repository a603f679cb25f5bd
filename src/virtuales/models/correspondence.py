"""Which term of one model is which of another: the pairing that a comparison of two versions stands on.

A publisher who brings out a new version often gives the whole vocabulary a new namespace. The namespaces that succeed
each other are told from the local names they share, and a term of the same local name in the succeeding namespace is
the same term. Beyond that a term may have been renamed: the same local name stands in a namespace that is no successor,
or a name is much alike where all else agrees. Each such pair says why.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from virtuales.models.facts import ClassFact, Model, PropertyFact, local_name
from virtuales.models.words import squashed, words_of_name

_ALIKE = 0.8
"""How much alike two names have to be, 0 to 1, to be taken for one name in two spellings."""
_SHARED = 0.5
"""The share of members or attributes that two classes must have in common beside names that are alike."""


@dataclass(frozen=True)
class Pair:
    """A term and what became of it.

    Args:
        before: IRI in the earlier model.
        after: IRI in the later model.
        why: What tells that a renamed term is the same; empty where its name did not change.
    """

    before: str
    after: str
    why: str = ""


@dataclass(frozen=True)
class Succession:
    """A namespace and the one that took its place, with how many local names they share."""

    before: str
    after: str
    shared: int


@dataclass(frozen=True)
class Correspondence:
    """Which terms of two models are the same.

    Args:
        pairs: The terms that both have, by IRI in the earlier model.
        successions: The namespaces that took the place of others.
        removed: IRIs of the terms that the later model has no more, sorted.
        added: IRIs of the terms that the earlier model had not, sorted.
    """

    pairs: Mapping[str, Pair]
    successions: tuple[Succession, ...]
    removed: tuple[str, ...]
    added: tuple[str, ...]


def corresponding(before: Model, after: Model) -> Correspondence:
    """Pair the terms of two models, from their facts alone."""
    return _Pairing(before, after).made()


@dataclass
class _Pairing:
    """The pairs found so far, and the terms that are left over."""

    before: Model
    after: Model
    pairs: dict[str, Pair] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def made(self) -> Correspondence:
        successions = _successions(self.before, self.after)
        self._pair_by_name({each.before: each.after for each in successions})
        self._pair_elsewhere()
        self._pair_classes()
        self._pair_properties()
        return Correspondence(
            pairs=dict(sorted(self.pairs.items())),
            successions=tuple(each for each in successions if each.before != each.after),
            removed=tuple(sorted(self._left_before())),
            added=tuple(sorted(self._left_after())),
        )

    def _pair(self, before: str, after: str, why: str = "") -> None:
        self.pairs[before] = Pair(before, after, why)
        self.taken.add(after)

    def _left_before(self) -> list[str]:
        return [iri for iri in _terms(self.before) if iri not in self.pairs]

    def _left_after(self) -> list[str]:
        return [iri for iri in _terms(self.after) if iri not in self.taken]

    def _pair_by_name(self, successors: Mapping[str, str]) -> None:
        there = set(_terms(self.after))
        for iri in _terms(self.before):
            space = namespace(iri)
            same = iri if iri in there else successors.get(space, space) + iri[len(space) :]
            if same in there and _comparable(self.before, iri, self.after, same):
                self._pair(iri, same)

    def _pair_elsewhere(self) -> None:
        """Pair what has the same local name in a namespace that is no successor, where just one has it."""
        by_name: dict[str, list[str]] = {}
        for iri in self._left_after():
            by_name.setdefault(local_name(iri), []).append(iri)
        for iri in self._left_before():
            found = [each for each in by_name.get(local_name(iri), ()) if each not in self.taken]
            if len(found) == 1 and _comparable(self.before, iri, self.after, found[0]):
                self._pair(iri, found[0], "the same name in another namespace")

    def _pair_classes(self) -> None:
        candidates = (
            (_alike(local_name(old), local_name(new)), old, new)
            for old in self._left_before()
            if old in self.before.classes
            for new in self._left_after()
            if new in self.after.classes
        )
        for likeness, old, new in _best_first(candidates):
            why = self._same_class(self.before.classes[old], self.after.classes[new])
            if old not in self.pairs and new not in self.taken and why:
                self._pair(old, new, f"names alike ({likeness:.2f}), {why}")

    def _same_class(self, old: ClassFact, new: ClassFact) -> str:
        """Say what beside its name tells that a class is the same; nothing when nothing does."""
        if old.kind != new.kind:
            return ""
        mine, theirs = self._features(self.before, old), self._features(self.after, new)
        shared = len(mine & theirs) / max(len(mine | theirs), 1)
        if shared >= _SHARED:
            what = "values" if old.kind == "enumeration" else "properties"
            return f"{shared:.0%} of the {what} the same"
        above = {self._renamed(iri) for iri in old.superclasses}
        if old.kind != "enumeration" and above and above == set(new.superclasses) and not mine and not theirs:
            return "the same class above"
        return ""

    def _features(self, model: Model, fact: ClassFact) -> set[str]:
        """Return the names by which a class is known beside its own: of its values, or of its properties."""
        if fact.kind == "enumeration":
            return {local_name(iri).rpartition(".")[2] for iri in fact.members}
        own = (each for each in model.properties.values() if fact.iri in each.domains)
        return {local_name(each.iri).rpartition(".")[2] for each in own}

    def _pair_properties(self) -> None:
        by_domain: dict[str, list[str]] = {}
        for iri in self._left_after():
            for domain in self.after.properties[iri].domains if iri in self.after.properties else ():
                by_domain.setdefault(domain, []).append(iri)
        old = [iri for iri in self._left_before() if iri in self.before.properties]
        for candidates in (self._in_renamed_classes(old, by_domain), self._alike_in_class(old, by_domain)):
            for likeness, before, after in _best_first(candidates):
                if before not in self.pairs and after not in self.taken:
                    name = self.after.short(self.after.properties[after].domains[0])
                    how = "its class was renamed" if likeness == 1 else f"names alike ({likeness:.2f})"
                    self._pair(before, after, f"{how}, of {name}, with the same values")
        self._pair_moved(old)

    def _in_renamed_classes(
        self, old: Iterable[str], by_domain: Mapping[str, Sequence[str]]
    ) -> Iterator[tuple[float, str, str]]:
        for before, after in self._in_same_class(old, by_domain):
            if _attribute(before) == _attribute(after):
                yield 1.0, before, after

    def _alike_in_class(
        self, old: Iterable[str], by_domain: Mapping[str, Sequence[str]]
    ) -> Iterator[tuple[float, str, str]]:
        for before, after in self._in_same_class(old, by_domain):
            likeness = _alike(_attribute(before), _attribute(after))
            if _attribute(before) != _attribute(after) and self._same_values(before, after):
                yield likeness, before, after

    def _in_same_class(self, old: Iterable[str], by_domain: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
        for before in old:
            for domain in self.before.properties[before].domains:
                yield from ((before, after) for after in by_domain.get(self._renamed(domain), ()))

    def _same_values(self, before: str, after: str) -> bool:
        old, new = self.before.properties[before], self.after.properties[after]
        mine = {local_name(self._renamed(iri)) for iri in values_of(old)}
        return mine == {local_name(iri) for iri in values_of(new)} and (old.used is None) == (new.used is None)

    def _pair_moved(self, old: Iterable[str]) -> None:
        """Pair a property with one of the same name and values at a class above or below its own, where just one is."""
        by_name: dict[str, list[str]] = {}
        for iri in self._left_after():
            if iri in self.after.properties:
                by_name.setdefault(_attribute(iri), []).append(iri)
        for before in old:
            if before in self.pairs:
                continue
            near = self._classes_near(self.before.properties[before].domains)
            found = [
                after
                for after in by_name.get(_attribute(before), ())
                if after not in self.taken
                and near & set(self.after.properties[after].domains)
                and self._same_values(before, after)
            ]
            if len(found) == 1:
                self._pair(before, found[0], "the same name and values, at a class above or below")

    def _classes_near(self, domains: Iterable[str]) -> set[str]:
        """Return the later model's classes that are above or below a class in either model."""
        here = {each for iri in domains for each in (*self.before.ancestors(iri), *self.before.descendants(iri))}
        there = {self._renamed(iri) for iri in here}
        own = [self._renamed(iri) for iri in domains]
        return there | {each for iri in own for each in (*self.after.ancestors(iri), *self.after.descendants(iri))}

    def _renamed(self, iri: str) -> str:
        return self.pairs[iri].after if iri in self.pairs else iri


def namespace(iri: str) -> str:
    """Return a term's IRI without its local name."""
    return iri[: len(iri) - len(local_name(iri))]


def values_of(fact: PropertyFact) -> tuple[str, ...]:
    """Return what a property's values are: classes, or the model's own type, or a datatype."""
    return fact.ranges or ((fact.value_type,) if fact.value_type else (fact.datatype,) if fact.datatype else ())


def _terms(model: Model) -> Iterator[str]:
    yield from model.classes
    yield from model.properties


def _comparable(before: Model, old: str, after: Model, new: str) -> bool:
    """Tell whether both are properties, or neither is."""
    return (old in before.properties) == (new in after.properties)


def _successions(before: Model, after: Model) -> list[Succession]:
    """Pair the namespaces that share most local names; a namespace that both have is its own successor."""
    names: dict[str, list[str]] = {}
    for iri in _terms(after):
        names.setdefault(local_name(iri), []).append(namespace(iri))
    shared = Counter((namespace(iri), space) for iri in _terms(before) for space in names.get(local_name(iri), ()))
    ranked = sorted(shared.items(), key=lambda each: (each[0][0] != each[0][1], -each[1], each[0]))
    found: list[Succession] = []
    for (old, new), count in ranked:
        if old not in {each.before for each in found} and new not in {each.after for each in found}:
            found.append(Succession(old, new, count))
    return found


def _attribute(iri: str) -> str:
    return local_name(iri).rpartition(".")[2]


def _alike(first: str, second: str) -> float:
    """Return how much alike two names are, by their letters or by their words, 0 to 1."""
    letters = SequenceMatcher(None, squashed(first), squashed(second), autojunk=False).ratio()
    mine, theirs = set(words_of_name(first)[1:]), set(words_of_name(second)[1:])
    words = 2 * len(mine & theirs) / max(len(mine) + len(theirs), 1)
    return max(letters, words)


def _best_first(candidates: Iterable[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    return sorted((each for each in candidates if each[0] >= _ALIKE), key=lambda each: (-each[0], each[1], each[2]))
