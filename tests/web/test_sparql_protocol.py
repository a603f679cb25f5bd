"""A node as a SPARQL 1.1 service: the protocol, its refusals, and the clients that speak it."""

import csv
import io
import json
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import psutil
import pytest
from pyoxigraph import RdfFormat, parse
from rdflib import Graph, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, TURTLE, XML, SPARQLWrapper
from tests.clients import problem
from tests.nodes import NodeProcess, eventually

from virtuales.federation.federate import Federation
from virtuales.federation.options import Options
from virtuales.rdf.media import GRAPH_FORMATS, RESULT_FORMATS

SCHEMAS = "SELECT DISTINCT ?s WHERE { ?s a <https://w3id.org/virtuales/ns#ShapesGraph> } ORDER BY ?s"
MANY = """SELECT ?a ?b WHERE { VALUES ?x { %s } VALUES ?y { %s } VALUES ?z { %s }
    BIND(CONCAT(STR(?x), ' ', STR(?y)) AS ?a) BIND(?z AS ?b) }"""
ROWS = 30_000
APPROVED = "https://w3id.org/virtuales/ns#Approved"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"


def many(number: int) -> str:
    """Write a query with so many thousands of rows."""
    ten, numbers = " ".join(map(str, range(10))), " ".join(map(str, range(number)))
    return MANY % (" ".join(map(str, range(100))), ten, numbers)


def endless(number: int) -> str:
    """Write a query that has so many thousands of rows soon, and then seeks for more without end."""
    first = many(number).partition("WHERE")[2]
    sought = "?a ?c ?d . ?e ?f ?g . ?h ?i ?j . FILTER(STRLEN(CONCAT(STR(?a), STR(?e), STR(?h))) < 0)"
    return f"SELECT ?a ?b WHERE {{ {first} UNION {{ {sought} }} }}"


class _Elsewhere(BaseHTTPRequestHandler):
    """An endpoint that knows one schema, of which the node knows too, and redirects whoever asks under another path."""

    def do_POST(self) -> None:
        body = json.dumps(
            {"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": APPROVED}}]}}
        )
        moved = self.path == "/moved"
        self.send_response(307 if moved else 200)
        self.send_header("Location", "/sparql")
        self.send_header("Content-Type", "application/sparql-results+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[NodeProcess]:
    settings = {"QUERY_SECONDS": "8", "QUERY_ANSWER_ROWS": str(ROWS), "QUERY_WAITING": "1"}
    settings["SERVICE_ENDPOINTS"] = json.dumps([f"{elsewhere}/sparql", f"{elsewhere}/moved", "http://127.0.0.1:1/"])
    node = NodeProcess(tmp_path_factory.mktemp("protocol"), role="orchestrator", settings=settings)
    node.start()
    yield node
    node.end()


@pytest.fixture(scope="module")
def endpoint(node: NodeProcess) -> str:
    return f"{node.url}/sparql/catalogue"


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def graphs(http: httpx.Client, endpoint: str) -> list[str]:
    """The named graphs that the endpoint's description names, the largest first."""
    text = http.get(endpoint, headers={"Accept": "text/turtle"}).content
    found = Graph().parse(data=text, format="turtle")
    sizes = {
        str(name): int(str(found.value(found.value(entry, URIRef(f"{SD}graph")), URIRef(f"{VOID}triples"))))
        for entry, name in found.subject_objects(URIRef(f"{SD}name"))
    }
    return sorted(sizes, key=lambda name: -sizes[name])


def count(http: httpx.Client, endpoint: str, query: str, **parameters: str | list[str]) -> int:
    """Return the number that a query gives as `n`."""
    found = http.get(endpoint, params={"query": query, **parameters})
    assert found.status_code == 200, found.text
    return int(found.json()["results"]["bindings"][0]["n"]["value"])


class TestWaysToAsk:
    def test_three_ways_give_the_same_answer(self, http: httpx.Client, endpoint: str) -> None:
        by_get = http.get(endpoint, params={"query": SCHEMAS})
        by_form = http.post(endpoint, data={"query": SCHEMAS})
        direct = http.post(
            endpoint, content=SCHEMAS, headers={"Content-Type": "application/sparql-query; charset=utf-8"}
        )
        assert by_get.status_code == 200
        assert len(by_get.json()["results"]["bindings"]) > 5
        assert by_get.json() == by_form.json() == direct.json()
        assert by_get.headers["vary"] == "Accept, Authorization"

    def test_head_and_options_say_what_there_is(self, http: httpx.Client, endpoint: str) -> None:
        head = http.head(endpoint, params={"query": SCHEMAS}, headers={"Accept": "text/csv"})
        assert (head.status_code, head.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert head.content == b""
        options = http.options(endpoint)
        assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST, QUERY")
        assert options.headers["accept-query"] == "application/sparql-query"

    def test_refuses_what_is_none_of_the_protocol(self, http: httpx.Client, endpoint: str) -> None:
        problem(http.get(endpoint, params=[("query", "ASK {}"), ("query", "ASK {}")]), 400)
        problem(http.get(endpoint, params={"update": "CLEAR ALL"}), 400)
        problem(http.post(endpoint, data={"default-graph-uri": "http://example.org/g"}), 400)
        problem(http.get(endpoint, params={"query": "ASK {"}), 400)
        problem(http.get(endpoint, params={"query": "ASK FROM {"}), 400)
        problem(http.post(endpoint, content="ASK {}"), 415)
        problem(http.post(endpoint, content="ASK {}", headers={"Content-Type": "text/plain"}), 415)
        problem(http.put(endpoint, params={"query": "ASK {}"}), 405)
        kind = "application/sparql-query"
        problem(http.post(endpoint, content="ASK {}".encode("utf-16"), headers={"Content-Type": kind}), 400)
        utf_16 = {"Content-Type": f"{kind}; charset=UTF-16"}
        problem(http.post(endpoint, content="ASK {}".encode("utf-16"), headers=utf_16), 400)
        nowhere = "ASK { FILTER(<http://example.org/nowhere>(1)) }"
        problem(http.get(endpoint, params={"query": nowhere}), 422)


class TestKeptAnswers:
    def test_an_answer_that_the_client_has_is_not_sent_again(self, http: httpx.Client, endpoint: str) -> None:
        first = http.get(endpoint, params={"query": SCHEMAS})
        again = http.get(endpoint, params={"query": SCHEMAS}, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["vary"] == "Accept, Authorization"
        other = http.get(endpoint, params={"query": "ASK {}"}, headers={"If-None-Match": first.headers["etag"]})
        assert other.status_code == 200

    def test_long_queries_are_asked_again_by_query(self, http: httpx.Client, endpoint: str) -> None:
        text, kind = f"{SCHEMAS} # {'long ' * 18_000}", {"Content-Type": "application/sparql-query"}
        first = http.request("QUERY", endpoint, content=text, headers=kind)
        assert first.json() == http.get(endpoint, params={"query": SCHEMAS}).json()
        has = {**kind, "If-None-Match": first.headers["etag"]}
        assert http.request("QUERY", endpoint, content=text, headers=has).status_code == 304
        assert http.post(endpoint, content=text, headers=has).json() == first.json()

    def test_a_federated_query_spares_what_has_not_changed(self, endpoint: str) -> None:
        with Federation([endpoint], Options(summary_seconds=0.0)) as federation:
            first, second = federation.answer(SCHEMAS, "text/csv"), federation.answer(SCHEMAS, "text/csv")
        assert first.body == second.body
        assert first.account.bytes_received > 0
        assert second.account.bytes_received == 0
        assert second.account.sources[0].spared == second.account.requests == first.account.requests

    def test_refuses_a_query_of_another_kind(self, http: httpx.Client, endpoint: str) -> None:
        problem(http.request("QUERY", endpoint, content="ASK {}", headers={"Content-Type": "text/plain"}), 415)


class TestForms:
    @pytest.mark.parametrize("media_type", RESULT_FORMATS)
    def test_gives_rows_in_each_form(self, http: httpx.Client, endpoint: str, media_type: str) -> None:
        found = http.get(endpoint, params={"query": f"{SCHEMAS} LIMIT 3"}, headers={"Accept": media_type})
        assert found.headers["content-type"].partition(";")[0] == media_type
        if media_type == "application/sparql-results+json":
            assert len(found.json()["results"]["bindings"]) == 3
        elif media_type == "application/sparql-results+xml":
            assert found.text.count("<result>") == 3
        else:
            assert len(list(csv.reader(io.StringIO(found.text)))) == 4

    @pytest.mark.parametrize("media_type", [one for one, form in GRAPH_FORMATS.items() if not form.supports_datasets])
    def test_gives_statements_in_each_form(self, http: httpx.Client, endpoint: str, media_type: str) -> None:
        query = "CONSTRUCT { ?s a ?c } WHERE { SELECT DISTINCT ?s ?c WHERE { ?s a ?c } ORDER BY ?s ?c LIMIT 20 }"
        found = http.get(endpoint, params={"query": query}, headers={"Accept": media_type})
        assert found.headers["content-type"].partition(";")[0] == media_type
        assert len(list(parse(found.content, format=GRAPH_FORMATS[media_type]))) == 20

    def test_weighs_what_is_accepted(self, http: httpx.Client, endpoint: str) -> None:
        accept = {"Accept": "text/csv;q=0.2, application/sparql-results+xml;q=0.9, text/html"}
        found = http.get(endpoint, params={"query": "ASK {}"}, headers=accept)
        assert found.headers["content-type"].startswith("application/sparql-results+xml")

    def test_names_the_forms_that_there_are(self, http: httpx.Client, endpoint: str) -> None:
        refused = http.get(endpoint, params={"query": "ASK {}"}, headers={"Accept": "image/png, text/csv;q=0"})
        assert set(problem(refused, 406)["alternates"]) == set(RESULT_FORMATS)
        assert 'rel="alternate"; type="text/csv"' in refused.headers["link"]


class TestDatasets:
    QUERY = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    NAMED = "SELECT (COUNT(DISTINCT ?g) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"

    def test_a_request_narrows_what_is_read(self, http: httpx.Client, endpoint: str, graphs: list[str]) -> None:
        first, second = graphs[:2]
        alone = [count(http, endpoint, self.QUERY, **{"default-graph-uri": one}) for one in (first, second)]
        assert min(alone) > 0
        assert count(http, endpoint, self.QUERY, **{"default-graph-uri": [first, second]}) == sum(alone)
        assert count(http, endpoint, self.NAMED, **{"default-graph-uri": first}) == 0
        assert count(http, endpoint, self.NAMED, **{"named-graph-uri": [first, second]}) == 2
        assert count(http, endpoint, self.QUERY, **{"named-graph-uri": first}) == 0

    def test_a_query_narrows_what_is_read_unless_the_request_does(
        self, http: httpx.Client, endpoint: str, graphs: list[str]
    ) -> None:
        first, second = graphs[:2]
        asked = f"SELECT (COUNT(*) AS ?n) FROM <{first}> FROM NAMED <{second}> WHERE {{ ?s ?p ?o }}"
        named = asked.replace("{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }")
        sizes = [count(http, endpoint, self.QUERY, **{"default-graph-uri": one}) for one in (first, second)]
        assert [count(http, endpoint, text) for text in (asked, named)] == sizes
        assert count(http, endpoint, asked, **{"default-graph-uri": second}) == sizes[1]

    def test_what_the_asker_may_not_see_is_as_empty_as_what_is_not_there(
        self, http: httpx.Client, endpoint: str, node: NodeProcess
    ) -> None:
        hidden = (f"{node.url}/graph/registrations", "urn:virtuales:graph-of-system", f"{node.url}/graph/drafts")
        for name in (*hidden, "http://example.org/nothing"):
            assert count(http, endpoint, self.QUERY, **{"default-graph-uri": name}) == 0
            assert count(http, endpoint, self.NAMED, **{"named-graph-uri": name}) == 0
            assert count(http, endpoint, f"SELECT (COUNT(*) AS ?n) FROM <{name}> WHERE {{ ?s ?p ?o }}") == 0


class TestDescription:
    def test_describes_itself_in_every_form(self, http: httpx.Client, endpoint: str) -> None:
        sizes = set()
        for media_type, form in GRAPH_FORMATS.items():
            found = http.get(endpoint, headers={"Accept": media_type})
            assert found.headers["content-type"].partition(";")[0] == media_type
            sizes.add(len(list(parse(found.content, format=form))))
        assert len(sizes) == 1
        assert http.get(endpoint, headers={"Accept": "image/png"}).status_code == 406

    def test_counts_are_what_the_graphs_hold(self, http: httpx.Client, endpoint: str, graphs: list[str]) -> None:
        said = Graph().parse(data=http.get(endpoint).content, format="turtle")
        select = """PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX void: <http://rdfs.org/ns/void#>
            SELECT ?term ?n WHERE { ?entry sd:name ?name ; sd:graph ?graph .
              { ?graph void:propertyPartition ?part . ?part void:property ?term ; void:triples ?n } UNION
              { ?graph void:classPartition ?part . ?part void:class ?term ; void:entities ?n } }"""
        (name,) = graphs[-1:]
        counted = {str(row[0]): int(str(row[1])) for row in said.query(select, initBindings={"name": URIRef(name)})}  # type: ignore[index]
        assert counted
        for term, number in counted.items():
            pattern = f"{{ ?s <{term}> ?o }} UNION {{ ?s a <{term}> }}"
            query = f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}"
            assert count(http, endpoint, query, **{"default-graph-uri": name}) == number


class TestLargeAnswers:
    def test_a_large_answer_comes_while_it_is_made_and_whole(self, http: httpx.Client, endpoint: str) -> None:
        with http.stream("POST", endpoint, data={"query": many(20)}, headers={"Accept": "text/csv"}) as found:
            assert found.headers["transfer-encoding"] == "chunked"
            lines = sum(piece.count("\n") for piece in found.iter_text())
        assert lines == 20_001

    @pytest.mark.parametrize("media_type", RESULT_FORMATS)
    def test_too_many_rows_are_cut_so_that_nobody_takes_them_for_all(
        self, http: httpx.Client, endpoint: str, media_type: str
    ) -> None:
        with (
            pytest.raises(httpx.RemoteProtocolError, match="incomplete"),
            http.stream("POST", endpoint, data={"query": many(40)}, headers={"Accept": media_type}) as found,
        ):
            found.read()

    def test_a_client_of_http_1_0_is_told_instead(self, endpoint: str) -> None:
        assert plainly(endpoint, many(40)).startswith("HTTP/1.1 422")
        whole = plainly(endpoint, many(20))
        assert whole.startswith("HTTP/1.1 200")
        assert "content-length: " in whole

    def test_what_runs_for_a_client_that_has_gone_ends_within_a_second(
        self, http: httpx.Client, endpoint: str, node: NodeProcess
    ) -> None:
        with http.stream("POST", endpoint, data={"query": endless(20)}) as found:
            pieces = found.iter_bytes()
            next(pieces)
            assert busy(node)
        begin = time.monotonic()
        eventually(lambda: not busy(node), seconds=20, what="the work for it ends")
        assert time.monotonic() - begin < 5


class TestWaiting:
    def test_who_wants_too_much_at_a_time_is_refused(self, http: httpx.Client, endpoint: str) -> None:
        answers: list[httpx.Response] = []

        def run_away() -> None:
            answers.append(http.get(endpoint, params={"query": RUNAWAY}))

        threads = [threading.Thread(target=run_away) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert Counter(answer.status_code for answer in answers) == {422: 3, 429: 2}
        refused = next(answer for answer in answers if answer.status_code == 429)
        problem(refused, 429)
        assert refused.headers["retry-after"] == "1"
        assert http.get(endpoint, params={"query": "ASK {}"}).status_code == 200


class TestServices:
    def test_asks_an_endpoint_that_the_operator_lists(self, http: httpx.Client, endpoint: str, elsewhere: str) -> None:
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ SERVICE <{elsewhere}/sparql> {{ ?s ?p ?o }} ?x ?y ?s }}"
        approved = f"SELECT (COUNT(*) AS ?n) WHERE {{ ?x ?y <{APPROVED}> }}"
        assert count(http, endpoint, text) == count(http, endpoint, approved) > 0

    def test_asks_no_other(self, http: httpx.Client, endpoint: str, elsewhere: str) -> None:
        for name in (f"<{elsewhere}/>", "SILENT <http://127.0.0.1:2/>", "?g"):
            refused = http.get(endpoint, params={"query": f"SELECT * WHERE {{ SERVICE {name} {{ ?s ?p ?o }} }}"})
            assert "may not be asked from here" in problem(refused, 422)["detail"]

    def test_tells_of_an_endpoint_that_does_not_answer(self, http: httpx.Client, endpoint: str, elsewhere: str) -> None:
        for name in (f"<{elsewhere}/moved>", "<http://127.0.0.1:1/>"):
            text = f"SELECT * WHERE {{ SERVICE %s {name} {{ ?s ?p ?o }} }}"
            problem(http.get(endpoint, params={"query": text % ""}), 502)
            silent = http.get(endpoint, params={"query": text % "SILENT"})
            assert silent.json()["results"]["bindings"] == [{}]


class TestClients:
    def test_sparqlwrapper(self, endpoint: str) -> None:
        client = SPARQLWrapper(endpoint)
        client.setQuery(SCHEMAS)
        for form in (JSON, XML):
            client.setReturnFormat(form)
            for method in ("GET", POST):
                client.setMethod(method)
                assert client.query().response.status == 200
        client.setReturnFormat(JSON)
        found: Any = client.queryAndConvert()
        rows = found["results"]["bindings"]
        assert len(rows) > 5
        client.setQuery("CONSTRUCT WHERE { ?s a <https://w3id.org/virtuales/ns#ShapesGraph> }")
        client.setReturnFormat(TURTLE)
        statements: Any = client.queryAndConvert()
        assert b"ShapesGraph" in statements

    def test_rdflib(self, endpoint: str, graphs: list[str]) -> None:
        for method in ("GET", "POST", "POST_FORM"):
            store = SPARQLStore(endpoint, method=method)
            assert len(list(Graph(store).query(SCHEMAS))) > 5
        named = Graph(SPARQLStore(endpoint), identifier=URIRef(graphs[-1]))
        assert len(list(named.triples((None, None, None)))) > 0

    @pytest.mark.parametrize("media_type", [*RESULT_FORMATS, "application/json", "*/*"])
    def test_curl(self, endpoint: str, media_type: str) -> None:
        command = ["curl", "-sS", "--fail-with-body", "-G", endpoint, "-H", f"Accept: {media_type}"]
        found = subprocess.run(
            [*command, "--data-urlencode", f"query={SCHEMAS} LIMIT 1"], capture_output=True, timeout=60, check=True
        )
        assert b"/id/schema/" in found.stdout
        if media_type == "*/*":
            assert json.loads(found.stdout)["head"] == {"vars": ["s"]}

    @pytest.mark.parametrize("media_type", ["text/turtle", "application/rdf+xml", "application/ld+json"])
    def test_curl_gets_statements(self, endpoint: str, media_type: str) -> None:
        command = ["curl", "-sS", "--fail-with-body", endpoint, "-H", f"Accept: {media_type}"]
        found = subprocess.run(
            [*command, "--data-urlencode", "query=DESCRIBE <https://w3id.org/virtuales/ns#Approved>"],
            capture_output=True,
            timeout=60,
            check=True,
        )
        list(parse(found.stdout, format=RdfFormat.from_media_type(media_type)))


def plainly(endpoint: str, query: str) -> str:
    """Ask in HTTP/1.0, and return all that comes."""
    parts = urlsplit(endpoint)
    body = urlencode({"query": query})
    request = (
        f"POST {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=120) as connection:
        connection.sendall(request.encode() + body.encode())
        received = b""
        while piece := connection.recv(1 << 16):
            received += piece
    return received.decode()


def busy(node: NodeProcess) -> bool:
    """Tell whether a process that answers queries of a node uses the processor."""
    return any(_works(one) for one in psutil.Process(node.pid).children())


def _works(process: psutil.Process) -> bool:
    try:
        if "virtuales.query.worker" not in process.cmdline():
            return False
        before = sum(process.cpu_times())
        time.sleep(0.5)
        return sum(process.cpu_times()) - before > 0.02
    except psutil.NoSuchProcess:
        return False
