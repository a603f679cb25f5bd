"""The bytes of registered mappings and of what checks found in them: kept here by digest, else fetched.

What is fetched is believed only when it has the digest that the registry announced; then it is kept, so that a node
goes on with its mappings while the orchestrator is away.
"""

import hashlib
import io
from urllib.parse import quote

import httpx

from virtuales.alignment.registered.version import MappingVersion
from virtuales.errors import IntegrityFailure, NotFound
from virtuales.exchange.schema_contents import fetch_bytes
from virtuales.store.object_store import ObjectStore, StoredObject


def mapping_url(node: str, identifier: str, version: str, part: str) -> str:
    """Return the address at which a node serves a part of a registered version, such as its `content`."""
    return f"{node}/api/v1/mappings/{quote(identifier)}/versions/{quote(version)}/{part}"


class KeptMappings:
    """Registered mappings as one node has them (`MappingContents`).

    Args:
        objects: Where they are kept.
        orchestrator: Base URL of the node that has all of them.
        client: The HTTP client; None on the orchestrator itself, which asks nobody.
    """

    def __init__(self, objects: ObjectStore, orchestrator: str, *, client: httpx.Client | None) -> None:
        self._objects = objects
        self._orchestrator = orchestrator
        self._client = client

    def read(self, version: MappingVersion) -> bytes:
        """See `MappingContents.read`."""
        return self._object(version, version.content, "content")

    def findings(self, version: MappingVersion) -> bytes:
        """See `MappingContents.findings`."""
        check = version.last_check
        if check is None:
            raise NotFound(
                "No check of these mappings was recorded.", where=version.name, remedy="Check the file itself."
            )
        return self._object(version, check.findings, "findings")

    def _object(self, version: MappingVersion, wanted: StoredObject, part: str) -> bytes:
        try:
            found = b"".join(self._objects.read(wanted.digest))
        except NotFound:
            if self._client is None:
                raise NotFound(
                    f"The {part} of registered mappings is lost.",
                    where=version.name,
                    remedy="Restore the object store.",
                ) from None
            url = mapping_url(self._orchestrator, version.identifier, version.version, part)
            found = fetch_bytes(self._client, url, size=wanted.size, name=f"mappings {version.name}")
            _refuse_forged(found, wanted, version)
            self._objects.put(io.BytesIO(found))
        else:
            _refuse_forged(found, wanted, version)
        return found


def _refuse_forged(found: bytes, wanted: StoredObject, version: MappingVersion) -> None:
    if hashlib.sha256(found).hexdigest() != wanted.digest:
        raise IntegrityFailure(
            f"What is kept of the mappings {version.name} is not what was registered.",
            where=version.iri,
            remedy="Tell the orchestrator's staff; the mappings are not used.",
        )
