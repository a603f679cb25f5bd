"""A model as a client sends it to a registry: the file itself where it is Turtle, else the facts that it states."""

from collections.abc import Sequence
from pathlib import Path

from virtuales.errors import UnreadableInput
from virtuales.models.facts import check_name
from virtuales.models.importing import Publication, read_files
from virtuales.models.ontology_file import write_model

_TURTLE = ".ttl"


def model_text(files: Sequence[Path], name: str, publication: Publication) -> str:
    """Return the Turtle by which a model is registered.

    Args:
        files: One Turtle file, which is sent as it is, or the published files in whatever RDF syntax.
        name: The name under which it is to be registered.
        publication: What is said of it.

    Raises:
        UnreadableInput: a file is no RDF, or no text in UTF-8.
        InputError: the name cannot name a model, or the files describe no term.
    """
    check_name(name)
    if len(files) == 1 and files[0].suffix.lower() == _TURTLE:
        try:
            return files[0].read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise UnreadableInput("The file is no text in UTF-8.", where=str(files[0])) from None
    return write_model(read_files(files, name, publication))
