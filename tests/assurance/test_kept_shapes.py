"""Compiled shapes kept on disk: what is read back is what was compiled, or it is compiled again."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from os import utime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.assurance.building import PREFIXES, graph
from tests.assurance.random_shapes import COPIES, ShapeMaker, statement
from tests.effort import examples
from tests.shared_data import shared

from virtuales.assurance.compiler import compile_shapes
from virtuales.assurance.imports import Ontology
from virtuales.assurance.kept_shapes import KeptShapes
from virtuales.assurance.report import ValidationReport
from virtuales.assurance.shapes import ShapesGraph
from virtuales.assurance.shapes_as_json import from_json, to_json
from virtuales.assurance.validator import validate
from virtuales.errors import UnreadableInput
from virtuales.kept_files import KeptFiles

NAMED = ":S a sh:NodeShape ; sh:targetClass :K ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:message 'before' ] ."
ADVANCED = """
: sh:declare [ sh:prefix "" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
:twice a sh:SPARQLFunction ; sh:prefixes : ; sh:parameter [ sh:path :number ] ; sh:returnType xsd:integer ;
  sh:select "SELECT ($number * 2 AS ?result) WHERE {}" .
:Of a sh:SPARQLTargetType ; sh:prefixes : ; sh:parameter [ sh:path :class ] ;
  sh:select "SELECT ?this WHERE { ?this a $class }" .
:S a sh:NodeShape ; sh:order 1.5 ; sh:target [ a :Of ; :class :K ] ; sh:deactivated false ; sh:severity :Grave ;
  sh:expression [ sh:minus [ sh:path ( :p [ sh:zeroOrMorePath :q ] ) ] ; sh:nodes [ sh:union ( :a [ sh:path :r ] ) ] ] ;
  sh:sparql [ sh:prefixes : ; sh:select "SELECT $this WHERE { GRAPH $shapesGraph { $currentShape :allowed ?o } }" ] ;
  sh:rule [ a sh:TripleRule ; sh:order 2 ; sh:condition :T ; sh:subject sh:this ; sh:predicate :q ;
    sh:object [ :twice ( [ sh:count [ sh:path :p ] ] ) ] ] ;
  sh:rule [ a sh:SPARQLRule ; sh:prefixes : ; sh:construct "CONSTRUCT { $this :p ?x } WHERE { $this :q ?x }" ] ;
  sh:rule [ a sh:TripleRule ; sh:subject sh:this ; sh:predicate :r ; sh:object [ sh:if [ sh:exists [ sh:path :p ] ] ;
    sh:then [ sh:filterShape :T ; sh:nodes [ sh:path :p ] ] ; sh:else [ sh:intersection ( :a sh:this ) ] ] ] .
:U a sh:NodeShape ; sh:unknown 1 .
:T a sh:NodeShape ; sh:in ( "é\\"\\n" 1 ) ; sh:not [ sh:path [ sh:inversePath :p ] ; sh:maxCount 0 ] .
"""


@pytest.fixture
def kept(tmp_path: Path) -> KeptShapes:
    """A directory that keeps nothing yet."""
    return KeptShapes(KeptFiles(tmp_path / "cache"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one shape."""
    path = tmp_path / "shapes.ttl"
    path.write_text(PREFIXES + NAMED)
    return path


def entries(directory: Path) -> list[Path]:
    """Return what is kept in a directory."""
    return sorted((directory / "cache").iterdir())


def messages(shapes: ShapesGraph) -> list[str]:
    """Return the messages of all shapes, without their quotes."""
    return [message.strip('"') for shape in shapes.shapes.values() for message in shape.messages]


def results(report: ValidationReport) -> list[str]:
    """Return what a report finds, but for the blank nodes of shapes: they are named anew whenever they are read."""
    found = [(one.focus_node, one.path, one.value, one.component, one.severity, one.messages) for one in report.results]
    return sorted(map(str, found))


def is_whole(entry: Path) -> bool:
    """Tell whether an entry is what its digest says."""
    digest, _, rest = entry.read_bytes().partition(b"\n")
    return digest.decode() == sha256(rest).hexdigest()


def rewrite(entry: Path, change: Callable[[bytes], bytes]) -> None:
    """Write something else into an entry, with the digest that belongs to it."""
    rest = change(entry.read_bytes().partition(b"\n")[2])
    entry.write_bytes(sha256(rest).hexdigest().encode() + b"\n" + rest)


@settings(max_examples=examples(40))
@given(seed=st.integers(0, 2**32), statements=st.integers(0, 2**32))
def test_kept_shapes_judge_as_fresh_ones_do(seed: int, statements: int) -> None:
    random = Random(statements)
    written = (PREFIXES + ShapeMaker(seed).shapes(8, queries=2)).encode()
    data = graph("\n".join(statement(random, place % COPIES) for place in range(20)))
    with TemporaryDirectory() as directory:
        keeping = KeptShapes(KeptFiles(Path(directory)))
        fresh, first, again = compile_shapes([written]), keeping([written]), keeping([written])
        assert len(list(Path(directory).iterdir())) == 1
    assert first == again
    assert results(validate(data, again)) == results(validate(data, fresh))


def test_reads_back_whatever_the_official_suite_says_of_shapes() -> None:
    files = sorted(shared("suites/shacl").rglob("*.ttl"))
    compiled = [compile_shapes([file]) for file in files]
    assert sum(len(shapes) for shapes in compiled) > 200
    assert [file for file, one in zip(files, compiled, strict=True) if from_json(to_json(one)) != one] == []


def test_reads_back_rules_expressions_functions_targets_and_faults() -> None:
    compiled = compile_shapes([(PREFIXES + ADVANCED).encode()])
    shape = compiled.shapes["<http://example.org/S>"]
    assert (len(shape.rules), len(compiled.functions), bool(compiled.document)) == (3, 1, True)
    assert shape.constraints
    assert compiled.faults
    read = from_json(to_json(compiled))
    assert read == compiled
    assert list(read.shapes) == list(compiled.shapes)
    assert str(read.shapes[shape.id].order) == "1.5"


def test_takes_shapes_from_what_is_kept(kept: KeptShapes, file: Path, tmp_path: Path) -> None:
    assert messages(kept([file])) == ["before"]
    (entry,) = entries(tmp_path)
    rewrite(entry, lambda rest: rest.replace(b"before", b"kept"))
    assert messages(kept([file])) == ["kept"]


def test_compiles_a_file_anew_that_changed(kept: KeptShapes, file: Path) -> None:
    kept([file])
    file.write_text(PREFIXES + NAMED.replace("before", "after"))
    assert messages(kept([file])) == ["after"]


def test_keeps_what_is_called_otherwise_apart(kept: KeptShapes, file: Path) -> None:
    assert kept([file], names=["one"]).sources == ("one",)
    assert kept([file], names=["other"]).sources == ("other",)
    assert kept([file.read_bytes()]).sources == ("bytes",)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda whole: whole[:-1],
        lambda whole: whole[:200],
        lambda whole: whole.replace(b"before", b"beyond"),
        lambda whole: b"\xff" + whole[1:],
    ],
)
def test_makes_a_damaged_entry_anew(
    damage: Callable[[bytes], bytes], kept: KeptShapes, file: Path, tmp_path: Path
) -> None:
    kept([file])
    (entry,) = entries(tmp_path)
    entry.write_bytes(damage(entry.read_bytes()))
    assert messages(kept([file])) == ["before"]
    assert is_whole(entry)
    assert messages(kept([file])) == ["before"]


@pytest.mark.parametrize("said", ['{"shapes":[]}', '{"shapes":[{"is":"Popen"}]}', "[]", "7", '{"shapes":[{"at":7}]}'])
def test_makes_an_entry_anew_that_is_of_another_kind(said: str, kept: KeptShapes, file: Path, tmp_path: Path) -> None:
    kept([file])
    (entry,) = entries(tmp_path)
    rewrite(entry, lambda _: f"[]\n{said}".encode())
    assert messages(kept([file])) == ["before"]


def test_uses_no_directory_into_which_others_can_write(
    kept: KeptShapes, file: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(0o777)
    with caplog.at_level(logging.WARNING):
        assert messages(kept([file])) == ["before"]
    assert "other users can write there" in caplog.text
    assert entries(tmp_path) == []


def test_reads_no_entry_that_others_could_have_written(kept: KeptShapes, file: Path, tmp_path: Path) -> None:
    kept([file])
    (entry,) = entries(tmp_path)
    rewrite(entry, lambda rest: rest.replace(b"before", b"theirs"))
    entry.chmod(0o666)
    assert messages(kept([file])) == ["before"]


def test_follows_no_link_in_place_of_an_entry(kept: KeptShapes, file: Path, tmp_path: Path) -> None:
    kept([file])
    (entry,) = entries(tmp_path)
    rewrite(entry, lambda rest: rest.replace(b"before", b"elsewhere"))
    entry.rename(tmp_path / "elsewhere.kept")
    entry.symlink_to(tmp_path / "elsewhere.kept")
    assert messages(kept([file])) == ["before"]


def test_compiles_where_nothing_can_be_kept(file: Path, tmp_path: Path) -> None:
    (tmp_path / "no directory").write_text("")
    assert messages(KeptShapes(KeptFiles(tmp_path / "no directory" / "cache"))([file])) == ["before"]


def test_refuses_what_is_no_rdf_as_compiling_does(kept: KeptShapes, tmp_path: Path) -> None:
    (tmp_path / "broken.ttl").write_text("this is no Turtle")
    with pytest.raises(UnreadableInput, match=r"broken\.ttl"):
        kept([tmp_path / "broken.ttl"])
    with pytest.raises(UnreadableInput, match=r"none\.ttl"):
        kept([tmp_path / "none.ttl"])
    assert entries(tmp_path) == []


def test_compiles_anew_when_an_import_changes_appears_or_goes(kept: KeptShapes, file: Path, tmp_path: Path) -> None:
    imported = (
        "<urn:common> a owl:Ontology . :T a sh:NodeShape ; sh:targetClass :K ; sh:closed true ; sh:message 'it' ."
    )
    head = PREFIXES + "@prefix owl: <http://www.w3.org/2002/07/owl#> . "
    file.write_text(f"{head} <urn:main> a owl:Ontology ; owl:imports <urn:common> . {NAMED}")
    common = tmp_path / "common.ttl"
    assert kept([file]).faults
    common.write_text(head + imported)
    assert messages(kept([file])) == messages(kept([file])) == ["it", "before"]
    common.write_text(head + imported.replace("'it'", "'that'"))
    assert messages(kept([file])) == ["that", "before"]
    registered = Ontology("registered", (head + imported.replace("'it'", "'those'")).encode())
    assert messages(kept([file], find=lambda _: registered)) == ["those", "before"]
    common.unlink()
    assert messages(kept([file])) == ["before"]


def test_lets_go_of_what_was_used_longest_ago(file: Path, tmp_path: Path) -> None:
    KeptShapes(KeptFiles(tmp_path / "cache"))([file], names=["0"])
    size = entries(tmp_path)[0].stat().st_size
    kept = KeptShapes(KeptFiles(tmp_path / "cache", most_bytes=size * 5 // 2))
    kept([file], names=["1"])
    first, second = sorted(entries(tmp_path), key=lambda entry: b'"0"' not in entry.read_bytes())
    for entry, used in ((first, 10), (second, 20)):
        utime(entry, (used, used))
    kept([file], names=["0"])  # used last from now on
    kept([file], names=["2"])
    assert first in entries(tmp_path)
    assert second not in entries(tmp_path)
    assert len(entries(tmp_path)) == 2


def test_removes_what_a_killed_writer_left(kept: KeptShapes, file: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir(mode=0o700)
    left = tmp_path / "cache" / "left.tmp"
    left.write_text("half of it")
    utime(left, (10, 10))
    kept([file])
    assert left not in entries(tmp_path)


def test_several_writers_at_once_leave_one_whole_entry(kept: KeptShapes, file: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        compiled = list(pool.map(lambda _: kept([file]), range(24)))
    assert {tuple(messages(one)) for one in compiled} == {("before",)}
    (entry,) = entries(tmp_path)
    assert is_whole(entry)
