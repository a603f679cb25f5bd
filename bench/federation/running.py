"""One engine in a process of its own that answers one query after the other, within a time for each."""

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_STARTING: Final = 120.0
_REASON: Final = 200


@dataclass(frozen=True)
class Reply:
    """What an engine did with a query.

    Args:
        seconds: How long it took.
        cpu: The CPU seconds that its process took meanwhile.
        failure: Why there is no answer; empty where there is one.
    """

    seconds: float
    cpu: float
    failure: str = ""


class Running:
    """A started engine; a context manager that ends it.

    It is started anew after a query that took too long, and is `cold` until somebody has warmed it up.

    Args:
        command: What starts it.
        seconds: How long a query may take.
    """

    def __init__(self, command: Sequence[str], seconds: float) -> None:
        self._command = command
        self._seconds = seconds
        self.cold = False
        self._folder = tempfile.TemporaryDirectory()
        self._process = self._started()

    def __enter__(self) -> Self:
        """Return the started engine."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self._end()
        self._folder.cleanup()

    @property
    def answer(self) -> Path:
        """The file with the last answer, in SPARQL JSON."""
        return Path(self._folder.name) / "answer.json"

    def ask(self, text: str) -> Reply:
        """Ask a query; the answer is in a file then, unless it failed."""
        query = Path(self._folder.name) / "query.rq"
        query.write_text(text, encoding="utf-8")
        self.answer.unlink(missing_ok=True)
        used, started = self._cpu(), time.monotonic()
        self._tell(f"{query}\t{self.answer}\n")
        said = self._line(self._seconds)
        seconds = time.monotonic() - started
        if said == "done":
            return Reply(seconds, self._cpu() - used)
        if said is None:
            cpu = self._cpu() - used
            self._end()
            self._process = self._started()
            self.cold = True
            return Reply(self._seconds, cpu, f"took more than {self._seconds:.0f} s")
        if self._process.poll() is not None:
            self._end()
            self._process = self._started()
            self.cold = True
            return Reply(seconds, 0.0, "its process ended")
        return Reply(seconds, self._cpu() - used, said[:_REASON])

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        self._process = process
        if self._line(_STARTING) != "ready":
            self._end()
            raise SystemExit(f"`{' '.join(self._command[:6])} …` did not start; run it by hand to see why.")
        return process

    def _tell(self, line: str) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(line.encode())

    def _line(self, seconds: float) -> str | None:
        """Return the next line that the engine says, empty when it ended; None when it says none in time."""
        said, until = bytearray(), time.monotonic() + seconds
        while self._process.stdout is not None:
            if not select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))[0]:
                return None
            byte = os.read(self._process.stdout.fileno(), 1)
            if not byte or byte == b"\n":
                break
            said += byte
        return said.decode(errors="replace")

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def _end(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
