"""The fast way of carrying out a mapping gives what the plain way gives, whatever the mapping and the data."""

import csv
import io
import json
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples

from virtuales.errors import VirtualesError
from virtuales.preparation.rml.bulk import carry_out_in_bulk
from virtuales.preparation.rml.columns import ColumnMaker
from virtuales.preparation.rml.engine import Run, carry_out
from virtuales.preparation.rml.opening import open_records
from virtuales.preparation.rml.reading import read_mapping

PREFIXES = """@prefix rml: <http://w3id.org/rml/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix ex: <http://e.example/> . @prefix csvw: <http://www.w3.org/ns/csvw#> .
"""
SUBJECTS = [
    'rml:template "http://e.example/{a}"',
    'rml:template "http://e.example/{a}/{b}?q={c}" ; rml:termType rml:URI',
    'rml:template "{a}"',
    'rml:template "x{a}y{b}"',
    'rml:template "{a}:{b}"',
    'rml:template "http://{a}.example/"',
    'rml:template "urn:x:{a}{b}"',
    'rml:template "http://e.example/{a}" ; rml:termType rml:UnsafeIRI',
    'rml:template "http://e.example/%{a}"',
    'rml:template "{a}" ; rml:termType rml:BlankNode',
    "rml:termType rml:BlankNode",
    'rml:reference "a"',
    "rml:constant ex:s",
]
PREDICATES = ["rml:constant ex:p", 'rml:template "http://e.example/p/{c}"', 'rml:reference "b"']
OBJECTS = [
    'rml:reference "a"',
    'rml:reference "b" ; rml:language "en"',
    'rml:reference "b" ; rml:languageMap [ rml:reference "c" ]',
    'rml:reference "c" ; rml:datatype xsd:decimal',
    'rml:reference "c" ; rml:datatype xsd:double',
    'rml:reference "c" ; rml:datatype xsd:string',
    'rml:reference "a" ; rml:datatypeMap [ rml:template "http://e.example/{b}" ]',
    'rml:template "{a} and \\\\{{b}\\\\}" ; rml:termType rml:Literal',
    'rml:template "http://e.example/{b}"',
    'rml:template "/{b}"',
    'rml:reference "c" ; rml:termType rml:IRI',
    'rml:reference "c" ; rml:termType rml:BlankNode',
    'rml:constant "a \\"b\\""@en',
    "rml:parentTriplesMap ex:same",
    'rml:parentTriplesMap ex:other ; rml:joinCondition [ rml:child "a" ; rml:parent "b" ]',
    (
        'rml:parentTriplesMap ex:other ; rml:joinCondition [ rml:child "c" ; rml:parent "c" ] , [ rml:child "b" ; '
        'rml:parentMap [ rml:template "{a}" ] ]'
    ),
    'rml:reference "c" ; rml:datatype [ csvw:base "decimal" ]',
    'rml:reference "a" ; rml:datatype [ csvw:base "date" ; csvw:format "dd/MM/yyyy" ]',
]
GRAPHS = [
    "",
    "rml:graph ex:g ;",
    "rml:graph rml:defaultGraph ;",
    'rml:graphMap [ rml:template "http://e.example/g/{c}" ] ;',
]
TARGETS = ["", ' ; rml:logicalTarget [ rml:target [ rml:path "x.nq" ] ]']
LETTERS = st.text(st.sampled_from('abcXYZ019 -_./:#%"\\\n\r<>{}é漢\u0085\u2028\U0001f600'), max_size=6)
WORDS = st.sampled_from(["a", "b", "a1", "30/12/2026", "en", "http://e.example/x", "urn:a:b", "7.5", ""])
SCALARS = st.one_of(WORDS, LETTERS, st.integers(-5, 5), st.floats(), st.booleans(), st.none())
TEXTS = st.one_of(WORDS, LETTERS)


@st.composite
def mappings(draw: st.DrawFn, source: str, other: str) -> str:
    """Make a mapping of one source with terms of all kinds, and of another that it is joined with."""
    subject, own = draw(st.sampled_from(SUBJECTS)), draw(st.sampled_from(GRAPHS))
    maps = [
        f"rml:predicateObjectMap [ {draw(st.sampled_from(GRAPHS))} "
        f"rml:predicateMap [ {draw(st.sampled_from(PREDICATES))} ] ; "
        f"rml:objectMap [ {draw(st.sampled_from(OBJECTS))}{draw(st.sampled_from(TARGETS))} ] ]"
        for _ in range(draw(st.integers(1, 3)))
    ]
    return (
        f"{PREFIXES} ex:map rml:logicalSource {source} ; rml:subjectMap [ {own} {subject} ; rml:class ex:C ] ; "
        + " ; ".join(maps)
        + f' . ex:same rml:logicalSource {source} ; rml:subjectMap [ rml:template "http://e.example/same/{{b}}" ] .'
        + f' ex:other rml:logicalSource {other} ; rml:subjectMap [ rml:template "http://e.example/o/{{a}}" ] .'
    )


def both(mapping: str, files: dict[str, Path], **options: object) -> tuple[object, object]:
    """Return what both ways give: statements with their targets, or the kind of error."""
    read = read_mapping(mapping.encode(), name="m.ttl")
    run = Run(files, "http://base.example/", **options)  # type: ignore[arg-type]  # the options are those of a run
    results: list[object] = []
    for slowly in (True, False):
        found: set[tuple[str, frozenset[str]]] = set()
        try:
            if slowly:
                for s in carry_out(read, run):
                    line = f"{s.subject} {s.predicate} {s.object} {s.graph}".rstrip(" ") + " ."
                    found.add((line, frozenset(target.path for target in s.targets)))
            else:
                for chunk in carry_out_in_bulk(read, run):
                    found.update((line, frozenset(t.path for t in chunk.targets)) for line in chunk.quads())
        except VirtualesError as error:
            results.append(type(error))
            continue
        results.append(found)
    return results[0], results[1]


QUICK = settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def source(path: str, formulation: str, iterator: str = "") -> str:
    """Write a logical source."""
    more = f' ; rml:iterator "{iterator}"' if iterator else ""
    return f'[ rml:source [ rml:path "{path}" ; rml:null "n/a" ] ; rml:referenceFormulation rml:{formulation}{more} ]'


@QUICK
@given(st.data())
def test_tables_give_the_same_both_ways(tmp_path: Path, data: st.DataObject) -> None:
    files = {}
    for name in ("a.csv", "b.csv"):
        rows = data.draw(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=4))
        text = io.StringIO(newline="")
        csv.writer(text, quoting=csv.QUOTE_ALL).writerows([("a", "b", "c"), *rows])
        files[name] = tmp_path / name
        files[name].write_bytes(text.getvalue().encode())
    mapping = data.draw(mappings(source("a.csv", "CSV"), source("b.csv", "CSV")))
    skolem = data.draw(st.sampled_from([None, "http://node.example/genid/"]))
    slowly, in_bulk = both(mapping, files, blank_prefix=skolem, unsafe_iris=data.draw(st.booleans()))
    assert slowly == in_bulk


@QUICK
@given(st.data())
def test_documents_give_the_same_both_ways(tmp_path: Path, data: st.DataObject) -> None:
    files = {}
    for name in ("a.json", "b.json"):
        values = st.one_of(WORDS, WORDS, SCALARS, st.lists(WORDS, max_size=2))
        records = st.fixed_dictionaries({"a": values, "b": values}, optional={"c": values})
        files[name] = tmp_path / name
        files[name].write_text(json.dumps({"x": data.draw(st.lists(records, min_size=1, max_size=4))}))
    iterator = data.draw(st.sampled_from(["$.x[*]", "$..x[*]"]))
    mapping = data.draw(mappings(source("a.json", "JSONPath", iterator), source("b.json", "JSONPath", iterator)))
    if data.draw(st.integers(0, 3)) == 0:
        mapping = mapping.replace('rml:reference "c"', 'rml:reference "c[*]"').replace("{a}", "{a[*]}")
    slowly, in_bulk = both(mapping, files)
    assert slowly == in_bulk


@QUICK
@given(st.data())
def test_elements_give_the_same_both_ways(tmp_path: Path, data: st.DataObject) -> None:
    files = {}
    written = st.text(st.sampled_from('abcXYZ019 -./:#%"\\\n<>{}é漢'), max_size=6) | WORDS
    for name in ("a.xml", "b.xml"):
        text = "<x>"
        for attribute, b, c in data.draw(
            st.lists(st.tuples(written, st.lists(written, max_size=2), written), max_size=4)
        ):
            inner = "".join(f"<b>{escape(each)}</b>" for each in b)
            text += f"<r a={quoteattr(attribute)}>{inner}<c>{escape(c)}<!-- - --></c></r>"
        files[name] = tmp_path / name
        files[name].write_text(text + "</x>", encoding="utf-8")
    iterator = data.draw(st.sampled_from(["/x/r", "//r"]))
    mapping = data.draw(mappings(source("a.xml", "XPath", iterator), source("b.xml", "XPath", iterator)))
    mapping = mapping.replace('"a"', '"@a"').replace("{a}", "{@a}")
    slowly, in_bulk = both(mapping, files)
    assert slowly == in_bulk


@pytest.mark.parametrize("made_by", SUBJECTS[:3] + SUBJECTS[6:8] + OBJECTS[:2] + OBJECTS[3:6] + OBJECTS[7:9])
def test_plain_values_are_not_made_record_by_record(tmp_path: Path, made_by: str) -> None:
    place = tmp_path / "a.csv"
    place.write_text("a,b,c\n1,2,3\nx,y,z\n")
    mapping = read_mapping(
        f"{PREFIXES} ex:m rml:logicalSource {source('a.csv', 'CSV')} ; rml:subject ex:s ; "
        f"rml:predicateObjectMap [ rml:predicate ex:p ; rml:objectMap [ {made_by} ] ] .".encode()
    )
    (triples_map,) = mapping.values()
    (batch,) = open_records(triples_map.source, {"a.csv": place}, ())

    class Refusing:
        """Makes no terms record by record."""

        base, blank_prefix = "http://base.example/", None

    made = ColumnMaker(Refusing(), batch).terms(triples_map.predicate_objects[0].objects[0])  # type: ignore[arg-type]
    assert len(made) == 2
