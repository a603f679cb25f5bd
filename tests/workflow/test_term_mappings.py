"""The mappings of a term, as mapping sets have them, seen from the term."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.books import NOON
from tests.workflow.registry_node import orchestrator

from virtuales.alignment.registered.in_use import MappingsInUse
from virtuales.clock import ManualClock
from virtuales.rdf.namespaces import RDF, SKOS
from virtuales.rdf.terms import NamedNode
from virtuales.workflow.term_mappings import mapping_statements, mappings_of
from virtuales.workflow.workspace import Workspace

SHARED = "https://w3id.org/virtuales/sensitivity#SA"
A, B = "http://a.example/#", "http://b.example/#"
MANIFEST = """@prefix dcterms: <http://purl.org/dc/terms/> . @prefix ves: <https://w3id.org/virtuales/ns#> .
@prefix sssom: <https://w3id.org/sssom/> .
<http://sets.example/ab> a sssom:MappingSet ; dcterms:identifier "ab" ; dcterms:license "CC0-1.0" ;
  dcterms:source "The tests." ; sssom:subject_source <http://a.example/> ; sssom:object_source <http://b.example/> ;
  ves:file "ab.sssom.tsv" .
"""
HEAD = f"""#curie_map:
#  a: {A}
#  b: {B}
#  orcid: https://orcid.org/
#mapping_set_id: http://sets.example/ab
#mapping_set_title: A and B
#license: https://creativecommons.org/publicdomain/zero/1.0/
#subject_source: http://a.example/
#object_source: http://b.example/
subject_id\tpredicate_id\tpredicate_modifier\tobject_id\tmapping_justification\tauthor_id\tconfidence\tcomment
"""
BY_HAND, SOMEBODY = "semapv:ManualMappingCuration", "orcid:0000-0002-1825-0097"
ROWS = (
    ("a:Line", "skos:exactMatch", "Not", "b:Queue", BY_HAND, "", "1", "A false friend."),
    ("a:Line", "skos:broadMatch", "", "b:Circuit", BY_HAND, SOMEBODY, "0.9", ""),
    ("a:Pole", "skos:exactMatch", "", "sssom:NoTermFound", BY_HAND, "", "", ""),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "mappings"
    folder.mkdir()
    (folder / "manifest.ttl").write_text(MANIFEST)
    (folder / "ab.sssom.tsv").write_text(HEAD + "".join("\t".join(row) + "\n" for row in ROWS))
    made = orchestrator(tmp_path / "node", ManualClock(NOON))
    return replace(made, mappings_in_use=MappingsInUse(folder, made.mappings_in_use.contents))


def test_a_term_that_no_set_speaks_of_has_none(workspace: Workspace) -> None:
    assert mappings_of(workspace, f"{A}Tower") == []
    assert list(mapping_statements(workspace, f"{A}Tower", "http://doc.example/")) == []


def test_positive_mappings_come_first_with_who_made_them(workspace: Workspace) -> None:
    first, second = mappings_of(workspace, f"{A}Line")
    assert (first.other(f"{A}Line"), first.seen.negated, first.mapping.confidence) == (f"{B}Circuit", False, 0.9)
    assert first.authors == (("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),)
    assert (second.other(f"{A}Line"), second.seen.negated) == (f"{B}Queue", True)
    assert first.title == "A and B"


def test_seen_from_the_other_side_a_mapping_is_turned_round(workspace: Workspace) -> None:
    (found,) = mappings_of(workspace, f"{B}Circuit")
    assert found.is_turned
    assert (found.seen.subject_id, found.seen.predicate_id) == (f"{B}Circuit", SKOS.narrowMatch.value)
    assert found.other(f"{B}Circuit") == f"{A}Line"


def test_a_missing_counterpart_is_told(workspace: Workspace) -> None:
    (found,) = mappings_of(workspace, f"{A}Pole")
    assert found.mapping.unmapped


def test_as_rdf_positive_mappings_are_triples_and_every_one_is_described(workspace: Workspace) -> None:
    said = list(mapping_statements(workspace, f"{A}Line", "http://doc.example/"))
    direct = [(t.predicate, t.object) for t in said if t.subject == NamedNode(f"{A}Line")]
    assert direct == [(SKOS.broadMatch, NamedNode(f"{B}Circuit"))]
    axioms = {str(t.subject) for t in said if t.predicate == RDF.type and str(t.object).endswith("Axiom>")}
    assert axioms == {"<http://doc.example/#mapping-1-1>", "<http://doc.example/#mapping-1-2>"}


def test_the_contributed_sets_are_read(tmp_path: Path) -> None:
    workspace = orchestrator(tmp_path, ManualClock(NOON))
    others = {one.other(SHARED) for one in mappings_of(workspace, SHARED) if not one.seen.negated}
    assert "https://w3id.org/virtuales/ns#TriageShared" in others
