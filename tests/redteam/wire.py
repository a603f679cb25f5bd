"""Attempts by what stands between: framing, header fields, paths, methods."""

import socket
from functools import partial
from urllib.parse import urlsplit

import httpx
from tests.redteam.stage import Attempt, Stage


def _raw(text: str, stage: Stage) -> httpx.Response:
    """Send bytes as they are, and read the answer until the node closes the connection."""
    address = urlsplit(stage.north.home)
    host = address.netloc
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=30) as connection:
        connection.sendall(text.replace("@host", host).replace("\n", "\r\n").encode("latin-1"))
        connection.settimeout(30)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    assert received.count(b"HTTP/1.1 ") == 1, f"one request, one answer: {received!r}"
    fields = [tuple(line.split(": ", 1)) for line in lines[1:]]
    return httpx.Response(
        int(lines[0].split(" ")[1]), headers=[(n, v) for n, v in fields if n != "transfer-encoding"], content=body
    )


_SMUGGLED = "GET /api/v1/datasets HTTP/1.1\nHost: @host\n\n"
_CLOSE = "Connection: close\n"


def _path(path: str, stage: Stage) -> httpx.Response:
    return _raw(f"GET {path} HTTP/1.1\nHost: @host\n{_CLOSE}\n", stage)


ATTEMPTS = [
    Attempt(
        "smuggle a request by two lengths",
        partial(_raw, f"POST /oauth/token HTTP/1.1\nHost: @host\nContent-Length: 0\nContent-Length: 60\n\n{_SMUGGLED}"),
        400,
    ),
    Attempt(
        "smuggle a request by a length and chunks",
        partial(
            _raw,
            "POST /oauth/token HTTP/1.1\nHost: @host\nContent-Length: 4\n"
            f"Transfer-Encoding: chunked\n\n0\n\n{_SMUGGLED}",
        ),
        400,
    ),
    Attempt(
        "smuggle a request by an unknown encoding",
        partial(
            _raw, f"POST /oauth/token HTTP/1.1\nHost: @host\nTransfer-Encoding: xchunked\n{_CLOSE}\n0\n\n{_SMUGGLED}"
        ),
        (400, 404, 405, 411, 422, 501),
    ),
    Attempt(
        "send a negative length", partial(_raw, "POST /oauth/token HTTP/1.1\nHost: @host\nContent-Length: -1\n\n"), 400
    ),
    Attempt(
        "send a length in hexadecimal",
        partial(_raw, "POST /oauth/token HTTP/1.1\nHost: @host\nContent-Length: 0x10\n\n"),
        400,
    ),
    Attempt(
        "send a field with a space before the colon",
        partial(_raw, "GET /health HTTP/1.1\nHost: @host\nAuthorization : x\n\n"),
        400,
    ),
    Attempt(
        "send a folded field",
        partial(_raw, "GET /health HTTP/1.1\nHost: @host\nX-A: b\n c\n" + _CLOSE + "\n"),
        (200, 400),
    ),
    Attempt("send a field with a null byte", partial(_raw, "GET /health HTTP/1.1\nHost: @host\nX-A: b\0c\n\n"), 400),
    Attempt("send no host", partial(_raw, "GET /api/v1/datasets HTTP/1.1\n" + _CLOSE + "\n"), (400, 401)),
    Attempt(
        "send another host", partial(_raw, "GET /api/v1/datasets HTTP/1.1\nHost: evil.example\n" + _CLOSE + "\n"), 401
    ),
    Attempt(
        "send a field of a hundred thousand bytes",
        partial(_raw, "GET /api/v1/datasets HTTP/1.1\nHost: @host\n" + _CLOSE + "X-A: " + "b" * 100_000 + "\n\n"),
        (400, 401, 413, 431),
    ),
    Attempt(
        "claim another address by X-Forwarded-For",
        lambda on: on.http.get(
            on.north.api("reviews"), headers={"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
        ),
        401,
    ),
    Attempt(
        "claim another path by X-Original-URL",
        lambda on: on.http.get(
            on.north.api("reviews"), headers={"X-Original-URL": "/health", "X-Rewrite-URL": "/health"}
        ),
        401,
    ),
    Attempt(
        "change the method by a field",
        lambda on: on.http.get(on.north.api("reviews"), headers={"X-HTTP-Method-Override": "DELETE"}),
        401,
    ),
    Attempt(
        "send two credentials",
        lambda on: on.http.get(
            on.north.api("reviews"),
            headers=[("Authorization", "Bearer x"), ("Authorization", f"Bearer {on.north.token(on.north.home)}")],
        ),
        401,
    ),
    Attempt(
        "send the token in the address",
        lambda on: on.http.get(on.north.api("reviews"), params={"access_token": on.north.token(on.north.home)}),
        401,
    ),
    Attempt(
        "send the token in a cookie to the API",
        lambda on: on.http.get(
            on.north.api("reviews"),
            headers={"Cookie": f"virtuales-{on.node('north').port}={on.north.token(on.north.home)}"},
        ),
        401,
    ),
    Attempt("trace a request", lambda on: on.http.request("TRACE", on.north.api("reviews")), 405),
    Attempt(
        "connect through the node",
        partial(_raw, "CONNECT 169.254.169.254:80 HTTP/1.1\nHost: 169.254.169.254:80\n" + _CLOSE + "\n"),
        (400, 404, 405),
    ),
    Attempt("ask the node to be a proxy", partial(_path, "http://169.254.169.254/latest/meta-data"), (400, 404)),
    Attempt("climb out of the static files", partial(_path, "/static/portal/../../../../etc/passwd"), 404),
    Attempt(
        "climb out of the static files by escapes", partial(_path, "/static/portal/%2e%2e/%2e%2e/%2e%2e/node.py"), 404
    ),
    Attempt("climb out of the static files by a backslash", partial(_path, "/static/portal/..%5c..%5cnode.py"), 404),
    Attempt("climb by a null byte", partial(_path, "/static/portal/plain.css%00.html"), 404),
    Attempt("reach an inner route by a doubled slash", partial(_path, "//api/v1/reviews"), (401, 404)),
    Attempt("reach an inner route by a semicolon", partial(_path, "/api/v1/reviews;x=/health"), (401, 404)),
    Attempt(
        "put a line break into an answer's field by the path",
        partial(_path, "/id/dataset/x%0d%0aSet-Cookie:%20a=b"),
        (303, 404),
    ),
    Attempt(
        "put a line break into the sign-in's target",
        lambda on: on.http.get(f"{on.north.home}/inbox?%0d%0aSet-Cookie:a=b", follow_redirects=False),
        303,
    ),
    Attempt(
        "read another's answer by another origin",
        lambda on: on.http.get(on.north.api("reviews"), headers={"Origin": "https://evil.example"}),
        401,
    ),
]
