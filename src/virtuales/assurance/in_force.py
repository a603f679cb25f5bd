"""Which registered shapes judge a model at some moment.

Versions that replace one another make a line. Of each line that judges one of the model's profiles the data has to keep
one version: before a replacing version's date either may be kept, from that date on no longer what it replaces.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from virtuales.assurance.schema import SchemaKind, SchemaStatus, SchemaVersion
from virtuales.errors import Conflict, UnknownTerm

Line = tuple[SchemaVersion, ...]
"""The versions of one line that are in force, the newest first: data has to keep one of them."""


@dataclass(frozen=True)
class Choice:
    """What judges a model.

    Args:
        lines: Of each the data has to keep one version.
        remarks: What its producer is to know, such as a version about to be withdrawn.
    """

    lines: tuple[Line, ...]
    remarks: tuple[str, ...] = ()


def choose(versions: Iterable[SchemaVersion], profiles: Sequence[str], at: datetime) -> Choice:
    """Choose what judges a model of some profiles at a moment.

    Args:
        versions: All that are registered.
        profiles: IRIs of the profile versions that the model's header names.
        at: The moment.

    Raises:
        UnknownTerm: no profile is named, or one has no registered shapes: what cannot be judged does not pass.
        Conflict: a profile, or every version of the shapes for it, was withdrawn or is not approved yet.
    """
    known = tuple(versions)
    shapes = {one.iri: one for one in known if one.kind is SchemaKind.SHAPES}
    _refuse_unknown(profiles, shapes.values())
    wanted = frozenset(profiles)
    standing = [one for one in _standing(shapes, at) if not wanted.isdisjoint(one.profiles)]
    for profile in profiles:
        if not any(profile in one.profiles for one in standing):
            raise Conflict(
                "No version of the shapes for this profile is in force.",
                where=profile,
                remedy="Ask the orchestrator's staff which profile takes its place.",
            )
    lines: dict[str, list[SchemaVersion]] = {}
    names = _line_names(shapes)
    for one in standing:
        lines.setdefault(names[one.iri], []).append(one)
    ordered = tuple(_newest_first(line, shapes) for _, line in sorted(lines.items()))
    return Choice(ordered, tuple(_profile_remarks(known, wanted)))


def remark_on(version: SchemaVersion) -> str | None:
    """Return what a producer is to know of a version that its data was judged by; None when there is nothing."""
    if version.status is not SchemaStatus.DEPRECATED:
        return None
    return f"{version.name} is deprecated and will be withdrawn: {version.decisions[-1].reason}"


def missing_from(choice: Choice, used: Collection[str]) -> list[str]:
    """Return the names of lines of which no version in force is among those used."""
    return [line[0].name for line in choice.lines if not any(one.iri in used for one in line)]


def _refuse_unknown(profiles: Sequence[str], shapes: Collection[SchemaVersion]) -> None:
    known = {profile for one in shapes for profile in one.profiles}
    unknown = [profile for profile in profiles if profile not in known]
    if unknown or not profiles:
        raise UnknownTerm(
            "No shapes are registered for the profile." if unknown else "The model names no profile.",
            where=", ".join(unknown) or None,
            remedy="Name a registered profile: " + ", ".join(sorted(known)) + "."
            if known
            else "This node has not heard of any schema yet; wait until it has reached the orchestrator.",
        )


def _standing(shapes: Mapping[str, SchemaVersion], at: datetime) -> list[SchemaVersion]:
    """Return what is usable, not replaced by what is required, and not new rules whose date is still to come."""
    replaced: set[str] = set()
    for one in shapes.values():
        if one.is_usable and one.is_required(at):
            replaced |= _before(one, shapes)
    return [
        one
        for one in shapes.values()
        if one.is_usable
        and one.iri not in replaced
        and (one.replaces or one.required_from is None or one.is_required(at))
    ]


def _before(version: SchemaVersion, shapes: Mapping[str, SchemaVersion]) -> set[str]:
    """Return everything that a version replaces, and what that replaced."""
    found: set[str] = set()
    waiting = list(version.replaces)
    while waiting:
        iri = waiting.pop()
        if iri not in found:
            found.add(iri)
            waiting.extend(shapes[iri].replaces if iri in shapes else ())
    return found


def _line_names(shapes: Mapping[str, SchemaVersion]) -> dict[str, str]:
    """Give each version the name of its line: the least IRI of those that replacing joins it with."""
    joined: dict[str, set[str]] = {iri: {iri} for iri in shapes}
    for iri, one in shapes.items():
        for other in one.replaces & shapes.keys():
            both = joined[iri] | joined[other]
            for member in both:
                joined[member] = both
    return {iri: min(members) for iri, members in joined.items()}


def _newest_first(line: list[SchemaVersion], shapes: Mapping[str, SchemaVersion]) -> Line:
    return tuple(
        sorted(line, key=lambda one: (len(_before(one, shapes)), one.registered_at, one.version), reverse=True)
    )


def _profile_remarks(known: Iterable[SchemaVersion], wanted: frozenset[str]) -> Iterable[str]:
    for one in known:
        if one.kind is SchemaKind.PROFILE and not wanted.isdisjoint(one.profiles):
            if one.status is SchemaStatus.WITHDRAWN:
                raise Conflict(
                    f"The profile was withdrawn: {one.decisions[-1].reason}",
                    where=", ".join(sorted(one.profiles)),
                    remedy="Ask the orchestrator's staff which profile takes its place.",
                )
            remark = remark_on(one)
            if remark:
                yield f"The profile {remark}"
