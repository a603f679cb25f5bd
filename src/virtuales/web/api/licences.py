"""Licences by REST: which are known, what they ask, and what data made of several sources may carry."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, TypeAdapter

from virtuales.errors import NotAcceptable, NotFound
from virtuales.policy.licences.composition import Outcome, Source, compose
from virtuales.policy.licences.reading import licence_statements
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import TURTLE, negotiate
from virtuales.resources import contributed
from virtuales.web.conditional import tagged, tagged_json
from virtuales.web.dependencies import NodeHere, WorkspaceHere
from virtuales.web.prefixes import PREFIXES

router = APIRouter(prefix="/api/v1/licences", tags=["Licences"])

_JSON = "application/json"
_MOST = 200


class LicenceOut(BaseModel):
    """A licence, in the terms of Creative Commons."""

    iri: str
    identifier: str = Field(description="Its SPDX identifier, or a `LicenseRef-` where SPDX has none.")
    title: str
    legal_code: str | None = Field(description="Where its text is.")
    open: bool = Field(description="Whether anybody may use data under it for anything.")
    permits: list[str]
    prohibits: list[str]
    requires: list[str]
    compatible: list[str] = Field(description="Other licences that what is made of the data may carry.")
    does_not_cover: list[str]
    note: str


class ReasonOut(BaseModel):
    """A reason, or a condition."""

    code: str
    message: str
    rule: str | None = Field(None, description="IRI of the licence that says so.")
    constraint: str | None = Field(None, description="IRI of the constraint that says so.")
    value: str | None = Field(None, description="The licence of the result that would not do, or what was judged.")
    remedy: str | None = None


class CompositionOut(BaseModel):
    """What may be done with data made of several sources."""

    outcome: Outcome
    reasons: list[ReasonOut] = Field(description="Why; of `allowed if`, the conditions.")
    may_carry: list[str] = Field(description="Identifiers of the licences that the result may carry.")


_LICENCES = TypeAdapter(list[LicenceOut])


@router.get("", summary="List the known licences", response_model=list[LicenceOut])
def list_licences(request: Request, workspace: WorkspaceHere) -> Response:
    """List the licences that a dataset can be published under, or derived from."""
    found = [LicenceOut.model_validate(one.to_json()) for one in workspace.licences]
    return tagged_json(request, _LICENCES.dump_json(found))


@router.get("/composition", summary="Compose the licences of sources", response_model_exclude_none=True)
def compose_licences(
    workspace: WorkspaceHere,
    source: Annotated[
        list[str], Query(description="The licence of a source; repeat it for more.", min_length=1, max_length=_MOST)
    ],
    result: Annotated[str | None, Query(description="The licence that the result is to carry; else any.")] = None,
    unmodified: Annotated[bool, Query(description="Whether the sources are passed on as they are.")] = False,
) -> CompositionOut:
    """Tell whether what is made of sources may be published, why, and which licences it may carry.

    Licences are named by their SPDX identifier, title or address.
    """
    known = workspace.licences
    composed = compose(
        [Source(known.get(name)) for name in source],
        known,
        result=known.get(result) if result else None,
        unmodified=unmodified,
    )
    return CompositionOut.model_validate(composed.to_json())


@router.get(
    "/{identifier}",
    summary="Show a licence",
    response_model=LicenceOut,
    responses={200: {"content": {TURTLE: {}}}},
)
def show_licence(
    request: Request,
    node: NodeHere,
    identifier: Annotated[str, Path(description="Its identifier.", examples=["OGL-UK-3.0"])],
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Show what a licence permits, prohibits and requires; by `Accept` as an ODRL policy in Turtle."""
    licence = node.workspace.licences.find(identifier)
    if licence is None:
        raise NotFound("There is no such licence.", where=identifier, remedy=f"List them at {router.prefix}.")
    chosen = negotiate(accept, [_JSON, TURTLE])
    if chosen is None:
        raise NotAcceptable("No acceptable form.", where=accept, remedy=f"Accept {_JSON} or {TURTLE}.")
    if chosen == TURTLE:
        files = (contributed("ontology") / "licences.ttl", *node.settings.licence_files)
        stated = [quad for file in files for quad in licence_statements(file, licence)]
        return tagged(request, serialize_quads((quad.triple for quad in stated), TURTLE, prefixes=PREFIXES), TURTLE)
    return tagged(request, LicenceOut.model_validate(licence.to_json()).model_dump_json().encode(), _JSON)
