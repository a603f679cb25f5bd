"""The lines of N-Triples that models are kept in: one statement a line, as bytes, as reading writes them.

Two statements are the same when their lines are the same bytes, since reading writes each in one way only; so models
are compared and changed line by line, without terms being built. See https://www.w3.org/TR/n-triples/.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from virtuales.preparation.cim.header import HEADER_DATATYPES, ModelHeader
from virtuales.rdf.namespaces import MD, RDF, XSD

TYPE = f"<{RDF.type.value}>".encode()

_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_escaped = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_PLAIN = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def parts(line: bytes) -> tuple[bytes, bytes, bytes]:
    r"""Return a statement's subject, predicate and object, each as written.

    >>> parts(b'<a:b> <a:c> "d e" .\n')
    (b'<a:b>', b'<a:c>', b'"d e"')
    """
    subject, predicate, rest = line.split(b" ", 2)
    return subject, predicate, rest.rstrip()[:-1].rstrip()


def iri_of(term: bytes) -> str:
    """Return the IRI of a term written in angle brackets."""
    return term[1:-1].decode()


def literal_of(term: bytes) -> tuple[str, str, str]:
    r"""Return a literal's text, datatype and language.

    >>> literal_of(b'"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    ('1.50', 'http://www.w3.org/2001/XMLSchema#decimal', '')
    >>> literal_of(b'"a \\"b\\""')
    ('a "b"', 'http://www.w3.org/2001/XMLSchema#string', '')
    """
    whole = term.decode()
    text, _, after = whole[1:].rpartition('"')
    if "\\" in text:
        text = _escaped.sub(_character, text)
    if after.startswith("^^"):
        return text, after[3:-1], ""
    return text, RDF.langString.value if after else XSD.string.value, after[1:]


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _PLAIN.get(match[3], match[3])


def header_lines(header: ModelHeader) -> list[bytes]:
    """Write a full model's header as statements, the class first."""
    said: list[tuple[str, str | None]] = [
        ("Model.created", header.created),
        ("Model.scenarioTime", header.scenario_time),
        ("Model.description", header.description),
        ("Model.modelingAuthoritySet", header.modelling_authority_set),
        *(("Model.profile", profile) for profile in header.profiles),
        ("Model.version", header.version),
    ]
    lines = [f"<{header.iri}> <{RDF.type.value}> <{MD.FullModel.value}> .\n"]
    for name, value in said:
        if value is not None:
            datatype = HEADER_DATATYPES[MD[name].value]
            suffix = "" if datatype == XSD.string.value else f"^^<{datatype}>"
            lines.append(f'<{header.iri}> <{MD[name].value}> "{value.translate(_ESCAPES)}"{suffix} .\n')
    for name, models in (("Model.DependentOn", header.dependent_on), ("Model.Supersedes", header.supersedes)):
        lines += [f"<{header.iri}> <{MD[name].value}> <{model}> .\n" for model in models]
    return [line.encode() for line in lines]


def body(source: Iterable[bytes], header: ModelHeader | None) -> Iterator[bytes]:
    """Give the statements of a model that are not its header's."""
    start = f"<{header.iri}> ".encode() if header is not None else None
    return (line for line in source if start is None or not line.startswith(start))


def group(lines: Iterable[bytes]) -> list[bytes]:
    """Put statements into the one order that differences are written in: by subject, the class first."""
    return sorted(lines, key=_order)


def _order(line: bytes) -> tuple[bytes, bool, bytes]:
    subject, predicate, _ = line.split(b" ", 2)
    return subject, predicate != TYPE, line


def differing(
    first: Path, second: Path, headers: tuple[ModelHeader | None, ModelHeader | None]
) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """Return the statements that only the first of two models has, and those that only the second has.

    The lines are compared by 64-bit hashes, eight bytes a line; of a million lines the odds that one is missed are
    below one in ten million.

    Args:
        first: A model's N-Triples.
        second: Another's.
        headers: Their headers, which are left aside.
    """
    with first.open("rb") as one, second.open("rb") as other:
        mine, theirs = _hashes(body(one, headers[0])), _hashes(body(other, headers[1]))
        return (
            _having(one, headers[0], np.setdiff1d(mine, theirs)),
            _having(other, headers[1], np.setdiff1d(theirs, mine)),
        )


def _having(source: BinaryIO, header: ModelHeader | None, hashes: NDArray[np.int64]) -> frozenset[bytes]:
    if not hashes.size:
        return frozenset()
    source.seek(0)
    wanted = set(hashes.tolist())
    return frozenset(line for line in body(source, header) if hash(line) in wanted)


def _hashes(lines: Iterable[bytes]) -> NDArray[np.int64]:
    return np.fromiter(map(hash, lines), dtype=np.int64)


def copy_lines(lines: Iterable[bytes], sink: BinaryIO) -> int:
    """Write statements; return how many there were."""
    number = 0
    for number, line in enumerate(lines, 1):  # noqa: B007  (the last number is the result)
        sink.write(line)
    return number
