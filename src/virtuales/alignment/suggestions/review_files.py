"""The files of a review: read, and written whole or not at all after each decision."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from virtuales.alignment.findings import Findings
from virtuales.alignment.formats import form_of, read_file, write
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.suggestions.reviewing import DECISIONS, State
from virtuales.alignment.table import Block, read_table, read_text
from virtuales.errors import InputError

_NEEDED = ("subject_id", "object_id", "decision")


@dataclass(frozen=True)
class ReviewFiles:
    """The files of a review.

    Args:
        suggestions: The set under review.
        into: The set that takes what is decided; None when it stays where it is.
    """

    suggestions: Path
    into: Path | None = None

    def read(self) -> State:
        """Read the sets.

        Raises:
            UnreadableInput: a file is not there, or is not what its name says.
            InputError: something in a file is wrong.
        """
        return State(_read(self.suggestions), _read(self.into) if self.into else None)

    def write(self, state: State) -> None:
        """Write the sets, each whole or not at all.

        What is decided is written before it is taken away, so that nothing is lost when the machine stops in between.
        """
        if self.into is not None and state.into is not None:
            _replace(self.into, write(state.into, form_of(self.into)))
        _replace(self.suggestions, write(state.suggestions, form_of(self.suggestions)))


def read_decisions(path: Path) -> Iterator[tuple[str, str, str]]:
    """Give the decisions of a table with the columns `subject_id`, `object_id`, `decision` and perhaps `comment`.

    Gives:
        The name of the suggestion, the decision, the comment.

    Raises:
        UnreadableInput: there is no such file, or it is not UTF-8.
        InputError: a column is missing, or there is no such decision; names the line.
    """
    findings = Findings(str(path))
    table = read_table(Block(read_text(path, str(path), findings), 1), str(path), findings)
    if missing := [name for name in _NEEDED if name not in table.names]:
        remedy = "Write the columns `subject_id`, `object_id`, `decision`, and `comment` if you like."
        raise InputError(f"The table has no column `{missing[0]}`.", where=f"{path}, line 1", remedy=remedy)
    rows = (dict(zip(table.names, cells, strict=True)) for cells in zip(*table.columns, strict=True))
    for line, row in zip(table.lines, rows, strict=True):
        if row["decision"] not in DECISIONS:
            what, remedy = f"`{row['decision']}` is no decision.", "Write one of " + ", ".join(DECISIONS) + "."
            raise InputError(what, where=f"{path}, line {line}", remedy=remedy)
        yield f"{row['subject_id']}={row['object_id']}", row["decision"], row.get("comment", "")


def _read(path: Path) -> MappingSet:
    mapping_set = read_file(path).accepted()
    return replace(mapping_set, mappings=tuple(replace(row, line=None) for row in mapping_set.mappings))


def _replace(path: Path, text: str) -> None:
    """Put a text in a file's place in one step."""
    with NamedTemporaryFile("w", encoding="utf-8", newline="", dir=path.parent, suffix=".part", delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(path.stat().st_mode & 0o777)
            Path(file.name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
