"""Finds the files that a mapping reads: those that the caller names, and others below one folder."""

from collections.abc import Mapping
from pathlib import Path

from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.rml.mapping import TriplesMaps


def find_sources(mapping: TriplesMaps, folder: Path, given: Mapping[str, Path]) -> dict[str, Path]:
    """Return the files of all sources of a mapping, by the names that it has for them.

    Args:
        mapping: The mapping.
        folder: Where sources are looked for; symbolic links may not lead out of it.
        given: Files that the caller names in place of those.

    Raises:
        InputError: a name is given that the mapping does not have, or a source lies outside the folder.
        UnreadableInput: there is no such file.
    """
    wanted = {triples_map.source.file: triples_map.source.place for triples_map in mapping.values()}
    for name in given:
        if name not in wanted:
            raise InputError(
                f"The mapping has no source `{name}`.",
                remedy="It has: " + ", ".join(f"`{each}`" for each in sorted(wanted)) + ".",
            )
    return {name: given[name] if name in given else _below(folder, name, place) for name, place in wanted.items()}


def _below(folder: Path, name: str, place: str) -> Path:
    found = (folder / name).resolve()
    if not found.is_relative_to(folder.resolve()):
        raise InputError(
            f"The source `{name}` lies outside the folder.", where=place, remedy="Put the file itself into the folder."
        )
    if not found.is_file():
        raise UnreadableInput(
            f"There is no file `{name}` in the folder {folder}.",
            where=place,
            remedy=f"Put it there, or name another: `--source {name}=FILE`.",
        )
    return found
