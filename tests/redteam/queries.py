"""Attempts to get out of a view by SPARQL: what a query may see is the version that was granted, and nothing beside."""

from functools import partial

import httpx
from tests.clients import sparql_url
from tests.redteam.stage import CANARY, Attempt, Stage

NOTHING = '"bindings":[]'
_NAME = "http://iec.ch/TC57/CIM100#IdentifiedObject.name"
_GRAPHS = (
    "registry",
    "registrations",
    "catalogue/participants",
    "catalogue/public",
    "drafts",
    "negotiations",
    "agreements",
    "audit",
    "notifications",
    "following",
)


def _own(stage: Stage, text: str) -> httpx.Response:
    """Ask with `@node` for the node's address, `@vault` for the version that is guarded."""
    return stage.query(text.replace("@node", stage.north.home).replace("@vault", stage.vault))


def _at(stage: Stage, version: str, text: str = "SELECT * { ?s ?p ?o }") -> httpx.Response:
    return stage.vale.ask("POST", sparql_url(version), data={"query": text})


def _empty(name: str, text: str) -> Attempt:
    return Attempt(name, partial(_own, text=text), 200, NOTHING)


def _refused(name: str, text: str, status: int | tuple[int, ...], says: str = "") -> Attempt:
    return Attempt(name, partial(_own, text=text), status, says)


def _zero(name: str, text: str) -> Attempt:
    return Attempt(name, partial(_own, text=text), 200, '"value":"0"')


def _protocol(stage: Stage, **fields: str) -> httpx.Response:
    return stage.query("SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'CANARY')) }", **fields)


def _draft(stage: Stage, update: str) -> httpx.Response:
    home = stage.dale.home
    return stage.dale.ask("POST", f"{home}/sparql/drafts/redteam-unheard-of/update", data={"update": update})


def _draft_of_another(stage: Stage, path: str, **fields: str) -> httpx.Response:
    return stage.vale.ask("POST", f"{stage.north.home}/sparql/drafts/{stage.draft}{path}", data=fields)


def _federated(stage: Stage, **params: str) -> httpx.Response:
    return stage.vale.ask("GET", f"{stage.vale.home}/sparql/federation", params=params)


ATTEMPTS = [
    *(
        _empty(
            f"read the node's own graph by GRAPH: {name}", f"SELECT * {{ GRAPH <@node/graph/{name}> {{ ?s ?p ?o }} }}"
        )
        for name in _GRAPHS
    ),
    _zero(
        "count the graphs beyond the version",
        "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(!STRSTARTS(STR(?g), '@node/graph/model/')) }",
    ),
    _empty(
        "find the vault's names by GRAPH with a variable",
        f"SELECT ?o {{ GRAPH ?g {{ ?s <{_NAME}> ?o }} FILTER(CONTAINS(?o, 'CANARY')) }}",
    ),
    _empty(
        "find the vault's names in the default graph", f"SELECT ?o {{ ?s <{_NAME}> ?o FILTER(CONTAINS(?o, 'CANARY')) }}"
    ),
    _empty(
        "find the vault by a property path of any length",
        "SELECT ?o { ?s (!<urn:x>|^!<urn:x>)* ?o FILTER(CONTAINS(STR(?o), 'CANARY')) }",
    ),
    _empty(
        "find the vault by a path of zero length",
        "SELECT ?s { ?s <urn:x>* '" + CANARY[:6] + "-nowhere' FILTER(isIRI(?s)) }",
    ),
    _empty(
        "test for the vault by EXISTS",
        "SELECT (1 AS ?yes) { FILTER EXISTS { GRAPH ?g { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'CANARY')) } } }",
    ),
    _empty(
        "test for the vault by MINUS",
        "SELECT ?x { VALUES ?x { 1 } MINUS { VALUES ?x { 1 } "
        "FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'CANARY')) } } } }",
    ),
    _zero(
        "count the vault's statements by an aggregate",
        "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'CANARY')) } }",
    ),
    _empty(
        "sample the vault by an aggregate in a sub-select",
        "SELECT ?o { { SELECT (SAMPLE(?v) AS ?o) "
        "{ GRAPH ?g { ?s ?p ?v FILTER(CONTAINS(STR(?v), 'CANARY')) } } GROUP BY ?g } }",
    ),
    _empty("ask for a graph by BIND", "SELECT * { BIND(<@node/graph/agreements> AS ?g) GRAPH ?g { ?s ?p ?o } }"),
    _empty(
        "ask for a graph by VALUES",
        "SELECT * { VALUES ?g { <@node/graph/audit> <@node/graph/registrations> } GRAPH ?g { ?s ?p ?o } }",
    ),
    _empty("ask for a graph by an escaped IRI", "SELECT * { GRAPH <@node/graph/\\u0061udit> { ?s ?p ?o } }"),
    _empty("ask for a graph by a relative IRI", "BASE <@node/x/> SELECT * { GRAPH <../graph/audit> { ?s ?p ?o } }"),
    _empty("ask for an inner graph by its old name", "SELECT * { GRAPH <urn:x-arq:UnionGraph> { ?s ?p ?o } }"),
    _refused("read a graph by FROM", "SELECT * FROM <@node/graph/agreements> { ?s ?p ?o }", (200, 400, 403, 404, 422)),
    _refused(
        "read a graph by FROM NAMED",
        "SELECT * FROM NAMED <@node/graph/audit> { GRAPH ?g { ?s ?p ?o } }",
        (200, 400, 403, 404, 422),
    ),
    _refused(
        "call out by SERVICE",
        "SELECT * { SERVICE <http://169.254.169.254/latest/meta-data> { ?s ?p ?o } }",
        422,
        "SERVICE",
    ),
    _refused(
        "call out by SERVICE SILENT", "SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", 422, "SERVICE"
    ),
    _refused(
        "call out by SERVICE in a sub-select",
        "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } } } }",
        422,
        "SERVICE",
    ),
    _refused(
        "call out by SERVICE in EXISTS",
        "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } } }",
        422,
        "SERVICE",
    ),
    _refused(
        "call out by SERVICE with a variable",
        "SELECT * { BIND(<http://127.0.0.1:1/> AS ?x) SERVICE ?x { ?s ?p ?o } }",
        422,
        "SERVICE",
    ),
    _refused(
        "call out to the node itself by SERVICE",
        "SELECT * { SERVICE <@node/sparql/catalogue> { ?s ?p ?o } }",
        422,
        "SERVICE",
    ),
    _refused("change data by INSERT DATA", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", 400, "query"),
    _refused("change data by LOAD", "LOAD <file:///etc/passwd>", 400, "query"),
    _refused("change data by CLEAR ALL", "CLEAR ALL", 400, "query"),
    _refused("change data by DELETE WHERE", "DELETE WHERE { ?s ?p ?o }", 400, "query"),
    _refused("change data behind a query", "ASK {} ; DROP ALL", 400, "query"),
    _refused("read a file by FROM", "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", (200, 400, 403, 404, 422)),
    _refused(
        "learn of the vault by an error's message",
        "SELECT (<urn:f>(?o) AS ?x) { GRAPH <@vault> { ?s ?p ?o } }",
        (200, 400, 422),
    ),
    _refused("describe the vault", "DESCRIBE <@vault>", 200),
    _refused(
        "construct from a graph of the node",
        "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <@node/graph/audit> { ?s ?p ?o } }",
        200,
    ),
    Attempt(
        "name the default graph in the request",
        lambda on: _protocol(on, **{"default-graph-uri": f"{on.north.home}/graph/audit"}),
        (200, 400, 403, 404, 422),
    ),
    Attempt(
        "name a named graph in the request",
        lambda on: _protocol(on, **{"named-graph-uri": f"{on.north.home}/graph/audit"}),
        (200, 400, 403, 404, 422),
    ),
    Attempt("send query and update at once", lambda on: on.query("ASK {}", update="DROP ALL"), (200, 400)),
    Attempt("query a version that was not granted", lambda on: _at(on, on.vault), 403, "agreement"),
    Attempt("query a version that was asked for and not decided", lambda on: _at(on, on.asked), 403, "agreement"),
    Attempt("query a version after its agreement was revoked", lambda on: _at(on, on.revoked), 403, "agreement"),
    Attempt(
        "query a version that one may not know of",
        lambda on: on.ask("POST", sparql_url(on.hidden), data={"query": "ASK {}"}),
        401,
        "no such open dataset",
    ),
    Attempt(
        "query the next version of what was granted",
        lambda on: _at(on, on.granted.replace("version/1", "version/2")),
        404,
    ),
    Attempt(
        "query with another's agreement",
        lambda on: on.dale.ask("POST", sparql_url(on.granted), data={"query": "ASK {}"}),
        403,
        "agreement",
    ),
    Attempt(
        "query without a token", lambda on: on.http.get(sparql_url(on.granted), params={"query": "ASK {}"}), (401, 403)
    ),
    Attempt(
        "describe the endpoint of a version that was not granted",
        lambda on: on.vale.ask("GET", sparql_url(on.vault)),
        403,
    ),
    Attempt("query another's draft", lambda on: _draft_of_another(on, "", query="SELECT * { ?s ?p ?o }"), (403, 404)),
    Attempt("update another's draft", lambda on: _draft_of_another(on, "/update", update="CLEAR ALL"), (403, 404)),
    Attempt(
        "read another's draft graph",
        lambda on: on.vale.ask("GET", f"{on.north.home}/graphs/drafts/{on.draft}", params={"default": ""}),
        (403, 404),
    ),
    Attempt("update a draft that is not there", lambda on: _draft(on, "CLEAR ALL"), (403, 404)),
    Attempt(
        "federate over a version that was not granted",
        lambda on: _federated(on, query="SELECT * { ?s ?p ?o }", version=on.vault),
        403,
        "sources",
    ),
    Attempt(
        "federate over a version that one may not know of",
        lambda on: on.ask("GET", f"{on.vale.home}/sparql/federation", params={"query": "ASK {}", "version": on.hidden}),
        (403, 404),
    ),
    Attempt(
        "federate over a version of an invented address",
        lambda on: _federated(on, query="ASK {}", version="http://127.0.0.1:9/id/dataset/x/version/1"),
        (403, 404),
    ),
    Attempt(
        "federate by SERVICE",
        lambda on: _federated(on, query="SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", version=on.granted),
        (403, 422),
        "SERVICE",
    ),
    Attempt(
        "federate as nobody",
        lambda on: on.http.get(f"{on.vale.home}/sparql/federation", params={"query": "ASK {}", "version": on.granted}),
        (401, 403, 404),
    ),
]
