"""The models that a node knows, over HTTP alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.clients import ok, problem
from tests.journey.networks import Network, network
from tests.journey.small_model import CIM, small_model
from tests.nodes import eventually


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with network(tmp_path_factory.mktemp("models"), "north") as made:
        made.admit("north")
        yield made


def get(running: Network, path: str, **question: str) -> Any:  # noqa: ANN401 - JSON is what it is
    """Ask the orchestrator's interface, as the public."""
    return ok(running.http.get(f"{running.orchestrator.url}/api/v1/{path}", params=question))


def ask(running: Network, query: str) -> list[dict[str, str]]:
    """Ask the catalogue's door a query, as the public; returns the rows."""
    url = f"{running.orchestrator.url}/sparql/catalogue"
    answer = ok(running.http.post(url, data={"query": query}, headers={"Accept": "application/sparql-results+json"}))
    return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]


def test_each_version_of_a_model_is_a_named_graph(running: Network) -> None:
    graphs = f"{running.orchestrator.url}/graph/ontology"
    classes = "?s a <http://www.w3.org/2002/07/owl#Class>"
    rows = ask(running, f"SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ {classes} }} }} GROUP BY ?g")
    sizes = {row["g"]: int(row["n"]) for row in rows}
    assert sizes[f"{graphs}/cgmes-2.4.15/2.4.15"] > 400
    assert sizes[f"{graphs}/cgmes-3.0/3.0.0"] > 400
    assert f"{graphs}/virtuales/1" in sizes


def test_a_question_about_a_model_names_its_graph(running: Network) -> None:
    pattern = "?unit WHERE { %s } LIMIT 5"
    line = "<http://iec.ch/TC57/CIM100#ACLineSegment.r> <https://w3id.org/virtuales/ns#unit> ?unit"
    graph = f"<{running.orchestrator.url}/graph/ontology/cgmes-3.0/3.0.0>"
    assert ask(running, "SELECT " + pattern % f"GRAPH {graph} {{ {line} }}") == [{"unit": "ohm"}]
    assert ask(running, "SELECT " + pattern % line) == []


def test_refuses_models_and_terms_that_are_not_there(running: Network) -> None:
    root = f"{running.orchestrator.url}/api/v1"
    problem(running.http.get(f"{root}/models/cgmes-9"), 404)
    problem(running.http.get(f"{root}/models/cgmes-3.0/terms/cim:Cable"), 404)
    problem(running.http.get(f"{root}/terms", params={"q": "line", "model": "cgmes-9"}), 422)
    problem(running.http.get(f"{root}/terms", params={"q": "line", "after": "nonsense"}), 422)
    problem(running.http.get(f"{root}/terms", params={"q": "line", "kind": "thing"}), 422)


def test_lists_the_models_with_versions_and_graphs(running: Network) -> None:
    found = {f"{one['name']}@{one['version']}": one for one in get(running, "models")}
    assert {"cgmes-2.4.15@2.4.15", "cgmes-3.0@3.0.0", "gb-ltds-1.0.1@1.0.1", "synonyms@1"} <= found.keys()
    shown = get(running, "models/cgmes@3.0.0")
    assert shown == found["cgmes-3.0@3.0.0"]
    assert ask(running, f"SELECT ?l {{ GRAPH <{shown['graph']}> {{ <{shown['iri']}> ?p ?l }} }}")


def test_terms_are_found_page_by_page_and_shown_whole(running: Network) -> None:
    first = get(running, "terms", q="apparent power", unit="MVA", limit="2")
    rest = get(running, "terms", q="apparent power", unit="MVA", limit="100", after=first["next"])
    names = [(term["model"], term["name"]) for term in first["terms"] + rest["terms"]]
    assert first["total"] == rest["total"] == len(names) == len(set(names))
    assert ("cgmes-3.0@3.0.0", "cim:PowerTransformerEnd.ratedS") in names
    shown = get(running, "models/cgmes-3.0/terms/cim:PowerTransformerEnd.ratedS")
    assert shown["term"]["value_type"] == "cim:ApparentPower"
    assert shown["multiplicities"] == {"EQ": "0..1"}
    assert [each["name"] for each in shown["domains"]] == ["cim:PowerTransformerEnd"]


def test_a_term_is_shown_with_its_mappings(running: Network) -> None:
    found = get(running, "models/sensitivity/terms/s:SA")["mappings"]
    shared = next(each for each in found if each["object"].endswith("TriageShared"))
    assert (shared["predicate"].rpartition("#")[2], shared["negated"], shared["turned"]) == ("broadMatch", False, False)
    assert shared["authors"][0].startswith("https://orcid.org/")


def test_names_are_completed_while_somebody_types(running: Network) -> None:
    found = get(running, "terms/complete", q="trasnform", model="cgmes-3.0", limit="3")
    assert [each["text"] for each in found] == ["TransformerEnd", "PowerTransformer", "CurrentTransformer"]
    assert found[0]["models"] == ["cgmes-3.0@3.0.0"]


@pytest.mark.req("M1")
def test_a_need_leads_to_a_term_and_to_the_data_that_uses_it(running: Network) -> None:
    north, centre = running.members["north"], running.orchestrator.url
    found = get(running, "terms", q="grid reference", kind="class", model="cgmes-3.0")
    term = next(each for each in found["terms"] if each["iri"] == f"{CIM}CoordinateSystem")
    north.provide("location", [("model.xml", small_model(7))])
    eventually(lambda: north.catalogue(centre, q="location")["total"])
    path = f"models/cgmes-3.0/terms/{term['name']}"
    assert get(running, path)["uses"] == [], "the public may not know of the dataset"
    (use,) = ok(north.ask("GET", f"{centre}/api/v1/{path}"))["uses"]
    assert (use["publisher"], use["total"]) == (north.iri, 1)
    above = ok(north.ask("GET", f"{centre}/api/v1/models/cgmes-3.0/terms/cim:IdentifiedObject"))["uses"]
    assert above[0]["counts"] == {f"{CIM}CoordinateSystem": 1}
    name = ok(north.ask("GET", f"{centre}/api/v1/models/cgmes-3.0/terms/cim:IdentifiedObject.name"))["uses"]
    assert [each["total"] for each in name] == [1]


def test_two_versions_are_compared_in_the_form_asked_for(running: Network) -> None:
    url = f"{running.orchestrator.url}/api/v1/models/cgmes-3.0/changes"
    problem(running.http.get(url, params={"since": "cgmes-9"}), 404)
    problem(running.http.get(url, params={"since": "cgmes-2.4.15", "profile": "XX"}), 422)
    problem(running.http.get(url, params={"since": "cgmes-2.4.15"}, headers={"Accept": "image/png"}), 406)
    found = get(running, "models/cgmes-3.0/changes", since="cgmes-2.4.15")
    assert (found["classes"]["before"], found["classes"]["after"]) == (488, 530)
    assert (found["properties"]["before"], found["properties"]["after"]) == (3643, 3705)
    table = running.http.get(url, params={"since": "cgmes-2.4.15", "profile": "TP"}, headers={"Accept": "text/csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert table.text.startswith("kinds,sort,before,after")
