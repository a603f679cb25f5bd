"""The page about licences: what each asks, and what data made of several sources may carry."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from virtuales.errors import UnknownTerm
from virtuales.policy.licences.composition import Source, compose
from virtuales.policy.licences.words import in_order, listed, said_of
from virtuales.rdf.terms import NamedNode
from virtuales.web.dependencies import WorkspaceHere
from virtuales.web.portal.rendering import PortalHere
from virtuales.web.portal.visitors import VisitorHere

router = APIRouter(include_in_schema=False)


@router.get("/licences")
def show(
    request: Request,
    workspace: WorkspaceHere,
    portal: PortalHere,
    visitor: VisitorHere,
    source: Annotated[list[str], Query()] = [],  # noqa: B006  # FastAPI makes a new one for each request
    result: Annotated[str, Query()] = "",
) -> Response:
    """List the known licences; when sources are chosen, tell what is made of them may carry."""
    known = workspace.licences
    fault = composed = None
    try:
        sources = [Source(known.get(name)) for name in source]
        wanted = known.get(result) if result else None
        composed = compose(sources, known, result=wanted) if sources else None
    except UnknownTerm as error:
        fault = error.what
    return portal.page(
        request,
        "licences.html",
        status=422 if fault else 200,
        visitor=visitor,
        licences=sorted(known, key=lambda licence: licence.identifier.lower()),
        chosen=set(source),
        result=result,
        composed=composed,
        fault=fault,
        words=_words,
    )


def _words(terms: frozenset[NamedNode]) -> str:
    return listed((said_of(term) for term in in_order(terms)), joint="and") if terms else "nothing"
