"""The use cases by REST: which there are, what they need, where models fall short, and remarks on them."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from virtuales.alignment.gaps.reports.html import to_html
from virtuales.alignment.gaps.reports.plain import Account, to_csv, to_json, to_markdown
from virtuales.alignment.gaps.reports.statements import proposals_to_turtle, to_turtle
from virtuales.alignment.use_cases.record import Remark, Requirement, UseCase, changes
from virtuales.errors import NotAcceptable
from virtuales.rdf.media import TURTLE, negotiate
from virtuales.web.bodies import RequestBody
from virtuales.web.conditional import tagged
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import known_use_cases
from virtuales.workflow.remark import LONGEST_TEXT, make_remark

router = APIRouter(prefix="/api/v1/use-cases", tags=["Use cases"])

JSON, HTML, CSV, MARKDOWN = "application/json", "text/html", "text/csv", "text/markdown"
FORMS: Mapping[str, Callable[[Account], str]] = {
    JSON: to_json,
    HTML: to_html,
    CSV: to_csv,
    MARKDOWN: to_markdown,
    TURTLE: to_turtle,
}
"""How a gap analysis is written, by media type."""

Name = Annotated[str, Path(description="What the use case is called.", examples=["common-framework-demonstrator"])]
InModels = Annotated[
    list[str] | None,
    Query(alias="model", description="A model to look at, by name or `NAME@VERSION`; by default those reviewed."),
]


class CoverageOut(BaseModel):
    """Terms of one model that together serve a requirement, as the record states it."""

    model: str
    terms: list[str]
    lacks: list[str] = Field(description="What they do not serve: `unit`, `resolution`, `timeliness`, `term`.")
    comment: str


class RefinementOut(BaseModel):
    """One change of a requirement."""

    version: str
    issued: str
    reason: str
    changes: list[str]
    led_by: list[str] = Field(description="The remarks that led to it.")


class RequirementOut(BaseModel):
    """A data requirement."""

    iri: str
    identifier: str
    title: str
    description: str
    version: str
    issued: str
    priority: str
    needed_by: list[str]
    supplied_by: list[str]
    needed_at: list[str]
    purposes: list[str]
    unit: str
    resolution: str = Field(description="How fine in time, as an ISO 8601 duration.")
    maximum_age: str = Field(description="How old it may be, as an ISO 8601 duration.")
    personal: bool = Field(description="Whether it is about identifiable people.")
    coverage: list[CoverageOut]
    refinements: list[RefinementOut]


class RemarkOut(BaseModel):
    """A pain point or a comment."""

    iri: str
    text: str
    about: list[str] = Field(description="The use case, requirements or terms that it is about.")
    by: str
    on: str
    source: str
    pain_point: bool


class NamedOut(BaseModel):
    """An actor or a step."""

    iri: str
    label: str
    description: str


class UseCaseOut(BaseModel):
    """A use case."""

    iri: str
    name: str
    title: str
    description: str
    source: str
    version: str
    graph: str = Field(description="The named graph with the whole record, at `/sparql/catalogue`.")
    actors: list[NamedOut]
    steps: list[NamedOut]
    requirements: list[RequirementOut]
    remarks: list[RemarkOut]


class ListedOut(BaseModel):
    """A use case in the list."""

    iri: str
    name: str
    title: str
    version: str
    requirements: int
    remarks: int


class RemarkIn(RequestBody):
    """A remark on a use case."""

    text: str = Field(max_length=LONGEST_TEXT, description="What you need, find difficult, or have to say.")
    about: str = Field(default="", description="A requirement such as `CFD-01`, or a term's IRI; by default all of it.")
    pain_point: bool = Field(default=False, description="Whether it says what is difficult today.")


@router.get("", summary="List the use cases")
def list_use_cases(workspace: WorkspaceHere) -> list[ListedOut]:
    """List the use cases that this node knows."""
    return [
        ListedOut(
            iri=one.iri,
            name=one.identifier,
            title=one.title,
            version=one.version,
            requirements=len(one.requirements),
            remarks=len(one.remarks),
        )
        for one in known_use_cases.all_use_cases(workspace)
    ]


@router.get("/{name}", summary="Show a use case")
def show_use_case(workspace: WorkspaceHere, name: Name) -> UseCaseOut:
    """Show a use case with its data requirements, how they were refined, and what was remarked on them."""
    one = known_use_cases.get_use_case(workspace, name)
    return UseCaseOut(
        iri=one.iri,
        name=one.identifier,
        title=one.title,
        description=one.description,
        source=one.source,
        version=one.version,
        graph=workspace.addresses.use_case_graph(name).value,
        actors=[NamedOut(iri=each.iri, label=each.label, description=each.description) for each in one.actors],
        steps=[NamedOut(iri=each.iri, label=each.label, description=each.description) for each in one.steps],
        requirements=[_requirement(one, each) for each in one.requirements],
        remarks=[_remark(each) for each in one.remarks],
    )


@router.get(
    "/{name}/gaps",
    summary="Analyse the gaps of a use case",
    response_model=None,
    responses={
        200: {
            "description": "How far each model meets each requirement, and which terms would fill the gaps.",
            "content": {JSON: {"schema": {"type": "object"}}, **{form: {} for form in FORMS if form != JSON}},
        },
        304: {"description": "The answer is the one that the client has."},
        406: {"description": "None of the media types that you accept can be answered."},
    },
)
def gaps(
    request: Request,
    workspace: WorkspaceHere,
    name: Name,
    models: InModels = None,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Tell for each requirement and model whether it is covered in part, wholly, not, or in conflict."""
    media_type = negotiate(accept, list(FORMS))
    if media_type is None:
        remedy = "Accept one of: " + ", ".join(FORMS) + "."
        raise NotAcceptable("No acceptable form of the answer.", where=accept, remedy=remedy)
    use_case = known_use_cases.get_use_case(workspace, name)
    account = known_use_cases.account_of(workspace, use_case, models or ())
    return tagged(request, FORMS[media_type](account).encode(), media_type)


@router.get(
    "/{name}/proposals",
    summary="Give the terms proposed for a use case",
    response_model=None,
    responses={200: {"description": "The proposed terms.", "content": {TURTLE: {}}}},
)
def proposed(request: Request, workspace: WorkspaceHere, name: Name, models: InModels = None) -> Response:
    """Give the terms that would fill the gaps, as Turtle."""
    use_case = known_use_cases.get_use_case(workspace, name)
    account = known_use_cases.account_of(workspace, use_case, models or ())
    return tagged(request, proposals_to_turtle(account).encode(), TURTLE)


@router.post("/{name}/remarks", summary="Remark on a use case", status_code=201)
def remark(workspace: WorkspaceHere, asker: KnownAsker, name: Name, body: RemarkIn) -> RemarkOut:
    """Record a need, a pain point or a comment, at the orchestrator; everybody can read it, with your organisation."""
    made = make_remark(workspace, asker, name, text=body.text, about=body.about, pain_point=body.pain_point)
    return _remark(made)


def _remark(one: Remark) -> RemarkOut:
    return RemarkOut(
        iri=one.iri,
        text=one.text,
        about=list(one.about),
        by=one.by,
        on=one.on,
        source=one.source,
        pain_point=one.pain_point,
    )


def _requirement(use_case: UseCase, one: Requirement) -> RequirementOut:
    history = use_case.history(one)
    return RequirementOut(
        iri=one.iri,
        identifier=one.identifier,
        title=one.title,
        description=one.description,
        version=one.version,
        issued=one.issued,
        priority=one.priority,
        needed_by=list(one.needed_by),
        supplied_by=list(one.supplied_by),
        needed_at=list(one.needed_at),
        purposes=list(one.purposes),
        unit=one.unit,
        resolution=one.resolution,
        maximum_age=one.maximum_age,
        personal=one.personal,
        coverage=[
            CoverageOut(model=each.model, terms=list(each.terms), lacks=sorted(each.lacks), comment=each.comment)
            for each in one.coverage
        ],
        refinements=[
            RefinementOut(
                version=after.version,
                issued=after.issued,
                reason=after.change_note,
                changes=list(changes(before, after)),
                led_by=list(after.led_by),
            )
            for before, after in pairwise(history)
        ],
    )
