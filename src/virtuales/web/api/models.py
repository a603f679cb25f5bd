"""The models by REST: which there are, the search for terms, and all that is said of one."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from virtuales.catalogue.term_use import DatasetUse
from virtuales.errors import NotAcceptable
from virtuales.models.comparison_report import ReportFormat, write_comparison
from virtuales.models.registry import ModelVersion
from virtuales.models.term_index import MAX_LIMIT, MAX_TEXT, TermQuestion
from virtuales.models.term_sheet import Branch, Named, Row, TermSheet
from virtuales.models.terms import Term, TermKind
from virtuales.rdf.media import negotiate
from virtuales.web.cursors import Cursors
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.workflow import terms
from virtuales.workflow.model_graphs import version_iri
from virtuales.workflow.term_mappings import TermMapping, mappings_of
from virtuales.workflow.workspace import Workspace

router = APIRouter(prefix="/api/v1", tags=["Models"])

JSON, CSV, MARKDOWN = "application/json", "text/csv", "text/markdown"
COMPARISON_FORMATS: Mapping[str, ReportFormat] = {JSON: "json", CSV: "csv", MARKDOWN: "markdown"}
"""In which form a comparison is answered, by media type."""

Reference = Annotated[str, Path(description="A model's name, or `NAME@VERSION`.", examples=["cgmes-3.0"])]
Text = Annotated[str, Query(max_length=MAX_TEXT, description="Words that all have to be found.", examples=["busbar"])]
InModel = Annotated[str | None, Query(description="A model's name, or `NAME@VERSION`; by default all in use.")]


class ModelOut(BaseModel):
    """A version of a model."""

    iri: str
    name: str
    version: str
    title: str
    in_use: bool = Field(description="Whether the bare name means this version.")
    source: str
    licence: str
    profiles: list[str] = Field(description="IRIs by which a CIM model's header names the profiles.")
    graph: str = Field(description="The named graph with its statements, at `/sparql/catalogue`.")


class TermOut(BaseModel):
    """A term as one version of a model describes it."""

    iri: str
    name: str
    label: str
    kind: TermKind
    model: str = Field(description="The version, as `NAME@VERSION`.")
    unit: str
    datatype: str
    value_type: str
    profiles: list[str]
    found_by: list[str] = Field(description="Other names, and words of other models that lead to it.")
    definition: str
    deprecated: bool
    page: str = Field(description="This node's page about it, which is Turtle or JSON-LD too.")


class TermsOut(BaseModel):
    """A page of terms, the best first."""

    total: int
    terms: list[TermOut]
    next: str | None


class SuggestionOut(BaseModel):
    """A name that begins as typed."""

    text: str
    kind: TermKind
    models: list[str] = Field(description="The versions that have a term of that name.")


class NamedOut(BaseModel):
    """A term that another one speaks of."""

    iri: str
    name: str
    label: str = Field(default="", description="What it is called, where its name is a mere number.")


class RestrictionOut(BaseModel):
    """What a class says of a property of its objects."""

    on: NamedOut
    words: str = Field(description="How: `some`, `only`, `the value`, `at least 1`, `at most 1`, `exactly 1`.")
    filler: NamedOut | None = Field(description="What the values are, or the value.")


class BranchOut(BaseModel):
    """A term in a hierarchy, with what is below it."""

    iri: str
    name: str
    further: int = Field(description="How many terms are below it that are not listed.")
    below: list["BranchOut"]


class PropertyOut(BaseModel):
    """A property of a class."""

    iri: str
    name: str
    label: str
    values: list[NamedOut]
    datatype: str
    unit: str
    multiplicities: dict[str, str] = Field(description="How often it occurs, by profile.")
    stated: bool = Field(description="Whether data states it; false for the other end of an association.")
    deprecated: bool


class GroupOut(BaseModel):
    """The properties of one class."""

    owner: NamedOut
    properties: list[PropertyOut]


class MappingOut(BaseModel):
    """What a mapping set says of the term."""

    registered_as: str = Field(description="The name its set is registered under, at `/api/v1/mappings/…`.")
    mapping_set: str
    title: str
    subject: str = Field(description="The term itself, unless the mapping cannot be turned round.")
    predicate: str
    object: str
    negated: bool = Field(description="Whether it says that the relation does not hold.")
    unmapped: bool = Field(description="Whether it says that there is no counterpart.")
    turned: bool = Field(description="Whether the set has it the other way round.")
    justification: str
    confidence: float | None
    authors: list[str]
    reviewers: list[str]
    comment: str


class UseOut(BaseModel):
    """How the data of a dataset's current version uses the term."""

    dataset: str
    title: str
    publisher: str
    total: int = Field(description="Objects of the class and those below it, or statements with the property.")
    counts: dict[str, int] = Field(description="The same by term.")


class SheetOut(BaseModel):
    """All that a version of a model says of a term."""

    term: TermOut
    hierarchy: list[BranchOut]
    concrete: list[str] = Field(description="Profiles in which an object may have it as its class.")
    properties: list[GroupOut] = Field(description="Its own properties, then those of each class above it.")
    pointing: list[PropertyOut] = Field(description="Properties whose values are its objects.")
    members: list[NamedOut]
    types: list[NamedOut]
    domains: list[NamedOut]
    ranges: list[NamedOut]
    multiplicities: dict[str, str]
    inverse: NamedOut | None
    matches: list[NamedOut]
    restrictions: list[RestrictionOut]
    mappings: list[MappingOut]
    uses: list[UseOut] = Field(description="Datasets that use it, as far as you may know of them.")


@router.get("/models", summary="List the models")
def list_models(workspace: WorkspaceHere) -> list[ModelOut]:
    """List the versions of every model that this node knows."""
    return [_version(workspace, each) for each in workspace.models.versions()]


@router.get("/models/{reference}", summary="Show a model")
def show_model(workspace: WorkspaceHere, reference: Reference) -> ModelOut:
    """Show what is said of a version of a model."""
    return _version(workspace, terms.get_version(workspace, reference))


@router.get(
    "/models/{reference}/changes",
    summary="Compare two models",
    response_model=None,
    responses={
        200: {
            "description": "What changed.",
            "content": {JSON: {"schema": {"type": "object"}}, CSV: {}, MARKDOWN: {}},
        },
        406: {"description": "None of the media types that you accept can be answered."},
    },
)
def changes(
    workspace: WorkspaceHere,
    reference: Reference,
    since: Annotated[str, Query(description="The earlier model: its name, or `NAME@VERSION`.")],
    profile: Annotated[str | None, Query(description="Look at one profile alone, by its short name.")] = None,
    accept: Annotated[str | None, Header()] = None,
) -> Response:
    """Tell what changed since another model or version: added, removed, renamed, moved, retyped, in other profiles."""
    media_type = negotiate(accept, list(COMPARISON_FORMATS))
    if media_type is None:
        raise NotAcceptable(
            "No acceptable form of the answer.", where=accept, remedy="Accept one of: " + ", ".join(COMPARISON_FORMATS)
        )
    found = terms.compare_versions(workspace, since, reference, profile=profile)
    body = write_comparison(found, COMPARISON_FORMATS[media_type])
    return Response(body, media_type=media_type, headers={"Vary": "Accept"})


@router.get("/models/{reference}/terms/{term:path}", summary="Show a term")
def show_term(
    workspace: WorkspaceHere,
    asker: Asker,
    reference: Reference,
    term: Annotated[str, Path(description="Its IRI, prefixed name or local name.", examples=["cim:ACLineSegment"])],
) -> SheetOut:
    """Show all that a version of a model says of a term, its mappings, and where data in the catalogue uses it."""
    sheet = terms.get_sheet(workspace, reference, term)
    return _sheet(workspace, sheet, terms.uses_of(workspace, asker, sheet.term))


@router.get("/terms", summary="Search terms")
def search(
    workspace: WorkspaceHere,
    q: Text = "",
    model: InModel = None,
    kind: Annotated[TermKind | None, Query(description="What the term has to be.")] = None,
    unit: Annotated[str | None, Query(description="Symbol of the unit, such as `MW` or `W`.")] = None,
    datatype: Annotated[str | None, Query(description="XML Schema datatype of the values, such as `float`.")] = None,
    profile: Annotated[
        str | None, Query(description="Short name of a profile that has the term, such as `EQ`.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 20,
    after: Annotated[str | None, Query(description="`next` of the page before.")] = None,
) -> TermsOut:
    """Find terms by name, other names, unit, type of value and definition; small slips of spelling are forgiven."""
    cursors = Cursors(workspace.key, ("terms", q, model, kind, unit, datatype, profile))
    place = cursors.opened(after)
    question = TermQuestion(q, kind=kind, unit=unit, datatype=datatype, profile=profile, limit=limit, after=place)
    page = terms.find_terms(workspace, question, model=model)
    found = [_term(workspace, each) for each in page.terms]
    return TermsOut(total=page.total, terms=found, next=cursors.sealed(page.next))


@router.get("/terms/complete", summary="Complete a term's name")
def complete(
    workspace: WorkspaceHere,
    q: Text,
    model: InModel = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 10,
) -> list[SuggestionOut]:
    """Suggest names while somebody types, the likeliest first."""
    found = terms.complete_term(workspace, q, model=model, limit=limit)
    return [SuggestionOut(text=each.text, kind=each.kind, models=list(each.references)) for each in found]


def _version(workspace: Workspace, version: ModelVersion) -> ModelOut:
    return ModelOut(
        iri=version_iri(workspace, version).value,
        name=version.name,
        version=version.version,
        title=version.title,
        in_use=version.in_use,
        source=version.source,
        licence=version.licence,
        profiles=sorted(version.profiles),
        graph=workspace.addresses.ontology_graph(version.name, version.version).value,
    )


def _term(workspace: Workspace, term: Term) -> TermOut:
    return TermOut(
        iri=term.iri,
        name=term.name,
        label=term.label,
        kind=term.kind,
        model=term.reference,
        unit=term.unit,
        datatype=term.datatype,
        value_type=term.value_type,
        profiles=sorted(term.profiles),
        found_by=list(workspace.models.terms().called(term)),
        definition=term.definition,
        deprecated=term.deprecated,
        page=terms.term_address(workspace, term).value,
    )


def _sheet(workspace: Workspace, sheet: TermSheet, uses: list[DatasetUse]) -> SheetOut:
    return SheetOut(
        term=_term(workspace, sheet.term),
        hierarchy=[_branch(each) for each in sheet.hierarchy],
        concrete=list(sheet.concrete),
        properties=[
            GroupOut(owner=_named(each.owner), properties=[_property(row) for row in each.rows])
            for each in sheet.properties
        ],
        pointing=[_property(row) for row in sheet.pointing],
        members=[_named(each) for each in sheet.members],
        types=[_named(each) for each in sheet.types],
        domains=[_named(each) for each in sheet.domains],
        ranges=[_named(each) for each in sheet.ranges],
        multiplicities={keyword: str(often) for keyword, often in sheet.multiplicities.items()},
        inverse=_named(sheet.inverse) if sheet.inverse else None,
        matches=[_named(each) for each in sheet.matches],
        restrictions=[
            RestrictionOut(on=_named(each.on), words=each.words, filler=_named(each.filler) if each.filler else None)
            for each in sheet.restrictions
        ],
        mappings=[mapping_out(each) for each in mappings_of(workspace, sheet.term.iri)],
        uses=[_use(each) for each in uses],
    )


def mapping_out(one: TermMapping) -> MappingOut:
    """Describe a mapping of a term."""
    return MappingOut(
        registered_as=one.name,
        mapping_set=one.mapping_set.mapping_set_id,
        title=one.title,
        subject=one.seen.subject_key,
        predicate=one.seen.predicate_id,
        object=one.seen.object_key,
        negated=one.seen.negated,
        unmapped=one.seen.unmapped,
        turned=one.is_turned,
        justification=one.mapping.mapping_justification,
        confidence=one.mapping.confidence,
        authors=[iri or name for iri, name in one.authors],
        reviewers=[iri or name for iri, name in one.reviewers],
        comment=one.mapping.comment,
    )


def _use(use: DatasetUse) -> UseOut:
    return UseOut(
        dataset=use.dataset, title=use.title, publisher=use.publisher, total=use.total, counts=dict(use.counts)
    )


def _named(term: Named) -> NamedOut:
    return NamedOut(iri=term.iri, name=term.name, label=term.label)


def _branch(branch: Branch) -> BranchOut:
    below = [_branch(each) for each in branch.below]
    return BranchOut(iri=branch.term.iri, name=branch.term.name, further=branch.further, below=below)


def _property(row: Row) -> PropertyOut:
    return PropertyOut(
        iri=row.term.iri,
        name=row.term.name,
        label=row.label,
        values=[_named(each) for each in row.values],
        datatype=row.datatype,
        unit=row.unit,
        multiplicities={keyword: str(often) for keyword, often in row.multiplicities.items()},
        stated=row.stated,
        deprecated=row.deprecated,
    )
