"""`virtuales licences`: list the known licences, show one, and compose those of the sources of derived data."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from virtuales.cli.client.composition import print_composition
from virtuales.cli.client.options import AsJson
from virtuales.cli.client.output import print_json, print_record, print_rows
from virtuales.cli.errors import VIOLATIONS
from virtuales.policy.licences.composition import Source, compose
from virtuales.policy.licences.licence import Licences
from virtuales.policy.licences.reading import licence_statements, load_licences
from virtuales.policy.licences.words import in_order, said_of
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.media import TURTLE
from virtuales.rdf.namespaces import CC, DCTERMS, DPV, ODRL, RDFS, VES
from virtuales.rdf.terms import NamedNode
from virtuales.resources import contributed

app = typer.Typer(help="Licences of data: list, show, compose.", no_args_is_help=True)

_Terms = Annotated[
    list[Path] | None,
    typer.Option(help="A file with further licences or terms, as ODRL policies in RDF; repeat it for more."),
]
_PREFIXES = {
    "cc": CC.iri,
    "dcterms": DCTERMS.iri,
    "dpv": DPV.iri,
    "odrl": ODRL.iri,
    "rdfs": RDFS.iri,
    "ves": VES.iri,
    "l": "https://w3id.org/virtuales/licence#",
}


@app.command("list")
def list_licences(terms: _Terms = None, as_json: AsJson = False) -> None:
    """List the known licences, with what they ask of whoever uses data under them."""
    found = sorted(_known(terms), key=lambda licence: licence.identifier.lower())
    if as_json:
        print_json([one.to_json() for one in found])
        return
    rows = [
        {
            "licence": one.identifier,
            "title": one.title,
            "open": one.is_open,
            "prohibits": _words(one.prohibits),
            "requires": _words(one.requires),
        }
        for one in found
    ]
    print_rows(rows, nothing="No licence is known.")


@app.command("show")
def show_licence(
    name: Annotated[str, typer.Argument(help="The licence: its SPDX identifier, its title, or its address.")],
    terms: _Terms = None,
    turtle: Annotated[
        bool, typer.Option("--turtle", help="Write what is stated of it in RDF, as an ODRL policy.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a licence permits, prohibits and requires, what it does not cover, and where its text is."""
    licence = _known(terms).get(name)
    if turtle:
        stated = [quad for file in _files(terms) for quad in licence_statements(file, licence)]
        typer.echo(serialize_quads((quad.triple for quad in stated), TURTLE, prefixes=_PREFIXES), nl=False)
    elif as_json:
        print_json(licence.to_json())
    else:
        print_record(
            {
                "licence": licence.identifier,
                "title": licence.title,
                "iri": licence.iri.value,
                "text": licence.legal_code,
                "open": licence.is_open,
                "permits": _words(licence.permits),
                "prohibits": _words(licence.prohibits),
                "requires": _words(licence.requires),
                "does not cover": _words(licence.excludes),
                "compatible": ", ".join(term.value for term in in_order(licence.compatible)),
                "note": licence.note,
            }
        )


@app.command("compose")
def compose_licences(
    sources: Annotated[list[str], typer.Argument(help="The licences of the sources, as `licences show` takes them.")],
    result: Annotated[
        str | None, typer.Option(help="The licence that the result is to carry; by default any that it may.")
    ] = None,
    unmodified: Annotated[
        bool, typer.Option("--unmodified", help="The sources are passed on as they are, nothing is made of them.")
    ] = False,
    terms: _Terms = None,
    as_json: AsJson = False,
) -> None:
    """Compose the licences of sources: whether what is made of them may be published, and under which licence.

    Ends with 0 when it is allowed, or allowed if the conditions shown are kept, and with 1 when it is not allowed.
    """
    known = _known(terms)
    composed = compose(
        [Source(known.get(name)) for name in sources],
        known,
        result=known.get(result) if result else None,
        unmodified=unmodified,
    )
    print_json(composed.to_json()) if as_json else print_composition(composed.to_json())
    if not composed.is_allowed:
        raise typer.Exit(VIOLATIONS)


def _files(terms: list[Path] | None) -> list[Path]:
    return [contributed("ontology") / "licences.ttl", *(terms or [])]


def _known(terms: list[Path] | None) -> Licences:
    return load_licences(*_files(terms))


def _words(terms: Iterable[NamedNode]) -> str:
    return ", ".join(said_of(term) for term in in_order(terms))
