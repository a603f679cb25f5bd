"""The schema registry of a node as its clients use it: asked for what changed, kept on disk, read without a network.

The list of registered versions and their contents are kept in one directory, each file under the SHA-256 of its bytes;
a file that has another digest counts as missing. What a registry answered last is noted beside them, and it is asked
only whether that still holds (RFC 9110, section 13.1.2). Which versions judge is chosen from the list by the present
instant, so a date from which a version is required counts without a network too.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import httpx
from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from virtuales.assurance.schema import SchemaVersion
from virtuales.clock import Clock, iso_instant
from virtuales.errors import ConfigurationError, PeerFailure
from virtuales.exchange.schema_contents import content_of, fetched, refuse_forged, released
from virtuales.exchange.schema_documents import SchemaDocument

_LONGEST_LIST = 64 << 20
_CHUNK = 1 << 16
_DOCUMENTS = TypeAdapter(list[SchemaDocument])


@dataclass(frozen=True)
class Registered:
    """What a registry says.

    Args:
        versions: The registered versions.
        as_of: When it said so.
        warning: Why it was not asked anew; None when it was.
    """

    versions: tuple[SchemaVersion, ...]
    as_of: datetime
    warning: str | None = None


class _Note(BaseModel):
    """What is noted of a registry's last answer."""

    url: str
    sha256: str
    etag: str | None
    as_of: AwareDatetime


class DigestCache:
    """Files in a directory, each under the SHA-256 of its bytes.

    Args:
        directory: Made when something is first kept.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def find(self, digest: str) -> bytes | None:
        """Return the bytes of a digest; None when they are not here, or were changed."""
        try:
            found = self._place(digest).read_bytes()
        except OSError:
            return None
        return found if _digest(found) == digest else None

    def keep(self, content: bytes) -> str:
        """Keep some bytes and return their digest.

        Raises:
            ConfigurationError: the directory cannot be written.
        """
        digest = _digest(content)
        if self.find(digest) is None:
            _write_whole(self._place(digest), content)
        return digest

    def _place(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest


class RemoteRegistry:
    """The registry of a node, and what is kept of it. Gives the bytes of its versions (`SchemaContents`).

    Args:
        url: The node's base URL.
        client: The HTTP client.
        cache: The directory in which answers are kept.
        folders: The release's folders, whose files may be what is looked for.
        clock: What time it is.
    """

    def __init__(self, url: str, *, client: httpx.Client, cache: Path, folders: Sequence[Path], clock: Clock) -> None:
        self.url = url
        self._client = client
        self._folders = tuple(folders)
        self._clock = clock
        self._kept = DigestCache(cache / "sha256")
        self._note = cache / "registries" / f"{_digest(url.encode())[:32]}.json"

    def registered(self) -> Registered:
        """Return what the registry says now, or what it said last where it does not answer.

        Raises:
            PeerFailure: it does not answer and nothing is kept of it, or it is no registry.
            ConfigurationError: the cache cannot be written.
        """
        note = self._noted()
        kept = self._kept.find(note.sha256) if note else None
        try:
            answer = self._asked(_Answer(kept, note.etag) if note and kept is not None else None)
        except _Away as away:
            if note is None or kept is None:
                raise
            said = iso_instant(note.as_of)
            warning = f"{away.what} Judged by what it said at {said}: what was registered since is not known."
            return Registered(_versions(kept, self.url), note.as_of, warning)
        versions = _versions(answer.body, self.url)
        digest = self._kept.keep(answer.body)
        fresh = _Note(url=self.url, sha256=digest, etag=answer.etag, as_of=self._clock.now())
        _write_whole(self._note, fresh.model_dump_json().encode())
        return Registered(versions, fresh.as_of)

    def read(self, version: SchemaVersion) -> bytes:
        """Return a version's bytes, which have the registered digest.

        Raises:
            NotFound: the version has no content of its own.
            PeerFailure: the bytes are not kept, and the node did not give them.
            IntegrityFailure: the node gave other bytes than were registered.
        """
        content = content_of(version)
        found = self._kept.find(content.digest) or released(self._folders, content)
        if found is None:
            found = fetched(self._client, self.url, version)
            refuse_forged(found, version)
            self._kept.keep(found)
        return found

    def _asked(self, before: "_Answer | None") -> "_Answer":
        """Ask for the list; where it is what it was before, that answer is returned.

        Raises:
            _Away: the node does not answer, or cannot now.
            PeerFailure: it answered with something else.
        """
        url = f"{self.url}/api/v1/schemas"
        asked = {"If-None-Match": before.etag} if before and before.etag else {}
        body = bytearray()
        try:
            with self._client.stream("GET", url, headers={"Accept": "application/json", **asked}) as response:
                if response.status_code == HTTPStatus.NOT_MODIFIED and before and asked:
                    return before
                _refuse_refusal(response, url)
                for chunk in response.iter_bytes(_CHUNK):
                    body += chunk
                    if len(body) > _LONGEST_LIST:
                        raise PeerFailure(f"The list of schemas is longer than {_LONGEST_LIST:,} bytes.", where=url)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _Away(f"The registry does not answer: {error}.", where=url, remedy=_RETRY) from error
        return _Answer(bytes(body), response.headers.get("etag"))

    def _noted(self) -> _Note | None:
        """Return the note of the last answer; a note that cannot be read is as none, for the registry is asked then."""
        try:
            note = _Note.model_validate_json(self._note.read_bytes())
        except (OSError, ValidationError):
            return None
        return note if note.url == self.url else None


@dataclass(frozen=True)
class _Answer:
    body: bytes
    etag: str | None


class _Away(PeerFailure):
    """The registry cannot be asked now."""


_RETRY = "Check the address and that the node is running, then try again."


def _write_whole(place: Path, content: bytes) -> None:
    """Write a file that stands there whole or not at all.

    Raises:
        ConfigurationError: the directory cannot be written.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=".incoming-")
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(content)
            Path(name).replace(place)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The cache cannot be written: {error.strerror}.",
            where=str(place.parent),
            remedy="Name a directory that you may write to in `VIRTUALES_CACHE_DIR`.",
        ) from error


def _refuse_refusal(response: httpx.Response, url: str) -> None:
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _Away(f"The registry answers {response.status_code}.", where=url, remedy=_RETRY)
    if response.status_code != HTTPStatus.OK:
        raise PeerFailure(
            f"The address answers {response.status_code} when asked for schemas, so it is no registry.",
            where=url,
            remedy="Name the base URL of a node.",
        )


def _versions(body: bytes, url: str) -> tuple[SchemaVersion, ...]:
    try:
        return tuple(document.to_version() for document in _DOCUMENTS.validate_json(body))
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise PeerFailure(
            f"The answer is no list of schemas: {fault['msg']} ({place or 'the whole'}).",
            where=url,
            remedy="Name the base URL of a node, of this version of virtuales or a later one.",
        ) from None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
