"""`virtuales download`: the files of a dataset version, checked against what was published."""

import base64
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, Annotated, Any

import httpx
import typer

from virtuales.cli.client.connection import PATIENT, Connection, connect_if_known
from virtuales.cli.client.options import PROFILE, ProfileName
from virtuales.cli.client.output import say
from virtuales.cli.client.progress import receiving
from virtuales.cli.client.versions import VersionPlace, entry_of, files_of, place_of
from virtuales.cli.receiving import judge_downloads
from virtuales.errors import Conflict, InputError, IntegrityFailure, NotFound, PeerFailure, UnreadableInput

_PIECE = 1 << 16


def download(
    iri: Annotated[str, typer.Argument(help="IRI of a dataset version; of a dataset for its current version.")],
    file: Annotated[list[str] | None, typer.Option(help="Name of a file; repeat it; without it all files.")] = None,
    to: Annotated[Path, typer.Option(help="The directory to write to.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    validate: Annotated[
        bool, typer.Option("--validate", help="Keep them only if they conform to the schemas in force.")
    ] = False,
    registry: Annotated[
        str | None, typer.Option(metavar="URL", help="With --validate: the node whose registry says what is in force.")
    ] = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Fetch the files of a dataset version, and check them.

    Each file's SHA-256 has to be the one that the catalogue and the node's answer state. A file appears under its
    name only when it is whole and right; one that is there already is left alone unless `--force` is given.

    With `--validate` the models in the files are judged, before any file appears, by the schemas in force at your
    organisation's node, or at the provider's when nobody is logged in; ends with 1 when they violate them.
    """
    if registry and not validate:
        raise typer.BadParameter("It says by what to judge, so it needs --validate.", param_hint="--registry")
    with connect_if_known(profile) as connection:
        place = place_of(connection, iri)
        entry = entry_of(connection, place.node, place.iri)
        files = files_of(connection, place, entry)
        chosen = _chosen(files, file)
        targets = [free_target(to, str(each["name"]), force=force) for each in chosen]
        with _staging(to) if validate else nullcontext() as staging:
            for each, target in zip(chosen, targets, strict=True):
                first = staging / target.name if staging else target
                _fetch(connection, place, each, target=first, force=force)
            if staging:
                node = registry or (connection.profile.node if connection.profile else place.node)
                whole = len(chosen) == len(files)
                judge_downloads([staging / target.name for target in targets], entry, registry=node, whole=whole)
                for target in targets:
                    _take_name(staging / target.name, target, force=force)
        for each, target in zip(chosen, targets, strict=True):
            say(f"{target}  {each['size']:,} bytes  sha256 {each['digest']}")


def fetch_version(iri: str, directory: Path, *, profile: str) -> tuple[dict[str, Any], list[Path]]:
    """Fetch all files of a dataset version into an empty directory, and check them as the command does.

    Returns:
        What the catalogue says of the version, and the files.

    Raises:
        IntegrityFailure: a file is not the one that was published.
        AccessDenied, NotFound, PeerFailure: the version is not to be had.
    """
    with connect_if_known(profile) as connection:
        place = place_of(connection, iri)
        entry = entry_of(connection, place.node, place.iri)
        files = files_of(connection, place, entry)
        targets = [free_target(directory, str(each["name"]), force=False) for each in files]
        for each, target in zip(files, targets, strict=True):
            _fetch(connection, place, each, target=target, force=False)
    return entry, targets


def _chosen(files: list[dict[str, Any]], names: list[str] | None) -> list[dict[str, Any]]:
    if names is None:
        return files
    by_name = {file["name"]: file for file in files}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise NotFound(
            "This version has no such file.", where=", ".join(missing), remedy=f"It has: {', '.join(by_name)}."
        )
    return [by_name[name] for name in names]


def free_target(directory: Path, name: str, *, force: bool) -> Path:
    """Return where a file is to go; another node gave its name, so it may lead nowhere else.

    Raises:
        InputError: the name is no plain one.
        UnreadableInput: there is no such directory.
        Conflict: there is a file of that name, and it is not to be replaced.
    """
    if name in {"", ".", ".."} or set(name) & set("/\\:\0") or not name.isprintable() or name.startswith("."):
        raise InputError(f"The provider's file has a name that is no plain one: {name[:80]!r}.", where="file name")
    if not directory.is_dir():
        raise UnreadableInput("There is no such directory.", where=str(directory), remedy="Make it first.")
    target = directory / name
    if not force and (target.exists() or target.is_symlink()):
        raise _taken(target)
    return target


def _taken(target: Path) -> Conflict:
    return Conflict("There is a file of that name already.", where=str(target), remedy="Use --to or --force.")


def _fetch(connection: Connection, place: VersionPlace, file: dict[str, Any], *, target: Path, force: bool) -> None:
    fetch_file(connection, place.node, place.download(file["name"]), file=file, target=target, force=force)


def fetch_file(
    connection: Connection, node: str, path: str, *, file: Mapping[str, Any], target: Path, force: bool
) -> None:
    """Fetch a file and check it; it appears under its name only when it is whole and right.

    Args:
        connection: Reaches the node.
        node: Base URL of the node.
        path: The file's path there.
        file: Its `name`, `size` and `digest`.
        target: Where it is to go.
        force: Whether a file that is there already is replaced.

    Raises:
        IntegrityFailure: what arrives is not the file.
        AccessDenied, NotFound, PeerFailure: it is not to be had.
    """
    with (
        _pending(target, force=force) as out,
        connection.stream("GET", node, path, headers={"Accept": "*/*"}, timeout=PATIENT) as response,
    ):
        digest = _receive(response, out, name=file["name"], size=file["size"])
        stated = {"the catalogue": file["digest"], "the node's answer": _repr_digest(response)}
        for who, expected in stated.items():
            if digest != expected:
                raise IntegrityFailure(
                    f"The file that arrived is not the one that {who} states.",
                    where=f"{file['name']}: sha256 {digest} instead of {expected}",
                    remedy="Nothing was kept; try again, and tell the provider if it happens again.",
                )


def _receive(response: httpx.Response, out: IO[bytes], *, name: str, size: int) -> str:
    """Write the answer's body, at most as long as the catalogue says, and return its SHA-256."""
    digest, received = hashlib.sha256(), 0
    with receiving(name, size) as advance:
        try:
            for piece in response.iter_bytes(_PIECE):
                received += len(piece)
                if received > size:
                    break
                digest.update(piece)
                out.write(piece)
                advance(len(piece))
        except httpx.HTTPError as error:
            raise PeerFailure(f"The download broke off: {error}.", where=name, remedy="Try again.") from error
    if received != size:
        raise IntegrityFailure(
            f"The file has another length than the {size} bytes that the catalogue states.",
            where=name,
            remedy="Nothing was kept; try again.",
        )
    return digest.hexdigest()


def _repr_digest(response: httpx.Response) -> str:
    """Return the SHA-256 of an answer's `Repr-Digest` (RFC 9530), in hexadecimal; empty when it states none."""
    for part in response.headers.get("repr-digest", "").split(","):
        name, _, value = part.strip().partition("=")
        if name.lower() == "sha-256":
            try:
                return base64.b64decode(value.strip(":"), validate=True).hex()
            except ValueError:
                return ""
    return ""


@contextmanager
def _staging(directory: Path) -> Iterator[Path]:
    """Give a directory beside the targets, whose files need only be renamed; it vanishes with what is left in it."""
    try:
        place = tempfile.TemporaryDirectory(dir=directory, prefix=".virtuales-")
    except OSError as error:
        raise UnreadableInput(f"Nothing can be written there: {error.strerror}.", where=str(directory)) from error
    with place as name:
        yield Path(name)


@contextmanager
def _pending(target: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """Give a file beside the target that takes its name when the block ends well, and vanishes when it does not."""
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".virtuales-")
        pending = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            pending.chmod(0o666 & ~_umask())
            _take_name(pending, target, force=force)
        finally:
            pending.unlink(missing_ok=True)
    except OSError as error:
        raise UnreadableInput(f"The file cannot be written: {error.strerror}.", where=str(target)) from error


def _take_name(pending: Path, target: Path, *, force: bool) -> None:
    """Give a file the target's name; without force only if nobody else has it by now."""
    try:
        if not force:
            # Takes the name first; the file then replaces this empty one.
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        pending.replace(target)
    except FileExistsError as error:
        raise _taken(target) from error
    except OSError as error:
        raise UnreadableInput(f"The file cannot be written: {error.strerror}.", where=str(target)) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
