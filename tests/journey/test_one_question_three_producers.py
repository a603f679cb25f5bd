"""The same question, three producers at their nodes: data in CGMES 2.4.15 and 3.0, and a register lifted from CSV."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.clients import Member, ok, problem
from tests.federation.test_three_producers import CSV, REGISTER, RML, register_model
from tests.journey.networks import Network
from tests.journey.small_model import coordinate_system, small_model
from tests.nodes import NodeProcess, eventually

OLDER_LOCATION = "http://entsoe.eu/CIM/GeographicalLocation/2/1"
REGISTER_MODEL = "https://w3id.org/virtuales/model/register"
UNITS = """@prefix cim: <{cim}> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<urn:uuid:4f1a7a10-0000-4000-8000-0000000000{number}> a cim:{kind}GeneratingUnit ;
  cim:IdentifiedObject.name "{name}" ; cim:GeneratingUnit.maxOperatingP "{power}"^^xsd:float .
"""
CIM16, CIM17 = "http://iec.ch/TC57/2013/CIM-schema-cim16#", "http://iec.ch/TC57/CIM100#"
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
SET = f"""#mapping_set_id: https://register.example/mappings
#mapping_set_title: A register of plant and CGMES 3.0
#license: {LICENCE}
#subject_source: {REGISTER_MODEL}
#object_source: https://w3id.org/virtuales/model/cgmes-3.0
#curie_map:
#  reg: {REGISTER}
#  cim: {CIM17}
subject_id\tpredicate_id\tobject_id\tmapping_justification
reg:WindPlant\tskos:exactMatch\tcim:WindGeneratingUnit\tsemapv:ManualMappingCuration
reg:SolarPlant\tskos:exactMatch\tcim:SolarGeneratingUnit\tsemapv:ManualMappingCuration
reg:name\tskos:exactMatch\tcim:IdentifiedObject.name\tsemapv:ManualMappingCuration
reg:greatestPower\tskos:closeMatch\tcim:GeneratingUnit.maxOperatingP\tsemapv:ManualMappingCuration
"""
RULE = f"""#+ title: Power of the register's plant
#+ description: The register has kilowatts, the model megawatts.
#+ from: register
#+ to: cgmes-3.0
PREFIX reg: <{REGISTER}>
PREFIX cim: <{CIM17}>
CONSTRUCT {{ ?plant cim:GeneratingUnit.maxOperatingP ?mw }}
WHERE {{ ?plant reg:greatestPower ?kw BIND(?kw / 1000 AS ?mw) }}
"""
QUESTION = f"""PREFIX cim: <{CIM17}>
SELECT ?name ?power WHERE {{ ?unit cim:IdentifiedObject.name ?name ; cim:GeneratingUnit.maxOperatingP ?power
  FILTER(?power >= 1) }} ORDER BY DESC(?power)"""


def units(cim: str, number: int, kind: str, name: str, power: str) -> bytes:
    return UNITS.format(cim=cim, number=number, kind=kind, name=name, power=power).encode()


def older_location(name: str) -> bytes:
    """Write a location model in CGMES 2.4.15."""
    written = small_model(71, body=coordinate_system(UUID(int=71, version=4), name=name), profile=OLDER_LOCATION)
    return written.replace(CIM17.encode(), CIM16.encode())


@pytest.fixture(scope="module")
def registered(doors: Network, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The register's model, and what its terms are in CGMES 3.0, which every node knows."""
    centre, staff = doors.orchestrator.url, doors.operator
    model = register_model(tmp_path_factory.mktemp("register")).path.read_text(encoding="utf-8")
    about = {"identifier": "register", "version": "1.0", "title": "Register", "licence": "CC0-1.0", "source": "Tests."}
    ok(staff.ask("POST", f"{centre}/api/v1/schemas", json={**about, "kind": "model", "content": model}), 201)
    decision = {"move": "approve", "reason": "The tests say so."}
    ok(staff.ask("POST", f"{centre}/api/v1/schemas/register/1.0/decisions", json=decision))
    for node in doors.processes:
        eventually(lambda node=node: knows_register(node), what=f"{node.name} uses the model")  # type: ignore[misc]  # a lambda's default has no type
    for file, content in (("register--cgmes-3.0.sssom.tsv", SET), ("register-power.rq", RULE)):
        body = {"file": file, "content": content, "version": "1.0.0", "source": "Tests.", "licence": LICENCE}
        made = ok(doors.members["north"].ask("POST", f"{centre}/api/v1/mappings", json=body), 201)
        url = f"{centre}/api/v1/mappings/{made['identifier']}/versions/{made['version']}"
        assert made["errors"] == 0, ok(doors.http.get(f"{url}/findings"))
        for move in ("review", "approve", "publish"):
            ok(staff.ask("POST", f"{url}/decisions", json={"move": move, "comment": "Yes."}))
    iri = f"{REGISTER}name"
    for node in doors.processes:
        url = f"{node.url}/api/v1/mappings/of-term"
        eventually(lambda url=url: ok(doors.http.get(url, params={"iri": iri})), what=f"{node.name} uses the set")  # type: ignore[misc]  # as above


def knows_register(node: NodeProcess) -> bool:
    found = httpx.get(f"{node.url}/api/v1/terms", params={"q": "power", "model": "register"}, timeout=60)
    return found.status_code == 200 and bool(found.json()["total"])


@pytest.fixture(scope="module")
def versions(doors: Network, registered: None) -> dict[str, str]:  # noqa: ARG001 - the mappings come first
    north, vale, dale = (doors.members[name] for name in ("north", "vale", "dale"))
    older, newer = units(CIM16, 1, "Wind", "Northmoor", "12.5"), units(CIM17, 2, "Hydro", "Southwater", "30")
    lifted = [("register.csv", CSV.encode()), ("register.rml.ttl", RML.encode())]
    made = {
        "older": north.provide("units-older", [("units.ttl", older)]),
        "location": north.provide("units-location", [("gl.xml", older_location("OSGB 36"))]),
        "newer": vale.provide("units-newer", [("units.ttl", newer)]),
        "register": dale.provide("units-register", lifted),
    }
    for producer, slug in ((north, "older"), (north, "location"), (dale, "register")):
        vale.request(made[slug])
        producer.approve(made[slug])
    eventually(lambda: vale.catalogue(doors.orchestrator.url, q="units-")["total"] == len(made))
    return made


def ask(member: Member, text: str = QUESTION, **params: str) -> httpx.Response:
    url = f"{member.home}/sparql/federation"
    return member.ask("POST", url, data={"query": text}, params={"q": "units-", **params}, timeout=120)


def rows(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(row["name"]["value"], row["power"]["value"]) for row in ok(answer)["results"]["bindings"]]


def sources(member: Member, answer: httpx.Response) -> dict[str, dict[str, Any]]:
    account = ok(member.ask("GET", answer.links["describedby"]["url"]))
    return {one["version"]: one for one in account["sources"]}


def test_refuses_a_model_that_nobody_registered(doors: Network) -> None:
    vale = doors.members["vale"]
    assert "cgmes-3.0" in problem(ask(vale, model="cgmes-9"), 422)["remedy"]
    assert problem(ask(vale, strictness="close"), 400)["where"] == "strictness"
    assert "exact, narrower" in problem(ask(vale, model="cgmes-3.0", strictness="loose"), 400)["remedy"]


def test_without_a_model_only_its_own_terms_are_asked(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    answer = ask(vale)
    assert rows(answer) == [("Southwater", "30")]
    assert {one["state"] for one in sources(vale, answer).values()} <= {"answered", "not needed"}
    assert versions["newer"] in sources(vale, answer)


def test_one_question_has_one_answer_in_one_unit(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    answer = ask(vale, model="cgmes-3.0")
    assert rows(answer) == [("Southwater", "30"), ("Northmoor", "12.5"), ("Overhill", "2.25"), ("Eastfield", "1.5")]
    told = sources(vale, answer)
    assert {slug: told[iri]["models"] for slug, iri in versions.items()} == {
        "older": ["cgmes-2.4.15"],
        "location": ["cgmes-2.4.15"],
        "newer": [],
        "register": ["register"],
    }
    by = {term["term"].partition("#")[2]: term["by"] for term in told[versions["register"]]["terms"]}
    assert any("register-power.rq" in each for each in by["GeneratingUnit.maxOperatingP"])
    assert any("register--cgmes-3.0.sssom.tsv, line" in each for each in by["IdentifiedObject.name"])


def test_models_are_known_by_the_profiles_of_a_version_too(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    text = f"""PREFIX cim: <{CIM17}>
        SELECT ?name {{ [] a cim:CoordinateSystem ; cim:IdentifiedObject.name ?name }}"""
    answer = ask(vale, text, model="cgmes-3.0", version=versions["location"])
    assert [row["name"]["value"] for row in ok(answer)["results"]["bindings"]] == ["OSGB 36"]


def test_every_term_is_carried_or_the_query_is_refused(doors: Network, versions: dict[str, str]) -> None:
    vale = doors.members["vale"]
    every = {"model": "cgmes-3.0", "every-term": "true"}
    assert len(rows(ask(vale, **every))) == 4
    text = f"PREFIX cim: <{CIM17}> SELECT ?power WHERE {{ ?unit cim:GeneratingUnit.nominalP ?power }}"
    refused = problem(ask(vale, text, **every), 422)
    assert f"<{CIM17}GeneratingUnit.nominalP> for data in `register`" in refused["title"]
    assert refused["where"] == versions["register"].replace("/id/", "/sparql/")
    assert ok(ask(vale, text, model="cgmes-3.0"))["results"]["bindings"] == []
    assert problem(ask(vale, **{"every-term": "true"}), 400)["where"] == "every-term"
    assert "true, false" in problem(ask(vale, model="cgmes-3.0", **{"every-term": "yes"}), 400)["remedy"]
    page = vale.ask("GET", f"{vale.home}/ask", params={"query": text, **every})
    assert page.status_code == 422
    assert "for data in `register`" in page.text


def test_a_revoked_agreement_takes_exactly_one_producers_rows_away(doors: Network, versions: dict[str, str]) -> None:
    vale, dale = doors.members["vale"], doors.members["dale"]
    agreement = dale.agreements(versions["register"])[0]["agreement"]
    assert ok(dale.revoke(agreement))["status"] == "revoked"
    eventually(lambda: vale.agreement(agreement)["status"] == "revoked", what="the consumer hears of it")
    answer = ask(vale, model="cgmes-3.0")
    assert rows(answer) == [("Southwater", "30"), ("Northmoor", "12.5")]
    assert sources(vale, answer)[versions["register"]]["state"] == "refused"
