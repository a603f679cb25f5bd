"""Terms as the registered models know them, found by the source that a mapping names, or by their namespace."""

from collections import abc
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Final, Literal

from virtuales.errors import UnknownTerm
from virtuales.models.facts import ClassFact, Model, PropertyFact, local_name
from virtuales.models.registry import ModelRegistry
from virtuales.models.terms import TermKind

Group = Literal["class", "datatype", "property", "concept", "value", "individual", "profile"]
"""What sorts of terms can stand for one another."""

_GROUPS: Final[abc.Mapping[str, Group]] = {
    "class": "class",
    "compound": "class",
    "enumeration": "class",
    "datatype": "datatype",
    "primitive": "datatype",
    "concept": "concept",
    "scheme": "concept",
    "individual": "individual",
    "value": "value",
    "property": "property",
    "profile": "profile",
}
_MODEL_IRI: Final = "https://w3id.org/virtuales/model/"
_NEAR: Final = 0.75
_SUGGESTED: Final = 20
"""Terms for which the nearest one is looked up: a wrong prefix makes all terms of a file unknown."""


@dataclass(frozen=True)
class KnownTerm:
    """A term of a registered model.

    Args:
        iri: The term.
        model: The model.
        kind: What it is.
        fact: What the model says of it; None for a value of an enumeration and a profile.
    """

    iri: str
    model: Model
    kind: TermKind | Literal["profile"]
    fact: ClassFact | PropertyFact | None

    @property
    def group(self) -> Group:
        """What sort of terms it can stand for."""
        return _GROUPS[self.kind]

    @property
    def short(self) -> str:
        """Its prefixed name."""
        return self.model.short(self.iri)

    @property
    def deprecated(self) -> bool:
        """Whether its publisher advises against its use."""
        return self.fact is not None and self.fact.deprecated

    @property
    def attributes(self) -> PropertyFact | None:
        """What the model says of it if it is a property, an attribute or an association."""
        return self.fact if isinstance(self.fact, PropertyFact) else None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that the model gives it."""
        said = (self.fact.label, *self.fact.synonyms) if self.fact else ()
        local = local_name(self.iri)
        return (*said, local, local.rpartition(".")[2])


class KnownTerms:
    """The terms of all registered models; a model is read when one of its terms is first asked for.

    Args:
        models: The registered models.
    """

    def __init__(self, models: ModelRegistry) -> None:
        self._models = models
        self._suggested = 0
        self._locals: dict[str, dict[str, str]] = {}
        self._named: dict[str, Model | None] = {}
        self._found: dict[tuple[str, str], KnownTerm | None] = {}

    @cached_property
    def _names(self) -> dict[str, str]:
        named = {_MODEL_IRI + name: name for name in self._models.names()}
        for name in self._models.names():
            try:
                named[self._models.file(name).iri.value] = name
            except UnknownTerm:  # added while the node runs: it is in no manifest
                continue
        return named

    @cached_property
    def all(self) -> tuple[Model, ...]:
        """Every registered model, in the version in use."""
        return tuple(map(self._models.model, self._models.names()))

    def named(self, iri: str) -> Model | None:
        """Return the model that a mapping's source names, or nothing if it is not registered."""
        if iri not in self._named:
            name = self._names.get(iri)
            self._named[iri] = self._models.model(name) if name else None
        return self._named[iri]

    def model(self, reference: str) -> Model | None:
        """Return the model that a rule names, or nothing if it is not registered."""
        try:
            return self._models.model(reference)
        except UnknownTerm:
            return None

    def references(self) -> tuple[str, ...]:
        """Return the registered names."""
        return self._models.names()

    def sources(self) -> tuple[str, ...]:
        """Return the IRIs by which a set may name its models."""
        return tuple(sorted(self._names))

    def versions(self, model: Model) -> tuple[str, ...]:
        """Return the registered versions of a model."""
        return tuple(one.version for one in self._models.versions(model.name))

    def in_model(self, iri: str, model: Model) -> KnownTerm | None:
        """Return a term of a model, or nothing if it has no such term."""
        key = (model.name, iri)
        if key not in self._found:
            self._found[key] = _term(iri, model)
        return self._found[key]

    def anywhere(self, iri: str) -> KnownTerm | None:
        """Return a term of whichever model has it, or nothing."""
        return next(filter(None, (self.in_model(iri, model) for model in self._having(iri))), None)

    def owner(self, iri: str) -> Model | None:
        """Return a model in whose namespace a term lies, or nothing."""
        return next(iter(self._having(iri)), None)

    def nearest(self, iri: str, model: Model) -> str:
        """Suggest the term of a model that was most likely meant: a sentence, or nothing if none is near."""
        if self._suggested >= _SUGGESTED:
            return ""
        self._suggested += 1
        if model.name not in self._locals:
            known = (*model.classes, *model.values, *model.properties)
            self._locals[model.name] = {local_name(each).lower(): each for each in known}
        names = self._locals[model.name]
        near = get_close_matches(local_name(iri).lower(), names, n=1, cutoff=_NEAR)
        return f"Did you mean `{model.short(names[near[0]])}`?" if near else ""

    def _having(self, iri: str) -> list[Model]:
        start = iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
        return [one for one in self.all if start in one.namespaces.values()]


def _term(iri: str, model: Model) -> KnownTerm | None:
    if iri in model.classes:
        fact = model.classes[iri]
        return KnownTerm(iri, model, fact.kind, fact)
    if iri in model.properties:
        return KnownTerm(iri, model, "property", model.properties[iri])
    if iri in model.values:
        return KnownTerm(iri, model, "value", None)
    if any(iri in profile.versions for profile in model.profiles.values()):
        return KnownTerm(iri, model, "profile", None)
    return None
