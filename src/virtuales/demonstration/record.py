"""What the demonstration remembers between two starts, in a file that only its owner may read."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from virtuales.errors import ConfigurationError, Conflict

FILE_NAME = "demonstration.json"
_LOCK = "lock"
_MADE = ("nodes", "logs", "networks", "config")
_OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Member:
    """An organisation that registered.

    Args:
        iri: The organisation's IRI.
        client_id: Its first client.
        client_secret: That client's secret.
        approved: Whether the orchestrator's staff approved it.
    """

    iri: str
    client_id: str
    client_secret: str = field(repr=False)
    approved: bool = False


@dataclass(frozen=True)
class Colleague:
    """A person who signs in at a node's portal.

    Args:
        email: The e-mail address.
        password: The password.
    """

    email: str
    password: str = field(repr=False)


@dataclass
class Record:
    """How far the demonstration has been set up.

    Args:
        first_port: The orchestrator's port; the addresses are part of every IRI, so it cannot change afterwards.
        operator_secret: The secret of the orchestrator's operator.
        members: The organisations that registered, by their key.
        versions: IRI of the published version of each organisation's dataset, by the organisation's key.
        people: Who signs in at the portal of each node, by the node's key.
    """

    first_port: int
    operator_secret: str = field(repr=False)
    members: dict[str, Member] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    people: dict[str, Colleague] = field(default_factory=dict)


_RECORD = TypeAdapter(Record)


@contextmanager
def claimed(directory: Path) -> Iterator[None]:
    """Hold a directory for this demonstration alone, and make it when it is missing.

    Raises:
        Conflict: it holds something else, or another demonstration runs there.
        ConfigurationError: it cannot be used.
    """
    try:
        if directory.exists() and not (directory / _LOCK).exists() and any(directory.iterdir()):
            raise Conflict(
                "The directory holds something else than a demonstration.",
                where=str(directory),
                remedy="Name another one with `--directory`.",
            )
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / _LOCK).open("w")
    except OSError as error:
        raise ConfigurationError(
            f"The directory cannot be used: {error.strerror}.", where=str(directory), remedy="Name another one."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "A demonstration runs in this directory.", where=str(directory), remedy="Stop it first."
            ) from error
        yield


def open_record(directory: Path, *, first_port: int, fresh: bool) -> Record:
    """Return the record of a claimed directory, a new one when nothing has been set up there.

    Args:
        directory: The demonstration's directory.
        first_port: The orchestrator's port.
        fresh: Whether to remove what an earlier demonstration made there; other files stay.

    Raises:
        Conflict: what is there was set up on other ports.
        ConfigurationError: the record cannot be read.
    """
    file = directory / FILE_NAME
    if fresh:
        file.unlink(missing_ok=True)
        for name in _MADE:
            shutil.rmtree(directory / name, ignore_errors=True)
    if file.exists():
        return _kept(file, first_port)
    record = Record(first_port, secrets.token_urlsafe(24))
    save_record(directory, record)
    return record


def save_record(directory: Path, record: Record) -> None:
    """Write the record, whole or not at all."""
    file = directory / FILE_NAME
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as out:
        out.write(_RECORD.dump_json(_RECORD.validate_python(asdict(record)), indent=2) + b"\n")
    fresh.replace(file)


def _kept(file: Path, first_port: int) -> Record:
    try:
        record = _RECORD.validate_json(file.read_bytes())
    except ValidationError as error:
        raise ConfigurationError(
            "The demonstration's record cannot be read.", where=str(file), remedy="Begin anew with `--fresh`."
        ) from error
    if record.first_port != first_port:
        raise Conflict(
            f"The demonstration was set up on ports from {record.first_port}, and its addresses cannot change.",
            where=str(file),
            remedy=f"Start it with `--first-port {record.first_port}`, or begin anew with `--fresh`.",
        )
    return record
