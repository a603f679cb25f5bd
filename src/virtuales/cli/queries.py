"""`virtuales queries`: the saved queries, of the catalogue, of a dataset version, or of files at hand."""

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rewriting.rewriter import rewrite
from virtuales.alignment.rewriting.sources import view_between
from virtuales.alignment.rules import RuleRegistry
from virtuales.cli.client.connection import PATIENT, Connection, catalogue_node, connect_if_known, path_of
from virtuales.cli.client.options import PROFILE, AsJson, ProfileName
from virtuales.cli.client.output import print_json, print_record, print_rows, say
from virtuales.cli.client.progress import waiting
from virtuales.cli.client.versions import place_of
from virtuales.cli.known_models import shipped_models
from virtuales.cli.mapping_rewriting import warn
from virtuales.cli.query import ACCEPT, Format, ask, print_answer
from virtuales.errors import InputError
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.query.in_memory import InMemoryGraph
from virtuales.query.saved_query import SavedQuery
from virtuales.query.saved_reading import QUERY_SUFFIX, read_saved_query
from virtuales.query.syntax.parser import parse_query
from virtuales.rdf.terms import NamedNode
from virtuales.resources import contributed
from virtuales.store.rdf_store import Answer
from virtuales.workflow.saved_queries import ABOUT, shipped_queries

app = typer.Typer(no_args_is_help=True, help="Saved queries: list, show, run.")

_Name = Annotated[str, typer.Argument(help="The query's name, or a file `NAME.rq`.")]
_CATALOGUE = "/sparql/catalogue"


@app.command("list")
def list_queries(
    tag: Annotated[str | None, typer.Option(help="Only those with this tag, such as `planner`.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the saved queries."""
    found = [query for query in shipped_queries() if tag is None or tag in query.tags]
    if as_json:
        print_json([_data(query) for query in found])
        return
    rows = [
        {
            "name": query.name,
            "about": query.asks,
            "needs": " ".join(one.name for one in query.parameters if not one.optional and one.default is None),
            "summary": query.summary,
        }
        for query in found
    ]
    print_rows(rows, nothing="No saved query.")


@app.command()
def show(name: _Name, as_json: AsJson = False) -> None:
    """Show what a saved query asks, its parameters, and its text."""
    query = find_query(name)
    if as_json:
        print_json(_data(query))
        return
    say(query.summary, style="bold")
    say(query.description)
    print_record({"tags": " ".join(query.tags), "about": query.asks, "models": " ".join(query.models)})
    rows = [
        {
            "parameter": one.name,
            "type": one.datatype,
            "given": "may be left out" if one.optional else f"default {one.default}" if one.default else "needed",
            "meaning": one.description,
            "example": query.example.get(one.name, ""),
        }
        for one in query.parameters
    ]
    print_rows(rows, nothing="It has no parameters.")
    say("\n" + query.text.rstrip())


@app.command()
def run(
    name: _Name,
    iri: Annotated[str | None, typer.Argument(help="IRI of the dataset or version, for a query about data.")] = None,
    *,
    given: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter's value, as `NAME=VALUE`; can be repeated.")
    ] = None,
    file: Annotated[
        list[Path] | None, typer.Option(help="A CIM/XML file or zip to ask instead of a dataset; can be repeated.")
    ] = None,
    data_model: Annotated[
        str | None, typer.Option(help="The model that the dataset is in, where it is another than the query's.")
    ] = None,
    node: Annotated[
        str | None,
        typer.Option(help="Node whose catalogue or audit trail to ask; by default the orchestrator's or your own."),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
    profile: ProfileName = PROFILE,
) -> None:
    """Run a saved query: of the catalogue, of a dataset version on its producer's node, or of files at hand.

    A query about the audit trail is asked of your own node, or of the one that `--node` names.

    Data in another model than the query's is asked through the mappings between them: files say themselves which model
    they are in, and `--data-model` says it of a dataset. What the mappings do not carry is told.
    """
    query = find_query(name)
    text = query.bound(values_of(given or []))
    if file:
        _refuse(query, iri is not None, "Name files or a dataset, not both.")
        print_answer(_of_files(query, text, file, output), output)
        return
    if data_model:
        text = _rewritten(query, text, data_model)
    with connect_if_known(profile) as connection, waiting("Asking"):
        if query.asks == "audit":
            _refuse(query, iri is not None, "Name no dataset; `--node` chooses whose trail.")
            answer = _of_trail(connection, query, connection.node(node), values_of(given or []), output)
        elif query.asks == "catalogue":
            _refuse(query, iri is not None, "Name no dataset; `--node` chooses whose catalogue.")
            answer = ask(connection, catalogue_node(connection, node), _CATALOGUE, text, output)
        else:
            _refuse(query, iri is None, "Name the IRI of a dataset or version, or files with `--file`.")
            place = place_of(connection, iri or "")
            answer = ask(connection, place.node, place.sparql, text, output)
    print_answer(answer, output)


def find_query(name: str) -> SavedQuery:
    """Return a saved query by its name, or by its file.

    Raises:
        NotFound: there is none of that name.
        UnreadableInput: the file is no saved query.
    """
    return read_saved_query(Path(name)) if name.endswith(QUERY_SUFFIX) else shipped_queries().get(name)


def _refuse(query: SavedQuery, wrong: bool, remedy: str) -> None:
    if wrong:
        raise InputError(f"The query `{query.name}` is about {ABOUT[query.asks]}.", where="IRI", remedy=remedy)


def _of_trail(connection: Connection, query: SavedQuery, node: str, values: dict[str, str], output: Format) -> Answer:
    """Ask a node's audit trail, which has no SPARQL endpoint, by the query's name."""
    path, headers = path_of("queries", query.name, "answer"), {"Accept": ACCEPT[output]}
    response = connection.send("GET", node, path, params=values, headers=headers, timeout=PATIENT)
    return Answer(response.content, response.headers.get("content-type", ""))


def values_of(given: list[str]) -> dict[str, str]:
    """Return the values of parameters that were given as `NAME=VALUE`.

    Raises:
        InputError: one is not written so, or given twice.
    """
    values: dict[str, str] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or name in values:
            raise InputError(
                f"`{text}` is no value of a parameter." if not separator else f"`{name}` is given twice.",
                where="--set",
                remedy="Write `--set NAME=VALUE`, once for each parameter.",
            )
        values[name] = value
    return values


def _rewritten(query: SavedQuery, text: str, data_model: str) -> str:
    """Return the query in the terms of a model, and say what could not be carried."""
    if not query.models or data_model in query.models:
        return text
    folder = contributed("mappings")
    view = view_between(
        query.models[0],
        data_model,
        models=shipped_models(),
        mappings=MappingRegistry.load(folder),
        rules=RuleRegistry.load(folder),
    )
    rewriting = rewrite(parse_query(text), view)
    warn(rewriting.account)
    return rewriting.text


def _of_files(query: SavedQuery, text: str, files: list[Path], output: Format) -> Answer:
    """Ask the models of files: the default graph is their union, and each is a named graph as on a node."""
    graph = InMemoryGraph()
    with tempfile.TemporaryDirectory(prefix="virtuales-") as name:
        reader = CollectionReader(shipped_models(), "urn:model")
        models = reader.read(files, Path(name)).models
        kinds = sorted({model.vocabulary.name for model in models})
        if len(kinds) > 1:
            raise InputError(
                f"The files are in several models: {', '.join(kinds)}.",
                where="--file",
                remedy="Ask those of each by themselves.",
            )
        text = _rewritten(query, text, kinds[0]) if kinds else text
        for model in models:
            statements = model.statements.read_bytes()
            graph.load(statements)
            graph.load(statements, graph=NamedNode(model.header.iri if model.header else f"urn:model:{model.name}"))
    return Answer(*graph.serialized(text, ACCEPT[output]))


def _data(query: SavedQuery) -> dict[str, object]:
    data = asdict(query) | {"file": query.file.name}
    return data | {"parameters": [asdict(one) for one in query.parameters]}
