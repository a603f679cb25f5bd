"""The same question, three producers: one in CGMES 2.4.15, one in CGMES 3.0, one with a register as a CSV file."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store
from tests.federation.servers import fill, serving
from typer.testing import CliRunner, Result

from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rules import RuleRegistry
from virtuales.cli import app
from virtuales.federation.endpoint import Endpoint
from virtuales.federation.federate import FederatedAnswer, Federation
from virtuales.federation.options import Options
from virtuales.federation.seen import Asker
from virtuales.models.facts import ClassFact, Model, PropertyFact
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.models.ontology_file import write_model
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.namespaces import SSSOM, VES
from virtuales.rdf.terms import NamedNode
from virtuales.resources import contributed

REGISTER = "https://register.example/terms#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OLDER = """
@prefix cim: <http://iec.ch/TC57/2013/CIM-schema-cim16#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:uuid:4f1a7a10-0000-4000-8000-000000000001> a cim:WindGeneratingUnit ;
  cim:IdentifiedObject.name "Northmoor" ; cim:GeneratingUnit.maxOperatingP "12.5"^^xsd:float .
<urn:uuid:4f1a7a10-0000-4000-8000-000000000002> a cim:SynchronousMachine ; cim:IdentifiedObject.name "No unit" .
"""
NEWER = """
@prefix cim: <http://iec.ch/TC57/CIM100#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:uuid:4f1a7a10-0000-4000-8000-000000000003> a cim:HydroGeneratingUnit ;
  cim:IdentifiedObject.name "Southwater" ; cim:GeneratingUnit.maxOperatingP "30"^^xsd:float .
"""
CAPACITY = """
@prefix ecr: <https://w3id.org/virtuales/embedded-capacity-register#> .
<https://operator.example/site/1> ecr:customerSite "Hill Farm" ; ecr:registeredCapacity 5.0 .
"""
CSV = "site,name,kind,greatest_kw\n7,Eastfield,Wind,1500\n8,Westlea,Solar,800\n9,Overhill,Solar,2250\n"
RML = f"""
@prefix rml: <http://w3id.org/rml/> . @prefix reg: <{REGISTER}> . @prefix xsd: <{XSD}> .
<#sites> a rml:TriplesMap ;
  rml:logicalSource [
    rml:source [ a rml:RelativePathSource ; rml:path "register.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "https://register.example/site/{{site}}" ] ;
  rml:predicateObjectMap [ rml:predicate <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ;
    rml:objectMap [ rml:template "{REGISTER}{{kind}}Plant" ] ] ;
  rml:predicateObjectMap [ rml:predicate reg:name ; rml:objectMap [ rml:reference "name" ] ] ;
  rml:predicateObjectMap [ rml:predicate reg:greatestPower ;
    rml:objectMap [ rml:reference "greatest_kw" ; rml:datatype xsd:decimal ] ] .
"""
SET = f"""#mapping_set_id: https://register.example/mappings
#license: https://creativecommons.org/publicdomain/zero/1.0/
#subject_source: https://register.example/model
#object_source: https://w3id.org/virtuales/model/cgmes-3.0
#curie_map:
#  reg: {REGISTER}
#  cim: http://iec.ch/TC57/CIM100#
subject_id\tpredicate_id\tobject_id\tmapping_justification
reg:WindPlant\tskos:exactMatch\tcim:WindGeneratingUnit\tsemapv:ManualMappingCuration
reg:SolarPlant\tskos:exactMatch\tcim:SolarGeneratingUnit\tsemapv:ManualMappingCuration
reg:name\tskos:exactMatch\tcim:IdentifiedObject.name\tsemapv:ManualMappingCuration
reg:greatestPower\tskos:exactMatch\tcim:GeneratingUnit.maxOperatingP\tsemapv:ManualMappingCuration
"""
QUESTION = """
PREFIX cim: <http://iec.ch/TC57/CIM100#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?name ?kind ?power WHERE {
  ?unit a ?class ; cim:IdentifiedObject.name ?name ; cim:GeneratingUnit.maxOperatingP ?power .
  ?class rdfs:subClassOf* cim:GeneratingUnit .
  FILTER (?power >= 1)
  BIND (STRAFTER(STR(?class), "#") AS ?kind)
} ORDER BY DESC(?power)
"""


def register_model(folder: Path) -> ListedFile:
    """Write what the register's terms are, power in kilowatt, and return its entry."""
    decimal, text = f"{XSD}decimal", f"{XSD}string"
    properties = [
        PropertyFact(f"{REGISTER}greatestPower", "greatest power", datatype=decimal, unit="W", multiplier="k"),
        PropertyFact(f"{REGISTER}name", "name", datatype=text),
    ]
    classes = [ClassFact(f"{REGISTER}{each}", each) for each in ("WindPlant", "SolarPlant")]
    model = Model(
        "register",
        namespaces={"reg": REGISTER},
        classes={each.iri: each for each in classes},
        properties={each.iri: each for each in properties},
    )
    file = folder / "register.ttl"
    file.write_text(write_model(model), encoding="utf-8")
    return ListedFile(NamedNode("https://register.example/model"), VES.Model, "register", file, "made here", "CC0")


def register_set(folder: Path) -> ListedFile:
    """Write what the register's terms are in CGMES 3.0, and return the set's entry."""
    file = folder / "register--cgmes-3.0.sssom.tsv"
    file.write_text(SET, encoding="utf-8")
    ends = {
        SSSOM.subject_source: NamedNode("https://register.example/model"),
        SSSOM.object_source: NamedNode("https://w3id.org/virtuales/model/cgmes-3.0"),
    }
    iri = NamedNode("https://register.example/mappings")
    return ListedFile(iri, SSSOM.MappingSet, "register--cgmes-3.0", file, "made here", "CC0", further=ends)


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Asker:
    """Somebody who asks in CGMES 3.0, and knows the register's model beside those that ship."""
    folder, shipped = tmp_path_factory.mktemp("register"), contributed("mappings")
    models = ModelRegistry([*read_manifest(contributed("ontology"), VES.Model), register_model(folder)])
    sets = MappingRegistry([*read_manifest(shipped, SSSOM.MappingSet), register_set(folder)])
    return Asker("cgmes-3.0", models, sets, RuleRegistry.load(shipped))


def lifted(folder: Path) -> Store:
    """Lift the register, and return what it says."""
    (folder / "register.csv").write_text(CSV, encoding="utf-8")
    (folder / "register.rml.ttl").write_text(RML, encoding="utf-8")
    result = CliRunner().invoke(app, ["lift", str(folder / "register.rml.ttl"), "-o", str(folder / "register.nt")])
    assert result.exit_code == 0, result.output
    store = Store()
    store.load(path=str(folder / "register.nt"), format=RdfFormat.N_TRIPLES)
    return store


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The three producers' SPARQL endpoints, and one with an embedded capacity register."""
    stores = [Store(), Store(), lifted(tmp_path_factory.mktemp("sites")), Store()]
    for number, data in ((0, OLDER), (1, NEWER), (3, CAPACITY)):
        stores[number].load(data.encode(), format=RdfFormat.TURTLE)
    with ExitStack() as stack:
        yield fill([stack.enter_context(serving()) for _ in stores], stores)


def ask(asker: Asker, urls: list[str], query: str = QUESTION) -> FederatedAnswer:
    """Ask the three producers."""
    endpoints = [
        Endpoint(url, seen=asker.sees([model]))
        for url, model in zip(urls, ("cgmes-2.4.15", "cgmes-3.0", "register"), strict=False)
    ]
    with Federation(endpoints, Options(seconds=600, endpoint_seconds=600, parallel=4)) as federation:
        return federation.answer(query, "text/csv")


def test_one_question_has_one_answer_in_one_unit(asker: Asker, urls: list[str]) -> None:
    assert ask(asker, urls).body.decode().splitlines() == [
        "name,kind,power",
        "Southwater,HydroGeneratingUnit,30",
        "Northmoor,WindGeneratingUnit,12.5",
        "Overhill,SolarGeneratingUnit,2.25",
        "Eastfield,WindGeneratingUnit,1.5",
    ]


def test_values_of_all_three_add_up(asker: Asker, urls: list[str]) -> None:
    total = (
        "PREFIX cim: <http://iec.ch/TC57/CIM100#> SELECT (SUM(?p) AS ?all) { ?u cim:GeneratingUnit.maxOperatingP ?p }"
    )
    assert ask(asker, urls, total).body.decode().splitlines() == ["all", "47.05"]


def test_the_account_names_for_each_producer_what_carried_its_data(asker: Asker, urls: list[str]) -> None:
    older, newer, register = ask(asker, urls).account.sources
    assert {older.status, newer.status, register.status} == {"answered"}
    assert (older.models, newer.models, register.models) == (("cgmes-2.4.15",), (), ("register",))
    carried = {each.term.partition("#")[2]: each.by for each in register.terms}
    assert carried["GeneratingUnit.maxOperatingP"] == (
        f"<{REGISTER}greatestPower> (same; register--cgmes-3.0.sssom.tsv, line 12)",
    )
    (by,) = (each.by for each in older.terms if each.term.endswith("maxOperatingP"))
    assert "cgmes-2.4.15--cgmes-3.0.sssom.tsv, line " in by[0]
    json.dumps(ask(asker, urls).account.as_data())


# The command


POWERS = """PREFIX cim: <http://iec.ch/TC57/CIM100#>
SELECT ?name ?power {
  ?unit cim:IdentifiedObject.name ?name ; cim:GeneratingUnit.maxOperatingP ?power
} ORDER BY ?power"""


def run(urls: list[str], *arguments: str) -> Result:
    """Ask the endpoints with the command."""
    endpoints = ["--seconds", "600", *(word for url in urls for word in ("--endpoint", url))]
    return CliRunner().invoke(app, ["query", POWERS, *endpoints, "--format", "csv", *arguments])


def test_the_command_asks_each_endpoint_in_the_model_that_it_speaks(urls: list[str], tmp_path: Path) -> None:
    file = tmp_path / "provenance.json"
    older, newer = urls[:2]
    told = ("--model", "cgmes-3.0", "--speaks", f"{older}=cgmes-2.4.15", "--explain", "--provenance", str(file))
    result = run([older, newer], *told)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == ["name,power", "Northmoor,12.5", "Southwater,30"]
    assert "CIM-schema-cim16#GeneratingUnit.maxOperatingP" in result.stderr
    first, second = json.loads(file.read_text())["sources"]
    assert (first["models"], second["models"]) == (["cgmes-2.4.15"], [])
    (by,) = next(each["by"] for each in first["terms"] if each["term"].endswith("maxOperatingP"))
    assert "cgmes-2.4.15--cgmes-3.0.sssom.tsv, line " in by
    asked = [each["asked"] for step in json.loads(file.read_text())["steps"] for each in step["sources"]]
    assert any("cim16#" in each for each in asked if each)


def test_the_asker_says_whether_similar_terms_may_answer(urls: list[str]) -> None:
    capacity = urls[3]
    told = ("--model", "cgmes-3.0", "--speaks", f"{capacity}=embedded-capacity-register")
    strict = run([capacity], *told)
    assert strict.stdout.splitlines() == ["name,power"]
    assert f"not carried: {capacity}: " in strict.stderr.replace("\n", " ")
    assert run([capacity], *told, "--strictness", "close").stdout.splitlines() == ["name,power", "Hill Farm,5"]


def test_the_command_is_told_what_an_endpoint_calls_things(urls: list[str], tmp_path: Path) -> None:
    links = tmp_path / "links.nt"
    links.write_text(
        "<https://operator.example/site/1> <http://www.w3.org/2002/07/owl#sameAs> "
        "<urn:uuid:4f1a7a10-0000-4000-8000-000000000003> .",
        encoding="utf-8",
    )
    newer, capacity = urls[1], urls[3]
    query = (
        "PREFIX cim: <http://iec.ch/TC57/CIM100#> PREFIX ecr: <https://w3id.org/virtuales/embedded-capacity-register#> "
        "SELECT ?name ?site { ?unit cim:IdentifiedObject.name ?name ; ecr:customerSite ?site }"
    )
    told = ["query", query, "--endpoint", newer, "--endpoint", capacity, "--format", "csv"]
    assert CliRunner().invoke(app, told).stdout.splitlines() == ["name,site"]
    result = CliRunner().invoke(app, [*told, "--links", f"{capacity}={links}"])
    assert result.stdout.splitlines() == ["name,site", "Southwater,Hill Farm"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--links", "{0}=nowhere.ttl"], "nowhere.ttl"),
        (["--links", "links.ttl"], "does not begin with the URL of an `--endpoint`"),
        (["--speaks", "{0}=cgmes-2.4.15"], "not said which model the query is in"),
        (["--model", "cgmes-3.0", "--speaks", "cgmes-2.4.15"], "does not begin with the URL"),
        (["--model", "cgmes-3.0", "--speaks", "{0}=cgmes-9"], "No model is registered as `cgmes-9`"),
        (["--model", "cgmes-9"], "No model is registered as `cgmes-9`"),
        (["--model", "cgmes-3.0", "--speaks", "{0}=prov-o"], "No mapping or rule leads from `prov-o`"),
        (
            ["--model", "cgmes-3.0", "--speaks", "{0}=embedded-capacity-register", "--every-term"],
            "No mapping carries <http://iec.ch/TC57/CIM100#GeneratingUnit.maxOperatingP>",
        ),
    ],
)
def test_the_command_refuses_what_cannot_be_asked_so(urls: list[str], arguments: list[str], message: str) -> None:
    result = run(urls[:1], *(each.format(urls[0]) for each in arguments))
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
