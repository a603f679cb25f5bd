"""The schema registry by REST: which schemas there are, what they hold, and what the orchestrator's staff decides."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from virtuales.assurance.in_force import choose
from virtuales.assurance.schema import SchemaKind, SchemaMove, SchemaStatus, SchemaVersion
from virtuales.assurance.shapes import Fault
from virtuales.errors import InputError, NotFound
from virtuales.exchange.schema_documents import SchemaDocument
from virtuales.rdf.media import TURTLE
from virtuales.web.bodies import RequestBody
from virtuales.web.conditional import is_kept, tagged_json
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import govern_schemas
from virtuales.workflow.govern_models import register_model
from virtuales.workflow.govern_schemas import Proposal
from virtuales.workflow.workspace import Workspace

router = APIRouter(prefix="/api/v1/schemas", tags=["Schema registry"])

Identifier = Annotated[str, Path(description="What the schema is called.", examples=["cgmes-3.0/EQ"])]
_DOCUMENTS = TypeAdapter(list[SchemaDocument])
Version = Annotated[str, Path(description="The version.", examples=["3.0.0"])]


class FaultOut(BaseModel):
    """A part of a shapes graph that is itself in error, and is left out when it judges."""

    shape: str
    what: str
    where: str


class RegisteredOut(BaseModel):
    """A version just registered."""

    registered: SchemaDocument
    faults: list[FaultOut]
    further: list[SchemaDocument] = Field(description="A model's profiles, and shapes made from it.")


class LineOut(BaseModel):
    """Versions of which data has to keep one, the newest first."""

    any_of: list[SchemaDocument]


class InForceOut(BaseModel):
    """What judges data of some profiles now."""

    lines: list[LineOut] = Field(description="Data has to keep a version of each.")
    remarks: list[str]


class ProposalIn(RequestBody):
    """A new version of a shapes graph or of a model."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "identifier": "cgmes-3.0/our-rules",
                "version": "1.0.0",
                "title": "Rules of the network modelling group",
                "profiles": ["http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"],
                "licence": "https://creativecommons.org/licenses/by/4.0/",
                "source": "Written by the network modelling group.",
                "content": "@prefix sh: <http://www.w3.org/ns/shacl#> . …",
            }
        },
    )

    kind: Literal[SchemaKind.SHAPES, SchemaKind.MODEL] = Field(default=SchemaKind.SHAPES, description="What it is.")
    identifier: str
    version: str
    title: str
    profiles: list[str] = Field(
        default=[], description="IRIs of the profile versions whose data shapes judge; a model describes its own."
    )
    licence: str = Field(description="IRI or name of its licence.")
    source: str = Field(description="Where it comes from.")
    content: str = Field(
        description="The shapes graph as Turtle; or the model: RDF Schema profiles, OWL, SKOS, or imported facts."
    )
    with_shapes: bool = Field(
        default=False, description="Whether drafts of the shapes that a model's multiplicities make are registered too."
    )
    replaces: list[str] = Field(default=[], description="IRIs of registered versions that it takes the place of.")
    required_from: datetime | None = Field(default=None, description="When those no longer do, with a time zone.")


class MoveIn(RequestBody):
    """A decision about a version."""

    move: SchemaMove
    reason: str


class RequiredFromIn(RequestBody):
    """From when on a version is required."""

    required_from: datetime | None = Field(description="With a time zone; null takes the date back.")
    reason: str


@router.get(
    "",
    summary="List the schemas",
    response_model=list[SchemaDocument],
    responses={304: {"description": "The list is the one that the client has."}},
)
def list_schemas(
    request: Request,
    workspace: WorkspaceHere,
    profile: Annotated[str | None, Query(description="IRI of a profile version.")] = None,
    status: Annotated[SchemaStatus | None, Query()] = None,
    kind: Annotated[SchemaKind | None, Query()] = None,
    identifier: Annotated[str | None, Query(description="What the schema is called.")] = None,
) -> Response:
    """List the versions that this node knows of: all at the orchestrator, the announced ones elsewhere.

    `ETag` is the SHA-256 of the answer, so that a client that keeps it can ask whether it still holds.
    """
    found = [
        _schema(workspace, one)
        for one in workspace.schemas.all()
        if (profile is None or profile in one.profiles)
        and (status is None or one.status is status)
        and (kind is None or one.kind is kind)
        and (identifier is None or one.identifier == identifier)
    ]
    return tagged_json(request, _DOCUMENTS.dump_json(found))


@router.get(
    "/in-force",
    summary="What judges data of some profiles now",
    response_model=InForceOut,
    responses={304: {"description": "The answer is the one that the client has."}},
)
def in_force(
    request: Request,
    workspace: WorkspaceHere,
    profile: Annotated[list[str], Query(description="IRIs of the profile versions that a model's header names.")],
) -> Response:
    """Tell which versions of the shapes judge a model of these profiles now; `ETag` is the SHA-256 of the answer."""
    choice = choose(workspace.schemas.all(), profile, workspace.clock.now())
    lines = [LineOut(any_of=[_schema(workspace, one) for one in line]) for line in choice.lines]
    return tagged_json(request, InForceOut(lines=lines, remarks=list(choice.remarks)).model_dump_json().encode())


@router.post("", status_code=201, summary="Register a new version of a shapes graph or of a model")
def register(workspace: WorkspaceHere, asker: KnownAsker, proposal: ProposalIn) -> RegisteredOut:
    """Register a draft; what is in error within a shapes graph is listed and will be left out."""
    fields = proposal.model_dump(exclude={"kind", "with_shapes"})
    fields |= {"content": proposal.content.encode(errors="replace")}
    fields |= {"profiles": tuple(proposal.profiles), "replaces": tuple(proposal.replaces)}
    if proposal.kind is SchemaKind.MODEL:
        registered = register_model(workspace, asker, Proposal(**fields), with_shapes=proposal.with_shapes)
    elif proposal.with_shapes:
        raise InputError("Shapes are made from models alone.", where="with_shapes", remedy="Leave it out.")
    else:
        registered = govern_schemas.register(workspace, asker, Proposal(**fields))
    return RegisteredOut(
        registered=_schema(workspace, registered.version),
        faults=[_fault(one) for one in registered.faults],
        further=[_schema(workspace, one) for one in registered.further],
    )


@router.get(
    "/{identifier:path}/{version}/content",
    summary="The content of a version",
    responses={200: {"content": {TURTLE: {}}, "description": "The schema in Turtle."}, 304: {"description": "Kept."}},
    response_class=Response,
)
def content(
    request: Request,
    workspace: WorkspaceHere,
    identifier: Identifier,
    version: Version,
) -> Response:
    """Give the bytes of a version, which never change; `ETag` is their SHA-256."""
    found = workspace.schemas.get(identifier, version)
    if found.content is None:
        raise NotFound(
            "This schema has no content of its own.", where=found.name, remedy="See the model it belongs to."
        )
    tag = f'"{found.content.digest}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    if is_kept(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(workspace.library.contents.read(found), media_type=TURTLE, headers=headers)


@router.get("/{identifier:path}/{version}", summary="Show a version")
def show(workspace: WorkspaceHere, identifier: Identifier, version: Version) -> SchemaDocument:
    """Show all that is said of a version of a schema."""
    return _schema(workspace, workspace.schemas.get(identifier, version))


@router.post("/{identifier:path}/{version}/decisions", summary="Approve, deprecate or withdraw")
def decide(
    workspace: WorkspaceHere, asker: KnownAsker, identifier: Identifier, version: Version, decision: MoveIn
) -> SchemaDocument:
    """Decide about a version, with a reason that everybody can read."""
    after = govern_schemas.decide(workspace, asker, identifier, version, move=decision.move, reason=decision.reason)
    return _schema(workspace, after)


@router.put("/{identifier:path}/{version}/required-from", summary="Say from when on a version is required")
def require_from(
    workspace: WorkspaceHere, asker: KnownAsker, identifier: Identifier, version: Version, date: RequiredFromIn
) -> SchemaDocument:
    """Say from when on a version is required in the place of what it replaces."""
    after = govern_schemas.require_from(
        workspace, asker, identifier, version, date=date.required_from, reason=date.reason
    )
    return _schema(workspace, after)


def _schema(workspace: Workspace, version: SchemaVersion) -> SchemaDocument:
    return SchemaDocument.of(version, workspace.orchestrator)


def _fault(fault: Fault) -> FaultOut:
    return FaultOut(shape=fault.shape, what=fault.what, where=fault.where)
