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
        content = version.content
        if content is None:
            raise NotFound(
                "This schema has no content of its own.", where=version.name, remedy="See the model it belongs to."
            )
        try:
            found = b"".join(self._objects.read(content.digest))
        except NotFound:
            found = self._released(content) or self._fetched(version, content)
            _refuse_forged(found, content, version)
            self._objects.put(io.BytesIO(found))
        else:
            _refuse_forged(found, content, version)
        return found

    def _released(self, content: Content) -> bytes | None:
        """Return the release's file of that digest, if there is one."""
        for folder in self._folders:
            for path in folder.rglob("*.ttl"):
                if path.stat().st_size == content.size and _digest(found := path.read_bytes()) == content.digest:
                    return found
        return None

    def _fetched(self, version: SchemaVersion, content: Content) -> bytes:
        url = content_url(self._orchestrator, version.identifier, version.version)
        if self._client is None:
            raise NotFound("The schema's content is lost.", where=version.name, remedy="Restore the object store.")
        remedy = "Try again when the orchestrator is back; without the schema nothing is judged."
        found = bytearray()
        try:
            with self._client.stream("GET", url) as response:
                if response.status_code != httpx.codes.OK:
                    raise PeerFailure(
                        f"The orchestrator answered {response.status_code} when asked for the schema {version.name}.",
                        where=url,
                        remedy=remedy,
                    )
                for chunk in response.iter_bytes(_CHUNK):
                    found += chunk
                    if len(found) > content.size:
                        break
        except httpx.HTTPError as error:
            raise PeerFailure(
                f"The schema {version.name} is not kept here and cannot be fetched: {error}.", where=url, remedy=remedy
            ) from error
        return bytes(found)


def _refuse_forged(found: bytes, content: Content, version: SchemaVersion) -> None:
    if _digest(found) != content.digest:
        raise IntegrityFailure(
            f"The content of the schema {version.name} is not what was registered.",
            where=version.iri,
            remedy="Tell the orchestrator's staff; nothing is judged by it.",
        )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
