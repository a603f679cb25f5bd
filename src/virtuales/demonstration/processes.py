"""The nodes as processes of their own: started, awaited, watched, and stopped all together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Self

import httpx

from virtuales.demonstration.cast import HOST, Cast, Player
from virtuales.errors import PeerFailure

_START_SECONDS = 180.0
_STOP_SECONDS = 15.0
_PAUSE_SECONDS = 0.2
_FOLLOW_SECONDS = "0.5"
"""How soon a node asks again; short, as all of them start at once and wait for each other."""

TAIL_LINES = 20
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that ask the demonstration to end."""


class NodeEnded(PeerFailure):
    """A node's process that ended although nobody asked it to.

    Args:
        player: Whose node it is.
        code: The exit code; negative when a signal ended it.
    """

    def __init__(self, player: Player, code: int) -> None:
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        super().__init__(
            f"The node `{player.key}` ended by itself, with {how}.",
            where=str(player.log),
            remedy="Read the end of its log; then start the demonstration again, with `--fresh` to begin anew.",
        )
        self.tail = _tail(player)


class NodeProcesses:
    """The nodes' processes; leaving the context stops every one of them.

    Each runs in a session of its own, so that Ctrl-C in a terminal reaches this process alone, which then stops them
    in order.

    Args:
        cast: Whose nodes.
        operator_secret: The secret of the orchestrator's operator; passed in the environment, so no list of processes
            shows it.
    """

    def __init__(self, cast: Cast, *, operator_secret: str) -> None:
        self._cast = cast
        self._secret = operator_secret
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """Start every node; they are not up yet."""
        try:
            with _undisturbed():
                for player in self._cast.players:
                    self._processes[player.key] = self._start(player)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every node."""
        self.stop()

    def await_up(self, http: httpx.Client) -> None:
        """Wait until every node answers.

        Raises:
            NodeEnded: one of them ended instead.
            PeerFailure: one of them takes too long.
        """
        end = time.monotonic() + _START_SECONDS
        for player in self._cast.players:
            while not _answers(http, player):
                self.check()
                if time.monotonic() > end:
                    raise PeerFailure(
                        f"The node `{player.key}` did not answer within {_START_SECONDS:.0f} seconds.",
                        where=str(player.log),
                        remedy="Read its log; the machine may be too busy.",
                    )
                time.sleep(_PAUSE_SECONDS)

    def check(self) -> None:
        """Check that every node still runs.

        Raises:
            NodeEnded: one of them does not.
        """
        for player in self._cast.players:
            code = self._processes[player.key].poll()
            if code is not None:
                raise NodeEnded(player, code)

    def watch(self) -> None:
        """Stay until a node ends by itself; an interruption ends the watch as well.

        Raises:
            NodeEnded: it did.
        """
        while True:
            self.check()
            time.sleep(_PAUSE_SECONDS)

    def stop(self) -> None:
        """Ask every node to end and wait for it; who does not end in time, or is interrupted again, is killed."""
        running = [process for process in self._processes.values() if process.poll() is None]
        end = time.monotonic() + _STOP_SECONDS
        try:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(max(0.0, end - time.monotonic()))
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            pass
        finally:
            for process in running:
                if process.poll() is None:
                    process.kill()
                    process.wait()

    def _start(self, player: Player) -> subprocess.Popen[bytes]:
        player.log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "virtuales", "serve", "--role", player.role, "--base-url", player.url]
        command += ["--host", HOST, "--port", str(player.port), "--data-dir", str(player.data)]
        if player is not self._cast.orchestrator:
            command += ["--orchestrator-url", self._cast.orchestrator.url]
        with player.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603  # our own program, with arguments made here
                command,
                env=self._environment(player),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self, player: Player) -> Mapping[str, str]:
        """Return this process's environment without settings that are meant for a node of the user's own."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("VIRTUALES_")}
        environment["VIRTUALES_FOLLOW_SECONDS"] = _FOLLOW_SECONDS
        if player is self._cast.orchestrator:
            environment["VIRTUALES_OPERATOR_SECRET"] = self._secret
        return environment


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold an interruption back until the block ends, so that no process is started and then forgotten."""
    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread alone
        yield
        return
    held: list[int] = []

    def hold(number: int, _frame: FrameType | None) -> None:
        held.append(number)

    before = {number: signal.signal(number, hold) for number in INTERRUPTIONS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for name in held:
        signal.raise_signal(name)


def _answers(http: httpx.Client, player: Player) -> bool:
    try:
        return http.get(f"{player.url}/health").is_success
    except httpx.HTTPError:
        return False


def _tail(player: Player) -> str:
    lines = player.log.read_text(encoding="utf-8", errors="replace").splitlines() if player.log.exists() else []
    return "\n".join(lines[-TAIL_LINES:])
