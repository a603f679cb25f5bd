"""Attempts with files: bombs, entities, names that lead elsewhere; and with bodies too large or too deep."""

import io
import zipfile
from functools import partial

import httpx
from tests.clients import sparql_url
from tests.journey.small_model import FILE, small_model, zipped
from tests.redteam.stage import Attempt, Stage

_GOOD = small_model(1)
_SLUG = "redteam-bombs"
_LEAVES = frozenset({"FileReceived", "FileRemoved", "DatasetPrepared"})
_MIB = 1 << 20
_NAME_ALONE = '[{"field":"title","value":"A",'


def _typed(declaration: str, *, said: str = "WGS 84") -> bytes:
    head = f"<!DOCTYPE r [{declaration}]>\n<rdf:RDF".encode()
    return _GOOD.replace(b"<rdf:RDF", head, 1).replace(b"WGS 84", said.encode())


def _prepared(name: str, content: bytes, stage: Stage) -> httpx.Response:
    """Send a file, have it read, and take it out again; return the first refusal."""
    url = stage.north.api(f"datasets/{_SLUG}")
    sent = stage.north.ask("PUT", f"{url}/files/{name}", content=content)
    if not sent.is_success:
        return sent
    try:
        return stage.north.ask("POST", f"{url}/preparation")
    finally:
        stage.north.ask("DELETE", f"{url}/files/{name}")


def _proposed(name: str, content: bytes, stage: Stage) -> httpx.Response:
    """Send a file, have a description proposed from it, and take it out again."""
    url = stage.north.api(f"datasets/{_SLUG}")
    sent = stage.north.ask("PUT", f"{url}/files/{name}", content=content)
    if not sent.is_success:
        return sent
    try:
        return stage.north.ask("POST", f"{url}/proposal")
    finally:
        stage.north.ask("DELETE", f"{url}/files/{name}")


def _unread(what: str, content: bytes, *, name: str) -> Attempt:
    """Have a description proposed from what would exhaust a reader: its name, kind and length alone are told."""
    make = partial(_proposed, name, content)
    return Attempt(f"have a description proposed from {what}", make, 200, _NAME_ALONE, _LEAVES)


def _file(what: str, content: bytes, status: int | tuple[int, ...], *, name: str = FILE, says: str = "") -> Attempt:
    return Attempt(f"prepare {what}", partial(_prepared, name, content), status, says, _LEAVES)


def _member(name: str) -> bytes:
    return zipped({name: _GOOD})


def _link() -> bytes:
    """Pack a symbolic link."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("gl.xml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def _named(stage: Stage, name: str) -> httpx.Response:
    return stage.north.ask("PUT", stage.north.api(f"datasets/{_SLUG}/files/{name}"), content=_GOOD)


def _body(stage: Stage, content: bytes, kind: str = "application/json") -> httpx.Response:
    return stage.north.ask("POST", stage.north.api("datasets"), content=content, headers={"Content-Type": kind})


def _query(stage: Stage, text: str) -> httpx.Response:
    return stage.vale.ask("POST", sparql_url(stage.granted), data={"query": text})


def _links(stage: Stage, text: str) -> httpx.Response:
    form = {"query": "ASK {}", "version": stage.granted, "links": text}
    return stage.vale.ask("POST", f"{stage.vale.home}/sparql/federation", data=form)


_LAUGHS = '<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">'

ATTEMPTS = [
    _file("XML with a billion laughs", _typed(_LAUGHS, said="&c;"), 400),
    _file("XML with a file as an entity", _typed('<!ENTITY x SYSTEM "file:///etc/passwd">', said="&x;"), 400),
    _file("XML with an address as an entity", _typed('<!ENTITY x SYSTEM "http://169.254.169.254/">', said="&x;"), 400),
    _file("XML with a parameter entity", _typed('<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;'), 400),
    _file("XML nested five thousand deep", _GOOD.replace(b"WGS 84", b"<a>" * 5000 + b"</a>" * 5000), 413),
    _file("a zip bomb", zipped({"gl.xml": b" " * (8 * _MIB)}), 413, name="a.zip"),
    _file("a zip in a zip", zipped({"b.zip": zipped({"gl.xml": _GOOD})}), (400, 413, 422), name="a.zip"),
    _file("a zip with a member above its folder", _member("../../../gl.xml"), (400, 422), name="a.zip"),
    _file("a zip with an absolute member", _member("/etc/gl.xml"), (400, 422), name="a.zip"),
    _file("a zip with a symbolic link", _link(), (400, 422), name="a.zip"),
    _file("a zip cut off", _member("gl.xml")[:-30], 400, name="a.zip"),
    _file(
        "a zip of two thousand members",
        zipped({f"{n}.xml": b"<a/>" for n in range(2000)}),
        (400, 413, 422),
        name="a.zip",
    ),
    _unread(
        "a workbook that is a zip bomb",
        zipped({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b" " * (8 * _MIB)}),
        name="a.xlsx",
    ),
    _unread("JSON nested a hundred thousand deep", b"[" * 100_000 + b"]" * 100_000, name="a.json"),
    _file(
        "JSON-LD with a context from elsewhere",
        b'{"@context": "http://169.254.169.254/c", "@id": "urn:x", "urn:p": 1}',
        (400, 415, 422),
        name="a.jsonld",
    ),
    _unread(
        "Turtle nested ten thousand deep",
        b"<urn:a> <urn:b> " + b"(" * 10_000 + b")" * 10_000 + b" .",
        name="a.ttl",
    ),
    _file("TriG that is cut", b"<urn:g> { <urn:a> <urn:b> ", (400, 422), name="a.trig"),
    _file("a table of a hundred thousand columns", b"a," * 100_000 + b"\n", (400, 413, 422), name="a.csv"),
    Attempt("send a file named by dots", lambda on: _named(on, "%2e%2e"), (404, 422)),
    Attempt("send a file named by a path", lambda on: _named(on, "..%2f..%2fkeys%2fnode.pem"), (404, 422)),
    Attempt("send a file with a null byte in its name", lambda on: _named(on, "a%00.xml"), (400, 404, 422)),
    Attempt(
        "send a file with a line break in its name", lambda on: _named(on, "a%0d%0aSet-Cookie:x.xml"), (400, 404, 422)
    ),
    Attempt(
        "send a body of JSON nested a hundred thousand deep",
        lambda on: _body(on, b"[" * 100_000 + b"]" * 100_000),
        (400, 422),
    ),
    Attempt(
        "send a body of JSON with a number of a million digits",
        lambda on: _body(on, b'{"slug": ' + b"9" * 1_000_000 + b"}"),
        (400, 413, 422),
    ),
    Attempt(
        "send a body larger than the limit", lambda on: _body(on, b'{"a": "' + b"x" * (17 * _MIB) + b'"}'), 413, "bytes"
    ),
    Attempt("send a body of another kind", lambda on: _body(on, b"<a/>", "application/xml"), (415, 422)),
    Attempt(
        "send a query longer than the limit",
        lambda on: _query(on, "ASK { ?s ?p '" + "x" * 200_000 + "' }"),
        422,
        "longer",
    ),
    Attempt(
        "send a query nested ten thousand deep", lambda on: _query(on, "ASK " + "{" * 10_000 + "}" * 10_000), (400, 422)
    ),
    Attempt(
        "send a query with ten thousand brackets in a filter",
        lambda on: _query(on, "ASK { FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }"),
        (400, 422),
    ),
    Attempt(
        "send a query with a path of ten thousand brackets",
        lambda on: _query(on, "ASK { ?s " + "(" * 10_000 + "<urn:p>" + ")" * 10_000 + " ?o }"),
        (400, 422),
    ),
    Attempt(
        "send links that are nested ten thousand deep",
        lambda on: _links(on, "<urn:a> <urn:b> " + "[ <urn:c> " * 10_000),
        (400, 413, 422),
    ),
]
