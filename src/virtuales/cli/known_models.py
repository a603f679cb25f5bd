"""The models that commands work with, kept as they were read for the next command."""

from pathlib import Path

from virtuales.kept_files import KeptFiles
from virtuales.models.kept_models import KeptModels
from virtuales.models.registry import ModelRegistry
from virtuales.resources import cache_dir, contributed


def shipped_models(*, keep: bool = True) -> ModelRegistry:
    """Return the registry of the models that ship; arguments and errors are those of `models_in`."""
    return models_in(contributed("ontology"), keep=keep)


def models_in(folder: Path, *, keep: bool = True) -> ModelRegistry:
    """Return the registry of the models in a folder of ontologies.

    Args:
        folder: The folder.
        keep: Whether models are kept in the cache directory, and taken from there.

    Raises:
        ConfigurationError: the folder has no manifest, or the manifest lists a file that is not there.
        UnreadableInput: the manifest is not Turtle.
    """
    files = kept_files("models") if keep else None
    return ModelRegistry.load(folder, kept=KeptModels(files) if files else None)


def kept_files(kind: str) -> KeptFiles | None:
    """Return where files of a kind are kept in the cache directory; None for a user who has none."""
    try:
        return KeptFiles(cache_dir() / kind)
    except RuntimeError:  # no home directory
        return None
