"""The JSON-LD context of this node's documents, at an address that stays."""

import json

from fastapi import APIRouter, Request
from fastapi.responses import Response

from virtuales.rdf.media import JSON_LD
from virtuales.web.conditional import tagged
from virtuales.web.json_context import CONTEXT, CONTEXT_PATH

router = APIRouter(tags=["Linked data"])


@router.get(
    CONTEXT_PATH,
    summary="The JSON-LD context",
    response_model=None,
    responses={
        200: {"description": "The context.", "content": {JSON_LD: {"schema": {"type": "object"}}}},
        304: {"description": "The context is the one that the client has."},
    },
)
def context(request: Request) -> Response:
    """Give the context with which documents in `application/json` are JSON-LD; any site may read it."""
    response = tagged(request, json.dumps({"@context": dict(CONTEXT)}, indent=2).encode(), JSON_LD)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
