"""The registry of mappings by REST: which there are, what they hold, their history, and what is decided of them."""

import hashlib
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field, TypeAdapter

from virtuales.alignment.impact.writing import WRITERS, ImpactFormat
from virtuales.alignment.registered.version import MappingKind, MappingMove, MappingStatus, MappingVersion
from virtuales.errors import NotAcceptable
from virtuales.exchange.mapping_documents import DeedDocument, MappingDocument
from virtuales.rdf.media import negotiate
from virtuales.rdf.terms import parse_iri
from virtuales.web.api.models import MappingOut, mapping_out
from virtuales.web.bodies import RequestBody
from virtuales.web.conditional import is_kept, tagged_json
from virtuales.web.dependencies import Asker, KnownAsker, WorkspaceHere
from virtuales.workflow import govern_mappings, known_mappings
from virtuales.workflow.contributed_mappings import Contribution
from virtuales.workflow.mapping_forms import FORMS_OF_SETS, QUERY, write_file
from virtuales.workflow.mapping_impact import impact_of
from virtuales.workflow.term_mappings import mappings_of
from virtuales.workflow.workspace import Workspace

router = APIRouter(prefix="/api/v1/mappings", tags=["Mappings"])

Identifier = Annotated[
    str, Path(description="What the mappings are called.", examples=["cgmes-2.4.15--cgmes-3.0", "sensitivity-triage"])
]
Version = Annotated[str, Path(description="The version.", examples=["1.0.0"])]
IMPACT_FORMATS: Mapping[str, ImpactFormat] = {
    "application/json": "json",
    "text/markdown": "markdown",
    "text/html": "html",
    "text/plain": "text",
}
"""In which form an impact is answered, by media type."""
_DOCUMENTS = TypeAdapter(list[MappingDocument])
_FOUND = TypeAdapter(list[MappingOut])
_HISTORY = TypeAdapter(list[DeedDocument])
_KEPT: dict[int | str, dict[str, object]] = {304: {"description": "The answer is the one that the client has."}}


class ContributionIn(RequestBody):
    """A new version of a mapping set, a rule or a lifting mapping; what the file says itself can be left out."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "file": "cgmes-3.0--our-grid.sssom.tsv",
                "content": "#mapping_set_id: https://our-grid.example/mappings/cgmes-3.0\n…",
                "version": "1.0.0",
                "source": "Written by the network modelling group.",
                "comment": "The terms of the connection register.",
            }
        },
    )

    file: str = Field(description="The file's name: `.sssom.tsv`, `.ttl`, `.json` …, `.rq` or `.rml.ttl`.")
    content: str = Field(description="The file, which is kept and given back unchanged.")
    identifier: str = Field(default="", description="What to call it; by default what the file's name says.")
    version: str = Field(default="", description="The version; by default what a set says of itself.")
    title: str = Field(default="", description="A name for people; by default the file's own.")
    licence: str = Field(default="", description="IRI or name of its licence; by default what a set says of itself.")
    source: str = Field(description="Where it comes from.")
    comment: str = Field(default="", description="What those who review it should know.")


class DecisionIn(RequestBody):
    """What is to be done with a version."""

    move: MappingMove
    comment: str = Field(default="", description="Why; needed to reject and to withdraw.")


@router.get("", summary="List the mappings", response_model=list[MappingDocument], responses=_KEPT)
def list_mappings(
    request: Request,
    workspace: WorkspaceHere,
    status: Annotated[MappingStatus | None, Query()] = None,
    kind: Annotated[MappingKind | None, Query()] = None,
    model: Annotated[str | None, Query(description="Relating this model: its IRI, or for rules its name.")] = None,
) -> Response:
    """List what ships and every registered version that this node knows of; `ETag` is the SHA-256 of the answer."""
    found = [
        one
        for one in known_mappings.all_versions(workspace)
        if (status is None or one.status is status)
        and (kind is None or one.kind is kind)
        and (model is None or model in {one.source_model, one.target_model})
    ]
    return _listed(request, workspace, found)


@router.get("/of-term", summary="Find the mappings of a term", response_model=list[MappingOut], responses=_KEPT)
def of_term(
    request: Request,
    workspace: WorkspaceHere,
    iri: Annotated[str, Query(description="The term.", examples=["http://iec.ch/TC57/CIM100#ACLineSegment"])],
) -> Response:
    """Give all mappings of a term over all sets in use, the positive ones first; `ETag` is the answer's SHA-256."""
    term = parse_iri(iri, where="iri").value
    return tagged_json(request, _FOUND.dump_json([mapping_out(one) for one in mappings_of(workspace, term)]))


@router.post("", status_code=201, summary="Contribute a new version")
def contribute(workspace: WorkspaceHere, asker: KnownAsker, sent: ContributionIn) -> MappingDocument:
    """Register a version and check it; with errors it is kept with its findings, and cannot be approved."""
    fields = sent.model_dump(exclude={"file", "content"})
    contribution = Contribution(file_name=sent.file, content=sent.content.encode(), **fields)
    return _document(workspace, govern_mappings.contribute(workspace, asker, contribution))


@router.get(
    "/{identifier:path}/versions", summary="List the versions", response_model=list[MappingDocument], responses=_KEPT
)
def versions(request: Request, workspace: WorkspaceHere, identifier: Identifier) -> Response:
    """List all versions of some mappings, the oldest first; `ETag` is the SHA-256 of the answer."""
    return _listed(request, workspace, known_mappings.versions_of(workspace, identifier))


@router.get("/{identifier:path}/versions/{version}", summary="Show a version")
def show(workspace: WorkspaceHere, identifier: Identifier, version: Version) -> MappingDocument:
    """Show all that is said of a version."""
    return _document(workspace, known_mappings.get_version(workspace, identifier, version))


@router.get(
    "/{identifier:path}/versions/{version}/history",
    summary="Show what was done with a version",
    response_model=list[DeedDocument],
    responses=_KEPT,
)
def history(request: Request, workspace: WorkspaceHere, identifier: Identifier, version: Version) -> Response:
    """Give every deed, the oldest first: what, by whom, when and why; `ETag` is the SHA-256 of the answer."""
    found = known_mappings.get_version(workspace, identifier, version)
    return tagged_json(request, _HISTORY.dump_json([DeedDocument.of(one) for one in found.deeds]))


@router.get(
    "/{identifier:path}/versions/{version}/content",
    summary="The file of a version",
    responses={
        200: {"content": {one: {} for one in (*FORMS_OF_SETS, QUERY)}, "description": "The file."},
        406: {"description": "It is not given in any form that you accept."},
        **_KEPT,
    },
    response_class=Response,
)
def content(
    request: Request,
    workspace: WorkspaceHere,
    identifier: Identifier,
    version: Version,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Give the file unchanged, or a set as SSSOM/TSV, Turtle, JSON or JSON-LD; `ETag` is the SHA-256 of the answer."""
    found = known_mappings.get_version(workspace, identifier, version)
    written = write_file(found, known_mappings.content_of(workspace, found), accept=accept)
    tag = f'"{hashlib.sha256(written.body).hexdigest()}"'
    headers = {"ETag": tag, "Vary": "Accept", "X-Content-Type-Options": "nosniff"}
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if written.is_original else "public, no-cache"
    if is_kept(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(written.body, media_type=written.media_type, headers=headers)


@router.get(
    "/{identifier:path}/versions/{version}/findings",
    summary="What the last check found",
    response_model=None,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}, "description": "The findings."}},
)
def findings(request: Request, workspace: WorkspaceHere, identifier: Identifier, version: Version) -> Response:
    """Give the findings of the last check, each with line, reason, suggestion and code; `ETag` is their SHA-256."""
    found = known_mappings.get_version(workspace, identifier, version)
    return tagged_json(request, workspace.mappings_in_use.contents.findings(found))


@router.get(
    "/{identifier:path}/versions/{version}/impact",
    summary="What a version changes",
    response_model=None,
    responses={
        200: {
            "content": {
                one: {"schema": {"type": "object"}} if one == "application/json" else {} for one in IMPACT_FORMATS
            },
            "description": "Translations, saved queries, datasets and gap reports that change with it.",
        },
        406: {"description": "It is not given in any form that you accept."},
    },
)
def impact(
    workspace: WorkspaceHere,
    asker: Asker,
    identifier: Identifier,
    version: Version,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Compare the mappings in use with the version and without it: what would change, or has changed, by it."""
    media_type = negotiate(accept, list(IMPACT_FORMATS))
    if media_type is None:
        raise NotAcceptable(
            "No acceptable form of the answer.",
            where=accept,
            remedy="Accept one of: " + ", ".join(IMPACT_FORMATS) + ".",
        )
    found = impact_of(workspace, asker, known_mappings.get_version(workspace, identifier, version))
    headers = {"Vary": "Accept, Authorization", "Cache-Control": "private, no-cache"}
    return Response(WRITERS[IMPACT_FORMATS[media_type]](found), media_type=media_type, headers=headers)


@router.post("/{identifier:path}/versions/{version}/decisions", summary="Check, review, approve, publish or withdraw")
def decide(
    workspace: WorkspaceHere, asker: KnownAsker, identifier: Identifier, version: Version, decision: DecisionIn
) -> MappingDocument:
    """Take a version a step further, or end its use; who did so, when and why is kept for everybody to read."""
    move, comment = decision.move, decision.comment
    after = govern_mappings.decide(workspace, asker, identifier, version, move=move, comment=comment)
    return _document(workspace, after)


def _document(workspace: Workspace, version: MappingVersion) -> MappingDocument:
    return MappingDocument.of(version, workspace.addresses.base)


def _listed(request: Request, workspace: Workspace, found: list[MappingVersion]) -> Response:
    return tagged_json(request, _DOCUMENTS.dump_json([_document(workspace, one) for one in found]))
