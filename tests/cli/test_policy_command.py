"""`virtuales policy`: policies are checked and decided from files, with exit codes that a script can rely on."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from virtuales.cli.policy import app
from virtuales.errors import InputError, NotFound, UnknownTerm, UnreadableInput

OFFER = """
@prefix odrl: <http://www.w3.org/ns/odrl/2/> .
@prefix ves: <https://w3id.org/virtuales/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://p.example/offer> a odrl:Offer ; odrl:target <https://p.example/data> ; odrl:assigner <https://p.example/org> ;
  odrl:permission [ odrl:action odrl:read ; odrl:constraint [ odrl:or (
      [ odrl:leftOperand odrl:purpose ; odrl:operator odrl:eq ; odrl:rightOperand ves:Research ]
      [ odrl:leftOperand odrl:count ; odrl:operator odrl:lteq ; odrl:rightOperand 2 ] ) ] ] ;
  odrl:prohibition [ odrl:action odrl:distribute ] .
"""
ENDED = OFFER.replace("odrl:action odrl:read ;", "odrl:action odrl:read ; odrl:constraint [ ENDED ] ;").replace(
    "ENDED",
    'odrl:leftOperand odrl:dateTime ; odrl:operator odrl:lt ; odrl:rightOperand "2020-01-01T00:00:00Z"^^xsd:dateTime',
)
TERMS = """
@prefix odrl: <http://www.w3.org/ns/odrl/2/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://terms.example/> a owl:Ontology .
<https://terms.example/voltage> a odrl:LeftOperand ; rdfs:label "voltage" ; rdfs:range xsd:decimal .
<https://terms.example/simulate> a odrl:Action ; odrl:includedIn odrl:use .
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def written(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def request(folder: Path, purpose: str | None = None, **more: object) -> Path:
    constraints = [{"leftOperand": "purpose", "operator": "eq", "rightOperand": {"@id": purpose}}] if purpose else []
    permission = {"action": "read", "target": "https://p.example/data", "constraint": constraints} | more
    asked = {"@id": "urn:request", "@type": "Request", "assignee": "https://c.example/org", "permission": permission}
    return written(folder, "request.json", asked)


def test_check_says_what_a_policy_allows_and_that_it_is_sound(tmp_path: Path) -> None:
    outcome = run("check", written(tmp_path, "offer.ttl", OFFER))
    assert outcome.exit_code == 0
    assert "the purpose is research or the number of uses (this one included) is at most 2" in outcome.stdout
    assert "You must not pass the data on." in outcome.stdout
    assert "No problem." in outcome.stdout


def test_check_refuses_a_permission_that_has_ended_and_names_its_place(tmp_path: Path) -> None:
    file = written(tmp_path, "offer.ttl", ENDED)
    outcome = run("check", file, "--json")
    assert outcome.exit_code == 1
    ((problem,),) = [policy["problems"] for policy in json.loads(outcome.stdout)["policies"]]
    assert "has ended" in problem["what"]
    assert problem["where"] == "https://p.example/offer#permission-1"
    assert run("check", file, "--at", "2019-06-01").exit_code == 0


def test_check_shows_what_another_offer_prohibits(tmp_path: Path) -> None:
    derive = OFFER.replace("odrl:action odrl:read", "odrl:action odrl:derive")
    other = derive.replace("/offer>", "/other>").replace("odrl:action odrl:distribute", "odrl:action odrl:read")
    outcome = run("check", written(tmp_path, "a.ttl", OFFER), written(tmp_path, "b.ttl", other))
    assert "`read` can be permitted by <https://p.example/offer> and prohibited" in outcome.stdout


def test_decide_says_yes_with_the_rule_and_no_with_what_would_change_it(tmp_path: Path) -> None:
    offer = written(tmp_path, "offer.ttl", OFFER)
    yes = run("decide", offer, request(tmp_path, "https://w3id.org/virtuales/ns#Research"))
    assert (yes.exit_code, yes.stdout.splitlines()[0]) == (0, "Allowed.")
    no = run("decide", offer, request(tmp_path, "https://w3id.org/virtuales/ns#MarketAnalysis"), "--json")
    assert no.exit_code == 1
    said = json.loads(no.stdout)
    assert said["allowed"] is False
    assert said["reasons"][0]["remedy"]
    assert [rule["controlState"] for rule in said["rules"]] == ["Deny", "NotProhibited"]


@pytest.mark.parametrize(("uses", "code"), [(0, 0), (1, 0), (2, 1)])
def test_decide_counts_the_uses_of_the_world(tmp_path: Path, uses: int, code: int) -> None:
    world = written(tmp_path, "world.json", {"uses": uses})
    asked = request(tmp_path, "https://w3id.org/virtuales/ns#MarketAnalysis")
    assert run("decide", written(tmp_path, "offer.ttl", OFFER), asked, "--world", world).exit_code == code


def test_duty_is_fulfilled_by_what_the_world_says_was_done(tmp_path: Path) -> None:
    offer = written(
        tmp_path,
        "offer.json",
        {
            "@id": "urn:offer",
            "@type": "Set",
            "permission": [{"action": "read", "duty": [{"@id": "urn:duty", "action": "inform"}]}],
        },
    )
    asked = request(tmp_path)
    done = {
        "@id": "urn:done",
        "@type": "Request",
        "permission": {
            "action": "inform",
            "constraint": {"leftOperand": "dateTime", "operator": "eq", "rightOperand": "2026-01-01T00:00:00Z"},
        },
    }
    assert run("decide", offer, asked).exit_code == 1
    assert run("decide", offer, asked, "--duties", "eventually").exit_code == 0
    for world in ({"performed": [done | {"duty": "urn:duty"}]}, {"fulfilled": ["urn:duty"]}):
        known = written(tmp_path, "world.json", world)
        assert run("decide", offer, asked, "--world", known, "--at", "2026-06-01").exit_code == 0


@pytest.mark.parametrize(
    "world",
    [
        {"use": 1},
        {"uses": -1},
        {"uses": True},
        {"agreed": "yesterday"},
        {"agreed": "2026-01-01T00:00:00"},
        {"memberOf": ["urn:a"]},
        {"memberOf": {"urn:a": "urn:b"}},
        {"events": {"urn:e": {"end": "2026-01-01T00:00:00Z"}}},
        {"events": {"urn:e": "2026"}},
        {"fulfilled": [1]},
        {"performed": ["urn:d"]},
        {"performed": [{"@id": "urn:d", "@type": "Request", "permission": {"action": "inform"}}]},
    ],
)
def test_decide_refuses_a_world_that_it_cannot_read(tmp_path: Path, world: object) -> None:
    offer, asked = written(tmp_path, "offer.ttl", OFFER), request(tmp_path)
    outcome = run("decide", offer, asked, "--world", written(tmp_path, "world.json", world))
    assert isinstance(outcome.exception, InputError)
    assert outcome.exception.remedy


@pytest.mark.parametrize(
    "change",
    [
        {"constraint": [{"leftOperand": "purpose", "operator": "neq", "rightOperand": {"@id": "urn:x"}}]},
        {"constraint": [{"leftOperand": "purpose", "operator": "eq", "rightOperand": "research"}]},
        {"constraint": [{"leftOperand": "dateTime", "operator": "eq", "rightOperand": "2026-01-01"}]},
        {"target": {"@type": "AssetCollection", "source": "urn:x"}},
    ],
)
def test_decide_refuses_a_request_that_says_more_than_what_is_so(tmp_path: Path, change: dict[str, object]) -> None:
    outcome = run("decide", written(tmp_path, "offer.ttl", OFFER), request(tmp_path, None, **change))
    assert isinstance(outcome.exception, InputError)


def test_decide_refuses_files_with_several_policies_or_none(tmp_path: Path) -> None:
    both = written(tmp_path, "offers.ttl", OFFER + OFFER.replace("/offer>", "/other>"))
    outcome = run("decide", both, request(tmp_path))
    assert isinstance(outcome.exception, InputError)
    assert "--policy" in str(outcome.exception.remedy)
    asked = request(tmp_path, "https://w3id.org/virtuales/ns#Research")
    assert run("decide", both, asked, "--policy", "https://p.example/other").exit_code == 0
    nothing = written(tmp_path, "nothing.ttl", "<urn:a> <urn:b> <urn:c> .")
    assert isinstance(run("check", nothing).exception, InputError)


def test_inherited_rules_come_from_the_same_files(tmp_path: Path) -> None:
    parent = {"@id": "urn:parent", "@type": "Set", "prohibition": [{"action": "read"}]}
    child = {"@id": "urn:child", "@type": "Set", "permission": [{"action": "use"}], "inheritFrom": "urn:parent"}
    files = [written(tmp_path, "policies.json", [child, parent]), request(tmp_path), "--policy", "urn:child"]
    assert run("decide", *files).exit_code == 1
    alone = run("check", written(tmp_path, "child.json", child))
    assert isinstance(alone.exception, NotFound)


def test_profile_adds_operands_and_actions(tmp_path: Path) -> None:
    voltage = {"leftOperand": "https://terms.example/voltage", "operator": "lteq", "rightOperand": 132}
    document = {
        "@id": "urn:offer",
        "@type": "Set",
        "profile": "https://terms.example/",
        "permission": [{"action": "https://terms.example/simulate", "constraint": [voltage]}],
    }
    offer, terms = written(tmp_path, "offer.json", document), written(tmp_path, "terms.ttl", TERMS)
    asked = request(tmp_path, action="https://terms.example/simulate", constraint=[voltage | {"operator": "eq"}])
    assert isinstance(run("decide", offer, asked).exception, UnknownTerm)
    assert run("decide", offer, asked, "--terms", terms).exit_code == 0
    assert run("check", offer, "--terms", terms).exit_code == 0
    assert run("check", offer).exit_code == 1


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("<https://terms.example/> a owl:Ontology .", ""),
        ("rdfs:range xsd:decimal", "rdfs:range xsd:boolean"),
        ("odrl:includedIn odrl:use", "rdfs:label 'simulate'"),
        ("odrl:includedIn odrl:use", "odrl:includedIn <https://terms.example/simulate>"),
        ("odrl:includedIn odrl:use", "odrl:includedIn <https://terms.example/play>"),
        ("<https://terms.example/voltage>", "odrl:purpose"),
    ],
)
def test_refuses_profile_that_is_incomplete_or_changes_what_is_known(tmp_path: Path, said: str, instead: str) -> None:
    terms = written(tmp_path, "terms.ttl", TERMS.replace(said, instead))
    outcome = run("check", written(tmp_path, "offer.ttl", OFFER), "--terms", terms)
    assert isinstance(outcome.exception, InputError)
    assert outcome.exception.remedy


def test_make_writes_an_offer_that_check_finds_sound(tmp_path: Path) -> None:
    about = ("--target", "https://p.example/id/data/version/1", "--assigner", "https://p.example/id/organisation/p")
    made = run("make", "research", *about, "--uses", "3", "--until", "2099-01-01")
    assert made.exit_code == 0
    outcome = run("check", written(tmp_path, "offer.json", made.stdout))
    assert outcome.exit_code == 0
    assert "for research until 1 January 2099" in outcome.stdout
    assert "at most 3" in outcome.stdout


def test_templates_are_listed_with_what_they_say() -> None:
    listed = json.loads(run("templates", "--json").stdout)
    assert [row["template"] for row in listed] == ["open", "sector", "organisation", "research", "until", "aggregate"]


def test_a_file_that_is_not_there_is_said_not_to_be_there(tmp_path: Path) -> None:
    outcome = run("decide", tmp_path / "policy.json", tmp_path / "request.json")
    assert isinstance(outcome.exception, UnreadableInput)
    assert "No such file" in outcome.exception.what


def test_make_offers_a_part_that_check_and_decide_understand(tmp_path: Path) -> None:
    about = ("--target", "https://p.example/data", "--assigner", "https://p.example/org")
    group = ("--organisation", "https://c.example/org", "--view", "class=https://terms.example/Line")
    offer = written(tmp_path, "offer.json", run("make", "organisation", *about, *group).stdout)
    checked = run("check", offer)
    assert checked.exit_code == 0, checked.output
    assert "may use the data (only objects of Line)" in checked.stdout
    decided = run("decide", offer, request(tmp_path))
    assert decided.exit_code == 0, decided.output
    assert "A permission is about a part of the data: only objects of Line." in decided.stdout
    assert isinstance(run("make", "sector", *about, "--view", "class=Line").exception, InputError)
