"""SPARQL constraints see literals as they are written, though the store that answers keeps them by value.

What is right is taken from https://www.w3.org/TR/sparql11-query/ (joins, DISTINCT, GROUP BY and sameTerm tell terms
apart; `=`, `<`, `IN` and arithmetic compare values) and https://www.w3.org/TR/rdf11-concepts/ (literal term equality).
"""

import re

import pytest
from tests.assurance.building import found, judged, shapes

from virtuales.assurance.dictionary import XSD

DATA = """
:a :p "1.50"^^xsd:decimal ; :q "1.5"^^xsd:decimal .
:b :p "1.5"^^xsd:decimal ; :q "1.5"^^xsd:decimal .
:c :p "01"^^xsd:integer ; :q "1"^^xsd:int .
:d :p "0.0"^^xsd:float ; :q 1, "01"^^xsd:integer, "1"^^xsd:int .
:e :p "1"^^xsd:boolean ; :q true .
:f :p "2020-01-01T00:00:00+00:00"^^xsd:dateTime ; :q "2020-01-01T00:00:00Z"^^xsd:dateTime .
:g :p "PT24H"^^xsd:dayTimeDuration ; :q "P1D"^^xsd:dayTimeDuration .
:i :p "1e0"^^xsd:double ; :q "1.0E0"^^xsd:double .
"""
ALL = {
    *("a 1.50", "b 1.5", "c 01", "d 0.0", "e 1", "f 2020-01-01T00:00:00+00:00"),
    *("g PT24H", "i 1e0"),
}
NUMBERS = ALL - {"e 1", "f 2020-01-01T00:00:00+00:00", "g PT24H"}
CASES = {
    "a join": ("$this :p ?value ; :q ?value", ["b 1.5"]),
    "a filter by value": ("$this :p ?value ; :q ?y FILTER (?value = ?y)", ALL - {"d 0.0"}),
    "what differs by value": ("$this :p ?value ; :q ?y FILTER (?value != ?y)", ["d 0.0", "d 0.0", "d 0.0"]),
    "sameTerm": ("$this :p ?value ; :q ?y FILTER sameTerm(?value, ?y)", ["b 1.5"]),
    "IN": ("$this :p ?value FILTER (?value IN (1, 1.5))", NUMBERS - {"d 0.0"}),
    "NOT IN": ("$this :p ?value FILTER (isNumeric(?value) && ?value NOT IN (1, 1.5))", ["d 0.0"]),
    "STR": ('$this :p ?value FILTER (STR(?value) = "1.50")', ["a 1.50"]),
    "CONTAINS": ('$this :p ?value FILTER CONTAINS(STR(?value), ".")', ["a 1.50", "b 1.5", "d 0.0"]),
    "REGEX": ('$this :p ?value FILTER REGEX(STR(?value), "^0")', ["c 01", "d 0.0"]),
    "STRLEN": (
        "$this :p ?value FILTER (STRLEN(STR(?value)) > 4)",
        ["f 2020-01-01T00:00:00+00:00", "g PT24H"],
    ),
    "DATATYPE": ("$this :q ?value FILTER (DATATYPE(?value) = xsd:int)", ["c 1", "d 1"]),
    "isNumeric": ("$this :p ?value FILTER isNumeric(?value)", NUMBERS),
    "isLiteral": ("$this :p ?value FILTER (isLiteral(?value) && !isIRI(?value) && !isBlank(?value))", ALL),
    "arithmetic": ("$this :p ?value FILTER (?value * 2 = 3)", ["a 1.50", "b 1.5"]),
    "a part of a value": ("$this :p ?value FILTER (YEAR(?value) = 2020)", ["f 2020-01-01T00:00:00+00:00"]),
    "a value cast": ('$this :p ?value FILTER (xsd:string(?value) = "1.5")', ["a 1.50", "b 1.5"]),
    "the truth of a value": ("$this :p ?value FILTER (?value)", NUMBERS - {"d 0.0"} | {"e 1"}),
    "no tag": ('$this :p ?value FILTER (LANG(?value) = "")', ALL),
    "a literal in a pattern": ("$this :p 1.50 ; :q ?value", ["a 1.5"]),
    "a literal in another form": ("$this :q 1.50 ; :p ?value", []),
    "a literal of another type": ("$this :p 1 ; :q ?value", []),
    "a typed literal in a pattern": ('$this :q "1"^^xsd:int ; :p ?value', ["c 01", "d 0.0"]),
    "a number with a sign": (
        "$this :p ?value FILTER (?value=+1.50 && ?value>-1.50 && sameTerm(?value, 1.50))",
        ["a 1.50"],
    ),
    "a name for it": ("$this :p ?x BIND (?x AS ?value) $this :q ?value", ["b 1.5"]),
    "a text of it": ("$this :p ?x BIND (STR(?x) AS ?value) FILTER isNumeric(?x)", NUMBERS),
    "a text that decides": (
        '$this :p ?x BIND (STR(?x) AS ?value) FILTER STRENDS(?value, "0")',
        ["a 1.50", "d 0.0", "f 2020-01-01T00:00:00+00:00", "i 1e0"],
    ),
    "STRDT": ('BIND (STRDT("01", xsd:integer) AS ?value) $this :p ?value', ["c 01"]),
    "STRDT by value": ('$this :p ?value FILTER (?value = STRDT("01", xsd:integer))', ["c 01", "i 1e0"]),
    "one of two": (
        "$this :p ?x BIND (IF(?x > 1, ?x, 1.50) AS ?value) FILTER isNumeric(?x)",
        ["a 1.50", "b 1.5", "c 1.50", "d 1.50", "i 1.50"],
    ),
    "the first that there is": ("$this :p ?x BIND (COALESCE(?nothing, ?x) AS ?value) $this :q ?value", ["b 1.5"]),
    "NOT EXISTS": ("$this :p ?value FILTER NOT EXISTS { ?other :q ?value }", ALL - {"b 1.5", "c 01"}),
    "EXISTS": ("$this :p ?value FILTER EXISTS { ?other :q ?value }", ["b 1.5", "c 01"]),
    "what is bound": (
        "$this :p ?value OPTIONAL { $this :q ?y FILTER sameTerm(?value, ?y) } FILTER bound(?y)",
        ["b 1.5"],
    ),
    "a union": (
        "{ $this :p ?value } UNION { $this :q ?value } FILTER (?value = 1.5)",
        ["a 1.50", "a 1.5", "b 1.5", "b 1.5"],
    ),
    "an inverse path": ("$this :p/^:q ?value", ["b :a", "b :b", "c :d"]),
    "an alternative path": ("$this :p|:q ?value FILTER (?value < 1)", ["d 0.0"]),
    "a repeated path": ("$this :q+ ?value FILTER (?value = 1)", ["c 1", "d 1", "d 01", "d 1", "i 1.0E0"]),
    "a path to any node": ("$this :q* ?value FILTER (?value = 1.5)", ["a 1.5", "b 1.5"]),
    "any predicate": ('$this ?any ?value FILTER (STR(?value) = "1.50")', ["a 1.50"]),
}
SELECTIONS = {
    "no repetitions": (
        "SELECT DISTINCT $this ?value { $this :p|:q ?value FILTER (?value = 1 || ?value = 1.5) }",
        ["a 1.50", "a 1.5", "b 1.5", "c 01", "c 1", "d 01", "d 1", "d 1", "i 1e0", "i 1.0E0"],
    ),
    "a projection": ("SELECT $this (?x AS ?value) { $this :p ?x FILTER isNumeric(?x) }", NUMBERS),
    "how many distinct": (
        "SELECT $this (COUNT(DISTINCT ?x) AS ?value) { $this :q ?x } GROUP BY $this HAVING (COUNT(DISTINCT ?x) > 1)",
        ["d 3"],
    ),
    "how many": ("SELECT $this (COUNT(?x) AS ?value) { $this :q ?x } GROUP BY $this HAVING (COUNT(?x) > 1)", ["d 3"]),
    "groups": ("SELECT $this { $this :q ?x } GROUP BY $this ?x HAVING (COUNT(?x) > 1)", []),
    "groups by value": (
        "SELECT $this (COUNT(?x) AS ?value) { $this :q ?x } GROUP BY $this (?x + 0) HAVING (COUNT(?x) > 1)",
        ["d 3"],
    ),
    "a sum of distinct terms": (
        "SELECT $this (SUM(DISTINCT ?x) AS ?value) { $this :q ?x } GROUP BY $this HAVING (COUNT(?x) > 1)",
        ["d 3"],
    ),
    "a sum": ("SELECT $this (SUM(?x) AS ?value) { $this :q ?x } GROUP BY $this HAVING (COUNT(?x) > 1)", ["d 3"]),
    "the greatest": (
        "SELECT $this (MAX(?x) AS ?value) { $this :p ?x } GROUP BY $this HAVING (isNumeric(MAX(?x)))",
        NUMBERS,
    ),
    "the greatest, to be joined": (
        "SELECT $this ?value { ?other :q ?value { SELECT $this (MIN(?x) AS ?value) { $this :p ?x } GROUP BY $this } }",
        ["b 1.5", "b 1.5", "c 01"],
    ),
    "a text in the head": (
        'SELECT $this (CONCAT("is ", STR(?x)) AS ?value) { $this :p ?x FILTER (?x = 1) }',
        ["c is 01", "i is 1e0"],
    ),
    "the first in order": (
        "SELECT $this ?value { $this :q ?value FILTER isNumeric(?value) } ORDER BY ?value STR(?value) LIMIT 1",
        ["a 1.5", "b 1.5", "c 1", "d 01", "i 1.0E0"],
    ),
}


def shape(query: str, *, targets: str = "sh:targetSubjectsOf :p", more: str = "") -> str:
    return f"""
    : sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ],
      [ sh:prefix "xsd" ; sh:namespace "http://www.w3.org/2001/XMLSchema#"^^xsd:anyURI ] .
    :S a sh:NodeShape ; {targets} ; sh:sparql [ sh:prefixes : ; {more} sh:select \"\"\"{query}\"\"\" ] .
    """


def results(data: str, by: str) -> list[str]:
    """Return focus node and bare value of each result."""
    return sorted(f"{focus.removeprefix(':')} {_bare(value or '')}".strip() for focus, value in found(judged(data, by)))


def _bare(term: str) -> str:
    match = re.fullmatch(r'"(.*)"[^"]*', term)
    return match[1] if match else term


@pytest.mark.parametrize("name", CASES)
def test_sees_in_a_pattern_what_is_written(name: str) -> None:
    pattern, expected = CASES[name]
    assert results(DATA, shape(f"SELECT $this ?value {{ {pattern} }}")) == sorted(expected)


@pytest.mark.parametrize("name", SELECTIONS)
def test_sees_in_a_selection_what_is_written(name: str) -> None:
    query, expected = SELECTIONS[name]
    assert results(DATA, shape(query)) == sorted(expected)


def test_joins_a_literal_focus_node_as_it_is_written() -> None:
    data = ':a :p "1.50"^^xsd:decimal, "1.5"^^xsd:decimal . :b :q "1.50"^^xsd:decimal .'
    by = shape("SELECT $this ?value { ?value :q $this }", targets="sh:targetObjectsOf :p")
    assert [(one.focus_node, one.value) for one in judged(data, by).results] == [
        (f'"1.50"^^<{XSD}decimal>', "<http://example.org/b>")
    ]


def test_compares_a_literal_focus_node_by_value() -> None:
    data = ':a :p "1.50"^^xsd:decimal, "1.5"^^xsd:decimal, 2 .'
    by = shape("SELECT $this { FILTER ($this = 1.5) }", targets="sh:targetObjectsOf :p")
    assert sorted(one.focus_node for one in judged(data, by).results) == [
        f'"1.5"^^<{XSD}decimal>',
        f'"1.50"^^<{XSD}decimal>',
    ]


def test_selects_focus_nodes_as_they_are_written() -> None:
    by = """
    : sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
    :S a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:target [ a sh:SPARQLTarget ; sh:prefixes : ;
      sh:select "SELECT ?this { :d :q ?this }" ] .
    """
    focus = [f'"01"^^<{XSD}integer>', f'"1"^^<{XSD}int>', f'"1"^^<{XSD}integer>']
    assert sorted(one.focus_node for one in judged(DATA, by).results) == focus


COMPONENT = """
: sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
:C a sh:ConstraintComponent ; sh:parameter [ sh:path :form ] ; sh:propertyValidator [
  a sh:SPARQLSelectValidator ; sh:prefixes : ; sh:select "SELECT $this ?value { $this $PATH ?value FILTER (%s) }" ] .
:D a sh:ConstraintComponent ; sh:parameter [ sh:path :test ] ; sh:validator [
  a sh:SPARQLAskValidator ; sh:prefixes : ; sh:ask "ASK { FILTER (%s) }" ] .
:S a sh:NodeShape ; sh:targetNode :a, :b ; sh:property [ sh:path :p ; %s ] .
"""


@pytest.mark.parametrize(
    ("test", "parameter", "expected"),
    [
        ("sameTerm(?value, $form)", '"1.50"^^xsd:decimal', ["a 1.50"]),
        ("sameTerm(?value, $form)", '"1.5"^^xsd:decimal', ["b 1.5"]),
        ("?value = $form", '"01.50"^^xsd:decimal', ["a 1.50", "b 1.5"]),
    ],
)
def test_sees_a_parameter_as_it_is_written(test: str, parameter: str, expected: list[str]) -> None:
    assert results(DATA, COMPONENT % (test, "true", f":form {parameter}")) == expected


@pytest.mark.parametrize(
    ("test", "parameter", "wrong"),
    [
        ("STRLEN(STR($value)) = 3", "1", ["a 1.50"]),
        ("sameTerm($value, $test)", '"1.50"^^xsd:decimal', ["b 1.5"]),
        ("$value = $test", '"1.50"^^xsd:decimal', []),
        ("EXISTS { $this :q $value }", "1", ["a 1.50"]),
    ],
)
def test_asks_about_a_value_as_it_is_written(test: str, parameter: str, wrong: list[str]) -> None:
    assert results(DATA, COMPONENT % ("false", test, f":test {parameter}")) == wrong


def test_sees_the_literals_of_the_shapes_graph_as_they_are_written() -> None:
    query = "SELECT $this ?value { $this :p ?value GRAPH $shapesGraph { $currentShape :allowed ?value } }"
    by = shape(query) + ':S :allowed "1.50"^^xsd:decimal, 1 .'
    assert results(DATA, by) == ["a 1.50"]


def test_fills_placeholders_with_what_is_written() -> None:
    by = shape("SELECT $this ?value { $this :p ?value FILTER (?value = 0) }", more='sh:message "It is {?value}." ;')
    (result,) = judged(DATA, by).results
    assert result.message == "It is 0.0."


def test_a_form_that_its_datatype_does_not_allow_has_no_value() -> None:
    data = ':a :p "300"^^xsd:byte ; :q 300 . :b :p "3"^^xsd:byte ; :q 3 . :c :p "inf"^^xsd:double ; :q 1 .'
    same = shape("SELECT $this ?value { $this :p ?value ; :q ?y FILTER (?value = ?y) }")
    assert results(data, same) == ["b 3"]
    assert results(data, shape("SELECT $this ?value { $this :p ?value FILTER isNumeric(?value) }")) == ["b 3"]
    assert results(data, shape("SELECT $this ?value { $this :p ?value FILTER (!isNumeric(?value)) }")) == [
        "a 300",
        "c inf",
    ]


def test_a_datatype_of_the_stand_ins_is_one_like_any_other() -> None:
    name = "urn:virtuales:written:http://www.w3.org/2001/XMLSchema#integer"
    data = f':a :p "01"^^<{name}>, "01"^^xsd:integer .'
    report = judged(data, shape("SELECT $this ?value { $this :p ?value FILTER (DATATYPE(?value) = xsd:integer) }"))
    assert [one.value for one in report.results] == [f'"01"^^<{XSD}integer>']
    report = judged(data, shape("SELECT $this ?value { $this :p ?value FILTER isLiteral(?value) }"))
    assert sorted(one.value or "" for one in report.results) == [f'"01"^^<{XSD}integer>', f'"01"^^<{name}>']


def test_refuses_a_query_that_is_no_sparql_1_1() -> None:
    compiled = shapes(shape("SELECT $this { << $this :p 1.50 >> :q ?x }") + ":S sh:class :K .")
    (fault,) = compiled.faults
    assert "SPARQL 1.1 has no such thing" in fault.what
