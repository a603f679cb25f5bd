"""Problem documents become the errors again that they were made from."""

import httpx
import pytest

from virtuales.cli.client.problems import error_from
from virtuales.errors import AccessDenied, InputError, NonConforming, NotFound, PeerFailure, UnfitChange, VirtualesError
from virtuales.web.problems import STATUS, problem_document, status_of

REQUEST = httpx.Request("GET", "http://node.example/api/v1/x")


def make(kind: type[VirtualesError]) -> VirtualesError:
    """Make an error of a class."""
    if issubclass(kind, AccessDenied | UnfitChange):
        return kind("What.", reasons=["Why."], where="there", remedy="Do this.")
    if issubclass(kind, NonConforming):
        return kind("What.", report={"results": 3}, where="there", remedy="Do this.")
    return kind("What.", where="there", remedy="Do this.")


@pytest.mark.parametrize("kind", STATUS)
def test_an_error_comes_back_as_it_went(kind: type[VirtualesError]) -> None:
    error = make(kind)
    document = problem_document(error, instance="/api/v1/x")
    back = error_from(httpx.Response(status_of(error), json=document, request=REQUEST))
    assert type(back) is kind
    assert vars(back) == vars(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, NotFound), (403, AccessDenied), (418, InputError), (500, PeerFailure), (302, PeerFailure)],
)
@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"{}"])
def test_an_answer_without_a_problem_document_is_an_error_by_its_status(
    status: int, kind: type[VirtualesError], content: bytes
) -> None:
    back = error_from(httpx.Response(status, content=content, request=REQUEST))
    assert type(back) is kind
    assert str(status) in back.what
