"""Where a node may connect to: the one guard for every address that somebody else named.

A host is looked up once, every address that it has is judged, and the connection goes to an address that was judged: a
name that leads elsewhere at the next look-up gains nothing. Public addresses may be reached, others only in networks
that the operator names, or at hosts that are in the operator's own settings. Redirections are not followed.

Where the environment names a proxy (`HTTPS_PROXY`), the proxy connects, and its rules hold.
"""

import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpcore
import httpx

from virtuales.errors import ConfigurationError

Address = IPv4Address | IPv6Address
LookUp = Callable[[str, int], Iterable[str]]
"""Gives the addresses of a host."""
LOOPBACK: Final = ("127.0.0.0/8", "::1/128")
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address in their last bytes (RFC 6052)."""
_PORTS: Final = {"http": 80, "https": 443}
_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=5.0)


class ForbiddenAddress(ConnectionError):
    """A host has an address that may not be reached from here."""


def look_up(host: str, port: int) -> list[str]:
    """Return a host's addresses.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True)
class Egress:
    """What may be reached.

    Args:
        networks: Networks that may be reached beside public addresses, such as `10.0.0.0/8`.
        named: URLs whose hosts and ports the operator named: they may be reached wherever they are.
        authorities: File with the certificates of further authorities that are trusted, as PEM.
        look_up: Gives the addresses of a host.

    Raises:
        ConfigurationError: a network is none, or the file cannot be read.
    """

    networks: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    authorities: Path | None = None
    look_up: LookUp = field(default=look_up, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no network."""
        _ = self._networks

    @classmethod
    def anywhere(cls) -> Self:
        """Let everything be reached, as somebody's own commands may."""
        return cls(networks=("0.0.0.0/0", "::/0"))

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of a host, each of which may be connected to.

        Raises:
            ForbiddenAddress: one of them may not.
            OSError: the host has none.
        """
        found = list(self.look_up(host, port))
        if (host.lower(), port) not in self._named:
            for text in found:
                if not self.permits(text):
                    raise ForbiddenAddress(
                        f"{host} is at {text}, which is no public address and in no network that this node may reach"
                    )
        return found

    def permits(self, text: str) -> bool:
        """Tell whether an address may be connected to.

        >>> guard = Egress(networks=("10.0.0.0/8",))
        >>> [guard.permits(each) for each in ("8.8.8.8", "10.1.2.3", "127.0.0.1", "::ffff:127.0.0.1")]
        [True, True, False, False]
        """
        address = _meant(ip_address(text.partition("%")[0]))
        inside = any(address in network for network in self._networks if network.version == address.version)
        return inside or (address.is_global and not address.is_multicast)

    def connect(self, host: str, port: int, seconds: float | None = None) -> socket.socket:
        """Connect to a host at an address that was judged.

        Raises:
            ForbiddenAddress: the host may not be reached.
            OSError: it cannot be.
        """
        failure: OSError = ConnectionError(f"{host} has no address")
        for address in self.addresses(host, port):
            try:
                return socket.create_connection((address, port), seconds)
            except OSError as error:
                failure = error
        raise failure

    def tls(self) -> ssl.SSLContext:
        """Return how certificates of others are checked: TLS 1.2 or later, by the known authorities and the named."""
        context = httpx.create_ssl_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.authorities is not None:
            try:
                context.load_verify_locations(cafile=self.authorities)
            except (OSError, ssl.SSLError) as error:
                raise ConfigurationError(
                    f"The certificates of authorities cannot be read: {error}.", where=str(self.authorities)
                ) from error
        return context

    def client(self, seconds: float) -> httpx.Client:
        """Return an HTTP client that reaches what may be reached, and follows no redirections."""
        return httpx.Client(transport=_Transport(self), timeout=seconds, follow_redirects=False)

    @cached_property
    def _networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        try:
            return tuple(ip_network(text) for text in self.networks)
        except ValueError as error:
            raise ConfigurationError(
                f"A network is none: {error}.", where="reachable_networks", remedy="Write it as `10.0.0.0/8`."
            ) from error

    @cached_property
    def _named(self) -> frozenset[tuple[str, int]]:
        parts = map(urlsplit, self.named)
        return frozenset((each.hostname or "", each.port or _PORTS.get(each.scheme, 0)) for each in parts)


class _Transport(httpx.HTTPTransport):
    """Connects as the guard lets it."""

    def __init__(self, egress: Egress) -> None:
        tls = egress.tls()
        super().__init__(verify=tls)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=_LIMITS.max_connections,
            max_keepalive_connections=_LIMITS.max_keepalive_connections,
            keepalive_expiry=_LIMITS.keepalive_expiry,
            network_backend=_Network(egress),
        )


class _Network(httpcore.SyncBackend):
    """Looks up hosts and connects to them through the guard."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:  # noqa: ANN401
        """Connect to a host.

        Raises:
            httpcore.ConnectError: it may not be reached, or cannot be.
        """
        try:
            found = self._egress.addresses(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in found:
            try:
                return super().connect_tcp(address, port, *args, **options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def _meant(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
