"""The guides keep up with the program: settings, routes, commands and options, links, and the commands they show."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from virtuales.cli import COMMANDS
from virtuales.cli.lazy import Entry, load
from virtuales.cli.mappings import COMMANDS as MAPPING_COMMANDS
from virtuales.cli.reference import commands, write_pages
from virtuales.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDES = [
    ROOT / "README.md",
    ROOT / "docs" / "user-guide.md",
    ROOT / "docs" / "operator-guide.md",
    ROOT / "docs" / "contracts.md",
    ROOT / "docs" / "dataspace-protocol.md",
    ROOT / "docs" / "identity.md",
]
REMEDY = "run `python -m virtuales.cli.reference docs/reference`"


def name_of(page: Path) -> str:
    """Return a page's name, for test identifiers."""
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference pages as the program writes them now."""
    folder = tmp_path_factory.mktemp("reference")
    write_pages(folder)
    return folder


@pytest.mark.parametrize("name", ["cli.md", "api.md", "queries.md"])
def test_the_reference_is_what_the_program_writes(name: str, written: Path) -> None:
    now, kept = ((folder / name).read_text(encoding="utf-8") for folder in (written, ROOT / "docs" / "reference"))
    missing = sorted(set(now.splitlines()) - set(kept.splitlines()))
    gone = sorted(set(kept.splitlines()) - set(now.splitlines()))
    assert now == kept, f"{REMEDY}; not documented: {missing[:20]}; documented, but gone: {gone[:20]}"


def test_every_setting_is_in_the_operator_guide_with_its_default() -> None:
    guide = (ROOT / "docs" / "operator-guide.md").read_text(encoding="utf-8")
    missing = []
    for name, field in Settings.model_fields.items():
        default = "none" if field.default is None else f"`{field.default}`"
        row = f"| `{name}` | `VIRTUALES_{name.upper()}` | {default} |"
        if row not in guide:
            missing.append(row)
    assert not missing, f"the operator guide lacks: {missing}"
    assert not any(isinstance(field.default, SecretStr) for field in Settings.model_fields.values())


@pytest.mark.parametrize(("name", "entry"), [*COMMANDS.items(), *MAPPING_COMMANDS.items()])
def test_the_list_of_commands_says_what_the_command_says(name: str, entry: Entry) -> None:
    first = " ".join((load(name, entry).help or "").split("\n\n")[0].split())
    assert first.startswith(entry.summary.rstrip("."))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_parameter_says_what_it_means(name: str) -> None:
    for full, command in commands():
        if full.split()[0] == name:
            silent = [each.name for each in command.params if not getattr(each, "help", None)]
            assert not silent, f"{full}: no help for {silent}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [found.partition("#")[0] for found in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in found]
    missing = [target for target in targets if target and not (page.parent / target).exists()]
    assert not missing, f"{name_of(page)} links to what is not there: {missing}"


def lines_with_commands(page: Path) -> Iterator[str]:
    """Give every line of a page's code blocks that runs `virtuales`."""
    for line in page.read_text(encoding="utf-8").splitlines():
        if re.match(r"( {4}|\t)(\w+=\S+ )*virtuales ", line):
            yield line.strip()


@pytest.mark.parametrize("page", GUIDES, ids=name_of)
def test_every_command_that_is_shown_can_be_run(page: Path) -> None:
    shown = list(lines_with_commands(page))
    assert shown, "no command was found, so the test looks for the wrong thing"
    for line in shown:
        words = shlex.split(re.sub(r"\$\(.*?\)(?= )", "SUBSTITUTED", line), comments=True)
        words = words[words.index("virtuales") + 1 :]
        for sign in ("<", ">", "|"):
            words = words[: words.index(sign)] if sign in words else words
        assert words[0] in COMMANDS, line
        command: Any = load(words[0], COMMANDS[words[0]])
        rest = words[1:]
        if hasattr(command, "list_commands"):
            assert rest[0] in command.list_commands(None), line
            command, rest = command.get_command(None, rest[0]), rest[1:]
        command.make_context(line, rest)
        assert command.help


def test_the_readme_names_every_room_from_the_top_down() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (layers,) = (one["layers"] for one in config["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    rooms = [room for layer in layers for room in layer.split(" | ")]
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## The house")[2].partition("\n\nBeside")[0]
    named = [
        room
        for line in table.splitlines()
        for room in re.findall(r"`(\w+)`", line.split("|")[1:2][0] if "|" in line else "")
    ]
    assert named == rooms


def test_the_user_guide_shows_every_command_of_the_six_steps() -> None:
    shown = "\n".join(line for page in GUIDES for line in lines_with_commands(page))
    silent = ("demo", "models", "mappings", "schema", "cim")
    missing = [
        full
        for full, _ in commands()
        if not full.startswith(silent) and f"virtuales {full}" not in shown and full != "organisation show"
    ]
    assert not missing, f"no guide shows: {missing}"
