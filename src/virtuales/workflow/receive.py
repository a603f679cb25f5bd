"""The consumer's side of step 6: what was received is judged again, by the schemas in force where it arrives."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from virtuales.assurance.judging import Judgeable, Judgement, judge
from virtuales.assurance.rules import Rules
from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.lifting import LiftSource
from virtuales.preparation.sources import detect
from virtuales.workflow.reading import Origin, ReadModel, read_files

_LARGEST = 4 << 30
"""The most bytes that received files may unpack to."""


@dataclass(frozen=True)
class Received:
    """What judging received files gave.

    Args:
        judgements: What was found in each model that names a profile.
        remarks: Models and files that were not judged, and why.
    """

    judgements: tuple[Judgement, ...]
    remarks: tuple[str, ...]

    @property
    def acceptable(self) -> bool:
        """Whether nothing violates the schemas."""
        return all(one.report.acceptable for one in self.judgements)


def judge_received(
    files: Mapping[Path, str | None], *, origin: Origin, models: ModelRegistry, rules: Rules, whole: bool
) -> Received:
    """Read received files as their publisher's node did, and judge each model by the schemas of its profiles.

    Args:
        files: The files, under the names that their publisher gave them, each with the encoding that was stated.
        origin: Whose files they are; its profiles are all that the dataset's entry names.
        models: The vocabularies by which CIM/XML is typed.
        rules: By what to judge.
        whole: Whether they are all files of the dataset version.

    Raises:
        InputError: there is nothing that could be judged: what was not judged does not pass.
        UnreadableInput, UnknownTerm, DanglingReference, TooLarge: a file is not what it claims to be.
        VirtualesError: the schemas are not to be had.
    """
    sources = [LiftSource(file, file.name, detect(file, encoding=said), said) for file, said in files.items()]
    with tempfile.TemporaryDirectory(prefix="virtuales-") as scratch:
        own = replace(origin, profiles=())
        read = read_files(sources, Path(scratch), origin=own, models=models, limit=_LARGEST, whole=whole)
        others = _unclaimed(origin, read.models)
        profiles = {model.name: model.profiles or others for model in read.models}
        judgements = [
            judge(Judgeable(model.name, model.statements, profiles[model.name]), rules=rules)
            for model in read.models
            if profiles[model.name]
        ]
    unnamed = [f"`{name}` names no profile: it was not judged." for name, named in profiles.items() if not named]
    if not judgements:
        raise InputError(
            "Nothing of the files could be judged: no model of theirs names a profile.",
            where=", ".join(file.name for file in files),
            remedy="Ask the publisher for the profiles (`conforms_to`), or receive the files without judging them.",
        )
    return Received(tuple(judgements), (*unnamed, *read.remarks))


def _unclaimed(origin: Origin, models: Sequence[ReadModel]) -> tuple[str, ...]:
    """Return the entry's profiles that no model names by itself: those of the data that has no header to name any."""
    named = {profile for model in models for profile in model.profiles}
    return tuple(profile for profile in origin.profiles if profile not in named)
