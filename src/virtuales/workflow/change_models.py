"""Changing the models of a package before they are judged again: by difference models, or by new editions of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.errors import InputError
from virtuales.preparation.cim.applying import Conflict
from virtuales.preparation.cim.collection import (
    Collection,
    CollectionReader,
    apply_all,
    pair_editions,
    place_differences,
)
from virtuales.preparation.cim.difference import DifferenceModel, ModelFile, model_file
from virtuales.preparation.cim.package import Member, PackagedModel, list_members
from virtuales.rdf.namespaces import DM
from virtuales.workflow.locate import Document


@dataclass(frozen=True)
class ChangedModel:
    """What a model became.

    Args:
        statements: The file with its N-Triples.
        profiles: IRIs of its profiles.
        documents: Where its objects stand, what says most of them last first.
        conflicts: What did not fit between difference models and what they changed.
    """

    statements: Path
    profiles: tuple[str, ...]
    documents: tuple[Document, ...]
    conflicts: tuple[Conflict, ...] = ()


def change_models(
    models: Sequence[PackagedModel], changes: Sequence[Path], directory: Path, *, reader: CollectionReader
) -> list[ChangedModel | None]:
    """Change models by difference models and new editions.

    Args:
        models: The models as they were.
        changes: CIM/XML files and zips of them, difference models in the order in which they are to be applied.
        directory: An existing, empty directory for what is read and what results.
        reader: Reads the files.

    Returns:
        For each model what it became; None where nothing changes it.

    Raises:
        UnreadableInput, UnknownTerm, TooLarge: a file cannot be read as what it claims to be.
        InputError: a difference model or an edition is of none of the models, or a model is given both.
    """
    collection = reader.read(changes, directory)
    files = [model_file(model, reader.vocabularies) for model in models]
    found = _by_editions(files, collection)
    placed = place_differences(files, collection.differences)
    members = {member.name: member for member in list_members(changes, reader.limits)}
    for place, applied in enumerate(apply_all(files, collection.differences, directory)):
        if not placed[place]:
            continue
        if found[place] is not None:
            raise InputError(
                "A model is given a new edition and difference models at once.",
                where=models[place].member.name,
                remedy="Give the edition alone, or the difference models alone.",
            )
        said = [_section(one, members) for one in reversed(placed[place])]
        documents = (*said, Document.of(models[place]))
        found[place] = ChangedModel(applied.model.statements, applied.model.profiles, documents, applied.conflicts)
    return found


def _by_editions(files: Sequence[ModelFile], collection: Collection) -> list[ChangedModel | None]:
    found: list[ChangedModel | None] = [None] * len(files)
    if collection.models:
        for edition, place in pair_editions(files, collection.models).items():
            model = collection.package.models[edition]
            found[place] = ChangedModel(model.statements, model.reading.profiles, (Document.of(model),))
    return found


def _section(difference: DifferenceModel, members: dict[str, Member]) -> Document:
    """Return the part of a difference model's document in which what begins stands."""
    return Document(members[difference.name], difference.identifiers, DM.forwardDifferences.value)
