"""Attempts with messages between nodes: another's negotiation, wrong parties, documents that cannot be."""

import httpx
from tests.journey.forgeries import bearing, node_token
from tests.redteam.stage import Attempt, Stage

_CONTEXT = ["https://w3id.org/dspace/2025/1/context.jsonld"]
_NOBODY = "urn:uuid:00000000-0000-4000-8000-000000000000"


def _send(stage: Stage, path: str, message: object, *, sender: str = "dale") -> httpx.Response:
    token = node_token(stage.node(sender), stage.running.members[sender], stage.north.home)
    return stage.http.post(f"{stage.north.home}/dsp{path}", json=message, headers=bearing(token))


def _message(kind: str, **parts: object) -> dict[str, object]:
    return {"@context": _CONTEXT, "@type": kind, "consumerPid": _NOBODY, "providerPid": _NOBODY, **parts}


def _theirs(stage: Stage) -> str:
    (review,) = stage.north.reviews(stage.asked)
    return str(review["negotiation"])


def _ended(stage: Stage, pid: str) -> httpx.Response:
    message = _message("ContractNegotiationTerminationMessage", providerPid=pid, reason=["x"])
    return _send(stage, f"/negotiations/{pid}/termination", message)


def _request(stage: Stage, **parts: object) -> httpx.Response:
    offer = {"@type": "Offer", "@id": "urn:x", "target": stage.vault}
    body = {"callbackAddress": f"{stage.dale.home}/dsp", "offer": offer, **parts}
    message = {
        name: value for name, value in _message("ContractRequestMessage", **body).items() if name != "providerPid"
    }
    return _send(stage, "/negotiations/request", message)


ATTEMPTS = [
    Attempt("end another's negotiation", lambda on: _ended(on, _theirs(on)), (403, 404)),
    Attempt(
        "read another's negotiation as a node",
        lambda on: on.http.get(
            f"{on.north.home}/dsp/negotiations/{_theirs(on)}",
            headers=bearing(node_token(on.node("dale"), on.dale, on.north.home)),
        ),
        404,
    ),
    Attempt(
        "accept another's negotiation",
        lambda on: _send(
            on, f"/negotiations/{_theirs(on)}/events", _message("ContractNegotiationEventMessage", eventType="ACCEPTED")
        ),
        (403, 404),
    ),
    Attempt(
        "propose terms in another's negotiation",
        lambda on: _send(
            on,
            f"/negotiations/{_theirs(on)}/request",
            _message(
                "ContractRequestMessage", callbackAddress="http://127.0.0.1:9", offer={"@id": "urn:x", "@type": "Offer"}
            ),
        ),
        (403, 404, 422),
    ),
    Attempt(
        "verify an agreement of another's negotiation",
        lambda on: _send(
            on,
            f"/negotiations/{_theirs(on)}/agreement/verification",
            {**_message("ContractAgreementVerificationMessage"), "ves:agreement": {}},
        ),
        (403, 404, 422),
    ),
    Attempt(
        "revoke another's agreement as a node",
        lambda on: _send(
            on, "/agreements/revocation", {"agreement": on.north.agreements(on.granted)[0]["agreement"], "reason": "x"}
        ),
        (403, 404, 409),
    ),
    Attempt("negotiate as nobody", lambda on: on.http.post(f"{on.north.home}/dsp/negotiations/request", json={}), 401),
    Attempt(
        "negotiate as a person",
        lambda on: on.dale.ask(
            "POST", f"{on.north.home}/dsp/negotiations/request", json=_message("ContractRequestMessage")
        ),
        (403, 422),
    ),
    Attempt("request under an offer that there is not", _request, (403, 404, 409, 422)),
    Attempt(
        "request with a callback into the cloud's metadata",
        lambda on: _request(on, callbackAddress="http://169.254.169.254/"),
        (403, 404, 409, 422),
    ),
    Attempt(
        "request with another's name as consumer", lambda on: _request(on, consumer=on.vale.iri), (403, 404, 409, 422)
    ),
    Attempt(
        "send a message of an unknown type", lambda on: _send(on, "/negotiations/request", _message("Greeting")), 422
    ),
    Attempt(
        "send a message with a context from elsewhere",
        lambda on: _send(
            on, "/negotiations/request", {**_message("ContractRequestMessage"), "@context": "http://169.254.169.254/"}
        ),
        422,
    ),
    Attempt("send a message that is a list", lambda on: _send(on, "/negotiations/request", [1, 2]), 422),
    Attempt(
        "send a message nested four hundred deep",
        lambda on: _send(on, "/negotiations/request", _message("ContractRequestMessage", offer=_nested(200))),
        422,
    ),
    Attempt(
        "ask the dataspace's catalogue for a hidden dataset",
        lambda on: on.dale.ask("GET", f"{on.north.home}/dsp/catalog/datasets/{on.hidden}"),
        (403, 404),
    ),
]


def _nested(depth: int) -> object:
    value: object = "x"
    for _ in range(depth):
        value = {"constraint": [value]}
    return value
