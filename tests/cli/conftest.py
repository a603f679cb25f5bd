"""A small network for the command line: an orchestrator, a producer and a consumer, set up by commands alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cli.terminal import Terminal
from tests.nodes import OPERATOR_SECRET, NodeProcess, eventually, start_together

from virtuales.demonstration.network import SamplePackage, sample_packages


@dataclass(frozen=True)
class Network:
    """Three nodes and a terminal with the profiles `operator`, `producer` and `consumer`.

    Args:
        terminal: Where commands run.
        orchestrator: The orchestrator's node.
        producer: The producer's node.
        consumer: The consumer's node.
        registered: What `organisation register` answered for the producer and the consumer.
    """

    terminal: Terminal
    orchestrator: NodeProcess
    producer: NodeProcess
    consumer: NodeProcess
    registered: dict[str, dict[str, Any]]

    def find_as_consumer(self, *words: str) -> dict[str, Any]:
        """Return what the consumer finds, once the announcement has reached the catalogue."""
        return eventually(
            lambda: next(
                iter(self.terminal.json("find", *words, "--profile", "consumer")["datasets"]),
                None,
            ),
            what="the dataset in the consumer's catalogue",
        )


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal of a user without profiles."""
    return Terminal(tmp_path / "config")


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> SamplePackage:
    """A transmission network's model, as its producer publishes it."""
    return sample_packages(tmp_path_factory.mktemp("packages"))[0]


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The network, with both organisations registered, checked, approved and logged in."""
    place = tmp_path_factory.mktemp("cli-network")
    orchestrator = NodeProcess(place / "orchestrator", role="orchestrator")
    producer = NodeProcess(place / "producer", orchestrator=orchestrator.url)
    consumer = NodeProcess(place / "consumer", orchestrator=orchestrator.url)
    nodes = (orchestrator, producer, consumer)
    terminal = Terminal(place / "config")
    try:
        start_together(nodes)
        log_in(terminal, "operator", orchestrator, at=orchestrator, client="operator", secret=OPERATOR_SECRET)
        registered = {
            name: register(terminal, orchestrator, node, name=name, number=number)
            for name, node, number in (("producer", producer, "01234567"), ("consumer", consumer, "01234568"))
        }
        for name, node in (("producer", producer), ("consumer", consumer)):
            approve(terminal, registered[name]["organisation"])
            credentials = registered[name]
            log_in(
                terminal,
                name,
                orchestrator,
                at=node,
                client=credentials["client_id"],
                secret=credentials["client_secret"],
            )
        running = Network(terminal, orchestrator, producer, consumer, registered)
        await_registry(running)
        yield running
    finally:
        for node in nodes:
            if node.is_running:
                node.end()


def await_registry(network: Network) -> None:
    """Wait until every node knows both organisations as approved."""
    for name in ("producer", "consumer"):
        eventually(
            lambda name=name: "Approved" in network.terminal("whoami", "--profile", name).out,  # type: ignore[misc]  # a lambda's default has no type
            what=f"{name} approved on its own node",
        )


def register(
    terminal: Terminal, orchestrator: NodeProcess, node: NodeProcess, *, name: str, number: str
) -> dict[str, Any]:
    """Register an organisation and return its credentials."""
    answer: dict[str, Any] = terminal.json(
        *("organisation", "register", "--orchestrator", orchestrator.url, "--node", node.url),
        *("--legal-name", f"The {name} plc", "--registration-number", number, "--role", "producer"),
        *("--role", "consumer", "--contact-name", "Ada Reed", "--contact-email", f"data@{name}.example"),
        *("--accept-terms", "1.0"),
    )
    return answer


def approve(terminal: Terminal, organisation: str) -> None:
    """Record every check as passed and approve, as the orchestrator's staff."""
    staff = ("--profile", "operator")
    names = [check["name"] for check in terminal.json("organisation", "checks", *staff)]
    terminal.ok("organisation", "check", organisation, *names, "--passed", "--note", "seen", *staff)
    terminal.ok("organisation", "decide", organisation, "approve", "--because", "All checks passed.", *staff)


def log_in(
    terminal: Terminal, profile: str, orchestrator: NodeProcess, *, at: NodeProcess, client: str, secret: str
) -> str:
    """Log in under a profile; the secret goes through standard input."""
    return terminal.ok(
        *("login", "--orchestrator", orchestrator.url, "--node", at.url, "--client-id", client),
        *("--client-secret-stdin", "--profile", profile),
        stdin=secret + "\n",
    )
