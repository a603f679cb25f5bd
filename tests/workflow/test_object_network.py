"""Asking many nodes for one object: dead, slow, lying and refusing ones are named, and hold nobody up."""

import threading
import time
from collections.abc import Mapping

import httpx
import pytest

from virtuales.catalogue.object_view import Attribute, Named, ObjectView, Source, Speaker
from virtuales.errors import AccessDenied, PeerFailure, Unauthenticated
from virtuales.exchange.peers import Peers
from virtuales.rdf.namespaces import XSD
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.object_network import ask_all

IRI = NamedNode("urn:uuid:11111111-1111-4111-8111-111111111111")
NODE, OTHER = "http://north.example", "http://vale.example"


class NoTokens:
    """Gives no token, since none is asked for."""

    def token(self, organisation: str, resource: str) -> str:
        raise AssertionError(f"{organisation} asked for a token to {resource}")


def said(node: str = NODE, *, iri: str = IRI.value, version: str | None = None, by: str | None = None) -> ObjectView:
    """Return what a node says of the object, or of another, for its own version or for another's."""
    speaker = version or f"{node}/id/dataset/a/version/1"
    name = Attribute(
        of=Named(iri="urn:p", name="p"), text="Vale 1", datatype=XSD.string.value, versions=(by or speaker,)
    )
    return ObjectView(
        iri=iri,
        key=iri,
        attributes=(name,),
        versions=(
            Speaker(
                iri=speaker, dataset=f"{node}/id/dataset/a", number="1", title="A", publisher="urn:o",
                is_current=True, is_shown=True,
            ),
        ),
        sources=(Source(node=node, state="answered"),),
    )  # fmt: skip


def document(view: ObjectView) -> dict[str, object]:
    found: dict[str, object] = view.model_dump(mode="json")
    return found


def outcome(answer: Mapping[str, object] | Exception) -> Source:
    """Return what came of asking the one node that answers so."""

    def ask(_node: str) -> Mapping[str, object]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    (view,) = ask_all([NODE], IRI, ask=ask, seconds=5)
    (source,) = view.sources
    return source


@pytest.mark.parametrize(
    "lie",
    [
        {"value": []},
        document(said(iri="urn:uuid:another")),
        document(said(version=f"{OTHER}/id/dataset/a/version/1")),
        document(said(by=f"{OTHER}/id/dataset/a/version/1")),
        document(said(OTHER)),
        document(said()) | {"classes": [{"iri": "no iri", "name": "x"}]},
    ],
    ids=["no object", "another object", "another's version", "in another's name", "another node", "no IRI"],
)
def test_who_speaks_of_something_else_or_for_others_is_not_believed(lie: Mapping[str, object]) -> None:
    source = outcome(lie)
    assert (source.node, source.state) == (NODE, "failed")
    assert source.reasons


@pytest.mark.parametrize("error", [Unauthenticated("No."), AccessDenied("No.", reasons=["Not yet."])])
def test_who_refuses_is_named_with_the_reason(error: Exception) -> None:
    source = outcome(error)
    assert (source.state, source.reasons[0][:2]) == ("refused", "No")


def test_answers_are_taken_as_they_are() -> None:
    (view,) = ask_all([NODE], IRI, ask=lambda _node: document(said()), seconds=5)
    assert view == said()


def test_slow_nodes_hold_nobody_up() -> None:
    release = threading.Event()

    def ask(node: str) -> Mapping[str, object]:
        if node != NODE:
            release.wait(30)
        return document(said(node))

    begun = time.monotonic()
    views = ask_all([NODE, *(f"{OTHER}:{port}" for port in range(40))], IRI, ask=ask, seconds=0.5)
    took = time.monotonic() - begun
    release.set()
    states = [source.state for view in views for source in view.sources]
    assert states == ["answered", *["failed"] * 40]
    assert "0.5 seconds" in views[-1].sources[0].reasons[0]
    assert took < 10


def test_peers_tell_dead_large_and_broken_nodes_apart() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        match request.url.path:
            case "/dead":
                raise httpx.ConnectError("Connection refused", request=request)
            case "/large":
                return httpx.Response(200, content=b"x" * 9_000_000)
            case "/broken":
                return httpx.Response(200, content=b"<html>")
            case "/closed":
                return httpx.Response(403, json={"title": "No.", "reasons": ["Not yet."]})
        return httpx.Response(200, json={"asked": request.headers.get("authorization")})

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        peers = Peers(client, NoTokens())
        for path, words in (("/dead", "did not answer"), ("/large", "too large"), ("/broken", "no JSON")):
            with pytest.raises(PeerFailure, match=words):
                peers.ask(NODE, path, token=None, seconds=5)
        with pytest.raises(AccessDenied) as refusal:
            peers.ask(NODE, "/closed", token="t", seconds=5)
        assert refusal.value.reasons == ("Not yet.",)
        assert peers.ask(NODE, "/", token="t", seconds=5) == {"asked": "Bearer t"}
        assert peers.ask(NODE, "/", token=None, seconds=5) == {"asked": None}
