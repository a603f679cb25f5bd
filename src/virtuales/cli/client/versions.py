"""Dataset versions by their IRI, which says on which node they are and where they are queried and downloaded."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from virtuales.cli.client.connection import Connection, path_of
from virtuales.errors import InputError, PeerFailure

_MARK = "/id/dataset/"


@dataclass(frozen=True)
class VersionPlace:
    """Where a dataset version is.

    Args:
        iri: The version's IRI.
        node: Base URL of its node.
    """

    iri: str
    node: str

    @property
    def sparql(self) -> str:
        """Path of its SPARQL endpoint."""
        return self._path("/sparql/dataset/")

    @property
    def files(self) -> str:
        """Path of the list of the files that may be downloaded."""
        return self._path("/download/dataset/")

    def download(self, name: str) -> str:
        """Return the path of one of its files."""
        return f"{self._path('/download/dataset/')}/{quote(name, safe='')}"

    def _path(self, mark: str) -> str:
        return mark + self.iri.removeprefix(self.node + _MARK)


def node_of(iri: str) -> str:
    """Return the base URL of the node that has a dataset.

    Raises:
        InputError: the text is no IRI of a dataset.

    >>> node_of("https://node.example/id/dataset/vale/version/1")
    'https://node.example'
    """
    node, mark, rest = iri.partition(_MARK)
    parts = urlsplit(node)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not mark or not rest or set("?# ") & set(iri):
        raise InputError(
            f"`{iri[:200]}` is no IRI of a dataset or of a version.",
            where="IRI",
            remedy="Copy it from `virtuales find`: it looks like https://node.example/id/dataset/NAME/version/1.",
        )
    return node


def place_of(connection: Connection, iri: str) -> VersionPlace:
    """Return where a version is; for a dataset, where its current version is."""
    node = node_of(iri)
    if "/version/" in iri:
        return VersionPlace(iri, node)
    version = entry_of(connection, node, iri)["iri"]
    return VersionPlace(version, node_of(version))


def files_of(connection: Connection, place: VersionPlace, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the files of a version that may be downloaded: those that its entry tells of, or those of a view of it."""
    found = connection.get(place.node, place.files)
    if not isinstance(found, list) or not all(isinstance(each, dict) and "name" in each for each in found):
        raise PeerFailure("The node's answer is no list of files.", where=place.node)
    published = {file["name"] for file in entry["files"]}
    return entry["files"] if {file["name"] for file in found} == published else found


def entry_of(connection: Connection, node: str, iri: str) -> dict[str, Any]:
    """Return what a node's catalogue says of a version, or of a dataset's current one."""
    found = connection.get(node, path_of("catalogue", "dataset"), params={"iri": iri})
    entry = found.get("entry") if isinstance(found, dict) else None
    if not isinstance(entry, dict) or not isinstance(entry.get("iri"), str):
        raise PeerFailure("The node's answer is no catalogue entry.", where=node)
    return entry
