"""What is refused, what the account says of each term, and queries that are easily got wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.alignment.rewriting.small_worlds import (
    PREFIXES,
    A,
    B,
    World,
    answer,
    chain,
    coded,
    inverse,
    mapping,
    measured,
    renamed,
    rule,
    store_of,
    typed_things,
    valued,
    warm,
)

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rewriting.account import Entry
from virtuales.alignment.rewriting.sources import located
from virtuales.alignment.rules import Created
from virtuales.alignment.terms import BROAD_MATCH, CLOSE_MATCH, EXACT_MATCH, NARROW_MATCH, NO_TERM_FOUND, RELATED_MATCH
from virtuales.errors import InputError
from virtuales.models.facts import PropertyFact

EDGES = {("x:t0", "x:t1"), ("x:t1", "x:t2"), ("x:t0", "x:t0")}


def world(*strands: object) -> World:
    """Make a world of some strands, with the usual edges or values."""
    made = World()
    typed_things(made, {("x:t0", "Node"), ("x:t1", "Node"), ("x:t1", "Line")})
    pairs: dict[object, object] = {
        valued: {("x:t0", "red"), ("x:t1", "blue")},
        coded: {("x:t0", "red"), ("x:t2", "red")},
        measured: {("x:t0", 2), ("x:t1", 3)},
        warm: {("x:t0", 20), ("x:t1", -3)},
    }
    for strand in strands:
        strand(made, pairs.get(strand, EDGES))  # type: ignore[operator]
    return made


def same(made: World, query: str) -> object:
    """Make sure that a query and its rewriting have the same answer, and return it."""
    rewriting = made.rewriting(query)
    found = answer(store_of(made.in_a, made.view().query.model), PREFIXES + query)
    assert answer(store_of(made.in_b), rewriting.text) == found, rewriting.text
    return found


def entry(made: World, query: str, term: str, *, approximate: bool = False) -> Entry:
    """Return what the account says of a term."""
    entries = made.rewriting(query, approximate=approximate).account.entries
    return next(each for each in entries if each.term == term)


# Refusals


@pytest.mark.parametrize(
    ("query", "what", "remedy"),
    [
        ("DESCRIBE ?x { ?x a:to ?y }", "DESCRIBE lets the data decide", "CONSTRUCT"),
        ("ASK { SERVICE <http://127.0.0.1:1/> { ?x a:to ?y } }", "SERVICE asks another server", "by itself"),
        ("SELECT * { x:t0 a:to x:t1 }", "selects no variable", "ASK"),
        ("SELECT * { ?x a:to* ?y }", "may have no step", "write `+`"),
        ("ASK { ?x a:kind+ ?y }", "<http://a.example/#kind> cannot be repeated", "one after the other"),
        ("ASK { ?x a:celsius+ ?y }", "rule `warm` (warm.rq) asks for more than a path", "one after the other"),
        ("ASK { ?x (!a:to)+ ?y }", "cannot be repeated", "one after the other"),
    ],
)
def test_refuses_what_cannot_mean_the_same(query: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as error:
        world(renamed, valued, warm).rewriting(query)
    assert what in error.value.what
    assert remedy in (error.value.remedy or "")


def test_refuses_paths_of_no_step_from_things_that_rules_make() -> None:
    made = world(renamed)
    made.rules.append(
        replace(
            rule(
                "nodes", "CONSTRUCT { ?n a a:Node } WHERE { ?s b:towards ?o BIND (IRI(CONCAT(STR(?s), '-n')) AS ?n) }"
            ),
            creates=(Created("n", "s"),),
        )
    )
    with pytest.raises(InputError, match=r"rule `nodes` \(nodes\.rq\) makes things that the data does not have"):
        made.rewriting("ASK { ?x a a:Node ; a:to* ?y }")
    assert made.rewriting("ASK { ?x a a:Node ; a:to+ ?y }").account.exact


def test_refuses_mappings_of_one_term_to_two() -> None:
    made = world(renamed)
    made.mappings.append(mapping("towards", EXACT_MATCH, "other"))
    with pytest.raises(InputError, match="mapped to both"):
        made.rewriting("ASK { ?x a:to ?y }")


# The account


def test_names_the_mapping_with_file_and_line() -> None:
    made = world(renamed, chain)
    said = entry(made, "ASK { ?x a:to ?y }", f"{A}to")
    assert (said.place, said.outcome) == ("property", "carried")
    assert said.by == (f"<{B}towards> (same; small.sssom.tsv, line 23)",)
    by_rule = entry(made, "ASK { ?x a:near ?y }", f"{A}near")
    assert (by_rule.outcome, by_rule.by) == ("carried", ("rule `chain` (chain.rq)",))


@pytest.mark.parametrize(
    ("predicate", "more", "reason"),
    [
        (EXACT_MATCH, {"predicate_modifier": "Not", "comment": "Another thing."}, "said not to be"),
        (CLOSE_MATCH, {}, "only said to be like"),
        (RELATED_MATCH, {}, "only said to be like"),
        (NARROW_MATCH, {}, "only said to be like"),
    ],
)
def test_weak_and_negative_mappings_carry_nothing(predicate: str, more: dict[str, str], reason: str) -> None:
    made = World(in_b={("x:t0", "b:q", "x:t1")}, mappings=[mapping("q", predicate, "p", **more)])
    said = entry(made, "ASK { ?x a:p ?y }", f"{A}p")
    assert said.outcome == "not carried"
    assert reason in said.reason
    assert "small.sssom.tsv, line 20" in said.reason
    assert answer(store_of(made.in_b), made.rewriting("ASK { ?x a:p ?y }").text) is False


def test_a_negative_mapping_outweighs_a_positive_one() -> None:
    denial = mapping("towards", EXACT_MATCH, "to", predicate_modifier="Not")
    made = world(renamed)
    made.mappings.append(denial)
    assert entry(made, "ASK { ?x a:to ?y }", f"{A}to").outcome == "not carried"


def test_says_why_other_terms_are_not_carried() -> None:
    made = world(renamed)
    gone = mapping("x", EXACT_MATCH, "gone", comment="Nobody needs it.")
    made.mappings.append(type(gone)(NO_TERM_FOUND, EXACT_MATCH, f"{A}gone", gone.mapping_justification, comment="Old."))
    query = "ASK { ?x a:gone ?y ; a:never ?z ; b:towards ?w ; a a:Unheard }"
    reasons = {each.term: each.reason for each in made.rewriting(query).account.lost}
    assert reasons == {
        f"{A}gone": "It is declared to have no counterpart (small.sssom.tsv, line 24). Old.",
        f"{A}never": "No mapping names it.",
        f"{B}towards": "It is a term of `b`; the query is in terms of `a`.",
        f"{A}Unheard": "No mapping names it.",
    }


def test_power_is_not_converted_to_apparent_power() -> None:
    made = World(in_b={("x:t0", "b:s", "5.0")}, mappings=[mapping("s", EXACT_MATCH, "p")])
    made.facts[0].append(PropertyFact(f"{A}p", "", datatype="urn:d", unit="W", multiplier="M"))
    made.facts[1].append(PropertyFact(f"{B}s", "", datatype="urn:d", unit="VA", multiplier="M"))
    said = entry(made, "ASK { ?x a:p ?y }", f"{A}p")
    assert said.outcome == "not carried"
    assert "one measures ApparentPower, the other ElectricPower or Power" in said.reason


def test_narrower_terms_give_right_answers_and_are_told() -> None:
    made = World(mappings=[mapping(each, BROAD_MATCH, "Line") for each in ("Cable", "Wire")])
    made.in_b = {("x:t0", "a", "b:Cable"), ("x:t0", "a", "b:Wire"), ("x:t1", "a", "b:Wire"), ("x:t2", "a", "b:Object")}
    query = "SELECT (COUNT(*) AS ?n) { ?x a a:Line }"
    assert str(answer(store_of(made.in_b), made.rewriting(query).text)).count('"2"') == 1
    said = entry(made, query, f"{A}Line")
    assert said.outcome == "narrower"
    assert len(said.by) == 2
    assert not made.rewriting(query).account.exact


def test_broader_and_similar_terms_are_asked_only_if_that_is_wished() -> None:
    made = World(in_b={("x:t0", "a", "b:Object")}, mappings=[mapping("Object", NARROW_MATCH, "Node")])
    query = "SELECT ?x { ?x a a:Node }"
    assert not answer(store_of(made.in_b), made.rewriting(query).text)
    assert answer(store_of(made.in_b), made.rewriting(query, approximate=True).text)
    assert entry(made, query, f"{A}Node", approximate=True).outcome == "approximate"


def test_terms_that_are_compared_are_kept_and_told() -> None:
    made = world(valued)
    query = "SELECT ?x { ?x a:kind ?k FILTER (?k IN (a:red, a:unheard)) }"
    assert entry(made, query, f"{A}red").place == "compared"
    assert entry(made, query, f"{A}unheard").reason == "No value of the data becomes it."
    same(made, query)


def test_what_a_rule_makes_as_blank_nodes_cannot_be_asked_for() -> None:
    made = World(rules=[rule("blank", "CONSTRUCT { ?s a:p [ a:q ?o ] } WHERE { ?s b:r ?o }")])
    said = entry(made, "ASK { ?x a:p ?y }", f"{A}p")
    assert said.outcome == "not carried"
    assert "rule `blank` (blank.rq) makes blank nodes" in said.reason


def test_terms_of_neither_vocabulary_are_kept() -> None:
    made = world()
    assert entry(made, "ASK { ?x rdfs:label ?y }", "http://www.w3.org/2000/01/rdf-schema#label").outcome == "kept"


# Queries that are easily got wrong


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x ?v { ?x a:power ?v FILTER (?v > 2500) }",
        "SELECT ?x { ?x a:power 2000.0 }",
        "SELECT (SUM(?v) AS ?sum) { ?x a:power ?v }",
        "SELECT ?x ?v { ?x a:celsius ?v FILTER (?v < 0) }",
        "SELECT ?x ?v { ?x a:celsius ?v FILTER EXISTS { x:t0 a:celsius ?v } }",
        "SELECT ?x ?v { ?x a:power ?v FILTER NOT EXISTS { x:t0 a:power ?v } }",
        "SELECT ?x ?v { ?x a:to ?y OPTIONAL { ?y a:celsius ?v } FILTER NOT EXISTS { ?x a:celsius ?v } }",
        "SELECT ?x ?c { ?x a ?c MINUS { ?x a a:Line } }",
        "SELECT ?x { VALUES ?c { a:Node a:Thing } ?x a ?c }",
        "SELECT ?x ?y { VALUES ?p { a:to a:near } ?x ?p ?y }",
        "SELECT ?p ?y { x:t0 ?p ?y }",
        "SELECT ?x { ?x ?x ?x }",
        "SELECT ?x ?y { ?x a:to* ?y . ?x a a:Node }",
        "SELECT ?y { x:t0 (a:near/a:to)* ?y }",
        "SELECT ?x { ?x a/rdfs:subClassOf+ a:Thing }",
        "SELECT ?c { ?c rdfs:subClassOf a:Thing }",
        "SELECT ?x (COUNT(?z) AS ?n) { ?x a:to [ a:kind ?z ] } GROUP BY ?x HAVING (COUNT(?z) > 0)",
        "CONSTRUCT WHERE { ?x a:kind ?k ; a a:Node }",
        "CONSTRUCT { ?x a:colour ?v } WHERE { ?x a:kind ?v }",
        "SELECT ?x ?k { ?x a:colour ?k } ORDER BY ?x LIMIT 5",
        "SELECT ?x { ?x a:colour a:red }",
        "SELECT (COUNT(*) AS ?n) { ?x a:to ?y . ?x a:near ?z }",
        "SELECT ?x ?d { ?x a:to ?y BIND (EXISTS { ?y a:kind a:blue } AS ?d) }",
        "ASK { FILTER NOT EXISTS { ?x a:kind a:green } }",
    ],
)
def test_answers_are_the_same(query: str) -> None:
    found = same(world(renamed, inverse, chain, valued, coded, measured, warm), query)
    assert found or query.startswith("SELECT ?x { ?x ?x ?x }")


def test_rules_make_nothing_of_what_is_unbound_or_of_a_literal_subject() -> None:
    made = World()
    made.in_b = {("x:t0", "b:has", "x:t1"), ("x:t1", "b:has", '"text"'), ("x:t1", "b:more", "x:t2")}
    made.in_a = {("x:t0", "a:maybe", "x:t2"), ("x:t1", "a:of", "x:t0")}
    made.rules = [
        rule("maybe", "CONSTRUCT { ?s a:maybe ?o } WHERE { ?s b:has ?m OPTIONAL { ?m b:more ?o } }"),
        rule("turned", "CONSTRUCT { ?o a:of ?s } WHERE { ?s b:has ?o }"),
    ]
    assert same(made, "SELECT ?s ?o { ?s a:maybe ?o }")
    assert same(made, "SELECT ?s ?o { ?s a:of ?o }")


def test_a_triple_that_two_ways_lead_to_counts_once() -> None:
    made = world(renamed)
    made.rules.append(rule("also", "CONSTRUCT { ?s a:to ?o } WHERE { ?s b:towards ?o ; b:towards ?any }"))
    assert same(made, "SELECT (COUNT(*) AS ?n) { ?x a:to ?y }")
    assert same(made, "SELECT ?x ?y { ?x a:to ?y OPTIONAL { ?y a:to ?z } }")


def test_alternative_paths_count_each_way() -> None:
    made = world(renamed, inverse)
    by_path = made.rewriting("SELECT ?x ?y { ?x a:to|a:part ?y }").text
    by_union = "SELECT ?x ?y { { ?x a:to ?y } UNION { ?x a:part ?y } }"
    assert answer(store_of(made.in_b), by_path) == answer(store_of(made.in_a), PREFIXES + by_union)


def test_named_graphs_are_seen_one_by_one() -> None:
    made = world(renamed)
    text = made.rewriting("SELECT ?g ?x { GRAPH ?g { ?x a:to x:t1 } }").text
    store = store_of(set())
    store.update(PREFIXES + "INSERT DATA { GRAPH x:g { x:t0 b:towards x:t1 } GRAPH x:h { x:t0 b:towards x:t2 } }")
    assert str(answer(store, text)).count("x.example/g") == 1


def test_comments_and_solution_modifiers_stay() -> None:
    text = world(renamed).rewriting("#+ title: A\nSELECT ?x { # who\n ?x a:to ?y } ORDER BY DESC(?x) LIMIT 2").text
    assert "#+ title: A" in text
    assert "# who" in text
    assert "ORDER BY DESC(?x)\nLIMIT 2" in text


def test_variables_that_it_adds_do_not_meet_the_query_s_own() -> None:
    same(world(valued), "SELECT ?k ?k_1 ?k_2 { ?k_1 a:kind ?k . ?k_2 a:kind ?k }")


def test_follows_mappings_by_way_of_another_model(tmp_path: Path) -> None:
    lines = []
    for one, two in (("a", "c"), ("c", "b")):
        head = "\n".join(
            [
                f"#curie_map:\n#  {one}: http://{one}.example/#\n#  {two}: http://{two}.example/#",
                f"#mapping_set_id: urn:{one}{two}\n#license: https://www.apache.org/licenses/LICENSE-2.0",
                f"#subject_source: http://{one}.example/\n#object_source: http://{two}.example/",
                "subject_id\tpredicate_id\tobject_id\tmapping_justification",
                f"{one}:p\tskos:exactMatch\t{two}:p\tsemapv:ManualMappingCuration",
            ]
        )
        (tmp_path / f"{one}{two}.sssom.tsv").write_text(head + "\n", encoding="utf-8")
        lines.append(
            f'<urn:{one}{two}> a sssom:MappingSet ; dcterms:identifier "{one}{two}" ; dcterms:license "x" ; '
            f'dcterms:source "x" ; ves:file "{one}{two}.sssom.tsv" ; sssom:subject_source <http://{one}.example/> ; '
            f"sssom:object_source <http://{two}.example/> ."
        )
    prefixes = (
        "@prefix sssom: <https://w3id.org/sssom/> . @prefix dcterms: <http://purl.org/dc/terms/> . "
        "@prefix ves: <https://w3id.org/virtuales/ns#> ."
    )
    (tmp_path / "manifest.ttl").write_text("\n".join([prefixes, *lines]), encoding="utf-8")
    (found,) = located(MappingRegistry.load(tmp_path), "http://b.example/", "http://a.example/")
    assert (found.mapping.subject_id, found.mapping.object_id) == ("http://b.example/#p", "http://a.example/#p")
    assert found.where.startswith("follows from")
