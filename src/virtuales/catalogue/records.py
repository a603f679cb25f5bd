"""Datasets, versions and distributions as plain data, after DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from virtuales.errors import InputError
from virtuales.rdf.terms import parse_iri

Visibility = Literal["public", "participants"]
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SLUG_LENGTH = 80
_CONDITION_LENGTH = 500
_EMAIL = re.compile(r"[\w.%+-]{1,64}@[A-Za-z0-9.-]{1,190}", re.ASCII)
OWN_DATA = "own"
"""What is said in place of a licence of a source that is the publisher's own."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class BoundingBox:
    """An area in degrees of longitude and latitude (WGS 84).

    Args:
        west: Least longitude.
        south: Least latitude.
        east: Greatest longitude.
        north: Greatest latitude.

    Raises:
        InputError: the corners do not make a box on the globe.
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        """Refuse a box that is none."""
        if not (-180 <= self.west <= self.east <= 180 and -90 <= self.south <= self.north <= 90):  # noqa: PLR2004  # degrees of the globe
            raise InputError(
                "The area is no box on the globe.",
                where="spatial",
                remedy="Give west, south, east, north in degrees, west not beyond east and south not beyond north.",
            )

    @property
    def wkt(self) -> str:
        """The box as a polygon in Well-Known Text, as `dcat:bbox` wants it."""
        w, s, e, n = self.west, self.south, self.east, self.north
        return f"POLYGON(({w} {s},{e} {s},{e} {n},{w} {n},{w} {s}))"


@dataclass(frozen=True)
class Description:
    """What a steward says of a dataset.

    Args:
        slug: Its short name in addresses: lower-case words joined by hyphens.
        title: Its name.
        description: What it holds, in a sentence or more.
        publisher: IRI of the organisation that publishes it.
        licence: SPDX identifier of its licence.
        triage: The outcome of the triage: open, shared or closed.
        sensitivity: Its class: O, SA, SB, SP or C.
        handling_reason: Why it has that class.
        keywords: Words that planners would search for.
        spatial: The area it covers.
        temporal: The first and last day it covers, as ISO dates.
        update_frequency: IRI of a Dublin Core frequency.
        source: Where the data is held, in the steward's words.
        steward: E-mail address of its steward.
        personal_data: Whether it says something about a living person.
        personal_data_reason: Why data about people may be open all the same.
        regulatory_conditions: What law or licence conditions ask of its use: short texts or IRIs.
        conforms_to: IRIs of the profiles that data other than models of the grid is judged by.
        derived_from: IRIs of what it was derived from.
        source_licences: Licences of those that no catalogue in reach holds, by IRI; `own` where it is the publisher's.

    Raises:
        InputError: a field is empty or out of form; the field is named.
    """

    slug: str
    title: str
    description: str
    publisher: str
    licence: str
    triage: str
    sensitivity: str
    handling_reason: str
    keywords: tuple[str, ...] = ()
    spatial: BoundingBox | None = None
    temporal: tuple[str, str] | None = None
    update_frequency: str | None = None
    source: str | None = None
    steward: str | None = None
    personal_data: bool = False
    personal_data_reason: str | None = None
    regulatory_conditions: tuple[str, ...] = ()
    conforms_to: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()
    source_licences: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what a catalogue could not show."""
        if not _SLUG.fullmatch(self.slug) or len(self.slug) > _SLUG_LENGTH:
            raise InputError(
                f"`{self.slug}` cannot stand in an address.",
                where="slug",
                remedy=f"Use lower-case words and digits joined by hyphens, at most {_SLUG_LENGTH} characters.",
            )
        for name in ("title", "description"):
            if not getattr(self, name).strip():
                raise InputError(f"The {name} is empty.", where=name, remedy="Write at least a few words.")
        if self.temporal and not all(_DATE.fullmatch(day) for day in self.temporal):
            raise InputError("The period is not two ISO dates.", where="temporal", remedy="Write 2026-06-08.")
        if self.update_frequency:
            parse_iri(self.update_frequency, where="update_frequency")
        if self.steward and not _EMAIL.fullmatch(self.steward):
            raise InputError(
                f"`{self.steward}` is no e-mail address.", where="steward", remedy="Write name@organisation.example."
            )
        for name in ("conforms_to", "derived_from"):
            for iri in getattr(self, name):
                parse_iri(iri, where=name)
        if not all(0 < len(text.strip()) <= _CONDITION_LENGTH for text in self.regulatory_conditions):
            raise InputError(
                f"A regulatory condition is empty or longer than {_CONDITION_LENGTH} characters.",
                where="regulatory_conditions",
                remedy="Name it in a few words, or give the IRI of its text.",
            )
        self._refuse_licences_of_no_source()

    def _refuse_licences_of_no_source(self) -> None:
        strange = sorted(self.source_licences.keys() - set(self.derived_from))
        if strange:
            raise InputError(
                f"A licence is stated of <{strange[0]}>, which the data is not derived from.",
                where="source_licences",
                remedy="Name it in `derived_from` too.",
            )


@dataclass(frozen=True)
class PreparedModel:
    """One model of a prepared dataset: one file that was read, typed and judged.

    Args:
        name: The file's name.
        model: IRI of the model, from its header.
        profiles: Profile IRIs that the header names.
        keyword: The profile's short name, such as `EQ`.
        digest: The object with its typed statements in N-Triples.
        triples: How many statements there are.
        classes: How many objects there are of each class, by class IRI.
        depends_on: Models that the header depends on.
    """

    name: str
    model: str
    profiles: tuple[str, ...]
    keyword: str
    digest: str
    triples: int
    classes: Mapping[str, int] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class PreparedFile:
    """A file of a dataset as it came, to be delivered byte for byte.

    Args:
        name: Its name, without a path.
        media_type: What it is.
        digest: The object with its bytes; also the published checksum.
        size: Its length in bytes.
        encoding: The character encoding that its sender states; None when nothing is stated.
    """

    name: str
    media_type: str
    digest: str
    size: int
    encoding: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What assurance said of a prepared dataset.

    Args:
        conforms: Whether no registered shape is violated.
        schemas: IRIs of the registered versions of the shapes graphs that it was judged by.
        warnings: How many results are less than violations.
        report: The object with the full report as Turtle; None when there was nothing to judge.
        remarks: What the producer is to know of those schemas, such as that one is deprecated.
    """

    conforms: bool
    schemas: tuple[str, ...]
    warnings: int = 0
    report: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether there were shapes to judge by: data without a registered profile is published as not judged."""
        return bool(self.schemas)


@dataclass(frozen=True)
class Measurement:
    """One measurement of the quality of a prepared dataset.

    Args:
        metric: The metric's name in our own vocabulary, such as `Completeness`.
        value: What was measured, in the lexical form of its datatype.
        datatype: The datatype's name in XML Schema.
        about: IRI of the class that it was measured of; None for the whole dataset.
        of_property: IRI of the property that was counted; None for all that the metric speaks of.
        profile: IRI of the profile whose data it is of; None for the whole dataset.
    """

    metric: str
    value: str
    datatype: str = "decimal"
    about: str | None = None
    of_property: str | None = None
    profile: str | None = None


@dataclass(frozen=True)
class TermUse:
    """How often a prepared dataset uses a term.

    Args:
        iri: The class or property.
        kind: Which of the two.
        count: How many objects have the class, or how many statements have the property.
    """

    iri: str
    kind: Literal["class", "property"]
    count: int


@dataclass(frozen=True)
class Preparation:
    """What preparing made of the uploaded files: the next version of a dataset, not yet published.

    Args:
        files: The files as they came.
        models: The models that were read of them.
        verdict: What assurance said.
        quality: What was measured.
        uses: The classes and properties of the data, with counts; empty where they were not kept.
        prepared_at: When, as ISO 8601; None where it was not kept.
        software: The program and its version.
    """

    files: tuple[PreparedFile, ...]
    models: tuple[PreparedModel, ...]
    verdict: Verdict
    quality: tuple[Measurement, ...] = ()
    uses: tuple[TermUse, ...] = ()
    prepared_at: str | None = None
    software: str | None = None

    @property
    def triples(self) -> int:
        """How many statements there are in all models."""
        return sum(model.triples for model in self.models)
