"""`virtuales schema`: the registry of schemas: find and fetch them, register, approve and withdraw versions."""

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import Connection, connect, connect_if_known, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Because, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.sent_models import model_text
from virtuales.errors import InputError, IntegrityFailure, NotFound
from virtuales.models.importing import Publication

app = typer.Typer(help="Schemas: list, fetch, and the orchestrator's decisions about them.", no_args_is_help=True)

_Identifier = Annotated[str, typer.Argument(help="What the schema is called, such as `cgmes-3.0/EQ`.")]
_Version = Annotated[str, typer.Argument(help="The version.")]
_AnyVersion = Annotated[str | None, typer.Argument(help="The version; by default the newest that is approved.")]
_Node = Annotated[str | None, typer.Option("--node", help="The node to ask; by default your organisation's own.")]


class Registrable(StrEnum):
    """What can be registered."""

    SHAPES = "shapes"
    MODEL = "model"


@app.command("list")
def list_schemas(
    judges: Annotated[str | None, typer.Option(help="Only those of this profile version, by its IRI.")] = None,
    status: Annotated[str | None, typer.Option(help="`draft`, `approved`, `deprecated` or `withdrawn`.")] = None,
    kind: Annotated[str | None, typer.Option(help="`model`, `profile` or `shapes`.")] = None,
    node: _Node = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """List the versions of schemas that a node knows of."""
    with connect_if_known(profile) as connection:
        params = {"profile": judges, "status": status, "kind": kind}
        found = connection.get(connection.node(node), path_of("schemas"), params=params)
    rows = [{name: one[name] for name in ("identifier", "version", "kind", "status", "required_from")} for one in found]
    print_json(found) if as_json else print_rows(rows, nothing="No such schema is registered.")


@app.command("show")
def show(
    identifier: _Identifier,
    version: _AnyVersion = None,
    node: _Node = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show all that is said of a version, with the decisions about it."""
    with connect_if_known(profile) as connection:
        found = _find(connection, connection.node(node), identifier, version)
    print_json(found) if as_json else _show(found)


@app.command("fetch")
def fetch(
    identifier: _Identifier,
    version: _AnyVersion = None,
    into: Annotated[Path, typer.Option(help="The directory to write to.")] = Path(),
    node: _Node = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Fetch the content of a version and check its digest; a file that has it already is left as it is."""
    with connect_if_known(profile) as connection:
        place = connection.node(node)
        found = _find(connection, place, identifier, version)
        file = into / f"{found['identifier'].replace('/', '-')}-{found['version']}.ttl"
        if found["sha256"] is None:
            raise NotFound("This schema has no content of its own.", where=identifier, remedy="Fetch its model.")
        if not (file.is_file() and _digest(file.read_bytes()) == found["sha256"]):
            path = path_of("schemas", found["identifier"], found["version"], "content")
            _keep(file, connection.send("GET", place, path, headers={"Accept": "*/*"}).content, found["sha256"])
    say(file)


@app.command("register")
def register(
    files: Annotated[
        list[Path],
        typer.Argument(help="A shapes graph in Turtle, or the files of a model.", exists=True, dir_okay=False),
    ],
    identifier: Annotated[str, typer.Option("--as", help="What the schema is called, such as `cgmes-3.0/our-rules`.")],
    version: Annotated[str, typer.Option(help="The version.")],
    title: Annotated[str, typer.Option(help="A name for people.")],
    licence: Annotated[str, typer.Option(help="IRI or name of its licence.")],
    source: Annotated[str, typer.Option(help="Where it comes from.")],
    judges: Annotated[
        list[str] | None, typer.Option(help="IRI of a profile version that shapes judge; can be repeated.")
    ] = None,
    kind: Annotated[Registrable, typer.Option(help="What it is.")] = Registrable.SHAPES,
    with_shapes: Annotated[
        bool, typer.Option("--with-shapes", help="Also register the shapes that a model's multiplicities make.")
    ] = False,
    replaces: Annotated[list[str] | None, typer.Option(help="IRI of a version that it takes the place of.")] = None,
    required_from: Annotated[datetime | None, typer.Option(help="When that one no longer does, in UTC.")] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Register a new version of a shapes graph or of a model, as a draft; what is in error within shapes is listed.

    A model may be RDF Schema profiles, an OWL ontology or a SKOS scheme; what is not one file in Turtle is sent as the
    facts that `virtuales models import` states of it. Its profiles are registered with it.
    """
    about = Publication(title, version, source, licence)
    content = _text(files[0]) if kind is Registrable.SHAPES else model_text(files, identifier, about)
    if kind is Registrable.SHAPES and len(files) > 1:
        raise InputError("A shapes graph is one file.", where=str(files[1]), remedy="Register each by itself.")
    body: dict[str, object] = {"kind": kind.value, "with_shapes": with_shapes, "profiles": judges or []}
    body |= {"identifier": identifier, "version": version, "title": title, "licence": licence, "source": source}
    body |= {"content": content, "replaces": replaces or []}
    if required_from:
        body["required_from"] = required_from.replace(tzinfo=UTC).isoformat()
    with connect(profile) as connection:
        answer = connection.post(connection.orchestrator, path_of("schemas"), body)
    if as_json:
        print_json(answer)
        return
    _show(answer["registered"])
    for one in answer["further"]:
        say("with it:", one["kind"], one["identifier"], one["version"], one["status"])
    for fault in answer["faults"]:
        say("left out:", fault["shape"], fault["what"], fault["where"], style="yellow")


@app.command("approve")
def approve(identifier: _Identifier, version: _Version, because: Because, profile: ProfileName = PROFILE) -> None:
    """Approve a version: data is judged by it."""
    _decide(identifier, version, "approve", because, profile=profile)


@app.command("deprecate")
def deprecate(identifier: _Identifier, version: _Version, because: Because, profile: ProfileName = PROFILE) -> None:
    """Deprecate a version: data is judged by it, and producers are told that it will be withdrawn."""
    _decide(identifier, version, "deprecate", because, profile=profile)


@app.command("withdraw")
def withdraw(identifier: _Identifier, version: _Version, because: Because, profile: ProfileName = PROFILE) -> None:
    """Withdraw a version for good: nothing is judged by it any more."""
    _decide(identifier, version, "withdraw", because, profile=profile)


@app.command("require")
def require(
    identifier: _Identifier,
    version: _Version,
    because: Because,
    since: Annotated[datetime | None, typer.Option("--from", help="The date, in UTC; without it none is set.")] = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Say from when on a version is required in the place of what it replaces."""
    body = {"required_from": since.replace(tzinfo=UTC).isoformat() if since else None, "reason": because}
    with connect(profile) as connection:
        path = path_of("schemas", identifier, version, "required-from")
        _show(connection.send("PUT", connection.orchestrator, path, json=body).json())


def _decide(identifier: str, version: str, move: str, reason: str, *, profile: str) -> None:
    with connect(profile) as connection:
        path = path_of("schemas", identifier, version, "decisions")
        _show(connection.post(connection.orchestrator, path, {"move": move, "reason": reason}))


def _find(connection: Connection, node: str, identifier: str, version: str | None) -> dict[str, Any]:
    """Return a version as a node describes it; without a version, the newest that is approved."""
    if version is not None:
        found: dict[str, Any] = connection.get(node, path_of("schemas", identifier, version))
        return found
    params = {"identifier": identifier, "status": "approved"}
    approved: list[dict[str, Any]] = connection.get(node, path_of("schemas"), params=params)
    if not approved:
        raise NotFound(
            "No version of this schema is approved.", where=identifier, remedy="See `virtuales schema list`."
        )
    return approved[-1]


def _keep(file: Path, content: bytes, digest: str) -> None:
    if _digest(content) != digest:
        raise IntegrityFailure(
            "The content is not what was registered; nothing was written.",
            where=str(file),
            remedy="Tell the orchestrator's staff.",
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError(
            "The file is no text in UTF-8.", where=str(file), remedy="Send the shapes as Turtle."
        ) from None


def _show(version: dict[str, Any]) -> None:
    decisions = [f"{one['at']} {one['status']} by {one['by']}: {one['reason']}" for one in version["decisions"]]
    print_record({**version, "profiles": "\n".join(version["profiles"]), "decisions": "\n".join(decisions)})
