"""Queries asked for all focus nodes at once give what they give when asked for one after another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assurance.building import graph, judged, shapes

from virtuales.assurance.validator import validate

QUERIES = [
    "SELECT $this ?value WHERE { $this :p ?value }",
    "SELECT $this WHERE { FILTER ($this = :a) }",
    "SELECT $this WHERE { { FILTER ($this = :a) } UNION { $this :q ?x } }",
    "SELECT $this ?value WHERE { OPTIONAL { $this :p ?value } FILTER (!bound(?value)) }",
    "SELECT $this ?value WHERE { ?x :p ?value . OPTIONAL { ?x :q ?y . FILTER (?y = $this) } FILTER bound(?y) }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this :p ?x } }",
    "SELECT $this WHERE { FILTER NOT EXISTS { { FILTER ($this = :b) } UNION { $this :q ?x } } }",
    "SELECT $this ?value WHERE { BIND ($this AS ?value) }",
    "SELECT $this WHERE { { BIND ($this AS ?other) } FILTER (?other != :c) }",
    "SELECT $this ?value WHERE { { SELECT $this ?value WHERE { ?value :p ?x } } }",
    "SELECT $this (COUNT(?x) AS ?value) WHERE { $this :p ?x } GROUP BY $this HAVING (COUNT(?x) > 1)",
    "SELECT $this ?value WHERE { $this :p ?value } ORDER BY ?value LIMIT 1",
    "SELECT $this ?value WHERE { { SELECT $this (MAX(?x) AS ?value) WHERE { $this :q ?x } GROUP BY $this } }",
    "SELECT $this ?value WHERE { $this :p* ?value . FILTER (?value != $this) }",
    "SELECT $this ?value WHERE { ?value :p $this } ",
    "SELECT $this ?value WHERE { ?value ?anything ?other . FILTER (?other = $this && ?value != $this) }",
    "SELECT DISTINCT $this WHERE { OPTIONAL { $this :p ?x } $this :q ?y . FILTER (!bound(?x)) }",
]
NODES = [":a", ":b", ":c", "_:d", '"e"', "7"]

statements = st.tuples(st.sampled_from(NODES[:4]), st.sampled_from([":p", ":q"]), st.sampled_from(NODES)).map(
    lambda one: " ".join(one) + " ."
)


def shape(query: str, targets: str) -> str:
    return f"""
    : sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
    :S a sh:NodeShape ; {targets} ; sh:sparql [ sh:prefixes : ; sh:select \"\"\"{query}\"\"\" ] .
    """


@pytest.mark.parametrize("query", QUERIES)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=st.lists(statements, max_size=8))
def test_asks_for_all_at_once_what_it_would_ask_one_by_one(query: str, data: list[str]) -> None:
    read = graph("\n".join(data))
    every = "sh:targetSubjectsOf :p, :q ; sh:targetObjectsOf :p, :q"
    report = validate(read, shapes(shape(query, every)))
    together = sorted((one.focus_node, one.value or "") for one in report.results)
    single = []
    for node in sorted({one for line in data for one in line.split()[::2] if not one.startswith("_:") and one != "."}):
        alone = validate(read, shapes(shape(query, f"sh:targetNode {node}")))
        single += [(one.focus_node, one.value or "") for one in alone.results]
    assert [one for one in together if not one[0].startswith("_:")] == sorted(single)


def test_fills_placeholders_of_messages() -> None:
    by = """
    : sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
    :S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:prefixes : ; sh:message "{$this} has {?value}, {?none}" ;
      sh:select "SELECT $this ?value WHERE { $this :p ?value }" ] .
    """
    (result,) = judged(':a :p "one" .', by).results
    assert result.message == "<http://example.org/a> has one, {?none}"


def test_replaces_the_path_of_the_shape() -> None:
    by = """
    :S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path [ sh:inversePath :p ] ; sh:sparql [
      sh:select "SELECT $this ?value WHERE { $this $PATH ?value } # $PATH" ] ] .
    """
    (result,) = judged(":b :p :a .", by).results
    assert result.value == "<http://example.org/b>"


def test_selects_focus_nodes_by_a_query() -> None:
    by = """
    : sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
    :S a sh:NodeShape ; sh:target [ a sh:SPARQLTarget ; sh:prefixes : ; sh:select "SELECT ?this { ?this :p 1 }" ] ;
      sh:property [ sh:path :q ; sh:minCount 1 ] .
    """
    assert [one.focus_node for one in judged(":a :p 1 . :b :p 2 .", by).results] == ["<http://example.org/a>"]
