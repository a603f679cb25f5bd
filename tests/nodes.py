"""Nodes as real processes for tests: started on loopback, watched, ended, killed, started again where they left off.

A node's output goes to a file beside its data directory; `NodeProcess.log` is what a failed test shows of it.
"""

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from virtuales.journal.log import Journal

OPERATOR_SECRET = "operator-secret-of-the-tests"
START_SECONDS = 120.0
"""Long, for a machine that is busy with other tests; a start takes about two seconds of processor time."""
_STOP_SECONDS = 30.0
_PORTS = range(20_000, 32_000)
"""Below the ports that the system gives to outgoing connections, so that nobody takes one while a node restarts."""

Found = TypeVar("Found")


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    ports = random.Random(os.urandom(8))
    while True:
        port = ports.choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def eventually(probe: Callable[[], Found | None], *, seconds: float = 60.0, what: str = "") -> Found:
    """Return the first true value that a probe gives, asking again for so many seconds.

    Raises:
        AssertionError: it gave none.
    """
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < end, f"not within {seconds} s: {what or probe}; last seen: {found!r}"
        time.sleep(0.05)


def _environment() -> dict[str, str]:
    """Return the environment without settings of nodes, and with a place to keep compiled code.

    Where Python is told to keep none, every start of a node would compile all of it anew, which doubles its time.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VIRTUALES_")}
    if kept.pop("PYTHONDONTWRITEBYTECODE", None):
        place = Path(tempfile.gettempdir()) / f"virtuales-tests-bytecode-{os.getuid()}"
        place.mkdir(mode=0o700, exist_ok=True)
        kept["PYTHONPYCACHEPREFIX"] = str(place)
    return kept


class NodeProcess:
    """A node as a process of its own.

    Args:
        directory: Holds its data directory and its log, and is kept between starts.
        role: `orchestrator` or `participant`.
        orchestrator: The orchestrator's address; None for the orchestrator itself.
        settings: Further settings, by their names in the environment without the prefix, such as `MAX_UPLOAD_BYTES`.
    """

    def __init__(
        self,
        directory: Path,
        *,
        role: str = "participant",
        orchestrator: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.name = directory.name
        self.data = directory / "data"
        self.log_file = directory / "log.txt"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = _environment()
        known = {"ROLE": role, "BASE_URL": self.url, "BIND_PORT": str(self.port), "DATA_DIR": str(self.data)}
        if orchestrator:
            known["ORCHESTRATOR_URL"] = orchestrator
        else:
            known["OPERATOR_SECRET"] = OPERATOR_SECRET
        known |= {"FOLLOW_SECONDS": "0.3", **(settings or {})}
        self._environment |= {f"VIRTUALES_{name}": value for name, value in known.items()}

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id, while it runs."""
        assert self._process is not None
        return self._process.pid

    def launch(self) -> None:
        """Start the process, and do not wait until it answers."""
        assert not self.is_running, f"{self.name} runs already"
        with self.log_file.open("ab") as log:
            command = [sys.executable, "-m", "virtuales", "serve"]
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=subprocess.STDOUT)

    def await_answer(self) -> None:
        """Wait until the node answers that it is up.

        Raises:
            AssertionError: the process ended, or did not answer in time; the message shows its log.
        """
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            assert self.is_running, f"{self.name} ended by itself:\n{self.log()}"
            try:
                if httpx.get(f"{self.url}/health", timeout=5).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"{self.name} did not answer within {START_SECONDS} s:\n{self.log()}")

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.launch()
        self.await_answer()

    def kill(self) -> None:
        """End the process with SIGKILL, which it cannot notice."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def terminate(self) -> int:
        """Ask the process to end, with SIGTERM, and return its exit code; kill it when it does not end."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def log(self, lines: int = 60) -> str:
        """Return the last lines of the node's log."""
        return "\n".join(self.log_file.read_text(errors="replace").splitlines()[-lines:])

    @contextmanager
    def journal(self) -> Iterator[Journal]:
        """Open the node's journal for reading, beside the process that may run."""
        journal = Journal(self.data / "journal.sqlite", read_only=True)
        try:
            yield journal
        finally:
            journal.close()

    def events(self, *, after: int = 0) -> list[str]:
        """Return the kinds of the events in the node's journal after a sequence number, in order."""
        with self.journal() as journal:
            return [event.draft.kind for event in journal.events(after=after)]

    def head(self) -> int:
        """Return the sequence number of the last event in the node's journal."""
        with self.journal() as journal:
            return journal.head.sequence


def start_together(nodes: Iterable[NodeProcess]) -> None:
    """Start several nodes at once and wait for all of them."""
    started = list(nodes)
    for node in started:
        node.launch()
    for node in started:
        node.await_answer()
