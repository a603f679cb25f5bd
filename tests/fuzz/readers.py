"""What fuzzing asks of the readers: given any bytes they answer in time, or refuse with an error of ours.

Inputs are bytes, or documents put together from pieces of the grammar, sound and unsound, and then damaged. Whatever a
reader accepts must also be written back and read again as the same statements.
"""

import faulthandler
import io
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from tests.preparation.cim_documents import (
    BASE,
    EQ,
    VOCABULARY,
    OneVocabulary,
    about,
    depends,
    difference,
    document,
    header,
    line,
    named,
    terminal,
)

from virtuales.assurance.compiler import compile_shapes
from virtuales.errors import VirtualesError
from virtuales.preparation.cim.difference import ModelFile
from virtuales.preparation.cim.difference_reader import DifferenceReader
from virtuales.preparation.cim.package import PackageLimits, read_package
from virtuales.preparation.cim.reader import CimReader, ReadLimits
from virtuales.preparation.cim.writer import write_difference, write_model
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE

SECONDS_PER_100_KB = 5.0
OUTPUT_PER_INPUT = 200
"""Bytes of statements that a byte of a document may give, beyond the first megabyte: more would be an expansion."""
CANARY = b"canary-in-a-file-that-no-document-may-pull-in"
LIMITS = ReadLimits(source_bytes=10_000_000)


class Fetched(Exception):
    """A reader reached for the network."""


class TooSlow(AssertionError):
    """A reader took longer than it may."""


def read_model(data: bytes) -> None:
    """Read a model strictly and leniently; write back what strict reading accepts, and compare."""
    reader = CimReader(OneVocabulary(), BASE, limits=LIMITS)
    for lenient in (False, True):
        sink = io.BytesIO()
        try:
            reading = reader.read(io.BytesIO(data), sink, name="fuzz.xml", profiles=[EQ], lenient=lenient)
        except VirtualesError:
            continue
        _check_output(data, sink.getvalue())
        if lenient:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.nt"
            path.write_bytes(sink.getvalue())
            model = ModelFile("fuzz", reading.header, path, reading.profiles, VOCABULARY, reading.identifiers)
            written, again = io.BytesIO(), io.BytesIO()
            write_model(model, written)
            reader.read(written, again, name="again.xml", profiles=[EQ])
            assert sorted(again.getvalue().splitlines()) == sorted(sink.getvalue().splitlines())


def read_difference(data: bytes) -> None:
    """Read a difference model; write back what is accepted, and compare."""
    reader = DifferenceReader(OneVocabulary(), BASE, limits=LIMITS)
    try:
        read = reader.read(io.BytesIO(data), name="fuzz.xml", profiles=[EQ])
    except VirtualesError:
        return
    _check_output(data, b"".join(read.forward | read.reverse | read.preconditions))
    written = io.BytesIO()
    write_difference(read, written)
    again = reader.read(written, name="again.xml", profiles=[EQ])
    assert (again.forward, again.reverse, again.preconditions) == (read.forward, read.reverse, read.preconditions)


def read_zip(data: bytes) -> None:
    """Read bytes as an upload: CIM/XML or a zip of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        place = Path(folder) / "work"
        place.mkdir()
        try:
            read_package(
                path,
                place,
                reader=CimReader(OneVocabulary(), BASE, limits=LIMITS),
                profiles=[EQ],
                limits=PackageLimits(members=100, total_bytes=20_000_000),
            )
        except VirtualesError:
            assert list(place.iterdir()) == []


def read_turtle(data: bytes) -> None:
    """Read bytes as Turtle."""
    try:
        for _ in parse_file(data, TURTLE, base="urn:fuzz:", name="fuzz.ttl"):
            pass
    except VirtualesError:
        return


def read_shapes(data: bytes) -> None:
    """Compile bytes as a shapes graph; faults of shapes are reported, not raised."""
    try:
        compile_shapes([data], names=["fuzz.ttl"])
    except VirtualesError:
        return


READERS: Mapping[str, Callable[[bytes], None]] = MappingProxyType(
    {
        "model": read_model,
        "difference": read_difference,
        "zip": read_zip,
        "turtle": read_turtle,
        "shapes": read_shapes,
    }
)


def _check_output(data: bytes, statements: bytes) -> None:
    assert len(statements) < 1_000_000 + OUTPUT_PER_INPUT * len(data), "a small document gave a large model"
    assert CANARY not in statements, "a document pulled in a file"


def judge(reader: str, data: bytes) -> None:
    """Run a reader on bytes.

    Raises:
        Exception: any error that is not ours, or an expansion, a fetch or a hang.
    """
    allowed = max(1.0, len(data) / 100_000) * SECONDS_PER_100_KB
    hidden: list[object] = []
    usual, sys.unraisablehook = sys.unraisablehook, lambda error: hidden.append(error.exc_value)
    faulthandler.dump_traceback_later(allowed * 12, exit=True)
    started = time.process_time()
    try:
        READERS[reader](data)
    finally:
        faulthandler.cancel_dump_traceback_later()
        sys.unraisablehook = usual
    assert not hidden, f"{reader}: an error that nobody could catch: {hidden[0]}"
    spent = time.process_time() - started
    if spent > allowed:
        raise TooSlow(f"{reader}: {spent:.1f} CPU seconds for {len(data):,} bytes")


_watching = False


@contextmanager
def no_network() -> Iterator[None]:
    """Refuse connections and look-ups of names while it lasts."""
    global _watching  # noqa: PLW0603  (an audit hook can never be removed, so it is switched on and off)
    if not hasattr(sys, "_virtuales_watch"):
        sys.addaudithook(_refuse_network)
        sys._virtuales_watch = True  # type: ignore[attr-defined]  # noqa: SLF001  (the hook is added once a process)
    _watching = True
    try:
        yield
    finally:
        _watching = False


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if _watching and event in ("socket.connect", "socket.getaddrinfo", "urllib.Request"):
        raise Fetched(f"{event} {arguments}")


class Maker:
    """Makes documents: sound ones from pieces of the grammar, then damaged.

    Args:
        seed: The same seed gives the same documents.
        canary: A file that documents try to pull in.
        samples: Further sound documents by the reader that they are for.
    """

    def __init__(self, seed: int, canary: Path, samples: Mapping[str, Sequence[bytes]] | None = None) -> None:
        self._random = random.Random(seed)
        self._canary = canary
        self._samples = dict(samples or {})

    def make(self, reader: str) -> bytes:
        """Make an input for a reader."""
        data = self._sound(reader)
        for _ in range(self._random.choice((0, 1, 1, 2, 5))):
            data = self._random.choice((self._flip, self._cut, self._repeat, self._insert, self._swap))(data)
        return data

    def _sound(self, reader: str) -> bytes:
        samples = self._samples.get(reader, ())
        if samples and self._random.random() < 0.4:
            return self._random.choice(samples)
        if reader == "difference":
            return difference(
                preconditions=self._objects(2),
                reverse=self._objects(4),
                forward=self._objects(6),
                parse_type=self._random.choice(("parseType", "rdf:parseType")),
            )
        if reader == "zip":
            return self._zip()
        if reader in ("turtle", "shapes"):
            return self._turtle().encode(errors="surrogatepass")
        return self._document()

    def _document(self) -> bytes:
        start = self._random.choice(("", "", "", self._doctype()))
        head = self._random.choice((None, None, "", header(more=depends("urn:uuid:x")), header() * 2))
        data = document(self._objects(12), head=head, start=start)
        encoding = self._random.choice((None,) * 6 + ("utf-16", "latin-1", "utf-8-sig"))
        return data if encoding is None else data.decode().replace("UTF-8", encoding).encode(encoding, "replace")

    def _doctype(self) -> str:
        many = "".join(
            f'<!ENTITY a{n} "{"&a" + str(n - 1) + ";" if n else "x"}' + ("&a0;" * 9 if n else "") + '">'
            for n in range(9)
        )
        return self._random.choice(
            (
                f"<!DOCTYPE r [{many}]>",
                f'<!DOCTYPE r [<!ENTITY e SYSTEM "{self._canary.as_uri()}">]>',
                '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">',
                f'<!DOCTYPE r [<!ENTITY % p SYSTEM "{self._canary.as_uri()}"> %p;]>',
            )
        )

    def _objects(self, most: int) -> str:
        return "".join(self._object() for _ in range(self._random.randrange(most)))

    def _object(self) -> str:
        choose = self._random.choice
        name = choose(
            ("_a", "_b", f"_{self._random.randrange(99)}", "_73c512bd-7249-4f50-50da-d93849b89c43", "a b", "é", "")
        )
        value = choose(("A", "", " ", "&amp;&#13;&#10;", "<![CDATA[<x>]]>", "&e;", "&a8;", "é" * 50, "\t"))
        address = (
            "<cim:Location.mainAddress><cim:StreetAddress><cim:StreetAddress.town>"
            f"<cim:Town><cim:Town.name>{value}</cim:Town.name></cim:Town></cim:StreetAddress.town>"
            "</cim:StreetAddress></cim:Location.mainAddress>"
        )
        return choose(
            (
                line(name, named(value)),
                line(name, f"<cim:ACLineSegment.r>{value}</cim:ACLineSegment.r>"),
                terminal(name, choose(("#_a", "urn:uuid:a", "http://x.example/#a", "#_a#b", "#"))),
                about(name, named(value)),
                f'<cim:Location rdf:ID="{name}">{address * choose((1, 1, 2))}</cim:Location>',
                f'<cim:Lamp rdf:ID="{name}"><cim:Lamp.at rdf:resource="#_a"/></cim:Lamp>',
                f'<x:Lamp xmlns:x="http://x.example/#" rdf:about="#{name}">{value}</x:Lamp>',
                f"<!-- {name} --><?x {name}?>",
                "<cim:Town>" * 40 + "</cim:Town>" * 40,
            )
        )

    def _zip(self) -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", self._random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            for number in range(self._random.randrange(3)):
                name = self._random.choice((f"{number}.xml", f"../{number}.xml", f"{number}.txt"))
                archive.writestr(zipfile.ZipInfo(name), self._document())
        return packed.getvalue()

    def _turtle(self) -> str:
        choose = self._random.choice
        prefixes = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <urn:e:> .\n"
        values = ("e:a", "1", '"x"', "[]", "( e:a e:b )", "[ sh:path e:p ]", "( )", '"SELECT $this WHERE { }"', "_:b")
        terms: tuple[str, ...] = (
            "property",
            "path",
            "targetClass",
            "minCount",
            "class",
            "in",
            "or",
            "not",
            "node",
            "datatype",
            "closed",
        )
        terms += ("pattern", "sparql", "select", "inversePath", "zeroOrMorePath")
        terms += ("rule", "expression", "target", "subject", "predicate", "object", "condition", "construct", "order")
        terms += ("union", "filterShape", "nodes", "count", "parameter", "ask", "memberShape", "someValue")
        statements = []
        for _ in range(self._random.randrange(12)):
            subject = choose(("e:s", "e:t", "_:b", "[]"))
            said = " ; ".join(f"sh:{choose(terms)} {choose(values)}" for _ in range(self._random.randrange(1, 5)))
            statements.append(f"{subject} a sh:NodeShape ; {said} .\n")
        return prefixes + "".join(statements)

    def _flip(self, data: bytes) -> bytes:
        if not data:
            return data
        place = self._random.randrange(len(data))
        return data[:place] + bytes([self._random.randrange(256)]) + data[place + 1 :]

    def _cut(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:start] + data[end:]

    def _repeat(self, data: bytes) -> bytes:
        start, end = self._span(data)
        return data[:end] + data[start:end] * self._random.choice((1, 2, 50)) + data[end:]

    def _insert(self, data: bytes) -> bytes:
        place = self._random.randrange(len(data) + 1)
        piece = self._random.choice(
            (
                b"<",
                b">",
                b"&",
                b"\0",
                b"&e;",
                b"]]>",
                b"<!--",
                b'"',
                b"\xff\xfe",
                b" x" * 99,
                b"<a>" * 300,
                b"[" * 2000,
                b"{" * 99,
            )
        )
        return data[:place] + piece + data[place:]

    def _swap(self, data: bytes) -> bytes:
        start, end = self._span(data)
        other, stop = self._span(data)
        return data[:start] + data[other:stop] + data[end:]

    def _span(self, data: bytes) -> tuple[int, int]:
        """Choose a stretch, often one between two angle brackets."""
        start = self._random.randrange(len(data) + 1)
        end = min(len(data), start + self._random.choice((1, 4, 40, 400)))
        if self._random.random() < 0.5:
            start, end = max(data.find(b"<", start), 0), data.find(b">", end) + 1
            end = max(end, start)
        return start, end
