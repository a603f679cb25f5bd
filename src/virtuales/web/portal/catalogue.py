"""The catalogue's page: search, facets, a list of datasets."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from virtuales.catalogue.search import Catalogue, DatasetSummary, Question
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import VisitorHere
from virtuales.workflow.discover import catalogue

router = APIRouter(include_in_schema=False)
_PAGE = 10


@dataclass(frozen=True)
class Choice:
    """One value of a facet: its name, how many datasets have it, and the address that chooses or drops it."""

    name: str
    number: int
    address: str
    is_chosen: bool


@router.get("/catalogue")
def show(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    q: Annotated[str, Query(max_length=500)] = "",
    publisher: str = "",
    sensitivity: str = "",
    after: str = "",
) -> Response:
    """Show the datasets that the visitor may know of."""
    principal = visitor.principal if visitor else None
    reader = catalogue(workspace, principal)
    question = Question(
        q, publisher=publisher or None, sensitivity=sensitivity or None, limit=_PAGE, after=after or None
    )
    found = reader.find(question)
    names = Names(workspace, principal)
    organisations = {one.iri.value: one.legal_name for one in workspace.participants.all()}
    classes = {letters: one.name for letters, one in portal.sensitivities.items()}
    return portal.page(
        request,
        "catalogue.html",
        visitor=visitor,
        question=question,
        found=found,
        total=reader.count(question),
        names=names,
        publishers=_choices(reader, question, "publisher", organisations),
        classes=_choices(reader, question, "sensitivity", classes),
        next=_more(reader, question, found),
        first=_address(replace(question, after=None)) if after else None,
    )


def _more(reader: Catalogue, question: Question, found: list[DatasetSummary]) -> str | None:
    """Return the address of the next page, None when nothing follows."""
    if len(found) < question.limit:
        return None
    following = replace(question, after=found[-1].iri)
    return _address(following) if reader.find(replace(following, limit=1)) else None


def _choices(reader: Catalogue, question: Question, field: str, names: dict[str, str]) -> list[Choice]:
    """Count the datasets for each value of a facet, with all other choices kept."""
    choices = []
    for value, name in names.items():
        is_chosen = getattr(question, field) == value
        number = reader.count(_with(question, field, value))
        if number or is_chosen:
            address = _address(_with(question, field, None if is_chosen else value))
            choices.append(Choice(name, number, address, is_chosen))
    return choices


def _with(question: Question, field: str, value: str | None) -> Question:
    if field == "publisher":
        return replace(question, publisher=value, after=None)
    return replace(question, sensitivity=value, after=None)


def _address(question: Question) -> str:
    """Return the address of a page of the catalogue."""
    fields = {
        "q": question.text,
        "publisher": question.publisher,
        "sensitivity": question.sensitivity,
        "after": question.after,
    }
    given = urlencode({name: value for name, value in fields.items() if value})
    return f"/catalogue?{given}" if given else "/catalogue"
