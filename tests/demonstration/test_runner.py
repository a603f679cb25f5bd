"""The demonstration as people start it: a command, with real nodes below it."""

import json
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tests.clients import Member

from virtuales.demonstration.cast import HOST, gather, refuse_taken_ports
from virtuales.demonstration.record import FILE_NAME, Record, claimed, open_record, save_record
from virtuales.errors import ConfigurationError, Conflict

_READY = "Ctrl-C stops all of it."
_START_SECONDS = 240.0
_STOP_SECONDS = 120.0


def free_ports() -> int:
    """Return the first of four ports in a row that nobody listens on."""
    while True:
        first = random.SystemRandom().randrange(12_000, 19_990)
        try:
            refuse_taken_ports(gather(Path(), first))
        except Conflict:
            continue
        return first


class Run:
    """A started demonstration.

    Args:
        directory: Its directory.
        first_port: The orchestrator's port.
        options: Further options of the command.
    """

    def __init__(self, directory: Path, first_port: int, *options: str) -> None:
        self.directory = directory
        self.first_port = first_port
        self.said = directory.parent / "said.txt"
        command = [sys.executable, "-m", "virtuales", "demo", "--directory", str(directory)]
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--first-port", str(first_port), *options], stdout=out, stderr=subprocess.STDOUT
            )
        self.nodes: list[psutil.Process] = []

    def text(self) -> str:
        """Return what it has printed."""
        return self.said.read_text(encoding="utf-8")

    def await_ready(self) -> None:
        """Wait until it invites to try it, and note its nodes' processes."""
        end = time.monotonic() + _START_SECONDS
        while _READY not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < end, self.text()
            time.sleep(0.1)
        self.nodes = psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: signal.Signals) -> int:
        """Send it a signal and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(_STOP_SECONDS)

    def record(self) -> dict[str, dict[str, object]]:
        """Return what it keeps for the next start."""
        kept: dict[str, dict[str, object]] = json.loads((self.directory / FILE_NAME).read_text(encoding="utf-8"))
        return kept

    def end(self) -> None:
        """Leave nothing behind, however the test went."""
        left = list(self.nodes)
        if self.process.poll() is None:
            left += psutil.Process(self.process.pid).children()
            self.process.kill()
        for node in left:
            if node.is_running():
                node.kill()
        self.process.wait()


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    """Collect what a test starts, to end it afterwards."""
    started: list[Run] = []
    yield started
    for run in started:
        run.end()


def refused(*options: str) -> str:
    """Return the one error with which the command refuses to start."""
    command = [sys.executable, "-m", "virtuales", "demo", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_STOP_SECONDS)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("error:") == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_refuses_ports_that_are_taken_and_names_them(tmp_path: Path) -> None:
    first = free_ports()
    with socket.create_server((HOST, first + 2)):
        said = refused("--directory", str(tmp_path / "demo"), "--first-port", str(first))
    assert str(first + 2) in said
    assert "--first-port" in said
    assert not (tmp_path / "demo").exists()


def test_refuses_ports_that_do_not_exist() -> None:
    with pytest.raises(ConfigurationError, match="no ports 65534 to 65537"):
        gather(Path(), 65534)


def test_refuses_a_directory_that_holds_something_else_even_to_begin_anew(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    said = refused("--directory", str(tmp_path), "--fresh", "--first-port", str(free_ports()))
    assert "something else" in said
    assert (tmp_path / "letter.txt").read_text() == "keep me"


def test_refuses_other_ports_than_those_it_was_set_up_with(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    with claimed(place):
        save_record(place, Record(first_port=9000, operator_secret="known"))
    said = refused("--directory", str(place), "--first-port", str(free_ports()))
    assert "--first-port 9000" in said


def test_refuses_a_directory_in_which_another_one_runs_even_to_begin_anew(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    with claimed(place):
        save_record(place, Record(first_port=9000, operator_secret="known"))
        said = refused("--directory", str(place), "--fresh", "--first-port", str(free_ports()))
        assert "Stop it first." in said
        assert (place / FILE_NAME).exists()


def test_beginning_anew_removes_what_a_demonstration_made_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "demo" / "nodes").mkdir(parents=True)
    (tmp_path / "demo" / "nodes" / "journal").touch()
    (tmp_path / "demo" / "lock").touch()
    (tmp_path / "demo" / "letter.txt").touch()
    with claimed(tmp_path / "demo"):
        record = open_record(tmp_path / "demo", first_port=9000, fresh=True)
    assert record.members == {}
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [FILE_NAME, "letter.txt", "lock"]


def test_refuses_a_record_that_cannot_be_read(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    with claimed(place):
        (place / FILE_NAME).write_text("{}")
    assert "--fresh" in refused("--directory", str(place), "--first-port", str(free_ports()))


def test_demonstration_sets_everything_up_keeps_it_and_leaves_no_process(tmp_path: Path, runs: list[Run]) -> None:
    first = Run(tmp_path / "demo", free_ports())
    runs.append(first)
    first.await_ready()
    assert len(first.nodes) == 4
    _assert_private(first)
    _assert_published(first)
    kept = first.record()
    assert first.stop(signal.SIGINT) == 0
    assert [node for node in first.nodes if node.is_running()] == []

    second = Run(first.directory, first.first_port)
    runs.append(second)
    second.await_ready()
    assert second.record() == kept
    assert "publishes" not in second.text()
    _assert_published(second)
    _assert_ends_with_a_node(second)


def test_stops_on_sigterm_while_it_is_being_set_up(tmp_path: Path, runs: list[Run]) -> None:
    run = Run(tmp_path / "demo", free_ports())
    runs.append(run)
    while not (parts := psutil.Process(run.process.pid).children()):
        assert run.process.poll() is None, run.text()
        time.sleep(0.02)
    run.nodes = parts
    assert run.stop(signal.SIGTERM) == 0
    assert [node for node in run.nodes if node.is_running()] == []


def _assert_private(run: Run) -> None:
    """Nobody but the owner may read the secrets, and no list of processes shows the operator's."""
    secrets = [run.directory / FILE_NAME, *(run.directory / "config" / "profiles").glob("*.json")]
    assert len(secrets) == 5
    assert {stat.S_IMODE(file.stat().st_mode) for file in secrets} == {0o600}
    assert [node for node in run.nodes if str(run.record()["operator_secret"]) in " ".join(node.cmdline())] == []


def _assert_published(run: Run) -> None:
    """The orchestrator's catalogue lists one version of each organisation's dataset."""
    member = run.record()["members"]["vale"]
    assert isinstance(member, dict)
    centre = f"http://{HOST}:{run.first_port}"
    with httpx.Client(timeout=60) as http:
        vale = Member(http, centre, member["client_id"], member["client_secret"])
        found = vale.catalogue(centre)["datasets"]
    versions = run.record()["versions"].values()
    assert {f"{one['iri'].partition('/version/')[0]}/version/1" for one in found} == set(versions)
    assert {one["version"] for one in found} == {"1"}
    assert len(found) == 3


def _assert_ends_with_a_node(run: Run) -> None:
    """When a node ends by itself, all of it stops, with the end of that node's log."""
    vale = next(node for node in run.nodes if str(run.first_port + 3) in node.cmdline())
    os.kill(vale.pid, signal.SIGKILL)
    assert run.process.wait(_STOP_SECONDS) == 2
    assert "The node `vale` ended by itself, with signal SIGKILL." in run.text()
    assert "Uvicorn running" in run.text()
    assert [node for node in run.nodes if node.is_running()] == []
