"""`virtuales mappings …` against a node: contribute mappings, and what is decided of them until they are in use."""

import hashlib
from pathlib import Path
from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import Connection, connect, connect_if_known
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.errors import VIOLATIONS
from virtuales.errors import InputError, IntegrityFailure, NotFound
from virtuales.exchange.mapping_contents import mapping_url

_ROOT = "/api/v1/mappings"
_Identifier = Annotated[str, typer.Argument(help="What the mappings are called.")]
_Version = Annotated[str, typer.Argument(help="The version.")]
_AnyVersion = Annotated[str | None, typer.Argument(help="The version; by default the one in use.")]
_Node = Annotated[str | None, typer.Option("--node", help="The node to ask; by default your organisation's own.")]
_Because = Annotated[str, typer.Option("--because", help="The reason, which is kept for everybody to read.")]
_Comment = Annotated[str, typer.Option("--because", help="What to say about it, kept for everybody to read.")]


def contribute(
    file: Annotated[
        Path, typer.Argument(help="A set, a rule (.rq) or a lifting mapping (.rml.ttl).", exists=True, dir_okay=False)
    ],
    source: Annotated[str, typer.Option(help="Where it comes from.")],
    identifier: Annotated[
        str, typer.Option("--as", help="What to call it; by default what the file's name, and a rule's models, say.")
    ] = "",
    version: Annotated[str, typer.Option(help="The version; by default what a set says of itself.")] = "",
    title: Annotated[str, typer.Option(help="A name for people; by default the file's own.")] = "",
    licence: Annotated[str, typer.Option(help="IRI or name of its licence; by default what a set says.")] = "",
    because: Annotated[str, typer.Option("--because", help="What those who review it should know.")] = "",
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Send a new version of mappings to the registry, where it is checked, and wait for others to review it.

    Ends with 1 when the check found errors: the version is kept with its findings, and goes no further.
    """
    body = {"file": file.name, "content": _text(file), "identifier": identifier, "version": version}
    body |= {"title": title, "licence": licence, "source": source, "comment": because}
    with connect(profile) as connection:
        made = connection.post(connection.orchestrator, _ROOT, body)
    print_json(made) if as_json else _show(made)
    if made["errors"]:
        raise typer.Exit(VIOLATIONS)


def registered(
    status: Annotated[str | None, typer.Option(help="Only what stands so: `checked`, `published` …")] = None,
    kind: Annotated[str | None, typer.Option(help="`set`, `rule` or `lifting`.")] = None,
    model: Annotated[
        str | None, typer.Option(help="Only what relates this model, by its IRI; rules by its name.")
    ] = None,
    node: _Node = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """List the mappings that a node knows of: what ships, and every registered version with its status."""
    with connect_if_known(profile) as connection:
        params = {"status": status, "kind": kind, "model": model}
        found = connection.get(connection.node(node), _ROOT, params=params)
    rows = [{name: one[name] for name in ("identifier", "version", "kind", "status", "errors")} for one in found]
    print_json(found) if as_json else print_rows(rows, nothing="No such mappings are registered.")


def history(
    identifier: _Identifier,
    version: _AnyVersion = None,
    node: _Node = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show what is said of a version at a node, and what was done with it: by whom, when and why."""
    with connect_if_known(profile) as connection:
        found = _find(connection, connection.node(node), identifier, version)
    print_json(found) if as_json else _show(found)


def findings(
    identifier: _Identifier,
    version: _Version,
    node: _Node = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show what the last check of a version found; ends with 1 when an error is among it."""
    with connect_if_known(profile) as connection:
        found = _get(connection, connection.node(node), identifier, version, "findings").json()
    if as_json:
        print_json(found)
    else:
        for each in found["findings"]:
            place = ":".join(str(each[part]) for part in ("file", "line", "column") if part in each)
            say(f"{place}:", each["severity"], each["what"], each.get("remedy", ""), f"[{each['rule']}]")
        say(", ".join(f"{count} {name}" for name, count in found["counts"].items()))
    if found["counts"]["error"]:
        raise typer.Exit(VIOLATIONS)


def fetch(
    identifier: _Identifier,
    version: _AnyVersion = None,
    into: Annotated[Path, typer.Option(help="The directory to write to.")] = Path(),
    node: _Node = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Fetch the file of a version as it was contributed, and check its digest."""
    with connect_if_known(profile) as connection:
        place = connection.node(node)
        found = _find(connection, place, identifier, version)
        content = _get(connection, place, identifier, found["version"], "content", accept="*/*").content
    if hashlib.sha256(content).hexdigest() != found["sha256"]:
        raise IntegrityFailure(
            "The file is not what was registered; nothing was written.",
            where=found["file"],
            remedy="Tell the orchestrator's staff.",
        )
    file = into / Path(found["file"]).name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    say(file)


def recheck(identifier: _Identifier, version: _Version, profile: ProfileName = PROFILE) -> None:
    """Have a version checked again, together with the mappings that are in use now."""
    _decide(identifier, version, "check", "", profile=profile)


def mark_reviewed(
    identifier: _Identifier, version: _Version, because: _Comment = "", profile: ProfileName = PROFILE
) -> None:
    """Say that you have reviewed a version that somebody else contributed, and found it right."""
    _decide(identifier, version, "review", because, profile=profile)


def approve(identifier: _Identifier, version: _Version, because: _Comment = "", profile: ProfileName = PROFILE) -> None:
    """Approve a version that was reviewed, after another check."""
    _decide(identifier, version, "approve", because, profile=profile)


def publish(identifier: _Identifier, version: _Version, because: _Comment = "", profile: ProfileName = PROFILE) -> None:
    """Put an approved version to use, in the place of the one in use before."""
    _decide(identifier, version, "publish", because, profile=profile)


def reject(identifier: _Identifier, version: _Version, because: _Because, profile: ProfileName = PROFILE) -> None:
    """Decide against a version before it is in use."""
    _decide(identifier, version, "reject", because, profile=profile)


def withdraw(identifier: _Identifier, version: _Version, because: _Because, profile: ProfileName = PROFILE) -> None:
    """End the use of a published version, or take a contribution back."""
    _decide(identifier, version, "withdraw", because, profile=profile)


def _decide(identifier: str, version: str, move: str, comment: str, *, profile: str) -> None:
    with connect(profile) as connection:
        path = mapping_url("", identifier, version, "decisions")
        _show(connection.post(connection.orchestrator, path, {"move": move, "comment": comment}))


def _get(
    connection: Connection, node: str, identifier: str, version: str, part: str, *, accept: str = "application/json"
) -> Any:  # noqa: ANN401  # httpx's own
    return connection.send("GET", node, mapping_url("", identifier, version, part), headers={"Accept": accept})


def _find(connection: Connection, node: str, identifier: str, version: str | None) -> dict[str, Any]:
    """Return a version as a node describes it; without a version, the one that is published."""
    path = mapping_url("", identifier, "", "").rstrip("/")
    known: list[dict[str, Any]] = connection.get(node, path)
    for one in reversed(known):
        if one["version"] == version or (version is None and one["status"] == "published"):
            return dict(one)
    raise NotFound(
        "There is no such version." if version else "No version is in use.",
        where=f"{identifier} {version or ''}".strip(),
        remedy="There are: " + ", ".join(f"{one['version']} ({one['status']})" for one in known) + ".",
    )


def _text(file: Path) -> str:
    """Return a file's text with its line ends as they are."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise InputError("The file is no text in UTF-8.", where=str(file), remedy="Save it in UTF-8.") from None


def _show(version: dict[str, Any]) -> None:
    deeds = [
        f"{one['at']} {one['deed']}: {one['status']} by {one['by']}"
        + (f", {one['errors']} errors, {one['warnings']} warnings" if one["errors"] is not None else "")
        + (f": {one['comment']}" if one["comment"] else "")
        for one in version["history"]
    ]
    print_record({**version, "history": "\n".join(deeds)})
