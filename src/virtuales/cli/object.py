"""`virtuales object`: what producers say of one object of the grid."""

from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import catalogue_node, connect_if_known, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.progress import waiting


def show_object(
    mrid: Annotated[str, typer.Argument(help="The mRID if it is a UUID, else the object's IRI.")],
    node: Annotated[
        str | None, typer.Option(help="Address of the node to ask; by default the profile's orchestrator.")
    ] = None,
    here: Annotated[bool, typer.Option("--here", help="Ask that node alone, not every node it knows.")] = False,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Look up an object of the grid by its mRID, at every producer.

    Shown are its class and attributes with their units, its relations both ways, its names elsewhere, the dataset
    versions that speak of it, and which sources refused or did not answer.
    """
    params = {"everywhere": str(not here).lower()}
    with connect_if_known(profile) as connection, waiting("Asking"):
        found = connection.get(catalogue_node(connection, node), path_of("objects", mrid), params=params)
    print_json(found) if as_json else _show(found)


def _show(found: dict[str, Any]) -> None:
    say(found["name"] or found["key"], style="bold")
    print_record({"mRID": found["key"], "class": [one["name"] for one in found["classes"]], **_identities(found)})
    if found["attributes"]:
        say("\nAttributes", style="bold")
        print_rows([_attribute(one) for one in found["attributes"]], nothing="")
    for title, name in (("Relations", "relations"), ("Referred to by", "referred_by")):
        if found[name]:
            say(f"\n{title}", style="bold")
            print_rows([_relation(one) for one in found[name]], nothing="")
    further = found["referred_by_total"] - len(found["referred_by"])
    if further > 0:
        say(f"and {further:,} further relations to it.")
    say("\nDataset versions", style="bold")
    print_rows([_version(one) for one in found["versions"]], nothing="None that you may use speaks of it.")
    missing = [one for one in found["sources"] if one["state"] != "answered"]
    if missing:
        say("\nNot heard", style="bold")
        print_rows([_source(one) for one in missing], nothing="")


def _identities(found: dict[str, Any]) -> dict[str, object]:
    names: dict[str, list[str]] = {}
    for one in found["identities"]:
        names.setdefault(one["register_name"] or one["by"].rpartition("#")[2].rpartition("/")[2], []).append(
            one["text"]
        )
    return dict(names)


def _attribute(one: dict[str, Any]) -> dict[str, object]:
    value = one["value"]["name"] if one["value"] else one["text"]
    return {"attribute": one["of"]["name"], "value": value, "unit": one["of"]["unit"]}


def _relation(one: dict[str, Any]) -> dict[str, object]:
    other = one["object"]
    return {
        "by": one["by"]["name"],
        "object": other["name"] or other["key"],
        "class": [each["name"] for each in other["classes"]],
        "mRID": other["key"],
    }


def _version(one: dict[str, Any]) -> dict[str, object]:
    return {"version": one["iri"], "title": one["title"], "shown": one["is_shown"], "current": one["is_current"]}


def _source(one: dict[str, Any]) -> dict[str, object]:
    return {"source": one["version"] or one["node"], "state": one["state"], "why": one["reasons"], "do": one["remedy"]}
