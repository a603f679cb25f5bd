"""Problem documents (RFC 9457) that become errors of ours again, so that a refusal reads the same at both doors."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from virtuales import errors
from virtuales.errors import (
    AccessDenied,
    InputError,
    NonConforming,
    NotFound,
    PeerFailure,
    TooLarge,
    Unauthenticated,
    UnfitChange,
    VirtualesError,
)

_BY_STATUS: Mapping[int, type[VirtualesError]] = {
    httpx.codes.UNAUTHORIZED: Unauthenticated,
    httpx.codes.FORBIDDEN: AccessDenied,
    httpx.codes.NOT_FOUND: NotFound,
    httpx.codes.REQUEST_ENTITY_TOO_LARGE: TooLarge,
}


def error_from(response: httpx.Response) -> VirtualesError:
    """Return the error that a node's answer tells of.

    Args:
        response: An answer that is no success, read to its end.
    """
    problem = _document(response)
    if "error" in problem and "title" not in problem:
        return _oauth_error(problem, str(response.url))
    kind = _kinds().get(str(problem.get("type", "")).rpartition("/")[2]) or _kind_of_status(response.status_code)
    what = str(problem.get("title") or f"The node answered {response.status_code} without saying why.")
    where = str(problem.get("where") or response.url)
    remedy = _remedy(problem)
    if issubclass(kind, AccessDenied | UnfitChange):
        reasons = [str(reason) for reason in problem.get("reasons") or [what]]
        return kind(what, reasons=reasons, where=where, remedy=remedy)
    if issubclass(kind, NonConforming):
        return kind(what, report=problem.get("report") or {}, where=where, remedy=remedy)
    return kind(what, where=where, remedy=remedy)


def _remedy(problem: Mapping[str, Any]) -> str | None:
    faults = problem.get("faults")
    if isinstance(faults, list) and faults:
        return "; ".join(f"{fault.get('field')}: {fault.get('message')}" for fault in faults if isinstance(fault, dict))
    return str(problem["remedy"]) if problem.get("remedy") else None


def _oauth_error(problem: Mapping[str, Any], url: str) -> VirtualesError:
    """Return the error of a token endpoint (RFC 6749, section 5.2)."""
    what = str(problem.get("error_description") or problem["error"])
    if problem["error"] == "invalid_client":
        return Unauthenticated(what, where=url, remedy="Check the client's identifier and secret.")
    return InputError(what, where=url)


def _document(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _kind_of_status(status: int) -> type[VirtualesError]:
    if httpx.codes.is_client_error(status):
        return _BY_STATUS.get(status, InputError)
    return PeerFailure


def _kinds() -> dict[str, type[VirtualesError]]:
    """Return every class of error by the name under which problem documents refer to it."""
    return {_name(kind): kind for kind in _below(errors.VirtualesError)}


def _name(kind: type[VirtualesError]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower()


def _below(kind: type[VirtualesError]) -> Iterator[type[VirtualesError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)
