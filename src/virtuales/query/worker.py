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
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from pyoxigraph import QueryTriples, Store, Triple

from virtuales.errors import InputError, NotAcceptable, UnreadableInput, VirtualesError
from virtuales.query.rows import counter
from virtuales.store.oxigraph_answer import form_of, result_of, write_form
from virtuales.store.rdf_store import Asked

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

HEAD: Final = struct.Struct(">cI")
"""How a frame begins."""
_BUFFER: Final = 1 << 16
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
        self._count = counter(media_type)
        frame(out, b"B", media_type.encode())

    def write(self, content: "Buffer", /) -> int:
        """Write a frame of the answer.

        Raises:
            TooMuch: the answer would have more bytes than it may.
        """
        content = bytes(content)
        self._written += len(content)
        self._rows += self._count(content)
        if self._written > self._largest.size:
            raise TooMuch(f"The answer has more than {self._largest.size:,} bytes.")
        if self._rows > self._largest.rows:
            raise _too_many(self._largest)
        frame(self._out, b"D", content)
        return len(content)


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


def request(asked: Asked, accept: str | None) -> bytes:
    """Write a request."""
    content = json.dumps({**asdict(asked), "accept": accept}).encode()
    return struct.pack(">I", len(content)) + content


def answer(store: Store, content: bytes, out: IO[bytes], largest: Largest) -> None:
    """Answer one request, whatever it is."""
    data = json.loads(content)
    accept = data.pop("accept")
    asked = Asked(data["text"], tuple(data["default"]), tuple(data["named"]))
    try:
        result = result_of(store, asked)
        media_type = form_of(result, accept)
        whole = limited(result, largest) if isinstance(result, QueryTriples) else result
        write_form(whole, media_type, Frames(out, media_type, largest))
        frame(out, b"E")
    except TooMuch as error:
        _refuse(out, "limit", str(error), None)
    except NotAcceptable as error:
        _refuse(out, "form", error.what, error.remedy, offered=error.offered)
    except UnreadableInput as error:
        _refuse(out, "syntax", error.what, error.remedy)
    except InputError as error:
        _refuse(out, "input", error.what, error.remedy)
    except MemoryError:
        _refuse(out, "limit", "The query needs more memory than it may have.", None)
    except RuntimeError as error:
        _refuse(out, "input", f"The query cannot be answered: {error}.", None)
    except (VirtualesError, OSError) as error:
        _refuse(out, "store", str(error), None)
    out.flush()


def _refuse(out: IO[bytes], kind: str, what: str, remedy: str | None, *, offered: Sequence[str] = ()) -> None:
    said = {"kind": kind, "what": what, "remedy": remedy, "offered": list(offered)}
    frame(out, b"X", json.dumps(said).encode())


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def main(directory: str, size: str, rows: str, memory: str) -> None:
    """Answer requests until there are no more.

    Args:
        directory: The copy of the store.
        size: Bytes that an answer may have.
        rows: Rows that it may have.
        memory: Bytes of memory that the process may hold.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    store = Store.read_only(str(Path(directory)))
    requests, out = sys.stdin.buffer, sys.stdout.buffer
    frame(out, b"R")
    out.flush()
    while head := requests.read(4):
        answer(store, requests.read(struct.unpack(">I", head)[0]), out, Largest(int(size), int(rows)))


if __name__ == "__main__":
    main(*sys.argv[1:])
