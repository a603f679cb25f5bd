"""Saved searches by REST: questions to the catalogue whose new answers are told in the inbox."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from virtuales.governance.saved_searches import SavedSearch
from virtuales.web.bodies import RequestBody
from virtuales.web.dependencies import KnownAsker, WorkspaceHere
from virtuales.workflow import saved_searches

router = APIRouter(prefix="/api/v1/saved-searches", tags=["Search and find"])


class SearchIn(RequestBody):
    """A search to be saved."""

    name: str = Field(description="What it is called.")
    query: str = Field(description="What it asks: the query of an address of the search, `q=demand&sensitivity=O`.")


class SearchOut(BaseModel):
    """A saved search."""

    key: str
    name: str
    query: str
    saved_by: str


@router.post("", status_code=201, summary="Save a search")
def save(workspace: WorkspaceHere, asker: KnownAsker, search: SearchIn) -> SearchOut:
    """Save a search for your organisation at its own node; it is told of what is new in the whole catalogue."""
    return _out(saved_searches.save_search(workspace, asker, search.name, search.query))


@router.get("", summary="List saved searches")
def show(workspace: WorkspaceHere, asker: KnownAsker) -> list[SearchOut]:
    """List the searches of your organisation, by name."""
    return [_out(found) for found in saved_searches.saved_searches(workspace, asker)]


@router.delete("/{key}", status_code=204, summary="Drop a saved search")
def drop(workspace: WorkspaceHere, asker: KnownAsker, key: str) -> None:
    """Drop a search of your organisation; nothing is told of it any more."""
    saved_searches.drop_search(workspace, asker, key)


def _out(found: SavedSearch) -> SearchOut:
    return SearchOut(key=found.key, name=found.name, query=found.query, saved_by=found.saved_by)
