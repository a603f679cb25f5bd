"""The members of an array or object of a JSON document, one by one, whatever the size of the document.

What lies beside the way to them is decoded and dropped. See https://www.rfc-editor.org/rfc/rfc8259.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from virtuales.errors import TooLarge, UnreadableInput

VALUE_CHARACTERS = 64 * 1024**2
"""The longest value that is decoded in one piece."""

_CHUNK = 1 << 20
_MARGIN = 4
"""A number that ends closer to the end of what was read could go on, as `1.` or `1e+` does."""
_space = re.compile(r"[ \t\n\r]*")
_after = re.compile(r"[ \t\n\r]*([,\]])[ \t\n\r]*(?=[^ \t\n\r])")


def json_encoding(path: Path, stated: str | None) -> str:
    """Return the encoding of a JSON document: what somebody says, else what its first bytes tell."""
    if stated is not None:
        return "utf-8-sig" if stated == "utf-8" else stated
    with path.open("rb") as file:
        return json.detect_encoding(file.read(4))


class JsonStream:
    """A JSON document that is read from its beginning to its end, once.

    Args:
        file: The document, opened as text.
        name: What errors call it.
    """

    def __init__(self, file: TextIO, name: str) -> None:
        self.dropped = 0
        """How many characters were read and are done with."""
        self._file = file
        self._name = name
        self._window = ""
        self._place = 0
        self._line = 1
        self._ended = False
        self._decoder = json.JSONDecoder()

    def members(self, names: Sequence[str]) -> Iterator[object]:
        """Give the members of what the names lead to; none where they lead to nothing, or to no array or object.

        Raises:
            UnreadableInput: it is no JSON, or a name on the way, or of the members, occurs twice.
            TooLarge: a value is longer than what is decoded in one piece.
        """
        yield from self._below(names)
        if self._peek():
            raise self._fault("something follows the document")

    def _below(self, names: Sequence[str]) -> Iterator[object]:
        start = self._peek()
        if start == "[" and not names:
            yield from self._elements()
        elif start == "{":
            for key in self._keys(each_once=None if not names else names[0]):
                if not names:
                    yield self._value()
                elif key == names[0]:
                    yield from self._below(names[1:])
                else:
                    self._value()
        else:
            self._value()

    def _elements(self) -> Iterator[object]:
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            yield self._value()
            match = _after.match(self._window, self._place)
            if match is not None:
                self._place = match.end()
                follows = match[1]
            else:
                follows = self._take(",]")
            if follows == "]":
                return

    def _keys(self, *, each_once: str | None) -> Iterator[str]:
        """Give the names of an object's members; the caller reads the value after each."""
        seen: set[str] = set()
        self._take("{")
        follows = "," if self._peek() != "}" else self._take("}")
        while follows == ",":
            key = self._value() if self._peek() == '"' else None
            if not isinstance(key, str):
                raise self._fault("a member has no name")
            if key in seen:
                raise self._fault(f"the name `{key[:200]}` occurs twice in one object")
            if each_once in {None, key}:
                seen.add(key)
            self._take(":")
            yield key
            follows = self._take(",}")

    def _value(self) -> object:
        self._peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._window, self._place)
            except json.JSONDecodeError as error:
                if not self._more():
                    raise self._fault(error.msg) from None
                continue
            except (RecursionError, ValueError) as error:
                raise self._fault(str(error)[:200]) from None
            if len(self._window) - end < _MARGIN and self._more():
                continue
            self._place = end
            return value

    def _peek(self) -> str:
        """Skip white space and return the next character; none at the end."""
        while True:
            match = _space.match(self._window, self._place)
            self._place = match.end() if match else self._place
            if self._place < len(self._window):
                return self._window[self._place]
            if not self._more():
                return ""

    def _take(self, choices: str) -> str:
        found = self._peek()
        if not found or found not in choices:
            raise self._fault("`" + "` or `".join(choices) + "` is expected")
        self._place += 1
        return found

    def _more(self) -> bool:
        """Read on, at least as much as is held; tell whether there was anything."""
        if self._ended:
            return False
        held = len(self._window) - self._place
        if held > VALUE_CHARACTERS:
            raise TooLarge(
                f"A value is longer than {VALUE_CHARACTERS:,} characters.",
                where=f"{self._name}, line {self._line_here()}",
                remedy="Choose an iterator that leads to smaller records.",
            )
        read = self._file.read(max(_CHUNK, held))
        if not read:
            self._ended = True
            return False
        self._line = self._line_here()
        self.dropped += self._place
        self._window, self._place = self._window[self._place :] + read, 0
        return True

    def _line_here(self) -> int:
        return self._line + self._window.count("\n", 0, self._place)

    def _fault(self, reason: str) -> UnreadableInput:
        return UnreadableInput(f"This is no JSON: {reason}.", where=f"{self._name}, line {self._line_here()}")
