"""Wrong input at the command line's door: one clear error, the exit code that goes with it, and nothing changed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from tests.cli.conftest import Network
from tests.cli.terminal import Terminal
from tests.clients import problem
from tests.journey.small_model import small_model
from tests.nodes import eventually, free_port

from virtuales.cli.client.connection import Connection
from virtuales.cli.client.profile import Profile

NOT_XML = b"this is no XML"


@pytest.fixture
def draft(network: Network) -> str:
    """A described dataset of the producer, without files."""
    slug = f"refused-{time.monotonic_ns()}"
    network.terminal.ok(
        *("dataset", "describe", slug, "--title", "T", "--description", "D", "--licence", "CC-BY-4.0"),
        *("--triage", "shared", "--sensitivity", "SA", "--handling-reason", "Critical plant.", "--profile", "producer"),
    )
    return slug


def send(network: Network, slug: str, file: Path) -> None:
    """Send a file as the producer."""
    network.terminal.ok("dataset", "send", slug, file, "--profile", "producer")


@pytest.mark.parametrize(
    "command",
    [
        ("whoami",),
        ("organisation", "desk"),
        ("dataset", "list"),
        ("requests",),
        ("review", "list"),
        ("agreement", "list"),
        ("inbox",),
        ("audit",),
    ],
)
def test_refuses_to_ask_for_nobody(command: tuple[str, ...], terminal: Terminal) -> None:
    said = terminal(*command)
    assert said.code == 2
    assert "There is no profile `default`." in said.err
    assert "virtuales login" in said.err
    assert said.out == ""


@pytest.mark.parametrize("command", [("find", "400"), ("organisation", "terms"), ("organisation", "list")])
def test_a_node_that_does_not_answer_gives_one_error(command: tuple[str, ...], terminal: Terminal) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    option = "--node" if command[0] == "find" else "--orchestrator"
    said = terminal.process(*command, option, nobody)
    assert said.code == 2
    assert f"The node at {nobody} does not answer" in said.err
    assert "Traceback" not in said.all


@pytest.mark.parametrize("address", ["node.example", "ftp://node.example", "http://", "http://node.example?x=1"])
def test_refuses_what_is_no_address(address: str, terminal: Terminal) -> None:
    said = terminal("find", "--node", address)
    assert said.code == 2
    assert "is no address of a node" in said.err


@pytest.mark.parametrize("iri", ["northmoor", "http://127.0.0.1/id/organisation/x", "file:///id/dataset/x"])
def test_refuses_what_is_no_dataset(iri: str, terminal: Terminal) -> None:
    for command in (("show", iri), ("query", iri, "ASK {}"), ("download", iri)):
        said = terminal(*command)
        assert said.code == 2
        assert "is no IRI of a dataset" in said.err


@pytest.mark.req("J1.1")
def test_a_wrong_secret_leaves_no_profile(network: Network, terminal: Terminal) -> None:
    client = network.registered["producer"]["client_id"]
    places = ("--orchestrator", network.orchestrator.url, "--node", network.producer.url)
    said = terminal("login", *places, "--client-id", client, "--client-secret-stdin", stdin="ves_wrong\n")
    assert said.code == 2
    assert "ves_wrong" not in said.all
    assert not terminal.config.exists()


def test_refuses_a_login_without_secret(network: Network, terminal: Terminal) -> None:
    places = ("--orchestrator", network.orchestrator.url, "--node", network.producer.url)
    said = terminal.process("login", *places, "--client-id", "x")
    assert said.code == 2
    assert "VIRTUALES_CLIENT_SECRET" in said.err


def test_the_secret_is_taken_from_the_environment_and_never_shown(network: Network, tmp_path: Path) -> None:
    registered = network.registered["producer"]
    secret = registered["client_secret"]
    terminal = Terminal(tmp_path, {"VIRTUALES_CLIENT_SECRET": secret})
    said = terminal(
        *("login", "--orchestrator", network.orchestrator.url, "--node", network.producer.url),
        *("--client-id", registered["client_id"]),
    )
    assert said.code == 0, said.all
    shown = terminal("whoami")
    assert secret not in said.all + shown.all + terminal.ok("whoami", "--json")
    file = tmp_path / "profiles" / "default.json"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    assert "may be read by others" in terminal("whoami").err
    assert terminal("logout").code == 0
    assert not file.exists()


@pytest.mark.req("J1.1")
def test_refuses_a_registration_that_accepts_other_terms(network: Network, terminal: Terminal) -> None:
    said = terminal(
        *("organisation", "register", "--orchestrator", network.orchestrator.url, "--node", network.consumer.url),
        *("--legal-name", "Other plc", "--registration-number", "09999999", "--role", "consumer"),
        *("--contact-name", "X", "--contact-email", "x@other.example", "--accept-terms", "0.1"),
    )
    assert said.code == 2
    assert "Other plc" not in terminal.ok("organisation", "list", "--orchestrator", network.orchestrator.url)


@pytest.mark.req("J1.1")
def test_refuses_an_approval_by_a_participant(network: Network) -> None:
    organisation = network.registered["consumer"]["organisation"]
    said = network.terminal(
        "organisation", "decide", organisation, "suspend", "--because", "Rivalry.", "--profile", "producer"
    )
    assert said.code == 2
    assert "Approved" in network.terminal.ok("organisation", "show", organisation, "--profile", "operator")


def test_refuses_a_description_without_licence_and_names_the_field(network: Network) -> None:
    said = network.terminal("dataset", "describe", "no-licence", "--title", "T", "--profile", "producer")
    assert said.code == 2
    assert "licence: Field required" in said.err
    assert "no-licence" not in network.terminal.ok("dataset", "list", "--profile", "producer")


@pytest.mark.parametrize(("name", "content"), [("d.json", "{"), ("d.toml", "title ="), ("d.json", "[1]")])
def test_refuses_a_description_that_cannot_be_read(name: str, content: str, terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(content)
    said = terminal("dataset", "describe", "--from", file)
    assert said.code == 2
    assert name in said.err


def test_refuses_to_send_a_missing_file(network: Network, draft: str, tmp_path: Path) -> None:
    said = network.terminal("dataset", "send", draft, tmp_path / "absent.xml", "--profile", "producer")
    assert said.code == 2
    assert "absent.xml" in said.err


def test_refuses_to_send_to_an_unknown_dataset(network: Network, tmp_path: Path) -> None:
    file = tmp_path / "model.xml"
    file.write_bytes(small_model(1))
    assert network.terminal("dataset", "send", "unheard-of", file, "--profile", "producer").code == 2


@pytest.mark.req("J1.4")
def test_what_is_not_xml_is_not_accepted(network: Network, draft: str, tmp_path: Path) -> None:
    file = tmp_path / "model.xml"
    file.write_bytes(NOT_XML)
    said = network.terminal("dataset", "send", draft, file, "--profile", "producer")
    assert said.code == 2
    assert "model.xml" in said.err
    assert "none yet" in network.terminal.ok("dataset", "show", draft, "--profile", "producer")


@pytest.mark.req("J1.4")
def test_a_torn_model_cannot_be_prepared_and_can_be_taken_out(network: Network, draft: str, tmp_path: Path) -> None:
    file = tmp_path / "model.xml"
    file.write_bytes(small_model(3)[:-20])
    send(network, draft, file)
    said = network.terminal("dataset", "prepare", draft, "--profile", "producer")
    assert said.code == 2
    assert "model.xml" in said.err
    network.terminal.ok("dataset", "remove", draft, "model.xml", "--profile", "producer")
    assert "none yet" in network.terminal.ok("dataset", "show", draft, "--profile", "producer")


@pytest.mark.req("J2.4")
def test_a_model_that_does_not_conform_is_refused_with_its_report(network: Network, draft: str, tmp_path: Path) -> None:
    file = tmp_path / "model.xml"
    body = '<cim:CoordinateSystem rdf:ID="_5e2a7b1c-9d3f-4a60-8c1e-2b7d9f0a4c35"/>'
    file.write_bytes(small_model(2, body=body))
    send(network, draft, file)
    said = network.terminal("dataset", "prepare", draft, "--profile", "producer")
    assert said.code == 1
    assert "times Violation" in said.out
    assert "CoordinateSystem.crsUrn" in said.out
    assert "violates the registered shapes" in said.err
    report = network.terminal("dataset", "prepare", draft, "--json", "--profile", "producer").json()
    assert report["acceptable"] is False
    published = network.terminal("dataset", "publish", draft, "--audience", "open", "--profile", "producer")
    assert published.code == 2


@pytest.mark.req("J6.2")
def test_the_desk_of_another_dataset_is_closed_to_others(network: Network, draft: str) -> None:
    assert network.terminal("dataset", "show", draft, "--profile", "consumer").code == 2
    assert network.terminal("audit", "--profile", "producer").code == 0


def test_refuses_two_queries_and_none(terminal: Terminal, tmp_path: Path) -> None:
    iri = "http://127.0.0.1:1/id/dataset/x/version/1"
    for given in ((), ("ASK {}", "--file", str(tmp_path / "q.rq"))):
        said = terminal("query", iri, *given)
        assert said.code == 2
        assert "one query" in said.err


def test_refuses_an_agreement_that_is_none(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "agreement.json"
    for content in ("no JSON", "[]", "{}"):
        file.write_text(content)
        assert terminal("agreement", "verify", file).code == 2


@pytest.mark.parametrize("command", [("fly",), ("dataset", "fly"), ("find", "--limit", "0"), ("show",)])
def test_refuses_commands_that_are_none(command: tuple[str, ...], terminal: Terminal) -> None:
    said = terminal.process(*command)
    assert said.code == 2
    assert "Usage" in said.err


def test_refuses_to_ask_nothing(terminal: Terminal) -> None:
    said = terminal("query")
    assert said.code == 2
    assert "Name a dataset version, or an `--endpoint`." in said.err


def test_refuses_a_directory_without_journal(terminal: Terminal, tmp_path: Path) -> None:
    for command in (("journal", "verify"), ("journal", "list"), ("rebuild",)):
        said = terminal(*command, "--data-dir", tmp_path)
        assert said.code == 2
        assert "There is no journal here." in said.err
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_command_ends_quietly(network: Network) -> None:
    environment = {**os.environ, "VIRTUALES_CONFIG_DIR": str(network.terminal.config)}
    command = [sys.executable, "-m", "virtuales", "query", "--file", "-", "http://127.0.0.1:1/id/dataset/x/version/1"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    )
    eventually(lambda: _waits_for_input(process.pid), what="the command reading its input")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, "", "")


def _waits_for_input(pid: int) -> bool:
    """Tell whether a process has loaded the query command and sleeps, so that it can only be reading its input."""
    status = psutil.Process(pid)
    return status.status() == psutil.STATUS_SLEEPING and status.cpu_times().user > 0.1


@pytest.mark.req("J6.2")
def test_a_tampered_journal_is_found_out(network: Network, terminal: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "journal.sqlite"
    with sqlite3.connect(network.orchestrator.data / "journal.sqlite") as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()
    assert terminal("journal", "verify", "--data-dir", tmp_path).code == 0
    events = terminal.json("journal", "list", "--data-dir", tmp_path, "--after", "1", "--limit", "2")
    assert [int(event["sequence"]) for event in events] == [2, 3]
    _tamper(copy, event=2)
    said = terminal("journal", "verify", "--data-dir", tmp_path)
    assert said.code == 1
    assert "broken at event 2" in said.err
    assert terminal("journal", "list", "--data-dir", tmp_path).code == 1
    assert terminal("rebuild", "--data-dir", tmp_path).code == 1
    assert not (tmp_path / "rdf").exists()


def _tamper(file: Path, *, event: int) -> None:
    """Change a word in an event, as somebody with the file can who knows of the triggers."""
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER refuse_UPDATE")
        body = json.loads(connection.execute("SELECT body FROM event WHERE sequence = ?", (event,)).fetchone()[0])
        body["subject"] += "-forged"
        changed = json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
        connection.execute("UPDATE event SET body = ? WHERE sequence = ?", (changed, event))
    connection.close()


def test_a_token_bound_to_a_profiles_key_is_of_no_use_without_it(network: Network, terminal: Terminal) -> None:
    credentials, node = network.registered["consumer"], network.consumer.url
    terminal.ok(
        *("login", "--orchestrator", network.orchestrator.url, "--node", node, "--dpop", "--client-secret-stdin"),
        *("--client-id", credentials["client_id"]),
        stdin=credentials["client_secret"] + "\n",
    )
    assert terminal.json("requests") == network.terminal.json("requests", "--profile", "consumer")
    assert terminal.json("whoami")["client"] == credentials["client_id"]
    with httpx.Client() as http:
        (file,) = terminal.config.glob("profiles/*.json")
        answer = Connection(Profile(**json.loads(file.read_text())), http).token(node)
        assert answer["token_type"] == "DPoP"
        for scheme in ("Bearer", "DPoP"):
            headers = {"Authorization": f"{scheme} {answer['access_token']}"}
            refused = problem(http.get(f"{node}/api/v1/access-requests", headers=headers), 401)
            assert refused["type"] == "/problems/proof-refused"


def test_the_staff_rotates_the_key_for_tokens_and_nobody_else_may(network: Network) -> None:
    said = network.terminal("token-keys", "rotate", "--profile", "producer")
    assert said.code == 2
    assert "issuer:govern" in said.err or "own node" in said.err
    before = [key["kid"] for key in network.terminal.json("token-keys", "list", "--profile", "producer")]
    after = network.terminal.json("token-keys", "rotate", "--profile", "operator")
    assert [key["kid"] for key in after][1:] == before[:1]
    assert network.terminal.json("whoami", "--profile", "consumer")["name"] == "The consumer plc"
