"""Endpoints over the network of which each is bad in its own way, and one that is well."""

import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import repeat
from types import MappingProxyType
from urllib.parse import urlsplit

from pyoxigraph import Store
from tests.federation.stores import answered

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
_PAUSE = 0.03
_AT_TRIPLES = "-at-triples"


class BadEndpoints(socketserver.ThreadingTCPServer):
    """A server whose paths are endpoints: `/well`, and each of `KINDS`, also as bad `-at-triples` alone.

    Args:
        store: What the one that is well answers from, as do those that are bad at triples to all else.
        port: Where it listens; by default where the system likes.
        kinds: The kinds of endpoints at further paths.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, store: Store, *, port: int = 0, kinds: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.store = store
        self.kinds = kinds
        self.ending = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def url(self, kind: str) -> str:
        """Return the URL of an endpoint."""
        return f"http://127.0.0.1:{self.port}/{kind}"


class _Handler(socketserver.StreamRequestHandler):
    server: BadEndpoints

    def handle(self) -> None:
        with suppress(OSError):
            while self._one():
                pass

    def _one(self) -> bool:
        """Answer one request as its path says; tell whether there may be another."""
        line = self.rfile.readline()
        if not line:
            return False
        sizes = [0]
        while (header := self.rfile.readline().strip().lower()) != b"":
            if header.startswith(b"content-length:"):
                sizes.append(int(header.partition(b":")[2]))
        query, path = self.rfile.read(max(sizes)).decode(), urlsplit(line.split()[1]).path.decode()[1:]
        named = self.server.kinds.get(path, path)
        kind = named.removesuffix(_AT_TRIPLES)
        if kind == "well" or (kind != named and not query.startswith("CONSTRUCT")):
            response = answered(self.server.store, query)
            head = _HEAD % response.headers["Content-Type"].encode()
            self.wfile.write(head + b"Content-Length: %d\r\n\r\n" % len(response.content) + response.content)
            return True
        media_type = b"application/n-triples" if query.startswith("CONSTRUCT") else b"text/tab-separated-values"
        KINDS[kind](self, _HEAD % media_type)
        return False

    def drip(self, pieces: Iterator[bytes]) -> None:
        """Send one piece after another, with pauses."""
        for piece in pieces:
            self.wfile.write(piece)
            if self.server.ending.wait(_PAUSE):
                return

    def hang(self) -> None:
        """Send nothing until the server ends, or nobody waits any longer."""
        self.connection.settimeout(_PAUSE)
        while not self.server.ending.is_set():
            try:
                if not self.connection.recv(1):
                    return
            except TimeoutError:
                continue

    def send(self, content: bytes) -> None:
        """Send something at once."""
        self.wfile.write(content)

    def reset(self) -> None:
        """Break the connection off."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def stall(self, head: bytes) -> None:
        """Send the beginning of an answer, drop by drop, and then no more."""
        self.drip(iter([head + b"Content-Length: 1000\r\n\r\n", *repeat(b"#", 5)]))
        self.hang()

    def flood(self, head: bytes) -> None:
        """Send without end."""
        self.wfile.write(head + b"\r\n")
        while not self.server.ending.is_set():
            self.wfile.write(b"# much\n" * 10_000)

    def redirect(self) -> None:
        """Send whoever asks back to where they came from."""
        url = self.server.url("redirects").encode()
        self.wfile.write(b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % url)


KINDS: dict[str, Callable[[_Handler, bytes], None]] = {
    "hangs": lambda to, _: to.hang(),
    "drips-headers": lambda to, head: to.drip(iter([head, b"X-Slow: ", *repeat(b"a", 100_000)])),
    "drips": lambda to, head: to.drip(iter([head + b"\r\n", *repeat(b"#", 100_000)])),
    "stalls": lambda to, head: to.stall(head),
    "breaks-off": lambda to, head: to.send(head + b"Content-Length: 1000\r\n\r\n# no more"),
    "resets": lambda to, _: to.reset(),
    "babbles": lambda to, _: to.send(b"I speak another language\r\n\r\n"),
    "lies": lambda to, head: to.send(head + b"Content-Length: 9\r\n\r\nno terms\n"),
    "floods": lambda to, head: to.flood(head),
    "redirects": lambda to, _: to.redirect(),
}
"""What each kind of bad endpoint does with a request, given the beginning of a good answer."""


@contextmanager
def serving(store: Store, *, port: int = 0, kinds: Mapping[str, str] = MappingProxyType({})) -> Iterator[BadEndpoints]:
    """Run such a server."""
    with BadEndpoints(store, port=port, kinds=kinds) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ending.set()
            server.shutdown()
            thread.join()
