"""Attempts to learn by documents, counts, tags and feeds what one may not know of."""

import httpx
from tests.clients import download_url, key_of
from tests.redteam.stage import CANARY, Attempt, Stage

EMPTY = '"total":0'


def _search(stage: Stage, **params: str) -> httpx.Response:
    return stage.ask("GET", stage.north.api("catalogue"), params=params)


def _document(stage: Stage, iri: str, **headers: str) -> httpx.Response:
    return stage.ask("GET", iri.replace("/id/", "/doc/"), headers={"Accept": "text/turtle", **headers})


def _catalogue_query(stage: Stage, text: str) -> httpx.Response:
    return stage.ask("POST", f"{stage.north.home}/sparql/catalogue", data={"query": text})


def _feed(stage: Stage, **headers: str) -> httpx.Response:
    accept = {"Accept": "application/cloudevents-batch+json", **headers}
    return stage.dale.ask("GET", f"{stage.north.home}/events", headers=accept, params={"after": "0"})


def _agreement(stage: Stage) -> str:
    return str(stage.north.agreements(stage.granted)[0]["agreement"])


ATTEMPTS = [
    Attempt("find a hidden dataset by its words", lambda on: _search(on, q=CANARY), 200, EMPTY),
    Attempt("find a hidden dataset by its short name", lambda on: _search(on, q="redteam-hidden"), 200, EMPTY),
    Attempt(
        "find hidden datasets by an injected filter", lambda on: _search(on, q='") } UNION { ?s ?p "CANARY'), 200, EMPTY
    ),
    Attempt("find hidden datasets by an injected publisher", lambda on: _search(on, publisher="x> } #"), (200, 422)),
    Attempt("guess a hidden dataset's version", lambda on: _document(on, on.hidden), 404),
    Attempt("guess a hidden dataset", lambda on: _document(on, on.hidden.rpartition("/version/")[0]), 404),
    Attempt(
        "guess a hidden dataset's entry",
        lambda on: on.ask("GET", on.north.api("catalogue/dataset"), params={"iri": on.hidden}),
        404,
    ),
    Attempt(
        "guess a hidden dataset's offer",
        lambda on: on.ask("GET", on.north.api("catalogue/offer"), params={"iri": on.hidden}),
        (404, 422),
    ),
    Attempt(
        "guess a hidden dataset's lineage",
        lambda on: on.ask("GET", on.north.api("catalogue/lineage"), params={"iri": on.hidden}),
        404,
    ),
    Attempt("learn of a hidden dataset by its tag", lambda on: _document(on, on.hidden, **{"If-None-Match": "*"}), 404),
    Attempt(
        "learn of a hidden dataset by a precondition", lambda on: _document(on, on.hidden, **{"If-Match": '"x"'}), 404
    ),
    Attempt(
        "learn of a hidden dataset by HEAD",
        lambda on: on.dale.ask("HEAD", on.hidden.replace("/id/", "/doc/")),
        (404, 405),
    ),
    Attempt(
        "learn of an unpublished dataset", lambda on: on.dale.ask("GET", f"{on.north.home}/doc/dataset/{on.draft}"), 404
    ),
    Attempt(
        "count hidden datasets by SPARQL",
        lambda on: _catalogue_query(on, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'CANARY')) }"),
        200,
        '"value":"0"',
    ),
    Attempt(
        "read drafts by SPARQL over the catalogue",
        lambda on: _catalogue_query(on, f"SELECT * {{ GRAPH <{on.north.home}/graph/drafts> {{ ?s ?p ?o }} }}"),
        200,
        '"bindings":[]',
    ),
    Attempt(
        "read registrations by SPARQL over the catalogue",
        lambda on: _catalogue_query(on, f"SELECT * {{ GRAPH <{on.north.home}/graph/registrations> {{ ?s ?p ?o }} }}"),
        200,
        '"bindings":[]',
    ),
    Attempt(
        "read the data by SPARQL over the catalogue",
        lambda on: _catalogue_query(on, "SELECT * { GRAPH ?g { ?s ?p ?o FILTER(CONTAINS(STR(?o), 'CANARY')) } }"),
        200,
        '"bindings":[]',
    ),
    Attempt("hear of hidden datasets from the feed", _feed, 200),
    Attempt(
        "hear of hidden datasets from the feed as nobody",
        lambda on: on.http.get(f"{on.north.home}/events", headers={"Accept": "application/cloudevents-batch+json"}),
        200,
    ),
    Attempt("resume the feed after a revocation from before it", lambda on: _feed(on, **{"Last-Event-ID": "1"}), 200),
    Attempt(
        "download a file of a version that was not granted",
        lambda on: on.vale.download(on.vault, "gl.xml"),
        403,
        "agreement",
    ),
    Attempt(
        "download a file after the agreement was revoked",
        lambda on: on.vale.download(on.revoked, "gl.xml"),
        403,
        "agreement",
    ),
    Attempt(
        "download a file of a version that one may not know of",
        lambda on: on.ask("GET", download_url(on.hidden, "gl.xml")),
        401,
        "no such open dataset",
    ),
    Attempt(
        "download with the tag of the file",
        lambda on: on.vale.ask("GET", download_url(on.vault, "gl.xml"), headers={"If-None-Match": "*"}),
        403,
    ),
    Attempt(
        "download a part of the file",
        lambda on: on.vale.ask("GET", download_url(on.vault, "gl.xml"), headers={"Range": "bytes=0-9"}),
        403,
    ),
    Attempt(
        "download the journal by a path", lambda on: on.vale.download(on.granted, "..%2F..%2F..%2Fjournal.sqlite"), 404
    ),
    Attempt(
        "download the key by a path of dots",
        lambda on: on.vale.download(on.granted, "%2e%2e/%2e%2e/keys/node.pem"),
        404,
    ),
    Attempt("download by an absolute path", lambda on: on.vale.download(on.granted, "%2Fetc%2Fpasswd"), 404),
    Attempt(
        "read another's agreement",
        lambda on: on.dale.ask("GET", f"{on.north.home}/api/v1/agreements/{key_of(_agreement(on))}"),
        (403, 404),
    ),
    Attempt(
        "read the text of another's agreement",
        lambda on: on.dale.ask("GET", f"{on.north.home}/api/v1/agreements/{key_of(_agreement(on))}/text"),
        (403, 404),
    ),
    Attempt("read the document of another's agreement", lambda on: _document(on, _agreement(on)), (401, 403, 404)),
    Attempt("read another's audit trail", lambda on: on.dale.ask("GET", on.north.api("audit")), 403),
    Attempt("read another's notifications", lambda on: on.dale.ask("GET", on.north.api("notifications")), 403),
    Attempt(
        "read another's datasets in preparation",
        lambda on: on.dale.ask("GET", on.north.api(f"datasets/{on.draft}")),
        403,
    ),
    Attempt(
        "read the desk of the orchestrator's staff",
        lambda on: on.dale.ask("GET", f"{on.centre}/api/v1/organisations/desk"),
        403,
    ),
    Attempt("read another's negotiations", lambda on: on.dale.ask("GET", on.north.api("negotiations")), 403),
    Attempt(
        "continue a list with a cursor of one's own making", lambda on: _search(on, after="aHR0cDovL3g"), (400, 422)
    ),
    Attempt(
        "read a saved query's answer by an injected parameter",
        lambda on: on.http.get(f"{on.north.home}/api/v1/queries/find-datasets/answer", params={"theme": "x> } #"}),
        (200, 404, 422),
    ),
]
