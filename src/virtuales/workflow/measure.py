"""Measuring what a producer prepared: completeness, consistency, timeliness (DQV), and which terms it uses (VoID)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from virtuales.assurance.asked import Fulfilment, fulfilments
from virtuales.assurance.graph import ColumnarGraph
from virtuales.assurance.quality import Measured, measure
from virtuales.catalogue.records import Description, Measurement, TermUse, Verdict
from virtuales.models.registry import ModelRegistry
from virtuales.workflow.reading import ReadModel

_CLASSES_MOST = 50
_MISSING_MOST = 20
_FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
_COLLECTION_FREQUENCY = "http://purl.org/cld/freq/"
_DAYS = dict(
    pair.split("=")
    for pair in [
        "continuous=1",
        "cont=1",
        "hourly=1",
        "daily=1",
        "daily_2=1",
        "weekly=7",
        "weekly_2=4",
        "weekly_3=3",
        "biweekly=14",
        "monthly=31",
        "monthly_2=16",
        "monthly_3=11",
        "bimonthly=62",
        "quarterly=92",
        "semiannual=183",
        "annual=366",
        "annual_2=183",
        "annual_3=122",
        "biennial=731",
        "triennial=1096",
    ]
)
"""Days between two versions by the last part of a frequency's IRI, in lower case."""


@dataclass(frozen=True)
class Measures:
    """What was measured of prepared models.

    Args:
        quality: Measurements of the whole, of the completeness of each class, the least complete first, and of what
            the profiles ask for: by profile and class, and which properties are missing most.
        uses: The classes and properties, with counts.
    """

    quality: tuple[Measurement, ...] = ()
    uses: tuple[TermUse, ...] = ()


def measure_models(
    models: Sequence[ReadModel], *, registry: ModelRegistry, verdict: Verdict, description: Description, now: datetime
) -> Measures:
    """Measure prepared models.

    Args:
        models: The models.
        registry: The models whose profiles say what is mandatory.
        verdict: What assurance said of them.
        description: What the steward says; its update frequency says how old the data may be.
        now: The present instant.
    """
    if not models:
        return Measures()
    found = measure(ColumnarGraph.from_n_triples([model.statements for model in models]))
    asked = [each for model in models for each in _fulfilled(model, registry)]
    quality = (*_quality(found, verdict), *_timeliness(found, description, now), *_by_class(found), *_mandatory(asked))
    classes = (TermUse(each.iri, "class", each.objects) for each in found.classes)
    properties = (TermUse(iri, "property", count) for iri, count in found.properties)
    return Measures(quality, (*classes, *properties))


def _quality(found: Measured, verdict: Verdict) -> Iterator[Measurement]:
    yield Measurement("Completeness", _share(found.completeness))
    yield from _consistency(found, verdict)


def _by_class(found: Measured) -> Iterator[Measurement]:
    for each in sorted(found.classes, key=lambda each: (each.share, each.iri))[:_CLASSES_MOST]:
        yield Measurement("Completeness", _share(each.share), about=each.iri)


def _fulfilled(model: ReadModel, registry: ModelRegistry) -> Iterator[Fulfilment]:
    """Count what a model has of what its profiles ask for; a profile of no registered model asks for nothing."""
    wanted = set(model.profiles)
    known = [version for version in registry.versions() if version.in_use and not wanted.isdisjoint(version.profiles)]
    if known:
        graph = ColumnarGraph.from_n_triples(model.statements)
        for version in known:
            yield from fulfilments(graph, registry.model(version.reference), model.profiles)


def _mandatory(found: Sequence[Fulfilment]) -> Iterator[Measurement]:
    """Give the share of mandatory properties: of all, of each profile, of its classes, and what is missing most."""
    if not any(each.objects for each in found):
        return
    metric = "MandatoryCompleteness"
    yield Measurement(metric, _share(_fulfilled_share(found)))
    profiles: defaultdict[str, list[Fulfilment]] = defaultdict(list)
    classes: defaultdict[tuple[str, str], list[Fulfilment]] = defaultdict(list)
    missing: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for each in found:
        profiles[each.profile].append(each)
        classes[each.about, each.profile].append(each)
        missing[each.about, each.profile, each.of_property] += each.missing
    for profile, several in sorted(profiles.items()):
        yield Measurement(metric, _share(_fulfilled_share(several)), profile=profile)
    shares = sorted((_fulfilled_share(several), *key) for key, several in classes.items())
    for share, about, profile in shares[:_CLASSES_MOST]:
        yield Measurement(metric, _share(share), about=about, profile=profile)
    worst = sorted((-count, *key) for key, count in missing.items() if count)
    for count, about, profile, of in worst[:_MISSING_MOST]:
        yield Measurement("MissingValues", str(-count), "integer", about=about, of_property=of, profile=profile)


def _fulfilled_share(found: Iterable[Fulfilment]) -> float:
    several = list(found)
    return sum(each.fulfilled for each in several) / sum(each.objects for each in several)


def days_of(frequency: str) -> int | None:
    """Return how many days may pass between two versions by an update frequency; None when it sets no limit.

    >>> days_of("http://publications.europa.eu/resource/authority/frequency/MONTHLY")
    31
    """
    for known in (_FREQUENCY, _COLLECTION_FREQUENCY):
        if frequency.startswith(known):
            days = _DAYS.get(frequency.removeprefix(known).lower())
            return int(days) if days else None
    return None


def _consistency(found: Measured, verdict: Verdict) -> tuple[Measurement, ...]:
    measured = []
    if found.references:
        measured.append(Measurement("ReferentialIntegrity", _share(found.resolved / found.references)))
    objects = sum(each.objects for each in found.classes)
    if verdict.judged and objects:
        measured.append(Measurement("ResultsPerThousandObjects", f"{1000 * verdict.warnings / objects:.3f}"))
    return tuple(measured)


def _timeliness(found: Measured, description: Description, now: datetime) -> tuple[Measurement, ...]:
    moments = (moment for text in (found.scenario, *found.dates) if text and (moment := _moment(text)) is not None)
    latest = next((moment for moment in moments if moment <= now), None)
    if latest is None:
        return ()
    age = (now - latest).days
    limit = days_of(description.update_frequency) if description.update_frequency else None
    measured = [Measurement("AgeInDays", str(age), "integer")]
    if limit is not None:
        measured.append(Measurement("UpdatedInTime", "true" if age <= limit else "false", "boolean"))
    return tuple(measured)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None  # a year beyond what the calendar of the machine knows
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _share(share: float) -> str:
    return f"{share:.4f}"
