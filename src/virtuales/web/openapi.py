"""The OpenAPI description of a node, with what every operation can answer beside its success: problem documents.

FastAPI describes successes, and its own form of 422, which is never sent here. Every refusal is a problem document
(RFC 9457); the ranges `4XX` and `5XX` say so, and what a status of its own means stands beside them.
"""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI

from virtuales.web.problems import MEDIA_TYPE
from virtuales.web.routes import doors

_SCHEMA: Final[Mapping[str, Any]] = {
    "title": "Problem",
    "description": "What was wrong, where, and what would be right (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "The kind of problem, explained at that address."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "where": {"type": "string"},
        "remedy": {"type": "string"},
        "reasons": {"type": "array", "items": {"type": "string"}},
        "faults": {"type": "array", "items": {"type": "object"}},
        "report": {"type": "object"},
        "sources": {"type": "array", "items": {"type": "object"}},
    },
}
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})
_PROBLEMS: Final[Mapping[str, str]] = {
    "4XX": "The request cannot be answered as it is; the problem document says why, and what would be right.",
    "5XX": "The node, or another one that it asked, failed.",
}
_WITH_TOKEN: Final[Mapping[str, str]] = {
    "401": "There is no access token, or it does not verify.",
    "403": "Your organisation or your token does not allow this; the reasons say why.",
}


def install(app: FastAPI) -> None:
    """Make an application describe what it answers in every case."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(described(), app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's guide extends the description


def _completed(document: dict[str, Any], app: FastAPI) -> dict[str, Any]:
    guarded = {(door.method.lower(), door.path) for door in doors(app) if door.needs_token}
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for path, operations in document["paths"].items():
        for method in _METHODS & operations.keys():
            responses = operations[method]["responses"]
            responses.pop("422", None)
            said = {**_PROBLEMS, **(_WITH_TOKEN if (method, path) in guarded else {})}
            for status, words in said.items():
                responses.setdefault(status, {"description": words})
            for status, response in responses.items():
                if status[0] in "45":
                    response.setdefault("content", {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}})
    for gone in ("HTTPValidationError", "ValidationError"):
        schemas.pop(gone, None)
    schemas["Problem"] = dict(_SCHEMA)
    return document
