"""Applying difference models to a full model: statements end, statements begin, and whatever does not fit is listed.

The base model streams by twice, first to see what the difference meets in it, then to be written with the changes;
memory grows with the difference alone. Rules: IEC 61970-552, clause 7.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from virtuales.errors import InputError
from virtuales.preparation.cim.difference import DifferenceModel, ModelFile, derived_iri, keywords
from virtuales.preparation.cim.header import ModelHeader
from virtuales.preparation.cim.ntriples import TYPE, body, copy_lines, group, header_lines, iri_of, parts


class ConflictKind(StrEnum):
    """What does not fit between a difference model and the model it is applied to."""

    BASE = "base"
    PROFILE = "profile"
    PRECONDITION = "precondition"
    ABSENT = "absent"
    PRESENT = "present"
    SEVERAL_VALUES = "several-values"
    UNTYPED = "untyped"
    DANGLING = "dangling"


_SENTENCES = {
    ConflictKind.PRECONDITION: "A precondition does not hold",
    ConflictKind.ABSENT: "A statement that should end is not in the model",
    ConflictKind.PRESENT: "A statement that should begin is in the model already",
    ConflictKind.SEVERAL_VALUES: "A property that an object has once has several values afterwards",
    ConflictKind.UNTYPED: "An object has statements but no class afterwards",
    ConflictKind.DANGLING: "A statement refers to an object that the difference removes",
}


@dataclass(frozen=True)
class Conflict:
    """Something that does not fit.

    Args:
        kind: What.
        difference: The difference model's file.
        what: One sentence that says it.
        statement: The statement concerned, as N-Triples; None when it is about the whole model or object.
    """

    kind: ConflictKind
    difference: str
    what: str
    statement: str | None = None


@dataclass(frozen=True)
class Applied:
    """What applying difference models gave.

    Args:
        model: The model that results.
        conflicts: Everything that did not fit; the statements concerned were applied as sets of statements are.
        removed: How many statements ended.
        added: How many statements began.
    """

    model: ModelFile
    conflicts: tuple[Conflict, ...]
    removed: int
    added: int


@dataclass
class _Met:
    """What a difference model met in its base."""

    ended: set[bytes] = field(default_factory=set)
    held: set[bytes] = field(default_factory=set)
    already: set[bytes] = field(default_factory=set)
    kept: dict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    referring: dict[bytes, list[bytes]] = field(default_factory=lambda: defaultdict(list))


def apply_difference(
    base: ModelFile, difference: DifferenceModel, target: Path, *, model: str | None = None
) -> Applied:
    """Apply one difference model; arguments and errors are those of `apply_differences`."""
    return apply_differences(base, [difference], target, model=model)


def apply_differences(
    base: ModelFile, differences: Sequence[DifferenceModel], target: Path, *, model: str | None = None
) -> Applied:
    """Apply difference models one after the other.

    The result's header takes from the last difference model what that says of itself; its IRI is given or made from
    those of the base and the differences, and it supersedes the base. Dependencies are the base's, unless a difference
    names its own beside the models it builds on.

    Args:
        base: The full model.
        differences: The difference models in order; each is checked against what the ones before it left.
        target: Where the result's N-Triples go; may not be the base's file.
        model: The result's IRI.

    Raises:
        InputError: there is no difference, or one is typed by another model than the base.
    """
    if not differences:
        raise InputError("There is no difference model to apply.", remedy="Give at least one.")
    for difference in differences:
        if difference.vocabulary.name != base.vocabulary.name:
            raise InputError(
                f"The difference model is of `{difference.vocabulary.name}`, its base of `{base.vocabulary.name}`.",
                where=difference.name,
                remedy="Apply it to the model that it was made from.",
            )
    header = _header(base, differences, model)
    state, conflicts, removed, added = base, list(_unfit(base, differences)), 0, 0
    with tempfile.TemporaryDirectory(prefix="virtuales-") as directory:
        for number, difference in enumerate(differences, 1):
            last = number == len(differences)
            written = target if last else Path(directory) / f"{number}.nt"
            change = _Change(state, difference)
            change.write(written, header)
            conflicts += change.conflicts()
            removed, added = removed + change.removed, added + change.added
            state = replace(base, header=header, statements=written)
    profiles = header.profiles if header is not None else base.profiles
    return Applied(replace(state, profiles=profiles), tuple(conflicts), removed, added)


def _header(base: ModelFile, differences: Sequence[DifferenceModel], model: str | None) -> ModelHeader | None:
    if base.header is None:
        return None
    last = differences[-1].header
    known = {base.header.iri, *(difference.header.iri for difference in differences)}
    dependent = base.header.dependent_on
    for difference in differences:
        named = tuple(iri for iri in difference.header.dependent_on if iri not in known)
        dependent = named or dependent
    return ModelHeader(
        iri=model or derived_iri("applied", base.header.iri, *(difference.header.iri for difference in differences)),
        profiles=last.profiles or base.header.profiles,
        created=last.created or base.header.created,
        scenario_time=last.scenario_time or base.header.scenario_time,
        description=last.description or base.header.description,
        modelling_authority_set=last.modelling_authority_set or base.header.modelling_authority_set,
        version=last.version or base.header.version,
        dependent_on=dependent,
        supersedes=(base.header.iri,),
    )


def _unfit(base: ModelFile, differences: Sequence[DifferenceModel]) -> Iterator[Conflict]:
    """Find differences that say they change another model, or a model of another profile."""
    known = {base.header.iri} if base.header is not None else set()
    for difference in differences:
        supersedes = difference.header.supersedes
        if not known.intersection(supersedes):
            named = ", ".join(f"<{iri}>" for iri in supersedes) or "no model"
            is_base = f"the base is <{base.header.iri}>" if base.header is not None else "the base has no header"
            what = f"The difference model says that it changes {named}, and {is_base}"
            yield Conflict(ConflictKind.BASE, difference.name, what)
        theirs = keywords(difference.vocabulary.profiles, difference.header.profiles)
        if theirs and not theirs & base.keywords:
            what = (
                f"The difference model is of {'+'.join(sorted(theirs))}, its base of {'+'.join(sorted(base.keywords))}"
            )
            yield Conflict(ConflictKind.PROFILE, difference.name, what)
        known.add(difference.header.iri)


class _Change:
    """One difference model, seen against the model that it changes."""

    def __init__(self, base: ModelFile, difference: DifferenceModel) -> None:
        self._base = base
        self._difference = difference
        self._functional = {f"<{iri}>".encode() for iri in base.vocabulary.functional} | {TYPE}
        self._met = self._meet()
        self._fresh = difference.forward - self._met.already
        self.removed = len(self._met.ended - difference.forward)
        self.added = len(self._fresh - self._met.ended)

    def _lines(self, source: Iterable[bytes]) -> Iterator[bytes]:
        return body(source, self._base.header)

    def _meet(self) -> _Met:
        difference, met = self._difference, _Met()
        concerned = {parts(line)[0] for line in difference.reverse | difference.forward | difference.preconditions}
        retired = {parts(line)[0] for line in difference.reverse if parts(line)[1] == TYPE}
        with self._base.statements.open("rb") as source:
            for line in self._lines(source):
                if retired and line.endswith(b"> .\n"):
                    target = line[line.rindex(b" <") + 1 : -3]
                    if target in retired and line not in difference.reverse:
                        met.referring[target].append(line)
                subject = line[: line.index(b" ")]
                if subject not in concerned:
                    continue
                if line in difference.preconditions:
                    met.held.add(line)
                if line in difference.reverse:
                    met.ended.add(line)
                    continue
                if line in difference.forward:
                    met.already.add(line)
                met.kept[subject].append(line)
        return met

    def write(self, target: Path, header: ModelHeader | None) -> None:
        """Write the model with the changes; what begins for an object stands with the object's other statements."""
        waiting: dict[bytes, list[bytes]] = defaultdict(list)
        for line in group(self._fresh):
            waiting[line[: line.index(b" ")]].append(line)
        with self._base.statements.open("rb") as source, target.open("wb") as sink:
            if header is not None:
                sink.writelines(header_lines(header))
            current = b""
            for line in self._lines(source):
                subject = line[: line.index(b" ")]
                if subject != current:
                    sink.writelines(waiting.pop(current, ()))
                    current = subject
                if line not in self._difference.reverse:
                    sink.write(line)
            for lines in (waiting.pop(current, []), *waiting.values()):
                copy_lines(lines, sink)

    def conflicts(self) -> Iterator[Conflict]:
        """List everything that does not fit, in the order of kinds and statements."""
        difference, met = self._difference, self._met
        yield from self._each(ConflictKind.PRECONDITION, difference.preconditions - met.held)
        yield from self._each(ConflictKind.ABSENT, difference.reverse - met.ended)
        yield from self._each(ConflictKind.PRESENT, met.already)
        after = self._after()
        yield from self._each(ConflictKind.SEVERAL_VALUES, self._several(after))
        for subject in sorted(subject for subject, lines in after.items() if lines and not _typed(lines)):
            what = f"{_SENTENCES[ConflictKind.UNTYPED]}: <{iri_of(subject)}>"
            yield Conflict(ConflictKind.UNTYPED, difference.name, what)
        yield from self._each(ConflictKind.DANGLING, self._dangling(after))

    def _each(self, kind: ConflictKind, lines: Iterable[bytes]) -> Iterator[Conflict]:
        for line in group(lines):
            yield Conflict(kind, self._difference.name, _SENTENCES[kind], line.decode().rstrip("\n"))

    def _after(self) -> dict[bytes, set[bytes]]:
        """Return for each object that the difference changes what is said of it afterwards."""
        changed = {line[: line.index(b" ")] for line in self._difference.reverse | self._difference.forward}
        after = {subject: set(self._met.kept.get(subject, ())) for subject in changed}
        for line in self._fresh:
            after[line[: line.index(b" ")]].add(line)
        return after

    def _several(self, after: dict[bytes, set[bytes]]) -> Iterator[bytes]:
        for lines in after.values():
            values: dict[bytes, list[bytes]] = defaultdict(list)
            for line in lines:
                predicate = parts(line)[1]
                if predicate in self._functional:
                    values[predicate].append(line)
            for stated in values.values():
                if len(stated) > 1 and not self._fresh.isdisjoint(stated):
                    yield from stated

    def _dangling(self, after: dict[bytes, set[bytes]]) -> Iterator[bytes]:
        gone = {parts(line)[0] for line in self._met.ended if parts(line)[1] == TYPE}
        gone = {subject for subject in gone if not after[subject]}
        for subject in gone:
            yield from self._met.referring.get(subject, ())
        for line in self._fresh:
            if parts(line)[2] in gone:
                yield line


def _typed(lines: Iterable[bytes]) -> bool:
    return any(parts(line)[1] == TYPE for line in lines)
