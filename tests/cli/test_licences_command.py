"""`virtuales licences`: list, show, compose, without any node."""

from pathlib import Path

import pytest
from tests.cli.terminal import Terminal

from virtuales.policy.licences.reading import read_licences

TERMS = """@prefix odrl: <http://www.w3.org/ns/odrl/2/> . @prefix dcterms: <http://purl.org/dc/terms/> .
<https://vale.example/terms> a odrl:Set ; dcterms:title "Terms of Vale" ; dcterms:identifier "LicenseRef-Vale" ;
  odrl:permission [ odrl:action odrl:use ; odrl:duty [ odrl:action odrl:attribute ] ] .
"""


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    file = tmp_path / "terms.ttl"
    file.write_text(TERMS, encoding="utf-8")
    return file


def test_refuses_a_licence_that_nobody_knows(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal("licences", "show", "MIT").code == 2
    assert "not a licence known" in terminal("licences", "compose", "CC-BY-4.0", "MIT").err
    assert terminal("licences", "list", "--terms", tmp_path / "none.ttl").code == 2


def test_ends_with_one_and_says_why_when_it_is_not_allowed(terminal: Terminal) -> None:
    said = terminal("licences", "compose", "ODbL-1.0", "CC-BY-NC-4.0")
    assert said.code == 1
    assert "not allowed" in said.out
    assert "CC-BY-NC-4.0 prohibits commercial use, which ODbL-1.0 does not." in said.out
    assert "none of the known licences" in said.out
    assert terminal("licences", "compose", "OGL-UK-3.0", "--result", "CC-BY-4.0", "--unmodified").code == 1


def test_shows_conditions_and_what_the_result_may_carry(terminal: Terminal) -> None:
    said = terminal.ok("licences", "compose", "OGL-UK-3.0", "CC-BY-SA-4.0")
    assert said.startswith("allowed if\n")
    assert "The result may carry: CC-BY-SA-4.0" in said
    data = terminal.json("licences", "compose", "OGL-UK-3.0", "CC-BY-SA-4.0")
    assert (data["outcome"], data["may_carry"]) == ("allowed if", ["CC-BY-SA-4.0"])
    assert terminal.json("licences", "compose", "CC0-1.0", "--result", "OGL-UK-3.0")["outcome"] == "allowed"


def test_lists_and_shows_licences(terminal: Terminal) -> None:
    listed = terminal.ok("licences", "list")
    assert "OGL-UK-3.0" in listed
    known = {one["identifier"] for one in terminal.json("licences", "list")}
    assert {"OGL-UK-3.0", "ODbL-1.0", "LicenseRef-NESO-OpenData"} <= known
    shown = terminal.ok("licences", "show", "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/")
    assert "personal data" in shown
    assert "naming the source" in shown


def test_writes_a_licence_as_a_policy_that_reads_back(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "ogl.ttl"
    file.write_text(terminal.ok("licences", "show", "OGL-UK-3.0", "--turtle"), encoding="utf-8")
    (again,) = read_licences(file)
    assert again.to_json() == terminal.json("licences", "show", "OGL-UK-3.0")


def test_terms_of_ones_own_take_part(terminal: Terminal, terms: Path) -> None:
    composed = terminal.json("licences", "compose", "Terms of Vale", "CC0-1.0", "--terms", terms)
    assert composed["outcome"] == "allowed if"
    assert {"LicenseRef-Vale", "OGL-UK-3.0", "CC-BY-4.0"} <= set(composed["may_carry"])
    assert "attribut" not in terminal.ok("licences", "show", "LicenseRef-Vale", "--terms", terms).lower()
