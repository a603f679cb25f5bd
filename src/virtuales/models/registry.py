"""The registry of models: which vocabularies this node knows, loaded when they are first asked for.

`ontology/manifest.ttl` lists the files; a file holds the facts of one model (see `virtuales.models.ontology_file`).
"""

from collections.abc import Iterable
from pathlib import Path
from threading import RLock

from virtuales.errors import UnknownTerm
from virtuales.models.facts import Kind, Model, PropertyFact
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.models.ontology_file import read_model
from virtuales.models.vocabulary import Vocabulary
from virtuales.rdf.namespaces import RDFS, VES

_WITHOUT_OBJECTS: frozenset[Kind] = frozenset(
    {"primitive", "datatype", "enumeration", "concept", "scheme", "individual"}
)
"""Kinds of terms that no object has as its class."""


class ModelRegistry:
    """The models of one folder; each is read at most once, when first asked for. Safe to share between threads.

    Args:
        files: The models that the folder's manifest lists.
    """

    def __init__(self, files: Iterable[ListedFile]) -> None:
        self._files = {file.identifier: file for file in files}
        self._models: dict[str, Model] = {}
        self._vocabularies: dict[str, Vocabulary] = {}
        self._lock = RLock()

    @classmethod
    def load(cls, folder: Path) -> "ModelRegistry":
        """Read the manifest of a folder of ontologies; the files themselves are read when first asked for.

        Raises:
            ConfigurationError: the folder has no manifest, or the manifest lists a file that is not there.
            UnreadableInput: the manifest is not Turtle.
        """
        return cls(read_manifest(folder, VES.Model))

    def names(self) -> tuple[str, ...]:
        """Return the registered names, sorted."""
        return tuple(sorted(self._files))

    def file(self, name: str) -> ListedFile:
        """Return the manifest's entry about a model.

        Raises:
            UnknownTerm: no model has that name.
        """
        try:
            return self._files[name]
        except KeyError:
            raise UnknownTerm(
                f"No model is registered as `{name}`.", remedy="Registered are: " + ", ".join(self.names()) + "."
            ) from None

    def model(self, name: str) -> Model:
        """Return all facts of a model.

        Raises:
            UnknownTerm: no model has that name.
            UnreadableInput: its file is not Turtle.
            InputError: its file describes no model.
        """
        file = self.file(name)
        with self._lock:
            if name not in self._models:
                self._models[name] = read_model(file.path)
            return self._models[name]

    def vocabulary(self, name: str) -> Vocabulary:
        """Return the part of a model that types data; errors are those of `model`."""
        with self._lock:
            if name not in self._vocabularies:
                self._vocabularies[name] = vocabulary_of(self.model(name))
            return self._vocabularies[name]

    def vocabulary_for_profiles(self, iris: Iterable[str]) -> Vocabulary:
        """Return the vocabulary of the model whose profiles a header names.

        Args:
            iris: The profile IRIs of the header; all must belong to one model.

        Raises:
            UnknownTerm: none are named, one is of no registered model, or they belong to several models.
        """
        wanted = tuple(dict.fromkeys(iris))
        known = {iri: file.identifier for file in self._files.values() for iri in file.conforms_to}
        unknown = [iri for iri in wanted if iri not in known]
        names = sorted({known[iri] for iri in wanted if iri in known})
        if not wanted or unknown or len(names) > 1:
            raise UnknownTerm(
                _complaint(wanted, unknown, names), remedy="Known profiles are: " + ", ".join(sorted(known)) + "."
            )
        return self.vocabulary(names[0])


def vocabulary_of(model: Model) -> Vocabulary:
    """Return the part of a model that types data."""
    properties = model.properties.values()
    compounds = {fact.iri for fact in model.classes.values() if fact.kind == "compound"}
    return Vocabulary(
        name=model.name,
        classes=frozenset(fact.iri for fact in model.classes.values() if fact.kind not in _WITHOUT_OBJECTS),
        datatypes={
            fact.iri: fact.datatype for fact in properties if fact.datatype and fact.datatype != RDFS.Literal.value
        },
        references=frozenset(fact.iri for fact in properties if fact.ranges),
        profiles={iri: profile.keyword for profile in model.profiles.values() for iri in profile.versions},
        functional=frozenset(fact.iri for fact in properties if _at_most_once(fact)),
        compounds={fact.iri: each for fact in properties for each in fact.ranges if each in compounds},
        concrete={fact.iri: fact.concrete for fact in model.classes.values() if fact.concrete},
        prefixes=dict(model.namespaces),
    )


def _at_most_once(fact: PropertyFact) -> bool:
    often = fact.multiplicities.values()
    return bool(often) and all(each.maximum is not None and each.maximum <= 1 for each in often)


def _complaint(wanted: tuple[str, ...], unknown: list[str], names: list[str]) -> str:
    if not wanted:
        return "The model header names no profile."
    if unknown:
        return "No registered model has the profile " + ", ".join(f"<{iri}>" for iri in unknown) + "."
    return "The model header names profiles of several models: " + ", ".join(names) + "."
