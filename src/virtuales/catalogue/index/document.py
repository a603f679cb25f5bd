"""A dataset of the catalogue as the index knows it, and its form in the index."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import blake2b
from typing import Final

import tantivy

from virtuales.catalogue.index.fields import OPENINGS, words
from virtuales.catalogue.search import DatasetSummary
from virtuales.models.facts import local_name
from virtuales.models.words import parts_of_name

_TIE: Final = 20
"""Bits of a number by which datasets of equal date or use are put into an order of their own."""
_CENTURY: Final = 36_525
_SLIGHTLY: Final = 1e-3
_EPOCH: Final = date(2000, 1, 1)
_OPENING_LENGTH: Final = 120


@dataclass(frozen=True)
class Box:
    """An area in degrees: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class IndexedDataset:
    """What the index knows of a dataset: its current version.

    Args:
        graph: The graph that its entry stands in, which decides who may know of it.
        summary: What a list shows of it.
        version: IRI of the current version.
        is_open: Whether anybody may use it without asking.
        facets: The values it has of each facet.
        period: The first and last day it covers, as ISO dates.
        area: The area it covers.
        used_publicly: How many datasets that everybody may know of were derived from it.
        used: How many datasets were derived from it.
        words: Further text to find it by.
    """

    graph: str
    summary: DatasetSummary
    version: str
    is_open: bool
    facets: dict[str, tuple[str, ...]]
    period: tuple[str | None, str | None] | None = None
    area: Box | None = None
    used_publicly: int = 0
    used: int = 0
    words: str = ""

    @property
    def key(self) -> str:
        """What the dataset is replaced by in the index."""
        return document_key(self.graph, self.summary.iri)

    @cached_property
    def _tie(self) -> int:
        return int.from_bytes(blake2b(self.summary.iri.encode(), digest_size=4).digest()) >> (32 - _TIE)

    @property
    def title_key(self) -> str:
        """What datasets are put in order of title by; no two have the same."""
        return f"{' '.join(words(self.summary.title))}\x1f{self.summary.iri}"

    @property
    def issued_key(self) -> int:
        """What datasets are put in order of freshness by."""
        return (int(_moment(self.summary.issued).timestamp()) << _TIE) + self._tie

    def used_key(self, *, publicly: bool) -> int:
        """Return what datasets are put in order of use by."""
        return ((self.used_publicly if publicly else self.used) << _TIE) + self._tie

    @property
    def recency(self) -> float:
        """A small number that is greater for fresher datasets, by which equally good answers are put in order."""
        days = (_moment(self.summary.issued).date() - _EPOCH).days
        return max(0, min(days, _CENTURY)) / _CENTURY * _SLIGHTLY

    @property
    def texts(self) -> dict[str, str]:
        """The text of each field that is searched."""
        about = self.summary
        terms = (*self.facets.get("class", ()), *self.facets.get("profile", ()))
        return {
            "title_text": about.title,
            "keyword_text": " | ".join(about.keywords),
            "publisher_text": local_name(about.publisher).replace("-", " "),
            "description_text": f"{about.description}\n{self.words}",
            "term_text": " | ".join(" ".join(parts_of_name(local_name(iri))) for iri in terms),
        }


def document_key(graph: str, dataset: str) -> str:
    """Return what a dataset's entry in a graph is known by in the index."""
    return f"{graph} {dataset}"


def days(text: str) -> int:
    """Return an ISO date, or the date of an ISO date and time, as a number of days.

    >>> days("1970-01-02")
    1
    """
    return (date.fromisoformat(text[:10]) - date(1970, 1, 1)).days


def to_document(dataset: IndexedDataset, schema: tantivy.Schema) -> tantivy.Document:
    """Write a dataset in the form of the index."""
    about, texts = dataset.summary, dataset.texts
    fields: dict[str, object] = {
        "key": dataset.key,
        "graph": dataset.graph,
        "dataset": about.iri,
        "version": dataset.version,
        "open": "yes" if dataset.is_open else "no",
        "title_key": dataset.title_key,
        "issued_key": dataset.issued_key,
        "used_public_key": dataset.used_key(publicly=True),
        "used_key": dataset.used_key(publicly=False),
        "recency": dataset.recency,
        "words": " ".join(text for name, text in texts.items() if name != "term_text"),
        OPENINGS: openings(about),
        "shown": _shown(dataset),
        **texts,
    }
    fields |= {name: list(values) for name, values in dataset.facets.items() if values}
    if dataset.period:
        fields |= {name: days(day) for name, day in zip(("start", "end"), dataset.period, strict=True) if day}
    if dataset.area:
        area = dataset.area
        fields |= {"west": area.west, "south": area.south, "east": area.east, "north": area.north}
    return tantivy.Document.from_dict(fields, schema)


def openings(summary: DatasetSummary) -> list[str]:
    """Return what may be suggested of a dataset: its title and keywords, in lower case."""
    return sorted({" ".join(text.lower().split())[:_OPENING_LENGTH] for text in (summary.title, *summary.keywords)})


def _shown(dataset: IndexedDataset) -> str:
    about = dataset.summary
    shown = [
        *(about.iri, about.title, about.description, about.publisher, about.licence, about.sensitivity),
        *(about.version, about.issued, list(about.keywords)),
    ]
    return json.dumps(shown, ensure_ascii=False)


def read_shown(text: str) -> DatasetSummary:
    """Read what `to_document` kept to be shown."""
    iri, title, description, publisher, licence, sensitivity, version, issued, keywords = json.loads(text)
    return DatasetSummary(
        iri=iri,
        title=title,
        description=description,
        publisher=publisher,
        licence=licence,
        sensitivity=sensitivity,
        version=version,
        issued=issued,
        keywords=tuple(keywords),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
