"""Several models and difference models at once: read from files and zips, changed together, written as one package."""

import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from virtuales.errors import InputError
from virtuales.preparation.cim.applying import Applied, apply_differences
from virtuales.preparation.cim.difference import DifferenceModel, ModelFile, compare, model_file
from virtuales.preparation.cim.difference_reader import DifferenceReader
from virtuales.preparation.cim.header import is_difference
from virtuales.preparation.cim.package import Package, PackageLimits, Source, list_members, read_members
from virtuales.preparation.cim.reader import CimReader, ReadLimits, Vocabularies

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time that members of a written zip have, so that the same models give the same bytes."""


@dataclass(frozen=True)
class Collection:
    """Models and difference models of some files, in the files' order.

    Args:
        package: The full models as they were read.
        models: The same, ready to be changed or written.
        differences: The difference models.
    """

    package: Package
    models: tuple[ModelFile, ...]
    differences: tuple[DifferenceModel, ...]


@dataclass(frozen=True)
class CollectionReader:
    """Reads models and difference models alike.

    Args:
        vocabularies: The registered models.
        base: The absolute IRI on which identifiers that are no UUID become IRIs.
        profiles: IRIs of the profiles of documents that name none.
        limits: How much the files may hold.
        read_limits: How much one document may hold.
    """

    vocabularies: Vocabularies
    base: str
    profiles: tuple[str, ...] = ()
    limits: PackageLimits | None = None
    read_limits: ReadLimits | None = None

    def read(self, sources: Source | Sequence[Source], directory: Path) -> Collection:
        """Read all documents of one or several files.

        Args:
            sources: XML files and zips.
            directory: An existing, empty directory for the models' N-Triples.

        Raises:
            UnreadableInput: a file is neither CIM/XML nor a sound zip of such files, or a document is not readable.
            UnknownTerm: a profile, class or property that no registered model has.
            TooLarge: more than the limits allow.
            InputError: two files hold the same model.
        """
        full, differences = [], []
        reader = DifferenceReader(self.vocabularies, self.base, limits=self.read_limits)
        for member in list_members(sources, self.limits):
            with member.open() as source:
                if not is_difference(source, member.name):
                    full.append(member)
                    continue
                differences.append(reader.read(source, name=member.name, profiles=self.profiles))
        whole = CimReader(self.vocabularies, self.base, limits=self.read_limits)
        package = read_members(full, directory, reader=whole, profiles=self.profiles or None)
        models = tuple(model_file(model, self.vocabularies) for model in package.models)
        return Collection(package, models, tuple(differences))


def apply_all(
    models: Sequence[ModelFile],
    differences: Sequence[DifferenceModel],
    directory: Path,
    *,
    model: str | None = None,
) -> list[Applied]:
    """Apply difference models each to the model that it says it changes; to the only model when there is but one.

    Args:
        models: The full models.
        differences: The difference models; those that change one model are applied in this order.
        directory: An existing directory for the results' N-Triples.
        model: The result's IRI, when one model is changed.

    Returns:
        A result for each model, in their order; one that no difference changes comes back as it is.

    Raises:
        InputError: a difference model changes none of several models, or one IRI is given for several results.
    """
    chosen = place_differences(models, differences)
    if model is not None and sum(map(bool, chosen)) > 1:
        raise InputError("One IRI cannot name several results.", where=model, remedy="Change one model at a time.")
    results = []
    for number, base in enumerate(models):
        if chosen[number]:
            target = directory / f"applied{number:04}.nt"
            results.append(apply_differences(base, chosen[number], target, model=model))
        else:
            results.append(Applied(base, (), 0, 0))
    return results


def place_differences(
    models: Sequence[ModelFile], differences: Sequence[DifferenceModel]
) -> list[list[DifferenceModel]]:
    """Tell for each model the difference models that change it, in their order.

    Args:
        models: The full models.
        differences: Difference models; each changes the model that it says it supersedes, or what one before it made
            of that; the only model when there is but one.

    Raises:
        InputError: a difference model changes none of several models.
    """
    chosen: list[list[DifferenceModel]] = [[] for _ in models]
    known = {model.header.iri: place for place, model in enumerate(models) if model.header is not None}
    for difference in differences:
        named = [known[iri] for iri in difference.header.supersedes if iri in known]
        if not named and len(models) != 1:
            raise _of_none(difference)
        place = named[0] if named else 0
        chosen[place].append(difference)
        known[difference.header.iri] = place
    return chosen


def _of_none(difference: DifferenceModel) -> InputError:
    named = ", ".join(f"<{iri}>" for iri in difference.header.supersedes) or "no model"
    return InputError(
        f"The difference model says that it changes {named}, which is none of the models given.",
        where=difference.name,
        remedy="Give the model that it changes, or that model alone.",
    )


def compare_all(
    before: Sequence[ModelFile], after: Sequence[ModelFile], *, iri: str | None = None
) -> list[DifferenceModel]:
    """Compare the models of two packages, each with the one of the same profiles and authority.

    Args:
        before: The models as they were.
        after: The models as they are.
        iri: The difference model's IRI, when one model is compared.

    Raises:
        InputError: a model has no counterpart, or several.
    """
    if len(before) == len(after) == 1:
        return [compare(before[0], after[0], iri=iri)]
    if iri is not None:
        raise InputError("One IRI cannot name several differences.", where=iri, remedy="Compare single models.")
    earlier, later = _by_kind(before), _by_kind(after)
    if alone := sorted(set(earlier) ^ set(later)):
        where = (earlier.get(alone[0]) or later[alone[0]]).name
        raise InputError(
            f"Only one of the packages has a model of {alone[0]}.",
            where=where,
            remedy="Compare packages with the same profiles and authorities, or single models.",
        )
    return [compare(model, later[kind]) for kind, model in earlier.items()]


def pair_editions(models: Sequence[ModelFile], editions: Sequence[ModelFile]) -> dict[int, int]:
    """Tell which new edition is one of which model: by profiles and authority, where there are several.

    Args:
        models: The models as they were.
        editions: New editions of some of them.

    Returns:
        For each edition's place the place of its model.

    Raises:
        InputError: an edition is of no model, or of several.
    """
    if len(models) == len(editions) == 1:
        return {0: 0}
    earlier = list(_by_kind(models))
    found = {}
    for place, (kind, edition) in enumerate(_by_kind(editions).items()):
        if kind not in earlier:
            raise InputError(
                f"The model is of {kind}, and none of those that are changed is.",
                where=edition.name,
                remedy="Give new editions of the models, with the same profiles and authorities, or difference models.",
            )
        found[place] = earlier.index(kind)
    return found


def _by_kind(models: Sequence[ModelFile]) -> dict[str, ModelFile]:
    """Tell models apart by the main profile and the authority; a model may gain or lose an additional profile."""
    found: dict[str, ModelFile] = {}
    for model in models:
        main = sorted(model.keywords - {"OP", "SC"}) or sorted(model.keywords)
        authority = model.header.modelling_authority_set if model.header is not None else None
        kind = f"{'+'.join(main)} of {authority or 'no authority'}"
        if kind in found:
            raise InputError(
                f"Two models are of {kind}: `{found[kind].name}` and `{model.name}`.",
                where=model.name,
                remedy="Compare single models.",
            )
        found[kind] = model
    return found


def write_zip(documents: Mapping[str, Callable[[BinaryIO], None]], target: Path) -> None:
    """Write a zip of documents, the same bytes for the same documents.

    Args:
        documents: For each member's name what writes it.
        target: The file; replaced only when all is written.
    """
    with replacing(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, write in documents.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as member:
                write(member)  # type: ignore[arg-type]  # a zip's member is written like any file


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place only when all went well.

    Raises:
        InputError: there is no such directory.
    """
    if not target.parent.is_dir():
        raise InputError("There is no such directory.", where=str(target.parent), remedy="Make it first.")
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as file:
        made = Path(file.name)
        try:
            yield file  # type: ignore[misc]  # a temporary file is one for writing bytes
            file.flush()
        except BaseException:
            made.unlink(missing_ok=True)
            raise
    made.chmod(0o644)
    shutil.move(made, target)
