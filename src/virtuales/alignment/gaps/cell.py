"""One requirement against one model: what was found, and the words for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

from virtuales.alignment.gaps.correspondences import Nearness
from virtuales.alignment.use_cases.record import Aspect, Requirement
from virtuales.models.registry import ModelVersion

Status = Literal["covered", "partly covered", "not covered", "conflicting"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)


@dataclass(frozen=True)
class CoveringTerm:
    """A term that serves a requirement.

    Args:
        iri: The term.
        name: Its prefixed name.
        nearness: What it is, seen from the term that the record names; `same` if that is the record's own.
        origin: The prefixed name of the term that the record names, with its model, where that is another model's.
        because: The mappings that lead from there; none where both models have the very term.
    """

    iri: str
    name: str
    nearness: Nearness = "same"
    origin: str = ""
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """How far one model meets one requirement.

    Args:
        status: How far.
        terms: The terms that serve it.
        lacks: What they do not serve.
        reasons: The same in sentences: what is lacking, what contradicts.
    """

    status: Status
    terms: tuple[CoveringTerm, ...] = ()
    lacks: frozenset[Aspect] = frozenset()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One requirement against all models.

    Args:
        requirement: The requirement.
        cells: What was found, in the order of the models.
    """

    requirement: Requirement
    cells: tuple[Cell, ...]

    @property
    def best(self) -> Status:
        """How far the model that meets it best does; conflicting terms are worth less than lacking ones."""
        order: tuple[Status, ...] = ("covered", "partly covered", "conflicting", "not covered")
        return min((cell.status for cell in self.cells), key=order.index, default="not covered")

    def named(self, names: Iterable[str]) -> list[tuple[str, Cell]]:
        """Return the cells with what the models are called."""
        return list(zip(names, self.cells, strict=True))

    @property
    def is_gap(self) -> bool:
        """Whether no model meets it wholly."""
        return self.best != "covered"


@dataclass(frozen=True)
class GapReport:
    """What a gap analysis of a use case found.

    Args:
        use_case: The use case's IRI.
        name: Its registered name.
        title: Its name for people.
        models: The models, in order.
        rows: A row for each requirement.
    """

    use_case: str
    name: str
    title: str
    models: tuple[ModelVersion, ...]
    rows: tuple[Row, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """What the models are called in tables: the name alone for the version in use."""
        return tuple(one.name if one.in_use else one.reference for one in self.models)

    def counts(self, model: int) -> dict[Status, int]:
        """Return how many requirements a model meets how far, by its place."""
        found = [row.cells[model].status for row in self.rows]
        return {status: found.count(status) for status in STATUSES}

    def best_counts(self) -> dict[Status, int]:
        """Return how many requirements are met how far by the model that meets them best."""
        found = [row.best for row in self.rows]
        return {status: found.count(status) for status in STATUSES}

    def gaps(self) -> tuple[Row, ...]:
        """Return the requirements that no model meets wholly."""
        return tuple(row for row in self.rows if row.is_gap)
