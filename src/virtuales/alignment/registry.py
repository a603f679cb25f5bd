"""The registry of mapping sets: which there are, read when they are first asked for, found by the models they relate.

`mappings/manifest.ttl` lists the files. An entry about a mapping set is of the class `sssom:MappingSet`, its IRI is the
set's `mapping_set_id`, and it names the models of both sides as the file does (`sssom:subject_source`,
`sssom:object_source`), so that nothing need be read to know which sets relate two models.
"""

from collections import abc
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from virtuales.alignment.chain_rules import rules_of
from virtuales.alignment.chaining import invert
from virtuales.alignment.curators import CURATORS, Curator, read_curators
from virtuales.alignment.findings import Reading
from virtuales.alignment.formats import read_file
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.errors import ConfigurationError, UnknownTerm
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.rdf.namespaces import SSSOM
from virtuales.rdf.terms import plain


@dataclass(frozen=True)
class Side:
    """A mapping set seen from one model to another.

    Args:
        name: The set's registered name.
        mapping_set: The set.
        inverted: Whether the set is written the other way round.
    """

    name: str
    mapping_set: MappingSet
    inverted: bool

    def mappings(self) -> abc.Iterator[Mapping]:
        """Give the set's mappings in the wanted direction; what has no inverse cannot be seen from the other side."""
        rules = rules_of(self.mapping_set)
        for mapping in self.mapping_set.mappings:
            seen = invert(mapping, rules) if self.inverted else mapping
            if seen is not None:
                yield seen


class MappingRegistry:
    """The mapping sets of one folder; each is read at most once, when first asked for. Safe to share between threads.

    Args:
        files: The sets that the folder's manifest lists.
        curators: The people who answer for them.
    """

    def __init__(self, files: abc.Iterable[ListedFile], curators: abc.Iterable[Curator] = ()) -> None:
        self._files = {file.identifier: file for file in files}
        self._readings: dict[str, Reading] = {}
        self._shared: dict[str, MappingRegistry] = {}
        self._lock = RLock()
        self.curators = {curator.orcid: curator for curator in curators}
        """The curators, by their ORCID iD as an IRI."""

    @classmethod
    def load(cls, folder: Path) -> "MappingRegistry":
        """Read the manifest and the curators of a folder; the sets themselves are read when first asked for.

        Raises:
            ConfigurationError: the folder has no manifest, or the manifest lists a file that is not there.
            UnreadableInput: the manifest is not Turtle.
            InputError: the table of curators is wrong.
        """
        table = folder / CURATORS
        return cls(read_manifest(folder, SSSOM.MappingSet), read_curators(table) if table.is_file() else ())

    def share(self, other: "MappingRegistry", names: abc.Iterable[str]) -> None:
        """Have some sets read once for this registry and another one that has the very same files.

        Args:
            other: The other registry.
            names: The names of the sets.
        """
        self._shared |= dict.fromkeys(names, other)

    def names(self) -> tuple[str, ...]:
        """Return the registered names, sorted."""
        return tuple(sorted(self._files))

    def file(self, name: str) -> ListedFile:
        """Return the manifest's entry about a set: its IRI, version, source and licence.

        Raises:
            UnknownTerm: no set has that name.
        """
        try:
            return self._files[name]
        except KeyError:
            raise UnknownTerm(
                f"No mapping set is registered as `{name}`.",
                remedy="Registered are: " + ", ".join(self.names()) + ".",
            ) from None

    def reading(self, name: str) -> Reading:
        """Return a set as far as it can be read, with what was found; errors are those of `file` and of `read_file`."""
        file = self.file(name)
        if name in self._shared:
            return self._shared[name].reading(name)
        with self._lock:
            if name not in self._readings:
                self._readings[name] = read_file(file.path)
            return self._readings[name]

    def mapping_set(self, name: str) -> MappingSet:
        """Return a set.

        Raises:
            UnknownTerm: no set has that name.
            UnreadableInput: its file is no SSSOM.
            InputError: something in it is wrong.
        """
        return self.reading(name).accepted()

    def by_iri(self, iri: str) -> MappingSet:
        """Return the set of an IRI; errors are those of `mapping_set`."""
        for name, file in self._files.items():
            if file.iri.value == iri:
                return self.mapping_set(name)
        raise UnknownTerm(f"No mapping set is registered as <{iri}>.")

    def all(self) -> abc.Iterator[MappingSet]:
        """Give every set, by name; errors are those of `mapping_set`."""
        return map(self.mapping_set, self.names())

    def models(self, name: str) -> tuple[str, str]:
        """Return the IRIs of the models that a set relates, the subjects' first.

        Raises:
            UnknownTerm: no set has that name.
            ConfigurationError: the manifest does not say.
        """
        further = self.file(name).further
        for predicate in (SSSOM.subject_source, SSSOM.object_source):
            if predicate not in further:
                what = f"The manifest's entry about `{name}` does not say its <{predicate.value}>."
                raise ConfigurationError(what, remedy="Name the models of both sides, as the file does.")
        return plain(further[SSSOM.subject_source]), plain(further[SSSOM.object_source])

    def sides(self, source: str, target: str) -> tuple[Side, ...]:
        """Return the sets that relate two models, whichever way round they are written, by name.

        Args:
            source: The IRI of the model to map from.
            target: The IRI of the model to map to.
        """
        found = []
        for name in self.names():
            models = self.models(name)
            if models in {(source, target), (target, source)}:
                found.append(Side(name, self.mapping_set(name), inverted=models != (source, target)))
        return tuple(found)

    def between(self, source: str, target: str) -> tuple[Mapping, ...]:
        """Return every mapping from one model to another, negative ones and missing counterparts among them.

        Sets that are written the other way round are turned; see `Side.mappings`. The arguments are those of `sides`.
        """
        return tuple(mapping for side in self.sides(source, target) for mapping in side.mappings())

    def negatives(self) -> abc.Iterator[Mapping]:
        """Give every negative mapping of every set."""
        return (mapping for mapping_set in self.all() for mapping in mapping_set.negative())
