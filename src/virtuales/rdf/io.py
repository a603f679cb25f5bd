"""Reading and writing RDF files: one function to parse, with errors that name the file and the line, and two to write.

Syntaxes are those of `virtuales.rdf.media`; see https://www.w3.org/TR/rdf11-primer/#section-graph-syntax.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import Quad, Triple, __version__, parse, serialize

from virtuales.errors import UnreadableInput
from virtuales.rdf import media

MEDIA_TYPES_BY_SUFFIX: Mapping[str, str] = MappingProxyType(
    {
        ".ttl": media.TURTLE,
        ".nt": media.N_TRIPLES,
        ".nq": media.N_QUADS,
        ".trig": media.TRIG,
        ".rdf": media.RDF_XML,
        ".owl": media.RDF_XML,
        ".xml": media.RDF_XML,
        ".rdfs": media.RDF_XML,
        ".jsonld": media.JSON_LD,
    }
)
"""What a file's suffix says about its syntax, where it says anything."""

PARSER = f"pyoxigraph {__version__}"
"""What parses RDF and SPARQL here, for what is kept of its work."""
_EXCERPT = 200
"""Characters of the parser's own message that are passed on; it may quote the whole input."""


class ParsedFile:
    """The statements of one RDF source, as they are read, and the prefixes declared so far.

    Args:
        source: The file, or its bytes.
        media_type: The syntax; by default what the file's suffix says.
        base: The IRI that relative IRIs are resolved against; by default the file's own `file:` IRI, or none for bytes.
        name: What errors call the source; by default the file's path.

    Raises:
        UnreadableInput: there is no such file, or its syntax cannot be told.
    """

    def __init__(
        self, source: Path | bytes, media_type: str | None = None, *, base: str | None = None, name: str | None = None
    ) -> None:
        self.prefixes: dict[str, str] = {}
        """The prefixes declared before the first statement, with their namespaces; known once that is read."""
        self.name = name or (str(source) if isinstance(source, Path) else "the given bytes")
        syntax = media.rdf_format(media_type or _media_type(source, self.name))
        root = base or (source.resolve().as_uri() if isinstance(source, Path) else None)
        try:
            if isinstance(source, Path):
                self._parser = parse(path=source, format=syntax, base_iri=root)
            else:
                self._parser = parse(source, format=syntax, base_iri=root)
        except OSError as error:
            raise UnreadableInput(f"The file cannot be read: {error.strerror}.", where=self.name) from error

    def __iter__(self) -> Iterator[Quad]:
        """Give the statements one by one; a triple stands in the default graph.

        Raises:
            UnreadableInput: the bytes are not in the syntax; names the file, and the line where the parser knows it.
        """
        first = True
        try:
            for quad in self._parser:
                if first:
                    self.prefixes, first = self._parser.prefixes, False
                yield quad
        except SyntaxError as error:
            line = f", line {error.lineno}" if error.lineno else ""
            raise UnreadableInput(
                f"This is not well-formed RDF: {str(error)[:_EXCERPT]}.",
                where=f"{self.name}{line}",
                remedy="Correct the file, or say which syntax it has.",
            ) from error


def parse_file(
    source: Path | bytes, media_type: str | None = None, *, base: str | None = None, name: str | None = None
) -> Iterator[Quad]:
    """Give the statements of an RDF file or of its bytes; the arguments and errors are those of `ParsedFile`.

    >>> [str(quad.object) for quad in parse_file(b'<http://a> <http://b> "c" .', media.TURTLE)]
    ['"c"']
    >>> list(parse_file(b"<http://a> <http://b> .", media.TURTLE, name="broken.ttl"))
    Traceback (most recent call last):
        ...
    virtuales.errors.UnreadableInput: ...
    """
    return iter(ParsedFile(source, media_type, base=base, name=name))


def serialize_quads(
    quads: Iterable[Quad] | Iterable[Triple], media_type: str, *, prefixes: Mapping[str, str] | None = None
) -> bytes:
    """Write statements in a graph format.

    Raises:
        InputError: the media type is no RDF format.
    """
    result = serialize(quads, format=media.rdf_format(media_type), prefixes=dict(prefixes or {}))
    if result is None:
        raise TypeError("the serialiser returns bytes when it is given no output")
    return result


def _media_type(source: Path | bytes, name: str) -> str:
    suffix = source.suffix.lower() if isinstance(source, Path) else ""
    if suffix not in MEDIA_TYPES_BY_SUFFIX:
        raise UnreadableInput(
            "The name does not tell which RDF syntax this is.",
            where=name,
            remedy="Give the file one of the suffixes " + ", ".join(MEDIA_TYPES_BY_SUFFIX) + ", or name a media type.",
        )
    return MEDIA_TYPES_BY_SUFFIX[suffix]
