"""Suggesting mappings: two models, what the installation knows and has decided, and what its decisions teach."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from virtuales.alignment.coherence.judging import Coherence
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.suggestions import background
from virtuales.alignment.suggestions.as_set import End
from virtuales.alignment.suggestions.background import Background
from virtuales.alignment.suggestions.decisions import Decisions
from virtuales.alignment.suggestions.engine import LEAST, Suggested, suggest
from virtuales.alignment.suggestions.learning import Lessons, learnt, lessons
from virtuales.alignment.suggestions.matching import Weighing
from virtuales.alignment.suggestions.meaning import Embed, with_meaning
from virtuales.alignment.suggestions.observed import Observed
from virtuales.alignment.suggestions.sides import Sides
from virtuales.errors import UnknownTerm
from virtuales.models.axioms import axioms_of
from virtuales.models.facts import Model
from virtuales.models.owl_axioms import read_axioms
from virtuales.models.owl_vocabulary import read_model
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import OWL, RDF
from virtuales.rdf.terms import NamedNode

_MODEL_IRI = "https://w3id.org/virtuales/model/"
_WORDS = "synonyms"
"""The vocabulary of what people call the terms of other models."""


@dataclass(frozen=True)
class Suggesting:
    """Suggests mappings for an installation.

    Args:
        models: The registered models.
        mappings: The registered mapping sets, which are what is decided and what is learnt from.
        folder: The folder of mappings, for the groups of words.
        further: Mappings that count as decided though they are not registered, subjects of the left model first.
        embed: A language model for names, if one is to be asked.
    """

    models: ModelRegistry
    mappings: MappingRegistry
    folder: Path
    further: tuple[Mapping, ...] = field(default=())
    embed: Embed | None = None

    def end(self, source: str) -> End:
        """Return a registered model by its reference, or the ontology in a file.

        Raises:
            UnknownTerm: there is neither such a model nor such a file.
            UnreadableInput: the file is no RDF.
            InputError: the file describes no term.
        """
        path = Path(source)
        if path.is_file():
            return End(_of_file(path), _iri_of_file(path), read_axioms(path))
        try:
            model = self.models.model(source)
        except UnknownTerm as error:
            remedy = f"Give a file, or a registered model. {error.remedy or ''}".strip()
            raise UnknownTerm(f"There is no model `{source}`, registered or as a file.", remedy=remedy) from None
        return End(model, self._iri(model.name), axioms_of(model))

    def suggest(
        self,
        left: End,
        right: End,
        *,
        least: float = LEAST,
        learning: bool = True,
        learn_from: Iterable[str] = (),
        observed: tuple[Observed, Observed] | None = None,
    ) -> Suggested:
        """Suggest mappings from one model to another, none of which makes a class impossible together.

        Args:
            left: The model of the subjects.
            right: The model of the objects.
            least: How likely a pair has to be.
            learning: Whether the weights of evidences are fitted to what is decided between the two models.
            learn_from: Names of registered sets between other models that teach too.
            observed: What data says with the terms of either model.

        Raises:
            UnknownTerm: there is no such set to learn from.
            TooLarge: the suggestions together take too long to think through.
        """
        sides = self._sides(left.model, right.model, observed)
        decided = Decisions.of((*self.mappings.between(left.iri, right.iri), *self.further))
        own = lessons(sides, decided) if learning else Lessons()
        weighing = learnt(Weighing(), own + self.taught(learn_from))
        coherence = Coherence(left.axioms, right.axioms)
        return suggest(sides, decided=decided, weighing=weighing, least=least, coherence=coherence)

    def registered(self, iri: str) -> Model | None:
        """Return the registered model that mapping sets name by an IRI, or nothing."""
        name = self._by_iri.get(iri)
        return self.models.model(name) if name else None

    def taught(self, names: Iterable[str]) -> Lessons:
        """Return what registered sets teach.

        Raises:
            UnknownTerm: no set has such a name, or one is about a model that is not registered.
        """
        found = Lessons()
        for name in names:
            ends = self.mappings.models(name)
            for iri in ends:
                if iri not in self._by_iri:
                    raise UnknownTerm(f"`{name}` is about <{iri}>, which is not registered.", where="--learn-from")
            left, right = (self.models.model(self._by_iri[iri]) for iri in ends)
            found += lessons(self._sides(left, right, None), Decisions.of(self.mappings.mapping_set(name).mappings))
        return found

    @cached_property
    def _background(self) -> Background:
        found = [self.models.model(_WORDS)] if _WORDS in self.models.names() else []
        return background.load(self.folder, found)

    def _sides(self, left: Model, right: Model, observed: tuple[Observed, Observed] | None) -> Sides:
        known = self._background
        sides = Sides.of(left, right, groups=known.groups, called=known.called, observed=observed)
        return with_meaning(sides, self.embed) if self.embed else sides

    @cached_property
    def _by_iri(self) -> dict[str, str]:
        return {self._iri(name): name for name in self.models.names()}

    def _iri(self, name: str) -> str:
        try:
            return self.models.file(name).iri.value
        except UnknownTerm:  # added while the node runs: it is in no manifest
            return _MODEL_IRI + name


def observed_in(files: Iterable[Path]) -> Observed:
    """Read what data says; errors are those of `parse_file`."""
    return Observed.of(quad for path in files for quad in parse_file(path))


def _of_file(path: Path) -> Model:
    name = "".join(letter if letter.isalnum() else "-" for letter in path.stem.lower()).strip("-")
    return read_model([path], name or "ontology", source=path.name, licence="not said")


def _iri_of_file(path: Path) -> str:
    """Return the IRI of the ontology in a file, or that of the file itself if it names none."""
    named = (
        quad.subject.value
        for quad in parse_file(path)
        if quad.predicate == RDF.type and quad.object == OWL.Ontology and isinstance(quad.subject, NamedNode)
    )
    return next(named, path.resolve().as_uri())
