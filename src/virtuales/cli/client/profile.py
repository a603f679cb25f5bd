"""Profiles: which nodes a client talks to and with which credentials, each kept in a file only its owner may read."""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import typer

from virtuales.errors import ConfigurationError, InputError

CONFIG_DIR_VARIABLE = "VIRTUALES_CONFIG_DIR"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PRIVATE_MODE = 0o600


@dataclass(frozen=True)
class Profile:
    """Who a client is and where it is at home.

    Args:
        orchestrator: Base URL of the orchestrator, which issues tokens.
        node: Base URL of the organisation's own node.
        client_id: The client's identifier.
        client_secret: Its secret; never shown.
        proof_key: The private key to which tokens are bound (RFC 9449); None for bearer tokens.
    """

    orchestrator: str
    node: str
    client_id: str
    client_secret: str = field(repr=False)
    proof_key: str | None = field(default=None, repr=False)


def config_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the directory of the user's settings: `VIRTUALES_CONFIG_DIR`, else where the system keeps such."""
    given = environment.get(CONFIG_DIR_VARIABLE)
    return Path(given) if given else Path(typer.get_app_dir("virtuales"))


def profile_file(name: str) -> Path:
    """Return where a profile is kept.

    Raises:
        InputError: the name cannot name a profile.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            f"`{name[:80]}` cannot name a profile.", where="--profile", remedy="Use letters, digits, `.`, `_` and `-`."
        )
    return config_dir() / "profiles" / f"{name}.json"


def save_profile(name: str, profile: Profile) -> Path:
    """Keep a profile, in place of one of the same name; return its file, which only its owner may read."""
    file = profile_file(name)
    fresh = file.with_suffix(f".{os.getpid()}.new")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(json.dumps(asdict(profile), indent=2) + "\n")
        fresh.replace(file)
    except OSError as error:
        raise ConfigurationError(f"The profile cannot be kept: {error.strerror}.", where=str(file)) from error
    return file


def find_profile(name: str) -> Profile | None:
    """Return a profile, or None when there is none of that name.

    Raises:
        ConfigurationError: others may read its file, or it holds no profile.
    """
    file = profile_file(name)
    if not file.exists():
        return None
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        raise ConfigurationError(
            f"The profile's file may be read by others (mode {mode:o}).",
            where=str(file),
            remedy=f"Set its mode to 600, and get a new secret if it was seen: chmod 600 {file}",
        )
    try:
        return Profile(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(
            "The profile's file holds no profile.", where=str(file), remedy="Run `virtuales login` again."
        ) from error


def get_profile(name: str) -> Profile:
    """Return a profile.

    Raises:
        ConfigurationError: there is none of that name, or its file cannot be used.
    """
    profile = find_profile(name)
    if profile is None:
        raise ConfigurationError(
            f"There is no profile `{name}`.",
            where=str(profile_file(name)),
            remedy="Run `virtuales login`, or name another with `--profile`.",
        )
    return profile


def remove_profile(name: str) -> bool:
    """Forget a profile; tell whether there was one."""
    file = profile_file(name)
    known = file.exists()
    file.unlink(missing_ok=True)
    return known


def node_url(text: str, *, where: str) -> str:
    """Return a node's base URL as nodes write it, without a final slash.

    Raises:
        InputError: the text is no address of a node.

    >>> node_url("https://node.example/", where="--node")
    'https://node.example'
    """
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise InputError(
            f"`{text[:200]}` is no address of a node.", where=where, remedy="Write it as `https://node.example`."
        )
    return text.rstrip("/")
