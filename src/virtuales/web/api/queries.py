"""Saved queries by REST: which there are, what they ask, and their answers."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, TypeAdapter

from virtuales.errors import InputError, NotAcceptable
from virtuales.exchange.lowering.results import table_of
from virtuales.exchange.lowering.tables import parquet_bytes
from virtuales.query.saved_description import description
from virtuales.query.saved_query import Asks, Form, SavedQuery
from virtuales.query.saved_reading import RESERVED
from virtuales.query.streams import WholeAnswer
from virtuales.rdf.media import GRAPH_FORMATS, PARQUET, RESULT_FORMATS, RESULTS_JSON, TURTLE, negotiate
from virtuales.rdf.terms import NamedNode
from virtuales.store.rdf_store import Answer
from virtuales.web.answers import answered
from virtuales.web.conditional import tagged_json
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.web.waiting import gone
from virtuales.workflow.saved_queries import Question, ask, query_base, shipped_queries
from virtuales.workflow.workspace import Workspace

router = APIRouter(prefix="/api/v1/queries", tags=["Saved queries"])

_JSON, _SPARQL = "application/json", "application/sparql-query"

Name = Annotated[str, Path(description="The query's name.", examples=["circuits"])]


class ParameterOut(BaseModel):
    """A parameter of a saved query."""

    name: str
    datatype: str = Field(description="What its values are: string, iri, integer, decimal, double, boolean, date …")
    optional: bool
    description: str
    default: str | None
    choices: list[str] = Field(description="The values that it may have; empty when it may have any.")


class QueryOut(BaseModel):
    """A saved query."""

    iri: str
    name: str
    summary: str
    description: str
    tags: list[str]
    asks: Asks = Field(
        description="Whether it is about the catalogue, the data of a dataset version, or the audit trail."
    )
    models: list[str] = Field(description="The models in whose terms it asks for data.")
    form: Form = Field(description="Whether it answers rows, yes or no, or statements.")
    parameters: list[ParameterOut]
    example: dict[str, str] = Field(description="Values to try, by the parameters' names.")
    answer: str = Field(description="Where the answer is.")


_QUERIES = TypeAdapter(list[QueryOut])


@router.get("", summary="List the saved queries", response_model=list[QueryOut])
def list_queries(
    request: Request,
    workspace: WorkspaceHere,
    tag: Annotated[str | None, Query(description="Only those with this tag.")] = None,
    asks: Annotated[
        Asks | None, Query(description="Only those about the catalogue, about data, or about the audit trail.")
    ] = None,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """List the saved queries of this node, as JSON or, by `Accept`, as Turtle."""
    found = [
        query
        for query in shipped_queries()
        if (tag is None or tag in query.tags) and (asks is None or query.asks == asks)
    ]
    if _chosen(accept, [_JSON, TURTLE]) == TURTLE:
        return _turtle(workspace, found)
    base = workspace.addresses.base
    return tagged_json(request, _QUERIES.dump_json([_query(query, base) for query in found]))


@router.get(
    "/{name}",
    summary="Show a saved query",
    response_model=QueryOut,
    responses={200: {"content": {TURTLE: {}, _SPARQL: {}}}},
)
def show_query(
    request: Request, workspace: WorkspaceHere, name: Name, accept: Annotated[str | None, Header()] = None
) -> Response:
    """Show what a saved query asks and which parameters it has; by `Accept` as Turtle, or the query itself."""
    query = shipped_queries().get(name)
    chosen = _chosen(accept, [_JSON, TURTLE, _SPARQL])
    if chosen == TURTLE:
        return _turtle(workspace, [query])
    if chosen == _SPARQL:
        return Response(query.text, media_type=_SPARQL, headers={"Vary": "Accept"})
    return tagged_json(request, _query(query, workspace.addresses.base).model_dump_json().encode())


@router.get(
    "/{name}/answer",
    summary="Answer a saved query",
    responses={
        200: {"content": {one: {} for one in (*RESULT_FORMATS, *GRAPH_FORMATS, PARQUET)}, "description": "The answer."}
    },
)
def answer_query(
    request: Request,
    workspace: WorkspaceHere,
    asker: Asker,
    name: Name,
    version: Annotated[str | None, Query(description="IRI of the dataset version, for a query about data.")] = None,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer a saved query, in the form that `Accept` asks for.

    Each parameter of the query is a parameter of the address by its name. Rows are answered as Parquet too.
    """
    query = shipped_queries().get(name)
    asked = _version(version)
    question = Question(query, _values(request), asked)
    if query.form != "construct" and negotiate(accept, [*RESULT_FORMATS, *GRAPH_FORMATS, PARQUET]) == PARQUET:
        found = ask(workspace, asker, question, accept=RESULTS_JSON, gone=gone(request))
        return answered(request, WholeAnswer(Answer(parquet_bytes(table_of(found.body)), PARQUET)))
    answer = ask(workspace, asker, question, accept=accept, gone=gone(request))
    return answered(request, WholeAnswer(answer))


def _version(text: str | None) -> NamedNode | None:
    try:
        return None if text is None else NamedNode(text)
    except ValueError as error:
        raise InputError(f"`{text}` is no IRI: {error}.", where=RESERVED, remedy="Name a dataset version.") from None


def _values(request: Request) -> Mapping[str, str]:
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in values:
            raise InputError(f"`{name}` is given twice.", where=name, remedy="Give one value.")
        values[name] = value
    values.pop(RESERVED, None)
    return values


def _chosen(accept: str | None, offered: list[str]) -> str:
    chosen = negotiate(accept, offered)
    if chosen is None:
        raise NotAcceptable("No acceptable form.", where=accept, remedy="Accept one of: " + ", ".join(offered) + ".")
    return chosen


def _turtle(workspace: Workspace, queries: list[SavedQuery]) -> Response:
    return Response(description(queries, query_base(workspace)), media_type=TURTLE, headers={"Vary": "Accept"})


def _address(base: str) -> str:
    return f"{base}{router.prefix}/"


def _query(query: SavedQuery, base: str) -> QueryOut:
    return QueryOut(
        iri=f"{base}/id/query/{query.name}",
        name=query.name,
        summary=query.summary,
        description=query.description,
        tags=list(query.tags),
        asks=query.asks,
        models=list(query.models),
        form=query.form,
        parameters=[
            ParameterOut(
                name=one.name,
                datatype=one.datatype,
                optional=one.optional,
                description=one.description,
                default=one.default,
                choices=list(one.choices),
            )
            for one in query.parameters
        ],
        example=dict(query.example),
        answer=f"{_address(base)}{query.name}/answer",
    )
