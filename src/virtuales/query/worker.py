"""A process that answers queries on a copy of the store, so that a query can be ended at any moment.

It reads requests from standard input and writes to standard output in frames: a letter, the length in four bytes, the
content. `R` says that it is ready; `D` holds some of an answer, and `E` ends it with its media type; `X` says what was
wrong. It ends when standard input does, or when the process that started it is gone.
"""

import json
import os
import resource
import struct
import sys
import threading
import time
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from pyoxigraph import Store

from virtuales.errors import InputError, NotAcceptable, VirtualesError
from virtuales.store.oxigraph_answer import Asked, answer_to

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

HEAD: Final = struct.Struct(">cI")
"""How a frame begins."""
_BUFFER: Final = 1 << 16
_LOOK_SECONDS: Final = 0.5


class TooMuch(Exception):
    """The answer is larger than it may be."""


class Frames(BytesIO):
    """Writes an answer in frames, and no more of it than it may have.

    Args:
        out: Where to.
        largest: Bytes that an answer may have.
    """

    def __init__(self, out: IO[bytes], largest: int) -> None:
        super().__init__()
        self._out = out
        self._largest = largest
        self._written = 0

    def write(self, content: "Buffer", /) -> int:
        """Write a frame of the answer.

        Raises:
            TooMuch: the answer would have more bytes than it may.
        """
        content = bytes(content)
        self._written += len(content)
        if self._written > self._largest:
            raise TooMuch
        frame(self._out, b"D", content)
        return len(content)


def frame(out: IO[bytes], kind: bytes, content: bytes = b"") -> None:
    """Write one frame."""
    out.write(HEAD.pack(kind, len(content)))
    out.write(content)


def request(asked: Asked, accept: str | None) -> bytes:
    """Write a request."""
    content = json.dumps({**asdict(asked), "accept": accept}).encode()
    return struct.pack(">I", len(content)) + content


def answer(store: Store, content: bytes, out: IO[bytes], largest: int) -> None:
    """Answer one request, whatever it is."""
    data = json.loads(content)
    accept = data.pop("accept")
    asked = Asked(data["text"], tuple(data["default"]), tuple(data["named"]))
    try:
        media_type = answer_to(store, asked, accept, Frames(out, largest))
        frame(out, b"E", media_type.encode())
    except TooMuch:
        _refuse(out, "limit", f"The answer has more than {largest:,} bytes.", None)
    except NotAcceptable as error:
        _refuse(out, "form", error.what, error.remedy)
    except InputError as error:
        _refuse(out, "input", error.what, error.remedy)
    except MemoryError:
        _refuse(out, "limit", "The query needs more memory than it may have.", None)
    except (VirtualesError, OSError) as error:
        _refuse(out, "store", str(error), None)
    out.flush()


def _refuse(out: IO[bytes], kind: str, what: str, remedy: str | None) -> None:
    frame(out, b"X", json.dumps({"kind": kind, "what": what, "remedy": remedy}).encode())


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)


def main(directory: str, largest: str, memory: str) -> None:
    """Answer requests until there are no more.

    Args:
        directory: The copy of the store.
        largest: Bytes that an answer may have.
        memory: Bytes of memory that the process may hold.
    """
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    store = Store.read_only(str(Path(directory)))
    requests, out = sys.stdin.buffer, sys.stdout.buffer
    frame(out, b"R")
    out.flush()
    while head := requests.read(4):
        answer(store, requests.read(struct.unpack(">I", head)[0]), out, int(largest))


if __name__ == "__main__":
    main(*sys.argv[1:])
