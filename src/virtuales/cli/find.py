"""`virtuales find` and `virtuales show`: search the catalogue, read what is said of a dataset."""

from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import catalogue_node, connect_if_known, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.profile import node_url
from virtuales.cli.client.quality import quality_lines
from virtuales.cli.client.versions import node_of, place_of

_Catalogue = Annotated[
    str | None, typer.Option("--node", help="Address of the node to ask; by default the profile's orchestrator.")
]
_Provider = Annotated[
    str | None, typer.Option("--node", help="Address of the node to ask; by default the one that has the dataset.")
]


def find(
    words: Annotated[list[str] | None, typer.Argument(help="Words that an entry has, itself or by meaning.")] = None,
    publisher: Annotated[list[str] | None, typer.Option(help="IRI of the publishing organisation.")] = None,
    sensitivity: Annotated[list[str] | None, typer.Option(help="Sensitivity class, such as `O`.")] = None,
    licence: Annotated[list[str] | None, typer.Option(help="IRI of the licence.")] = None,
    access: Annotated[
        list[str] | None, typer.Option(help="How you stand to the data: `now`, `ask` or `known`.")
    ] = None,
    conforms_to: Annotated[list[str] | None, typer.Option(help="IRI of a profile that the data conforms to.")] = None,
    judged_by: Annotated[list[str] | None, typer.Option(help="IRI of a registered schema that judged it.")] = None,
    verdict: Annotated[list[str] | None, typer.Option(help="`Conforms`, `NonConforming` or `NotJudged`.")] = None,
    media_type: Annotated[list[str] | None, typer.Option("--format", help="Media type of a file.")] = None,
    frequency: Annotated[list[str] | None, typer.Option(help="IRI of how often it is updated.")] = None,
    uses_class: Annotated[list[str] | None, typer.Option("--class", help="IRI of a class that it uses.")] = None,
    uses_property: Annotated[
        list[str] | None, typer.Option("--property", help="IRI of a property that it uses.")
    ] = None,
    keyword: Annotated[list[str] | None, typer.Option(help="A keyword, as it is written.")] = None,
    begin: Annotated[str | None, typer.Option("--from", help="It covers this day or a later one.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="It covers this day or an earlier one.")] = None,
    area: Annotated[
        str | None, typer.Option(help="It covers some of this box: west,south,east,north in degrees.")
    ] = None,
    sort: Annotated[str | None, typer.Option(help="`relevance`, `freshness`, `use` or `title`.")] = None,
    count: Annotated[
        list[str] | None, typer.Option(help="A facet to count what was found by, such as `publisher`.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="How many to show at most.")] = 20,
    after: Annotated[str | None, typer.Option(help="Go on after a page: what it showed as `--after`.")] = None,
    node: _Catalogue = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Search the catalogue; without a profile, the public part of it. An option given twice means either value."""
    params = {
        "q": " ".join(words or ()),
        "publisher": publisher,
        "sensitivity": sensitivity,
        "licence": licence,
        "access": access,
        "profile": conforms_to,
        "schema": judged_by,
        "verdict": verdict,
        "format": media_type,
        "frequency": frequency,
        "class": uses_class,
        "property": uses_property,
        "keyword": keyword,
        "from": begin,
        "to": end,
        "area": area,
        "sort": sort,
        "facets": count,
        "limit": limit,
        "after": after,
    }
    with connect_if_known(profile) as connection:
        page = connection.get(catalogue_node(connection, node), path_of("catalogue"), params=params)
    if as_json:
        print_json(page)
        return
    _show_page(page)


def _show_page(page: dict[str, Any]) -> None:
    say(f"{page['total']:,} found." if page["total"] else "Nothing found.")
    if page["partial"]:
        say("None has all words; these have at least half of them.", style="yellow")
    for dataset in page["datasets"]:
        say("\n" + dataset["title"], style="bold")
        print_record(_summary(dataset))
    for name, values in page["facets"].items():
        say(f"\n{name}", style="bold")
        print_rows([{"datasets": one["count"], "value": one["value"]} for one in values], nothing="None.")
    if page["next"]:
        say(f"\nThere is more: --after {page['next']}")


def offered(
    version: Annotated[
        str | None, typer.Argument(help="IRI of a dataset version: say why its offer lets you have it, or does not.")
    ] = None,
    purpose: Annotated[str | None, typer.Option(help="What the data is wanted for; see `virtuales purposes`.")] = None,
    node: _Catalogue = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """List the datasets whose offers let your organisation have them; without a profile, the open ones."""
    with connect_if_known(profile) as connection:
        asked = catalogue_node(connection, node)
        path = path_of("catalogue", "offered", "report") if version else path_of("catalogue", "offered")
        found = connection.get(asked, path, params={"purpose": purpose, "iri": version})
    if version and not as_json:
        _explain(found)
        return
    if as_json:
        print_json(found)
        return
    rows = [
        {
            "title": one["title"],
            "version": one["version"],
            "lets you": one["action"].rpartition("/")[2],
            "ask first": not one["is_open"],
        }
        for one in found["offered"]
    ]
    print_rows(rows, nothing="Nothing is offered to you.")
    for offer in found["unreadable"]:
        say(f"not understood: {offer}", style="yellow")


def show(
    iri: Annotated[str, typer.Argument(help="IRI of a dataset or of one of its versions.")],
    offer: Annotated[bool, typer.Option("--offer", help="Show the offer as ODRL instead, from the provider.")] = False,
    node: _Provider = None,
    profile: ProfileName = PROFILE,
    as_json: AsJson = False,
) -> None:
    """Show what is said of a dataset, and whether you may use it."""
    provider = node_of(iri)
    with connect_if_known(profile) as connection:
        if offer:
            place = place_of(connection, iri)
            print_json(connection.get(place.node, path_of("catalogue", "offer"), params={"iri": place.iri})["offer"])
            return
        asked = node_url(node, where="--node") if node else provider
        found = connection.get(asked, path_of("catalogue", "dataset"), params={"iri": iri})
    print_json(found) if as_json else _show(found)


def _explain(found: dict[str, Any]) -> None:
    say("The offer lets you have it." if found["allowed"] else "The offer does not let you have it.", style="bold")
    for reason in found["reasons"]:
        say(f"  {reason['message']}")
        if "remedy" in reason:
            say(f"    {reason['remedy']}")


def _summary(dataset: dict[str, Any]) -> dict[str, object]:
    return {
        "dataset": dataset["iri"],
        "version": dataset["version"],
        "about": dataset["description"],
        "publisher": dataset["publisher"],
        "licence": dataset["licence"],
        "sensitivity": dataset["sensitivity"],
        "issued": dataset["issued"],
        "keywords": dataset["keywords"],
        "found by": "\n".join(f"{one['typed']}: {one['name']}" for one in dataset.get("found_by", [])),
    }


def _show(found: dict[str, Any]) -> None:
    entry, standing = found["entry"], found["standing"]
    say(entry["title"], style="bold")
    print_record(
        {
            "version": entry["iri"],
            "number": f"{entry['number']} of {len(found['versions'])}, issued {entry['issued']}",
            "about": entry["description"],
            "publisher": entry["publisher"],
            "licence": entry["licence"],
            "sensitivity": f"{entry['sensitivity']}: {entry['handling_reason']}",
            **_conditions(entry.get("conditions") or {}),
            "keywords": entry["keywords"],
            "area": entry["bbox"],
            "period": " to ".join(entry["period"]) if entry["period"] else None,
            "steward": entry["steward"],
            "verdict": f"{entry['verdict']}, {entry['warnings']:,} warnings",
            "judged by": "\n".join(entry["schemas"]),
            "quality": "\n".join(quality_lines(entry.get("quality") or [])),
            "size": f"{entry['triples']:,} statements in {len(entry['models'])} models",
            "sparql": entry["endpoint"],
            "files": "\n".join(f"{file['name']}  {file['size']:,} bytes" for file in entry["files"]),
            "you may use it": standing["may_use"],
            "you may ask": standing["may_ask"],
            "why": "\n".join(standing["reasons"]),
        }
    )


def _conditions(said: dict[str, Any]) -> dict[str, object]:
    """Return what a user has to know beside licence and offer; a node of an earlier release may say nothing."""
    personal = "yes" if said.get("personal_data") else None
    reason = said.get("personal_data_reason")
    return {
        "triage": said.get("triage"),
        "personal data": f"yes; open because: {reason}" if personal and reason else personal,
        "conditions": "\n".join(said.get("regulatory") or []),
        "derived from": "\n".join(said.get("derived_from") or []),
    }
