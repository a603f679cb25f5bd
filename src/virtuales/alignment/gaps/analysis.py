"""The analysis: every requirement of a use case against every model.

What the record states of a model counts. For other models it follows from the mappings: where each term that the record
names for some model leads exactly, the requirement is met as far as there; where terms lead only nearly, or some lead
nowhere, it is met in part.
"""

from collections import abc
from dataclasses import replace
from typing import Final

from virtuales.alignment.checks.known_terms import KnownTerm, KnownTerms
from virtuales.alignment.gaps.cell import Cell, CoveringTerm, GapReport, Row
from virtuales.alignment.gaps.clashes import clashes
from virtuales.alignment.gaps.correspondences import Correspondences
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.use_cases.record import Requirement, TermCoverage, UseCase
from virtuales.alignment.use_cases.units import unit_lacking
from virtuales.errors import InputError, UnknownTerm
from virtuales.models.facts import Model
from virtuales.models.registry import ModelRegistry
from virtuales.models.terms import unit_symbol

_WORDS: Final = {
    "broader": "says more than",
    "narrower": "says less than",
    "close": "means about the same as",
    "related": "has to do with",
}


def analyse(
    use_case: UseCase,
    *,
    models: ModelRegistry,
    sets: abc.Sequence[MappingSet],
    references: abc.Sequence[str] = (),
) -> GapReport:
    """Compare the requirements of a use case with what models have.

    Args:
        use_case: The record.
        models: The registered models.
        sets: The mapping sets.
        references: The models to look at; by default those that the review of models names.

    Raises:
        UnknownTerm: a reference names no model, or the record names a term or model that is not registered.
        InputError: neither references nor the record name a model.
    """
    terms = KnownTerms(models)
    chosen = references or [_reviewed(terms, iri, use_case) for iri in use_case.reviewed]
    if not chosen:
        raise InputError(
            "The record names no models that were reviewed.",
            where=use_case.identifier,
            remedy="Name models with `--model`, or add an activity of the type `ves:ModelReview` that used them.",
        )
    versions = tuple(models.version(each) for each in chosen)
    start = {iri for one in use_case.requirements for each in one.coverage for iri in each.terms}
    analysis = _Analysis(terms, Correspondences(start, sets, terms))
    looked_at = [models.model(one.reference) for one in versions]
    rows = tuple(
        Row(one, tuple(analysis.cell(one, model, looked_at) for model in looked_at)) for one in use_case.requirements
    )
    return GapReport(use_case.iri, use_case.identifier, use_case.title, versions, rows)


def _reviewed(terms: KnownTerms, iri: str, use_case: UseCase) -> str:
    model = terms.named(iri)
    if model is None:
        raise UnknownTerm(
            f"<{iri}> is no registered model.",
            where=f"{use_case.identifier}: review of models",
            remedy="Registered are: " + ", ".join(terms.sources()) + ".",
        )
    return model.name


class _Analysis:
    def __init__(self, terms: KnownTerms, correspondences: Correspondences) -> None:
        self._terms = terms
        self._leading = correspondences

    def cell(self, requirement: Requirement, model: Model, looked_at: abc.Sequence[Model]) -> Cell:
        """Compare one requirement with one model."""
        stated = [each for each in requirement.coverage if self._model(each, requirement).name == model.name]
        others = [each for each in requirement.coverage if each not in stated]
        if stated:
            found = [self._stated(each, requirement, model) for each in stated]
        else:
            found = [self._derived(each, requirement, model) for each in others]
        best = max(found, key=_goodness, default=Cell("not covered", reasons=("No term is named for it.",)))
        against = tuple(dict.fromkeys(self._against(best, others, model, looked_at)))
        return replace(best, status="conflicting", reasons=(*against, *best.reasons)) if against else best

    def _model(self, coverage: TermCoverage, requirement: Requirement) -> Model:
        model = self._terms.named(coverage.model)
        if model is None:
            raise UnknownTerm(
                f"<{coverage.model}> is no registered model.",
                where=requirement.identifier,
                remedy="Registered are: " + ", ".join(self._terms.sources()) + ".",
            )
        return model

    def _known(self, iri: str, model: Model, requirement: Requirement) -> KnownTerm:
        term = self._terms.in_model(iri, model)
        if term is None:
            remedy = self._terms.nearest(iri, model) or "Name a term that the model has."
            raise UnknownTerm(
                f"`{model.short(iri)}` is no term of {model.name}.", where=requirement.identifier, remedy=remedy
            )
        return term

    def _stated(self, coverage: TermCoverage, requirement: Requirement, model: Model) -> Cell:
        known = [self._known(iri, model, requirement) for iri in coverage.terms]
        terms = tuple(CoveringTerm(each.iri, each.short) for each in known)
        lacks, reasons = set(coverage.lacks), [coverage.comment] if coverage.comment else []
        said = unit_lacking(requirement.unit, known)
        if said:
            lacks.add("unit")
            reasons.append(said)
        if lacks and not reasons:
            reasons.append(f"The terms do not serve: {', '.join(sorted(lacks))}.")
        return Cell("partly covered" if lacks else "covered", terms, frozenset(lacks), tuple(reasons))

    def _derived(self, coverage: TermCoverage, requirement: Requirement, model: Model) -> Cell:
        """Follow the mappings from what the record states of another model."""
        origin = self._model(coverage, requirement)
        lacks, terms = set(coverage.lacks), list[CoveringTerm]()
        near, silent, known = list[str](), list[str](), list[KnownTerm]()
        for each in coverage.terms:
            name = f"{self._known(each, origin, requirement).short} of {origin.name}"
            found = self._leading.find(each, model)
            if found is None:
                why = self._leading.missing(each, model)
                (near if why else silent).append(f"`{name}`: {why}" if why else f"`{name}`")
                lacks.add("term")
                continue
            known.append(found.term)
            terms.append(CoveringTerm(found.term.iri, found.term.short, found.nearness, name, found.because))
            if found.nearness != "same":
                lacks.add("term")
                near.append(f"`{found.term.short}` {_WORDS[found.nearness]} `{name}`.")
        unit = unit_lacking(requirement.unit, known) if known else ""
        if unit:
            lacks.add("unit")
        if not terms:
            return Cell("not covered", reasons=(*near, f"No mapping leads here from the terms of {origin.name}."))
        left = f"No mapping leads here from {', '.join(silent)}." if silent else ""
        reasons = tuple(filter(None, (coverage.comment, *near, left, unit)))
        return Cell("partly covered" if lacks else "covered", tuple(terms), frozenset(lacks), reasons)

    def _against(
        self, cell: Cell, others: abc.Sequence[TermCoverage], model: Model, looked_at: abc.Sequence[Model]
    ) -> abc.Iterator[str]:
        """Tell what speaks against a model's terms: terms of the other models looked at, and denied mappings."""
        ours = [term for each in cell.terms if (term := self._terms.in_model(each.iri, model))]
        for coverage in others:
            origin = self._terms.named(coverage.model)
            if origin is None or origin.name not in {each.name for each in looked_at}:
                continue
            theirs = [term for iri in coverage.terms if (term := self._terms.in_model(iri, origin))]
            for one, two in self._pairs(theirs, ours, model, stated=not any(each.origin for each in cell.terms)):
                yield from clashes(one, two)
            for each in theirs:
                for said in self._leading.contradictions(each.iri, model):
                    yield f"Mappings contradict each other: {said}."

    def _pairs(
        self, theirs: abc.Sequence[KnownTerm], ours: abc.Sequence[KnownTerm], model: Model, *, stated: bool
    ) -> abc.Iterator[tuple[KnownTerm, KnownTerm]]:
        """Give the terms to be compared: those that mappings take for the same, and the only quantities of both.

        What the record states of both models serves the same requirement, so that their only quantities mean the same.
        """
        quantities = [
            [each for each in side if each.attributes and unit_symbol(each.attributes)] for side in (theirs, ours)
        ]
        if stated and all(len(side) == 1 for side in quantities):
            yield quantities[0][0], quantities[1][0]
        for each in theirs:
            found = self._leading.find(each.iri, model)
            if found is not None and found.nearness == "same" and found.term.iri in {one.iri for one in ours}:
                yield each, found.term


def _goodness(cell: Cell) -> tuple[int, int, int]:
    """Order what was found from several starting points: covered first, then what lacks least."""
    order = ("not covered", "conflicting", "partly covered", "covered")
    return order.index(cell.status), -len(cell.lacks), sum(each.nearness == "same" for each in cell.terms)
