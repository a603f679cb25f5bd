"""Networks of node processes: an orchestrator, and organisations that it approved, each with a node of its own."""

import select
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from tests.clients import SECONDS, Member, Operator, await_registry, register, registration
from tests.journey.small_model import FILE, small_model
from tests.nodes import NodeProcess, start_together


@dataclass(frozen=True)
class Network:
    """Running nodes.

    Args:
        http: An HTTP client without credentials.
        orchestrator: The orchestrator's node.
        operator: Its staff.
        nodes: The participants' nodes, by name.
        members: The organisations, by the name of their node; empty until `admit` was called.
    """

    http: httpx.Client
    orchestrator: NodeProcess
    operator: Operator
    nodes: dict[str, NodeProcess]
    members: dict[str, Member]

    @property
    def processes(self) -> list[NodeProcess]:
        """Every node's process."""
        return [self.orchestrator, *self.nodes.values()]

    def admit(self, *names: str) -> list[Member]:
        """Register and approve the organisations of nodes, and wait until every node has heard of it."""
        for number, name in enumerate(names, start=len(self.members) + 1):
            fields = registration(f"{name.capitalize()} Networks plc", f"{number:08d}", self.nodes[name].url)
            self.members[name] = register(self.http, self.orchestrator.url, fields)
            self.operator.approve(self.members[name].iri)
        for name in names:
            for node in self.nodes.values():
                if node.is_running:
                    await_registry(self.http, node.url, self.members[name].iri, "Approved")
        return [self.members[name] for name in names]


@contextmanager
def network(
    directory: Path,
    *names: str,
    settings: Mapping[str, str] | None = None,
    orchestrator: Mapping[str, str] | None = None,
) -> Iterator[Network]:
    """Start an orchestrator and participants' nodes, and end them afterwards.

    Args:
        directory: Where they keep their files.
        names: The participants' nodes.
        settings: Settings of the participants' nodes.
        orchestrator: Settings of the orchestrator.
    """
    centre = NodeProcess(directory / "orchestrator", role="orchestrator", settings=orchestrator)
    nodes = {name: NodeProcess(directory / name, orchestrator=centre.url, settings=settings) for name in names}
    with httpx.Client(timeout=SECONDS) as http:
        made = Network(http, centre, Operator(http, centre.url), nodes, {})
        try:
            start_together(made.processes)
            yield made
        finally:
            for process in made.processes:
                process.end()


_MAY_BE_RECORDED = frozenset({"AccessRefused", "PeerEventReceived"})
"""What a refusal leaves behind: the trail of refused accesses, and what other nodes announce of theirs."""


@contextmanager
def unchanged(running: Network, *, but: Iterable[str] = ()) -> Iterator[None]:
    """Judge that no node records anything while the block runs, save refused accesses and the kinds of event named."""
    heads = [(process, process.head()) for process in running.processes]
    yield
    for process, head in heads:
        changes = set(process.events(after=head)) - _MAY_BE_RECORDED - set(but)
        assert not changes, f"{process.name} recorded {changes}"


def asked_version(north: Member, vale: Member, slug: str) -> str:
    """Publish a small model that another organisation then asks for; return the version's IRI."""
    version = north.provide(slug, [(FILE, small_model(sum(slug.encode())))])
    vale.request(version)
    return version


def granted_version(north: Member, vale: Member, slug: str) -> str:
    """Publish a small model that another organisation is granted; return the version's IRI."""
    version = asked_version(north, vale, slug)
    assert north.approve(version)["state"] == "FINALIZED"
    return version


def raw_upload(member: Member, request: str, length: str, *, chunks: int) -> tuple[int, int]:
    """Send the head of a request and up to so many chunks of 64 kB, as no sound client would.

    Args:
        member: In whose name.
        request: Method and address.
        length: The header that states the body's length, or that it comes in chunks.
        chunks: How many chunks to send at most; none are sent after an answer.

    Returns:
        The answer's status, and how many bytes were sent until it came.
    """
    method, url = request.split(" ")
    address = urlsplit(url)
    node = f"http://{address.netloc}"
    head = (
        f"{method} {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n{length}\r\n"
        f"Content-Type: application/json\r\nAuthorization: Bearer {member.token(node)}\r\n\r\n"
    )
    sent = 0
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=60) as connection:
        connection.sendall(head.encode())
        for _ in range(chunks):
            if select.select([connection], [], [], 0)[0]:
                break
            try:
                connection.sendall(b"10000\r\n" + b"<" * 0x10000 + b"\r\n")
            except OSError:
                break
            sent += 0x10000
        answer = connection.recv(65536)
    return int(answer.split(b" ")[1]), sent
