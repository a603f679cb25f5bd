"""Import of published files as a registered model: facts into `ontology/`, and its line in the manifest."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from virtuales.errors import InputError
from virtuales.models import ontology_file, owl_vocabulary, rdfs_profile
from virtuales.models.facts import Model, check_name
from virtuales.models.manifest import ListedFile, update_manifest
from virtuales.models.ontology_file import model_iri, write_model
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import RDF, VES


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


def read_files(paths: Sequence[Path], name: str, publication: Publication, *, namespaces: Sequence[str] = ()) -> Model:
    """Read published files into facts; the style is told from the first.

    Args:
        paths: The files.
        name: The name under which the model is to be registered.
        publication: What people say of the files.
        namespaces: For a vocabulary the namespaces whose terms are its own; by default each that a tenth of the terms
            lie in.

    Raises:
        UnreadableInput: a file is no RDF.
        InputError: the files describe no terms, or contradict each other.
    """
    if not paths:
        raise InputError("There is no file to import.", remedy="Name at least one RDF file.")
    if rdfs_profile.is_profile(paths[0]):
        return rdfs_profile.read_model(paths, name, **asdict(publication))
    return owl_vocabulary.read_vocabulary(paths, Model(name, **asdict(publication)), namespaces)


def read_turtle(content: bytes, name: str, publication: Publication) -> Model:
    """Read one Turtle document that somebody hands in, to be registered under a name: our own facts, or a vocabulary.

    Args:
        content: What `virtuales models import` wrote of a model, or RDF Schema, OWL or SKOS.
        name: The name under which the model is to be registered.
        publication: What is said of it; what is left empty is taken from the document.

    Raises:
        UnreadableInput: the bytes are not Turtle.
        InputError: the document describes no term, or more than one model.
    """
    kinds = {quad.object for quad in parse_file(content, TURTLE, name=name) if quad.predicate == RDF.type}
    if VES.Model in kinds:
        model = ontology_file.read_model(content, name=name)
    else:
        with tempfile.TemporaryDirectory(prefix="virtuales-") as scratch:
            file = Path(scratch) / f"{check_name(name)}.ttl"
            file.write_bytes(content)
            model = read_files([file], name, publication)
    said = {field: text for field, text in asdict(publication).items() if text}
    return replace(model, name=check_name(name), **said)


def without_prose(model: Model) -> Model:
    """Return the model without its publisher's definitions: what may stand among contributed files."""
    return replace(
        model,
        classes={iri: replace(fact, definition="") for iri, fact in model.classes.items()},
        properties={iri: replace(fact, definition="") for iri, fact in model.properties.items()},
    )


def store_facts(model: Model, folder: Path, *, definitions: bool = False) -> Path:
    """Write a model's facts into a folder of ontologies and list the file in its manifest.

    Args:
        model: The model.
        folder: The folder.
        definitions: Whether its publisher's definitions are written too; their licence has to allow it.

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
    path.write_text(write_model(model if definitions else without_prose(model)), encoding="utf-8")
    update_manifest(folder, [entry])
    return path
