"""Documents about things: the same statements as a page, Turtle or JSON-LD, as the reader's `Accept` asks.

A thing's IRI under `/id/` answers 303 with the address of its document under `/doc/` (https://www.w3.org/TR/cooluris/).
Each document says in `Link` headers what it is about, what describes it, and what belongs to it
(https://signposting.org/FAIR/).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from virtuales.errors import InputError
from virtuales.exchange.lowering.framing import compacted
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import JSON_LD, N_TRIPLES, RDF_XML, TURTLE, negotiate
from virtuales.rdf.terms import BlankNode, Triple
from virtuales.web.conditional import is_kept
from virtuales.web.json_context import CONTEXT, CONTEXT_PATH
from virtuales.web.prefixes import PREFIXES

HTML = "text/html"
JSON = "application/json"
"""JSON-LD with short names, for programs that know nothing of RDF; its context is in a `Link` header."""
FORMATS: Mapping[str, str] = {
    "html": HTML,
    "ttl": TURTLE,
    "jsonld": JSON_LD,
    "nt": N_TRIPLES,
    "rdf": RDF_XML,
    "json": JSON,
}
"""Media types of documents by the short name that `?format=` takes, the preferred first."""

_VARY = "Accept, Authorization, Cookie"
_SCHEMA_ORG = "https://schema.org/"
_TYPES: Mapping[str, str] = {
    "dataset": "Dataset",
    "catalogue": "DataCatalog",
    "organisation": "Organization",
    "model": "DefinedTermSet",
    "mapping": "Dataset",
    "query": "SoftwareSourceCode",
    "agreement": "DigitalDocument",
}
"""Types of schema.org, by the kind of thing in addresses; others are things, of which nothing more is said."""


@dataclass(frozen=True)
class Item:
    """Something that belongs to what a document is about, at its own address."""

    url: str
    media_type: str


@dataclass(frozen=True)
class Signs:
    """What a document says in `Link` headers beyond what its address tells.

    Args:
        licence: IRI of the licence of what the document is about.
        author: IRI of who made it.
        items: What belongs to it: the files of a dataset version.
    """

    licence: str | None = None
    author: str | None = None
    items: tuple[Item, ...] = ()


NO_SIGNS = Signs()


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
    request: Request,
    triples: Sequence[Triple],
    media_type: str,
    *,
    prefixes: Mapping[str, str] | None = None,
    signs: Signs = NO_SIGNS,
) -> Response:
    """Answer statements in a graph format, or as JSON with short names.

    Args:
        request: What was asked.
        triples: The statements.
        media_type: The format.
        prefixes: Prefixes beside those under which statements are always written.
        signs: What else the headers say.
    """
    ordered = sorted(_settled(triples), key=str)
    if media_type == JSON:
        body = _plain_json(ordered, _base(request))
    else:
        body = serialize_quads(ordered, media_type, prefixes={**PREFIXES, **(prefixes or {})})
    response = Response(body, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})
    return finished(request, response, signs=signs)


def finished(request: Request, response: Response, *, signs: Signs = NO_SIGNS) -> Response:
    """Add what every document is sent with: its links, what it varies with, and a tag of its content.

    A reader who has this content already is answered 304 without it.
    """
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    links = ", ".join([_alternates(request), *_signposts(request, signs), *_context_link(request, response)])
    headers = {"ETag": tag, "Vary": _VARY, "Cache-Control": "private, no-cache", "Link": links}
    if is_kept(request, tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response


def _settled(triples: Sequence[Triple]) -> Iterator[Triple]:
    """Give statements with blank nodes named by their order, so that the same document has the same tag again."""
    names: dict[object, BlankNode] = {}

    def settled(term: object) -> BlankNode:
        return names.setdefault(term, BlankNode(f"b{len(names) + 1}"))

    for one in triples:
        subject = settled(one.subject) if isinstance(one.subject, BlankNode) else one.subject
        yield Triple(subject, one.predicate, settled(one.object) if isinstance(one.object, BlankNode) else one.object)


def _plain_json(triples: Sequence[Triple], base: str) -> bytes:
    document = compacted(serialize_quads(triples, N_TRIPLES), CONTEXT)
    return json.dumps({"@context": base + CONTEXT_PATH, **document}, indent=2, ensure_ascii=False).encode()


def _base(request: Request) -> str:
    base: str = request.app.state.node.settings.base_url
    return base


def _signposts(request: Request, signs: Signs) -> Iterator[str]:
    """Give the links of FAIR Signposting, level 1: they are the same for the page and for its other forms."""
    path = request.url.path
    kind = path.split("/")[2] if path.startswith("/doc/") else ""
    if kind:
        yield f'<{_base(request)}{path.replace("/doc/", "/id/", 1)}>; rel="cite-as"'
    for name in ("ttl", "jsonld"):
        yield f'<{path}?format={name}>; rel="describedby"; type="{FORMATS[name]}"'
    yield f'<{_SCHEMA_ORG}AboutPage>; rel="type"'
    if kind in _TYPES:
        yield f'<{_SCHEMA_ORG}{_TYPES[kind]}>; rel="type"'
    if signs.licence:
        yield f'<{signs.licence}>; rel="license"'
    if signs.author:
        yield f'<{signs.author}>; rel="author"'
    for item in signs.items:
        yield f'<{item.url}>; rel="item"; type="{item.media_type}"'


def _context_link(request: Request, response: Response) -> Iterator[str]:
    """Name the context that makes plain JSON JSON-LD (https://www.w3.org/TR/json-ld11/#interpreting-json-as-json-ld)."""
    if response.media_type == JSON:
        rel = "http://www.w3.org/ns/json-ld#context"
        yield f'<{_base(request)}{CONTEXT_PATH}>; rel="{rel}"; type="{JSON_LD}"'


def _alternates(request: Request) -> str:
    path = request.url.path
    return ", ".join(f'<{path}?format={name}>; rel="alternate"; type="{kind}"' for name, kind in FORMATS.items())


def _choices(names: Mapping[str, str] | Sequence[str]) -> str:
    return "Use one of: " + ", ".join(names) + "."
