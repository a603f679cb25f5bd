"""A registered file of mappings in the form that somebody asks for: as it was contributed, or written in another."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from virtuales.alignment.findings import Reading
from virtuales.alignment.formats import FORMS
from virtuales.alignment.json_form import read_json, write_json
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.rdf_reader import read_rdf
from virtuales.alignment.rdf_writer import triples, write_turtle
from virtuales.alignment.registered.version import MappingKind, MappingVersion
from virtuales.alignment.tsv_reader import read_tsv
from virtuales.alignment.tsv_writer import write_tsv
from virtuales.errors import NotAcceptable
from virtuales.rdf import media
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX, serialize_quads

TSV: Final = "text/tab-separated-values"
JSON: Final = "application/json"
QUERY: Final = "application/sparql-query"
FORMS_OF_SETS: Final = (TSV, media.TURTLE, JSON, media.JSON_LD)
"""The media types in which every set is given, whatever it was contributed in."""
_MOST_KEPT: Final = 8
_SUFFIXES: Mapping[str, str] = MappingProxyType({".tsv": TSV, ".json": JSON, **MEDIA_TYPES_BY_SUFFIX})


@dataclass(frozen=True)
class WrittenFile:
    """A file of mappings in some form.

    Args:
        body: The bytes.
        media_type: What they are.
        is_original: Whether they are those that were contributed.
    """

    body: bytes
    media_type: str
    is_original: bool


def media_type_of(version: MappingVersion) -> str:
    """Return the media type of a version's file as it was contributed."""
    if version.kind is MappingKind.RULE:
        return QUERY
    return _SUFFIXES[PurePosixPath(version.file_name).suffix.lower()]


def write_file(version: MappingVersion, content: bytes, *, accept: str | None) -> WrittenFile:
    """Give a version's file as it was contributed if that is acceptable, and a set otherwise in another form.

    Args:
        version: The version.
        content: Its bytes.
        accept: The `Accept` header.

    Raises:
        NotAcceptable: it is not given in any form that is accepted.
        InputError: the set has faults that keep it from being written in another form.
    """
    own = media_type_of(version)
    offered = [own, *(FORMS_OF_SETS if version.kind is MappingKind.SET else ())]
    chosen = media.negotiate(accept, list(dict.fromkeys(offered)))
    if chosen is None:
        raise NotAcceptable(
            "The mappings are not given in such a form.",
            where=accept,
            remedy="Accept one of: " + ", ".join(dict.fromkeys(offered)) + ".",
        )
    if chosen == own:
        return WrittenFile(content, own, is_original=True)
    return WrittenFile(_written(read_set(version, content).accepted(), chosen), chosen, is_original=False)


def read_set(version: MappingVersion, content: bytes) -> Reading:
    """Read the bytes of a registered set.

    Raises:
        UnreadableInput: they are not what the file's name says.
    """
    return _read(version.file_name, content)


@lru_cache(maxsize=_MOST_KEPT)
def _read(file_name: str, content: bytes) -> Reading:
    """Read a file; the last ones are kept, since people leaf through the rows of one."""
    suffix = PurePosixPath(file_name).suffix.lower()
    form = FORMS[suffix]
    if form == "rdf":
        return read_rdf(content, MEDIA_TYPES_BY_SUFFIX[suffix], name=file_name)
    return read_json(content, name=file_name) if form == "json" else read_tsv(content, name=file_name)


def _written(mapping_set: MappingSet, media_type: str) -> bytes:
    if media_type == TSV:
        return write_tsv(mapping_set, lenient=True).encode()
    if media_type == JSON:
        return write_json(mapping_set, lenient=True).encode()
    if media_type == media.TURTLE:
        return write_turtle(mapping_set).encode()
    return serialize_quads(triples(mapping_set), media.JSON_LD)
