"""What a package holds, told in one look: models and difference models, what they name, how much is in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.dependencies import DependencyReport, check_dependencies
from virtuales.preparation.cim.difference import DifferenceModel
from virtuales.preparation.cim.difference_reader import DifferenceReader
from virtuales.preparation.cim.families import FAMILIES
from virtuales.preparation.cim.header import ModelHeader, find_header, is_difference, read_namespaces
from virtuales.preparation.cim.identifiers import Identifiers
from virtuales.preparation.cim.package import Member, Package, PackagedModel, Source, list_members
from virtuales.preparation.cim.reader import CimReader, ModelReading


@dataclass(frozen=True)
class InspectedModel:
    """One document of a package.

    Args:
        name: Its file.
        bytes: Its size, uncompressed.
        namespaces: The namespaces that it declares, by prefix.
        header: What it says of itself; None when it says nothing.
        reading: What reading it gave, when it is a full model that can be read.
        difference: What it changes, when it is a difference model that can be read.
        assumed_profile: The profile that it was read by for want of one of its own.
        fault: Why it cannot be read; None when it can.
    """

    name: str
    bytes: int
    namespaces: Mapping[str, str]
    header: ModelHeader | None = None
    reading: ModelReading | None = None
    difference: DifferenceModel | None = None
    assumed_profile: str | None = None
    fault: InputError | None = None


@dataclass(frozen=True)
class Inspection:
    """What a package holds.

    Args:
        models: Its documents in order.
        dependencies: What its full models lean on.
    """

    models: tuple[InspectedModel, ...]
    dependencies: DependencyReport

    @property
    def readable(self) -> bool:
        """Whether every document could be read."""
        return all(model.fault is None for model in self.models)


class Inspector:
    """Looks into packages.

    Args:
        registry: The registered models.
        base: The absolute IRI on which identifiers that are no UUID become IRIs.
        profiles: IRIs of the profiles of documents that name none.
        lenient: Whether to go on after what cannot be used in a document, and list it.
    """

    def __init__(
        self, registry: ModelRegistry, base: str, *, profiles: Sequence[str] = (), lenient: bool = False
    ) -> None:
        self._registry = registry
        self._base = base
        self._profiles = tuple(profiles)
        self._lenient = lenient

    def inspect(self, sources: Source | Sequence[Source], directory: Path) -> Inspection:
        """Look into files and zips; a document that cannot be read is reported, and the others are looked into.

        Args:
            sources: XML files and zips.
            directory: An existing directory for the models' N-Triples.

        Raises:
            UnreadableInput: a file is neither CIM/XML nor a sound zip of such files.
            TooLarge: more than a package may hold.
        """
        inspected: list[InspectedModel] = []
        packaged: list[PackagedModel] = []
        for number, member in enumerate(list_members(sources), 1):
            model = InspectedModel(member.name, member.size, {})
            statements = directory / f"{number:04}.nt"
            try:
                model = self._look(member, model, statements)
            except InputError as error:
                model = replace(self._outline(member, model), fault=error)
            inspected.append(model)
            if model.reading is not None:
                packaged.append(PackagedModel(member, model.reading, statements))
        return Inspection(tuple(inspected), check_dependencies(Package(tuple(packaged))))

    def _outline(self, member: Member, model: InspectedModel) -> InspectedModel:
        """Tell what can be told of a document that cannot be read."""
        try:
            with member.open() as source:
                model = replace(model, namespaces=read_namespaces(source, member.name))
                return replace(model, header=find_header(source, member.name, Identifiers(self._base)))
        except InputError:
            return model

    def _look(self, member: Member, model: InspectedModel, statements: Path) -> InspectedModel:
        with member.open() as source:
            model = replace(model, namespaces=read_namespaces(source, member.name))
            if is_difference(source, member.name):
                reader = DifferenceReader(self._registry, self._base)
                change = reader.read(source, name=member.name, profiles=self._profiles)
                return replace(model, header=change.header, difference=change)
            header = find_header(source, member.name, Identifiers(self._base))
            profiles, assumed = self._profiles, None
            if header is None and not profiles and self._lenient:
                assumed = profile_for(self._registry, model.namespaces.values())
                profiles = (assumed,) if assumed else ()
            with statements.open("wb") as sink:
                reading = CimReader(self._registry, self._base).read(
                    source, sink, name=member.name, profiles=profiles or None, lenient=self._lenient
                )
            return replace(model, header=header, reading=reading, assumed_profile=assumed)


def profile_for(registry: ModelRegistry, namespaces: Iterable[str]) -> str | None:
    """Return the profile by which a document without header may be read: equipment, in the model of its namespaces.

    Of several models that use a namespace, the one with the most classes is taken.
    """
    wanted = {space for space in namespaces if space in FAMILIES}
    known = [registry.vocabulary(name) for name in registry.names() if registry.file(name).conforms_to]
    fitting = [one for one in known if wanted.intersection(one.prefixes.values())]
    fitting.sort(key=lambda one: (len(wanted.intersection(one.prefixes.values())), len(one.classes)))
    return next((iri for one in fitting[-1:] for iri, short in one.profiles.items() if short == "EQ"), None)
