"""The catalogue's page: search, facets, a list of datasets, and where else to look."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import Field

from virtuales.catalogue.index.answers import FacetValue
from virtuales.catalogue.index.question import MAX_OFFSET, SORTS
from virtuales.errors import InputError
from virtuales.rdf.terms import parse_iri
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.names import Names
from virtuales.web.portal.rendering import HEADERS, PortalHere, last_part
from virtuales.web.portal.visitors import VisitorHere
from virtuales.web.portal.words import Sensitivity
from virtuales.web.searching import SearchParameters
from virtuales.workflow import search as searching

router = APIRouter(include_in_schema=False)
_PAGE = 10
_VALUES = 12
_SUGGESTIONS = 8
_FACETS = {
    "access": "Access",
    "publisher": "Publisher",
    "sensitivity": "Sensitivity",
    "licence": "Licence",
    "format": "Format",
    "keyword": "Keyword",
    "verdict": "Assurance",
    "schema": "Judged by",
    "profile": "Profile",
    "frequency": "Updated",
    "class": "Class",
    "property": "Property",
}
_SHOWN_OPEN = {"access", "publisher", "sensitivity"}
_WORDS = {
    "now": "You may use it now",
    "ask": "You may ask for it",
    "known": "Participants may ask for it",
    "Conforms": "Conforms to its schemas",
    "NonConforming": "Does not conform",
    "NotJudged": "Not judged",
}


class PageParameters(SearchParameters):
    """What is looked for, and which page of the answer is wanted."""

    page: int = Field(1, ge=1, le=MAX_OFFSET // _PAGE)


@dataclass(frozen=True)
class Choice:
    """A value of a facet: its name for people, how many datasets have it, and whether it is chosen."""

    value: str
    name: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """A facet with its values."""

    key: str
    title: str
    choices: tuple[Choice, ...]

    @property
    def is_shown(self) -> bool:
        """Whether its values are shown without being asked for."""
        return self.key in _SHOWN_OPEN or any(choice.is_chosen for choice in self.choices)


@router.get("/catalogue")
def show(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    asked: Annotated[PageParameters, Query()],
) -> Response:
    """Show the datasets that the visitor may know of."""
    principal = visitor.principal if visitor else None
    question = asked.question(limit=_PAGE, offset=(asked.page - 1) * _PAGE)
    found = searching.search(workspace, principal, question, facets=list(_FACETS), values=_VALUES)
    names = Names(workspace, principal)
    others = request.app.state.node.settings.other_portals
    return portal.page(
        request,
        "catalogue.html",
        visitor=visitor,
        asked=asked,
        found=found,
        names=names,
        facets=_facets(asked, found.facets, names, portal.sensitivities),
        sorts=SORTS,
        order=question.order,
        dropping=_dropping(asked),
        saving=urlencode(question.pairs()),
        next=_address(asked, asked.page + 1) if asked.page * _PAGE < found.total else None,
        previous=_address(asked, asked.page - 1) if asked.page > 1 else None,
        others={name: address.replace("{q}", quote(asked.q, safe="")) for name, address in others.items()},
    )


@router.get("/catalogue/suggestions")
def suggest(workspace: WorkspaceHere, visitor: VisitorHere, q: Annotated[str, Query(max_length=500)] = "") -> Response:
    """Return what a visitor who types may mean, as the options of a list."""
    found = searching.suggest(workspace, visitor.principal if visitor else None, q, _SUGGESTIONS)
    options = Markup("\n").join(Markup('<option value="{}"></option>').format(text) for text in found)
    return Response(str(options), media_type="text/html", headers=dict(HEADERS))


def _facets(
    asked: SearchParameters,
    counted: Mapping[str, tuple[FacetValue, ...]],
    names: Names,
    classes: Mapping[str, Sensitivity],
) -> list[Facet]:
    """Return the facets that have a value, what was chosen among them even where no dataset has it."""
    facets = []
    for key, title in _FACETS.items():
        chosen = asked.access if key == "access" else asked.chosen.get(key, ())
        counts = {one.value: one.count for one in counted[key]}
        counts |= dict.fromkeys([value for value in chosen if value not in counts], 0)
        choices = [
            Choice(value, _name(key, value, names, classes), number, value in chosen)
            for value, number in counts.items()
        ]
        if choices:
            facets.append(Facet(key, title, tuple(choices)))
    return facets


def _name(key: str, value: str, names: Names, classes: Mapping[str, Sensitivity]) -> str:
    """Return what people call a value of a facet."""
    if key == "publisher":
        return _publisher(value, names)
    if key == "licence":
        return names.licence(value)
    if key == "sensitivity":
        return classes[value].name if value in classes else value
    if key == "schema":
        return " ".join(value.partition("/id/schema/")[2].replace("/version/", "/").split("/")) or value
    if key in {"profile", "class", "property", "frequency"}:
        return last_part(value) or value
    return _WORDS.get(value, value)


def _publisher(value: str, names: Names) -> str:
    try:
        return names.organisation(parse_iri(value, where="publisher"))
    except InputError:
        return value  # somebody wrote it into the address


def _dropping(asked: SearchParameters) -> str:
    """Return the address without anything chosen."""
    return "/catalogue?" + urlencode({"q": asked.q}) if asked.q else "/catalogue"


def _address(asked: SearchParameters, page: int) -> str:
    """Return the address of a page of the answer."""
    pairs = asked.pairs() + ([("page", str(page))] if page > 1 else [])
    return "/catalogue?" + urlencode(pairs) if pairs else "/catalogue"
