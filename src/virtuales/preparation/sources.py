"""What somebody hands over, told by its first bytes: CIM/XML, a zip, Turtle or CSV. A file's name is not trusted."""

import re
from pathlib import Path

from virtuales.errors import UnreadableInput
from virtuales.rdf.media import RDF_XML, RESULTS_CSV, TURTLE
from virtuales.rdf.namespaces import RDF

CIM_XML = RDF_XML
ZIP = "application/zip"
CSV = RESULTS_CSV

ACCEPTED = "CIM/XML (root `rdf:RDF`), a zip of such files, Turtle, or CSV with a header line, in UTF-8"

_FIRST_BYTES = 1 << 13
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_turtle = re.compile(
    r"(?:#[^\n]*\n|\s)*(?:@prefix\s|@base\s|prefix\s+[^\s,;]*:\s*<|base\s+<|<[a-z][a-z0-9+.-]*:[^>\s]*>\s)",
    re.IGNORECASE,
)
_separator = re.compile("[,;\t]")


def detect(source: Path | bytes, *, name: str | None = None) -> str:
    r"""Tell what a file holds.

    Args:
        source: The file, or its first bytes (8 kB are enough).
        name: What errors call it; by default the file's name.

    Returns:
        One of the media types `CIM_XML`, `ZIP`, `TURTLE` and `CSV`.

    Raises:
        UnreadableInput: it is none of these; the remedy says what is accepted.

    >>> detect(b"substation,demand\nA,7.5\n")
    'text/csv'
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            head = file.read(_FIRST_BYTES)
        name = name or source.name
    else:
        head = source[:_FIRST_BYTES]
    if head.startswith(_ZIP_STARTS):
        return ZIP
    text = _text(head)
    found = None if text is None else _of_text(text.lstrip("\ufeff"))
    if found is None:
        what = "The file is empty." if not head else "The file is of no kind that is accepted here."
        raise UnreadableInput(what, where=name, remedy=f"Give {ACCEPTED}.")
    return found


def _text(head: bytes) -> str | None:
    encoding = next((codec for mark, codec in _BYTE_ORDER_MARKS if head.startswith(mark)), "utf-8")
    if encoding == "utf-8" and head.startswith(b"<?xml"):
        encoding = "latin-1"  # the declaration names the encoding; what matters here is ASCII in all of them
    try:
        return head.decode(encoding)
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end of what was read; anywhere else it is no text.
        whole = error.start >= len(head) - 4 and len(head) == _FIRST_BYTES
        return head[: error.start].decode(encoding) if whole else None


def _of_text(text: str) -> str | None:
    if "\0" in text:
        return None
    if _turtle.match(text):
        return TURTLE
    if text.lstrip().startswith("<"):
        return CIM_XML if RDF.iri in text else None
    first, _, rest = text.partition("\n")
    separator = _separator.search(first)
    if separator and rest.strip():
        return CSV if separator[0] in rest.partition("\n")[0] else None
    return None
