"""How the data of an endpoint are seen by whoever asks: through mappings and rules, in the terms of the query."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rewriting.sources import view_between
from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.alignment.rewriting.view import View
from virtuales.alignment.rules import RuleRegistry
from virtuales.errors import UnknownTerm
from virtuales.federation.links import Links
from virtuales.models.registry import ModelRegistry


@dataclass(frozen=True)
class Seen:
    """How the data of an endpoint are seen.

    Args:
        models: The names of the models that the data follow, for the account.
        views: How the data of each model but the query's own are seen in the query's.
        own: Whether there are data in the query's own model too.
        links: What things the endpoint calls by other IRIs; None where all are called alike.
    """

    models: tuple[str, ...] = ()
    views: tuple[View, ...] = ()
    own: bool = False
    links: Links | None = None


@dataclass(frozen=True)
class Asker:
    """Whoever asks: the model that queries are in, and what leads to it from other models.

    Args:
        model: The registered name of the model that queries are in.
        models: The registered models.
        mappings: The mapping sets.
        rules: The mapping rules.
        strictness: What else than terms of the same meaning may stand for the query's.
    """

    model: str
    models: ModelRegistry
    mappings: MappingRegistry
    rules: RuleRegistry
    strictness: Strictness = Strictness.EXACT
    _views: dict[str, View] = field(default_factory=dict)

    def sees(self, data: Iterable[str], links: Links | None = None) -> Seen | None:
        """Return how data are seen that follow some models; None where they are seen as they are.

        Args:
            data: The models: each by its registered name, its IRI, or the IRI of a profile of it; none for the query's.
            links: What things the endpoint calls by other IRIs.

        Raises:
            UnknownTerm: no model is registered under a name or an IRI.
            InputError: nothing leads from a model to the queries'.
        """
        own = self.names[self.model]
        names = tuple(dict.fromkeys(map(self.name_of, data)))
        others = tuple(each for each in names if each != own)
        if not others and links is None:
            return None
        return Seen(names, tuple(map(self._view, others)), own=own in names or not others, links=links)

    def name_of(self, model: str) -> str:
        """Return the registered name of a model that is given by its name, its IRI, or the IRI of a profile of it.

        Raises:
            UnknownTerm: no model is registered so.
        """
        if model not in self.names:
            remedy = "Registered are: " + ", ".join(self.models.names()) + "."
            raise UnknownTerm(f"No model is registered as `{model}`.", remedy=remedy)
        return self.names[model]

    @cached_property
    def names(self) -> dict[str, str]:
        """The registered name of each model, by what can name it."""
        found: dict[str, str] = {}
        for each in self.models.versions():
            found |= dict.fromkeys((each.name, each.reference, *each.profiles), each.name)
        for name in self.models.names():
            found[self.models.iri(name)] = name
        return found

    def _view(self, data: str) -> View:
        if data not in self._views:
            self._views[data] = view_between(
                self.model,
                data,
                models=self.models,
                mappings=self.mappings,
                rules=self.rules,
                strictness=self.strictness,
            )
        return self._views[data]
