"""The bytes of registered schemas: kept here by digest, else the release's own, else fetched from the orchestrator.

What is fetched is believed only when it has the digest that the registry announced; then it is kept, so that a node
goes on judging while the orchestrator is away.
"""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import httpx

from virtuales.assurance.schema import Content, SchemaVersion
from virtuales.errors import IntegrityFailure, NotFound, PeerFailure
from virtuales.store.object_store import ObjectStore

_CHUNK = 1 << 16


def content_url(orchestrator: str, identifier: str, version: str) -> str:
    """Return the address at which the orchestrator serves a version's bytes."""
    return f"{orchestrator}/api/v1/schemas/{identifier}/{version}/content"


class KeptContents:
    """The contents of registered schemas as one node has them.

    Args:
        objects: Where they are kept.
        orchestrator: Base URL of the node that has all of them.
        client: The HTTP client; None on the orchestrator itself, which asks nobody.
        folders: The release's folders, whose files may be what is looked for.
    """

    def __init__(
        self, objects: ObjectStore, orchestrator: str, *, client: httpx.Client | None, folders: Sequence[Path]
    ) -> None:
        self._objects = objects
        self._orchestrator = orchestrator
        self._client = client
        self._folders = tuple(folders)

    def read(self, version: SchemaVersion) -> bytes:
        """Return a version's bytes, which have the registered digest.

        Raises:
            NotFound: the version has no content of its own, or this is the orchestrator and the object is lost.
            PeerFailure: the bytes are not here, and the orchestrator did not give them.
            IntegrityFailure: the bytes are not those that were registered.
        """
        content = content_of(version)
        try:
            found = b"".join(self._objects.read(content.digest))
        except NotFound:
            found = released(self._folders, content) or self._fetched(version)
            refuse_forged(found, version)
            self._objects.put(io.BytesIO(found))
        else:
            refuse_forged(found, version)
        return found

    def _fetched(self, version: SchemaVersion) -> bytes:
        if self._client is None:
            raise NotFound("The schema's content is lost.", where=version.name, remedy="Restore the object store.")
        return fetched(self._client, self._orchestrator, version)


def content_of(version: SchemaVersion) -> Content:
    """Return what is registered of a version's bytes.

    Raises:
        NotFound: the version has no content of its own.
    """
    if version.content is None:
        raise NotFound(
            "This schema has no content of its own.", where=version.name, remedy="See the model it belongs to."
        )
    return version.content


def released(folders: Sequence[Path], content: Content) -> bytes | None:
    """Return the release's file of a digest, if there is one in its folders."""
    for folder in folders:
        for path in folder.rglob("*.ttl"):
            if path.stat().st_size == content.size and _digest(found := path.read_bytes()) == content.digest:
                return found
    return None


def fetched(client: httpx.Client, node: str, version: SchemaVersion) -> bytes:
    """Return what a node serves as a version's bytes, at most one piece more than the registry says there are.

    Raises:
        NotFound: the version has no content of its own.
        PeerFailure: the node does not answer, or refuses.
    """
    content, url = content_of(version), content_url(node, version.identifier, version.version)
    return fetch_bytes(client, url, size=content.size, name=f"schema {version.name}")


def fetch_bytes(client: httpx.Client, url: str, *, size: int, name: str) -> bytes:
    """Return what a registry serves under an address, at most one piece more than it says there is.

    Args:
        client: The HTTP client.
        url: The address.
        size: How many bytes there should be.
        name: What errors call the thing.

    Raises:
        PeerFailure: the node does not answer, or refuses.
    """
    remedy = "Try again when the registry is back; without it nothing is judged or mapped."
    found = bytearray()
    try:
        with client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise PeerFailure(
                    f"The registry answered {response.status_code} when asked for the {name}.",
                    where=url,
                    remedy=remedy,
                )
            for chunk in response.iter_bytes(_CHUNK):
                found += chunk
                if len(found) > size:
                    break
    except httpx.HTTPError as error:
        raise PeerFailure(
            f"The {name} is not kept here and cannot be fetched: {error}.", where=url, remedy=remedy
        ) from error
    return bytes(found)


def refuse_forged(found: bytes, version: SchemaVersion) -> None:
    """Refuse bytes that do not have the digest under which a version was registered.

    Raises:
        IntegrityFailure: they are others.
    """
    if _digest(found) != content_of(version).digest:
        raise IntegrityFailure(
            f"The content of the schema {version.name} is not what was registered.",
            where=version.iri,
            remedy="Tell the orchestrator's staff; nothing is judged by it.",
        )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
