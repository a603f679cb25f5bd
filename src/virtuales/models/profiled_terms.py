"""The terms that data under some profiles can use, found without the index over all models, whose making takes long."""

from collections.abc import Iterable

from virtuales.models.registry import ModelRegistry
from virtuales.models.terms import Term, term_of


class ProfiledTerms:
    """The terms of the models that have some profiles, those in use first.

    Args:
        registry: The models.
        profiles: IRIs of profiles, as headers of data name them; those that no model has are passed over.

    >>> from virtuales.resources import contributed
    >>> eq = "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
    >>> terms = ProfiledTerms(ModelRegistry.load(contributed("ontology")), [eq])
    >>> terms.find("http://iec.ch/TC57/CIM100#Conductor.length").unit
    'km'
    """

    def __init__(self, registry: ModelRegistry, profiles: Iterable[str]) -> None:
        wanted = frozenset(profiles)
        versions = [one for one in registry.versions() if not wanted.isdisjoint(one.profiles)]
        ordered = sorted(versions, key=lambda one: not one.in_use)
        self._models = [(one.reference, registry.model(one.reference)) for one in ordered]

    def find(self, iri: str) -> Term | None:
        """Return the term with an IRI, as the first model describes it that has it."""
        for reference, model in self._models:
            if iri in model.classes or iri in model.values or iri in model.properties:
                return term_of(model, iri, reference)
        return None
