"""Packages: what a zip may not hold, and references that lead nowhere."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.preparation.cim_documents import BASE, EQ, SSH, OneVocabulary, depends, document, header, line, terminal

from virtuales.errors import DanglingReference, InputError, TooLarge, UnknownTerm, UnreadableInput
from virtuales.preparation.cim.package import Package, PackageLimits, SourceFile, read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.preparation.cim.references import check_references

M1, M2, ABSENT = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 9))

TWICE = "package.zip/a.xml and package.zip/b.xml"


def packed(place: Path, members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(place / "package.zip", "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return place / "package.zip"


def given(place: Path, *documents: bytes, limits: PackageLimits | None = None) -> Package:
    """Read documents as a package of files."""
    files = []
    for number, data in enumerate(documents, 1):
        path = place / f"upload{number}"
        path.write_bytes(data)
        files.append(SourceFile(path, f"m{number}.xml"))
    return read_package(files, place, reader=reader(), limits=limits)


def reader() -> CimReader:
    return CimReader(OneVocabulary(), BASE)


def terminals(*names: str) -> str:
    """Say of terminals, each on its line, that they exist."""
    return "".join(f'<cim:Terminal rdf:about="{name}"/>\n' for name in names)


def model(iri: str, *objects: str, profile: str = EQ, more: str = "") -> bytes:
    return document(*objects, head=header(iri, profile, more))


@pytest.mark.parametrize(
    ("members", "kind", "said", "where"),
    [
        ({}, UnreadableInput, "no model", None),
        ({"a.xml": b"<html/>"}, UnreadableInput, "not `rdf:RDF`", "package.zip/a.xml, line 1, element html"),
        ({"readme.txt": b"hello"}, UnreadableInput, "no model", "package.zip/readme.txt"),
        ({"inner.zip": b"PK\x03\x04"}, UnreadableInput, "another zip", "package.zip/inner.zip"),
        ({"inner.xml": b"PK\x03\x04"}, UnreadableInput, "another zip", "package.zip/inner.xml"),
        ({"../a.xml": document()}, UnreadableInput, "leaves the zip", "package.zip/../a.xml"),
        ({"/a.xml": document()}, UnreadableInput, "leaves the zip", "package.zip//a.xml"),
        ({"C:\\a.xml": document()}, UnreadableInput, "leaves the zip", "package.zip/C:\\a.xml"),
        ({"bomb.xml": b" " * 9_000_000}, TooLarge, "9,000,000 bytes", "package.zip/bomb.xml"),
        (
            {"a.xml": document(), "b.xml": document()},
            InputError,
            "hold the model",
            "package.zip/a.xml and package.zip/b.xml",
        ),
        ({"a.xml": document(head=header(profile="http://x.example/p"))}, UnknownTerm, "x.example", "package.zip/a.xml"),
    ],
)
def test_refuses_a_zip_and_leaves_nothing(
    tmp_path: Path, members: dict[str, bytes], kind: type[InputError], said: str, where: str | None
) -> None:
    with pytest.raises(kind) as caught:
        read_package(packed(tmp_path, members), tmp_path, reader=reader())
    assert said in caught.value.what
    assert caught.value.where == where
    assert [path.name for path in tmp_path.iterdir()] == ["package.zip"]


def test_refuses_a_damaged_zip(tmp_path: Path) -> None:
    whole = packed(tmp_path, {"a.xml": document(line("_a"))}).read_bytes()
    for damaged in (whole[:-10], whole[:60] + b"\xff" * 20 + whole[80:]):
        (tmp_path / "package.zip").write_bytes(damaged)
        with pytest.raises(UnreadableInput, match="zip is damaged"):
            read_package(tmp_path / "package.zip", tmp_path, reader=reader())


def test_refuses_an_unusual_method_of_compression(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="unusual method"):
        read_package(packed(tmp_path, {"a.xml": document()}, zipfile.ZIP_BZIP2), tmp_path, reader=reader())


def test_refuses_a_file_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"the file is `text/csv`") as caught:
        given(tmp_path, b"substation,demand\nA,7\n")
    assert caught.value.where == "m1.xml"


def test_refuses_more_than_the_limits(tmp_path: Path) -> None:
    for limits in (PackageLimits(members=1), PackageLimits(total_bytes=100)):
        with pytest.raises(TooLarge, match="2 files"):
            given(tmp_path, model(M1), model(M2), limits=limits)


def test_refuses_a_reference_that_leads_nowhere_and_says_where(tmp_path: Path) -> None:
    package = given(
        tmp_path,
        model(M1, line("_a"), terminal("_t1", "#_a"), terminal("_t2", "#_gone")),
        model(M2, *(terminal(f"_u{number}", f"#_lost{number}") for number in range(9)), more=depends(M1)),
    )
    with pytest.raises(DanglingReference) as caught:
        check_references(package)
    assert caught.value.where == "m1.xml, line 6, element Terminal.ConductingEquipment"
    assert "(10 of them)" in caught.value.what
    assert "`#_gone` at m1.xml, line 6" in caught.value.what
    assert "`#_lost3` at m2.xml, line 7" in caught.value.what
    assert "and more" in caught.value.what
    assert "_lost4" not in caught.value.what


def test_refuses_a_steady_state_of_an_object_that_no_model_introduces(tmp_path: Path) -> None:
    state = model(M2, terminals("#_t", "#_x"), profile=SSH, more=depends(M1))
    with pytest.raises(DanglingReference, match=r"`#_x` at m2\.xml, line 5, element Terminal") as caught:
        check_references(given(tmp_path, model(M1, line("_a"), terminal("_t", "#_a")), state))
    assert "(1 of them)" in caught.value.what


def test_a_reference_may_lead_into_an_absent_model_that_the_header_depends_on(tmp_path: Path) -> None:
    report = check_references(
        given(
            tmp_path,
            model(M1, terminal("_t", "#_boundary"), more=depends(ABSENT)),
            model(M2, terminals("#_t", "#_b"), profile=SSH, more=depends(M1)),
        )
    )
    assert [(one.name, one.model, one.number, one.depends_on) for one in report.unresolved] == [
        ("m1.xml", M1, 1, (ABSENT,)),
        ("m2.xml", M2, 1, (ABSENT,)),
    ]
    assert report.objects == 1


def test_references_meet_across_models_and_spellings(tmp_path: Path) -> None:
    uuid = "73C512BD-7249-4F50-50DA-D93849B89C43"
    report = check_references(
        given(
            tmp_path,
            model(M1, line("_" + uuid), terminal("_t", f"urn:uuid:{uuid.lower()}")),
            model(M2, f'<cim:ACLineSegment rdf:about="#_{uuid}"/>', terminals("urn:uuid:t"), profile=SSH),
        )
    )
    assert report.unresolved == ()
    assert report.objects == 2


def test_equipment_named_by_about_introduces_itself(tmp_path: Path) -> None:
    data = model(M1, '<cim:ACLineSegment rdf:about="urn:uuid:a"/>', terminal("_t", "#_a"))
    assert check_references(given(tmp_path, data)).unresolved == ()


def test_each_model_has_a_file_of_its_own(tmp_path: Path) -> None:
    path = packed(tmp_path, {"folder/a.xml": model(M1, line("_a")), "b.xml": model(M2)})
    package = read_package(path, tmp_path, reader=reader())
    assert [one.member.name for one in package.models] == ["package.zip/folder/a.xml", "package.zip/b.xml"]
    assert [one.statements.name for one in package.models] == ["0001.nt", "0002.nt"]
    for one in package.models:
        assert len(one.statements.read_text().splitlines()) == one.reading.triples
