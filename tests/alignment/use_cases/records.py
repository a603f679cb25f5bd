"""Small records of use cases, as editors write them."""

from collections.abc import Sequence
from pathlib import Path

CASE = "https://w3id.org/virtuales/use-case/small"
CGMES3, CGMES2, LTDS = (
    f"https://w3id.org/virtuales/model/{name}" for name in ("cgmes-3.0", "cgmes-2.4.15", "gb-ltds-1.0.1")
)
HEAD = f"""@prefix case: <{CASE}#> .
@prefix cim: <http://iec.ch/TC57/CIM100#> .
@prefix cim16: <http://iec.ch/TC57/2013/CIM-schema-cim16#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix model: <https://w3id.org/virtuales/model/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix p-plan: <http://purl.org/net/p-plan#> .
@prefix proposed: <https://w3id.org/virtuales/proposed#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix qudt: <http://qudt.org/schema/qudt/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix unit: <http://qudt.org/vocab/unit/> .
@prefix ves: <https://w3id.org/virtuales/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<{CASE}> a ves:UseCase ;
  dcterms:identifier "small" ; dcterms:title "A small use case" ; dcterms:description "Studies." ;
  dcterms:source "Written for a test." ; owl:versionInfo "1" .
case:planner a org:Role ; skos:prefLabel "Planner" ; skos:definition "Plans." .
case:owner a org:Role ; skos:prefLabel "Owner" ; skos:definition "Has the model." .
case:study a p-plan:Step ; p-plan:isStepOfPlan <{CASE}> ; p-plan:isPrecededBy case:load ;
  skos:prefLabel "Study" ; dcterms:description "Studies." ; ves:performedBy case:planner .
case:load a p-plan:Step ; p-plan:isStepOfPlan <{CASE}> ;
  skos:prefLabel "Load" ; dcterms:description "Loads the model." ; ves:performedBy case:planner .
case:review a prov:Activity ; rdfs:label "Looked through two models." ; dcterms:type ves:ModelReview ;
  prov:endedAtTime "2026-11-01"^^xsd:date ; prov:used model:cgmes-3.0, model:cgmes-2.4.15 .
"""


def coverage(*terms: str, model: str = "model:cgmes-3.0", more: str = "") -> str:
    """Write what serves a requirement."""
    return f" ;\n  ves:coverage [ a ves:TermCoverage ; ves:inModel {model} ; ves:term {', '.join(terms)}{more} ]"


def requirement(name: str = "lines", *said: str, number: str = "S-01", version: str = "1", title: str = "Lines") -> str:
    """Write a requirement: its name, then further statements, each with the semicolon before it."""
    return f"""
case:{name} a ves:DataRequirement ; dcterms:isPartOf <{CASE}> ;
  dcterms:identifier "{number}" ; dcterms:title "{title}" ; dcterms:description "What is needed." ;
  dcterms:issued "2026-11-01"^^xsd:date ; owl:versionInfo "{version}" ; ves:priority ves:MustHave ;
  ves:neededBy case:planner ; ves:suppliedBy case:owner ; ves:neededAt case:study ;
  ves:requestedPurpose ves:NetworkPlanning{"".join(said)} .
"""


def write_record(folder: Path, parts: Sequence[str]) -> Path:
    """Write a record to a file."""
    path = folder / "small.ttl"
    path.write_text(HEAD + "".join(parts), encoding="utf-8")
    return path
