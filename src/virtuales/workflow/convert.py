"""Convert: CIM models of one edition become models of another, with an account of every statement."""

from collections import abc
from dataclasses import dataclass, replace
from pathlib import Path

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rules import RuleRegistry
from virtuales.alignment.translation.account import Account
from virtuales.alignment.translation.engine import TranslatedModel, Translator
from virtuales.alignment.translation.placement import SourceModel
from virtuales.alignment.translation.term_table import term_table
from virtuales.clock import Clock, iso_instant
from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.difference import ModelFile, derived_iri
from virtuales.preparation.cim.header import ModelHeader
from virtuales.preparation.cim.ntriples import header_lines


@dataclass(frozen=True)
class Converted:
    """Models of another edition, and what became of every statement."""

    models: tuple[ModelFile, ...]
    account: Account


@dataclass(frozen=True)
class Converter:
    """Converts packages of CIM models.

    Args:
        models: The registered models.
        mappings: The mapping sets.
        rules: The mapping rules.
        clock: Tells when a model is made.
    """

    models: ModelRegistry
    mappings: MappingRegistry
    rules: RuleRegistry
    clock: Clock

    def translator(self, source: str, target: str) -> Translator:
        """Put together what leads from one registered model to another.

        Raises:
            UnknownTerm: no model is registered under a name.
            InputError: no mapping set relates the two.
        """
        ends = self.models.file(source).iri.value, self.models.file(target).iri.value
        if not self.mappings.sides(*ends):
            raise InputError(
                f"No mapping set relates `{source}` and `{target}`.",
                remedy="`virtuales mappings list` names those that there are.",
            )
        before, after = self.models.model(source), self.models.model(target)
        table = term_table(self.mappings.between(*ends), before.terms & after.terms)
        return Translator(before, after, table, self.rules.between(source, target))

    def convert(self, models: abc.Sequence[ModelFile], target: str, directory: Path) -> Converted:
        """Convert the models of a package together.

        Args:
            models: The models, all of one registered model.
            target: The registered name of the model to convert to.
            directory: An existing directory for the results.

        Raises:
            UnknownTerm: no model is registered under that name.
            InputError: the models are of several registered models, have no header, or cannot be converted.
        """
        source = _one_model(models)
        translated = self.translator(source, target).translate([_statements(model) for model in models], directory)
        made = tuple(self._model(model, one, target) for model, one in zip(models, translated.models, strict=True))
        return Converted(made, translated.account)

    def _model(self, model: ModelFile, translated: TranslatedModel, target: str) -> ModelFile:
        """Put a header in front of a translated model."""
        header = _header(model)
        fresh = replace(
            header,
            iri=converted_iri(header.iri, target),
            profiles=translated.profiles,
            created=iso_instant(self.clock.now()),
            description=_description(header.description, model.vocabulary.name, target),
            dependent_on=tuple(converted_iri(iri, target) for iri in header.dependent_on),
            supersedes=tuple(converted_iri(iri, target) for iri in header.supersedes),
        )
        whole = translated.statements.with_suffix(".whole.nt")
        with whole.open("wb") as sink, translated.statements.open("rb") as body:
            sink.writelines(header_lines(fresh))
            sink.writelines(body)
        return ModelFile(
            name=f"{Path(model.name).stem}_{target}.xml",
            header=fresh,
            statements=whole,
            profiles=translated.profiles,
            vocabulary=self.models.vocabulary_for_profiles(translated.profiles),
            identifiers=model.identifiers,
        )


def converted_iri(iri: str, target: str) -> str:
    """Name the model that a model becomes in another edition: always the same, so that models refer to each other."""
    return derived_iri("converted", iri, target)


def _one_model(models: abc.Sequence[ModelFile]) -> str:
    names = sorted({model.vocabulary.name for model in models})
    if len(names) != 1:
        raise InputError(
            f"The models are of {', '.join(names) or 'no registered model'}; those of one are converted together.",
            remedy="Convert the models of each edition by themselves.",
        )
    return names[0]


def _header(model: ModelFile) -> ModelHeader:
    if model.header is None:
        raise InputError(
            "A model without header cannot be converted: nothing says which profiles it becomes one of.",
            where=model.name,
            remedy="Add the header (`md:FullModel`).",
        )
    return model.header


def _statements(model: ModelFile) -> SourceModel:
    header = _header(model)
    return SourceModel(model.name, header.iri, model.profiles, model.statements, header.dependent_on)


def _description(before: str | None, source: str, target: str) -> str:
    said = f"Converted from {source} to {target}."
    return f"{before.strip()} {said}" if before and before.strip() else said
