"""`virtuales dataset`: describe, send, prepare, publish."""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from virtuales.cli.client.composition import print_composition
from virtuales.cli.client.connection import connect, path_of
from virtuales.cli.client.options import PROFILE, AsJson, Demands, PassingOn, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.progress import reading, waiting
from virtuales.cli.client.quality import quality_lines
from virtuales.cli.client.report import print_report
from virtuales.cli.errors import VIOLATIONS
from virtuales.cli.view_options import ViewOptions, read_view_options
from virtuales.errors import InputError, NonConforming, UnreadableInput
from virtuales.policy.documents import load_documents, policy_documents
from virtuales.policy.templates import Template

app = typer.Typer(help="Datasets: describe, send, prepare, publish.", no_args_is_help=True)

_Slug = Annotated[str, typer.Argument(help="The dataset's short name.")]
_Day = Annotated[tuple[str, str] | None, typer.Option(metavar="FIRST LAST", help="First and last day, as ISO dates.")]
_Box = Annotated[
    tuple[float, float, float, float] | None,
    typer.Option(metavar="WEST SOUTH EAST NORTH", help="The area, in degrees (WGS 84)."),
]


class Triage(StrEnum):
    """Whether and how data is shared."""

    OPEN = "open"
    SHARED = "shared"
    CLOSED = "closed"


class Audience(StrEnum):
    """Who may use the data."""

    OPEN = "open"
    PARTICIPANTS = "participants"
    ORGANISATIONS = "organisations"


@app.command("describe")
def describe(
    slug: Annotated[str | None, typer.Argument(help="Short name: lower-case words joined by hyphens.")] = None,
    from_file: Annotated[
        Path | None, typer.Option("--from", help="A JSON or TOML file with the description; options win over it.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="The title.")] = None,
    description: Annotated[str | None, typer.Option(help="What the data is.")] = None,
    licence: Annotated[str | None, typer.Option(help="SPDX identifier of a licence that the node knows.")] = None,
    triage: Annotated[Triage | None, typer.Option(help="Whether and how it is shared.")] = None,
    sensitivity: Annotated[str | None, typer.Option(help="Class: `O`, `SA`, `SB`, `SP` or `C`.")] = None,
    handling_reason: Annotated[str | None, typer.Option(help="Why it is handled so.")] = None,
    keyword: Annotated[list[str] | None, typer.Option(help="A keyword; repeat it for more.")] = None,
    area: _Box = None,
    period: _Day = None,
    update_frequency: Annotated[str | None, typer.Option(help="IRI of a Dublin Core frequency.")] = None,
    source: Annotated[str | None, typer.Option(help="Where your organisation holds the data.")] = None,
    steward: Annotated[str | None, typer.Option(help="E-mail address of the steward.")] = None,
    personal_data: Annotated[bool | None, typer.Option(help="Whether it is about people.")] = None,
    personal_data_reason: Annotated[
        str | None, typer.Option(help="Why data about people may be open all the same.")
    ] = None,
    regulatory_condition: Annotated[
        list[str] | None, typer.Option(help="What law or licence conditions ask, in words or as an IRI; repeat it.")
    ] = None,
    conforms_to: Annotated[
        list[str] | None, typer.Option(help="IRI of a profile that data other than CIM/XML is judged by; repeat it.")
    ] = None,
    derived_from: Annotated[
        list[str] | None, typer.Option(help="IRI of what it was derived from, such as a dataset version; repeat it.")
    ] = None,
    source_licence: Annotated[
        list[str] | None,
        typer.Option(help="`IRI=LICENCE` of a source that no catalogue holds, `IRI=own` of your own; repeat it."),
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Say what a dataset is, where it is held and how it is to be handled; again to change it."""
    given = {
        "slug": slug,
        "title": title,
        "description": description,
        "licence": licence,
        "triage": triage,
        "sensitivity": sensitivity,
        "handling_reason": handling_reason,
        "keywords": keyword or None,
        "spatial": dict(zip(("west", "south", "east", "north"), area, strict=True)) if area else None,
        "temporal": period,
        "update_frequency": update_frequency,
        "source": source,
        "steward": steward,
        "personal_data": personal_data,
        "personal_data_reason": personal_data_reason,
        "regulatory_conditions": regulatory_condition or None,
        "conforms_to": conforms_to or None,
        "derived_from": derived_from or None,
        "source_licences": dict(map(_source_licence, source_licence)) if source_licence else None,
    }
    body = (_read(from_file) if from_file else {}) | {name: value for name, value in given.items() if value is not None}
    with connect(profile) as connection:
        draft = connection.post(connection.home, path_of("datasets"), body)
    _show(draft, as_json=as_json)


@app.command("send")
def send(
    slug: _Slug,
    files: Annotated[list[Path], typer.Argument(help="The files: CIM/XML, zips of it, CSV and others.")],
    encoding: Annotated[
        str | None,
        typer.Option(help="Character encoding of tables in CSV that are not UTF-8, such as `windows-1252`."),
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Send files of a dataset's next version; one of the same name is replaced."""
    with connect(profile) as connection:
        for file in files:
            with reading(file) as content:
                path = path_of("datasets", slug, "files", file.name)
                draft = connection.put(connection.home, path, content, params={"encoding": encoding})
    _show(draft, as_json=as_json)


@app.command("remove")
def remove(
    slug: _Slug,
    name: Annotated[str, typer.Argument(help="The file's name.")],
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Take a file out of the next version."""
    with connect(profile) as connection:
        draft = connection.delete(connection.home, path_of("datasets", slug, "files", name))
    _show(draft, as_json=as_json)


@app.command("propose")
def propose(
    slug: _Slug,
    into: Annotated[
        Path | None, typer.Option(help="Write the description with what is proposed, for `describe --from`.")
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Propose a description from the files that were sent, with what each proposal rests on; nothing is recorded."""
    with connect(profile) as connection, waiting(f"Reading {slug}"):
        proposed = connection.post(connection.home, path_of("datasets", slug, "proposal"))
        described = connection.get(connection.home, path_of("datasets", slug))["described"]
    if into is not None:
        _write(into, described | {each["field"]: each["value"] for each in proposed if each["field"] in described})
    if as_json:
        print_json(proposed)
        return
    rows = [
        {"field": each["field"], "proposed": _words(each["value"]), "because": each["because"]} for each in proposed
    ]
    print_rows(rows, nothing="The files say nothing that could be proposed.")


@app.command("entry")
def entry(slug: _Slug, profile: ProfileName = PROFILE) -> None:
    """Show the catalogue entry that publishing what was prepared would make, in Turtle."""
    with connect(profile) as connection:
        path = path_of("datasets", slug, "preparation", "entry")
        say(connection.send("GET", connection.home, path, headers={"Accept": "text/turtle"}).text.rstrip())


@app.command("prepare")
def prepare(slug: _Slug, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Read, type and judge the files; ends with 1 and the report when they violate the registered shapes."""
    try:
        with connect(profile) as connection, waiting(f"Preparing {slug}"):
            draft = connection.post(connection.home, path_of("datasets", slug, "preparation"))
    except NonConforming as error:
        print_json(error.report) if as_json else print_report(error.report)
        raise
    _show(draft, as_json=as_json)


@app.command("publish")
def publish(
    slug: _Slug,
    template: Annotated[
        Template | None, typer.Option(help="A usual case; `virtuales policy templates` says what each means.")
    ] = None,
    audience: Annotated[Audience | None, typer.Option(help="Who may use the data, without a template.")] = None,
    organisation: Annotated[
        list[str] | None, typer.Option(help="IRI of an organisation that may use the data; repeat it.")
    ] = None,
    purpose: Annotated[
        list[str] | None, typer.Option(help="A purpose that is allowed; repeat it; without it all are.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(help="The last instant of use, in UTC.")] = None,
    attribution: Annotated[bool, typer.Option(help="Whether the source has to be named.")] = True,
    uses: Annotated[int | None, typer.Option(help="How often it may be used under one agreement.", min=1)] = None,
    demand: Demands = None,
    passing_on: PassingOn = False,
    view: ViewOptions = None,
    offer_file: Annotated[
        Path | None,
        typer.Option("--offer", help="The offer in ODRL, as compact JSON or RDF, in the place of all other choices."),
    ] = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Publish what was prepared as the next version, under an offer."""
    offer = {
        "template": template.value if template else None,
        "audience": audience.value if audience else None,
        "organisations": organisation or [],
        "purposes": purpose or [],
        "until": f"{until.isoformat()}Z" if until else None,
        "attribution": attribution,
        "uses": uses,
        "demands": demand or [],
        "passing_on": passing_on,
        "view": read_view_options(view),
        "policy": _written(offer_file) if offer_file else None,
    }
    with connect(profile) as connection, waiting(f"Publishing {slug}"):
        published = connection.post(connection.home, path_of("datasets", slug, "versions"), offer)
    if as_json:
        print_json(published)
        return
    say(f"Published version {published['number']} of {published['dataset']}.")
    say(published["version"], style="bold")
    for overlap in published.get("overlaps", []):
        say(f"note: {overlap['message']}", style="yellow")


def _written(file: Path) -> Mapping[str, object]:
    """Read the one offer of a file, as compact JSON."""
    documents = load_documents(file) if file.suffix in {".json", ".jsonld"} else policy_documents(file)
    if len(documents) != 1:
        raise InputError("The file has several policies.", where=str(file), remedy="Give one.")
    return {key: value for key, value in documents[0].items() if key != "@context"}


@app.command("list")
def list_drafts(profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """List the datasets that your organisation described on its node."""
    with connect(profile) as connection:
        drafts = connection.get(connection.home, path_of("datasets"))
    rows = [
        {
            "name": draft["slug"],
            "title": draft["title"],
            "files": len(draft["files"]),
            "prepared": draft["preparation"] is not None,
        }
        for draft in drafts
    ]
    print_json(drafts) if as_json else print_rows(rows, nothing="No dataset was described.")


@app.command("show")
def show(slug: _Slug, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Show what was said, received and prepared of a dataset's next version."""
    with connect(profile) as connection:
        draft = connection.get(connection.home, path_of("datasets", slug))
    _show(draft, as_json=as_json)


@app.command("sources")
def sources(slug: _Slug, profile: ProfileName = PROFILE, as_json: AsJson = False) -> None:
    """Show what a dataset was derived from, and whether the licences and contracts of all let it be published.

    Ends with 1 when they do not.
    """
    with connect(profile) as connection:
        found = connection.get(connection.home, path_of("datasets", slug, "sources"))
    if as_json:
        print_json(found)
    else:
        rows = [
            {
                "source": source["name"],
                "licence": source.get("licence") or ("your own" if source["own"] else "not known"),
                "agreement": source.get("agreement"),
                "may be used": source["allowed"],
            }
            for source in found["sources"]
        ]
        print_rows(rows, nothing="It was derived from nothing.")
        print_composition(found)
    if found["outcome"] == "not allowed":
        raise typer.Exit(VIOLATIONS)


def _show(draft: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(draft)
        return
    preparation, described = draft["preparation"], draft["described"]
    print_record(
        {
            "dataset": draft["dataset"],
            "title": draft["title"],
            "handling": f"{described['triage']}, class {described['sensitivity']}: {described['handling_reason']}",
            "personal data": _personal(described),
            "conditions": "\n".join(described["regulatory_conditions"]),
            "judged as": "\n".join(described["conforms_to"]),
            "derived from": "\n".join(described["derived_from"]),
            "files": "\n".join(f"{file['name']}  {file['size']:,} bytes" for file in draft["files"]) or "none yet",
            "prepared": f"{preparation['triples']:,} statements" if preparation else "not yet",
        }
    )
    if preparation:
        if preparation["conforms"]:
            say(f"\nConforms, with {preparation['warnings']:,} warnings, to:", *preparation["schemas"])
        else:
            say("\nNot judged: no registered schema speaks of it.")
        for line in (*preparation["remarks"], *quality_lines(preparation["quality"])):
            say("-", line)
        print_rows(
            [{key: model[key] for key in ("profile", "triples", "objects", "name")} for model in preparation["models"]],
            nothing="No model was read.",
        )


def _personal(described: dict[str, Any]) -> str | None:
    if not described["personal_data"]:
        return None
    reason = described["personal_data_reason"]
    return f"yes; open because: {reason}" if reason else "yes"


def _source_licence(said: str) -> tuple[str, str]:
    iri, equals, licence = said.rpartition("=")
    if not equals:
        raise InputError(f"`{said}` names no licence.", where="--source-licence", remedy="Write `IRI=LICENCE`.")
    return iri, licence


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _write(file: Path, description: dict[str, Any]) -> None:
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(json.dumps(description, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise InputError(
            f"The description cannot be written: {error.strerror}.", where=str(file), remedy="Name a new file."
        ) from error


def _read(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        found = tomllib.loads(text) if file.suffix.lower() == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise UnreadableInput(f"The description cannot be read: {error}.", where=str(file)) from error
    if not isinstance(found, dict):
        raise InputError("The description is no object.", where=str(file), remedy="Write `name: value` pairs.")
    return found
