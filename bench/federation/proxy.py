"""A light proxy before SPARQL servers: a port for each endpoint, a latency for each request, and counts.

It runs as a process of its own, so that what it costs is nobody's CPU time but its own. Requests are read only as far
as it takes to find where each begins; answers are passed on unread. An endpoint that shares its server with others is a
named graph there, which the proxy makes the default graph of each request by the protocol's `default-graph-uri`.

It reads commands as lines of JSON (`{"latency": 0.02}` sets the latency and forgets the counts, `{}` asks for them) and
answers each with the counts of every endpoint since: requests, and bytes sent and received.
"""

import asyncio
import json
import re
import sys
from collections import deque
from dataclasses import asdict, dataclass
from functools import partial
from typing import Final

_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)
_IDLE: Final = 55.0
"""Seconds of silence after which what a server says is no answer: Oxigraph says an error before it closes at 60."""


@dataclass
class Counts:
    """What one endpoint was asked: requests, and bytes to it and from it."""

    requests: int = 0
    sent: int = 0
    received: int = 0


class Requests:
    """Finds the requests in what a client sends, and writes the graph into each.

    Args:
        graph: The parameter that names the endpoint's graph, as it stands in a URL.
    """

    def __init__(self, graph: bytes) -> None:
        self._graph = graph
        self._waiting = b""
        self._body = 0
        self._chunks = False

    def feed(self, data: bytes) -> tuple[bytes, int]:
        """Take in bytes; return what goes to the server, and how many requests begin in it."""
        self._waiting += data
        out, begun = [], 0
        while self._waiting:
            if self._chunks or self._body:
                taken = self._take_body()
                if not taken:
                    break
                out.append(taken)
                continue
            end = self._waiting.find(_HEAD_END)
            if end < 0:
                break
            end += len(_HEAD_END)
            head, self._waiting = self._waiting[:end], self._waiting[end:]
            length = _LENGTH.search(head)
            self._body, self._chunks = int(length.group(1)) if length else 0, bool(_CHUNKED.search(head))
            out.append(self._with_graph(head))
            begun += 1
        return b"".join(out), begun

    def _take_body(self) -> bytes:
        """Take what is there of a request's body."""
        if self._chunks:
            end = self._waiting.find(b"\r\n0\r\n\r\n")
            if end < 0:
                return b""
            size, self._chunks = end + 7, False
        else:
            size = min(self._body, len(self._waiting))
            self._body -= size
        taken, self._waiting = self._waiting[:size], self._waiting[size:]
        return taken

    def _with_graph(self, head: bytes) -> bytes:
        method, target, rest = head.split(b" ", 2)
        joint = b"&" if b"?" in target else b"?"
        return b" ".join((method, target + joint + self._graph, rest))


class _Upstream(asyncio.Protocol):
    """The connection to the server: passes all that comes to the client."""

    def __init__(self, client: "_Client") -> None:
        self._client = client

    def data_received(self, data: bytes) -> None:
        self._client.answer(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (the protocol's)
        self._client.close()


class _Client(asyncio.Protocol):
    """One connection of a client, with one of its own to the server."""

    def __init__(self, port: int, graph: bytes, counts: Counts, latency: list[float]) -> None:
        self._port = port
        self._requests = Requests(graph)
        self._counts = counts
        self._latency = latency
        self._heard = 0.0
        self._delayed: deque[bytes] = deque()
        self._out: deque[bytes] = deque()
        self._client: asyncio.BaseTransport | None = None
        self._server: asyncio.WriteTransport | None = None
        self._connecting: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._client = transport
        self._connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._server, _ = await loop.create_connection(lambda: _Upstream(self), "127.0.0.1", self._port)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._heard = asyncio.get_running_loop().time()
        out, begun = self._requests.feed(data)
        self._counts.requests += begun
        self._counts.sent += len(data)
        if out:
            self._delayed.append(out)
            asyncio.get_running_loop().call_later(self._latency[0], self._forward)

    def _forward(self) -> None:
        """Send what has waited longest; in a row, since what is due at the same time may be called in any order."""
        self._out.append(self._delayed.popleft())
        self._flush()

    def _flush(self) -> None:
        if self._server is not None and not self._server.is_closing():
            while self._out:
                self._server.write(self._out.popleft())

    def answer(self, data: bytes) -> None:
        before, self._heard = self._heard, asyncio.get_running_loop().time()
        if self._heard - before > _IDLE:
            self.close()
            return
        self._counts.received += len(data)
        if isinstance(self._client, asyncio.WriteTransport):
            self._client.write(data)

    def close(self) -> None:
        for transport in (self._client, self._server):
            if transport is not None:
                transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  (the protocol's)
        self.close()


async def serve(endpoints: list[tuple[int, str]]) -> None:
    """Open a port for each endpoint, given as its server's port and its graph's parameter; obey until input ends."""
    loop, latency = asyncio.get_running_loop(), [0.0]
    counts = [Counts() for _ in endpoints]
    servers = []
    for (port, graph), count in zip(endpoints, counts, strict=True):
        client = partial(_Client, port, graph.encode(), count, latency)
        servers.append(await loop.create_server(client, "127.0.0.1", 0))
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        if "latency" in asked:
            latency[0] = asked["latency"]
            for count in counts:
                count.requests = count.sent = count.received = 0
        print(json.dumps([asdict(count) for count in counts]), flush=True)


if __name__ == "__main__":
    asyncio.run(serve([(port, graph) for port, graph in json.loads(sys.argv[1])]))
