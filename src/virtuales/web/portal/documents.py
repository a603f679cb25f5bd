"""Documents about things: the same statements as a page, Turtle or JSON-LD, as the reader's `Accept` asks.

A thing's IRI under `/id/` answers 303 with the address of its document under `/doc/` (https://www.w3.org/TR/cooluris/).
"""

import hashlib
from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from virtuales.errors import InputError
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, negotiate
from virtuales.rdf.terms import Triple
from virtuales.web.conditional import is_kept
from virtuales.web.prefixes import PREFIXES

HTML = "text/html"
FORMATS: Mapping[str, str] = {
    "html": HTML,
    "ttl": TURTLE,
    "jsonld": JSON_LD,
    "nt": N_TRIPLES,
    "rdf": RDF_XML,
}
"""Media types of documents by the short name that `?format=` takes, the preferred first."""

_VARY = "Accept, Authorization, Cookie"


def see_document(request: Request) -> Response:
    """Send whoever asks for a thing to the document about it."""
    path = request.url.path.replace("/id/", "/doc/", 1)
    return RedirectResponse(path, status_code=303, headers={"Vary": "Accept"})


def chosen_format(request: Request) -> str:
    """Return the media type in which a document is to be answered.

    Raises:
        InputError: `?format=` names none of them.
        HTTPException: nothing that can be answered is acceptable (406); the alternates are in `Link`.
    """
    name = request.query_params.get("format")
    if name is not None:
        if name not in FORMATS:
            raise InputError(f"`{name}` is no format of documents.", where="format", remedy=_choices(FORMATS))
        return FORMATS[name]
    chosen = negotiate(request.headers.get("accept"), list(FORMATS.values()))
    if chosen is None:
        detail = "None of the media types that you accept can be answered. " + _choices(list(FORMATS.values()))
        raise HTTPException(406, detail, headers={"Link": _alternates(request), "Vary": _VARY})
    return chosen


def rdf_document(
    request: Request, triples: Sequence[Triple], media_type: str, *, prefixes: Mapping[str, str] | None = None
) -> Response:
    """Answer statements in a graph format.

    Args:
        request: What was asked.
        triples: The statements.
        media_type: The format.
        prefixes: Prefixes beside those under which statements are always written.
    """
    body = serialize_quads(sorted(triples, key=str), media_type, prefixes={**PREFIXES, **(prefixes or {})})
    return finished(request, Response(body, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"}))


def finished(request: Request, response: Response) -> Response:
    """Add what every document is sent with: its alternates, what it varies with, and a tag of its content.

    A reader who has this content already is answered 304 without it.
    """
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Vary": _VARY, "Cache-Control": "private, no-cache", "Link": _alternates(request)}
    if is_kept(request, tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _alternates(request: Request) -> str:
    path = request.url.path
    return ", ".join(f'<{path}?format={name}>; rel="alternate"; type="{kind}"' for name, kind in FORMATS.items())


def _choices(names: Mapping[str, str] | Sequence[str]) -> str:
    return "Use one of: " + ", ".join(names) + "."
