"""How a document opens: its root and the namespaces declared there, told before any other parser sees it.

This is read with expat and ends at the root's start, so nothing that a document type declares is ever expanded, and the
parser that builds trees is never given a document type: what one declares may not reach it (libxml2 parses the content
of entities into nodes that it frees while lxml still points at them).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from virtuales.errors import UnreadableInput
from virtuales.preparation.cim.positions import clark, place

_PROLOGUE = 1 << 20
_STEP = 1 << 12


@dataclass(frozen=True)
class Opening:
    """The start of a document's root.

    Args:
        line: Its line, from 1.
        name: Its name as `{namespace}local`.
        attributes: Its attributes, named likewise.
        namespaces: The namespaces that it declares, by prefix; the default one by the empty prefix.
    """

    line: int
    name: str
    attributes: Mapping[str, str]
    namespaces: Mapping[str, str]


@dataclass
class _Seen:
    doctype: int | None = None
    namespaces: dict[str, str] = field(default_factory=dict)
    opening: Opening | None = None

    @property
    def enough(self) -> bool:
        """Whether the root has begun, or a document type was declared before it."""
        return self.opening is not None or self.doctype is not None


def read_opening(source: BinaryIO, name: str) -> Opening:
    """Read a document up to the start of its root.

    Args:
        source: The document, seekable; read from its beginning.
        name: The file's name, for errors.

    Raises:
        UnreadableInput: no XML, a document type, or no root within the first megabyte.
    """
    seen = _Seen()
    parser = _parser(seen)
    source.seek(0)
    read = 0
    while not seen.enough and read < _PROLOGUE:
        chunk = source.read(_STEP)
        read += len(chunk)
        try:
            parser.Parse(chunk, not chunk)
        except (expat.ExpatError, LookupError, ValueError) as error:
            if not seen.enough:
                raise _ill_formed(error, name, parser.CurrentLineNumber if read else None) from None
    if seen.doctype is not None:
        raise UnreadableInput(
            "The file declares a document type (DTD); entities are not expanded here.",
            where=place(name, seen.doctype),
            remedy="Remove the `<!DOCTYPE …>` declaration.",
        )
    if seen.opening is None:
        raise UnreadableInput(
            "No element begins within the first megabyte.",
            where=name,
            remedy="Give a CIM/XML file, whose root is `rdf:RDF`.",
        )
    return seen.opening


def _parser(seen: _Seen) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")

    def doctype(*_declared: object) -> None:
        if not seen.enough:
            seen.doctype = parser.CurrentLineNumber

    def namespace(prefix: str | None, iri: str | None) -> None:
        if seen.opening is None:
            seen.namespaces[prefix or ""] = iri or ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        if seen.opening is None:
            named = {clark(key): value for key, value in attributes.items()}
            seen.opening = Opening(parser.CurrentLineNumber, clark(tag), named, dict(seen.namespaces))

    parser.StartDoctypeDeclHandler = doctype
    parser.StartNamespaceDeclHandler = namespace
    parser.StartElementHandler = start
    return parser


def _ill_formed(error: Exception, name: str, line: int | None) -> UnreadableInput:
    reason = str(error).partition(": line ")[0].rstrip(".")
    return UnreadableInput(
        f"The file is not well-formed XML: {reason}.",
        where=place(name, line),
        remedy="Export the model again as CIM/XML in UTF-8, and check that the file arrived whole.",
    )
