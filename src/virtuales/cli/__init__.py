"""The command line: one command, or one group of commands, per file; each is imported when it is called for."""

import gc
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import typer

from virtuales import __version__
from virtuales.cli.lazy import Entry, LazyGroup

_ALLOCATIONS = 50_000
"""Objects made before the first look for cycles: models are many objects that stay, and looking costs much time."""
_RUN, _SHARE, _USE, _WHO = "Run a node", "Share data", "Find and use data", "Take part"

COMMANDS: Mapping[str, Entry] = MappingProxyType(
    {
        "demo": Entry("demo:demo", "Run an orchestrator and three organisations' nodes on this machine.", _RUN),
        "serve": Entry("serve:serve", "Run a node until it is interrupted.", _RUN),
        "rebuild": Entry("rebuild:rebuild", "Make a stopped node's RDF store anew from its journal.", _RUN),
        "journal": Entry("journal:app", "A node's journal: verify its chain, list its events.", _RUN),
        "models": Entry("models:app", "Vocabularies and profiles: import, list, look up, compare.", _SHARE),
        "mappings": Entry(
            "mappings:app",
            "Mapping sets: list, convert, chain, check, suggest, review, rewrite queries, coverage, a node's registry.",
            _SHARE,
        ),
        "use-cases": Entry("use_cases:app", "Use cases: list, show, check.", _SHARE),
        "gaps": Entry("gaps:gaps", "Analyse the gaps between a use case's data requirements and models.", _SHARE),
        "validate": Entry("validate:validate", "Judge each model by the shapes of its profiles.", _SHARE),
        "infer": Entry("infer:infer", "Infer statements by the rules of shapes files (SHACL-AF).", _SHARE),
        "schema": Entry("schema:app", "Schemas: list, fetch, and the orchestrator's decisions about them.", _SHARE),
        "lift": Entry("lift:lift", "Make RDF of CSV, JSON and XML files by an RML mapping.", _SHARE),
        "cim": Entry("cim:app", "CIM models: inspect, check, compare, change, write.", _SHARE),
        "convert": Entry("convert:convert", "Convert the models of a package from one edition to another.", _SHARE),
        "policy": Entry("policy:app", "Policies in ODRL: templates, make, check, decide.", _SHARE),
        "licences": Entry("licences:app", "Licences of data: list, show, compose.", _SHARE),
        "login": Entry("login:login", "Keep a client's credentials as a profile, once they are proved.", _WHO),
        "logout": Entry("login:logout", "Forget a profile with its secret.", _WHO),
        "whoami": Entry("login:whoami", "Show who a profile acts for and what it may do.", _WHO),
        "organisation": Entry("organisation:app", "Organisations: register, and the orchestrator's desk.", _WHO),
        "standing": Entry("standing:app", "Certifications, groups and industries of organisations.", _WHO),
        "terms": Entry("terms:app", "Terms and conditions: show, status, accept, publish.", _WHO),
        "token-keys": Entry("token_keys:app", "The keys that sign access tokens: list, rotate.", _WHO),
        "people": Entry("people:app", "People of your organisation: invite, roles, suspend, remove.", _WHO),
        "inbox": Entry("inbox:inbox", "Show what your organisation was told.", _WHO),
        "dataset": Entry("dataset:app", "Datasets: describe, send, prepare, publish.", _SHARE),
        "review": Entry("review:app", "Requests that await your decision: list, approve, refuse.", _SHARE),
        "audit": Entry("audit:audit", "Show the latest accesses to your organisation's data.", _SHARE),
        "find": Entry("find:find", "Search the catalogue.", _USE),
        "saved-searches": Entry("saved_searches:app", "Saved searches: list, save, drop.", _USE),
        "offered": Entry("find:offered", "List the datasets whose offers let your organisation have them.", _USE),
        "show": Entry("find:show", "Show what is said of a dataset, and whether you may use it.", _USE),
        "purposes": Entry("request:purposes", "List the purposes that a request can name.", _USE),
        "request": Entry("request:request", "Ask for access to a dataset version.", _USE),
        "requests": Entry("request:requests", "List what your organisation asked for.", _USE),
        "negotiation": Entry("negotiation:app", "Negotiations: list, show, counter, accept, withdraw.", _USE),
        "agreement": Entry(
            "agreement:app",
            "Agreements: list, show, verify, record, obligations, amend, renew, terminate, revoke.",
            _USE,
        ),
        "connector": Entry(
            "connector:app", "Connectors that speak the Dataspace Protocol alone: request, verify, finalise.", _USE
        ),
        "transfer": Entry(
            "transfer:app",
            "Transfers by the Dataspace Protocol: request, list, show, start, suspend, complete, fetch and more.",
            _USE,
        ),
        "contract": Entry("contract:app", "Contracts at hand: verify one without any node, read it.", _USE),
        "object": Entry("object:show_object", "Look up an object of the grid by its mRID, at every producer.", _USE),
        "ask": Entry("ask:ask", "Ask all producers a SPARQL query.", _USE),
        "query": Entry("query:query", "Ask a dataset version a SPARQL query, or several endpoints together.", _USE),
        "queries": Entry("queries:app", "Saved queries: list, show, run.", _USE),
        "lower": Entry("lower:lower", "Make tables and plain documents of what was received.", _USE),
        "download": Entry("download:download", "Fetch the files of a dataset version, and check them.", _USE),
    }
)
"""Every command: where it is, what it does, and under which heading `--help` lists it."""

app = typer.Typer(
    name="virtuales",
    help="A linked-data node with which the organisations of an energy system share data about one physical grid.",
    cls=LazyGroup.of(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[  # its callback does the work
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """A linked-data node with which the organisations of an energy system share data about one physical grid."""


def main() -> None:
    """Run the command line; our own errors become a message and an exit code."""
    gc.set_threshold(_ALLOCATIONS, 20, 20)
    app()
