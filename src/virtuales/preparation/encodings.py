"""Character encodings of text that does not declare its own: told by a byte order mark or by its sender, never guessed.

Names are those of the Encoding Standard (https://encoding.spec.whatwg.org/#names-and-labels). Without a mark and
without a statement, text is UTF-8.
"""

import codecs
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from virtuales.errors import UnknownTerm, UnreadableInput

UTF_8 = "utf-8"
ENCODINGS: Mapping[str, str] = MappingProxyType(
    {
        "utf-8": "utf-8",
        "utf-16": "utf-16",
        "utf-16le": "utf-16-le",
        "utf-16be": "utf-16-be",
        "windows-1252": "cp1252",
        "windows-1250": "cp1250",
        "iso-8859-1": "iso8859-1",
        "iso-8859-2": "iso8859-2",
        "iso-8859-15": "iso8859-15",
        "macintosh": "mac-roman",
        "ibm850": "cp850",
        "us-ascii": "ascii",
    }
)
"""Names that a sender may state, and the codec of each."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", ""),
    (codecs.BOM_UTF32_BE, "utf-32", ""),
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16be", "utf-16"),
)
"""Byte order marks, the longest first: the encoding each stands for, and the codec that reads it away."""
_LONGEST_MARK = 4
_CHUNK = 1 << 12
"""Characters read at a time: few, so that an error names a line near the bytes at fault."""


def encoding_name(text: str, *, where: str) -> str:
    """Return the name of an encoding that a sender states.

    Raises:
        UnknownTerm: it is none of those that are read.

    >>> encoding_name("CP1252", where="encoding")
    'windows-1252'
    """
    try:
        codec = codecs.lookup(text).name
    except (LookupError, ValueError):
        codec = ""
    for name, known in ENCODINGS.items():
        if codec == codecs.lookup(known).name or text.lower() == name:
            return name
    raise UnknownTerm(
        f"`{text[:80]}` is no encoding that is read here.",
        where=where,
        remedy="Save the file as UTF-8, or state one of: " + ", ".join(ENCODINGS) + ".",
    )


def marked_encoding(head: bytes, *, name: str) -> str | None:
    """Return the encoding that a byte order mark at the beginning tells; None without one.

    Raises:
        UnreadableInput: it is that of UTF-32, which nobody reads.
    """
    for mark, encoding, codec in _MARKS:
        if head.startswith(mark):
            if not codec:
                raise UnreadableInput("The file is in UTF-32.", where=name, remedy="Save it as UTF-8.")
            return encoding
    return None


def codec_for(head: bytes, stated: str | None, *, name: str) -> str:
    """Return the codec that reads a text: by its byte order mark, else as stated, else UTF-8.

    Args:
        head: Its first bytes.
        stated: The encoding that its sender states; None when nothing is stated.
        name: What errors call it.

    Raises:
        UnknownTerm: the stated encoding is none that is read.
        UnreadableInput: the mark contradicts the statement, or is that of UTF-32.
    """
    known = None if stated is None else encoding_name(stated, where=name)
    marked = marked_encoding(head, name=name)
    if marked is None:
        return ENCODINGS[known or UTF_8]
    if known not in {None, marked} and not (known == "utf-16" and marked.startswith("utf-16")):
        raise UnreadableInput(
            f"The file begins with the byte order mark of {marked}, and is said to be {known}.",
            where=name,
            remedy="Leave the encoding out, or state it once: with the file, or in its metadata.",
        )
    return "utf-8-sig" if marked == UTF_8 else "utf-16"


def codec_of(path: Path, stated: str | None, *, name: str) -> str:
    """Return the codec that reads a file; arguments and errors are those of `codec_for`."""
    with path.open("rb") as file:
        return codec_for(file.read(_LONGEST_MARK), stated, name=name)


def checked_encoding(path: Path, stated: str | None, *, name: str) -> str | None:
    """Read a text to its end and return the encoding to record of it: None for UTF-8.

    Raises:
        UnknownTerm, UnreadableInput: as for `codec_for`, or some bytes are no text in that encoding; names the line.
    """
    codec = codec_of(path, stated, name=name)
    known = encoding_name(stated, where=name) if stated else UTF_8
    recorded = "utf-16" if codec == "utf-16" else known
    line = 1
    with path.open(encoding=codec, newline="") as source:
        try:
            while text := source.read(_CHUNK):
                line += text.count("\n")
        except UnicodeDecodeError:
            raise not_in(recorded, where=f"{name}, after line {line}") from None
    return None if recorded == UTF_8 else recorded


def not_in(encoding: str, *, where: str) -> UnreadableInput:
    """Return the error of bytes that are no text in an encoding, which says what to do."""
    return UnreadableInput(
        f"The bytes are no {encoding} text.",
        where=where,
        remedy="Save the file as UTF-8 (in Excel: CSV UTF-8), or state its encoding when you send it: "
        "`--encoding windows-1252` for what Excel saves as plain CSV. It is never guessed.",
    )


def write_as_utf_8(path: Path, encoding: str, target: Path, *, name: str) -> None:
    """Write a text anew as UTF-8 with a byte order mark, its lines as they were.

    The mark makes a second statement of the first encoding, in metadata, a contradiction instead of wrong characters.

    Raises:
        UnreadableInput: some bytes are no text in the encoding; names the line.
    """
    codec = codec_of(path, encoding, name=name)
    line = 1
    with path.open(encoding=codec, newline="") as source, target.open("w", encoding="utf-8-sig", newline="") as sink:
        try:
            while text := source.read(_CHUNK):
                line += text.count("\n")
                sink.write(text)
        except UnicodeDecodeError:
            raise not_in(encoding, where=f"{name}, after line {line}") from None
