"""Where in a file something stands: file, line and element, for errors; exact however long the file is.

The tree that lxml builds keeps line numbers only up to 65,535 in general, so the places of errors are found by a second
pass with expat, which counts lines without limit. It runs only when there is an error to report.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.parsers import expat

from virtuales.errors import UnreadableInput

_CHUNK = 1 << 16

OBJECT_DEPTH = 2


@dataclass(frozen=True)
class Element:
    """The start of an element.

    Args:
        line: Its line, from 1.
        depth: 1 for the root, 2 for objects, 3 for properties.
        name: Its name as `{namespace}local`.
        attributes: Its attributes, named likewise.
    """

    line: int
    depth: int
    name: str
    attributes: dict[str, str]


def place(name: str, line: int | None, element: str | None = None) -> str:
    """Write a place as errors show it.

    >>> place("grid.xml", 7, "{http://iec.ch/TC57/CIM100#}Terminal")
    'grid.xml, line 7, element Terminal'
    """
    parts = [name]
    if line is not None:
        parts.append(f"line {line}")
    if element is not None:
        parts.append(f"element {element.rpartition('}')[2]}")
    return ", ".join(parts)


def elements(source: BinaryIO) -> Iterator[Element]:
    """Give the start of every element of a document that was found well-formed before, from its beginning.

    Raises:
        UnreadableInput: the document is in an encoding that only the first parser knew.
    """
    source.seek(0)
    waiting: list[Element] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        named = {clark(key): value for key, value in attributes.items()}
        waiting.append(Element(parser.CurrentLineNumber, depth, clark(name), named))

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    while chunk := source.read(_CHUNK):
        try:
            parser.Parse(chunk, False)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise UnreadableInput(
                f"The document cannot be read a second time: {error}.",
                where=f"line {parser.CurrentLineNumber}",
                remedy="Write it in UTF-8.",
            ) from None
        yield from waiting
        waiting.clear()


def line_of(
    source: BinaryIO, object_number: int, property_number: int | None, *, depth: int = OBJECT_DEPTH
) -> int | None:
    """Return the line on which an object, or one of its properties, begins.

    Args:
        source: The document, seekable.
        object_number: The object's place among the root's children, from 1.
        property_number: The property's place among the object's children, from 1; None for the object itself.
        depth: How deep objects stand.

    Returns:
        The line, or None when the document cannot be read that far.
    """
    objects = properties = 0
    try:
        for element in elements(source):
            if element.depth == depth:
                objects, properties = objects + 1, 0
            elif element.depth == depth + 1:
                properties += 1
            if objects == object_number and properties == (property_number or 0):
                return element.line
    except UnreadableInput:
        return None
    return None


def lines_of(source: BinaryIO, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the lines on which objects and properties begin.

    Args:
        source: The document, seekable and well-formed.
        wanted: Pairs of an object's place among the root's children and a property's place in it; 0 for the object.
    """
    found: dict[tuple[int, int], int] = {}
    if not wanted:
        return found
    objects = properties = 0
    try:
        for element in elements(source):
            if element.depth == OBJECT_DEPTH:
                objects, properties = objects + 1, 0
            elif element.depth == OBJECT_DEPTH + 1:
                properties += 1
            else:
                continue
            if (objects, properties) in wanted:
                found[objects, properties] = element.line
    except UnreadableInput:
        return found
    return found


def clark(name: str) -> str:
    """Write a name as expat gives it, `namespace}local`, in the usual form `{namespace}local`."""
    return "{" + name if "}" in name else name
