"""Attempts to make a node connect where it should not: inner addresses by registration, by SERVICE, by links."""

from functools import partial

import httpx
from tests.clients import registration
from tests.redteam.stage import Attempt, Stage

_REFUSED_AS_TEXT = (
    "http://169.254.169.254",
    "http://10.0.0.1:8080",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25",
    "https://user:secret@169.254.169.254",
    "https://169.254.169.254/?x=1",
    "https://169.254.169.254/#x",
    "//169.254.169.254",
    "https://",
    "https://a.example\\@169.254.169.254",
    "https://a.example\r\nHost: b.example",
    "http://127.0.0.1:0",
)
_REFUSED_AS_ADDRESS = (
    "https://169.254.169.254",
    "https://10.0.0.1",
    "https://192.168.0.1:8443",
    "https://100.64.0.1",
    "https://[fd00::1]",
    "https://[fe80::1]",
    "https://[::ffff:169.254.169.254]",
    "https://[64:ff9b::a9fe:a9fe]",
    "https://[2002:a9fe:a9fe::1]",
    "https://2852039166",
    "https://0xa9fea9fe",
    "https://0.0.0.0",
    "https://224.0.0.1",
)


def _register(url: str, stage: Stage) -> httpx.Response:
    fields = registration("Reaching plc", "66666666", url)
    return stage.http.post(f"{stage.centre}/api/v1/organisations", json=fields)


ATTEMPTS = [
    *(Attempt(f"register the address {url!r}", partial(_register, url), 422, "node_url") for url in _REFUSED_AS_TEXT),
    *(
        Attempt(f"register a node at the inner address {url}", partial(_register, url), 502, "no public address")
        for url in _REFUSED_AS_ADDRESS
    ),
    Attempt("register an inner address in octal", partial(_register, "https://0251.0376.0251.0376"), 502, "IPv4"),
    Attempt("register another node's address as one's own", lambda on: _register(on.north.home, on), 409),
    Attempt("register a service of the machine that is no node", partial(_register, "http://127.0.0.1:9"), 502),
]
