"""Dependencies between the models of a package: which each header names, which its references need, and what is amiss.

By IEC 61970-552 a model's header names the models without which it is not complete (`md:Model.DependentOn`); by IEC
61970-600-1 equipment stands on boundaries, and the steady state, topology, dynamics, locations and the state on
equipment. A model may lean on what a model it names leans on in turn.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import numpy as np

from virtuales.preparation.cim.package import Package, PackagedModel
from virtuales.preparation.cim.reader import Hashes, ModelReading
from virtuales.preparation.cim.references import describes, places_of_references, refers_to

NEEDED: Mapping[str, frozenset[str]] = {
    "SSH": frozenset({"EQ"}),
    "TP": frozenset({"EQ"}),
    "SV": frozenset({"EQ"}),
    "DY": frozenset({"EQ"}),
    "GL": frozenset({"EQ"}),
    "TPBD": frozenset({"EQBD"}),
}
"""For each profile those that must be among what its models lean on (IEC 61970-600-1, on profile dependencies)."""

FORBIDDEN: Mapping[str, frozenset[str]] = {
    "EQ": frozenset({"SSH", "TP", "SV", "DY", "DL", "GL"}),
    "EQBD": frozenset({"EQ", "SSH", "TP", "SV", "DY", "DL", "GL"}),
    "SSH": frozenset({"SV", "DL"}),
    "TP": frozenset({"SV", "DL"}),
}
"""For each profile those that its models may not name: dependencies lead from states to equipment, not back."""

_SHOWN = 5


class FindingKind(StrEnum):
    """What is amiss with a dependency."""

    UNNAMED = "unnamed"
    ABSENT = "absent"
    OUTDATED = "outdated"
    PROFILES = "profiles"
    DANGLING = "dangling"
    UNRESOLVED = "unresolved"


ERRORS = frozenset({FindingKind.UNNAMED, FindingKind.PROFILES, FindingKind.DANGLING})
"""Kinds of findings that the sender has to mend; the others may be right where the package is one of several."""


@dataclass(frozen=True)
class Finding:
    """Something amiss.

    Args:
        kind: What.
        name: The file concerned.
        what: One sentence that says it.
        number: How many objects are concerned; 0 when none are.
        places: The first places, as `file, line, element: target`.
    """

    kind: FindingKind
    name: str
    what: str
    number: int = 0
    places: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether it must be mended."""
        return self.kind in ERRORS


@dataclass(frozen=True)
class NamedDependency:
    """A dependency that a header names.

    Args:
        iri: The model's IRI.
        name: The file of the package that holds it; None when none does.
    """

    iri: str
    name: str | None


@dataclass(frozen=True)
class DependencyReport:
    """What checking the dependencies of a package gave.

    Args:
        named: For each file the dependencies that its header names.
        findings: Everything amiss, by file in the package's order.
    """

    named: Mapping[str, tuple[NamedDependency, ...]]
    findings: tuple[Finding, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing must be mended."""
        return not any(finding.is_error for finding in self.findings)


def check_dependencies(package: Package) -> DependencyReport:
    """Check what the models of a package lean on; nothing is refused, everything is reported."""
    return _Check(package).report()


class _Check:
    def __init__(self, package: Package) -> None:
        self._models = package.models
        self._by_iri = {model.reading.header.iri: model for model in package.models if model.reading.header is not None}
        self._describes = {id(model): describes(model.reading) for model in package.models}
        self._superseded = {
            iri: model for model in package.models if model.reading.header for iri in model.reading.header.supersedes
        }

    def report(self) -> DependencyReport:
        named = {
            model.member.name: tuple(
                NamedDependency(iri, self._by_iri[iri].member.name if iri in self._by_iri else None)
                for iri in _named(model.reading)
            )
            for model in self._models
        }
        findings = [finding for model in self._models for finding in self._findings(model)]
        return DependencyReport(named, tuple(findings))

    def _findings(self, model: PackagedModel) -> Iterator[Finding]:
        yield from self._names(model)
        yield from self._profiles(model)
        yield from self._references(model)

    def _names(self, model: PackagedModel) -> Iterator[Finding]:
        for iri in _named(model.reading):
            newer = self._superseded.get(iri)
            if iri in self._by_iri:
                continue
            if newer is not None and newer is not model:
                what = f"The header names <{iri}>, which `{newer.member.name}` of the package supersedes."
                yield Finding(FindingKind.OUTDATED, model.member.name, what)
            else:
                what = f"The header names <{iri}>, which is not part of the package."
                yield Finding(FindingKind.ABSENT, model.member.name, what)

    def _profiles(self, model: PackagedModel) -> Iterator[Finding]:
        own = set(model.reading.short_profiles)
        near = [self._by_iri[iri] for iri in _named(model.reading) if iri in self._by_iri]
        for other in near:
            forbidden = set(other.reading.short_profiles) & _union(FORBIDDEN, own)
            if other is model or forbidden:
                of = "itself" if other is model else f"a model of {'+'.join(sorted(forbidden))}"
                what = f"A model of {'+'.join(sorted(own))} names {of} as what it depends on: `{other.member.name}`."
                yield Finding(FindingKind.PROFILES, model.member.name, what)
            if other.reading.vocabulary != model.reading.vocabulary:
                what = (
                    f"The model is of {model.reading.vocabulary} and depends on `{other.member.name}`, "
                    f"which is of {other.reading.vocabulary}."
                )
                yield Finding(FindingKind.PROFILES, model.member.name, what)
        reached, absent = self._reached(model)
        if absent:
            return
        profiles = {profile for other in reached for profile in other.reading.short_profiles}
        for missing in sorted(_union(NEEDED, own) - profiles - own):
            what = f"A model of {'+'.join(sorted(own))} needs one of {missing}, and its header leads to none."
            yield Finding(FindingKind.PROFILES, model.member.name, what)

    def _references(self, model: PackagedModel) -> Iterator[Finding]:
        reached, absent = self._reached(model)
        left = np.setdiff1d(refers_to(model.reading), self._describes[id(model)])
        for other in reached:
            left = np.setdiff1d(left, self._describes[id(other)])
        for other in self._models:
            found = np.intersect1d(left, self._describes[id(other)])
            if other is model or not found.size:
                continue
            left = np.setdiff1d(left, found)
            iri = other.reading.header.iri if other.reading.header is not None else "no identifier"
            what = f"The model refers to objects of `{other.member.name}`, and its header does not name <{iri}>."
            yield self._placed(FindingKind.UNNAMED, model, what, found)
        if left.size and absent:
            what = "Objects are referred to that only an absent model can describe."
            yield self._placed(FindingKind.UNRESOLVED, model, what, left)
        elif left.size:
            what = "Objects are referred to that no model of the package describes."
            yield self._placed(FindingKind.DANGLING, model, what, left)

    def _placed(self, kind: FindingKind, model: PackagedModel, what: str, targets: Hashes) -> Finding:
        found = islice(places_of_references(model, targets), _SHOWN)
        places = tuple(f"{where}: {target}" for where, target in found)
        return Finding(kind, model.member.name, what, int(targets.size), places)

    def _reached(self, model: PackagedModel) -> tuple[Sequence[PackagedModel], bool]:
        """Return the models that a model leans on by its header or theirs, and whether one of them is absent."""
        reached: dict[str, PackagedModel] = {}
        waiting, absent = list(_named(model.reading)), False
        while waiting:
            iri = waiting.pop()
            other = self._by_iri.get(iri)
            if other is None:
                absent = True
            elif iri not in reached:
                reached[iri] = other
                waiting += _named(other.reading)
        return [other for other in reached.values() if other is not model], absent


def _union(rules: Mapping[str, frozenset[str]], profiles: Iterable[str]) -> set[str]:
    return {one for profile in profiles for one in rules.get(profile, ())}


def _named(reading: ModelReading) -> tuple[str, ...]:
    return reading.header.dependent_on if reading.header is not None else ()
