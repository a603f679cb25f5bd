"""The forms of mapping sets by the names of files: SSSOM/TSV, SSSOM/RDF and SSSOM/JSON."""

from collections import abc
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from virtuales.alignment.findings import Reading
from virtuales.alignment.json_form import read_json, write_json
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.rdf_reader import read_rdf
from virtuales.alignment.rdf_writer import write_turtle
from virtuales.alignment.tsv_reader import read_tsv
from virtuales.alignment.tsv_writer import write_tsv
from virtuales.errors import UnreadableInput

Form = Literal["tsv", "rdf", "json"]

FORMS: abc.Mapping[str, Form] = MappingProxyType(
    {
        ".tsv": "tsv",
        ".ttl": "rdf",
        ".nt": "rdf",
        ".nq": "rdf",
        ".trig": "rdf",
        ".rdf": "rdf",
        ".owl": "rdf",
        ".xml": "rdf",
        ".json": "json",
        ".jsonld": "json",
    }
)
"""What a file's suffix says about the form of the mapping set in it."""
METADATA_SUFFIXES = (".yml", ".yaml")
"""What files are called that hold the metadata of a table beside them."""


def form_of(path: Path) -> Form:
    """Return the form that a file's suffix names.

    Raises:
        UnreadableInput: it names none.
    """
    try:
        return FORMS[path.suffix.lower()]
    except KeyError:
        raise UnreadableInput(
            "The name does not tell how the mappings are written.",
            where=str(path),
            remedy="Give the file one of the suffixes " + ", ".join(FORMS) + ".",
        ) from None


def read_file(path: Path, *, metadata: Path | None = None, prefixes: abc.Mapping[str, str] | None = None) -> Reading:
    """Read a mapping set from a file of any form.

    Args:
        path: The file.
        metadata: The file with the metadata of a table that has none above it; by default the file of the same name
            that ends in `.yml` or `.yaml`, if there is one.
        prefixes: Prefixes that count as declared though the file does not declare them.

    Raises:
        UnreadableInput: there is no such file, or it is not what its name says.
    """
    form = form_of(path)
    if form == "rdf":
        return read_rdf(path)
    if form == "json":
        return read_json(path, prefixes=prefixes)
    beside = (path.with_suffix(suffix) for suffix in METADATA_SUFFIXES)
    return read_tsv(
        path, metadata=metadata or next((each for each in beside if each.is_file()), None), prefixes=prefixes
    )


def write(mapping_set: MappingSet, form: Form, *, lenient: bool = False) -> str:
    """Write a mapping set; errors and `lenient` are those of the writers."""
    if form == "rdf":
        return write_turtle(mapping_set)
    return write_json(mapping_set, lenient=lenient) if form == "json" else write_tsv(mapping_set, lenient=lenient)
