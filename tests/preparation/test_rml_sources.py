"""Sources: found below one folder, unpacked with a limit, read piece by piece where the iterator is simple."""

import gzip
import io
import json
import lzma
import tarfile
import tracemalloc
import zipfile
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.effort import examples

from virtuales.errors import InputError, TooLarge, UnreadableInput
from virtuales.preparation.rml import json_stream, xml_records
from virtuales.preparation.rml.bulk import carry_out_in_bulk
from virtuales.preparation.rml.engine import Run
from virtuales.preparation.rml.finding import find_sources
from virtuales.preparation.rml.json_path import JsonPath
from virtuales.preparation.rml.json_stream import JsonStream, json_encoding
from virtuales.preparation.rml.mapping import Formulation, LogicalSource, Packing
from virtuales.preparation.rml.opening import open_records
from virtuales.preparation.rml.reading import read_mapping
from virtuales.preparation.rml.unpacking import unpacked

MAPPING = """@prefix rml: <http://w3id.org/rml/> . @prefix ex: <http://e.example/> .
ex:m rml:logicalSource [ rml:source [ rml:path "%s" ] ; rml:referenceFormulation rml:%s ; rml:iterator "%s" ] ;
  rml:subjectMap [ rml:template "http://e.example/{%s}" ; rml:class ex:C ] .
"""


def test_finds_sources_below_the_folder_or_where_the_caller_says(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("id,x\n1,2\n")
    (tmp_path / "b.csv").write_text("id,x\n3,4\n")
    mapping = read_mapping((MAPPING % ("./a.csv", "CSV", "", "id")).encode(), name="m.ttl")
    assert find_sources(mapping, tmp_path / "in", {}) == {"a.csv": tmp_path / "in" / "a.csv"}
    assert find_sources(mapping, tmp_path, {"a.csv": tmp_path / "b.csv"}) == {"a.csv": tmp_path / "b.csv"}
    with pytest.raises(UnreadableInput, match=r"no file `a\.csv`") as caught:
        find_sources(mapping, tmp_path, {})
    assert (caught.value.where, caught.value.remedy) == (
        "m.ttl, line 2",
        "Put it there, or name another: `--source a.csv=FILE`.",
    )
    with pytest.raises(InputError, match=r"no source `b\.csv`"):
        find_sources(mapping, tmp_path, {"b.csv": tmp_path / "b.csv"})


def test_follows_no_link_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.csv").write_text("id,x\n1,2\n")
    (tmp_path / "in" / "a.csv").symlink_to(tmp_path / "secret.csv")
    mapping = read_mapping((MAPPING % ("a.csv", "CSV", "", "id")).encode(), name="m.ttl")
    with pytest.raises(InputError, match="outside the folder"):
        find_sources(mapping, tmp_path / "in", {})


def packed(packing: Packing, content: bytes, names: tuple[str, ...] = ("a.csv",)) -> bytes:
    """Pack a content, as often as there are names."""
    sink = io.BytesIO()
    if packing is Packing.ZIP:
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, content)
        return sink.getvalue()
    if packing in {Packing.TAR_GZIP, Packing.TAR_XZ}:
        with tarfile.open(fileobj=sink, mode="w") as tar:
            for name in names:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        content = sink.getvalue()
    return lzma.compress(content) if packing is Packing.TAR_XZ else gzip.compress(content)


ALL_PACKINGS = [packing for packing in Packing if packing is not Packing.NONE]


@pytest.mark.parametrize("packing", ALL_PACKINGS)
def test_unpacks_one_file_and_leaves_nothing_behind(tmp_path: Path, packing: Packing) -> None:
    place = tmp_path / "a"
    place.write_bytes(packed(packing, b"id,x\n" * 1000))
    with unpacked(place, packing, name="a") as content:
        assert content.read_bytes() == b"id,x\n" * 1000
    assert not content.exists()


@pytest.mark.parametrize("packing", ALL_PACKINGS)
def test_refuses_what_is_packed_otherwise_breaks_off_or_is_too_large(tmp_path: Path, packing: Packing) -> None:
    place = tmp_path / "a"
    whole = packed(packing, b"id,x\n" * 100_000)
    for wrong in (b"id,x\n1,2\n", whole[: len(whole) // 2], b""):
        place.write_bytes(wrong)
        with pytest.raises(UnreadableInput) as caught, unpacked(place, packing, name="a.csv.gz"):
            pass
        assert caught.value.where == "a.csv.gz"
    place.write_bytes(whole)
    with pytest.raises(TooLarge), unpacked(place, packing, name="a", limit=100_000):
        pass


@pytest.mark.parametrize("packing", [Packing.ZIP, Packing.TAR_GZIP, Packing.TAR_XZ])
@pytest.mark.parametrize("names", [(), ("a.csv", "b.csv")])
def test_refuses_an_archive_of_no_file_or_several(tmp_path: Path, packing: Packing, names: tuple[str, ...]) -> None:
    place = tmp_path / "a"
    place.write_bytes(packed(packing, b"x", names))
    with pytest.raises(UnreadableInput, match=f"holds {len(names)} files"), unpacked(place, packing, name="a"):
        pass


def stream(text: str, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch | None = None) -> list[object]:
    """Return the members that a stream gives, read in pieces of a few characters if it can be patched."""
    if monkeypatch is not None:
        monkeypatch.setattr(json_stream, "_CHUNK", 3)
    return list(JsonStream(io.StringIO(text), "a.json").members(names))


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "c d"]), inner)),
    max_leaves=12,
)


@settings(deadline=None, max_examples=examples(300))
@given(JSON_VALUES, st.lists(st.sampled_from(["a", "b", "c d"]), max_size=2), st.sampled_from([None, 1]))
def test_a_stream_gives_what_the_path_leads_to(value: object, names: list[str], indent: int | None) -> None:
    with pytest.MonkeyPatch.context() as patch:
        made = stream(json.dumps(value, indent=indent), tuple(names), patch)
    path = JsonPath("$" + "".join(f"['{name}']" for name in names) + "[*]", where="here")
    assert path.names_before_members == tuple(names)
    assert made == path.find(value)


@settings(deadline=None, max_examples=examples(300))
@given(st.one_of(JSON_VALUES.map(json.dumps), st.text('[]{},:"a1.-e+ \n\\ut'), st.text()), st.data())
def test_a_stream_refuses_what_is_no_json(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    text = text[:cut] + data.draw(st.sampled_from(["", ",", "]", "}", '"', "1", " "])) + text[cut:]
    try:
        value = json.loads(
            text, object_pairs_hook=lambda pairs: dict(pairs) if len(pairs) == len(dict(pairs)) else 1 / 0
        )
    except (ValueError, ZeroDivisionError):
        value = None
    with pytest.MonkeyPatch.context() as patch:
        try:
            made = stream(text, (), patch)
        except UnreadableInput:
            assert value is None or text.strip() == "null" or not text.isascii()
        else:
            expected = JsonPath("$[*]", where="here").find(json.loads(text))
            assert json.dumps(made) == json.dumps(expected)


def test_numbers_at_the_end_of_what_was_read_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [1, 12, 1.5, -1.25e10, 1e-7, 123456789012345678901234567890]
    for space in ("", " ", "  ", "   "):
        text = "[" + ",".join(space + json.dumps(number) for number in numbers) + space + "]"
        assert stream(text, (), monkeypatch) == numbers


def test_tells_the_line_of_a_mistake_far_into_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableInput) as caught:
        stream("[\n" + '{"a": 1},\n' * 50 + '{"a" 1}\n]', (), monkeypatch)
    assert caught.value.where == "a.json, line 52"
    monkeypatch.setattr(json_stream, "VALUE_CHARACTERS", 100)
    with pytest.raises(TooLarge):
        stream('["' + "a" * 1000 + '"]', (), monkeypatch)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_tells_the_encoding_of_json(tmp_path: Path, codec: str) -> None:
    place = tmp_path / "a.json"
    place.write_text('[{"id": "Zoë"}]', encoding=codec)
    source = LogicalSource("a.json", Formulation.JSON_PATH, iterator="$[*]")
    (batch,) = open_records(source, {"a.json": place}, ())
    assert batch.values("id")[0][0].text == "Zoë"
    assert json_encoding(place, "utf-8") == "utf-8-sig"


@pytest.mark.parametrize(
    ("iterator", "reference", "in_pieces"),
    [
        ("/a/b", "@id", True),
        ("/a/b", "c/d/text()", True),
        ("/a/b", "g:c/@g:d", True),
        ("//b", "@id", False),
        ("/a/b", "../@id", False),
        ("/a/b", "/a/@id", False),
        ("/a/b", "following-sibling::b/@id", False),
        ("/a/b[1]", "@id", False),
        ("/a/b", "count(c)", False),
    ],
)
def test_reads_xml_piece_by_piece_only_where_no_path_leads_out_of_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, iterator: str, reference: str, in_pieces: bool
) -> None:
    def refuse(*_given: object) -> None:
        raise AssertionError("the document is held in memory")

    monkeypatch.setattr(xml_records, "_whole" if in_pieces else "_pieces", refuse)
    place = tmp_path / "a.xml"
    place.write_text('<a xmlns:g="http://g.example/"><b id="1"><c><d>x</d></c></b></a>')
    source = LogicalSource("a.xml", Formulation.XPATH, iterator=iterator, namespaces=(("g", "http://g.example/"),))
    (batch,) = open_records(source, {"a.xml": place}, {reference})
    assert batch.size == 1


def test_elements_of_the_same_name_elsewhere_are_no_records(tmp_path: Path) -> None:
    place = tmp_path / "a.xml"
    place.write_text("<a><b id='1'><b id='2'/></b><x><b id='3'/></x><b id='4'/></a>")
    source = LogicalSource("a.xml", Formulation.XPATH, iterator="/a/b")
    (batch,) = open_records(source, {"a.xml": place}, {"@id"})
    assert [value[0].text for value in batch.values("@id")] == ["1", "4"]
    assert batch.place(1) == "a.xml, record 2, line 1"


@pytest.mark.parametrize(("name", "formulation", "iterator"), [
    ("a.csv", "CSV", ""), ("a.json", "JSONPath", "$.deep.r[*]"), ("a.xml", "XPath", "/a/deep/r"),
])  # fmt: skip
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str, formulation: str, iterator: str) -> None:
    peaks = []
    for size in (40_000, 120_000):
        place = tmp_path / name
        records = ({"id": number, "text": "x" * 100} for number in range(size))
        with place.open("w") as sink:
            if name.endswith("csv"):
                sink.write("id,text\n")
                sink.writelines(f"{each['id']},{each['text']}\n" for each in records)
            elif name.endswith("json"):
                sink.write('{"before": [1], "deep": {"r": [')
                while some := list(islice(records, 1000)):
                    sink.write(("" if some[0]["id"] == 0 else ",") + json.dumps(some)[1:-1])
                sink.write("]}}")
            else:
                sink.write("<a>")
                sink.writelines(f"<deep><r id='{each['id']}'><t>{each['text']}</t></r></deep>" for each in records)
                sink.write("</a>")
        reference = "@id" if name.endswith("xml") else "id"
        mapping = read_mapping((MAPPING % (name, formulation, iterator, reference)).encode())
        tracemalloc.start()
        made = sum(len(chunk.triples) for chunk in carry_out_in_bulk(mapping, Run({name: place}, "http://b.example/")))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert made == size
    assert peaks[1] < 1.3 * peaks[0]
