"""Literals come back as the endpoints wrote them, and are still compared by their value."""

import httpx
import pytest
from pyoxigraph import QueryResultsFormat, QuerySolutions, RdfFormat, Store

from virtuales.federation.federate import Federation
from virtuales.federation.options import Options

PREFIXES = "PREFIX : <http://e.example/> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
XSD = "http://www.w3.org/2001/XMLSchema#"
RATINGS = [
    f'<http://e.example/a> <http://e.example/rating> "01.50"^^<{XSD}decimal> .',
    f'<http://e.example/b> <http://e.example/rating> "1.5"^^<{XSD}decimal> .',
    f'<http://e.example/c> <http://e.example/rating> "+2"^^<{XSD}int> .',
    f'<http://e.example/d> <http://e.example/since> "2026-01-01T00:00:00+00:00"^^<{XSD}dateTime> .',
]


class Verbatim(httpx.BaseTransport):
    """An endpoint that holds literals as they were written, and gives all that it has to whoever asks for triples."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a query."""
        text = request.read().decode()
        if text.startswith(("CONSTRUCT", "DESCRIBE")):
            body = "\n".join([*RATINGS, ""])
            return httpx.Response(200, text=body, headers={"Content-Type": "application/n-triples"})
        store = Store()
        store.load("\n".join(RATINGS).encode(), format=RdfFormat.N_TRIPLES)
        result = store.query(text)
        assert isinstance(result, QuerySolutions)
        table = result.serialize(format=QueryResultsFormat.TSV)
        return httpx.Response(200, content=table or b"", headers={"Content-Type": "text/tab-separated-values"})


def answer(query: str, accept: str) -> str:
    """Return a federated answer."""
    with Federation(["http://verbatim.example/"], Options(parallel=1), transport=Verbatim()) as federation:
        return federation.answer(PREFIXES + query, accept).body.decode()


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT ?r { :a :rating ?r }", [f'"01.50"^^<{XSD}decimal>']),
        ("SELECT ?r { ?s :rating ?r FILTER(?r = 1.5) } ORDER BY ?s", [f'"01.50"^^<{XSD}decimal>', "1.5"]),
        ("SELECT ?r { ?s :rating ?r FILTER(?r > 1.7) }", [f'"+2"^^<{XSD}int>']),
        ("SELECT (SUM(?r) AS ?all) { ?s :rating ?r }", [f'"5"^^<{XSD}decimal>']),
        ("SELECT ?s { ?s :rating 1.5 }", ["<http://e.example/b>"]),
        ("SELECT ?s { ?s :rating 01.50 }", ["<http://e.example/a>"]),
        ("SELECT (STR(?w) AS ?text) { ?s :since ?w }", ['"2026-01-01T00:00:00+00:00"']),
        (
            "SELECT ?w { ?s :since ?w FILTER(?w = '2026-01-01T00:00:00Z'^^xsd:dateTime) }",
            [f'"2026-01-01T00:00:00+00:00"^^<{XSD}dateTime>'],
        ),
    ],
)
def test_literals_are_compared_by_value_and_told_as_written(query: str, rows: list[str]) -> None:
    assert answer(query, "text/tab-separated-values").splitlines()[1:] == rows


@pytest.mark.parametrize(
    ("accept", "said"),
    [
        ("application/sparql-results+json", f'"value":"01.50","datatype":"{XSD}decimal"'),
        ("application/sparql-results+xml", f'<literal datatype="{XSD}decimal">01.50</literal>'),
        ("text/csv", "01.50"),
    ],
)
def test_every_format_of_solutions_has_them_as_written(accept: str, said: str) -> None:
    assert said in answer("SELECT ?r { :a :rating ?r }", accept)


@pytest.mark.parametrize("accept", ["application/n-triples", "text/turtle"])
@pytest.mark.parametrize(
    "query", ["CONSTRUCT { ?s :is ?r } WHERE { ?s :rating ?r FILTER(?r < 1.7) }", "DESCRIBE ?s { ?s :rating ?r }"]
)
def test_every_format_of_triples_has_them_as_written(accept: str, query: str) -> None:
    assert f'"01.50"^^<{XSD}decimal>' in answer(query, accept)
