"""`virtuales demo`: a demonstration on this machine, with sample organisations and their nodes."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from virtuales.cli.client.profile import CONFIG_DIR_VARIABLE, Profile, save_profile
from virtuales.clock import SystemClock
from virtuales.demonstration.admission import OPERATOR
from virtuales.demonstration.cast import FIRST_PORT, Player
from virtuales.demonstration.processes import INTERRUPTIONS, NodeEnded
from virtuales.demonstration.runner import Demonstration, demonstrate

_ROLES = "steward, reviewer, analyst, administrator"


def demo(
    directory: Annotated[Path, typer.Option(help="Where the nodes keep data, logs and credentials.")] = Path(".demo"),
    fresh: Annotated[bool, typer.Option("--fresh/--keep", help="Begin anew, or go on with what is there.")] = False,
    first_port: Annotated[int, typer.Option(help="The orchestrator's port; the next three are the others'.")] = (
        FIRST_PORT
    ),
) -> None:
    """Run an orchestrator and three organisations' nodes on this machine, with sample models published.

    Ctrl-C stops all of it. What was set up is kept in the directory, and the next start goes on with it.
    """
    console = Console(highlight=False, soft_wrap=True)
    for number in INTERRUPTIONS:
        signal.signal(number, signal.default_int_handler)
    try:
        with demonstrate(directory, step=_Steps(console).step, first_port=first_port, fresh=fresh) as running:
            _write_profiles(running, directory.resolve() / "config")
            _show(console, running, directory.resolve() / "config")
            try:
                running.processes.watch()
            finally:
                console.print("\nStopping every node …")
    except KeyboardInterrupt:
        console.print("The demonstration is stopped; the next start goes on with what is there.")
    except NodeEnded as ended:
        Console(stderr=True, highlight=False).print(Text(ended.tail, style="dim"), soft_wrap=True)
        raise


class _Steps:
    """Shows each step while it is done and, once it is, how long it took."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._clock = SystemClock()

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Show a step while the block runs."""
        begun = self._clock.now()
        with self._console.status(text):
            yield
        took = (self._clock.now() - begun).total_seconds()
        self._console.print(Text.assemble(("✓ ", "green"), text, (f"  {took:.1f} s", "dim")))


def _write_profiles(running: Demonstration, config: Path) -> None:
    """Keep a profile for every organisation and for the operator, apart from the user's own profiles."""
    os.environ[CONFIG_DIR_VARIABLE] = str(config)
    centre = running.cast.orchestrator.url
    for player in running.cast.participants:
        member = running.record.members[player.key]
        save_profile(player.key, Profile(centre, player.url, member.client_id, member.client_secret))
    save_profile(OPERATOR, Profile(centre, centre, OPERATOR, running.record.operator_secret))


def _show(console: Console, running: Demonstration, config: Path) -> None:
    """Print addresses, credentials, and what to try."""
    for player in running.cast.players:
        console.print(Text("\n" + player.title, style="bold"))
        for name, value in _about(running, player):
            console.print(Text.assemble((f"  {name:<11}", "dim"), value))
    console.print(Text("\nTry it in another terminal, line by line", style="bold"))
    for line in script(running, config):
        console.print(Text(line, style="cyan"))
    console.print("\nCtrl-C stops all of it.", style="bold")


def _about(running: Demonstration, player: Player) -> list[tuple[str, str]]:
    """Return what is to be known of a node, by names for people."""
    rows = [("portal", player.url), ("programs", f"{player.url}/about/api")]
    colleague = running.record.people[player.key]
    rows += [("sign in as", colleague.email), ("password", colleague.password)]
    member = running.record.members.get(player.key)
    if member is None:
        rows += [("client id", OPERATOR), ("secret", running.record.operator_secret)]
        return [*rows, ("roles", "operator"), ("profile", OPERATOR)]
    version = running.record.versions[player.key]
    rows += [("dataset", version), ("SPARQL", version.replace("/id/", "/sparql/", 1))]
    rows += [("client id", member.client_id), ("secret", member.client_secret)]
    return [*rows, ("roles", _ROLES), ("profile", player.key)]


def script(running: Demonstration, config: Path) -> list[str]:
    """Return lines for a shell that walk through the steps: one prepares the terminal, five try."""
    version = running.record.versions["northmoor"]
    place = Path(sys.executable).parent
    first = "grep -o 'urn:uuid:[0-9a-f-]*' | head -n 1"
    waiting = f"$(virtuales review list --profile northmoor --json | {first})"
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    return [
        f"export PATH={shlex.quote(str(place))}:$PATH {CONFIG_DIR_VARIABLE}={shlex.quote(str(config))}",
        f"virtuales find 400 kV --profile vale --node {running.cast.orchestrator.url}",
        f"virtuales request {version} --purpose NetworkPlanning --because 'Re-routing study' --accept --profile vale",
        f"virtuales review approve {waiting} --because 'Agreed' --profile northmoor",
        f"virtuales query {version} '{count}' --profile vale",
        f"virtuales download {version} --to . --profile vale",
    ]
