"""`virtuales query`: SPARQL over a dataset version, on its producer's node."""

import json
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from virtuales.cli.client.connection import PATIENT, Connection, connect_if_known
from virtuales.cli.client.options import PROFILE, ProfileName
from virtuales.cli.client.output import print_rows, say
from virtuales.cli.client.progress import waiting
from virtuales.cli.client.versions import place_of
from virtuales.errors import InputError, PeerFailure, UnreadableInput
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
    iri: Annotated[str, typer.Argument(help="IRI of a dataset version; of a dataset for its current version.")],
    sparql: Annotated[str | None, typer.Argument(help="The query.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the query, `-` for standard input.")] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
    profile: ProfileName = PROFILE,
) -> None:
    """Ask a dataset version a SPARQL query; the producer's node answers it.

    A SELECT or ASK can be written as table, JSON or CSV, a CONSTRUCT or DESCRIBE as Turtle.
    """
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
