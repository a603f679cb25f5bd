"""Running one engine in a process of its own, within limits, and reading what it used from the system.

The CPU seconds of a run are those of the whole process and of its children, start-up and imports included, as the
system accounts for them when the process ends. The engine's runner says itself what the work alone took and how much
memory its process held at most: a child's `ru_maxrss` begins at its parent's peak on Linux, so it is not used.
"""

import json
import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

_GRACE = 5
"""Seconds between the signal that asks a process over its limit to end, and the one that ends it."""
_PAUSE = 0.05
_REASON = 240
"""Characters of an engine's own words that are passed on."""


class Limits(NamedTuple):
    """What a run may use.

    Args:
        seconds: CPU seconds.
        megabytes: Memory.
    """

    seconds: float
    megabytes: float


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    Args:
        state: `done`, `over` a limit, `refused` by the engine, `failed`, or `unavailable`.
        reason: Why it is not done.
        cpu: CPU seconds of the whole process.
        work: CPU seconds from the first byte read to the counted results.
        memory: Peak memory in megabytes.
        counts: How often each thing was found.
    """

    state: str
    reason: str = ""
    cpu: float = 0.0
    work: float = 0.0
    memory: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether the engine finished."""
        return self.state == "done"


def run(command: Sequence[str], limits: Limits) -> Outcome:
    """Run a runner, and return what it used and found."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True) as child:
            seconds = int(limits.seconds) + 1
            resource.prlimit(child.pid, resource.RLIMIT_CPU, (seconds, seconds + _GRACE))
            status, used, too_large = _waited(child.pid, limits)
            child.returncode = os.waitstatus_to_exitcode(status)
        cpu = used.ru_utime + used.ru_stime
        if too_large:
            return Outcome("over", f"{limits.megabytes / 1000:.0f} GB", cpu=cpu)
        if child.returncode == -signal.SIGXCPU or (child.returncode == -signal.SIGKILL and cpu >= limits.seconds):
            return Outcome("over", f"{limits.seconds:.0f} s", cpu=cpu)
        return _said(_last_line(out), child.returncode, _last_line(err), cpu)


def _waited(pid: int, limits: Limits) -> tuple[int, resource.struct_rusage, bool]:
    """Wait for a process, and end it when it holds too much memory."""
    too_large = False
    while True:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, used, too_large
        if not too_large and _resident(pid) > limits.megabytes:
            too_large = True
            os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)


def _resident(pid: int) -> float:
    """Return the megabytes that a process holds now; 0 where it holds none any more."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 1e6


def _said(line: str, code: int, complaint: str, cpu: float) -> Outcome:
    if code or not line.startswith("{"):
        how = f"it ended by signal {-code}" if code < 0 else f"it ended with exit code {code}"
        return Outcome("failed", _short(f"{how}: {complaint}"), cpu=cpu)
    said = json.loads(line)
    if "refused" in said:
        return Outcome("refused", _short(said["refused"]), cpu=cpu)
    return Outcome("done", cpu=cpu, **said)


def _last_line(file: IO[bytes]) -> str:
    file.seek(0)
    lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def _short(words: str) -> str:
    return " ".join(words.split())[:_REASON]
