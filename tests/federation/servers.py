"""SPARQL servers in processes of their own."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from pyoxigraph import RdfFormat, Store


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving() -> Iterator[str]:
    """Run an empty server, and give its root URL."""
    program = shutil.which("oxigraph") or str(Path(sys.executable).parent / "oxigraph")
    root = f"http://127.0.0.1:{(port := free_port())}"
    process = subprocess.Popen(
        [program, "serve", "--bind", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                httpx.get(root, timeout=1)
                break
            except httpx.HTTPError:
                assert time.monotonic() < deadline, "the Oxigraph server did not start"
                time.sleep(0.05)
        yield root
    finally:
        process.terminate()
        process.wait(timeout=10)


def fill(servers: list[str], stores: list[Store]) -> list[str]:
    """Let servers hold what stores hold, and return their endpoints."""
    with httpx.Client() as client:
        for root, store in zip(servers, stores, strict=False):
            client.post(f"{root}/update", data={"update": "DROP ALL"}).raise_for_status()
            body = store.dump(format=RdfFormat.N_QUADS)
            client.post(
                f"{root}/store", content=body, headers={"Content-Type": "application/n-quads"}
            ).raise_for_status()
    return [f"{root}/query" for root, _ in zip(servers, stores, strict=False)]
