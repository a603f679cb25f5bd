"""Runs the demonstration: starts the nodes, sets up what is not there yet, and stops them all in the end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from virtuales.demonstration import admission, publishing, staff
from virtuales.demonstration.cast import FIRST_PORT, Cast, Player, gather, refuse_taken_ports
from virtuales.demonstration.desk import Desk
from virtuales.demonstration.processes import NodeProcesses
from virtuales.demonstration.record import Record, claimed, open_record, save_record
from virtuales.errors import PeerFailure

Step = Callable[[str], AbstractContextManager[object]]
"""Announces a step by a sentence and stays open while it is done."""

_HTTP_SECONDS = 300.0


@dataclass(frozen=True)
class Demonstration:
    """A running demonstration.

    Args:
        cast: The nodes.
        record: Credentials and published versions.
        processes: The nodes' processes.
    """

    cast: Cast
    record: Record
    processes: NodeProcesses


@contextmanager
def demonstrate(
    directory: Path, *, step: Step, first_port: int = FIRST_PORT, fresh: bool = False
) -> Iterator[Demonstration]:
    """Start the demonstration and give it once everything is set up; leaving the context stops every node.

    What an earlier start in the same directory set up is kept: the same credentials, nothing published twice.

    Args:
        directory: Where the nodes keep their data, logs and credentials.
        step: Told of each step.
        first_port: The orchestrator's port; the participants' are those after it.
        fresh: Whether to remove what an earlier demonstration left in the directory.

    Raises:
        Conflict: a port is taken, or the directory is not a demonstration's.
        ConfigurationError: the directory cannot be used.
        NodeEnded: a node ended by itself.
        PeerFailure: a node refused a step, or took too long.
    """
    place = directory.resolve()
    cast = gather(place, first_port)
    refuse_taken_ports(cast)
    with claimed(place):
        record = open_record(place, first_port=first_port, fresh=fresh)
        with (
            httpx.Client(timeout=_HTTP_SECONDS, trust_env=False) as http,
            NodeProcesses(cast, operator_secret=record.operator_secret) as processes,
        ):
            _set_up(http, Demonstration(cast, record, processes), step)
            yield Demonstration(cast, record, processes)


def desk_of(http: httpx.Client, cast: Cast, record: Record, player: Player) -> Desk:
    """Return the desk of the organisation whose node it is; at the orchestrator's, its operator's."""
    if player.organisation is None:
        centre, secret = cast.orchestrator.url, record.operator_secret
        return Desk(http, centre, client_id=admission.OPERATOR, client_secret=secret)
    member = record.members[player.key]
    return Desk(http, cast.orchestrator.url, client_id=member.client_id, client_secret=member.client_secret)


def _set_up(http: httpx.Client, made: Demonstration, step: Step) -> None:
    """Wait until every node is up, and do what has not been done yet."""
    try:
        with step(f"Starting {len(made.cast.players)} nodes"):
            made.processes.await_up(http)
        _admit(http, made.cast, made.record, step)
        _engage(http, made.cast, made.record, step)
        _publish(http, made.cast, made.record, step)
    except PeerFailure:
        made.processes.check()  # when a node has ended, that is what went wrong
        raise


def _admit(http: httpx.Client, cast: Cast, record: Record, step: Step) -> None:
    """Have every organisation registered and approved that is not yet, and every node know of it."""
    new = [player for player in cast.participants if not _is_approved(record, player)]
    for player in new:
        if player.key not in record.members:
            with step(f"{player.title} registers"):
                record.members[player.key] = admission.register(http, cast, player)
                save_record(player.directory, record)
        with step(f"The orchestrator checks and approves {player.title}"):
            record.members[player.key] = admission.approve(http, cast, record.members[player.key], record)
            save_record(player.directory, record)
    if new:
        with step("Every node hears who takes part"):
            admission.await_known(http, cast, record)


def _engage(http: httpx.Client, cast: Cast, record: Record, step: Step) -> None:
    """Have a person join at every node where nobody has yet."""
    new = [player for player in cast.players if player.key not in record.people]
    if not new:
        return
    with step("Somebody of each organisation joins"):
        for player in new:
            record.people[player.key] = staff.engage(http, desk_of(http, cast, record, player), player)
            save_record(cast.orchestrator.directory, record)


def _is_approved(record: Record, player: Player) -> bool:
    return player.key in record.members and record.members[player.key].approved


def _publish(http: httpx.Client, cast: Cast, record: Record, step: Step) -> None:
    """Have every organisation's dataset published that is not yet, and the catalogue list it."""
    new = [player for player in cast.participants if player.key not in record.versions]
    if not new:
        return
    with step("Writing the sample networks"):
        packages = publishing.write_packages(cast.orchestrator.directory)
    for player in new:
        package = packages[player.key]
        with step(f"{player.title} prepares and publishes “{package.title}”"):
            desk = desk_of(http, cast, record, player)
            record.versions[player.key] = publishing.publish(desk, player, package)
            save_record(player.directory, record)
    with step("The orchestrator's catalogue lists the datasets"):
        _await_listed(desk_of(http, cast, record, cast.participants[0]), cast.orchestrator, record)


def _await_listed(desk: Desk, player: Player, record: Record) -> None:
    def listed() -> bool:
        versions = record.versions.values()
        return all(desk.sees(player.url, "/api/v1/catalogue/dataset", {"iri": version}) for version in versions)

    admission.await_true(listed, "The orchestrator's catalogue lacks datasets.", str(player.log))
