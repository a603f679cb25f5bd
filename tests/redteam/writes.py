"""Attempts to write what is not one's own, and to set by a body what only the node sets (mass assignment)."""

from functools import partial
from uuid import uuid4

import httpx
from tests.clients import description, key_of, registration
from tests.redteam.stage import Attempt, Stage

_OWN_FIELDS = {"publisher": "http://north.example", "status": "Approved", "owner": "me", "decided_by": "operator"}


def _post(stage: Stage, url: str, body: object) -> httpx.Response:
    return stage.north.ask("POST", url, json=body)


def _with(path: str, body: dict[str, object], field: str, stage: Stage) -> httpx.Response:
    """Send a body with a field that only the node sets."""
    return _post(stage, stage.north.api(path), {**body, field: _OWN_FIELDS.get(field, "x")})


def _description_with(stage: Stage, **said: object) -> httpx.Response:
    return _post(stage, stage.north.api("datasets"), {**description("redteam-never"), **said})


def _registered(stage: Stage, **said: object) -> httpx.Response:
    fields = {**registration("Red Team plc", "77777777", stage.dale.home), **said}
    return stage.http.post(f"{stage.centre}/api/v1/organisations", json=fields)


def _decided(stage: Stage, body: dict[str, object]) -> httpx.Response:
    return stage.operator.ask(
        "POST", f"{stage.centre}/api/v1/organisations/{key_of(stage.vale.iri)}/decisions", json=body
    )


def _review(stage: Stage) -> str:
    (review,) = stage.north.reviews(stage.asked)
    return str(review["negotiation"])


def _agreement(stage: Stage) -> str:
    return key_of(stage.north.agreements(stage.granted)[0]["agreement"])


_REQUEST = {"version": "urn:x", "purpose": "NetworkPlanning", "justification": "A study.", "accept_conditions": True}
_OFFER: dict[str, object] = {"audience": "participants", "purposes": ["NetworkPlanning"]}
_MAPPING: dict[str, object] = {"file": "x.sssom.tsv", "content": "", "source": "me"}
_SCHEMA: dict[str, object] = {
    "identifier": "x",
    "version": "1",
    "title": "x",
    "licence": "x",
    "source": "x",
    "content": "",
}
_ASSIGNED: tuple[tuple[str, dict[str, object], str], ...] = (
    ("datasets", dict(description("redteam-never")), "publisher"),
    ("datasets", dict(description("redteam-never")), "issued"),
    ("datasets/redteam-draft/versions", _OFFER, "number"),
    ("datasets/redteam-draft/versions", _OFFER, "assigner"),
    ("access-requests", dict(_REQUEST), "consumer"),
    ("access-requests", dict(_REQUEST), "state"),
    ("reviews/urn:uuid:00000000-0000-4000-8000-000000000000/approval", {"reason": "x"}, "decided_by"),
    ("reviews/urn:uuid:00000000-0000-4000-8000-000000000000/refusal", {"reason": "x"}, "state"),
    ("mappings", _MAPPING, "status"),
    ("mappings", _MAPPING, "contributor"),
    ("schemas", _SCHEMA, "status"),
    ("schemas", _SCHEMA, "registered_by"),
    ("agreements/x/revocation", {"reason": "x"}, "provider"),
)

ATTEMPTS = [
    *(
        Attempt(f"set `{field}` by POST {path}", partial(_with, path, body, field), 422, field)
        for path, body, field in _ASSIGNED
    ),
    Attempt("register as approved", lambda on: _registered(on, status="Approved"), 422, "status"),
    Attempt(
        "register with a client secret of one's choice",
        lambda on: _registered(on, client_secret="x"),
        422,
        "client_secret",
    ),
    Attempt("register with the operator's role", lambda on: _registered(on, roles=["operator"]), 422, "roles"),
    Attempt(
        "register with a line break in the name",
        lambda on: _registered(on, legal_name="Red\r\nTeam"),
        422,
        "legal_name",
    ),
    Attempt("register with another's key", lambda on: _registered(on, public_key="z6Mk"), 422, "public_key"),
    Attempt(
        "decide with another's name",
        lambda on: _decided(on, {"move": "suspend", "reason": "x", "decided_by": "y"}),
        422,
        "decided_by",
    ),
    Attempt("decide without a reason", lambda on: _decided(on, {"move": "suspend", "reason": ""}), 422, "reason"),
    Attempt(
        "approve oneself",
        lambda on: on.dale.ask(
            "POST",
            f"{on.centre}/api/v1/organisations/{key_of(on.dale.iri)}/decisions",
            json={"move": "approve", "reason": "I"},
        ),
        403,
        "participants:decide",
    ),
    Attempt(
        "pass a check oneself",
        lambda on: on.dale.ask(
            "POST",
            f"{on.centre}/api/v1/organisations/{key_of(on.dale.iri)}/checks",
            json={"name": "legal-identity", "passed": True},
        ),
        403,
        "participants:decide",
    ),
    Attempt(
        "publish on another's node",
        lambda on: on.dale.ask("POST", on.north.api("datasets"), json=description("redteam-never")),
        403,
    ),
    Attempt(
        "change another's description",
        lambda on: on.dale.ask("POST", on.north.api("datasets"), json=description(on.draft, title="Mine")),
        403,
    ),
    Attempt(
        "send a file to another's dataset",
        lambda on: on.dale.ask("PUT", on.north.api(f"datasets/{on.draft}/files/a.xml"), content=b"<a/>"),
        403,
    ),
    Attempt(
        "remove a file of another's dataset",
        lambda on: on.dale.ask("DELETE", on.north.api(f"datasets/{on.draft}/files/gl.xml")),
        403,
    ),
    Attempt(
        "publish another's draft",
        lambda on: on.dale.ask("POST", on.north.api(f"datasets/{on.draft}/versions"), json=_OFFER),
        403,
    ),
    Attempt(
        "approve one's own request",
        lambda on: on.vale.ask("POST", f"{on.north.home}/api/v1/reviews/{_review(on)}/approval", json={"reason": "I"}),
        403,
    ),
    Attempt("approve a request at the wrong node", lambda on: on.vale.decide(_review(on), "approval"), (403, 404)),
    Attempt(
        "revoke another's agreement",
        lambda on: on.dale.ask(
            "POST", f"{on.north.home}/api/v1/agreements/{_agreement(on)}/revocation", json={"reason": "x"}
        ),
        403,
    ),
    Attempt(
        "revoke an agreement as its consumer",
        lambda on: on.vale.ask("POST", on.vale.api(f"agreements/{_agreement(on)}/revocation"), json={"reason": "x"}),
        (403, 404, 409),
    ),
    Attempt(
        "ask for a version in another's name",
        lambda on: on.dale.ask("POST", on.vale.api("access-requests"), json={**_REQUEST, "version": on.vault}),
        403,
    ),
    Attempt(
        "describe a dataset as derived from an injection",
        lambda on: _description_with(on, derived_from=["x> . <urn:a"]),
        422,
        "derived_from",
    ),
    Attempt(
        "describe a dataset with a short name of dots", lambda on: _description_with(on, slug="../../x"), 422, "slug"
    ),
    Attempt(
        "describe a dataset with a steward of two lines",
        lambda on: _description_with(on, steward="a@b.example\r\nBcc: c@d.example"),
        422,
        "steward",
    ),
    Attempt(
        "describe a dataset with prototype fields",
        lambda on: _post(on, on.north.api("datasets"), {**description("redteam-never"), "__proto__": {"a": 1}}),
        422,
        "__proto__",
    ),
    Attempt(
        "offer to an injected organisation",
        lambda on: _post(
            on,
            on.north.api(f"datasets/{on.draft}/versions"),
            {"audience": "organisations", "organisations": ["x> } #"]},
        ),
        422,
        "organisations",
    ),
    Attempt(
        "contribute mappings without the right",
        lambda on: on.http.post(f"{on.centre}/api/v1/mappings", json=_MAPPING),
        401,
    ),
    Attempt(
        "decide about mappings without the right",
        lambda on: on.dale.ask(
            "POST", f"{on.centre}/api/v1/mappings/cim16-cim17/versions/1/decisions", json={"move": "approve"}
        ),
        (403, 404),
    ),
    Attempt(
        "register a schema without the right",
        lambda on: on.dale.ask("POST", f"{on.centre}/api/v1/schemas", json=_SCHEMA),
        403,
    ),
    Attempt(
        "mark another's notification as read",
        lambda on: on.dale.ask("POST", on.north.api(f"notifications/{uuid4()}/reading")),
        403,
    ),
]
