"""A data directory belongs to one process at a time."""

import fcntl
from pathlib import Path
from typing import IO

from virtuales.errors import ConfigurationError


def claim(directory: Path) -> IO[str]:
    """Take the directory for this process alone, until what is returned is closed; make it when it is missing.

    Raises:
        ConfigurationError: another process has it, or it cannot be made.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise ConfigurationError(
            "Another process uses this data directory.", where=str(directory), remedy="Stop that node first."
        ) from error
    except OSError as error:
        raise ConfigurationError(f"The data directory cannot be used: {error}.", where=str(directory)) from error
    return lock
