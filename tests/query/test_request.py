"""A query that would make the node open connections is refused, however it is written."""

import pytest

from virtuales.errors import InputError
from virtuales.query.request import MAX_QUERY_CHARACTERS, check_query

CALLS = [
    "SELECT * WHERE { SERVICE <http://e.x/> { ?s ?p ?o } }",
    "SELECT * WHERE { service silent <http://e.x/> { ?s ?p ?o } }",
    "SELECT * WHERE { \\u0053ERVICE <http://e.x/> { ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p 1SERVICE<http://e.x/>{ ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p true.SERVICE<http://e.x/>{ ?s ?p ?o } }",
    "PREFIX : <http://e.x/> SELECT * WHERE { SERVICE:a { ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p 'it\\'s'.SERVICE<http://e.x/>{ ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p '' SERVICE<http://e.x/>{ ?s ?p '' } }",
    "SELECT * WHERE { ?s ?p ?o # '\n SERVICE <http://e.x/#'> { ?s ?p ?o } }",
    'SELECT * WHERE { ?s ?p """a"b""" . SERVICE ?s { ?s ?p ?o } }',
    "ASK { FILTER(?a<?b && EXISTS { SERVICE<http://e.x/>{ ?s ?p ?o } } && ?c>?d) }",
]

HARMLESS = [
    "SELECT ?service WHERE { ?service a ?o }",
    "SELECT * WHERE { ?s <http://e.x/SERVICE> ?o }",
    "PREFIX dcat: <http://www.w3.org/ns/dcat#> SELECT * WHERE { ?s dcat:service ?o ; a dcat:DataService }",
    "SELECT * WHERE { ?s ?p 'SERVICE', \"SERVICE\" , '''SERVICE''' } # SERVICE",
    "SELECT * WHERE { _:service ?p ?o }",
]


@pytest.mark.parametrize("query", CALLS)
def test_refuses_a_query_that_calls_another_server(query: str) -> None:
    with pytest.raises(InputError, match="does not call other servers"):
        check_query(query)


def test_refuses_a_query_of_excessive_length() -> None:
    with pytest.raises(InputError, match="longer than"):
        check_query("SELECT" + " " * MAX_QUERY_CHARACTERS)


@pytest.mark.parametrize("query", HARMLESS)
def test_lets_the_word_pass_where_it_is_no_keyword(query: str) -> None:
    check_query(query)
