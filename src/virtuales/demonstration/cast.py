"""Who takes part in the demonstration, at which address, and where each keeps its files."""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from virtuales.demonstration.network import SAMPLE_ORGANISATIONS, SampleOrganisation
from virtuales.errors import ConfigurationError, Conflict

HOST = "127.0.0.1"
FIRST_PORT = 8400
ORCHESTRATOR = "orchestrator"
PARTICIPANTS = ("balancing", "northmoor", "vale")
"""The sample organisations that run a node."""

_LAST_PORT = 65535


@dataclass(frozen=True)
class Player:
    """A node of the demonstration.

    Args:
        key: `orchestrator`, or the key of the organisation whose node it is.
        port: The port it listens on, on loopback.
        directory: Where the demonstration keeps its files.
    """

    key: str
    port: int
    directory: Path

    @property
    def url(self) -> str:
        """The node's base URL."""
        return f"http://{HOST}:{self.port}"

    @property
    def role(self) -> Literal["orchestrator", "participant"]:
        """What the node is."""
        return "orchestrator" if self.key == ORCHESTRATOR else "participant"

    @property
    def data(self) -> Path:
        """The node's data directory."""
        return self.directory / "nodes" / self.key

    @property
    def log(self) -> Path:
        """The file that holds what the node says while it runs."""
        return self.directory / "logs" / f"{self.key}.log"

    @property
    def organisation(self) -> SampleOrganisation | None:
        """The organisation whose node it is; None for the orchestrator."""
        return SAMPLE_ORGANISATIONS.get(self.key)

    @property
    def title(self) -> str:
        """Its name for people.

        >>> Player("vale", 8403, Path()).title
        'Vale Networks Limited'
        """
        return self.organisation.legal_name if self.organisation else "Orchestrator"


@dataclass(frozen=True)
class Cast:
    """Everybody who takes part.

    Args:
        orchestrator: The orchestrator's node.
        participants: The organisations' nodes.
    """

    orchestrator: Player
    participants: tuple[Player, ...]

    @property
    def players(self) -> tuple[Player, ...]:
        """Every node, the orchestrator's first."""
        return (self.orchestrator, *self.participants)

    def player(self, key: str) -> Player:
        """Return the node of a key."""
        return next(player for player in self.players if player.key == key)


def gather(directory: Path, first_port: int = FIRST_PORT) -> Cast:
    """Give every node its port, one after the other, and its place below a directory.

    Raises:
        ConfigurationError: there are no such ports.
    """
    last = first_port + len(PARTICIPANTS)
    if not 1 <= first_port <= last <= _LAST_PORT:
        raise ConfigurationError(
            f"There are no ports {first_port} to {last}.",
            where="--first-port",
            remedy=f"Give a number from 1024 to {_LAST_PORT - len(PARTICIPANTS)}.",
        )
    participants = (Player(key, first_port + place, directory) for place, key in enumerate(PARTICIPANTS, start=1))
    return Cast(Player(ORCHESTRATOR, first_port, directory), tuple(participants))


def refuse_taken_ports(cast: Cast) -> None:
    """Refuse to start while somebody else listens where a node is to.

    Raises:
        Conflict: names every port that is taken.
    """
    taken = [str(player.port) for player in cast.players if not _is_free(player.port)]
    if taken:
        plural = "s" if len(taken) > 1 else ""
        raise Conflict(
            f"Something else listens on the port{plural} {', '.join(taken)} of {HOST}.",
            where="--first-port",
            remedy=f"Stop it, or choose {len(cast.players)} other ports in a row with `--first-port`.",
        )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what a server of ours closed lately is free
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
