"""A draft of a dataset's description, proposed from its files: each proposal with what it rests on.

Nothing is recorded: the steward takes what is right. Only what a file says is proposed; a guess says that it is one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from virtuales.rdf.namespaces import MD, XSD

_TITLE_WORDS = re.compile(r"[^A-Za-z0-9]+")
_version_like = re.compile(r"(?:^|[_\-\s])v?\d+(?:\.\d+)*$|\d{8}(?:T\d+Z?)?")
_longitude = re.compile(r"(?:^|[^a-z])(?:lon|long|lng|longitude)$", re.IGNORECASE)
_latitude = re.compile(r"(?:^|[^a-z])(?:lat|latitude)$", re.IGNORECASE)
_literal = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([A-Za-z-]+))?')
_X, _Y = "PositionPoint.xPosition>", "PositionPoint.yPosition>"
_KEYWORDS_MOST = 12
_FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
_GAPS = ((1.5, "DAILY"), (8, "WEEKLY"), (32, "MONTHLY"), (95, "QUARTERLY"), (370, "ANNUAL"))
_HALF_GLOBE, _POLE = 180, 90
_DAY = 86_400
_VERSIONS_LEAST = 2


@dataclass(frozen=True)
class Proposal:
    """One field that is proposed.

    Args:
        field: The field of the description.
        value: What is proposed, as the description wants it.
        because: What it rests on, in a sentence.
    """

    field: str
    value: object
    because: str


@dataclass(frozen=True)
class DraftSource:
    """A file that the proposal looks at.

    Args:
        name: Its name.
        media_type: What it is.
        size: Its length in bytes.
    """

    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class DraftModel:
    """A model that was read of the files.

    Args:
        name: What people call it.
        profiles: IRIs of the profiles that it names.
        classes: How many objects there are of each class.
        lines: Its statements as lines of N-Triples.
    """

    name: str
    profiles: tuple[str, ...]
    classes: Mapping[str, int]
    lines: Iterable[str]


@dataclass
class _Seen:
    """What the statements of all models say of place, time and language."""

    longitudes: list[float]
    latitudes: list[float]
    scenarios: set[str]
    days: set[str]
    languages: set[str]
    texts: list[str]


def propose(
    files: Sequence[DraftSource],
    models: Sequence[DraftModel],
    *,
    labels: Mapping[str, str],
    issued: Sequence[str] = (),
) -> tuple[Proposal, ...]:
    """Propose a description of a dataset.

    Args:
        files: Its files.
        models: The models that were read of them.
        labels: Labels of classes by IRI, from the registered models.
        issued: When earlier versions were published, as ISO 8601.
    """
    seen = _look(models)
    counts: dict[str, int] = {}
    for model in models:
        for iri, number in model.classes.items():
            counts[iri] = counts.get(iri, 0) + number
    return (
        *_named(files, seen, counts, labels),
        *_keywords(counts, labels),
        *_area(seen),
        *_period(seen),
        *_language(seen),
        *_standards(models),
        *_frequency(issued),
        *_forms(files),
    )


def _look(models: Sequence[DraftModel]) -> _Seen:
    seen = _Seen([], [], set(), set(), set(), [])
    for model in models:
        for line in model.lines:
            _, predicate, rest = line.split(" ", 2)
            if rest.startswith('"'):
                _note(seen, predicate, rest)
    return seen


def _note(seen: _Seen, predicate: str, rest: str) -> None:
    found = _literal.match(rest)
    if found is None:
        return
    text, datatype, language = found.groups()
    name = re.split("[#/]", predicate[1:-1])[-1]
    if language:
        seen.languages.add(language)
    elif predicate.endswith(_X) or _longitude.search(name):
        _coordinate(seen.longitudes, text, _HALF_GLOBE)
    elif predicate.endswith(_Y) or _latitude.search(name):
        _coordinate(seen.latitudes, text, _POLE)
    elif predicate == str(MD["Model.scenarioTime"]):
        seen.scenarios.add(text)
    elif predicate == str(MD["Model.description"]):
        seen.texts.append(text)
    elif predicate != str(MD["Model.created"]) and datatype in {XSD.date.value, XSD.dateTime.value}:
        seen.days.add(text[:10])


def _coordinate(places: list[float], text: str, most: float) -> None:
    try:
        value = float(text)
    except ValueError:
        return  # what is no number is no coordinate
    if -most <= value <= most:
        places.append(value)


def _named(
    files: Sequence[DraftSource], seen: _Seen, counts: Mapping[str, int], labels: Mapping[str, str]
) -> Iterator[Proposal]:
    if files:
        largest = max(files, key=lambda file: file.size)
        stem = PurePath(largest.name).stem
        words = _TITLE_WORDS.sub(" ", _version_like.sub("", stem)).strip() or stem
        yield Proposal("title", words[:1].upper() + words[1:], f"The largest file is called `{largest.name}`.")
    if seen.texts:
        yield Proposal("description", seen.texts[0], "The model header says so (`md:Model.description`).")
    elif counts:
        most = sorted(counts, key=lambda iri: (-counts[iri], iri))[:3]
        listed = ", ".join(f"{counts[iri]:,} of {_label(iri, labels)}" for iri in most)
        yield Proposal(
            "description", f"Holds {sum(counts.values()):,} objects, among them {listed}.", "Counted in the statements."
        )


def _keywords(counts: Mapping[str, int], labels: Mapping[str, str]) -> Iterator[Proposal]:
    common = sorted((iri for iri in counts if not iri.startswith(MD.iri)), key=lambda iri: (-counts[iri], iri))
    words = list(dict.fromkeys(_label(iri, labels) for iri in common))[:_KEYWORDS_MOST]
    if words:
        yield Proposal("keywords", words, "The classes with the most objects, by the labels of the registered models.")


def _label(iri: str, labels: Mapping[str, str]) -> str:
    name = labels.get(iri) or re.split("[#/]", iri)[-1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _area(seen: _Seen) -> Iterator[Proposal]:
    if seen.longitudes and seen.latitudes:
        box = {
            "west": min(seen.longitudes),
            "south": min(seen.latitudes),
            "east": max(seen.longitudes),
            "north": max(seen.latitudes),
        }
        yield Proposal(
            "spatial",
            box,
            f"{len(seen.longitudes):,} longitudes and {len(seen.latitudes):,} latitudes in the data, taken as WGS 84.",
        )


def _period(seen: _Seen) -> Iterator[Proposal]:
    if seen.scenarios:
        days = sorted(text[:10] for text in seen.scenarios)
        yield Proposal("temporal", [days[0], days[-1]], "The model headers' scenario times.")
    elif seen.days:
        yield Proposal(
            "temporal", [min(seen.days), max(seen.days)], f"The first and last of {len(seen.days):,} days in the data."
        )


def _language(seen: _Seen) -> Iterator[Proposal]:
    if seen.languages:
        yield Proposal("language", sorted(seen.languages), "The language tags of texts in the data.")


def _standards(models: Sequence[DraftModel]) -> Iterator[Proposal]:
    profiles = sorted({profile for model in models for profile in model.profiles})
    if profiles:
        yield Proposal("conforms_to", profiles, "The profiles that the models name.")


def _frequency(issued: Sequence[str]) -> Iterator[Proposal]:
    moments = sorted(datetime.fromisoformat(text) for text in issued)
    if len(moments) < _VERSIONS_LEAST:
        return
    gap = (moments[-1] - moments[0]).total_seconds() / _DAY / (len(moments) - 1)
    name = next((name for days, name in _GAPS if gap <= days), "IRREG")
    yield Proposal(
        "update_frequency",
        _FREQUENCY + name,
        f"A guess: {len(moments)} versions were published {gap:.1f} days apart on average.",
    )


def _forms(files: Sequence[DraftSource]) -> Iterator[Proposal]:
    if files:
        kinds = sorted({file.media_type for file in files})
        yield Proposal("media_types", kinds, "Told by the files' first bytes.")
        yield Proposal("byte_size", sum(file.size for file in files), f"The length of {len(files)} files together.")
