"""A process that answers queries on a copy of the store, so that a query can be ended at any moment.

It reads requests from standard input and writes to standard output in frames: a letter, the length in four bytes, the
content. `R` says that it is ready; `B` begins an answer with its media type, `D` holds some of it, and `E` ends it; `X`
says what was wrong. It ends when standard input does, or when the process that started it is gone.
"""

import json
import os
import resource
import struct
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from io import BufferedWriter, BytesIO, FileIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from pyoxigraph import QueryTriples, Store, Triple

from virtuales.errors import InputError, NotAcceptable, StoreFailure, UnreadableInput, VirtualesError
from virtuales.query.changing import Change, Part, carry_out, read_dataset
from virtuales.query.rows import counter
from virtuales.store.oxigraph_answer import Result, form_of, result_of, result_of_file, write_form
from virtuales.store.rdf_store import Asked, AskedOfFile

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

HEAD: Final = struct.Struct(">cI")
"""How a frame begins."""
_FRAME: Final = 1 << 17
"""How much of an answer makes a frame; a frame for each piece that the engine writes would cost more than the piece."""
_LOOK_SECONDS: Final = 0.5


class TooMuch(Exception):
    """The answer is larger than it may be."""


@dataclass(frozen=True)
class Largest:
    """How large an answer may be.

    Args:
        size: In bytes.
        rows: In rows, or statements.
    """

    size: int
    rows: int


class Frames(BytesIO):
    """Writes an answer in frames, and no more of it than it may have.

    Args:
        out: Where to.
        media_type: What the answer is.
        largest: What it may have.
    """

    def __init__(self, out: IO[bytes], media_type: str, largest: Largest) -> None:
        super().__init__()
        self._out = out
        self._largest = largest
        self._written = 0
        self._rows = 0
        self._kept = bytearray()
        self._count = counter(media_type)
        frame(out, b"B", media_type.encode())

    def write(self, content: "Buffer", /) -> int:
        """Take some of the answer, and write a frame when there is enough for one.

        Raises:
            TooMuch: the answer would have more bytes than it may.
        """
        self._kept += content
        if len(self._kept) >= _FRAME:
            self.give()
        return memoryview(content).nbytes

    def give(self) -> None:
        """Write what was taken, as a frame.

        Raises:
            TooMuch: the answer would have more bytes, or rows, than it may.
        """
        content = bytes(self._kept)
        self._kept.clear()
        self._written += len(content)
        self._rows += self._count(content)
        if self._written > self._largest.size:
            raise TooMuch(f"The answer has more than {self._largest.size:,} bytes.")
        if self._rows > self._largest.rows:
            raise _too_many(self._largest)
        frame(self._out, b"D", content)


def limited(triples: QueryTriples, largest: Largest) -> Iterator[Triple]:
    """Give the statements of an answer, and no more than it may have."""
    for number, triple in enumerate(triples, 1):
        if number > largest.rows:
            raise _too_many(largest)
        yield triple


def _too_many(largest: Largest) -> TooMuch:
    return TooMuch(f"The answer has more than {largest.rows:,} rows.")


def frame(out: IO[bytes], kind: bytes, content: bytes = b"") -> None:
    """Write one frame."""
    out.write(HEAD.pack(kind, len(content)))
    out.write(content)


@dataclass(frozen=True)
class Order:
    """A change to be made to a dataset that is kept as a file.

    Args:
        change: What is to be done.
        before: The dataset's file; None for an empty one.
        after: Where the changed dataset goes.
        patch: Where the change goes, as an RDF Patch.
    """

    change: Change
    before: Path | None
    after: Path
    patch: Path


def request(asked: Asked | AskedOfFile, accept: str | None) -> bytes:
    """Write a request for an answer."""
    kind = "file" if isinstance(asked, AskedOfFile) else "store"
    return _packed({"kind": kind, "asked": vars(asked), "accept": accept})


def order(ordered: Order) -> bytes:
    """Write a request for a change."""
    before = None if ordered.before is None else str(ordered.before)
    places = {"before": before, "after": str(ordered.after), "patch": str(ordered.patch)}
    return _packed({"kind": "change", "change": asdict(ordered.change), **places})


def _packed(data: dict[str, object]) -> bytes:
    content = json.dumps(data).encode()
    return struct.pack(">I", len(content)) + content


class Stores:
    """What queries are answered from: the copy of the store, and the file that was asked last.

    Args:
        copy: The copy; None where there is none.
    """

    def __init__(self, copy: Store | None) -> None:
        self._copy = copy
        self._file: str | None = None
        self._read = Store()

    def result(self, data: dict[str, Any]) -> Result:
        """Begin to answer a request."""
        said = {**data["asked"], "default": tuple(data["asked"]["default"]), "named": tuple(data["asked"]["named"])}
        if data["kind"] == "file":
            return result_of_file(self._of_file(said["file"]), AskedOfFile(**said))
        if self._copy is None:
            raise StoreFailure("There is no copy of the store here.")
        return result_of(self._copy, Asked(**said))

    def _of_file(self, file: str | None) -> Store:
        """Return a store with a dataset; files never change, so the last one is kept."""
        if file != self._file:
            self._file, self._read = None, Store()
            self._read.bulk_extend(read_dataset(Path(file) if file else None))
            self._file = file
        return self._read


def answer(stores: Stores, content: bytes, out: IO[bytes], largest: Largest) -> None:
    """Answer one request, whatever it is."""
    data = json.loads(content)
    accept = data.get("accept")
    try:
        if data["kind"] == "change":
            _change(data, out)
            return
        result = stores.result(data)
        media_type = form_of(result, accept)
        whole = limited(result, largest) if isinstance(result, QueryTriples) else result
        frames = Frames(out, media_type, largest)
        write_form(whole, media_type, frames)
        frames.give()
        frame(out, b"E")
    except TooMuch as error:
        _refuse(out, "limit", str(error), None)
    except NotAcceptable as error:
        _refuse(out, "form", error.what, error.remedy, offered=error.offered)
    except UnreadableInput as error:
        told = _in_words(data, error)
        _refuse(out, "syntax", told.what, told.remedy, where=told.where)
    except InputError as error:
        _refuse(out, "input", error.what, error.remedy)
    except MemoryError:
        _refuse(out, "limit", "The query needs more memory than it may have.", None)
    except RuntimeError as error:
        _refuse(out, "input", f"The query cannot be answered: {error}.", None)
    except (VirtualesError, OSError) as error:
        _refuse(out, "store", str(error), None)
    finally:
        out.flush()


def _change(data: dict[str, Any], out: IO[bytes]) -> None:
    said = data["change"]
    change = Change(**{**said, "parts": tuple(Part(**part) for part in said["parts"])})
    before = Path(data["before"]) if data["before"] else None
    changed = carry_out(change, before, after=Path(data["after"]), patch=Path(data["patch"]))
    frame(out, b"B", b"application/json")
    frame(out, b"D", json.dumps(asdict(changed)).encode())
    frame(out, b"E")


def _in_words(data: dict[str, Any], error: UnreadableInput) -> InputError:
    """Say what is wrong with a query as our own reader says it, which names the place and what would be right there."""
    from virtuales.query.syntax.parser import parse_query  # noqa: PLC0415  (mostly not needed)

    try:
        if "asked" in data:
            parse_query(data["asked"]["text"], data["asked"]["base"])
    except InputError as found:
        return found
    return error


def _refuse(
    out: IO[bytes],
    kind: str,
    what: str,
    remedy: str | None,
    *,
    where: str | None = None,
    offered: Sequence[str] = (),
) -> None:
    said = {"kind": kind, "what": what, "where": where, "remedy": remedy, "offered": list(offered)}
    frame(out, b"X", json.dumps(said).encode())


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def main(directory: str, size: str, rows: str, memory: str) -> None:
    """Answer requests until there are no more.

    Args:
        directory: The copy of the store; empty where only files are asked.
        size: Bytes that an answer may have.
        rows: Rows that it may have.
        memory: Bytes of memory that the process may hold.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    stores = Stores(Store.read_only(directory) if directory else None)
    # Buffers of our own, whatever the environment says of Python's: a small answer has to be one write.
    requests, out = sys.stdin.buffer, BufferedWriter(FileIO(sys.stdout.fileno(), "wb", closefd=False), _FRAME)
    frame(out, b"R")
    out.flush()
    while head := requests.read(4):
        answer(stores, requests.read(struct.unpack(">I", head)[0]), out, Largest(int(size), int(rows)))


if __name__ == "__main__":
    main(*sys.argv[1:])
