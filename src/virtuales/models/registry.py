"""The registry of models: which vocabularies this node knows, in which versions, read when they are first asked for.

`ontology/manifest.ttl` lists the files that come with the program; more are added while a node runs. Versions of a
model stand side by side. A *reference* names one: `cgmes-3.0` for the version in use, `cgmes-3.0@3.0.0` for a version,
and, where the name ends with the version as most names do, `cgmes@3.0.0` for short.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock

from virtuales.errors import Conflict, UnknownTerm
from virtuales.models import owl_vocabulary
from virtuales.models.facts import Model, check_name, version_key
from virtuales.models.kept_models import KeptModels
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.models.ontology_file import model_iri, read_model, write_model
from virtuales.models.term_index import TermIndex
from virtuales.models.terms import terms_of
from virtuales.models.vocabulary import Vocabulary, vocabulary_of
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import OWL, VES
from virtuales.rdf.terms import Quad


@dataclass(frozen=True)
class ModelVersion:
    """One version of a registered model.

    Args:
        name: The registered name.
        version: The publisher's version, as it stands in references and addresses.
        title: A name for people.
        source: Where the facts were taken from.
        licence: The source's licence.
        profiles: IRIs by which the header of a CIM model names the version's profiles.
        in_use: Whether the bare name means this version.
    """

    name: str
    version: str
    title: str
    source: str
    licence: str
    profiles: frozenset[str] = frozenset()
    in_use: bool = True

    @property
    def reference(self) -> str:
        """What names this version, whichever is in use."""
        return f"{self.name}@{self.version}"

    @property
    def family(self) -> str:
        """The name without the version it ends with: `cgmes` of `cgmes-3.0`."""
        stem, _, tail = self.name.rpartition("-")
        return stem if stem and self.version.startswith(tail) else self.name


@dataclass(frozen=True)
class _Entry:
    """A version with what it takes to read it."""

    about: ModelVersion
    turtle: Path | bytes
    read: Callable[[], Model]


class ModelRegistry:
    """The models that a node knows; each is read at most once, when first asked for. Safe to share between threads.

    Args:
        files: The models that the manifest of a folder lists.
        kept: Keeps them as they were read; None reads each from its file.
    """

    def __init__(self, files: Iterable[ListedFile], *, kept: KeptModels | None = None) -> None:
        self._lock = RLock()
        self._files: dict[str, ListedFile] = {}
        self._entries: dict[str, dict[str, _Entry]] = {}
        self._in_use: dict[str, str] = {}
        self._models: dict[str, Model] = {}
        self._vocabularies: dict[str, Vocabulary] = {}
        self._revision = 0
        self._index_lock = RLock()
        self._index = (-1, TermIndex(()))
        for file in files:
            self._files[file.identifier] = file
            self._put(_entry_of_file(file, kept), in_use=True)

    @classmethod
    def load(cls, folder: Path, *, kept: KeptModels | None = None) -> "ModelRegistry":
        """Read the manifest of a folder of ontologies; the files themselves are read when first asked for.

        Args:
            folder: The folder.
            kept: Keeps models as they were read; None reads each from its file.

        Raises:
            ConfigurationError: the folder has no manifest, or the manifest lists a file that is not there.
            UnreadableInput: the manifest is not Turtle.
        """
        return cls([*read_manifest(folder, VES.Model), *read_manifest(folder, OWL.Ontology)], kept=kept)

    @property
    def revision(self) -> int:
        """A number that grows with every change, so that what was made from the models can be known to be outdated."""
        return self._revision

    def names(self) -> tuple[str, ...]:
        """Return the registered names, sorted."""
        with self._lock:
            return tuple(sorted(self._entries))

    def versions(self, name: str | None = None) -> tuple[ModelVersion, ...]:
        """Return the registered versions by name, each model's in the order in which they were added.

        Args:
            name: The model whose versions are wanted; by default all.

        Raises:
            UnknownTerm: no model has that name.
        """
        with self._lock:
            names = self.names() if name is None else (name,)
            if name is not None and name not in self._entries:
                raise self._unknown(name)
            return tuple(self._about(entry) for each in names for entry in self._entries[each].values())

    def version(self, reference: str) -> ModelVersion:
        """Return the version that a reference names.

        Raises:
            UnknownTerm: it names none, or could be any of several.
        """
        with self._lock:
            return self._about(self._entry(reference))

    def file(self, name: str) -> ListedFile:
        """Return the manifest's entry about a model that came with the program.

        Raises:
            UnknownTerm: the manifest lists no model of that name.
        """
        if name not in self._files:
            raise self._unknown(name)
        return self._files[name]

    def iri(self, name: str) -> str:
        """Return the IRI by which mapping sets name a model: the manifest's, or one of ours if it is in no manifest.

        Raises:
            UnknownTerm: no model has that name.
        """
        if name in self._files:
            return self._files[name].iri.value
        if name not in self._entries:
            raise self._unknown(name)
        return model_iri(name).value

    def model(self, reference: str) -> Model:
        """Return all facts of a model.

        Raises:
            UnknownTerm: the reference names no model.
            UnreadableInput: its file is not Turtle.
            InputError: its file describes no model.
        """
        with self._lock:
            entry = self._entry(reference)
            key = entry.about.reference
            if key not in self._models:
                self._models[key] = entry.read()
            return self._models[key]

    def vocabulary(self, reference: str) -> Vocabulary:
        """Return the part of a model that types data; errors are those of `model`."""
        with self._lock:
            key = self._entry(reference).about.reference
            if key not in self._vocabularies:
                self._vocabularies[key] = vocabulary_of(self.model(key))
            return self._vocabularies[key]

    def vocabulary_for_profiles(self, iris: Iterable[str]) -> Vocabulary:
        """Return the vocabulary of the model whose profiles a header names.

        Where several versions of a model have the profiles, the one in use is taken, or else the latest added.

        Args:
            iris: The profile IRIs of the header; all must belong to one model.

        Raises:
            UnknownTerm: none are named, one is of no registered model, or they belong to several models.
        """
        wanted = tuple(dict.fromkeys(iris))
        with self._lock:
            known = {iri: entry.about.name for entry in self._preferred() for iri in entry.about.profiles}
            fitting = [entry for entry in self._preferred() if entry.about.profiles.issuperset(wanted)]
            if wanted and fitting:
                return self.vocabulary(fitting[0].about.reference)
        unknown = [iri for iri in wanted if iri not in known]
        names = sorted({known[iri] for iri in wanted if iri in known})
        raise UnknownTerm(
            _complaint(wanted, unknown, names), remedy="Known profiles are: " + ", ".join(sorted(known)) + "."
        )

    def add(
        self, model: Model, *, turtle: bytes | None = None, in_use: bool = True, replacing: bool = False
    ) -> ModelVersion:
        """Register a version of a model beside those there are; the same once more changes nothing.

        Args:
            model: Its facts.
            turtle: The statements that stand for it in the RDF store; by default its facts, as Turtle.
            in_use: Whether the bare name means this version from now on; a model's first version always is.
            replacing: Whether a version of that name and number is to be replaced.

        Raises:
            InputError: the name cannot name a model.
            Conflict: the version is registered with other statements, or a profile of it is another model's.
        """
        about = _about(model)
        content = turtle if turtle is not None else write_model(model).encode()
        entry = _Entry(about, content, lambda: model)
        with self._lock:
            standing = self._entries.get(model.name, {}).get(about.version)
            same = standing is not None and _bytes(standing.turtle) == content
            if standing is not None and not same and not replacing:
                raise Conflict(
                    "This version is registered with other statements.",
                    where=about.reference,
                    remedy="Give the model another version.",
                )
            self._refuse_foreign_profiles(about)
            used = in_use or model.name not in self._entries or self._in_use[model.name] == about.version
            self._put(standing if standing and same else entry, in_use=used)
            return self._about(entry)

    def remove(self, reference: str) -> ModelVersion:
        """Forget a version; when it was in use, the latest added of those that stay is.

        Raises:
            UnknownTerm: the reference names no version.
        """
        with self._lock:
            about = self._about(self._entry(reference))
            staying = self._entries[about.name]
            del staying[about.version]
            self._forget(about.reference)
            if not staying:
                del self._entries[about.name], self._in_use[about.name]
            elif about.in_use:
                self._in_use[about.name] = next(reversed(staying))
            return about

    def statements(self, reference: str) -> Iterator[Quad]:
        """Give the statements that stand for a version in the RDF store.

        Raises:
            UnknownTerm: the reference names no version.
            UnreadableInput: its file is not Turtle.
        """
        with self._lock:
            entry = self._entry(reference)
        return parse_file(entry.turtle, TURTLE, name=entry.about.reference)

    def terms(self) -> TermIndex:
        """Return the index of the terms of all versions, made anew after a change.

        Raises:
            UnreadableInput, InputError: a model cannot be read.
        """
        with self._index_lock:
            revision, index = self._index
            if revision != self._revision:
                with self._lock:
                    revision, versions = self._revision, self.versions()
                    models = [(self.model(one.reference), one.reference) for one in versions]
                index = TermIndex(term for model, reference in models for term in terms_of(model, reference))
                self._index = revision, index
            return index

    def references(self, name: str | None = None) -> frozenset[str]:
        """Return the versions to look for terms in: those in use, or the one that a reference names.

        Raises:
            UnknownTerm: the reference names none.
        """
        if name is not None:
            return frozenset({self.version(name).reference})
        return frozenset(one.reference for one in self.versions() if one.in_use)

    def digest(self, reference: str) -> str:
        """Return the SHA-256 of a version's statements as they are written, in hexadecimal digits."""
        with self._lock:
            entry = self._entry(reference)
        return hashlib.sha256(_bytes(entry.turtle)).hexdigest()

    def _put(self, entry: _Entry, *, in_use: bool) -> None:
        about = entry.about
        self._entries.setdefault(about.name, {})[about.version] = entry
        if in_use:
            self._in_use[about.name] = about.version
        self._forget(about.reference)

    def _forget(self, key: str) -> None:
        self._models.pop(key, None)
        self._vocabularies.pop(key, None)
        self._revision += 1

    def _about(self, entry: _Entry) -> ModelVersion:
        about = entry.about
        return replace(about, in_use=self._in_use[about.name] == about.version)

    def _entry(self, reference: str) -> _Entry:
        name, at, version = reference.partition("@")
        if not at:
            if name not in self._entries:
                raise self._unknown(name)
            return self._entries[name][self._in_use[name]]
        exact = self._entries.get(name, {}).get(version)
        found = [exact] if exact else [one for one in self._preferred() if _is_short_for(one.about, name, version)]
        if len(found) == 1:
            return found[0]
        what = f"`{reference}` could be any of several versions." if found else f"There is no version `{reference}`."
        known = found or [one for one in self._preferred() if name in {one.about.name, one.about.family}]
        if not known:
            raise self._unknown(name)
        raise UnknownTerm(what, remedy="Registered are: " + ", ".join(one.about.reference for one in known) + ".")

    def _preferred(self) -> list[_Entry]:
        """Return every version: those in use first, then the others, the latest added first."""
        in_use = [versions[self._in_use[name]] for name, versions in sorted(self._entries.items())]
        others = [one for _, versions in sorted(self._entries.items()) for one in reversed(versions.values())]
        return in_use + [one for one in others if one not in in_use]

    def _refuse_foreign_profiles(self, about: ModelVersion) -> None:
        for other in self._preferred():
            shared = about.profiles & other.about.profiles
            if shared and other.about.name != about.name:
                raise Conflict(
                    f"The profile <{min(shared)}> is one of `{other.about.name}`.",
                    where=about.reference,
                    remedy=f"Register the model as a version of `{other.about.name}`.",
                )

    def _unknown(self, name: str) -> UnknownTerm:
        return UnknownTerm(
            f"No model is registered as `{name}`.", remedy="Registered are: " + ", ".join(self.names()) + "."
        )


def _about(model: Model) -> ModelVersion:
    return ModelVersion(
        name=check_name(model.name),
        version=version_key(model.version),
        title=model.title or model.name,
        source=model.source,
        licence=model.licence,
        profiles=frozenset(iri for profile in model.profiles.values() for iri in profile.versions),
    )


def _entry_of_file(file: ListedFile, kept: KeptModels | None) -> _Entry:
    about = ModelVersion(
        name=file.identifier,
        version=version_key(file.version),
        title=file.title or file.identifier,
        source=file.source,
        licence=file.licence,
        profiles=file.conforms_to,
    )
    return _Entry(about, file.path, lambda: kept.read(file, _read_file) if kept else _read_file(file))


def _read_file(file: ListedFile) -> Model:
    """Read the facts of a model, or what an ordinary vocabulary says."""
    if file.kind == VES.Model:
        return read_model(file.path)
    bare = Model(file.identifier, file.title, file.version, file.source, file.licence)
    return owl_vocabulary.read_vocabulary([file.path], bare)


def _bytes(turtle: Path | bytes) -> bytes:
    return turtle if isinstance(turtle, bytes) else turtle.read_bytes()


def _is_short_for(about: ModelVersion, name: str, version: str) -> bool:
    return about.family == name and about.version == version


def _complaint(wanted: tuple[str, ...], unknown: list[str], names: list[str]) -> str:
    if not wanted:
        return "The model header names no profile."
    if unknown:
        return "No registered model has the profile " + ", ".join(f"<{iri}>" for iri in unknown) + "."
    return "The model header names profiles of several models: " + ", ".join(names) + "."
