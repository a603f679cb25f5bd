"""The people at the node under test: they do over its REST interface what each case of the kit expects them to do."""

import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx
from tests.clients import Member, ok

from dataspace_tck.cases import Script

_PAUSE: Final = 0.6
"""Seconds that people take; the kit needs some until it expects the next message."""
_UNTIL: Final = {"offer": "2031-01-01T00:00:00Z", "counter": "2030-01-01T00:00:00Z"}


class People(threading.Thread):
    """Watches a list of the node's, and makes each case's next move when its state is there.

    Args:
        member: The organisation under test.
        listed: The path of the list.
        scripts: What is to be done, by the name under which a case is known.
        name_of: The key of a list's entry that holds that name.
    """

    def __init__(self, member: Member, listed: str, scripts: Mapping[str, Script], name_of: str) -> None:
        super().__init__(daemon=True)
        self._member, self._listed, self._name_of = member, listed, name_of
        self._left = {name: list(script) for name, script in scripts.items()}
        self._seen: dict[str, tuple[str, float]] = {}
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the watch."""
        self._stopped.set()

    def run(self) -> None:
        """Watch until stopped."""
        while not self._stopped.wait(0.15):
            try:
                for one in ok(self._member.ask("GET", self._member.api(self._listed))):
                    self._consider(one)
            except (httpx.HTTPError, AssertionError) as error:
                print(f"NOTE people: {error}")

    def _consider(self, one: Mapping[str, Any]) -> None:
        script = self._left.get(one[self._name_of], [])
        key = one.get("negotiation") or one["transfer"]
        state, since = self._seen.get(key, ("", 0.0))
        if one["state"] != state:
            self._seen[key] = (one["state"], time.monotonic())
            return
        if script and script[0][0] == state and one.get("provider_reached", True) and time.monotonic() - since > _PAUSE:
            _, move = script.pop(0)
            self._make(one, key, move)

    def _make(self, one: Mapping[str, Any], key: str, move: str) -> None:
        url, body = self._door(one, key, move)
        answer = self._member.ask("POST", self._member.api(url), json=body)
        if answer.is_error:
            print(f"NOTE {move} of {one[self._name_of]}: {answer.status_code} {answer.text[:300]}")

    def _door(self, one: Mapping[str, Any], key: str, move: str) -> tuple[str, dict[str, object]]:
        reason = {"reason": "The case says so."}
        if "transfer" in one:
            doors = {"start": "start", "suspend": "suspension", "complete": "completion", "terminate": "termination"}
            return f"transfers/{key}/{doors[move]}", {} if move in {"start", "complete"} else dict(reason)
        if move == "offer":
            kind = "counter" if one["consumer"] == self._member.iri else "offer"
            return f"negotiations/{key}/counter-offer", {"until": _UNTIL[kind], **reason}
        doors = {
            "agree": f"reviews/{key}/approval",
            "terminate": f"negotiations/{key}/withdrawal",
            "accept": f"negotiations/{key}/acceptance",
            "verify": f"connectors/negotiations/{key}/verification",
            "finalise": f"connectors/negotiations/{key}/finalisation",
        }
        return doors[move], dict(reason) if move not in {"verify", "finalise"} else {}


class Initiation:
    """Where the kit says that a negotiation or transfer is to be asked for, as a person at the node would hear it.

    Args:
        member: The organisation under test.
        provider: IRI of the organisation in whose name the kit acts.
    """

    def __init__(self, member: Member, provider: str) -> None:
        initiation = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                threading.Thread(target=initiation.act, args=(self.path, said), daemon=True).start()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self._member, self._provider = member, provider
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Listen no longer."""
        self._server.shutdown()
        self._server.server_close()

    def act(self, path: str, said: Mapping[str, str]) -> None:
        """Ask the node to ask the kit."""
        common = {"provider": self._provider, "connector": said["connectorAddress"]}
        if path == "/negotiations":
            answer = ask_for(self._member, said["datasetId"], said["offerId"], **common)
        else:
            body = {"agreement": said["agreementId"], "format": said["format"]}
            answer = self._member.ask("POST", self._member.api("transfers"), json=body)
        if answer.is_error:
            print(f"NOTE initiation: {answer.status_code} {answer.text[:300]}")


def ask_for(member: Member, dataset: str, offer: str, *, provider: str, connector: str) -> httpx.Response:
    """Ask the node to ask a connector for a dataset under the simplest of offers."""
    terms = {"@id": offer, "@type": "Offer", "permission": [{"action": "use"}]}
    body = {
        "provider": provider,
        "connector": connector,
        "dataset": dataset,
        "offer": terms,
        "purpose": "NetworkPlanning",
        "justification": "A case of the compatibility kit.",
        "accept_conditions": True,
    }
    return member.ask("POST", member.api("connectors/negotiations"), json=body)
