"""`virtuales query`: SPARQL over a dataset version, on its producer's node."""

import json
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from virtuales.alignment.rewriting.strictness import Strictness
from virtuales.cli.client.connection import PATIENT, Connection, connect_if_known
from virtuales.cli.client.options import PROFILE, ProfileName
from virtuales.cli.client.output import print_rows, say
from virtuales.cli.client.progress import waiting
from virtuales.cli.client.versions import place_of
from virtuales.cli.federated import Telling, ask_endpoints
from virtuales.cli.mapping_sources import Folder
from virtuales.cli.speaking import Speaking
from virtuales.errors import InputError, PeerFailure, UnreadableInput
from virtuales.federation.options import Options
from virtuales.query.saved_reading import QUERY_SUFFIX
from virtuales.store.rdf_store import Answer

_JSON, _TURTLE = "application/sparql-results+json", "text/turtle"


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TTL = "ttl"


ACCEPT: Mapping[Format, str] = {
    Format.TABLE: f"{_JSON}, {_TURTLE};q=0.5",
    Format.JSON: _JSON,
    Format.CSV: "text/csv",
    Format.TTL: _TURTLE,
}
"""The media types in which an answer can be written so."""


def query(
    iri: Annotated[
        str | None,
        typer.Argument(
            help="IRI of a dataset version; of a dataset for its current version. With `--endpoint` nothing, or the"
            " file with the query."
        ),
    ] = None,
    sparql: Annotated[str | None, typer.Argument(help="The query.")] = None,
    *,
    file: Annotated[Path | None, typer.Option(help="A file with the query, `-` for standard input.")] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
    endpoint: Annotated[
        list[str] | None, typer.Option(help="URL of a SPARQL endpoint to ask instead of a dataset; can be repeated.")
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Answer although an endpoint failed, and say which.")
    ] = False,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long endpoints may take, all together.")] = 60.0,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say on standard error what was fetched from which endpoint.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="A file to draw that in: `FILE.svg`, or as a flowchart of Mermaid.")
    ] = None,
    sources: Annotated[
        Path | None, typer.Option(help="A file for what each endpoint gave, or why it gave nothing, as JSON.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="The registered model that the query is in.")] = None,
    speaks: Annotated[
        list[str] | None,
        typer.Option(help="URL=MODEL: an endpoint, and a model that its data follow; can be repeated, for one too."),
    ] = None,
    links: Annotated[
        list[str] | None,
        typer.Option(help="URL=FILE: an endpoint, and links from its IRIs to the query's; can be repeated."),
    ] = None,
    strictness: Annotated[
        Strictness, typer.Option(help="What of an endpoint's model may stand for a term of the query.")
    ] = Strictness.EXACT,
    every_term: Annotated[
        bool, typer.Option("--every-term", help="Refuse a query with a term that an endpoint's mappings do not carry.")
    ] = False,
    provenance: Annotated[
        Path | None, typer.Option(help="A file for the mappings by which each endpoint's data were carried, as JSON.")
    ] = None,
    folder: Folder = None,
    profile: ProfileName = PROFILE,
) -> None:
    """Ask a dataset version a SPARQL query, or several endpoints together.

    The producer's node answers for a dataset version. Endpoints are asked as if all their data lay in one store; if one
    of them fails, there is no answer unless `--partial` is given. Those that follow another model than the query
    (`--model`, `--speaks`) are seen through the mappings: they are asked in their own terms, and answer in the query's.

    A SELECT or ASK can be written as table, JSON or CSV, a CONSTRUCT or DESCRIBE as Turtle.
    """
    if endpoint:
        telling = Telling(explain, picture, sources, provenance)
        options = Options(seconds=seconds, endpoint_seconds=seconds, partial=partial, every_term=every_term)
        endpoints = Speaking(model, speaks or (), links or (), strictness, folder).endpoints(endpoint)
        text = _text(*_of_no_dataset(iri, sparql, file))
        print_answer(ask_endpoints(text, endpoints, ACCEPT[output], options=options, telling=telling), output)
        return
    if iri is None:
        raise InputError("There is nothing to ask.", where="IRI", remedy="Name a dataset version, or an `--endpoint`.")
    if partial or explain or picture or sources or model or speaks or links or every_term or provenance:
        raise InputError("A dataset version is asked by itself.", where="IRI", remedy="Name its `--endpoint`.")
    text = _text(sparql, file)
    with connect_if_known(profile) as connection, waiting("Asking"):
        place = place_of(connection, iri)
        answer = ask(connection, place.node, place.sparql, text, output)
    print_answer(answer, output)


def ask(connection: Connection, node: str, path: str, text: str, output: Format) -> Answer:
    """Send a query to a SPARQL endpoint, and return the answer in a form that can be written so."""
    headers = {"Content-Type": "application/sparql-query", "Accept": ACCEPT[output]}
    response = connection.send("POST", node, path, content=text.encode(), headers=headers, timeout=PATIENT)
    return Answer(response.content, response.headers.get("content-type", ""))


def print_answer(answer: Answer, output: Format) -> None:
    """Write an answer on standard output: SPARQL results as a table where one is wanted, and else as it came.

    Raises:
        PeerFailure: the answer is no SPARQL result though it says so.
    """
    if output is Format.TABLE and answer.media_type.startswith(_JSON):
        _print_results(answer.body)
        return
    text = answer.body.decode()
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _of_no_dataset(first: str | None, sparql: str | None, file: Path | None) -> tuple[str | None, Path | None]:
    """Return the query and the file with it, where the first argument is no dataset but the file."""
    if first is not None and sparql is not None:
        raise InputError(
            "Endpoints and a dataset are not asked together.", where="IRI", remedy="Name the dataset's endpoint."
        )
    if first is not None and first.endswith(QUERY_SUFFIX) and file is None:
        return None, Path(first)
    return first, file


def _text(sparql: str | None, file: Path | None) -> str:
    if (sparql is None) == (file is None):
        raise InputError(
            "There has to be one query.", where="SPARQL", remedy="Write it as an argument, or name a file with --file."
        )
    if file is None:
        return sparql or ""
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"The query cannot be read: {error}.", where=str(file)) from error


def _print_results(body: bytes) -> None:
    """Show SPARQL results (https://www.w3.org/TR/sparql11-results-json/)."""
    try:
        document = json.loads(body)
        if "boolean" in document:
            say("yes" if document["boolean"] else "no")
            return
        names = document["head"]["vars"]
        rows = [{name: _value(row.get(name)) for name in names} for row in document["results"]["bindings"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PeerFailure("The node's answer is no SPARQL result.", where="SPARQL") from error
    print_rows(rows, nothing="No solution.", as_table=True)


def _value(term: dict[str, Any] | None) -> str:
    return "" if term is None else str(term["value"])
