"""Conditional answers: an entity tag for what is sent, and 304 for who has it (RFC 9110, sections 8.8.3 and 13.1.2)."""

import hashlib

from fastapi import Request
from fastapi.responses import Response


def kept(request: Request) -> frozenset[str]:
    """Return the tags, in quotes, of the representations that the client says that it has."""
    said = request.headers.get("if-none-match", "")
    return frozenset(one.strip().removeprefix("W/") for one in said.split(",")) if said else frozenset()


def is_kept(request: Request, tag: str) -> bool:
    """Tell whether the client says that it has the representation with a tag, which stands in quotes."""
    return not kept(request).isdisjoint({tag, "*"})


def tagged_json(request: Request, body: bytes) -> Response:
    """Answer JSON under the SHA-256 of its bytes, to be kept and asked for again."""
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "Cache-Control": "no-cache"}
    if is_kept(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def tagged(request: Request, body: bytes, media_type: str) -> Response:
    """Answer one of several forms under the SHA-256 of its bytes, to be kept and asked for again."""
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "Cache-Control": "no-cache", "Vary": "Accept"}
    if is_kept(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers | {"X-Content-Type-Options": "nosniff"})
