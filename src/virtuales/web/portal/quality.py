"""What a dataset's page says of quality: sentences about the whole, the least complete classes, what is missing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from virtuales.catalogue.quality import QualityEntry
from virtuales.catalogue.quality_words import percent, quality_sentence

_CLASSES_SHOWN = 10


@dataclass(frozen=True)
class Missing:
    """A property that objects lack."""

    count: int
    about: str
    of_property: str
    profile: str


@dataclass(frozen=True)
class ClassQuality:
    """How complete a class is: of what its profile asks for, and of what its own objects have."""

    iri: str
    asked: str
    stated: str


@dataclass(frozen=True)
class Quality:
    """What a page shows of measurements.

    Args:
        sentences: About the whole version.
        classes: The least complete classes, the worst first.
        missing: Properties that objects lack, the most often missing first.
    """

    sentences: tuple[str, ...]
    classes: tuple[ClassQuality, ...]
    missing: tuple[Missing, ...]


def quality_of(entries: Sequence[QualityEntry]) -> Quality:
    """Return what a page shows of a version's measurements."""
    whole = (each for each in entries if each.about is None and each.profile is None)
    missing = [
        Missing(int(number), each.about, each.of_property or "", each.profile or "")
        for each in entries
        if each.metric == "MissingValues" and each.about and (number := _number(each.value)) is not None
    ]
    return Quality(
        sentences=tuple(said for each in whole if (said := quality_sentence(each.metric, each.value))),
        classes=tuple(_classes(entries)[:_CLASSES_SHOWN]),
        missing=tuple(sorted(missing, key=lambda each: (-each.count, each.about, each.of_property))),
    )


def _classes(entries: Sequence[QualityEntry]) -> list[ClassQuality]:
    asked: dict[str, float] = {}
    stated: dict[str, float] = {}
    for each in entries:
        number = _number(each.value)
        if number is None or not each.about:
            continue
        if each.metric == "MandatoryCompleteness":
            asked[each.about] = min(number, asked.get(each.about, 1.0))
        elif each.metric == "Completeness":
            stated[each.about] = number
    worst = sorted(asked.keys() | stated.keys(), key=lambda iri: (asked.get(iri, 1.0), stated.get(iri, 1.0), iri))
    return [ClassQuality(iri, _percent(asked.get(iri)), _percent(stated.get(iri))) for iri in worst]


def _number(text: str) -> float | None:
    """Return a finite number; None for what another node may have written in its place."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _percent(share: float | None) -> str:
    return "" if share is None else percent(str(share))
