"""The endpoints of a run: real `oxigraph serve` processes on stores loaded in bulk, behind the proxy.

Up to `PROCESSES` endpoints have a process each. More share them, the endpoints of one process being named graphs of
its store; that is the same for every engine. The proxy tells requests and bytes of a run, the system its CPU time.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Self
from urllib.parse import quote

from pyoxigraph import NamedNode

from federation.statements import Federation, Site
from oxigraph_server import await_start, make_store, start

PROCESSES: Final = 20
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_RESTING: Final = 120.0
_QUIET: Final = 0.5


class Use(NamedTuple):
    """What was asked of all endpoints together: requests, kilobytes to and from them, their CPU seconds."""

    requests: int
    sent_kb: float
    received_kb: float
    cpu: float


@dataclass
class _Server:
    """One process, its port, and the sites that it serves."""

    process: subprocess.Popen[bytes]
    port: int


class Farm:
    """The running endpoints; a context manager that ends them.

    Args:
        federation: The data.
        folder: Where the stores are made.
    """

    def __init__(self, federation: Federation, folder: Path) -> None:
        self._servers: list[_Server] = []
        self._before = 0.0
        shared = -(-len(federation.sites) // PROCESSES)
        groups = [federation.sites[start : start + shared] for start in range(0, len(federation.sites), shared)]
        try:
            for number, group in enumerate(groups):
                self._servers.append(_started(group, folder / str(number)))
            for server in self._servers:
                await_start(server.process, server.port)
            endpoints = [
                (server.port, f"default-graph-uri={quote(_graph(site).value, safe='')}")
                for server, group in zip(self._servers, groups, strict=True)
                for site in group
            ]
            command = [sys.executable, str(Path(__file__).with_name("proxy.py")), json.dumps(endpoints)]
            self._proxy = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            ports = self._read()
        except BaseException:
            self.close()
            raise
        self.urls = {
            site.name: f"http://127.0.0.1:{port}/query" for site, port in zip(federation.sites, ports, strict=True)
        }

    def __enter__(self) -> Self:
        """Return the running endpoints."""
        return self

    def __exit__(self, *_: object) -> None:
        """End them."""
        self.close()

    def begin(self, latency: float) -> None:
        """Set the latency of every request in seconds, and count from nought."""
        self._tell({"latency": latency})
        self._before = self._cpu()

    def used(self) -> Use:
        """Return what was used since it began to count."""
        counts = self._tell({})
        sums = {key: sum(count[key] for count in counts) for key in ("requests", "sent", "received")}
        return Use(sums["requests"], sums["sent"] / 1000, sums["received"] / 1000, self._cpu() - self._before)

    def rest(self) -> None:
        """Wait until the endpoints do nothing any more: an engine that was ended may have asked a lot of them."""
        until, before = time.monotonic() + _RESTING, -1.0
        while before != (before := self._cpu()) and time.monotonic() < until:
            time.sleep(_QUIET)

    def close(self) -> None:
        """End all processes."""
        proxy = getattr(self, "_proxy", None)
        for process in (*(server.process for server in self._servers), *([proxy] if proxy else [])):
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()

    def _tell(self, command: dict[str, float]) -> list[dict[str, int]]:
        print(json.dumps(command), file=self._proxy.stdin, flush=True)
        counts: list[dict[str, int]] = self._read()
        return counts

    def _read(self) -> list:  # type: ignore[type-arg]
        if self._proxy.stdout is None or not (line := self._proxy.stdout.readline()):
            raise SystemExit("The proxy before the endpoints ended; what it said stands above.")
        return list(json.loads(line))

    def _cpu(self) -> float:
        """Return the CPU seconds of all servers so far."""
        ticks = 0
        for server in self._servers:
            fields = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / _TICKS


def _graph(site: Site) -> NamedNode:
    return NamedNode(f"urn:site:{site.name}")


def _started(sites: Sequence[Site], folder: Path) -> _Server:
    """Load the sites of one process into a store, and start it."""
    make_store(folder, ((_graph(site), site.content) for site in sites))
    return _Server(*start(folder, read_only=True))
