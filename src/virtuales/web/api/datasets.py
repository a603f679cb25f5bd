"""Steps 1 and 2 by REST: describe, send files, prepare, publish."""

from dataclasses import asdict
from typing import Annotated

import anyio
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from virtuales.catalogue.drafts import Draft
from virtuales.catalogue.records import BoundingBox, Description, Preparation
from virtuales.policy.compact import policy_to_json
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import TURTLE
from virtuales.trust.scopes import Scope
from virtuales.web.api.publishing import OfferIn, PublishedOut, overlaps_out
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.web.prefixes import PREFIXES
from virtuales.web.uploads import put_aside, refuse_stated_length
from virtuales.workflow import prepare as preparing
from virtuales.workflow.propose import propose_description
from virtuales.workflow.publish import draft_entry, publish

router = APIRouter(prefix="/api/v1/datasets", tags=["Prepare and publish"])

Slug = Annotated[str, Path(description="The dataset's short name.", examples=["vale-132kv"])]


class Area(BaseModel):
    """A box in degrees of longitude and latitude (WGS 84)."""

    west: float
    south: float
    east: float
    north: float


class DescriptionIn(RequestBody):
    """What a steward says of a dataset."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "slug": "vale-132kv",
                "title": "Vale 132 kV network",
                "description": "Base network model of the 132 kV network of the Vale, CGMES 3.0.",
                "licence": "CC-BY-4.0",
                "triage": "shared",
                "sensitivity": "SA",
                "handling_reason": "Shows the location of critical plant.",
                "keywords": ["132 kV", "grid supply point"],
                "spatial": {"west": -2.5, "south": 53.1, "east": -1.9, "north": 53.6},
                "steward": "data@vale.example",
            }
        },
    )

    slug: str = Field(description="Short name in addresses: lower-case words joined by hyphens.")
    title: str
    description: str
    licence: str = Field(description="SPDX identifier of a licence that the node knows.")
    triage: str = Field(description="`open`, `shared` or `closed`.")
    sensitivity: str = Field(description="Sensitivity class: `O`, `SA`, `SB`, `SP` or `C`.")
    handling_reason: str = Field(description="Why the data is handled so.")
    keywords: list[str] = Field([], description="Words that planners would search for.")
    spatial: Area | None = None
    temporal: tuple[str, str] | None = Field(None, description="First and last day, as ISO dates.")
    update_frequency: str | None = Field(None, description="IRI of a Dublin Core frequency.")
    source: str | None = Field(None, description="Where the organisation holds the data.")
    steward: str | None = Field(None, description="E-mail address of the steward.")
    personal_data: bool = Field(False, description="Whether the data says something about living persons.")
    personal_data_reason: str | None = Field(None, description="Why data about people may be open all the same.")
    regulatory_conditions: list[str] = Field([], description="What law or licence conditions ask: texts or IRIs.")
    conforms_to: list[str] = Field([], description="IRIs of the profiles that data other than CIM/XML is judged by.")
    derived_from: list[str] = Field([], description="IRIs of what the data was derived from.")
    source_licences: dict[str, str] = Field(
        {}, description="Licences of those that no catalogue in reach holds, by IRI; `own` of your own data."
    )

    def to_description(self) -> Description:
        """Return the description as the steps use it; the publisher is set from the token."""
        lists = {"keywords", "regulatory_conditions", "conforms_to", "derived_from"}
        fields = self.model_dump(exclude={"spatial", *lists})
        area = BoundingBox(**self.spatial.model_dump()) if self.spatial else None
        fields |= {name: tuple(getattr(self, name)) for name in lists}
        return Description(publisher="", spatial=area, **fields)

    @classmethod
    def from_description(cls, description: Description) -> "DescriptionIn":
        """Return what the steward said, in the form in which it is sent."""
        fields = asdict(description)
        del fields["publisher"]
        return cls(**fields)


class FileOut(BaseModel):
    """A received file."""

    name: str
    media_type: str
    size: int
    sha256: str
    encoding: str | None = Field(description="The character encoding that was stated.")


class ModelOut(BaseModel):
    """A model that was read, typed and judged."""

    name: str
    model: str
    profile: str
    triples: int
    objects: int


class MeasurementOut(BaseModel):
    """A measurement of the quality of what was prepared."""

    metric: str = Field(description="The metric's name in our vocabulary, such as `MandatoryCompleteness`.")
    value: str
    about: str | None = Field(description="IRI of the class that it was measured of; null for the whole.")
    of_property: str | None = Field(description="IRI of the property that was counted.")
    profile: str | None = Field(description="IRI of the profile whose data it is of.")


class PreparationOut(BaseModel):
    """The prepared next version."""

    models: list[ModelOut]
    triples: int
    conforms: bool | None = Field(description="Whether no registered shape is violated; null when none judges it.")
    verdict: str = Field(description="`Conforms` or `NotJudged`.")
    warnings: int
    schemas: list[str] = Field(description="IRIs of the schema versions that it was judged by.")
    remarks: list[str] = Field(description="What to know of those, such as that one is about to be withdrawn.")
    quality: list[MeasurementOut] = Field(description="What was measured: of the whole, of classes, what is missing.")


class ProposalOut(BaseModel):
    """One field that is proposed for the description, and why."""

    field: str = Field(description="The field of the description, or another fact of the dataset.")
    value: object = Field(description="What is proposed.")
    because: str = Field(description="What it rests on.")


class DraftOut(BaseModel):
    """A dataset on its steward's desk."""

    dataset: str
    slug: str
    title: str
    publisher: str
    described: DescriptionIn
    files: list[FileOut]
    preparation: PreparationOut | None


@router.get("", summary="List your organisation's datasets in preparation")
def list_drafts(workspace: WorkspaceHere, asker: KnownAsker) -> list[DraftOut]:
    """List the datasets that your organisation described on this node."""
    organisation = workspace.hosted(asker, Scope.DATA_PUBLISH)
    return [_draft(draft) for draft in workspace.drafts.all(organisation.iri.value)]


@router.post("", status_code=201, summary="Describe a dataset and its handling")
def describe(workspace: WorkspaceHere, asker: KnownAsker, description: DescriptionIn) -> DraftOut:
    """Record what a dataset is, where it is held and how it is to be handled; again to change it."""
    return _draft(preparing.describe(workspace, asker, description.to_description()))


@router.get("/{slug}", summary="Show a dataset in preparation")
def show(workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> DraftOut:
    """Show what was said, received and prepared of a dataset."""
    return _draft(preparing.own_draft(workspace, asker, slug))


@router.put(
    "/{slug}/files/{name}",
    status_code=201,
    summary="Send a file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def send_file(
    request: Request,
    workspace: WorkspaceHere,
    asker: KnownAsker,
    slug: Slug,
    name: str,
    encoding: Annotated[
        str | None,
        Query(description="Character encoding of a table in CSV that is not UTF-8.", examples=["windows-1252"]),
    ] = None,
) -> DraftOut:
    """Send a file's bytes as the request's body: CIM/XML or difference models, a zip, a table, JSON, RDF, a mapping."""
    limit = workspace.limits.upload_bytes
    refuse_stated_length(request, limit)
    await anyio.to_thread.run_sync(lambda: preparing.own_draft(workspace, asker, slug))
    async with put_aside(request, limit) as spool:
        draft = await anyio.to_thread.run_sync(
            lambda: preparing.receive_file(workspace, asker, slug, name=name, source=spool, encoding=encoding)
        )
    return _draft(draft)


@router.delete("/{slug}/files/{name}", summary="Take a file out again")
def remove_file(workspace: WorkspaceHere, asker: KnownAsker, slug: Slug, name: str) -> DraftOut:
    """Take a received file out of the next version."""
    return _draft(preparing.remove_file(workspace, asker, slug, name=name))


@router.post("/{slug}/proposal", summary="Propose a description from the files")
def propose(workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> list[ProposalOut]:
    """Propose title, description, keywords, area, period and more from what was sent; nothing is recorded."""
    return [
        ProposalOut(field=each.field, value=each.value, because=each.because)
        for each in propose_description(workspace, asker, slug)
    ]


@router.post("/{slug}/preparation", summary="Read, type and judge the files")
def prepare(workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> DraftOut:
    """Read the received files and judge them by the registered shapes; violations are answered with the report.

    Difference models are applied first, to models sent with them or to those of the last version; what does not fit is
    answered with every conflict.
    """
    return _draft(preparing.prepare(workspace, asker, slug))


@router.get(
    "/{slug}/preparation/entry",
    summary="The catalogue entry that publishing would make",
    responses={200: {"content": {TURTLE: {}}, "description": "The entry in Turtle."}},
    response_class=Response,
)
def preview(workspace: WorkspaceHere, asker: KnownAsker, slug: Slug) -> Response:
    """Show the DCAT entry of the prepared version, with its quality (DQV) and lineage (PROV); nothing is recorded."""
    triples = [quad.triple for quad in draft_entry(workspace, asker, slug)]
    return Response(serialize_quads(triples, TURTLE, prefixes=PREFIXES), media_type=TURTLE)


@router.post("/{slug}/versions", status_code=201, summary="Publish the prepared version")
def publish_version(workspace: WorkspaceHere, asker: KnownAsker, slug: Slug, offer: OfferIn) -> PublishedOut:
    """Publish what was prepared as the next version, under an offer."""
    published = publish(workspace, asker, slug, offer.to_terms(), view=offer.view.to_json() if offer.view else None)
    return PublishedOut(
        dataset=published.dataset.value,
        version=published.version.value,
        number=published.number,
        offer=policy_to_json(published.offer),
        overlaps=overlaps_out(published.overlaps),
    )


def _draft(draft: Draft) -> DraftOut:
    return DraftOut(
        dataset=draft.dataset.value,
        slug=draft.description.slug,
        title=draft.description.title,
        publisher=draft.description.publisher,
        described=DescriptionIn.from_description(draft.description),
        files=[
            FileOut(
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.digest,
                encoding=file.encoding,
            )
            for file in draft.files
        ],
        preparation=_preparation(draft.preparation) if draft.preparation else None,
    )


def _preparation(preparation: Preparation) -> PreparationOut:
    models = [
        ModelOut(
            name=model.name,
            model=model.model,
            profile=model.keyword,
            triples=model.triples,
            objects=sum(model.classes.values()),
        )
        for model in preparation.models
    ]
    verdict = preparation.verdict
    return PreparationOut(
        models=models,
        triples=preparation.triples,
        conforms=verdict.conforms if verdict.judged else None,
        verdict="Conforms" if verdict.judged else "NotJudged",
        warnings=verdict.warnings,
        schemas=list(verdict.schemas),
        remarks=list(verdict.remarks),
        quality=[
            MeasurementOut(
                metric=each.metric,
                value=each.value,
                about=each.about,
                of_property=each.of_property,
                profile=each.profile,
            )
            for each in preparation.quality
        ],
    )
