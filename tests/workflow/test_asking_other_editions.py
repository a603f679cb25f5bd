"""Queries in CGMES 3.0 asked of models in CGMES 2.4.15 answer what they answer on the converted models; and back."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import pytest
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, QuerySolutions, RdfFormat, Store, parse_query_results
from tests.federation.stores import StoreTransport, url
from tests.shared_data import shared

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rewriting.rewriter import rewrite
from virtuales.alignment.rewriting.sources import view_between
from virtuales.alignment.rewriting.view import View
from virtuales.alignment.rules import RuleRegistry
from virtuales.clock import SystemClock
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.federate import Federation
from virtuales.federation.options import Options
from virtuales.federation.seen import Seen
from virtuales.models.facts import Model
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.collection import CollectionReader
from virtuales.preparation.cim.difference import ModelFile
from virtuales.query.syntax.parser import parse_query
from virtuales.rdf.namespaces import RDFS
from virtuales.resources import contributed
from virtuales.workflow.convert import Converter

OLD, NEW = "cgmes-2.4.15", "cgmes-3.0"
MODELS = ModelRegistry.load(contributed("ontology"))
MAPPINGS, RULES = MappingRegistry.load(contributed("mappings")), RuleRegistry.load(contributed("mappings"))
CIM = "data/cim/cgmes-2.4.15"
PACKAGES = {
    "node-breaker": [
        f"{CIM}/MiniGrid/NodeBreaker/CGMES_v2.4.15_MiniGridTestConfiguration_{part}"
        for part in ("BaseCase_Complete_v3", "Boundary_v3")
    ],
    "bus-branch": [
        f"{CIM}/MicroGrid-BaseCase/CGMES_v2.4.15_MicroGridTestConfiguration_{part}" for part in ("BC_BE_v2", "BD_v2")
    ],
}
PREFIXES = {
    NEW: """PREFIX cim: <http://iec.ch/TC57/CIM100#> PREFIX eu: <http://iec.ch/TC57/CIM100-European#>
      PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> """,
    OLD: """PREFIX cim: <http://iec.ch/TC57/2013/CIM-schema-cim16#>
      PREFIX entsoe: <http://entsoe.eu/CIM/SchemaExtension/3/1#>
      PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> """,
}
OF_NEW = {
    "names": "SELECT ?s ?name { ?s a cim:Substation ; cim:IdentifiedObject.name ?name }",
    "kinds of limits": "SELECT ?t ?k { ?t a cim:OperationalLimitType ; eu:OperationalLimitType.kind ?k }",
    "one kind": "SELECT ?t { ?t eu:OperationalLimitType.kind eu:LimitKind.patl }",
    "endless limits": "SELECT ?t { ?t cim:OperationalLimitType.isInfiniteDuration true }",
    "limits": """SELECT ?l ?n ?v { ?l a cim:CurrentLimit ; cim:CurrentLimit.normalValue ?n ; cim:CurrentLimit.value ?v
       FILTER (?n > 500) }""",
    "impedances": """SELECT ?m ?r ?x { ?m a cim:SynchronousMachine ;
       cim:SynchronousMachine.r2 ?r ; cim:SynchronousMachine.x0 ?x }""",
    "in service": "SELECT (COUNT(?e) AS ?n) { ?e a/rdfs:subClassOf* cim:Switch ; cim:Equipment.inService true }",
    "locked": "SELECT ?s { ?s cim:Switch.locked false }",
    "boundary": """SELECT ?n ?from ?to { ?p a eu:BoundaryPoint ; eu:BoundaryPoint.ConnectivityNode ?n ;
       eu:BoundaryPoint.fromEndName ?from ; eu:BoundaryPoint.toEndName ?to }""",
    "made nodes": """SELECT ?t ?n { ?t a cim:TopologicalNode . ?n a cim:ConnectivityNode ;
       cim:ConnectivityNode.TopologicalNode ?t }""",
    "terminals": """SELECT ?e ?n { ?t cim:Terminal.ConductingEquipment ?e ; cim:Terminal.ConnectivityNode ?n .
       ?e a cim:ACLineSegment }""",
    "identifiers": "SELECT ?s ?id { ?s a cim:BaseVoltage ; cim:IdentifiedObject.mRID ?id }",
    "areas": "SELECT ?c ?a { ?c cim:ControlArea.EnergyArea ?a }",
    "lines at substations": """SELECT ?name (COUNT(DISTINCT ?l) AS ?n) {
       ?l a cim:ACLineSegment . ?t cim:Terminal.ConductingEquipment ?l .
       ?t cim:Terminal.ConnectivityNode/cim:ConnectivityNode.ConnectivityNodeContainer ?v .
       OPTIONAL { ?v cim:IdentifiedObject.name ?name } } GROUP BY ?name""",
    "within": """SELECT ?n { ?n a cim:ConnectivityNode
       FILTER NOT EXISTS { ?p eu:BoundaryPoint.ConnectivityNode ?n } }""",
    "classes": """SELECT ?class (COUNT(?x) AS ?n) {
       ?x a ?class . ?class rdfs:subClassOf* cim:ConductingEquipment } GROUP BY ?class""",
}  # fmt: skip
OF_OLD = {
    "limits": "SELECT ?l ?v { ?l a cim:CurrentLimit ; cim:CurrentLimit.value ?v }",
    "kinds of limits": "SELECT ?t ?k { ?t entsoe:OperationalLimitType.limitType ?k }",
    "impedances": "SELECT ?m ?r { ?m cim:SynchronousMachine.r2 ?r }",
    "boundary": """SELECT ?n ?from { ?n entsoe:ConnectivityNode.boundaryPoint true ;
       entsoe:ConnectivityNode.fromEndName ?from }""",
    "machines": "SELECT ?m ?s { ?m a cim:SynchronousMachine ; cim:RotatingMachine.ratedS ?s } ORDER BY ?s",
}


BUS_BRANCH = ("made nodes", "terminals", "boundary", "impedances", "within")
"""Queries about what is made where equipment is not connected at connectivity nodes."""


@dataclass(frozen=True)
class Both:
    """A package in both editions: read, and converted; and converted back."""

    old: Store
    new: Store
    back: Store


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Both]:
    """Read and convert packages, each when it is first asked for."""

    @cache
    def read(name: str) -> Both:
        folder = tmp_path_factory.mktemp(name)
        files = [file for place in PACKAGES[name] for file in sorted(shared(place).glob("*.xml"))]
        places = [folder / step for step in ("read", "made", "back")]
        for place in places:
            place.mkdir()
        models = CollectionReader(MODELS, "urn:model").read(files, places[0]).models
        converter = Converter(MODELS, MAPPINGS, RULES, SystemClock())
        converted = converter.convert(models, NEW, places[1]).models
        back = converter.convert(converted, OLD, places[2]).models
        return Both(*(loaded(each, MODELS.model(of)) for each, of in ((models, OLD), (converted, NEW), (back, OLD))))

    return read


def loaded(models: Iterable[ModelFile], model: Model) -> Store:
    """Load models, with the hierarchy of their classes."""
    store = Store()
    for each in models:
        store.bulk_load(path=each.statements, format=RdfFormat.N_TRIPLES)
    store.extend(
        Quad(NamedNode(fact.iri), RDFS.subClassOf, NamedNode(above))
        for fact in model.classes.values()
        for above in fact.superclasses
    )
    return store


@cache
def view(query: str, data: str) -> View:
    """Return how data in one edition is seen in the other."""
    return view_between(query, data, models=MODELS, mappings=MAPPINGS, rules=RULES)


def rows(store: Store, query: str) -> Counter[tuple[str, ...]]:
    """Answer a SELECT query."""
    found = store.query(query)
    assert isinstance(found, QuerySolutions)
    return Counter(tuple(map(str, row)) for row in found)


def asked(query: str, *, of: str, data: str) -> tuple[str, str]:
    """Return a query in its own terms, and rewritten."""
    text = PREFIXES[of] + query
    rewriting = rewrite(parse_query(text), view(of, data))
    assert rewriting.account.lost == ()
    return text, rewriting.text


@pytest.mark.parametrize(
    ("package", "name"), [*(("node-breaker", name) for name in OF_NEW), *(("bus-branch", name) for name in BUS_BRANCH)]
)
def test_old_models_answer_queries_of_the_new_edition(package: str, name: str, packages: Callable[[str], Both]) -> None:
    own, rewritten = asked(OF_NEW[name], of=NEW, data=OLD)
    found = rows(packages(package).new, own)
    assert found
    assert rows(packages(package).old, rewritten) == found, rewritten


@pytest.mark.parametrize("name", OF_NEW)
def test_endpoints_in_both_editions_answer_together(name: str, packages: Callable[[str], Both]) -> None:
    old, new = packages("node-breaker"), packages("bus-branch")
    both = Store()
    both.extend(old.new)
    both.extend(new.new)
    query = PREFIXES[NEW] + OF_NEW[name]
    endpoints = [Endpoint(url(0), seen=Seen((OLD,), (view(NEW, OLD),))), Endpoint(url(1))]
    transport = StoreTransport([old.old, new.new])
    with Federation(endpoints, Options(parallel=1), transport=transport) as federation:
        answer = federation.answer(query, "application/sparql-results+json")
    found = parse_query_results(answer.body, format=QueryResultsFormat.JSON)
    assert isinstance(found, QuerySolutions)
    assert Counter(tuple(map(str, row)) for row in found) == rows(both, query)
    assert all(each.outcome != "not carried" for each in answer.account.sources[0].terms)


@pytest.mark.parametrize("name", OF_OLD)
def test_new_models_answer_queries_of_the_old_edition(name: str, packages: Callable[[str], Both]) -> None:
    own, rewritten = asked(OF_OLD[name], of=OLD, data=NEW)
    found = rows(packages("node-breaker").back, own)
    assert found
    assert rows(packages("node-breaker").new, rewritten) == found, rewritten
