"""The connections that requests to endpoints go over."""

import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from virtuales.federation.connections import DUE, Connections, Due

SECONDS = 20.0
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"
TUNNELLED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Server(socketserver.ThreadingTCPServer):
    """Gives each connection prepared answers, one to each request; it closes it at the request after those.

    Args:
        answers: The answers that the n-th connection is given.
        tls: How it shows who it is, if it does; with `tunnel` only after the first answer.
        tunnel: Whether it plays a proxy that leads to itself.
    """

    daemon_threads = True

    def __init__(
        self, answers: Callable[[int], list[bytes]], tls: ssl.SSLContext | None = None, *, tunnel: bool = False
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answers, self.tls, self.tunnel = answers, tls, tunnel
        self.heads: list[list[str]] = []

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Answering(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        heads: list[str] = []
        self.server.heads.append(heads)
        if self.server.tunnel:
            heads.append(_head(self.request))
            self.request.sendall(TUNNELLED)
        try:
            given = self.server.tls.wrap_socket(self.request, server_side=True) if self.server.tls else self.request
        except OSError:
            return
        with given:
            answers = iter(self.server.answers(len(self.server.heads)))
            while head := _head(given):
                heads.append(head)
                answer = next(answers, None)
                if answer is None:
                    return
                given.sendall(answer)


def _head(given: socket.socket) -> str:
    """Read a request, and return its head; nothing where there is none."""
    read = given.makefile("rb")
    lines = []
    while (line := read.readline().decode()) not in {"\r\n", ""}:
        lines.append(line.strip())
    sizes = [int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:")]
    read.read(sum(sizes))
    return "\n".join(lines)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        with server:
            yield server
            server.shutdown()
    finally:
        thread.join(SECONDS)


@pytest.fixture
def connections() -> Iterator[Connections]:
    """Connections."""
    made = Connections()
    yield made
    made.close()


def ask(connections: Connections, url: str, *, seconds: float = SECONDS) -> str:
    """Send a request, and read the answer."""
    due = Due(time.monotonic() + seconds, threading.Event())
    request = httpx.Request("POST", url, content=b"ASK {}", extensions={DUE: due})
    response = connections.handle_request(request)
    try:
        return response.read().decode()
    finally:
        response.close()


@pytest.mark.parametrize("answer", [ANSWER, CHUNKED, EMPTY])
def test_a_connection_serves_many_requests(connections: Connections, answer: bytes) -> None:
    with serving(Server(lambda _: [answer] * 3)) as server:
        told = [ask(connections, f"http://{server.place}/sparql?a=b") for _ in range(3)]
        assert set(told) == {"" if answer == EMPTY else "ok"}
        assert len(server.heads) == 1
        assert [head.splitlines()[0] for head in server.heads[0]] == ["POST /sparql?a=b HTTP/1.1"] * 3


def test_a_connection_that_the_endpoint_ends_is_not_used_again(connections: Connections) -> None:
    with serving(Server(lambda _: [LAST])) as server:
        assert [ask(connections, f"http://{server.place}/") for _ in range(2)] == ["ok", "ok"]
        assert len(server.heads) == 2


def test_a_request_over_a_connection_that_is_closed_meanwhile_goes_over_another(connections: Connections) -> None:
    with serving(Server(lambda _: [ANSWER])) as server:
        assert [ask(connections, f"http://{server.place}/") for _ in range(2)] == ["ok", "ok"]
        assert [len(heads) for heads in server.heads] == [2, 1]


def test_a_request_that_a_new_connection_does_not_answer_is_not_sent_again(connections: Connections) -> None:
    with serving(Server(lambda _: [])) as server:
        with pytest.raises(httpx.ConnectError):
            ask(connections, f"http://{server.place}/")
        assert [len(heads) for heads in server.heads] == [1]


def test_an_answer_that_is_not_read_to_its_end_ends_its_connection(connections: Connections) -> None:
    due = Due(time.monotonic() + SECONDS, threading.Event())
    with serving(Server(lambda _: [ANSWER])) as server:
        connections.handle_request(httpx.Request("GET", f"http://{server.place}/", extensions={DUE: due})).close()
        assert ask(connections, f"http://{server.place}/") == "ok"
        assert len(server.heads) == 2


@pytest.mark.parametrize("url", ["//example.org/sparql", "ftp://127.0.0.1/sparql"])
def test_only_http_is_spoken(connections: Connections, url: str) -> None:
    with pytest.raises(httpx.UnsupportedProtocol, match="http://"):
        ask(connections, url)


def test_a_proxy_of_the_environment_is_told_the_whole_address(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Server(lambda _: [ANSWER])) as proxy:
        monkeypatch.setenv("http_proxy", f"http://me:it@{proxy.place}")
        assert ask(connections, "http://data.example/sparql") == "ok"
        assert proxy.heads[0][0].startswith("POST http://data.example/sparql HTTP/1.1")
        assert "Proxy-Authorization: Basic bWU6aXQ=" in proxy.heads[0][0]


def test_a_proxy_is_not_used_for_places_that_are_said_to_need_none(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Server(lambda _: [ANSWER])) as server:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert ask(connections, f"http://{server.place}/") == "ok"


def test_a_proxy_of_an_unknown_kind_is_refused(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    with pytest.raises(httpx.UnsupportedProtocol, match="socks5"):
        ask(connections, "http://data.example/sparql")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of the loopback address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's own authority")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "certificate.pem"
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(made.public_bytes(form[0]) + key.private_bytes(*form))
    return file


@pytest.fixture(scope="module")
def tls(certificate: Path) -> ssl.SSLContext:
    """How a server shows who it is."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate)
    return made


@pytest.mark.parametrize("through_a_proxy", [False, True])
def test_an_endpoint_shows_who_it_is(
    tls: ssl.SSLContext,
    certificate: Path,
    connections: Connections,
    monkeypatch: pytest.MonkeyPatch,
    through_a_proxy: bool,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(Server(lambda _: [ANSWER, ANSWER], tls, tunnel=through_a_proxy)) as server:
        if through_a_proxy:
            monkeypatch.setenv("https_proxy", f"http://me:it@{server.place}")
        assert [ask(connections, f"https://{server.place}/sparql") for _ in range(2)] == ["ok", "ok"]
        first, *others = server.heads[0] if through_a_proxy else ["", *server.heads[0]]
        assert [each.splitlines()[0] for each in others] == ["POST /sparql HTTP/1.1"] * 2
        assert not any("Proxy-Authorization" in each for each in others)
        if through_a_proxy:
            assert first.startswith(f"CONNECT {server.place} ")
            assert "Proxy-Authorization: Basic bWU6aXQ=" in first


def test_an_endpoint_that_does_not_show_who_it_is_is_not_asked(tls: ssl.SSLContext, connections: Connections) -> None:
    with serving(Server(lambda _: [ANSWER], tls)) as server:
        with pytest.raises(httpx.ConnectError, match=r"(?i)certificate"):
            ask(connections, f"https://{server.place}/sparql")
        assert server.heads == [[]]
