"""Lifting: mappings and metadata are recognised, each source becomes a model, and errors say where."""

import json
from pathlib import Path

import pytest

from virtuales.errors import InputError, TooLarge, UnknownTerm, UnreadableInput, VirtualesError
from virtuales.preparation.lifting import Lifting, LiftSource, lift
from virtuales.preparation.sources import detect

BASE, SKOLEM = "http://node.example/data/", "http://node.example/.well-known/genid/"
PREFIXES = "@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://e.example/> .\n"
MAPPING = (
    PREFIXES
    + """<http://e.example/map> rml:logicalSource [ rml:source [ a rml:RelativePathSource ; rml:path "%(file)s" ] ;
    rml:referenceFormulation rml:%(kind)s %(iterator)s ] ;
  rml:subjectMap [ rml:template "http://e.example/{%(id)s}" ; rml:class ex:Site ] ;
  rml:predicateObjectMap [ rml:predicate ex:mva ; rml:objectMap [ rml:reference "%(mva)s" ] ] .
"""
)
TABLE = {"file": "a.csv", "kind": "CSV", "iterator": "", "id": "id", "mva": "mva"}


def lifted(place: Path, *, limit: int = 1 << 20, **files: str | bytes) -> Lifting:
    sources = []
    for key, content in files.items():
        name = key.replace("__", "-").replace("_", ".")
        path = place / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        sources.append(LiftSource(path, name, detect(path)))
    return lift(sources, place, base=BASE, skolem=SKOLEM, limit=limit)


def lines(lifting: Lifting) -> list[str]:
    return [line for model in lifting.models for line in model.statements.read_text().splitlines()]


@pytest.mark.parametrize(
    ("change", "error", "where"),
    [
        ({"file": "../a.csv"}, InputError, "a.rml.ttl, line 2"),
        ({"file": "/etc/passwd"}, InputError, "a.rml.ttl, line 2"),
        ({"file": "https://a.example/a.csv"}, InputError, "a.rml.ttl, line 2"),
        ({"file": "b.csv"}, UnreadableInput, "a.rml.ttl, line 2"),
        ({"mva": "mvb"}, InputError, "a.csv"),
        ({"kind": "SQL2008Query"}, UnknownTerm, "a.rml.ttl, line 2"),
        ({"kind": "JSONPath", "iterator": '; rml:iterator "$[?(@.x)]"'}, VirtualesError, None),
    ],
)
def test_refuses_a_mapping_that_does_not_fit(
    tmp_path: Path, change: dict[str, str], error: type[VirtualesError], where: str | None
) -> None:
    with pytest.raises(error) as caught:
        lifted(tmp_path, a_csv="id,mva\nA,7.5\nB,8\n", a_rml_ttl=MAPPING % (TABLE | change))
    assert where is None or caught.value.where == where


def test_names_the_line_of_a_value_that_makes_no_iri(tmp_path: Path) -> None:
    mapping = (MAPPING % TABLE).replace('rml:template "http://e.example/{id}"', 'rml:reference "id"')
    with pytest.raises(InputError, match="no absolute IRI") as caught:
        lifted(tmp_path, a_csv="id,mva\nA,7.5\nB C,8\n", a_rml_ttl=mapping)
    assert caught.value.where == "a.csv, line 3"


def test_refuses_a_mapping_that_makes_nothing_and_one_that_makes_too_much(tmp_path: Path) -> None:
    document = {"file": "a.json", "kind": "JSONPath", "iterator": '; rml:iterator "$.plants[*]"'}
    mapping = MAPPING % (TABLE | document)
    with pytest.raises(UnreadableInput, match="Nothing came"):
        lifted(tmp_path, a_json='{"plant": [{"id": 1}]}', a_rml_ttl=mapping)
    with pytest.raises(TooLarge):
        lifted(tmp_path, a_json='{"plants": [{"id": 1}]}', a_rml_ttl=mapping, limit=10)


def test_lifts_tables_documents_and_xml_alike(tmp_path: Path) -> None:
    expected = [
        "<http://e.example/A> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Site> .",
        '<http://e.example/A> <http://e.example/mva> "7" .',
    ]
    table = lifted(tmp_path, a_csv="id,mva\nA,7\n", a_rml_ttl=MAPPING % TABLE)
    assert sorted(lines(table)) == sorted(expected)
    assert [(model.name, model.iri, model.triples, model.classes) for model in table.models] == [
        ("a.csv", f"{BASE}a.csv", 2, {"http://e.example/Site": 1})
    ]
    xml = {"file": "a.xml", "kind": "XPath", "iterator": '; rml:iterator "/sites/site"', "id": "@id", "mva": "mva"}
    made = lifted(tmp_path, a_xml="<sites><site id='A'><mva>7</mva></site></sites>", a_rml_ttl=MAPPING % xml)
    assert sorted(lines(made)) == sorted(expected)


def test_refuses_a_document_type_in_xml(tmp_path: Path) -> None:
    xml = {"file": "a.xml", "kind": "XPath", "iterator": '; rml:iterator "/s"', "id": "@id", "mva": "mva"}
    bomb = '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/hostname">]><s id="A"><mva>&e;</mva></s>'
    with pytest.raises(UnreadableInput, match="DTD"):
        lifted(tmp_path, a_xml=bomb, a_rml_ttl=MAPPING % xml)


def test_each_named_graph_is_a_model_and_blank_nodes_get_iris(tmp_path: Path) -> None:
    text = "@prefix e: <http://e.example/> . <http://e.example/g> { e:s e:p [ e:q 1.50 ] } e:s e:p e:t ."
    made = lifted(tmp_path, a_trig=text)
    assert [(model.graph, model.iri) for model in made.models] == [
        (None, f"{BASE}a.trig"),
        ("http://e.example/g", "http://e.example/g"),
    ]
    again = lifted(tmp_path, a_trig=text)
    assert lines(made) == lines(again)
    assert f"<{SKOLEM}a.trig/b1>" in "".join(lines(made))
    assert '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>' in "".join(lines(made))
    assert "_:" not in "".join(lines(made))


def test_reads_json_ld_with_its_own_context_and_fetches_none(tmp_path: Path) -> None:
    inline = {"@context": {"name": "http://schema.org/name"}, "@id": "http://e.example/s", "name": "North"}
    assert lines(lifted(tmp_path, a_json=json.dumps(inline))) == [
        '<http://e.example/s> <http://schema.org/name> "North" .'
    ]
    for context in ("http://schema.org/", [{"@import": "http://schema.org/"}], [{}, "http://schema.org/"]):
        with pytest.raises(UnknownTerm, match="never fetched"):
            lifted(tmp_path, a_json=json.dumps(inline | {"@context": context}))
    nested = inline | {"http://e.example/p": {"@context": "http://schema.org/", "name": "x"}}
    with pytest.raises(UnknownTerm, match="never fetched"):
        lifted(tmp_path, a_json=json.dumps(nested))


def test_says_which_files_are_delivered_as_they_are(tmp_path: Path) -> None:
    made = lifted(tmp_path, a_csv="id,mva\nA,7\n", b_json='{"a": 1}')
    assert made.models == ()
    assert [remark.split("`")[1] for remark in made.remarks] == ["a.csv", "b.json"]


def test_a_join_of_two_tables_is_one_model_under_the_mappings_name(tmp_path: Path) -> None:
    mapping = (
        PREFIXES
        + """<http://e.example/feeder>
  rml:logicalSource [ rml:source [ rml:path "f.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://e.example/f/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:of ; rml:objectMap [ rml:parentTriplesMap <http://e.example/site> ;
    rml:joinCondition [ rml:child "site" ; rml:parent "name" ] ] ] .
<http://e.example/site>
  rml:logicalSource [ rml:source [ rml:path "s.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://e.example/s/{id}" ] .
"""
    )
    made = lifted(tmp_path, f_csv="id,site\n1,North\n2,South\n", s_csv="id,name\n9,North\n", j_ttl=mapping)
    assert [model.name for model in made.models] == ["j.ttl"]
    assert lines(made) == ["<http://e.example/f/1> <http://e.example/of> <http://e.example/s/9> ."]
