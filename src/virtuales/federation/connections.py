"""Connections to endpoints, kept open between requests, whose every wait ends with the time of its request.

A time-out that begins anew with every byte would let an endpoint that gives one now and then never be done. Here what
a request may take is one moment for reaching the endpoint, its headers and its body together; and a wait for an answer
ends soon after nobody wants it any longer. A query sends many small requests, so they go through the standard library's
HTTP client, which takes a fraction of the processor time of richer ones.
"""

import http.client
import io
import select
import socket
import threading
import time
import urllib.request
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from ssl import SSLContext
from threading import Event
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_to_bytes

import httpx

from virtuales.egress import Egress

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

DUE: Final = "due"
"""The extension of a request that says when it has to be done, a `Due`."""

_LOOK_SECONDS: Final = 0.2
_PORTS: Final = {"http": 80, "https": 443}
_READ: Final = 1 << 16
_IDLE_CONNECTIONS: Final = 256
_IDLE_SECONDS: Final = 30.0


@dataclass(frozen=True)
class Due:
    """When something has to be done.

    Args:
        deadline: The moment, by the monotonic clock.
        ended: Set when nobody waits for it any longer; it ends soon after.
    """

    deadline: float
    ended: Event

    def left(self) -> float:
        """Return how many seconds are left.

        Raises:
            TimeoutError: none are, or nobody waits.
        """
        left = self.deadline - time.monotonic()
        if left <= 0 or self.ended.is_set():
            raise TimeoutError("the deadline is over")
        return left


@dataclass(frozen=True)
class _Origin:
    """Where a request goes: the scheme, host and port of a URL."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: httpx.URL) -> "_Origin":
        if url.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"`{url}` does not begin with http:// or https://")
        return cls(url.scheme, url.host, url.port or _PORTS[url.scheme])

    @property
    def proxy(self) -> "_Proxy | None":
        """The proxy that the environment names for it."""
        named = urllib.request.getproxies().get(self.scheme)
        if named is None or urllib.request.proxy_bypass(f"{self.host}:{self.port}"):
            return None
        return _Proxy.of(named if "://" in named else f"http://{named}")


@dataclass(frozen=True)
class _Proxy:
    """A proxy, and what is told to it alone."""

    host: str
    port: int
    headers: Mapping[str, str]

    @classmethod
    def of(cls, named: str) -> "_Proxy":
        url = httpx.URL(named)
        if url.scheme != "http":
            raise httpx.UnsupportedProtocol(f"a proxy is reached by http, not as {named} says")
        headers = {}
        if url.userinfo:
            headers["Proxy-Authorization"] = "Basic " + b64encode(unquote_to_bytes(url.userinfo)).decode()
        return cls(url.host, url.port or 80, headers)


class Connections(httpx.BaseTransport):
    """Sends requests over connections that are kept open; to be closed after use.

    Proxies that the environment names are used: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`.

    Args:
        egress: What may be connected to; by default everything.
    """

    def __init__(self, egress: Egress | None = None) -> None:
        self._egress = egress or Egress.anywhere()
        self._idle: OrderedDict[int, _Connection] = OrderedDict()
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request that has the extension `DUE`; the body of the response is still to be read.

        Raises:
            httpx.TransportError: it cannot be sent, or there is no answer in time.
        """
        origin, due = _Origin.of(request.url), request.extensions[DUE]
        kept = self._take(origin)
        if kept is not None:
            with suppress(ConnectionError):  # closed by the other side at this moment: it is sent again, over a new one
                return self._sent(kept, request, due)
        try:
            return self._sent(self._made(origin), request, due)
        except ConnectionError as error:
            raise httpx.ConnectError(str(error)) from error

    def close(self) -> None:
        """Close the connections that are not in use."""
        with self._lock:
            idle, self._idle = self._idle, OrderedDict()
        for each in idle.values():
            each.close()

    def give_back(self, connection: "_Connection") -> None:
        """Keep a connection for the next request; those that were not used for long are closed."""
        connection.since = time.monotonic()
        with self._lock:
            self._idle[id(connection)] = connection
            old = []
            while len(self._idle) > _IDLE_CONNECTIONS or self._oldest().since < connection.since - _IDLE_SECONDS:
                old.append(self._idle.popitem(last=False)[1])
        for each in old:
            each.close()

    @cached_property
    def _tls(self) -> SSLContext:
        """How certificates are checked: made when it is needed, as that takes as long as many requests."""
        return self._egress.tls()

    def _made(self, origin: _Origin) -> "_Connection":
        return _Connection(origin, self._tls if origin.scheme == "https" else None, self._egress)

    def _oldest(self) -> "_Connection":
        return next(iter(self._idle.values()))

    def _take(self, origin: _Origin) -> "_Connection | None":
        """Return a connection that is open still, if there is one: that which was used last."""
        with self._lock:
            found = next((each for each in reversed(self._idle.values()) if each.origin == origin), None)
            if found is None:
                return None
            del self._idle[id(found)]
        if found.is_open():
            return found
        found.close()
        return None

    def _sent(self, connection: "_Connection", request: httpx.Request, due: Due) -> httpx.Response:
        try:
            answer = connection.exchange(request, due)
        except BaseException:
            connection.close()
            raise
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.getheaders()]
        return httpx.Response(answer.status, headers=headers, stream=_Body(self, connection, answer))


class _Body(httpx.SyncByteStream):
    """The body of an answer; its connection is kept if it was read to its end, and closed otherwise."""

    def __init__(self, connections: Connections, connection: "_Connection", answer: http.client.HTTPResponse) -> None:
        self._connections, self._connection, self._answer = connections, connection, answer

    def __iter__(self) -> Iterator[bytes]:
        try:
            while content := self._answer.read1(_READ):
                yield content
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error)) from error
        except (http.client.HTTPException, OSError) as error:
            raise httpx.ReadError(str(error) or type(error).__name__) from error
        if self._answer.length:
            raise httpx.RemoteProtocolError(f"{self._answer.length} bytes are missing")

    def close(self) -> None:
        whole = self._answer.isclosed() or self._answer.length == 0
        self._answer.close()
        if whole and not self._answer.will_close:
            self._connections.give_back(self._connection)
        else:
            self._connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to an endpoint, or to it through a proxy.

    Args:
        origin: The endpoint.
        tls: How certificates are checked, where the endpoint has one.
        egress: What may be connected to.
    """

    sock: Any  # None, or a `_Socket`: the part of a socket that `http.client` uses

    def __init__(self, origin: _Origin, tls: SSLContext | None, egress: Egress) -> None:
        self.origin = origin
        self._egress = egress
        self._tls = tls
        self.since = 0.0
        self._due = Due(0.0, Event())
        self._proxy = origin.proxy
        reached = self._proxy or origin
        super().__init__(reached.host, reached.port)
        if self._proxy is not None and tls is not None:
            self.set_tunnel(origin.host, origin.port, self._proxy.headers)

    def connect(self) -> None:
        """Reach the endpoint; `http.client` calls this before the first request."""
        connect = self._egress.connect if self._proxy is None else _connect_to_proxy
        plain = connect(self.host, self.port, self._due.left())
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = _Socket(plain, self._due)
        if self._tls is None:
            return
        if self._proxy is not None:
            self._tunnel()  # type: ignore[attr-defined]  # what `HTTPSConnection` calls at this place
        plain.settimeout(self._due.left())
        self.sock = _Socket(self._tls.wrap_socket(plain, server_hostname=self.origin.host), self._due)

    def is_open(self) -> bool:
        """Tell whether the other side has not closed it: then there is nothing to read while nothing was asked."""
        poll = select.poll()
        poll.register(self.sock.socket, select.POLLIN)
        return not poll.poll(0)

    def exchange(self, request: httpx.Request, due: Due) -> http.client.HTTPResponse:
        """Send a request, and read the head of the answer.

        Raises:
            httpx.TransportError: it cannot be sent, or there is no answer in time.
            ConnectionError: the other side closed the connection before it answered.
        """
        self._due = due
        if self.sock is not None:
            self.sock.due = due
        try:
            self._send(request)
            return self.getresponse()
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error)) from error
        except ConnectionError:
            raise
        except http.client.HTTPException as error:
            raise httpx.RemoteProtocolError(str(error) or type(error).__name__) from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error

    def _send(self, request: httpx.Request) -> None:
        through = self._proxy if self._tls is None else None
        target = request.url.raw_path.decode() if through is None else str(request.url)
        self.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in (*request.headers.items(), *(through.headers.items() if through else ())):
            self.putheader(name, value)
        self.endheaders(request.content)


def _connect_to_proxy(host: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((host, port), seconds)


class _Socket:
    """The part of a socket that `http.client` uses, with waits that end in time.

    Args:
        connected: The socket itself.
        due: When what is done with it has to be done.
    """

    def __init__(self, connected: socket.socket, due: Due) -> None:
        self.socket = connected
        self.due = due
        self._read = 0
        self._closed = False
        self._waiting = b""

    def sendall(self, content: bytes) -> None:
        """Hold something until an answer is wanted: the head of a request and its body go out together."""
        self._waiting += content

    def send_waiting(self) -> None:
        """Send what is held."""
        if self._waiting:
            self.socket.settimeout(self.due.left())
            self.socket.sendall(self._waiting)
            self._waiting = b""

    def makefile(self, _mode: str) -> io.BufferedReader:
        self._read += 1
        return io.BufferedReader(_Received(self), _READ)

    def close(self) -> None:
        """Close it, at the end of the answer that is still being read."""
        self._closed = True
        if not self._read:
            self.socket.close()

    def was_read(self) -> None:
        """Note that an answer is read no longer."""
        self._read -= 1
        if self._closed:
            self.close()


class _Received(io.RawIOBase):
    """What comes from a socket."""

    def __init__(self, given: _Socket) -> None:
        self._given = given

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._given.send_waiting()
        while True:
            self._given.socket.settimeout(min(self._given.due.left(), _LOOK_SECONDS))
            with suppress(TimeoutError):
                return self._given.socket.recv_into(buffer)

    def close(self) -> None:
        if not self.closed:
            self._given.was_read()
        super().close()
