"""What an attempt can be made at, and what it is: one request, and the refusal that it has to meet."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx
from tests.clients import Member, Operator, ok, sparql_url
from tests.journey.networks import Network, asked_version
from tests.journey.small_model import FILE, coordinate_system, small_model
from tests.nodes import NodeProcess

CANARY: Final = "CANARY-of-the-vault"
"""Stands in the data that nobody but its producer may see."""
_SYSTEM: Final = UUID(int=0x5EC2E7, version=4)
_MAY_BE_RECORDED: Final = frozenset({"AccessRefused", "PeerEventReceived", "AccessGranted"})
"""Traces of refusals and of accesses; what other nodes announce of theirs."""


@dataclass(frozen=True)
class Stage:
    """A running network with things to be had.

    Args:
        running: The nodes.
        vault: A version of `north` that participants see in the catalogue, and that nobody was granted.
        hidden: A version that participants may know of, and nobody else.
        granted: A version that `vale` was granted.
        revoked: A version that `vale` was granted, and whose agreement was revoked.
        asked: A version that `vale` asked for, and that awaits a decision.
        draft: The short name of a dataset of `north` that was never published.
    """

    running: Network
    vault: str
    hidden: str
    granted: str
    revoked: str
    asked: str
    draft: str = "redteam-draft"

    @property
    def http(self) -> httpx.Client:
        """A client without credentials."""
        return self.running.http

    @property
    def north(self) -> Member:
        """The victim."""
        return self.running.members["north"]

    @property
    def vale(self) -> Member:
        """A consumer with an agreement, who wants more."""
        return self.running.members["vale"]

    @property
    def dale(self) -> Member:
        """A participant without any agreement."""
        return self.running.members["dale"]

    @property
    def operator(self) -> Operator:
        """The orchestrator's staff."""
        return self.running.operator

    @property
    def centre(self) -> str:
        """The orchestrator's address."""
        return self.running.orchestrator.url

    def node(self, name: str) -> NodeProcess:
        """A participant's node."""
        return self.running.nodes[name]

    def ask(self, method: str, url: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """Send a request as nobody."""
        return self.http.request(method, url, **options)

    def query(self, text: str, **more: str) -> httpx.Response:
        """Ask the version that `vale` was granted, as `vale`."""
        return self.vale.ask("POST", sparql_url(self.granted), data={"query": text, **more})


@dataclass(frozen=True)
class Attempt:
    """An attempt.

    Args:
        name: What is attempted.
        make: Makes it; returns the answer.
        status: The answer's status; several where the way to the refusal does not matter.
        says: What the answer has to hold: the reason, or the emptiness.
        leaves: Kinds of event that it may leave behind, for steps before the refused one that its maker may take.
    """

    name: str
    make: Callable[[Stage], httpx.Response]
    status: int | tuple[int, ...]
    says: str = ""
    leaves: frozenset[str] = frozenset()


def set_stage(running: Network) -> Stage:
    """Publish what is to be guarded."""
    north, vale = running.members["north"], running.members["vale"]
    secret = coordinate_system(_SYSTEM, name=CANARY)
    vault = north.provide("redteam-vault", [(FILE, small_model(101, body=secret))])
    hidden = north.provide("redteam-hidden", [(FILE, small_model(102, body=secret))])
    versions = {}
    for slug in ("redteam-granted", "redteam-revoked"):
        versions[slug] = asked_version(north, vale, slug)
        agreed = north.approve(versions[slug])
    ok(north.revoke(agreed["agreement"]))
    north.describe("redteam-draft", title=f"Draft {CANARY}")
    north.describe("redteam-bombs")
    asked = asked_version(north, vale, "redteam-asked")
    return Stage(running, vault, hidden, versions["redteam-granted"], versions["redteam-revoked"], asked)


@contextmanager
def untouched(running: Network, *, but: frozenset[str] = frozenset()) -> Iterator[None]:
    """Judge that no node records anything but traces of refusals and accesses while the block runs."""
    heads = [(process, _recorded(process, after=None)) for process in running.processes]
    yield
    for process, head in heads:
        kinds = set(_recorded(process, after=int(head[0]))) - _MAY_BE_RECORDED - but
        assert not kinds, f"{process.name} recorded {kinds}"


def _recorded(process: NodeProcess, *, after: int | None) -> list[str]:
    """Return the last sequence number, or the kinds of the events after one, straight from the journal's file."""
    with closing(sqlite3.connect(f"file:{process.data / 'journal.sqlite'}?mode=ro", uri=True)) as file:
        if after is None:
            rows = file.execute("SELECT coalesce(max(sequence), 0) FROM event")
        else:
            rows = file.execute("SELECT kind FROM event WHERE sequence > ?", (after,))
        return [str(row[0]) for row in rows]
