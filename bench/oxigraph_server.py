"""Oxigraph's own server on a store that was made before, for engines to be compared on."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Store

_OXIGRAPH: Final = Path(sys.executable).with_name("oxigraph")
_STARTING: Final = 60.0


def make_store(folder: Path, graphs: Iterable[tuple[NamedNode, bytes]]) -> None:
    """Load graphs, given as N-Triples, into a new store."""
    store = Store(folder)
    for graph, content in graphs:
        store.bulk_load(content, format=RdfFormat.N_TRIPLES, to_graph=graph)
    store.optimize()


def start(folder: Path, *, read_only: bool = False) -> tuple[subprocess.Popen[bytes], int]:
    """Start a server on a store; return its process and its port, at which it may not answer yet."""
    port = free_port()
    kind = "serve-read-only" if read_only else "serve"
    command = [str(_OXIGRAPH), kind, "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), port


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def await_start(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until a server, this or another, takes connections.

    Raises:
        SystemExit: it ended, or takes none within a minute.
    """
    until = time.monotonic() + _STARTING
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"The server did not start on port {port}; run it by hand to see why.")
