"""The embedded capacity registers of four operators, under headings of their own, become the same statements."""

from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, Store

from virtuales.alignment.registry import MappingRegistry
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.rml.mapping import TermMap
from virtuales.preparation.rml.reading import read_mapping
from virtuales.rdf.canonical import canonical_n_quads
from virtuales.rdf.io import parse_file
from virtuales.rdf.terms import NamedNode, Quad, plain
from virtuales.resources import contributed

ECR = "https://w3id.org/virtuales/embedded-capacity-register#"
EXAMPLES = Path(__file__).with_name("lifting")
MAPPINGS = contributed("mappings")
LIFTED = ("nged", "spen", "ssen", "ukpn")
SETS = (*LIFTED, "template")
COORDINATES = {ECR + "latitude", ECR + "longitude"}
"""What not every operator publishes."""
REGISTRY = MappingRegistry.load(MAPPINGS)
MODELS = ModelRegistry.load(contributed("ontology"))


def headings(operator: str) -> dict[str, str]:
    """Return the heading of each term of our vocabulary, as the mapping set has it."""
    columns = MODELS.model(f"ecr-{operator}").properties
    mapping_set = REGISTRY.mapping_set(f"ecr-{operator}--embedded-capacity-register")
    return {
        each.object_id: columns[each.subject_id].label
        for each in mapping_set.mappings
        if not each.negated and not each.unmapped and each.subject_id in columns
    }


@pytest.mark.parametrize("operator", LIFTED)
def test_lifts_each_column_to_the_term_that_the_mapping_set_has_for_it(operator: str) -> None:
    read = read_mapping(MAPPINGS / f"ecr-{operator}.rml.ttl")
    lifted = {}
    for triples_map in read.values():
        for each in triples_map.predicate_objects:
            made_by = each.objects[0]
            assert isinstance(made_by, TermMap)
            assert made_by.reference is not None
            lifted[plain(each.predicates[0].constant)] = made_by.reference.removeprefix("$.")
    assert lifted == headings(operator)


@pytest.mark.parametrize("operator", SETS)
def test_speaks_of_every_column_and_leaves_no_term_of_the_agreed_table_out(operator: str) -> None:
    mapping_set = REGISTRY.mapping_set(f"ecr-{operator}--embedded-capacity-register")
    columns = MODELS.model(f"ecr-{operator}").properties.keys()
    assert columns <= {each.subject_id for each in mapping_set.mappings}
    assert headings("template").keys() <= headings(operator).keys()


def test_the_same_sites_in_four_registers_are_the_same_statements() -> None:
    statements = {
        operator: canonical_n_quads(
            quad
            for quad in parse_file(EXAMPLES / f"ecr-{operator}" / "expected.ttl")
            if quad.predicate.value not in COORDINATES
        )
        for operator in LIFTED
    }
    assert len(set(statements.values())) == 1
    assert statements["ukpn"].count("\n") > 60


def test_one_query_adds_up_what_all_registers_say() -> None:
    store = Store()
    for operator in LIFTED:
        register = NamedNode(f"https://example.org/{operator}")
        for quad in parse_file(EXAMPLES / f"ecr-{operator}" / "expected.ttl"):
            store.add(Quad(quad.subject, quad.predicate, quad.object, register))
    found = store.query(
        f"""PREFIX ecr: <{ECR}>
        SELECT ?status (SUM(?mw) AS ?sum) WHERE {{
          GRAPH ?register {{
            ?site ecr:connectionStatus ?status ; ecr:registeredCapacity1|ecr:registeredCapacity2 ?mw
          }}
        }} GROUP BY ?status ORDER BY ?status"""
    )
    assert isinstance(found, QuerySolutions)
    rows = [(plain(row["status"]), plain(row["sum"])) for row in found]
    assert rows == [("Accepted to Connect", "199.6"), ("Connected", "90")]
