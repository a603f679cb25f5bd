"""A node that lies: what it sends is not believed, and what it says does not steer the terminal or leave its place."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.cli.terminal import Terminal

CONTENT = b"what was published"


@dataclass
class Lies:
    """What the node answers.

    Args:
        name: The file's name in its catalogue.
        body: The bytes it delivers.
        digest: The SHA-256 in its catalogue, in hexadecimal.
        title: The title in its problem documents; None answers with success.
        listed: The name of the one file that it lets the asker download; None for that of its catalogue.
    """

    name: str = "model.zip"
    body: bytes = CONTENT
    digest: str = field(default_factory=lambda: hashlib.sha256(CONTENT).hexdigest())
    header: str | None = None
    title: str | None = None
    listed: str | None = None

    def catalogue(self, iri: str) -> dict[str, Any]:
        """Return the catalogue's entry."""
        file = {"name": self.name, "size": len(CONTENT), "digest": self.digest}
        return {"entry": {"iri": iri, "files": [file]}}


class _Handler(BaseHTTPRequestHandler):
    lies: Lies

    def do_GET(self) -> None:
        if self.lies.title is not None:
            self._send(403, {"type": "/problems/access-denied", "title": self.lies.title, "reasons": ["\x1b[2Jwhy"]})
        elif self.path.startswith("/api"):
            self._send(200, self.lies.catalogue(self.server_iri()))
        elif self.path.endswith("/version/1"):
            (file,) = self.lies.catalogue("")["entry"]["files"]
            self._send(200, [file | {"name": self.lies.listed or self.lies.name}])
        else:
            digest = base64.b64encode(hashlib.sha256(self.lies.body).digest()).decode()
            self._send(200, self.lies.body, {"Repr-Digest": self.lies.header or f"sha-256=:{digest}:"})

    def server_iri(self) -> str:
        return f"http://{self.headers['Host']}/id/dataset/x/version/1"

    def _send(
        self, status: int, body: bytes | dict[str, Any] | list[Any], headers: dict[str, str] | None = None
    ) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the library's
        """Say nothing."""


Liar = Callable[[Lies], str]


@pytest.fixture
def liar() -> Iterator[Liar]:
    """Start a lying node; called with its lies, it returns the IRI of a version there."""
    servers = []

    def start(lies: Lies) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"lies": lies}))
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/id/dataset/x/version/1"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "lies",
    [
        Lies(body=b"what was forged!!!"),
        Lies(body=CONTENT[:-1]),
        Lies(body=CONTENT + b" and more"),
        Lies(digest="0" * 64),
        Lies(header="sha-256=:AAAA:"),
        Lies(header="sha-256=:not base64:"),
        Lies(header="md5=:AAAA:"),
    ],
)
def test_keeps_no_file_that_is_not_what_was_published(
    lies: Lies, liar: Liar, terminal: Terminal, tmp_path: Path
) -> None:
    to = tmp_path / "to"
    to.mkdir()
    said = terminal("download", liar(lies), "--to", to)
    assert said.code == 1, said.all
    assert "Nothing was kept" in said.err
    assert list(to.iterdir()) == []


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/b", "..", ".bashrc", "a\\b", "a\nb", "C:evil", ""])
def test_writes_nowhere_but_in_its_directory(name: str, liar: Liar, terminal: Terminal, tmp_path: Path) -> None:
    to = tmp_path / "to"
    to.mkdir()
    said = terminal("download", liar(Lies(name=name)), "--to", to)
    assert said.code == 2, said.all
    assert "no plain one" in said.err
    assert [path.name for path in tmp_path.rglob("*")] == ["to"]


def test_follows_no_link_that_lies_in_its_way(liar: Liar, terminal: Terminal, tmp_path: Path) -> None:
    to, other = tmp_path / "to", tmp_path / "other"
    to.mkdir()
    (to / "model.zip").symlink_to(other)
    iri = liar(Lies())
    assert terminal("download", iri, "--to", to).code == 2
    assert terminal("download", iri, "--to", to, "--force").code == 0
    assert not other.exists()
    assert (to / "model.zip").read_bytes() == CONTENT


def test_refuses_a_directory_that_is_not_there(liar: Liar, terminal: Terminal, tmp_path: Path) -> None:
    said = terminal("download", liar(Lies()), "--to", tmp_path / "absent")
    assert said.code == 2
    assert "There is no such directory." in said.err


def test_what_a_node_says_does_not_steer_the_terminal(liar: Liar, terminal: Terminal) -> None:
    said = terminal("show", liar(Lies(title="No\x1b]0;owned\x07 way\x9b2J")))
    assert said.code == 2
    assert "No\ufffd]0;owned\ufffd way" in said.err
    assert not {"\x1b", "\x07", "\x9b"} & set(said.all)


def test_a_server_that_is_no_node_gives_one_error(liar: Liar, terminal: Terminal) -> None:
    node = liar(Lies(body=b"<html>hello</html>")).partition("/id/")[0]
    said = terminal("organisation", "list", "--orchestrator", node + "/web")
    assert said.code == 2
    assert "no JSON" in said.err


def test_downloads_the_files_of_a_view_in_the_place_of_those_published(
    liar: Liar, terminal: Terminal, tmp_path: Path
) -> None:
    version = liar(Lies(listed="view.nt"))
    terminal.ok("download", version, "--to", tmp_path)
    assert (tmp_path / "view.nt").read_bytes() == CONTENT
    assert terminal("download", version, "--to", tmp_path, "--file", "model.zip").code == 2
    forged = liar(Lies(listed="view.nt", body=b"what was forged!!!"))
    assert terminal("download", forged, "--to", tmp_path, "--force").code == 1
    assert terminal("download", liar(Lies(listed="../view.nt")), "--to", tmp_path).code != 0
