"""Errors as problem documents (RFC 9457): the only place where an error meets an HTTP status code."""

import inspect
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from virtuales import errors
from virtuales.trust.dpop import PROOF_ALGORITHMS

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[type[errors.VirtualesError], int] = {
    errors.UnreadableInput: 400,
    errors.UnknownTerm: 422,
    errors.DanglingReference: 422,
    errors.TooLarge: 413,
    errors.LimitExceeded: 422,
    errors.UnsupportedForm: 415,
    errors.NotAcceptable: 406,
    errors.InputError: 422,
    errors.NonConforming: 422,
    errors.NotFound: 404,
    errors.Unauthenticated: 401,
    errors.ProofRefused: 401,
    errors.AccessDenied: 403,
    errors.SourcesRefused: 403,
    errors.Busy: 429,
    errors.Conflict: 409,
    errors.PreconditionFailed: 412,
    errors.UnfitChange: 409,
    errors.IntegrityFailure: 500,
    errors.StoreFailure: 503,
    errors.PeerFailure: 502,
    errors.SourcesMissing: 502,
    errors.ConfigurationError: 500,
}
"""The status of each error class; a class that is not listed has its parent's."""


def status_of(error: errors.VirtualesError) -> int:
    """Return the HTTP status of an error: that of its class, or of the nearest listed class above it."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem_name(kind: type[errors.VirtualesError]) -> str:
    """Return the name of a kind of problem in addresses.

    >>> problem_name(errors.AccessDenied)
    'access-denied'
    """
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("-")


def problem_kinds() -> dict[str, type[errors.VirtualesError]]:
    """Return every kind of problem by its name."""
    return {problem_name(kind): kind for kind in STATUS}


def problem_document(error: errors.VirtualesError, *, instance: str) -> dict[str, object]:
    """Write an error as a problem document.

    Args:
        error: What went wrong.
        instance: The path that was asked for.
    """
    document: dict[str, object] = {
        "type": f"/problems/{problem_name(type(error))}",
        "title": error.what,
        "status": status_of(error),
        "detail": str(error),
        "instance": instance,
        "where": error.where,
        "remedy": error.remedy,
    }
    if isinstance(error, errors.AccessDenied | errors.UnfitChange):
        document["reasons"] = list(error.reasons)
    if isinstance(error, errors.SourcesRefused | errors.SourcesMissing):
        document["sources"] = list(error.sources)
    if isinstance(error, errors.NonConforming):
        document["report"] = error.report
    if isinstance(error, errors.NotAcceptable) and error.offered:
        document["alternates"] = list(error.offered)
    return {name: value for name, value in document.items() if value is not None}


def describe_problem(kind: type[errors.VirtualesError]) -> dict[str, object]:
    """Describe a kind of problem for whoever follows a problem document's type."""
    return {"type": f"/problems/{problem_name(kind)}", "status": STATUS[kind], "meaning": inspect.getdoc(kind)}


def install(app: FastAPI) -> None:
    """Make an application answer every error with a problem document."""
    app.add_exception_handler(errors.VirtualesError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unforeseen)


def respond(error: errors.VirtualesError, request: Request) -> JSONResponse:
    """Answer a request with the problem document of an error."""
    document = problem_document(error, instance=request.url.path)
    headers = {}
    if isinstance(error, errors.ProofRefused):
        headers["WWW-Authenticate"] = f'DPoP error="invalid_dpop_proof", algs="{" ".join(PROOF_ALGORITHMS)}"'
    elif isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if error.where else "Bearer"
    if isinstance(error, errors.Busy):
        headers["Retry-After"] = "1"
    if isinstance(error, errors.NotAcceptable) and error.offered:
        headers["Link"] = ", ".join(f'<{request.url.path}>; rel="alternate"; type="{one}"' for one in error.offered)
    return JSONResponse(document, status_code=status_of(error), media_type=MEDIA_TYPE, headers=headers)


def answer(error: errors.VirtualesError | HTTPException, request: Request) -> JSONResponse:
    """Answer a request with the problem document of an error, whoever's class it is of."""
    return respond(error, request) if isinstance(error, errors.VirtualesError) else _refused(error, request)


async def _known(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, errors.VirtualesError):
        raise error
    return respond(error, request)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults = [
        {"field": ".".join(str(part) for part in fault["loc"][1:]) or str(fault["loc"][0]), "message": fault["msg"]}
        for fault in error.errors()
    ]
    where = ", ".join(fault["field"] for fault in faults)
    document = problem_document(
        errors.InputError(
            "The request does not have the expected form.", where=where, remedy="See `faults`, and the API's page."
        ),
        instance=request.url.path,
    )
    return JSONResponse({**document, "faults": jsonable_encoder(faults)}, status_code=422, media_type=MEDIA_TYPE)


_PLAIN_REMEDIES: Mapping[int, str] = {
    404: "Nothing is served under this address; those that are stand in /openapi.json.",
    413: "Send data as a file of a dataset.",
    405: "Use one of the methods that the header `Allow` names.",
}
"""What would be right where no error of ours says it, by status."""


async def _plain(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return _refused(error, request)


def _refused(error: HTTPException, request: Request) -> JSONResponse:
    document = {
        "type": "about:blank",
        "title": str(error.detail),
        "status": error.status_code,
        "instance": request.url.path,
        "where": f"{request.method} {request.url.path}",
        "remedy": _PLAIN_REMEDIES.get(error.status_code, "The node's API is described at /openapi.json."),
    }
    return JSONResponse(
        document, status_code=error.status_code, media_type=MEDIA_TYPE, headers=dict(error.headers or {})
    )


async def _unforeseen(request: Request, _error: Exception) -> JSONResponse:
    """Say that something went wrong without telling the inside; the trace is in the node's log."""
    document = {
        "type": "about:blank",
        "title": "The node met an error that it did not foresee.",
        "status": 500,
        "detail": "The log of the node has the details.",
        "instance": request.url.path,
        "remedy": "Try again; if it happens again, tell the node's operator.",
    }
    return JSONResponse(document, status_code=500, media_type=MEDIA_TYPE)
