"""A node connects to public addresses and to networks that its operator named, and to nothing else."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from virtuales.egress import LOOPBACK, Egress, ForbiddenAddress
from virtuales.errors import ConfigurationError
from virtuales.settings import read_settings

INNER = (
    *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),  # noqa: S104 - an address to refuse
    *("::1", "fe80::1", "fe80::1%eth0", "fd00::1", "::", "ff02::1", "255.255.255.255", "192.0.2.1"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:53aa:64c:0:0:80ff:fffe"),
)


class _Greeting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "http://169.254.169.254/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("address", INNER)
def test_refuses_an_inner_address(address: str) -> None:
    assert not Egress().permits(address)
    assert not Egress(networks=("203.0.113.0/24",)).permits(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_permits_a_public_address(address: str) -> None:
    assert Egress().permits(address)


def test_refuses_a_host_of_which_one_address_is_inner() -> None:
    guard = Egress(look_up=lambda *_: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(ForbiddenAddress, match=r"rebinding\.example is at 10\.0\.0\.1"):
        guard.addresses("rebinding.example", 443)


def test_connects_to_the_address_that_was_judged_though_the_name_leads_elsewhere_afterwards(port: int) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    guard = Egress(LOOPBACK, look_up=lambda *_: next(answers))
    with guard.client(10) as http:
        assert http.get(f"http://rebinding.example:{port}/").status_code == 200
    with guard.client(10) as http, pytest.raises(httpx.ConnectError, match=r"no public address"):
        http.get(f"http://rebinding.example:{port}/")


def test_the_client_refuses_loopback_and_follows_no_redirection(port: int) -> None:
    with Egress().client(10) as http, pytest.raises(httpx.ConnectError, match="no network that this node may reach"):
        http.get(f"http://127.0.0.1:{port}/")
    with Egress(LOOPBACK).client(10) as http:
        assert http.get(f"http://127.0.0.1:{port}/away").status_code == 302


def test_a_host_that_the_operator_named_may_be_anywhere_at_its_port_alone(port: int) -> None:
    guard = Egress(named=(f"http://127.0.0.1:{port}/sparql",))
    guard.connect("127.0.0.1", port, 10).close()
    with pytest.raises(ForbiddenAddress):
        guard.connect("127.0.0.1", port + 1, 10)


def test_a_connection_fails_as_others_do_where_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            Egress(LOOPBACK).connect("127.0.0.1", taken.getsockname()[1], 10)


def test_a_node_on_the_network_reaches_no_loopback_and_one_on_loopback_does() -> None:
    outside = read_settings(role="orchestrator", base_url="https://node.example").egress
    inside = read_settings(role="orchestrator", base_url="http://127.0.0.1:8400").egress
    assert (outside.permits("127.0.0.1"), inside.permits("127.0.0.1"), inside.permits("10.0.0.1")) == (
        *(False, True, False),
    )


def test_refuses_a_network_that_is_none_and_authorities_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="reachable_networks"):
        Egress(networks=("10.0.0.0/99",))
    with pytest.raises(ConfigurationError, match=r"nothing\.pem"):
        Egress(authorities=tmp_path / "nothing.pem").tls()
