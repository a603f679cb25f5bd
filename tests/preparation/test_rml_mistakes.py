"""Wrong mappings and wrong data: each mistake is refused with its line, and with what would be right."""

from pathlib import Path
from typing import NamedTuple

import pytest

from virtuales.errors import InputError, UnknownTerm, UnreadableInput, VirtualesError
from virtuales.preparation.rml.bulk import carry_out_in_bulk
from virtuales.preparation.rml.engine import Run, carry_out
from virtuales.preparation.rml.mapping import TriplesMaps
from virtuales.preparation.rml.reading import read_mapping

SOUND = """@prefix rml: <http://w3id.org/rml/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://e.example/> . @prefix csvw: <http://www.w3.org/ns/csvw#> .

ex:sites a rml:TriplesMap ;  # line 5
  rml:logicalSource [
    rml:source [ a rml:RelativePathSource ; rml:root rml:MappingDirectory ; rml:path "sites.csv" ] ;
    rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [
    rml:template "http://e.example/{id}" ;
    rml:class ex:Site ] ;
  rml:predicateObjectMap [
    rml:predicate ex:mw ;
    rml:objectMap [
      rml:reference "mw" ; rml:datatype xsd:decimal ] ] ;
  rml:predicateObjectMap [
    rml:predicate ex:feeder ;
    rml:objectMap [
      rml:parentTriplesMap ex:feeders ;
      rml:joinCondition [ rml:child "feeder" ; rml:parent "name" ] ] ] .

ex:feeders
  rml:logicalSource [
    rml:source [ rml:path "feeders.csv" ] ; rml:referenceFormulation rml:CSV ] ;
  rml:subjectMap [ rml:template "http://e.example/feeder/{name}" ] .
"""
SITES, FEEDERS = "id,mw,feeder\nA,1.5,North\n", "name\nNorth\n"


class Mistake(NamedTuple):
    """A change of the sound mapping that makes it wrong, and what the error says."""

    old: str
    new: str
    line: int
    what: str
    remedy: str
    error: type[VirtualesError] = InputError


MISTAKES = {
    "broken Turtle": Mistake("rml:class ex:Site ]", "rml:class ex:Site", 20, "not well-formed", "", UnreadableInput),
    "misspelt property": Mistake(
        'rml:reference "mw"', 'rml:refrence "mw"', 14, "rml:refrence", "rml:reference", UnknownTerm
    ),
    "property of another edition": Mistake(
        'rml:reference "mw"', "rml:gather ()", 14, "rml:gather", "RML-Core", UnknownTerm
    ),
    "function": Mistake('rml:reference "mw"', "rml:functionExecution ex:f", 14, "functionEx", "CONSTRUCT", UnknownTerm),
    "database": Mistake(
        'rml:path "sites.csv"', 'rml:sqlQuery "SELECT"', 7, "rml:sqlQuery", "export a table", UnknownTerm
    ),
    "no subject": Mistake("rml:subjectMap [\n", "rml:predicateObjectMap [\n", 5, "0 subject maps", "exactly one"),
    "two subjects": Mistake("rml:class ex:Site ]", "] ; rml:subject ex:s", 5, "2 subject maps", "exactly one"),
    "no source": Mistake(
        "rml:logicalSource [\n    rml:source [ rml:path",
        "rml:baseIRI [\n    rml:source [ rml:path",
        22,
        "no logical source",
        "rml:logicalSource [",
    ),
    "source that is nowhere": Mistake(
        "ex:feeders\n  rml:logicalSource [",
        "ex:feeders rml:logicalSource ex:nothing ; rml:subject ex:s .\nex:other\n  rml:logicalSource [",
        22,
        "Nothing is said",
        "rml:logicalSource [",
    ),
    "source without file": Mistake('rml:path "sites.csv"', "a ex:Database", 7, "no file", "rml:path", UnknownTerm),
    "absolute path": Mistake('"sites.csv"', '"/etc/passwd"', 7, "below the folder", "relative path"),
    "path that leads out": Mistake('"sites.csv"', '"tables/../../sites.csv"', 7, "below the folder", "relative path"),
    "path of another system": Mistake('"sites.csv"', '"C:\\\\sites.csv"', 7, "below the folder", "relative path"),
    "address": Mistake('"sites.csv"', '"https://e.example/sites.csv"', 7, "below the folder", "never fetched"),
    "another root": Mistake(
        "rml:root rml:MappingDirectory", 'rml:root "/srv"', 7, "root `/srv`", "rml:MappingDirectory", UnknownTerm
    ),
    "unknown formulation": Mistake(
        "rml:CSV ] ;\n  rml:subjectMap [\n",
        "rml:SQL2008Table ] ;\n  rml:subjectMap [\n",
        6,
        "SQL2008Table",
        "rml:JSONPath",
        UnknownTerm,
    ),
    "no formulation": Mistake(
        "rml:referenceFormulation rml:CSV ] ;\n  rml:subjectMap [\n",
        "] ;\n  rml:subjectMap [\n",
        6,
        "no reference formulation",
        "rml:CSV",
        UnknownTerm,
    ),
    "unknown packing": Mistake(
        'rml:path "sites.csv"', 'rml:path "sites.csv" ; rml:compression rml:rar', 7, "rar", "rml:gzip", UnknownTerm
    ),
    "unknown encoding": Mistake(
        'rml:path "sites.csv"', 'rml:path "sites.csv" ; rml:encoding "utf-9"', 7, "utf-9", "rml:UTF-8", UnknownTerm
    ),
    "two paths": Mistake('rml:path "sites.csv"', 'rml:path "sites.csv", "b.csv"', 7, "2 `rml:path`", "one"),
    "reference and template": Mistake(
        'rml:reference "mw"', 'rml:reference "mw" ; rml:template "{mw}"', 14, "reference and a template", "one"
    ),
    "nothing that makes a term": Mistake(
        'rml:reference "mw" ; rml:datatype xsd:decimal', "rml:termType rml:Literal", 14, "makes no term", "constant"
    ),
    "unknown term type": Mistake(
        'rml:reference "mw" ; rml:datatype xsd:decimal',
        'rml:reference "mw" ; rml:termType rml:Uri',
        14,
        "Uri",
        "rml:URI",
        UnknownTerm,
    ),
    "literal as subject": Mistake("rml:class ex:Site", "rml:termType rml:Literal", 9, "Literal cannot stand", "IRI"),
    "literal as predicate": Mistake("rml:predicate ex:mw", 'rml:predicate "mw"', 12, "Literal cannot stand", "IRI"),
    "literal as graph": Mistake(
        "rml:predicate ex:mw", 'rml:predicate ex:mw ; rml:graph "g"', 12, "Literal cannot stand", "IRI"
    ),
    "class that is text": Mistake("rml:class ex:Site", 'rml:class "Site"', 9, "no IRI of a class", "IRI"),
    "open brace": Mistake('"http://e.example/{id}"', '"http://e.example/{id"', 9, "malformed", "{name}"),
    "empty braces": Mistake('"http://e.example/{id}"', '"http://e.example/{}"', 9, "malformed", "{name}"),
    "constant without name": Mistake(
        'rml:reference "mw" ; rml:datatype xsd:decimal', "rml:constant []", 14, "blank node", "IRI"
    ),
    "constant of another type": Mistake(
        'rml:reference "mw" ; rml:datatype xsd:decimal',
        'rml:constant "x" ; rml:termType rml:IRI',
        14,
        "is no IRI",
        "rml:termType",
    ),
    "datatype that is text": Mistake("rml:datatype xsd:decimal", 'rml:datatype "decimal"', 14, "no datatype", "IRI"),
    "datatype and language": Mistake(
        "rml:datatype xsd:decimal", 'rml:datatype xsd:decimal ; rml:language "en"', 14, "not both", "Drop one"
    ),
    "limit of a datatype": Mistake(
        "rml:datatype xsd:decimal",
        'rml:datatype [ csvw:base "decimal" ; csvw:minimum "0" ]',
        14,
        "csvw:minimum",
        "csvw:format",
        UnknownTerm,
    ),
    "format without datatype": Mistake(
        "rml:datatype xsd:decimal", 'rml:datatype [ csvw:format "dd/MM" ]', 14, "csvw:base", "csvw:base", UnknownTerm
    ),
    "base that is no datatype": Mistake(
        "rml:datatype xsd:decimal", 'rml:datatype [ csvw:base "day" ]', 14, "`day` is no", "XML Schema", UnknownTerm
    ),
    "datatype of an IRI": Mistake(
        "rml:datatype xsd:decimal",
        "rml:datatype xsd:anyURI ; rml:termType rml:IRI",
        14,
        "neither datatype",
        "rml:Literal",
    ),
    "language that is none": Mistake("rml:datatype xsd:decimal", 'rml:language "english"', 14, "english", "`en`"),
    "no predicate": Mistake("rml:predicate ex:mw ;", "", 12, "needs a predicate", "both"),
    "no object": Mistake(
        'rml:objectMap [\n      rml:reference "mw" ; rml:datatype xsd:decimal ]',
        "",
        12,
        "needs a predicate and an object",
        "both",
    ),
    "map that is nowhere": Mistake(
        'rml:objectMap [\n      rml:reference "mw" ; rml:datatype xsd:decimal ]',
        "rml:objectMap ex:nothing",
        12,
        "says nothing",
        "Describe it",
    ),
    "predicate-object map that is nowhere": Mistake(
        "rml:class ex:Site ] ;",
        "rml:class ex:Site ] ; rml:predicateObjectMap ex:nothing ;",
        5,
        "Nothing is said",
        "Describe it",
    ),
    "parent that is nowhere": Mistake(
        "rml:parentTriplesMap ex:feeders",
        "rml:parentTriplesMap ex:feeder",
        18,
        "no triples map",
        "ex",
    ),
    "join of another source without condition": Mistake(
        'rml:joinCondition [ rml:child "feeder" ; rml:parent "name" ]', "", 18, "another source", "rml:joinCondition"
    ),
    "half a join": Mistake('rml:child "feeder" ;', "", 20, "no `rml:child`", "child and parent"),
    "target without file": Mistake(
        "rml:class ex:Site", "rml:logicalTarget [ rml:target [ a ex:Store ] ]", 11, "no file", "rml:path", UnknownTerm
    ),
    "target that leads out": Mistake(
        "rml:class ex:Site",
        'rml:logicalTarget [ rml:target [ rml:path "../x.nq" ] ]',
        11,
        "below the folder",
        "relative path",
    ),
    "target in an unknown syntax": Mistake(
        "rml:class ex:Site",
        'rml:logicalTarget [ rml:target [ rml:path "x" ] ; rml:serialization ex:HDT ]',
        11,
        "HDT",
        "formats:Turtle",
        UnknownTerm,
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_says_where_the_mapping_is_wrong_and_what_would_be_right(mistake: Mistake) -> None:
    assert SOUND.count(mistake.old) == 1, "the change has to hit one place"
    with pytest.raises(mistake.error) as caught:
        read_mapping(SOUND.replace(mistake.old, mistake.new).encode(), name="sites.rml.ttl")
    assert mistake.what in caught.value.what
    assert mistake.remedy in (caught.value.remedy or "")
    assert (caught.value.where or "").split(", <")[0] == f"sites.rml.ttl, line {mistake.line}"


def test_knows_more_than_forty_mistakes_and_the_mapping_is_sound_without_them(tmp_path: Path) -> None:
    assert len(MISTAKES) >= 40
    assert lifted(tmp_path, SOUND, SITES) == [
        "<http://e.example/A> <http://e.example/feeder> <http://e.example/feeder/North> .",
        '<http://e.example/A> <http://e.example/mw> "1.5"^^<http://www.w3.org/2001/XMLSchema#decimal> .',
        "<http://e.example/A> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://e.example/Site> .",
    ]


def lifted(place: Path, mapping: str, sites: str) -> list[str]:
    """Carry out a mapping in both ways; return the statements, or raise the error that both give."""
    (place / "sites.csv").write_text(sites, encoding="utf-8")
    (place / "feeders.csv").write_text(FEEDERS, encoding="utf-8")
    run = Run({name: place / name for name in ("sites.csv", "feeders.csv")}, "http://e.example/")
    read = read_mapping(mapping.encode(), name="sites.rml.ttl")
    found: list[list[str] | str] = []
    for way in (slowly, in_bulk):
        try:
            found.append(way(read, run))
        except VirtualesError as error:
            found.append(str(error))
    assert found[0] == found[1]
    return in_bulk(read, run)


def slowly(mapping: TriplesMaps, run: Run) -> list[str]:
    """Carry out a mapping record by record."""
    return sorted(statement.line.rstrip("\n") for statement in carry_out(mapping, run))


def in_bulk(mapping: TriplesMaps, run: Run) -> list[str]:
    """Carry out a mapping set at a time."""
    return sorted(line for chunk in carry_out_in_bulk(mapping, run) for line in chunk.quads())


class Wrong(NamedTuple):
    """A change of the sound mapping that does not fit the data, or data that does not fit, and what the error says."""

    old: str
    new: str
    where: str
    what: str
    line: int | None = None
    sites: str = SITES


WRONG = {
    "no such column": Wrong('"mw"', '"power"', "sites.csv", "no column `power`.", 14),
    "no such column of the child": Wrong('rml:child "feeder"', 'rml:child "fed"', "sites.csv", "no column `fed`.", 20),
    "no such column of the parent": Wrong('parent "name"', 'parent "title"', "feeders.csv", "no column `title`.", 20),
    "no IRI": Wrong(
        'template "http://e.example/{id}"',
        'reference "id"',
        "sites.csv, line 3",
        "`http://e.example/B C` is no absolute IRI.",
        9,
        "id,mw,feeder\nA,1,N\nB C,2,N\n",
    ),
    "no language": Wrong(
        "rml:datatype xsd:decimal",
        'rml:languageMap [ rml:reference "feeder" ]',
        "sites.csv, line 3",
        "`nowhere` is no language tag.",
        14,
        "id,mw,feeder\nA,1,en\nB,2,nowhere\n",
    ),
    "no datatype": Wrong(
        "rml:datatype xsd:decimal",
        'rml:datatypeMap [ rml:template "{id} {mw}" ; rml:termType rml:UnsafeIRI ]',
        "sites.csv, line 2",
        "`http://e.example/A 1.5` is no absolute IRI.",
        15,
    ),
    "too few cells": Wrong("", "", "sites.csv, line 2", "2 cells", sites="id,mw,feeder\nA,1\n"),
    "an open quote": Wrong("", "", "sites.csv, line 2", "cannot be read", sites='id,mw,feeder\nA,"1,N\n'),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_says_where_the_data_is_wrong(tmp_path: Path, wrong: Wrong) -> None:
    with pytest.raises(InputError) as caught:
        lifted(tmp_path, SOUND.replace(wrong.old, wrong.new) if wrong.old else SOUND, wrong.sites)
    place = f" The map stands in sites.rml.ttl, line {wrong.line}." if wrong.line else ""
    assert wrong.what + place in caught.value.what
    assert caught.value.where == wrong.where
    assert caught.value.remedy


TREES = """@prefix rml: <http://w3id.org/rml/> .
@prefix ex: <http://e.example/> .
ex:sites rml:logicalSource [
    rml:source [ rml:path "sites" ] ; rml:referenceFormulation %s ; rml:iterator "%s" ] ;
  rml:subjectMap [ rml:template "http://e.example/{id}" ] ;
  rml:predicateObjectMap [ rml:predicate ex:mw ;
    rml:objectMap [ rml:reference "%s" ] ] .
"""
PREFIXED = '[ rml:namespace [ rml:namespacePrefix "g" ; rml:namespaceURL "http://g.example/" ] ]'


class Tree(NamedTuple):
    """A source with its mapping, one of which is wrong, and what the error says."""

    formulation: str
    iterator: str
    reference: str
    content: str
    where: str
    what: str


@pytest.mark.parametrize(
    "tree",
    [
        Tree("rml:JSONPath", "$[?(@.a)]", "mw", "[]", "m.ttl, line 3", "no JSONPath"),
        Tree("rml:JSONPath", "$[*]", "mw[", "[]", "m.ttl, line 7", "no JSONPath"),
        Tree("rml:JSONPath", "$[*]", "mw", '[{"id": 1, "mw": [2]}]', "sites, record 1", "an array"),
        Tree("rml:JSONPath", "$[*]", "mw", '[{"id": 1},\n{"id": 2, "mw": {}}]', "sites, record 2", "an object"),
        Tree("rml:JSONPath", "$[*]", "mw", '[{"id": 1},\n{"id" 2}]', "sites, line 2", "no JSON"),
        Tree("rml:JSONPath", "$", "mw", '{"id": 1,\n"mw": }', "sites, line 2, column 7", "no JSON"),
        Tree("rml:JSONPath", "$.a[*]", "mw", '{"a": [], "a": []}', "sites, line 1", "occurs twice"),
        Tree("rml:JSONPath", "$[*]", "mw", '[{"id": "x", "mw": "\\ud800"}]', "sites, record 1", "no character"),
        Tree("rml:XPath", "/a/b[", "mw", "<a/>", "m.ttl, line 3", "no XPath"),
        Tree("rml:XPath", "/a/b", "g:mw", "<a/>", "m.ttl, line 7", "no XPath"),
        Tree(PREFIXED, "/a/b", "g:mw(", "<a/>", "m.ttl, line 7", "no XPath"),
        Tree("rml:XPath", "/a/b", "mw", "<a><b></a>", "sites, line 1", "no well-formed XML"),
        Tree("rml:XPath", "/a/b/@id", "mw", "<a><b id='1'/></a>", "m.ttl, line 3", "no element"),
        Tree("rml:XPath", "count(/a/b)", "mw", "<a><b id='1'/></a>", "m.ttl, line 3", "no elements"),
        Tree("rml:XPath", "/a/b", "mw", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "sites, line 1", "(DTD)"),
        Tree("rml:XPath", "/a/b", "mw", "not xml", "sites, line 1", "not well-formed XML"),
        Tree("<http://www.w3.org/ns/formats/SPARQL_Results_CSV>", "SELECT *", "mw", "", "m.ttl, line 3", "RDF syntax"),
    ],
)
def test_says_where_a_tree_or_the_way_through_it_is_wrong(tmp_path: Path, tree: Tree) -> None:
    place = tmp_path / "sites"
    place.write_text(tree.content, encoding="utf-8")
    errors = []
    for way in (slowly, in_bulk):
        with pytest.raises(InputError) as caught:
            way(
                read_mapping((TREES % tree[:3]).encode(), name="m.ttl"),
                Run({"sites": place}, "http://e.example/"),
            )
        errors.append(caught.value)
    assert str(errors[0]) == str(errors[1])
    assert tree.what in errors[0].what
    assert errors[0].where == tree.where


def test_reads_days_as_the_mapping_says_that_they_are_written(tmp_path: Path) -> None:
    days = SOUND.replace("rml:datatype xsd:decimal", 'rml:datatype [ csvw:base "date" ; csvw:format "dd/MM/yyyy" ]')
    assert (
        '<http://e.example/A> <http://e.example/mw> "2026-12-30"^^<http://www.w3.org/2001/XMLSchema#date> .'
        in lifted(tmp_path, days, "id,mw,feeder\nA,30/12/2026,North\n")
    )


def test_refuses_a_value_that_is_not_written_so_and_says_in_which_line(tmp_path: Path) -> None:
    numbers = SOUND.replace("rml:datatype xsd:decimal", 'rml:datatype [ csvw:base "decimal" ]')
    with pytest.raises(InputError) as caught:
        lifted(tmp_path, numbers, "id,mw,feeder\nA,1.5,North\nB,data not available,North\n")
    assert "`data not available` is no decimal" in caught.value.what
    assert "sites.csv, line 3" in (caught.value.where or "")
    assert "rml:null" in (caught.value.remedy or "")
