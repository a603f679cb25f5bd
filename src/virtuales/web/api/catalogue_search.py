"""Step 3 by REST: search the catalogue."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from virtuales.catalogue.index.answers import SHOWN_VALUES, Found, Hit
from virtuales.catalogue.index.question import MAX_LIMIT, MAX_TEXT
from virtuales.web.cursors import Cursors
from virtuales.web.dependencies import Asker, WorkspaceHere
from virtuales.web.searching import SearchParameters
from virtuales.workflow import search as searching

router = APIRouter(prefix="/api/v1/catalogue", tags=["Search and find"])
_MOST_VALUES = 1_000

FacetName = Literal[
    "publisher", "licence", "sensitivity", "access", "schema", "profile", "verdict", "format", "frequency", "class",
    "property", "keyword",
]  # fmt: skip


class ListParameters(SearchParameters):
    """What is looked for, and how much of the answer is wanted."""

    limit: int = Field(20, ge=1, le=MAX_LIMIT)
    after: str | None = Field(None, description="`next` of the page before.")
    facets: list[FacetName] = Field(
        default_factory=list,
        description="Facets to count the datasets by, each with everything that was chosen but of that facet itself.",
    )
    values: int = Field(SHOWN_VALUES, ge=1, le=_MOST_VALUES, description="The most values to count of a facet.")


class ReasonOut(BaseModel):
    """Why a dataset was found that does not have a word itself."""

    typed: str = Field(description="The word.")
    name: str = Field(description="What it leads to.")
    iri: str = Field(description="That term, or that organisation.")
    through: list[str] = Field(description="Names of what lies on the way.")


class SummaryOut(BaseModel):
    """A dataset in a list."""

    iri: str
    title: str
    description: str
    publisher: str
    licence: str
    sensitivity: str
    version: str
    issued: str
    keywords: list[str]
    found_by: list[ReasonOut] = Field(description="Why it was found, where it does not have the words themselves.")


class FacetValueOut(BaseModel):
    """A value of a facet, and how many datasets have it."""

    value: str
    count: int


class PageOut(BaseModel):
    """A page of datasets."""

    total: int
    partial: bool = Field(description="Whether no dataset has all words, so that these have at least half of them.")
    datasets: list[SummaryOut]
    facets: dict[str, list[FacetValueOut]]
    next: str | None


@router.get("", summary="Search the catalogue")
def search(workspace: WorkspaceHere, asker: Asker, asked: Annotated[ListParameters, Query()]) -> PageOut:
    """Find datasets; who shows no token sees those that are public, and only those count."""
    cursors = Cursors(workspace.key, ("catalogue", repr(asked.pairs())))
    place = int(cursors.opened(asked.after) or 0)
    question = asked.question(limit=asked.limit, offset=place)
    found = searching.search(workspace, asker, question, facets=asked.facets, values=asked.values)
    following = place + len(found.hits)
    return _page(found, cursors.sealed(str(following) if found.hits and following < found.total else None))


@router.get("/suggestions", summary="Suggestions while somebody types")
def suggest(
    workspace: WorkspaceHere,
    asker: Asker,
    q: Annotated[str, Query(max_length=MAX_TEXT, description="What was typed so far.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> list[str]:
    """Return titles and keywords of datasets that you may know of and that begin so, the most frequent first."""
    return list(searching.suggest(workspace, asker, q, limit))


def _page(found: Found, following: str | None) -> PageOut:
    return PageOut(
        total=found.total,
        partial=found.is_partial,
        datasets=[_summary(hit) for hit in found.hits],
        facets={
            name: [FacetValueOut(value=one.value, count=one.count) for one in values]
            for name, values in found.facets.items()
        },
        next=following,
    )


def _summary(hit: Hit) -> SummaryOut:
    reasons = [ReasonOut(**asdict(reason)) for reason in hit.reasons]
    return SummaryOut(**asdict(hit.summary), found_by=reasons)
