"""What changed between two models, or two versions of one, from their facts alone.

Terms are paired first (`virtuales.models.correspondence`). Of each pair the facts are compared as the pairing reads
them: that the whole vocabulary has a new namespace, or that a class was renamed, is no change of all that names it. A
change has one or more kinds:

- *added*, *removed*: the other model has no such term;
- *renamed*: it has another local name, or the same in a namespace that is no successor of its own; why says how it was
  known again;
- *moved*: it has another domain, or other classes above it;
- *retyped*: other values, datatype, unit, multiplicity, members of an enumeration, or another kind of term;
- *reprofiled*: other profiles have it, or let objects have it as their class;
- *deprecated*: its publisher advises against its use now, or no more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from virtuales.errors import UnknownTerm
from virtuales.models.correspondence import Pair, Succession, corresponding, values_of
from virtuales.models.facts import ClassFact, Model, PropertyFact, local_name
from virtuales.models.terms import unit_symbol

ChangeKind = Literal["added", "removed", "renamed", "moved", "retyped", "reprofiled", "deprecated"]
CHANGE_KINDS: tuple[ChangeKind, ...] = get_args(ChangeKind)
Aspect = Literal[
    "domain",
    "superclass",
    "kind",
    "values",
    "datatype",
    "unit",
    "multiplicity",
    "members",
    "inverse",
    "stated",
    "deprecated",
    "profiles",
    "concrete",
]
_KIND_OF: Mapping[Aspect, ChangeKind] = {
    "domain": "moved",
    "superclass": "moved",
    "profiles": "reprofiled",
    "concrete": "reprofiled",
    "deprecated": "deprecated",
}
"""What kind of change a difference in an aspect is; the others make a term *retyped*."""


@dataclass(frozen=True)
class Detail:
    """One difference between the facts of a term.

    Args:
        aspect: What differs.
        before: What the earlier model says; empty where it says nothing.
        after: What the later model says.
        profile: Keyword of the profile that a multiplicity is of.
    """

    aspect: Aspect
    before: str
    after: str
    profile: str = ""

    @property
    def kind(self) -> ChangeKind:
        """What kind of change it is."""
        return _KIND_OF.get(self.aspect, "retyped")


@dataclass(frozen=True)
class Change:
    """What became of a term.

    Args:
        kinds: The kinds of change.
        sort: `property`, or what kind of other term it is.
        before: IRI in the earlier model; None when it was added.
        after: IRI in the later model; None when it was removed.
        details: How its facts differ.
        why: How a renamed term was known again, or where else a term was or is.
        profiles: Keywords of the profiles that have or had it.
    """

    kinds: tuple[ChangeKind, ...]
    sort: str
    before: str | None
    after: str | None
    details: tuple[Detail, ...] = ()
    why: str = ""
    profiles: tuple[str, ...] = ()

    @property
    def is_property(self) -> bool:
        """Whether the term is a property."""
        return self.sort == "property"


@dataclass(frozen=True)
class Tally:
    """How many terms of a sort there are, and how many changed how.

    Args:
        before: Terms of the earlier model.
        after: Terms of the later model.
        kinds: For each kind of change how many terms have it.
    """

    before: int
    after: int
    kinds: Mapping[ChangeKind, int]


@dataclass(frozen=True)
class Comparison:
    """What changed between two models.

    Args:
        before: The earlier model.
        after: The later model.
        changes: What became of each term that changed, by name.
        successions: The namespaces that took the place of others.
        profile: Keyword of the profile looked at; None for all.
    """

    before: Model
    after: Model
    changes: tuple[Change, ...]
    successions: tuple[Succession, ...]
    profile: str | None = None

    def tally(self, *, properties: bool) -> Tally:
        """Count the changes of the properties, or of all other terms."""
        found = [change for change in self.changes if change.is_property == properties]
        return Tally(
            before=sum(1 for _ in self._terms(self.before, properties)),
            after=sum(1 for _ in self._terms(self.after, properties)),
            kinds={kind: sum(kind in change.kinds for change in found) for kind in CHANGE_KINDS},
        )

    def aspects(self) -> Mapping[Aspect, int]:
        """Count for each aspect the terms in which it differs."""
        aspects: tuple[Aspect, ...] = get_args(Aspect)
        return {
            aspect: sum(any(detail.aspect == aspect for detail in change.details) for change in self.changes)
            for aspect in aspects
        }

    def select(self, kind: ChangeKind | None = None, *, properties: bool | None = None) -> tuple[Change, ...]:
        """Return the changes of a kind, of properties or of other terms."""
        return tuple(
            change
            for change in self.changes
            if (kind is None or kind in change.kinds) and (properties is None or change.is_property == properties)
        )

    def name(self, change: Change) -> str:
        """Return a changed term's prefixed name: the later one where there is one."""
        return self.after.short(change.after) if change.after else self.before.short(change.before or "")

    def _terms(self, model: Model, properties: bool) -> Iterator[ClassFact | PropertyFact]:
        facts: Iterable[ClassFact | PropertyFact] = (model.properties if properties else model.classes).values()
        return (fact for fact in facts if self.profile is None or self.profile in fact.profiles)


def compare(before: Model, after: Model, profile: str | None = None) -> Comparison:
    """Compare two models.

    Args:
        before: The earlier model.
        after: The later model.
        profile: Keyword of a profile; what is in it before or after is compared then, and multiplicities of it alone.

    Raises:
        UnknownTerm: neither model has such a profile.
    """
    if profile is not None and profile not in {*before.profiles, *after.profiles}:
        known = sorted({*before.profiles, *after.profiles})
        raise UnknownTerm(
            f"Neither model has a profile `{profile}`.",
            where="profile",
            remedy="Known are: " + ", ".join(known) + "." if known else "Leave the profile out.",
        )
    found = corresponding(before, after)
    changes = [
        *(_alone(before, iri, "removed") for iri in found.removed),
        *(_alone(after, iri, "added") for iri in found.added),
        *(change for pair in found.pairs.values() if (change := _changed(before, after, pair, found.pairs))),
    ]
    if profile is not None:
        changes = [seen for change in changes if (seen := _within(change, before, after, profile))]
    made = Comparison(before, after, (), found.successions, profile)
    return replace(made, changes=tuple(sorted(changes, key=lambda change: (made.name(change), change.kinds))))


def _fact(model: Model, iri: str) -> ClassFact | PropertyFact:
    return model.classes.get(iri) or model.properties[iri]


def _sort(fact: ClassFact | PropertyFact) -> str:
    return fact.kind if isinstance(fact, ClassFact) else "property"


def _alone(model: Model, iri: str, kind: ChangeKind) -> Change:
    fact = _fact(model, iri)
    before, after = (iri, None) if kind == "removed" else (None, iri)
    return Change((kind,), _sort(fact), before, after, profiles=tuple(sorted(fact.profiles)))


def _changed(before: Model, after: Model, pair: Pair, pairs: Mapping[str, Pair]) -> Change | None:
    old, new = _fact(before, pair.before), _fact(after, pair.after)
    details = tuple(detail for detail in _details(_read(old, pairs), new) if detail.before != detail.after)
    kinds = {detail.kind for detail in details}
    if pair.why:
        kinds.add("renamed")
    if not kinds:
        return None
    return Change(
        kinds=tuple(kind for kind in CHANGE_KINDS if kind in kinds),
        sort=_sort(new),
        before=pair.before,
        after=pair.after,
        details=details,
        why=pair.why,
        profiles=tuple(sorted(old.profiles | new.profiles)),
    )


def _read(fact: ClassFact | PropertyFact, pairs: Mapping[str, Pair]) -> ClassFact | PropertyFact:
    """Return the facts of a term with the terms they name as the later model calls them."""

    def renamed(iris: Iterable[str]) -> tuple[str, ...]:
        return tuple(pairs[iri].after if iri in pairs else iri for iri in iris)

    if isinstance(fact, ClassFact):
        return replace(fact, superclasses=renamed(fact.superclasses))
    return replace(
        fact,
        domains=renamed(fact.domains),
        ranges=renamed(fact.ranges),
        value_type=renamed([fact.value_type])[0] if fact.value_type else None,
        inverse=renamed([fact.inverse])[0] if fact.inverse else None,
    )


def _details(old: ClassFact | PropertyFact, new: ClassFact | PropertyFact) -> Iterator[Detail]:
    if isinstance(old, PropertyFact) and isinstance(new, PropertyFact):
        yield from _of_property(old, new)
    elif isinstance(old, ClassFact) and isinstance(new, ClassFact):
        yield from _of_class(old, new)
    yield Detail("deprecated", _yes(old.deprecated), _yes(new.deprecated))
    yield Detail("profiles", ", ".join(sorted(old.profiles)), ", ".join(sorted(new.profiles)))


def _of_property(old: PropertyFact, new: PropertyFact) -> Iterator[Detail]:
    yield Detail("domain", _names(old.domains), _names(new.domains))
    yield Detail("kind", _nature(old), _nature(new))
    yield Detail("values", _names(values_of(old)), _names(values_of(new)))
    yield Detail("datatype", local_name(old.datatype or ""), local_name(new.datatype or ""))
    yield Detail("unit", unit_symbol(old), unit_symbol(new))
    yield Detail("inverse", local_name(old.inverse or ""), local_name(new.inverse or ""))
    yield Detail("stated", _yes(old.used is not False), _yes(new.used is not False))
    for keyword in sorted(old.multiplicities.keys() & new.multiplicities.keys()):
        often = str(old.multiplicities[keyword]), str(new.multiplicities[keyword])
        yield Detail("multiplicity", *often, profile=keyword)


def _of_class(old: ClassFact, new: ClassFact) -> Iterator[Detail]:
    yield Detail("superclass", _names(old.superclasses), _names(new.superclasses))
    yield Detail("kind", old.kind, new.kind)
    yield Detail("concrete", ", ".join(sorted(old.concrete)), ", ".join(sorted(new.concrete)))
    gone, come = _members(old) - _members(new), _members(new) - _members(old)
    yield Detail("members", ", ".join(sorted(gone)), ", ".join(sorted(come)))


def _within(change: Change, before: Model, after: Model, profile: str) -> Change | None:
    """Return a change as somebody sees it who looks at one profile; None when it is not seen there."""
    was, is_ = _profiles_of(before, change.before), _profiles_of(after, change.after)
    if profile not in was | is_:
        return None
    if change.before and change.after and (profile in was) != (profile in is_):
        kind: ChangeKind = "added" if profile in is_ else "removed"
        others = ", ".join(sorted((was if kind == "added" else is_) - {profile})) or "no profile"
        why = f"{'was' if kind == 'added' else 'is now'} in {others}"
        return replace(change, kinds=(kind,), why="; ".join(part for part in (why, change.why) if part))
    details = tuple(_seen(change.details, profile))
    kinds = {detail.kind for detail in details} | ({"added", "removed", "renamed"} & set(change.kinds))
    if not kinds:
        return None
    return replace(change, kinds=tuple(kind for kind in CHANGE_KINDS if kind in kinds), details=details)


def _seen(details: Iterable[Detail], profile: str) -> Iterator[Detail]:
    """Give the details that one profile is concerned with."""
    for detail in details:
        if detail.aspect == "concrete":
            was, is_ = (profile in text.split(", ") for text in (detail.before, detail.after))
            if was != is_:
                yield replace(detail, before=_yes(was), after=_yes(is_), profile=profile)
        elif detail.aspect != "profiles" and detail.profile in {"", profile}:
            yield detail


def _profiles_of(model: Model, iri: str | None) -> frozenset[str]:
    return _fact(model, iri).profiles if iri else frozenset()


def _members(fact: ClassFact) -> set[str]:
    return {local_name(iri).rpartition(".")[2] for iri in fact.members}


def _names(iris: Iterable[str]) -> str:
    return ", ".join(sorted(map(local_name, iris)))


def _nature(fact: PropertyFact) -> str:
    return "association" if fact.used is not None else "attribute" if fact.datatype else "property"


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
