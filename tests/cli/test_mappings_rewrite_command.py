"""`virtuales mappings rewrite` prints a query for other data, and says what became of each term."""

import json
from pathlib import Path

import pytest
from tests.cli.terminal import Terminal

from virtuales.query.syntax.parser import parse_query

PREFIXES = (
    "PREFIX cim: <http://iec.ch/TC57/2013/CIM-schema-cim16#>\n"
    "PREFIX entsoe: <http://entsoe.eu/CIM/SchemaExtension/3/1#>\n"
)
EDITIONS = ("--from", "cgmes-2.4.15", "--to", "cgmes-3.0")


@pytest.fixture
def query(tmp_path: Path) -> Path:
    """A query that can be asked of the other edition wholly."""
    file = tmp_path / "limits.rq"
    file.write_text(PREFIXES + "SELECT ?l ?v { ?l a cim:CurrentLimit ; cim:CurrentLimit.value ?v }", encoding="utf-8")
    return file


def test_refuses_what_cannot_be_asked(terminal: Terminal, query: Path, tmp_path: Path) -> None:
    describe = tmp_path / "describe.rq"
    describe.write_text("DESCRIBE <urn:a>", encoding="utf-8")
    said = terminal("mappings", "rewrite", describe, *EDITIONS)
    assert (said.code, said.out) == (2, "")
    assert "Write a CONSTRUCT" in said.err
    unknown = terminal("mappings", "rewrite", query, "--from", "cgmes-2.4.15", "--to", "odrl-2.2")
    assert unknown.code == 2
    assert "No mapping or rule leads from `odrl-2.2` to `cgmes-2.4.15`" in unknown.err
    assert terminal("mappings", "rewrite", tmp_path / "nowhere.rq", *EDITIONS).code == 2


def test_prints_the_query_and_above_it_the_account(terminal: Terminal, query: Path) -> None:
    plain = terminal.ok("mappings", "rewrite", query, *EDITIONS)
    assert "?l a cim2:CurrentLimit ; cim2:CurrentLimit.normalValue ?v ." in plain
    told = terminal.ok("mappings", "rewrite", query, *EDITIONS, "--account")
    assert "# carried: property <http://iec.ch/TC57/2013/CIM-schema-cim16#CurrentLimit.value>\n" in told
    assert "(same; cgmes-2.4.15--cgmes-3.0.sssom.tsv, line " in told
    assert told.endswith(plain)
    parse_query(told)


def test_lists_what_is_not_carried_and_ends_with_1(terminal: Terminal, tmp_path: Path) -> None:
    file, output = tmp_path / "lost.rq", tmp_path / "rewritten.json"
    file.write_text(PREFIXES + "SELECT ?x { ?x cim:Nothing.known ?y }", encoding="utf-8")
    said = terminal("mappings", "rewrite", file, *EDITIONS, "--format", "json", "--output", output)
    assert said.code == 1
    assert "not carried <http://iec.ch/TC57/2013/CIM-schema-cim16#Nothing.known>: No mapping names it." in said.err
    written = json.loads(output.read_text(encoding="utf-8"))
    assert written["exact"] is False
    assert [each["outcome"] for each in written["account"]] == ["not carried"]
    assert "VALUES (?x ?y) {" in written["query"]


def test_asks_with_broader_terms_only_if_that_is_wished(terminal: Terminal, tmp_path: Path) -> None:
    lines = [
        "#curie_map:\n#  a: http://iec.ch/TC57/2013/CIM-schema-cim16#\n#  b: http://iec.ch/TC57/CIM100#",
        "#mapping_set_id: https://e.example/set\n#license: https://www.apache.org/licenses/LICENSE-2.0",
        "#subject_source: https://w3id.org/virtuales/model/cgmes-2.4.15",
        "#object_source: https://w3id.org/virtuales/model/cgmes-3.0",
        "subject_id\tpredicate_id\tobject_id\tmapping_justification",
        "a:Breaker\tskos:broadMatch\tb:Switch\tsemapv:ManualMappingCuration",
    ]
    (tmp_path / "set.sssom.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "manifest.ttl").write_text(
        "@prefix sssom: <https://w3id.org/sssom/> . @prefix dcterms: <http://purl.org/dc/terms/> . "
        "@prefix ves: <https://w3id.org/virtuales/ns#> . <https://e.example/set> a sssom:MappingSet ; "
        'dcterms:identifier "set" ; dcterms:license "x" ; dcterms:source "x" ; ves:file "set.sssom.tsv" ; '
        "sssom:subject_source <https://w3id.org/virtuales/model/cgmes-2.4.15> ; "
        "sssom:object_source <https://w3id.org/virtuales/model/cgmes-3.0> .",
        encoding="utf-8",
    )
    file = tmp_path / "breakers.rq"
    file.write_text(PREFIXES + "ASK { ?x a cim:Breaker }", encoding="utf-8")
    assert terminal("mappings", "rewrite", file, *EDITIONS, "--folder", tmp_path).code == 1
    said = terminal("mappings", "rewrite", file, *EDITIONS, "--folder", tmp_path, "--approximate")
    assert said.code == 0
    assert "?x a cim2:Switch ." in said.out
    assert "approximate <http://iec.ch/TC57/2013/CIM-schema-cim16#Breaker>" in said.err
