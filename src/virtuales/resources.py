"""Where files are: the contributed folders `ontology`, `shapes`, `mappings` and `queries`, and the user's cache.

In a checkout (an editable install) the folders at its root are read, so an editor's change is seen at once; in an
installed wheel the copies that the build put under `virtuales/data` are read.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

from virtuales.errors import ConfigurationError

Folder = Literal["ontology", "shapes", "mappings", "queries"]
CACHE_DIR_VARIABLE = "VIRTUALES_CACHE_DIR"
FOLDERS: tuple[Folder, ...] = get_args(Folder)

_PACKAGE = Path(__file__).resolve().parent


def checkout_root() -> Path | None:
    """Return the root of the checkout this package runs from, or None when it runs from an installed wheel."""
    root = _PACKAGE.parent.parent
    return root if (root / "pyproject.toml").is_file() and _PACKAGE.parent.name == "src" else None


def contributed(folder: Folder) -> Path:
    """Return the directory that holds one of the contributed folders.

    Raises:
        ConfigurationError: the installation is incomplete and the folder is in neither place.
    """
    root = checkout_root()
    place = root / folder if root else _PACKAGE / "data" / folder
    if not place.is_dir():
        raise ConfigurationError(
            f"The folder of contributed files `{folder}` is missing.",
            where=str(place),
            remedy="Install the package again, or run it from a complete checkout.",
        )
    return place


def cache_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the directory of what a client keeps and can fetch again.

    That is `VIRTUALES_CACHE_DIR`, else `virtuales` in the directory for caches
    (https://specifications.freedesktop.org/basedir-spec/latest/).
    """
    given = environment.get(CACHE_DIR_VARIABLE)
    if given:
        return Path(given)
    caches = Path(environment.get("XDG_CACHE_HOME", ""))
    return (caches if caches.is_absolute() else Path.home() / ".cache") / "virtuales"
