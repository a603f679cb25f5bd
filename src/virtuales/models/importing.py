"""Import of published files as a registered model: facts into `ontology/`, and its line in the manifest."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models import owl_vocabulary, rdfs_profile
from virtuales.models.facts import Model
from virtuales.models.manifest import ListedFile, update_manifest
from virtuales.models.ontology_file import model_iri, write_model
from virtuales.rdf.namespaces import VES


@dataclass(frozen=True)
class Publication:
    """What people say of the files they import.

    Args:
        title: A name for people.
        version: The publisher's version; empty to take what the files say.
        source: Where the files come from.
        licence: Their licence, as an IRI or an SPDX identifier.
    """

    title: str
    version: str = ""
    source: str = ""
    licence: str = ""


def read_files(paths: Sequence[Path], name: str, publication: Publication) -> Model:
    """Read published files into facts; the style is told from the first.

    Raises:
        UnreadableInput: a file is no RDF.
        InputError: the files describe no terms, or contradict each other.
    """
    if not paths:
        raise InputError("There is no file to import.", remedy="Name at least one RDF file.")
    read = rdfs_profile.read_model if rdfs_profile.is_profile(paths[0]) else owl_vocabulary.read_model
    return read(
        paths,
        name,
        title=publication.title,
        version=publication.version,
        source=publication.source,
        licence=publication.licence,
    )


def store_facts(model: Model, folder: Path) -> Path:
    """Write a model's facts into a folder of ontologies and list the file in its manifest.

    Returns:
        The file.

    Raises:
        InputError: the model has no source or no licence; nothing is written.
    """
    path = folder / f"{model.name}.ttl"
    entry = ListedFile(
        iri=model_iri(model.name),
        kind=VES.Model,
        identifier=model.name,
        path=path,
        source=model.source,
        licence=model.licence,
        title=model.title,
        version=model.version,
        conforms_to=frozenset(version for profile in model.profiles.values() for version in profile.versions),
    )
    path.write_text(write_model(model), encoding="utf-8")
    update_manifest(folder, [entry])
    return path
