"""Reading a dataset's files into statements, the same at the node that publishes them and for who receives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.package import PackagedModel, PackageLimits, SourceFile, read_package
from virtuales.preparation.cim.reader import CimReader, ReadLimits
from virtuales.preparation.cim.references import check_references
from virtuales.preparation.lifting import LiftSource, lift
from virtuales.preparation.sources import CIM_XML, ZIP, is_cim


@dataclass(frozen=True)
class Origin:
    """Whose files they are, which decides the IRIs of what they do not name themselves.

    Args:
        dataset: IRI of the dataset.
        publisher: IRI of the organisation that publishes it.
        profiles: IRIs of the profiles that files other than CIM/XML follow.
    """

    dataset: str
    publisher: str
    profiles: tuple[str, ...]

    @property
    def cim_base(self) -> str:
        """The base on which identifiers of CIM that are no UUID become IRIs."""
        return f"{self.publisher}/cim"

    @property
    def data_base(self) -> str:
        """What relative IRIs, and models without a name, are put behind."""
        return f"{self.dataset}/data/"

    @property
    def skolem(self) -> str:
        """What the IRIs of blank nodes start with."""
        node, _, slug = self.dataset.partition("/id/dataset/")
        return f"{node}/.well-known/genid/{slug}/"


@dataclass(frozen=True)
class ReadModel:
    """One model as it was read of the files, before it is judged or kept.

    Args:
        name: What people call it.
        iri: IRI of the model.
        profiles: IRIs of the profiles that it claims to follow.
        keyword: The profiles' short names.
        statements: The file with its N-Triples.
        triples: How many statements there are.
        classes: How many objects there are of each class.
        depends_on: Models that its header depends on.
    """

    name: str
    iri: str
    profiles: tuple[str, ...]
    keyword: str
    statements: Path
    triples: int
    classes: Mapping[str, int]
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadFiles:
    """All models of a dataset's files, and remarks on files that hold none."""

    models: tuple[ReadModel, ...]
    remarks: tuple[str, ...]


def read_files(
    sources: Sequence[LiftSource],
    scratch: Path,
    *,
    origin: Origin,
    models: ModelRegistry,
    limit: int,
    whole: bool = True,
) -> ReadFiles:
    """Read files: models of the grid, and what is lifted.

    Args:
        sources: The files.
        scratch: An existing directory for the N-Triples.
        origin: Whose files they are.
        models: The vocabularies by which CIM/XML is typed.
        limit: The most bytes that they may unpack to.
        whole: Whether they are all files of the dataset, so that references have to lead somewhere.

    Raises:
        UnreadableInput, UnknownTerm, DanglingReference, TooLarge: a file cannot be read as what it claims to be.
    """
    grid = [source for source in sources if _is_grid_model(source)]
    found: list[ReadModel] = []
    if grid:
        reader = CimReader(models, origin.cim_base, limits=ReadLimits(source_bytes=limit))
        files = [SourceFile(source.path, source.name) for source in grid]
        package = read_package(files, scratch, reader=reader, limits=PackageLimits(total_bytes=limit))
        if whole:
            check_references(package)
        found += [_grid_model(model) for model in package.models]
    others = [source for source in sources if source not in grid]
    lifting = lift(others, scratch, base=origin.data_base, skolem=origin.skolem, limit=limit)
    found += [
        ReadModel(each.name, each.iri, origin.profiles, "", each.statements, each.triples, each.classes)
        for each in lifting.models
    ]
    return ReadFiles(tuple(found), lifting.remarks)


def _is_grid_model(source: LiftSource) -> bool:
    return source.media_type == ZIP or (source.media_type == CIM_XML and is_cim(source.path))


def _grid_model(model: PackagedModel) -> ReadModel:
    reading = model.reading
    return ReadModel(
        name=reading.name,
        iri=reading.header.iri if reading.header else f"urn:sha256:{reading.source_digest}",
        profiles=reading.profiles,
        keyword=" ".join(reading.short_profiles),
        statements=model.statements,
        triples=reading.triples,
        classes=dict(reading.objects),
        depends_on=reading.header.dependent_on if reading.header else (),
    )
