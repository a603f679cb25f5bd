"""`virtuales schema` against a running orchestrator: look up, fetch with the digest checked, govern."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nodes import OPERATOR_SECRET, NodeProcess
from typer.testing import CliRunner, Result

from virtuales.cli.client.profile import CONFIG_DIR_VARIABLE, Profile, save_profile
from virtuales.cli.schema import app
from virtuales.errors import Conflict, InputError, IntegrityFailure, NotFound

GL = "http://iec.ch/TC57/ns/CIM/GeographicalLocation-EU/3.0"
SHAPES = """@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
<http://rules.example/a> a sh:NodeShape ; sh:targetClass cim:Location ; sh:property <http://rules.example/b> .
<http://rules.example/b> sh:path cim:Location.mainAddress ; sh:maxCount 1 ; sh:minLength "some" .
"""


@pytest.fixture(scope="module")
def orchestrator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    node = NodeProcess(tmp_path_factory.mktemp("schema-command") / "orchestrator", role="orchestrator")
    try:
        node.start()
        yield node
    finally:
        node.end()


@pytest.fixture(autouse=True)
def _staff(orchestrator: NodeProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the profile of the orchestrator's staff as the default one."""
    monkeypatch.setenv(CONFIG_DIR_VARIABLE, str(tmp_path / "config"))
    monkeypatch.setenv("COLUMNS", "200")
    save_profile("default", Profile(orchestrator.url, orchestrator.url, "operator", OPERATOR_SECRET))


def run(*arguments: object) -> Result:
    """Run a command; an error of ours is raised as the command raises it."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def register(file: Path, *further: object) -> Result:
    about = ("--title", "Rules", "--judges", GL, "--licence", "CC-BY-4.0", "--source", "Written by the tests.")
    return run("register", file, "--as", "our/rules", *about, *further)


@pytest.mark.req("C3")
def test_looks_up_and_fetches_what_is_registered(tmp_path: Path, orchestrator: NodeProcess) -> None:
    listed = json.loads(run("list", "--judges", GL, "--status", "approved", "--kind", "shapes", "--json").output)
    assert "cgmes-3.0/GL" in {one["identifier"] for one in listed}
    assert "cgmes-3.0/GL" in run("list", "--node", orchestrator.url, "--profile", "nobody").output
    shown = json.loads(run("show", "cgmes-3.0/GL", "--json").output)
    file = Path(run("fetch", "cgmes-3.0/GL", "--into", tmp_path).output.strip())
    assert file == tmp_path / f"cgmes-3.0-GL-{shown['version']}.ttl"
    assert file.stat().st_size == shown["size"]
    file.write_text("changed")
    run("fetch", "cgmes-3.0/GL", shown["version"], "--into", tmp_path)
    assert file.stat().st_size == shown["size"], "a changed copy is fetched again"
    for missing in (("show", "no/such"), ("fetch", "cgmes-3.0/GL", "0")):
        with pytest.raises(NotFound):
            run(*missing)


@pytest.mark.req("C3")
def test_refuses_to_write_what_has_another_digest(tmp_path: Path, orchestrator: NodeProcess) -> None:
    shown = json.loads(run("show", "cgmes-3.0/SV", "--json").output)
    kept = orchestrator.data / "objects" / "sha256" / shown["sha256"][:2] / shown["sha256"][2:]
    kept.chmod(0o600)
    whole = kept.read_bytes()
    kept.write_bytes(whole + b"# forged")
    with pytest.raises(IntegrityFailure):
        run("fetch", "cgmes-3.0/SV", "--into", tmp_path)
    assert not list(tmp_path.glob("*.ttl"))
    kept.write_bytes(whole)
    run("fetch", "cgmes-3.0/SV", "--into", tmp_path)


@pytest.mark.req("C3")
def test_registers_approves_requires_deprecates_and_withdraws(tmp_path: Path) -> None:
    file = tmp_path / "rules.ttl"
    file.write_text(SHAPES)
    registered = register(file, "--version", "1", "--required-from", "2030-01-01").output
    assert "draft" in registered
    assert "left out" in registered, "the length that is no number is told"
    with pytest.raises(Conflict):
        register(file, "--version", "1")
    assert "approved" in run("approve", "our/rules", "1", "--because", "Reviewed.").output
    required = run("require", "our/rules", "1", "--from", "2031-06-01", "--because", "More time.").output
    assert "2031-06-01" in required
    assert "deprecated" in run("deprecate", "our/rules", "1", "--because", "Superseded.").output
    withdrawn = run("withdraw", "our/rules", "1", "--because", "Wrong.").output
    assert "Wrong." in withdrawn
    assert "Reviewed." in withdrawn, "every decision is kept"
    with pytest.raises(Conflict):
        run("approve", "our/rules", "1", "--because", "Again.")
    file.write_text("no turtle")
    with pytest.raises(InputError):
        register(file, "--version", "2")
