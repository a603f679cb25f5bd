"""Which models dataset versions are in, by their entries in the catalogue, and how they are seen in a query's model."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from virtuales.catalogue.askable import AskableVersion
from virtuales.errors import InputError
from virtuales.federation.seen import Asker, Seen
from virtuales.workflow.asked_vocabulary import Vocabulary
from virtuales.workflow.told_links import NO_LINKS, ToldLinks
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class Sight:
    """How a dataset version is seen.

    Args:
        seen: Through which mappings and links; None where it is asked in the terms and names of the query.
        lost: Why it is asked in the terms of the query though it is in another model; None where that is not so.
    """

    seen: Seen | None = None
    lost: str | None = None

    @property
    def note(self) -> str | None:
        """What else is to be told of it."""
        links = len(self.seen.links.table) if self.seen is not None and self.seen.links is not None else 0
        told = [f"{self.lost} It was asked in the terms of the query."] * (self.lost is not None)
        told += [f"{links:,} of its IRIs {'is' if links == 1 else 'are'} linked to the query's."] * bool(links)
        return " ".join(told) or None


class Speakers:
    """Tells how dataset versions are seen by whoever asks.

    Args:
        asker: Who asks; None for somebody who names no model, so that all data are taken to be in the query's.
        links: What versions call by other IRIs than the query.
    """

    def __init__(self, asker: Asker | None, links: ToldLinks = NO_LINKS) -> None:
        self._asker = asker
        self._links = links
        self._found: dict[str, tuple[str, ...]] = {}

    @classmethod
    def to(cls, workspace: Workspace, vocabulary: Vocabulary | None, links: ToldLinks = NO_LINKS) -> "Speakers":
        """Return how the versions are seen by whoever asks in a vocabulary, and tells links; None names none.

        Raises:
            UnknownTerm: there is no such model.
        """
        if vocabulary is None:
            return cls(None, links)
        folder = workspace.mappings_in_use.current
        kept = workspace.askers
        asker = kept.get(vocabulary.model, vocabulary.strictness, models=workspace.models, folder=folder)
        return cls(asker, links)

    def speaks_another(self, version: AskableVersion) -> bool:
        """Tell whether a version is in another model than the query, so that it may hold what the query is about."""
        return any(self._others(version))

    def sight(self, version: AskableVersion) -> Sight:
        """Return how a version is seen; where nothing leads from its model, it is asked as it is, and that is told.

        Raises:
            InputError: one of its IRIs is linked to two of the query's.
        """
        links = self._links.of(version)
        if self._asker is None:
            return Sight(Seen(own=True, links=links) if links else None)
        leading, lost = self._leading(self._asker, self._models(self._asker, version))
        return Sight(self._asker.sees(leading, links), " ".join(lost) if lost and version.profiles else None)

    @staticmethod
    def _leading(asker: Asker, models: Iterable[str]) -> tuple[list[str], list[str]]:
        """Return those of some models from which the query's can be reached, and why the others cannot."""
        leading, lost = [], []
        for name in models:
            try:
                asker.sees([name])
                leading.append(name)
            except InputError as error:
                lost.append(error.what)
        return leading, lost

    def _models(self, asker: Asker, version: AskableVersion) -> tuple[str, ...]:
        """Return the registered names of the models that a version is in, by its profiles, or else by its terms."""
        if version.iri not in self._found:
            named = dict.fromkeys(asker.names[iri] for iri in version.profiles if iri in asker.names)
            self._found[version.iri] = tuple(named) or tuple(_models_of(asker, version.uses))
        return self._found[version.iri]

    def _others(self, version: AskableVersion) -> Iterator[str]:
        if self._asker is not None:
            own = self._asker.name_of(self._asker.model)
            yield from (name for name in self._models(self._asker, version) if name != own)


def _models_of(asker: Asker, terms: Iterable[str]) -> Iterator[str]:
    """Give models that some terms are of, those first that have most of what is left, and that may lead to the asker.

    Of models that share terms the query's own is meant, since data that are in both need no mapping.
    """
    own = asker.name_of(asker.model)
    having = {name: asker.models.model(name).terms for name in _connected(asker, own)}
    left = {iri for iri in terms if any(iri in known for known in having.values())}
    while left:
        best = max(having, key=lambda name: (len(left & having[name]), name == own, name))
        yield best
        left -= having[best]


def _connected(asker: Asker, own: str) -> set[str]:
    """Return the models that sets or rules connect with the query's, itself among them."""
    links = [frozenset(asker.mappings.models(name)) for name in asker.mappings.names()]
    reached, found = set[str](), {asker.models.iri(own)}
    while found:
        reached |= found
        found = {end for each in links if each & found for end in each} - reached
    names = {asker.names[iri] for iri in reached if iri in asker.names}
    return names | {name for name in asker.models.names() if asker.rules.between(name, own)}
