"""Answers on their way: a small one whole, a large one while it is still being made.

What is made faster than it is taken waits in a file, so an asker who takes it slowly holds up no worker, and the node
holds no more than a piece of it in memory. Whoever reads to the end has the whole answer: if it could not be made to
its end, reading it raises why.
"""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final, Protocol, runtime_checkable

from virtuales.errors import LimitExceeded, VirtualesError
from virtuales.store.rdf_store import Answer

_PIECE: Final = 1 << 18


class AnswerStream(Protocol):
    """An answer to a query, to be read once and then closed."""

    tag: str | None
    """Its entity tag, in quotes; None where it has none."""

    @property
    def media_type(self) -> str:
        """What it is."""
        ...

    @property
    def size(self) -> int | None:
        """How many bytes it has; None for a large one until it was waited for with `complete`."""
        ...

    def pieces(self) -> Iterator[bytes]:
        """Give its bytes, waiting for those that are not there yet.

        Raises:
            VirtualesError: it could not be made to its end.
        """
        ...

    def complete(self) -> None:
        """Wait until it is made to its end, and raise what kept it from that."""
        ...

    def close(self) -> None:
        """Stop making it, if it is still being made, and forget it."""
        ...


class WholeAnswer:
    """An answer that is there."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.tag: str | None = None

    @property
    def media_type(self) -> str:
        """See `AnswerStream.media_type`."""
        return self._answer.media_type

    @property
    def body(self) -> bytes:
        """All of it."""
        return self._answer.body

    @property
    def size(self) -> int:
        """See `AnswerStream.size`."""
        return len(self._answer.body)

    def pieces(self) -> Iterator[bytes]:
        """See `AnswerStream.pieces`."""
        yield self._answer.body

    def complete(self) -> None:
        """See `AnswerStream.complete`."""

    def close(self) -> None:
        """See `AnswerStream.close`."""


class UnchangedAnswer(WholeAnswer):
    """What stands for an answer that its asker has kept, and that is still right.

    Args:
        tag: Its entity tag.
    """

    def __init__(self, tag: str) -> None:
        super().__init__(Answer(b"", ""))
        self.tag = tag


class GrowingAnswer:
    """An answer that one thread makes and another reads.

    Args:
        media_type: What it is.
        directory: Where what waits to be read is kept, in a file without a name.
    """

    def __init__(self, media_type: str, directory: Path) -> None:
        self.media_type = media_type
        self.tag: str | None = None
        self._file = TemporaryFile(dir=directory, buffering=0)  # noqa: SIM115 - `close` closes it
        self._changed = threading.Condition()
        self._written = 0
        self._ended = False
        self._closed = False
        self._completed = False
        self._error: VirtualesError | None = None

    @property
    def size(self) -> int | None:
        """See `AnswerStream.size`."""
        return self._written if self._completed else None

    def is_closed(self) -> bool:
        """Tell whether nobody reads it any longer."""
        return self._closed

    def add(self, content: bytes) -> None:
        """Add some bytes; where nobody reads any longer they are not kept."""
        with self._changed:
            if not self._closed:
                self._file.write(content)
                self._written += len(content)
                self._changed.notify_all()

    def end(self, error: VirtualesError | None = None) -> None:
        """Say that this was all, or why there is no more."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def pieces(self) -> Iterator[bytes]:
        """See `AnswerStream.pieces`."""
        place = 0
        while piece := self._piece(place):
            place += len(piece)
            yield piece

    def complete(self) -> None:
        """See `AnswerStream.complete`."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._closed)
            self._refuse_cut()
            self._completed = True

    def close(self) -> None:
        """See `AnswerStream.close`."""
        with self._changed:
            if not self._closed:
                self._closed = True
                self._file.close()
                self._changed.notify_all()

    def _piece(self, place: int) -> bytes:
        with self._changed:
            self._changed.wait_for(lambda: self._written > place or self._ended or self._closed)
            if self._closed or self._written == place:
                self._refuse_cut()
                return b""
            return os.pread(self._file.fileno(), _PIECE, place)

    def _refuse_cut(self) -> None:
        if self._error:
            raise self._error
        if self._closed:
            raise LimitExceeded("Nobody waits for the answer any longer.", where="query")


class WatchedAnswer:
    """An answer that is cut once it may no longer be given.

    Args:
        answer: The answer.
        refusal: Returns why it may no longer be given; None while it may. It is asked often.
    """

    def __init__(self, answer: AnswerStream, refusal: Callable[[], VirtualesError | None]) -> None:
        self._answer = answer
        self._refusal = refusal
        self.tag = answer.tag

    def refusal(self) -> VirtualesError | None:
        """Return why the answer may no longer be given; None while it may."""
        inner = self._answer.refusal() if isinstance(self._answer, WatchedAnswer) else None
        return inner or self._refusal()

    @property
    def media_type(self) -> str:
        """See `AnswerStream.media_type`."""
        return self._answer.media_type

    @property
    def size(self) -> int | None:
        """See `AnswerStream.size`."""
        return self._answer.size

    def pieces(self) -> Iterator[bytes]:
        """See `AnswerStream.pieces`; whatever may no longer be given is not given."""
        for piece in self._answer.pieces():
            self._require_leave()
            yield piece
        self._require_leave()

    def complete(self) -> None:
        """See `AnswerStream.complete`."""
        self._answer.complete()
        self._require_leave()

    def close(self) -> None:
        """See `AnswerStream.close`."""
        self._answer.close()

    def _require_leave(self) -> None:
        error = self.refusal()
        if error is not None:
            raise error


class FlowingBytes:
    """Bytes of a known length that come in pieces, such as a file's.

    Args:
        body: The pieces.
        media_type: What they are.
        size: How many bytes there are.
    """

    def __init__(self, body: Iterator[bytes], media_type: str, size: int) -> None:
        self._body = body
        self.media_type = media_type
        self.size = size
        self.tag: str | None = None

    def pieces(self) -> Iterator[bytes]:
        """See `AnswerStream.pieces`."""
        return self._body

    def complete(self) -> None:
        """See `AnswerStream.complete`."""

    def close(self) -> None:
        """See `AnswerStream.close`."""
        if isinstance(self._body, Closable):
            self._body.close()


@runtime_checkable
class Closable(Protocol):
    """What holds something that it can let go of."""

    def close(self) -> None:
        """Let go of it."""
        ...


def whole(stream: AnswerStream) -> Answer:
    """Read an answer to its end.

    Raises:
        VirtualesError: it could not be made to its end.
    """
    try:
        return Answer(b"".join(stream.pieces()), stream.media_type)
    finally:
        stream.close()
