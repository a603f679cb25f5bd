"""A query is read into the tree that the grammar gives it; what is wrong is refused with its place."""

import time

import pytest

from virtuales.errors import InputError
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.tree import (
    AdditiveExpression,
    Bind,
    Comment,
    Filter,
    MultiplicativeExpression,
    SelectQuery,
    TriplesBlock,
)
from virtuales.query.syntax.triples import (
    BlankNodePropertyList,
    Collection,
    PathAlternative,
    PathElt,
    PathInverse,
    PathNegatedPropertySet,
    PathSequence,
    Property,
    TriplesSameSubject,
)
from virtuales.query.syntax.writer import write_query
from virtuales.rdf.namespaces import RDF, XSD
from virtuales.rdf.terms import Literal, NamedNode, Variable

A, B, S = NamedNode("urn:a"), NamedNode("urn:b"), Variable("s")


def said(where: str) -> tuple[TriplesSameSubject, ...]:
    """Return the triples of a query that holds nothing else."""
    query = parse_query(f"PREFIX : <urn:> SELECT * {{ {where} }}")
    (block,) = query.where.elements if query.where else ()
    assert isinstance(block, TriplesBlock)
    return block.triples


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("SELECT * { ?s ?p }", "line 1, column 18", "`}` where a term is expected"),
        ("SELECT *\n{ ?s a x }", "line 2, column 8", "`X` where a term is expected"),
        ("SELECT * { ?s :p ?o }", "line 1, column 15", "prefix `:` is not declared"),
        ("SELECT * { ?s <p> ?o }", "line 1, column 15", "no absolute IRI"),
        ("SELECT * { ?s ?p ?o ~ }", "line 1, column 21", "no word of SPARQL"),
        ("SELECT { }", "line 1, column 8", "what to select"),
        ("INSERT DATA { }", "line 1, column 1", "SELECT, CONSTRUCT, DESCRIBE or ASK"),
        ("ASK { } }", "line 1, column 9", "the end"),
        ("ASK { FILTER (1 + ) }", "line 1, column 19", "an expression"),
        ("ASK { FILTER NOT { } }", "line 1, column 18", "`EXISTS`"),
        ("ASK { ?s ?p '\\uD800' }", None, "no character"),
    ],
)
def test_refuses_what_is_no_query_with_its_place(text: str, place: str | None, what: str) -> None:
    with pytest.raises(InputError) as error:
        parse_query(text)
    assert what in error.value.what
    assert error.value.where == place


def test_refuses_what_only_the_engine_sees() -> None:
    with pytest.raises(InputError, match="not valid SPARQL"):
        parse_query("SELECT ?o { ?s ?p ?o } GROUP BY ?s")


def test_service_is_read_and_no_server_is_asked() -> None:
    query = parse_query("ASK { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert "SERVICE SILENT <http://127.0.0.1:1/> {" in write_query(query)


def test_reads_paths_as_strongly_as_they_hold_together() -> None:
    (triples,) = said("?s ^:a/(:b|!(:a|^a))*|:b+ ?o")
    inner = PathElt(PathAlternative((B, PathNegatedPropertySet((A, PathInverse(RDF.type))))), "*")
    path = PathAlternative((PathSequence((PathInverse(A), inner)), PathElt(B, "+")))
    assert triples == TriplesSameSubject(S, (Property(path, (Variable("o"),)),))


def test_reads_property_lists_collections_and_blank_nodes() -> None:
    first, second = said("?s a :a ; :b 1, -2.5 ; . [ :a ( true [] ) ]")
    numbers = (Literal("1", datatype=XSD.integer), Literal("-2.5", datatype=XSD.decimal))
    assert first == TriplesSameSubject(S, (Property(RDF.type, (A,)), Property(B, numbers)))
    items = Collection((Literal("true", datatype=XSD.boolean), BlankNodePropertyList()))
    assert second == TriplesSameSubject(BlankNodePropertyList((Property(A, (items,)),)), ())


def test_reads_sums_and_signs() -> None:
    query = parse_query("SELECT * { BIND (1 -2*3 AS ?x) }")
    one, two, three = (Literal(digit, datatype=XSD.integer) for digit in "123")
    assert query.where is not None
    product = MultiplicativeExpression(two, "*", three)
    assert query.where.elements == (Bind(AdditiveExpression(one, "-", product), Variable("x")),)


def test_resolves_iris_against_the_base() -> None:
    query = parse_query("BASE <http://e.org/a/> PREFIX x: <b#> SELECT * { ?s <../c> x:d }")
    assert "<http://e.org/c> x:d" in write_query(query)
    assert query.prologue.base == "http://e.org/a/"
    assert query.prologue.prefixes == (("x", "http://e.org/a/b#"),)


def test_keeps_comments_before_what_they_were_met_in() -> None:
    text = "#+ title\nSELECT * # all\n{ ?s # who\n ?p ?o FILTER (?o # not\n > 1) # last\n} # end"
    query = parse_query(text)
    assert isinstance(query, SelectQuery)
    assert [each.text for each in query.prologue.comments] == ["#+ title", "# end"]
    kinds = [each.text if isinstance(each, Comment) else type(each) for each in query.where.elements]
    assert kinds == ["# all", "# who", TriplesBlock, "# not", Filter, "# last"]
    again = parse_query(write_query(query))
    assert again == query


@pytest.mark.parametrize(
    "expression",
    [
        "(1 + 2) * 3",
        "1 - (2 - 3)",
        "-(1)",
        "-?x",
        "!(?x = 1 && (?y || ?z))",
        "?x IN (1, -1, :a)",
        "?x NOT IN ()",
        "(?x < 1) = true",
        '"a\\n\\"b\\\\"@en',
        '"1"^^:t',
        "1.50",
        "-1E3",
        ":f(?x, 1)",
        "IF(BOUND(?x), STRLANG(STR(?x), 'en'), 1 / 2 / 3)",
        "NOT EXISTS { ?x a ?y }",
    ],
)
def test_written_expression_is_read_as_the_same(expression: str) -> None:
    query = parse_query(f"PREFIX : <urn:> SELECT * {{ FILTER ({expression}) }}")
    assert parse_query(write_query(query)) == query


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (GROUP_CONCAT(DISTINCT ?x ; SEPARATOR = ', ') AS ?y) (COUNT(*) AS ?n) { } GROUP BY (?z AS ?q) STR(?z)",
        "SELECT ?x { } GROUP BY ?x HAVING (COUNT(?x) > 1) ORDER BY DESC(?x) ?x LIMIT 5 OFFSET 2 VALUES ?x { 1 UNDEF }",
        "SELECT REDUCED ?x FROM <urn:g> FROM NAMED <urn:h> { GRAPH ?g { ?x ?y ?z } MINUS { ?x a ?z } }",
        "CONSTRUCT { ?s ?p [ ?p ?o ] } FROM <urn:g> WHERE { ?s ?p ?o } LIMIT 1",
        "CONSTRUCT FROM <urn:g> WHERE { ?s ?p ?o }",
        "DESCRIBE <urn:a> ?x { ?x a ?y }",
        "DESCRIBE *  { ?x a ?y }",
        "DESCRIBE <urn:a>",
        "ASK { { SELECT DISTINCT ?x { VALUES ?x { 1 2 } } LIMIT 1 } OPTIONAL { } { ?x ?x ?x } UNION { } }",
    ],
)
def test_written_query_is_read_as_the_same(text: str) -> None:
    query = parse_query(text)
    assert parse_query(write_query(query)) == query


def test_ordinary_query_is_read_in_less_than_two_milliseconds() -> None:
    text = """PREFIX cim: <http://iec.ch/TC57/CIM100#>
      SELECT ?name (SUM(?p) AS ?total) WHERE {
        ?unit a cim:EnergyConsumer ; cim:IdentifiedObject.name ?name ; cim:EnergyConsumer.p ?p .
        OPTIONAL { ?unit cim:Equipment.EquipmentContainer/cim:VoltageLevel.Substation ?substation }
        FILTER (?p > 10 && CONTAINS(LCASE(?name), "north"))
      } GROUP BY ?name ORDER BY DESC(?total) LIMIT 10"""
    spent = []
    for number in range(20):
        fresh = f"{text} # {number}"
        start = time.process_time()
        parse_query(fresh)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.002
