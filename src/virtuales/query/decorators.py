"""Decorators of query files: the lines that begin with `#+`, in YAML, as [grlc](https://grlc.io/) has them."""

from collections import abc
from typing import Final

from virtuales.errors import UnreadableInput
from virtuales.query.header import Entry, parse_header

_MARK: Final = "#+"


def read_decorators(text: str, *, file: str, known: abc.Collection[str], remedy: str) -> dict[str, Entry]:
    """Read the decorators of a query file.

    Args:
        text: The file's text.
        file: What errors call the file.
        known: The decorators that such a file may have.
        remedy: What to write where there are none.

    Raises:
        UnreadableInput: there are none, they do not stand together, are not YAML, or one is not known; names the line.

    >>> read_decorators("#+ summary: All", file="all.rq", known=["summary"], remedy="")["summary"].value
    'All'
    """
    lines = text.splitlines()
    marked = [number for number, line in enumerate(lines) if line.startswith(_MARK)]
    if not marked or marked != list(range(marked[0], marked[0] + len(marked))):
        raise UnreadableInput(f"The lines that begin with `{_MARK}` do not stand together.", where=file, remedy=remedy)
    block = "\n".join(lines[number][len(_MARK) :].removeprefix(" ") for number in marked)
    said = parse_header(block, file=file, first_line=marked[0] + 1)
    for key, entry in said.items():
        if key not in known:
            raise UnreadableInput(
                f"There is no decorator `{key}` here.",
                where=f"{file}, line {entry.line}",
                remedy="There are " + ", ".join(f"`{one}`" for one in sorted(known)) + ".",
            )
    return said


def text_of(said: abc.Mapping[str, Entry], key: str, *, file: str) -> str:
    """Return the text of a decorator.

    Raises:
        UnreadableInput: it is not there, or is no text; names the line.
    """
    entry = said.get(key)
    if entry is None or not isinstance(entry.value, str):
        place = f", line {entry.line}" if entry else ""
        raise UnreadableInput(
            f"The file does not say its `{key}`.", where=f"{file}{place}", remedy=f"Add a line `#+ {key}: …`."
        )
    return entry.value
