"""Pages about saved queries: which there are, a form for the parameters of one, its answer as a table and as files."""

from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from virtuales.errors import AccessDenied, InputError, NotFound, Unauthenticated, VirtualesError
from virtuales.exchange.lowering.asking import Table
from virtuales.exchange.lowering.json_text import json_text
from virtuales.exchange.lowering.results import table_of
from virtuales.exchange.lowering.tables import csv_text, json_rows, parquet_bytes
from virtuales.exchange.lowering.values import plain_value
from virtuales.query.saved_description import description
from virtuales.query.saved_query import SavedQuery
from virtuales.query.saved_reading import RESERVED
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import PARQUET, RESULTS_CSV, RESULTS_JSON, TURTLE
from virtuales.rdf.terms import parse_iri
from virtuales.trust.tokens import Principal
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.documents import HTML, JSON, chosen_format, finished, rdf_document, see_document
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import Portal, PortalHere
from virtuales.web.portal.visitors import Reader, Visitor, VisitorHere
from virtuales.web.waiting import gone
from virtuales.workflow.discover import versions_here
from virtuales.workflow.saved_queries import Question, ask, query_base, shipped_queries
from virtuales.workflow.workspace import Workspace

router = APIRouter(include_in_schema=False)
Suffix = Literal["csv", "json", "parquet"]
_ROWS = 200
"""How many rows of an answer a page shows; its files have all."""
FILES: Mapping[Suffix, tuple[str, Callable[[Table], bytes]]] = {
    "csv": (RESULTS_CSV, lambda table: csv_text(table).encode()),
    "json": (JSON, lambda table: json_text(json_rows(table), indent=2).encode()),
    "parquet": (PARQUET, parquet_bytes),
}
"""The files in which an answer is given: media type, and what writes it."""


@router.get("/queries")
def show_all(request: Request, portal: PortalHere, visitor: VisitorHere, tag: str = "") -> Response:
    """List the saved queries, all or those with a tag."""
    every = list(shipped_queries())
    return portal.page(
        request,
        "queries.html",
        visitor=visitor,
        queries=[query for query in every if not tag or tag in query.tags],
        tags=sorted({one for query in every for one in query.tags}),
        tag=tag,
    )


@router.get("/id/query/{name}")
def query_iri(request: Request) -> Response:
    """Send whoever asks for a saved query to the document about it."""
    return see_document(request)


@router.get("/doc/query/{name}")
def document(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, reader: Reader, name: str
) -> Response:
    """Answer with the document about a saved query: its page with the form, or its description."""
    media_type = chosen_format(request)
    query = shipped_queries().get(name)
    if media_type != HTML:
        turtle = description([query], query_base(workspace)).encode()
        return rdf_document(request, [quad.triple for quad in parse_file(turtle, TURTLE)], media_type)
    return finished(request, _page(request, portal, workspace, visitor, reader, query=query))


@router.get("/queries/{name}/answer")
def answer(
    request: Request, workspace: WorkspaceHere, portal: PortalHere, visitor: VisitorHere, reader: Reader, name: str
) -> Response:
    """Show the answer as a table, or the form again with what is wrong."""
    query = shipped_queries().get(name)
    given = filled_in(request)
    try:
        table = _ask(request, workspace, reader, query, given)
    except (InputError, NotFound, AccessDenied, Unauthenticated) as error:
        return _page(request, portal, workspace, visitor, reader, query=query, given=given, error=error)
    return _page(request, portal, workspace, visitor, reader, query=query, given=given, table=table)


@router.get("/queries/{name}/answer.{suffix}")
def answer_file(request: Request, workspace: WorkspaceHere, reader: Reader, name: str, suffix: Suffix) -> Response:
    """Give the whole answer as a file."""
    table = _ask(request, workspace, reader, shipped_queries().get(name), filled_in(request))
    return file_of(table, name, suffix)


def file_of(table: Table, name: str, suffix: Suffix) -> Response:
    """Return an answer as a file of some name to be kept."""
    media_type, write = FILES[suffix]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{suffix}"', "X-Content-Type-Options": "nosniff"}
    return Response(write(table), media_type=media_type, headers=headers)


def filled_in(request: Request) -> dict[str, str]:
    """Return the fields of the form that were filled in."""
    return {name: value.strip() for name, value in request.query_params.items() if value.strip()}


def _ask(
    request: Request, workspace: Workspace, reader: Principal | None, query: SavedQuery, given: Mapping[str, str]
) -> Table:
    if query.form == "construct":
        raise InputError(
            "This query makes statements, no table.",
            where=query.name,
            remedy=f"Ask for it at /api/v1/queries/{query.name}/answer.",
        )
    values = {name: value for name, value in given.items() if name != RESERVED}
    version = parse_iri(given[RESERVED], where=RESERVED) if RESERVED in given else None
    question = Question(query, values, version)
    found = ask(workspace, reader, question, accept=RESULTS_JSON, gone=gone(request))
    return table_of(found.body)


def _page(
    request: Request,
    portal: Portal,
    workspace: Workspace,
    visitor: Visitor | None,
    reader: Principal | None,
    *,
    query: SavedQuery,
    given: Mapping[str, str] | None = None,
    table: Table | None = None,
    error: VirtualesError | None = None,
) -> Response:
    names = Names(workspace, reader)
    fields = urlencode(given or {})
    return portal.page(
        request,
        "query.html",
        status=422 if error else 200,
        visitor=visitor,
        query=query,
        given=given or {},
        versions=versions_here(workspace, reader) if query.asks == "data" else [],
        fault={_field(query, error): str(error)} if error else {},
        table=table,
        rows=shown_rows(names, table),
        files={suffix: f"/queries/{query.name}/answer.{suffix}?{fields}" for suffix in FILES},
    )


def _field(query: SavedQuery, error: VirtualesError) -> str:
    """Return the field at which an error stands: the one that it names, or else the one that begins the form."""
    fields = [one.name for one in query.parameters] + ([RESERVED] if query.asks == "data" else [])
    return error.where if error.where in fields else next(iter(reversed(fields)), "main-content")


def shown_rows(names: Names, table: Table | None) -> list[list[tuple[str, str | None]]]:
    """Return the rows of an answer that a page shows, for each cell its text and where it leads."""
    return [[_cell(names, row.get(name)) for name in table.names] for row in table.rows[:_ROWS]] if table else []


def _cell(names: Names, term: str | None) -> tuple[str, str | None]:
    """Return the text of a cell, and where it leads: to a page here for what this node knows, else to the address."""
    if term is None:
        return "", None
    text = plain_value(term).text
    if not term.startswith("<"):
        return text, None
    if text.startswith("urn:uuid:"):
        return text.removeprefix("urn:uuid:"), f"/doc/object/{text.removeprefix('urn:uuid:')}"
    if "/id/dataset/" in text:
        return text, names.dataset_page(text)
    return text, text if text.startswith(("https://", "http://")) else None
