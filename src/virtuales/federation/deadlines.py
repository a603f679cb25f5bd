"""Deadlines that hold whatever the other side does: for reaching it, its headers and its body together.

The time-outs of an HTTP client begin anew with every byte that comes, so an endpoint that gives one now and then would
never be done. Here every wait for the network ends at the latest when the request's time is over, and a wait for an
answer soon after nobody wants it any longer.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from ssl import SSLContext
from threading import Event
from typing import Final

import httpcore
import httpx

_LOOK_SECONDS: Final = 0.2
_DEADLINE: Final[ContextVar[float]] = ContextVar("deadline", default=float("inf"))
_ENDED: Final[ContextVar[Event | None]] = ContextVar("ended", default=None)


@contextmanager
def due(deadline: float, ended: Event) -> Iterator[None]:
    """Let what a bound client does meanwhile, in this thread, be done in time.

    Args:
        deadline: When it has to be done, by the monotonic clock.
        ended: Set when nobody waits for it any longer; it ends soon after.
    """
    tokens = _DEADLINE.set(deadline), _ENDED.set(ended)
    try:
        yield
    finally:
        _DEADLINE.reset(tokens[0])
        _ENDED.reset(tokens[1])


def bind(client: httpx.Client) -> None:
    """Let a client keep the deadlines that `due` sets, however it reaches its servers."""
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001  (a proxy of the environment has its own)
        if isinstance(transport, httpx.HTTPTransport):
            pool = transport._pool  # noqa: SLF001  (there is no other way to it that would leave proxies as they are)
            pool._network_backend = _Backend(pool._network_backend)  # noqa: SLF001  (as before)


def _patiently(read: Callable[[float], bytes], timeout: float | None) -> bytes:
    """Wait for something to read, looking now and then whether anybody still wants it."""
    end = min(_DEADLINE.get(), float("inf") if timeout is None else time.monotonic() + timeout)
    ended = _ENDED.get()
    while True:
        left = end - time.monotonic()
        if left <= 0 or (ended is not None and ended.is_set()):
            raise httpcore.ReadTimeout("the deadline is over")
        with suppress(httpcore.ReadTimeout):
            return read(min(left, _LOOK_SECONDS))


def _left(timeout: float | None, error: type[httpcore.TimeoutException]) -> float | None:
    left = _DEADLINE.get() - time.monotonic()
    if left <= 0:
        raise error("the deadline is over")
    return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A connection whose waits end with the deadline.

    Args:
        stream: The connection itself.
    """

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return _patiently(lambda seconds: self._stream.read(max_bytes, seconds), timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Makes such connections.

    Args:
        backend: Makes the connections themselves.
    """

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options))
