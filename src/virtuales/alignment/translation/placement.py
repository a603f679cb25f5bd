"""Which model of a package a statement belongs into: the one whose profile has its property, the nearest first.

A package of models is translated as a whole, because a property may belong to another profile in the target than in the
source: a limit's value moves from the equipment to the steady state, a node from the boundary's topology to another.
"""

from collections import abc
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from virtuales.alignment.translation.term_table import TermTable
from virtuales.errors import InputError, UnknownTerm
from virtuales.models.facts import Model


@dataclass(frozen=True)
class SourceModel:
    """One model of a package, as it is to be translated.

    Args:
        name: What messages call it.
        iri: The model's IRI; empty where it has no header.
        profiles: IRIs of the profiles it follows.
        statements: The file with its N-Triples, those of the header among them.
        dependent_on: IRIs of the models without which it is not complete.
    """

    name: str
    iri: str
    profiles: tuple[str, ...]
    statements: Path
    dependent_on: tuple[str, ...] = ()


class Room:
    """The room that one model of the source has in the target: the profiles that its statements may be of.

    Args:
        model: The source's model.
        profiles: For each keyword of a target's profile the IRI that a header names it by.
        extending: Keywords of profiles that a model of these may have too, once it needs them.
    """

    def __init__(self, model: SourceModel, profiles: abc.Mapping[str, str], extending: abc.Mapping[str, str]) -> None:
        self.model = model
        self._profiles = dict(profiles)
        self._extending = dict(extending)

    @cached_property
    def keywords(self) -> frozenset[str]:
        """Keywords of all profiles that statements may be of."""
        return frozenset(self._profiles) | frozenset(self._extending)

    def take(self, keywords: frozenset[str]) -> None:
        """Note that a statement of one of these profiles is here, so that the header names one of them."""
        if self._profiles.keys() & keywords:
            return
        needed = min(self._extending.keys() & keywords)
        self._profiles[needed] = self._extending.pop(needed)

    @property
    def header_profiles(self) -> tuple[str, ...]:
        """IRIs of the profiles that the translated model follows."""
        return tuple(self._profiles.values())


def rooms(models: abc.Sequence[SourceModel], table: TermTable, source: Model, target: Model) -> tuple[Room, ...]:
    """Find the room of each model.

    Raises:
        InputError: none of a model's profiles has a counterpart in the target.
    """
    keywords = {iri: fact.keyword for fact in target.profiles.values() for iri in fact.versions}
    known = {iri: fact.keyword for fact in source.profiles.values() for iri in fact.versions}
    found = []
    for model in models:
        mapped = [table.terms[iri] for iri in model.profiles if iri in table.terms]
        profiles = {keywords[iri]: iri for iri in mapped if iri in keywords}
        if not profiles:
            raise InputError(
                f"The model follows {_listed(model.profiles)}, and no mapping says what that is in `{target.name}`.",
                where=model.name,
                remedy="Leave the model out, or map the profile's IRI.",
            )
        own = {known[iri] for iri in model.profiles if iri in known}
        extending = {
            keyword: _version(target, keyword)
            for keyword, base in (*_extensions(source), *_extensions(target))
            if keyword not in profiles and keyword in target.profiles and base in own | profiles.keys()
        }
        found.append(Room(model, profiles, extending))
    return tuple(found)


def _extensions(model: Model) -> abc.Iterator[tuple[str, str]]:
    return ((fact.keyword, base) for fact in model.profiles.values() for base in fact.extends)


def _version(model: Model, keyword: str) -> str:
    versions = model.profiles[keyword].versions
    if not versions:
        raise UnknownTerm(f"No IRI is known for the profile {keyword}.", where=model.name)
    return versions[0]


def _listed(iris: abc.Iterable[str]) -> str:
    return ", ".join(f"<{iri}>" for iri in iris)


class Placement:
    """Finds the model that a statement goes into.

    Args:
        rooms: The room of each model of the package.
    """

    def __init__(self, rooms: abc.Sequence[Room]) -> None:
        self._rooms = rooms
        self.place = cache(self._place)
        """Return the number of the nearest model with room for one of some profiles, seen from a model; or None."""

    @cached_property
    def _neighbours(self) -> dict[int, list[int]]:
        by_iri = {room.model.iri: number for number, room in enumerate(self._rooms) if room.model.iri}
        found: dict[int, list[int]] = {number: [] for number in range(len(self._rooms))}
        for number, room in enumerate(self._rooms):
            for other in (by_iri[iri] for iri in room.model.dependent_on if iri in by_iri):
                found[number].append(other)
                found[other].append(number)
        return found

    def _place(self, start: int, keywords: frozenset[str]) -> int | None:
        seen = dict.fromkeys([start])
        waiting = [start]
        while waiting:
            number = waiting.pop(0)
            if self._rooms[number].keywords & keywords:
                return number
            fresh = [one for one in self._neighbours[number] if one not in seen]
            seen |= dict.fromkeys(fresh)
            waiting += fresh
        left = [number for number, room in enumerate(self._rooms) if room.keywords & keywords]
        return left[0] if len(left) == 1 else None  # of several that nothing connects, none is the right one
