"""Nodes as real processes for tests: started on loopback, watched, ended, killed, started again where they left off.

A node's output goes to a file beside its data directory; `NodeProcess.log` is what a failed test shows of it.
"""

import atexit
import multiprocessing
import os
import random
import shutil
import socket
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import httpx

from virtuales.cli import main
from virtuales.journal.log import Journal
from virtuales.node import Node
from virtuales.settings import read_settings

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

OPERATOR_SECRET = "operator-secret-of-the-tests"
START_SECONDS = 120.0
"""Long, for a machine that is busy with other tests; a start takes about two seconds of processor time."""
_STOP_SECONDS = 30.0
_PORTS = range(20_000, 32_000)
"""Below the ports that the system gives to outgoing connections, so that nobody takes one while a node restarts."""

_FORKS = multiprocessing.get_context("forkserver")
"""Nodes are forked from a process that has imported what they need, which is half of what a start costs."""
_FORKS.set_forkserver_preload(
    ["virtuales.cli.serve", "httpcore", "sqlalchemy.dialects.sqlite", "uvicorn.protocols.http.auto"]
)

Found = TypeVar("Found")


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    ports = random.Random(os.urandom(8))
    while True:
        port = ports.choice(_PORTS)
        if _is_free(port):
            return port


def _is_free(port: int) -> bool:
    """Whether nobody listens on a port; what is left of connections that ended does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class _FreshStores:
    """RDF stores as they are after a node's first start, one for each port, to be copied for every new node.

    To load the models into a new store is most of what a first start takes; their graphs are named by the node's
    address, so ports are used again once the nodes that had them are gone.
    """

    def __init__(self) -> None:
        self._stores: dict[int, Path] = {}
        self._idle: list[int] = []

    def claim(self) -> int:
        """Give a port that a node may start at, again and again, until the port is given back."""
        known = (port for port in self._idle if _is_free(port))
        port = next(known, None)
        if port is None:
            return free_port()
        self._idle.remove(port)
        return port

    def give_back(self, port: int) -> None:
        """Take a port back from a node that will not start again."""
        if port in self._stores and port not in self._idle:
            self._idle.append(port)

    def lay_out(self, data: Path, port: int) -> None:
        """Put a port's fresh store into a data directory."""
        store = self._stores.get(port)
        if store is None:
            store = self._stores[port] = self._made(port)
        shutil.copytree(store, data / "rdf", copy_function=_linked_or_copied)

    @staticmethod
    def _made(port: int) -> Path:
        place = Path(tempfile.mkdtemp(prefix="fresh-store-"))
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        url = f"http://127.0.0.1:{port}"
        Node(read_settings(data_dir=place, base_url=url, role="participant", orchestrator_url=f"{url}0")).close()
        return place / "rdf"


def _linked_or_copied(source: str, target: str) -> None:
    """Link a table of the store, which never changes; copy what the store writes to."""
    if source.endswith(".sst"):
        os.link(source, target)
    else:
        shutil.copyfile(source, target)


_FRESH = _FreshStores()


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
    """Return the environment without settings of nodes."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VIRTUALES_")}


def _serve(environment: Mapping[str, str], log: str) -> None:
    """Do in this process what `virtuales serve` does, with an environment and a file for what it says."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["virtuales", "serve"]
    main()


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
        self.port = _FRESH.claim()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: ForkServerProcess | None = None
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
        return self._process is not None and self._process.is_alive()

    @property
    def pid(self) -> int:
        """The process's id, while it runs."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def launch(self) -> None:
        """Start the process, and do not wait until it answers."""
        assert not self.is_running, f"{self.name} runs already"
        if not self.data.exists() and "VIRTUALES_RDF_STORE_URL" not in self._environment:
            self.data.mkdir(mode=0o700)
            _FRESH.lay_out(self.data, self.port)
        self._process = _FORKS.Process(target=_serve, args=(self._environment, str(self.log_file)), daemon=True)
        self._process.start()

    def await_answer(self) -> None:
        """Wait until the node answers that it is up.

        Raises:
            AssertionError: the process ended, or did not answer in time; the message shows its log.
        """
        end = time.monotonic() + START_SECONDS
        no_authorities = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to read them all takes long, and none is needed
        with httpx.Client(timeout=5, verify=no_authorities) as http:
            while time.monotonic() < end:
                assert self.is_running, f"{self.name} ended by itself:\n{self.log()}"
                try:
                    if http.get(f"{self.url}/health").status_code == httpx.codes.OK:
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
            self._process.join()

    def end(self) -> None:
        """Kill the process for good, so that another node may have its port."""
        self.kill()
        _FRESH.give_back(self.port)

    def terminate(self) -> int:
        """Ask the process to end, with SIGTERM, and return its exit code; kill it when it does not end."""
        assert self._process is not None
        self._process.terminate()
        self._process.join(_STOP_SECONDS)
        code = self._process.exitcode
        self.kill()
        assert code is not None, f"{self.name} did not end within {_STOP_SECONDS} s:\n{self.log()}"
        return code

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
