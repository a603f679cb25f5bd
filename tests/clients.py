"""What an organisation's staff and the orchestrator's do with nodes, over HTTP alone: one method for each step.

Methods that bear a step's name insist on its success and return the answer; whoever expects a refusal asks with
`Member.ask` and judges the response with `problem`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.nodes import OPERATOR_SECRET, eventually

SECONDS = 300.0
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def ok(response: httpx.Response, status: int = 200) -> Any:  # noqa: ANN401 - JSON is what it is
    """Return the JSON of an answer that has to be a success."""
    asked = f"{response.request.method} {response.request.url}"
    assert response.status_code == status, f"{asked} answered {response.status_code}: {response.text[:3000]}"
    return response.json()


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """Return the problem document (RFC 9457) of a refusal, once it is found to be a clear one."""
    asked = f"{response.request.method} {response.request.url}"
    assert response.status_code == status, f"{asked} answered {response.status_code}: {response.text[:3000]}"
    assert response.headers["content-type"] == "application/problem+json", f"{asked}: {response.text[:300]}"
    document: dict[str, Any] = response.json()
    assert document["status"] == status
    assert document["type"]
    assert len(document["title"]) >= len("Not Found"), document
    assert document.get("where") or document.get("remedy") or document.get("reasons"), f"no help in {document}"
    assert "Traceback" not in response.text
    return document


def key_of(iri: str) -> str:
    """Return the last part of an IRI, which stands for the thing in addresses."""
    return iri.rpartition("/")[2]


def download_url(version: str, name: str) -> str:
    """Return the address of a version's file."""
    return f"{version.replace('/id/', '/download/', 1)}/{name}"


def sparql_url(version: str) -> str:
    """Return the address of a version's SPARQL endpoint."""
    return version.replace("/id/", "/sparql/", 1)


@dataclass
class Credentials:
    """A client of the orchestrator, and the tokens it was given.

    Args:
        http: The HTTP client.
        orchestrator: The orchestrator's address.
        client_id: Its identifier.
        client_secret: Its secret.
    """

    http: httpx.Client
    orchestrator: str
    client_id: str
    client_secret: str
    _tokens: dict[str, str] = field(default_factory=dict)

    def ask_token(self, resource: str) -> httpx.Response:
        """Ask for a token for a node."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.client_secret}
        return self.http.post(f"{self.orchestrator}/oauth/token", data={**form, "resource": resource})

    def token(self, resource: str) -> str:
        """Return a token for a node, the one given before when there is one."""
        if resource not in self._tokens:
            self._tokens[resource] = ok(self.ask_token(resource))["access_token"]
        return self._tokens[resource]

    def ask(self, method: str, url: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """Send a request with a token for the node addressed."""
        node = "/".join(url.split("/", 3)[:3])
        headers = {"Authorization": f"Bearer {self.token(node)}", **options.pop("headers", {})}
        return self.http.request(method, url, headers=headers, **options)

    def catalogue(self, node: str, **question: str) -> dict[str, Any]:
        """Search a node's catalogue."""
        found: dict[str, Any] = ok(self.ask("GET", f"{node}/api/v1/catalogue", params=question))
        return found

    def audit(self, node: str, **question: str) -> list[dict[str, Any]]:
        """Read a node's audit trail."""
        found: list[dict[str, Any]] = ok(self.ask("GET", f"{node}/api/v1/audit", params=question))
        return found


class Operator(Credentials):
    """The orchestrator's staff."""

    def __init__(self, http: httpx.Client, orchestrator: str) -> None:
        super().__init__(http, orchestrator, "operator", OPERATOR_SECRET)

    def decide(self, organisation: str, move: str, reason: str = "The tests say so.") -> httpx.Response:
        """Decide about an organisation."""
        url = f"{self.orchestrator}/api/v1/organisations/{key_of(organisation)}/decisions"
        return self.ask("POST", url, json={"move": move, "reason": reason})

    def pass_checks(self, organisation: str) -> None:
        """Record that every check was passed."""
        url = f"{self.orchestrator}/api/v1/organisations"
        for check in ok(self.http.get(f"{url}/checks")):
            body = {"name": check["name"], "passed": True, "note": "Seen in the register."}
            ok(self.ask("POST", f"{url}/{key_of(organisation)}/checks", json=body))

    def approve(self, organisation: str) -> None:
        """Record every check as passed and approve an organisation."""
        self.pass_checks(organisation)
        assert ok(self.decide(organisation, "approve"))["status"] == "Approved"


@dataclass
class Member(Credentials):
    """An organisation, as its staff uses it at its own node.

    Args:
        home: Its node's address.
        iri: The organisation's IRI.
    """

    home: str = ""
    iri: str = ""

    def api(self, path: str) -> str:
        """Return an address of the organisation's own node."""
        return f"{self.home}/api/v1/{path}"

    def describe(self, slug: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - a description's fields
        """Describe a dataset of class SA for participants, save for what is said otherwise."""
        answer: dict[str, Any] = ok(self.ask("POST", self.api("datasets"), json=description(slug, **said)), 201)
        return answer

    def send(self, slug: str, name: str, content: bytes) -> dict[str, Any]:
        """Send a file."""
        url = self.api(f"datasets/{slug}/files/{name}")
        answer: dict[str, Any] = ok(self.ask("PUT", url, content=content), 201)
        return answer

    def prepare(self, slug: str) -> dict[str, Any]:
        """Have the files read, typed and judged; returns the preparation."""
        answer: dict[str, Any] = ok(self.ask("POST", self.api(f"datasets/{slug}/preparation")))
        return dict(answer["preparation"])

    def publish(self, slug: str, **offer: Any) -> str:  # noqa: ANN401 - an offer's fields
        """Publish the prepared version, to participants for network planning unless said otherwise; returns its IRI."""
        terms = {"audience": "participants", "purposes": ["NetworkPlanning"], **offer}
        answer = ok(self.ask("POST", self.api(f"datasets/{slug}/versions"), json=terms), 201)
        return str(answer["version"])

    def provide(self, slug: str, files: Iterable[tuple[str, bytes]], **offer: Any) -> str:  # noqa: ANN401 - as above
        """Describe, send, prepare and publish; returns the version's IRI."""
        self.describe(slug)
        for name, content in files:
            self.send(slug, name, content)
        self.prepare(slug)
        return self.publish(slug, **offer)

    def ask_access(self, version: str, **said: Any) -> httpx.Response:  # noqa: ANN401 - a request's fields
        """Ask for access to a version, for network planning unless said otherwise."""
        body = {
            "version": version,
            "purpose": "NetworkPlanning",
            "justification": "Study of re-routing between the grid supply points.",
            "accept_conditions": True,
            **said,
        }
        return self.ask("POST", self.api("access-requests"), json=body)

    def request(self, version: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
        """Ask for access to a version; returns the negotiation on this side."""
        answer: dict[str, Any] = ok(self.ask_access(version, **said), 201)
        return answer

    def requests(self) -> list[dict[str, Any]]:
        """List what the organisation asked for."""
        found: list[dict[str, Any]] = ok(self.ask("GET", self.api("access-requests")))
        return found

    def reviews(self, version: str) -> list[dict[str, Any]]:
        """List what awaits the organisation's decision about a version."""
        return [one for one in ok(self.ask("GET", self.api("reviews"))) if one["version"] == version]

    def decide(self, negotiation: str, decision: str, **said: Any) -> httpx.Response:  # noqa: ANN401 - a decision's
        """Decide about a request: `approval` or `refusal`."""
        body = {"reason": "The purpose is a good one.", **said}
        return self.ask("POST", self.api(f"reviews/{negotiation}/{decision}"), json=body)

    def approve(self, version: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - a decision's fields
        """Approve the one request for a version that awaits a decision; returns the negotiation."""
        (review,) = self.reviews(version)
        answer: dict[str, Any] = ok(self.decide(review["negotiation"], "approval", **said))
        return answer

    def agreements(self, version: str) -> list[dict[str, Any]]:
        """List the organisation's agreements about a version, the newest first."""
        return [one for one in ok(self.ask("GET", self.api("agreements"))) if one["version"] == version]

    def agreement(self, iri: str) -> dict[str, Any]:
        """Fetch an agreement with its signed document."""
        answer: dict[str, Any] = ok(self.ask("GET", self.api(f"agreements/{key_of(iri)}")))
        return answer

    def revoke(self, iri: str, reason: str = "The data was passed on.") -> httpx.Response:
        """Revoke an agreement."""
        return self.ask("POST", self.api(f"agreements/{key_of(iri)}/revocation"), json={"reason": reason})

    def notifications(self) -> list[dict[str, Any]]:
        """List what the organisation was told."""
        found: list[dict[str, Any]] = ok(self.ask("GET", self.api("notifications")))
        return found

    def standing(self, node: str, iri: str) -> dict[str, Any]:
        """Tell how a node's catalogue says the organisation stands to a version."""
        answer = ok(self.ask("GET", f"{node}/api/v1/catalogue/dataset", params={"iri": iri}))
        return dict(answer["standing"])

    def query(self, version: str, text: str = COUNT) -> httpx.Response:
        """Ask a SPARQL query of a version, at its provider."""
        return self.ask("POST", sparql_url(version), data={"query": text})

    def count(self, version: str) -> int:
        """Count the statements of a version, at its provider."""
        return int(ok(self.query(version))["results"]["bindings"][0]["n"]["value"])

    def download(self, version: str, name: str) -> httpx.Response:
        """Fetch a file of a version, at its provider."""
        return self.ask("GET", download_url(version, name))


def description(slug: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - a description's fields
    """Return a description as the API takes it: class SA, CC BY, save for what is said otherwise."""
    return {
        "slug": slug,
        "title": f"Network model {slug}",
        "description": "A network model that tests publish.",
        "licence": "CC-BY-4.0",
        "triage": "shared",
        "sensitivity": "SA",
        "handling_reason": "It shows the location of critical plant.",
        **said,
    }


def registration(name: str, number: str, node: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - its fields
    """Return a registration as the API takes it."""
    return {
        "legal_name": name,
        "registration_number": number,
        "contact_name": "Ada Reed",
        "contact_email": "data@networks.example",
        "node_url": node,
        "roles": ["producer", "consumer"],
        "accepted_terms": "1.0",
        **said,
    }


def register(http: httpx.Client, orchestrator: str, fields: dict[str, Any]) -> Member:
    """Register an organisation; returns it with its first client."""
    answer = ok(http.post(f"{orchestrator}/api/v1/organisations", json=fields), 201)
    return Member(
        http,
        orchestrator,
        answer["client_id"],
        answer["client_secret"],
        home=fields["node_url"],
        iri=answer["organisation"],
    )


def await_registry(http: httpx.Client, node: str, organisation: str, status: str) -> None:
    """Wait until a node has heard from the orchestrator that an organisation has a status."""

    def heard() -> bool:
        known = ok(http.get(f"{node}/api/v1/organisations"))
        return any(one["organisation"] == organisation and one["status"] == status for one in known)

    eventually(heard, what=f"{node} hears that {organisation} is {status}")
