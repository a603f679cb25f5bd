"""A process that answers queries, as the node holds it: started on a copy of the store, asked, read and ended."""

import fcntl
import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from typing import Any, Final

from virtuales.errors import InputError, LimitExceeded, NotAcceptable, StoreFailure, UnreadableInput
from virtuales.query.worker import HEAD

LOOK_SECONDS: Final = 0.05
"""How long at most it is waited for a process before it is asked whether somebody still waits for the answer."""
_PIPE: Final = 1 << 20
"""How much of an answer a process can write before the node has to wake up; as much as Linux allows everybody."""
_READ: Final = 1 << 18
_KILLED_BY_LIMIT: Final = frozenset({-signal.SIGABRT, -signal.SIGKILL})
"""How a process ends that gets no more memory: by itself, or by the operating system."""


@dataclass
class Copy:
    """A copy of the store, and the number of the last change that it holds."""

    directory: Path | None
    change: int
    users: int = 0


@dataclass
class WorkerProcess:
    """A process that answers on a copy.

    Args:
        process: The process.
        copy: The copy.
        memory_bytes: How much memory it may hold.
    """

    process: subprocess.Popen[bytes]
    copy: Copy
    memory_bytes: int
    _received: bytearray = field(default_factory=bytearray)
    _written: select.poll = field(default_factory=select.poll)

    def __post_init__(self) -> None:
        """Watch for what the process writes."""
        if self.process.stdout is None or self.process.stdin is None:
            raise TypeError("a worker has pipes")
        self._requests, self._answers = self.process.stdin, self.process.stdout.fileno()
        self._written.register(self._answers, select.POLLIN)

    @classmethod
    def start(cls, copy: Copy, limits: Sequence[int]) -> "WorkerProcess":
        """Start a process on a copy.

        Args:
            copy: The copy.
            limits: Bytes and rows that an answer may have, and bytes of memory that the process may hold.
        """
        process = subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-m", "virtuales.query.worker", str(copy.directory or ""), *map(str, limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        if process.stdout and sys.platform == "linux":
            with suppress(OSError):  # where there are many already, a pipe of the usual size does too
                fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, _PIPE)
        return cls(process, copy, limits[-1])

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process.poll() is None

    def send(self, content: bytes) -> None:
        """Give the process a request.

        Raises:
            StoreFailure: it has ended.
        """
        try:
            self._requests.write(content)
            self._requests.flush()
        except OSError as error:
            raise StoreFailure(f"A query's process ended: {error}.") from error

    def frame(self) -> tuple[bytes, bytes] | None:
        """Return the next frame that the process wrote; None where it has not come within a moment.

        Raises:
            InputError, StoreFailure: what the process says was wrong, or how it ended.
        """
        received = self._received
        if len(received) < HEAD.size or len(received) < HEAD.size + HEAD.unpack_from(received)[1]:
            self._receive()
            if len(received) < HEAD.size or len(received) < HEAD.size + HEAD.unpack_from(received)[1]:
                return None
        kind, length = HEAD.unpack_from(received)
        content = bytes(received[HEAD.size : HEAD.size + length])
        del received[: HEAD.size + length]
        if kind == b"X":
            raise _error(loads(content))
        return kind, content

    def end(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()

    def _receive(self) -> None:
        """Wait a moment for the process to write something, and take it."""
        if not self._written.poll(LOOK_SECONDS * 1000):
            return
        content = os.read(self._answers, _READ)
        if not content:
            code = self.process.wait()
            if code in _KILLED_BY_LIMIT:
                allowed = f"{self.memory_bytes:,} bytes"
                raise LimitExceeded(
                    "The query needs more memory than it may have.", where="query", remedy=f"It may have {allowed}."
                )
            raise StoreFailure(f"A query's process ended with {code}.")
        self._received += content


def _error(said: dict[str, Any]) -> InputError | StoreFailure:
    kind, what, remedy = said["kind"], said["what"], said["remedy"]
    if kind == "store":
        return StoreFailure(what)
    if kind == "limit":
        return LimitExceeded(what, where="query", remedy="Ask for less, or add LIMIT.")
    if kind == "form":
        return NotAcceptable(what, where="Accept", remedy=remedy, offered=said["offered"])
    if kind == "syntax":
        return UnreadableInput(what, where=said["where"] or "query", remedy=remedy)
    return InputError(what, where="query", remedy=remedy)
