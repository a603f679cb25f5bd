"""What somebody hands over, told by its first bytes; a file's name tells apart only the syntaxes that begin alike."""

import re
import zipfile
from pathlib import Path

from virtuales.errors import InputError, UnreadableInput
from virtuales.preparation.encodings import UTF_8, codec_for, not_in
from virtuales.rdf.io import MEDIA_TYPES_BY_SUFFIX
from virtuales.rdf.media import JSON_LD, N_QUADS, N_TRIPLES, PARQUET, RDF_XML, RESULTS_CSV, TRIG, TURTLE
from virtuales.rdf.namespaces import RDF

CIM_XML = RDF_XML
ZIP = "application/zip"
CSV = RESULTS_CSV
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = "application/xml"
JSON = "application/json"
RDF_TYPES = frozenset({TURTLE, TRIG, N_TRIPLES, N_QUADS, JSON_LD})

ACCEPTED = (
    "CIM/XML (root `rdf:RDF`), a zip of such files, CSV with a header line, an Excel workbook (.xlsx), Parquet, JSON, "
    "JSON-LD, or RDF, in UTF-8"
)

_FIRST_BYTES = 1 << 13
_PARQUET_START = b"PAR1"
_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_turtle = re.compile(
    r"(?:#[^\n]*\n|\s)*(?:@prefix\s|@base\s|prefix\s+[^\s,;]*:\s*<|base\s+<|<[a-z][a-z0-9+.-]*:[^>\s]*>\s)",
    re.IGNORECASE,
)
_separator = re.compile("[,;\t]")
_json = re.compile(r"""\s*(?:\{\s*(?:"|\})|\[\s*[\[{\]"\d])""")
_json_ld = re.compile(r'"@(?:context|graph|id|type)"\s*:(?!\s*(?:\[\s*)?"http://www\.w3\.org/ns/csvw")')
_xml = re.compile(r"\s*(?:<\?xml\s|<[A-Za-z_][\w.:-]*[\s/>])")
_not_data = re.compile(r"\s*(?:<\?xml[^>]*\?>)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+)?html\b", re.IGNORECASE | re.DOTALL)
_CIM_NAMESPACE = "http://iec.ch/TC57/"


def detect(source: Path | bytes, *, name: str | None = None, encoding: str | None = None) -> str:
    r"""Tell what a file holds.

    Args:
        source: The file, or its first bytes (8 kB are enough).
        name: What errors call it; by default the file's name.
        encoding: The encoding that its sender states, which only a table may need; None when nothing is stated.

    Returns:
        One of the media types `CIM_XML`, `ZIP`, `CSV`, `XLSX`, `PARQUET`, `XML`, `JSON`, and those of `RDF_TYPES`.

    Raises:
        UnknownTerm: the stated encoding is none that is read.
        UnreadableInput: it is none of these, or no text in its encoding; the remedy says what is accepted.

    >>> detect(b"substation,demand\nA,7.5\n")
    'text/csv'
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            head = file.read(_FIRST_BYTES)
        name = name or source.name
    else:
        head = source[:_FIRST_BYTES]
    if head.startswith(_PARQUET_START):
        return PARQUET
    if head.startswith(_ZIP_STARTS):
        return XLSX if _is_workbook(source) else ZIP
    called = name or "the file"
    text = _text(head, encoding, called)
    found = None if text is None else _of_text(text.lstrip("\ufeff"))
    if encoding is not None and found not in {CSV, None}:
        raise InputError(
            "An encoding is stated of a file that is no table in CSV.",
            where=called,
            remedy="Leave it out: XML declares its own, and JSON and RDF are UTF-8.",
        )
    if text is None and _of_text(head.decode("latin-1")) == CSV:
        raise not_in(encoding or UTF_8, where=called)
    if found == TURTLE and name is not None:
        stated = MEDIA_TYPES_BY_SUFFIX.get(Path(name).suffix.lower(), TURTLE)
        found = stated if stated in {TRIG, N_TRIPLES, N_QUADS} else TURTLE
    if found is None:
        what = "The file is empty." if not head else "The file is of no kind that is accepted here."
        raise UnreadableInput(what, where=name, remedy=f"Give {ACCEPTED}.")
    return found


def _text(head: bytes, stated: str | None = None, name: str = "the file") -> str | None:
    encoding = codec_for(head, stated, name=name)
    if encoding == UTF_8 and head.startswith(b"<?xml"):
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
    if _json.match(text):
        return JSON_LD if _json_ld.search(text) else JSON
    if text.lstrip().startswith("<"):
        return CIM_XML if RDF.iri in text else (XML if _xml.match(text) and not _not_data.match(text) else None)
    first, _, rest = text.partition("\n")
    separator = _separator.search(first)
    if separator and rest.strip():
        return CSV if separator[0] in rest.partition("\n")[0] else None
    return None


def is_cim(path: Path) -> bool:
    """Tell whether RDF/XML speaks of a model of the grid: its first bytes name a namespace of IEC TC 57."""
    with path.open("rb") as file:
        text = _text(file.read(_FIRST_BYTES))
    return text is not None and _CIM_NAMESPACE in text


def _is_workbook(source: Path | bytes) -> bool:
    if isinstance(source, bytes):
        return b"xl/workbook.xml" in source or b"[Content_Types].xml" in source[:200]
    try:
        with zipfile.ZipFile(source) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
