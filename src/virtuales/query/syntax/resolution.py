"""Relative IRIs made whole: RFC 3986, section 5.2."""

import re
from typing import Final

_PARTS: Final = re.compile(
    r"^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$", re.DOTALL
)


def resolve(base: str, reference: str) -> str:
    """Resolve a reference against a base IRI.

    >>> resolve("http://e.org/a/b?c", "../d#e")
    'http://e.org/d#e'
    """
    scheme, authority, path, query, fragment = _parts(reference)
    if scheme is not None:
        return reference  # an absolute IRI is kept as it is written
    base_scheme, base_authority, base_path, base_query, _ = _parts(base)
    if authority is not None:
        return _whole(base_scheme, authority, _without_dots(path), query, fragment)
    if not path:
        return _whole(base_scheme, base_authority, base_path, base_query if query is None else query, fragment)
    if not path.startswith("/"):
        above = "/" if base_authority is not None and not base_path else base_path[: base_path.rfind("/") + 1]
        path = above + path
    return _whole(base_scheme, base_authority, _without_dots(path), query, fragment)


def _parts(iri: str) -> tuple[str | None, str | None, str, str | None, str | None]:
    match = _PARTS.match(iri)
    if match is None:
        return None, None, iri, None, None
    scheme, authority, path, query, fragment = match.groups()
    return scheme, authority, path, query, fragment


def _whole(scheme: str | None, authority: str | None, path: str, query: str | None, fragment: str | None) -> str:
    start = ("" if scheme is None else f"{scheme}:") + ("" if authority is None else f"//{authority}")
    return start + path + ("" if query is None else f"?{query}") + ("" if fragment is None else f"#{fragment}")


def _without_dots(path: str) -> str:
    """Remove the segments `.` and `..` (section 5.2.4)."""
    if "." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        if segment not in {".", ".."}:
            kept.append(segment)
            continue
        if segment == ".." and len(kept) > 1:
            kept.pop()
        if last:
            kept.append("")
    return "/".join(kept)
