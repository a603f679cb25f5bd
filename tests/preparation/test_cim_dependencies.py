"""Dependencies between models: named and missing, absent, of wrong profiles; and references that lead nowhere."""

from pathlib import Path

import pytest
from tests.models.small_profiles import STRING, cls, profile, prop
from tests.models.small_profiles import header as profile_header
from tests.preparation.cim_documents import BASE, EQ, SSH, OneVocabulary, depends, document, header, line, terminal
from tests.shared_data import shared

from virtuales.errors import UnknownTerm, UnreadableInput
from virtuales.models.importing import Publication, read_files, store_facts
from virtuales.models.registry import ModelRegistry
from virtuales.preparation.cim.dependencies import DependencyReport, check_dependencies
from virtuales.preparation.cim.families import FAMILIES
from virtuales.preparation.cim.inspection import Inspector, profile_for
from virtuales.preparation.cim.package import read_package
from virtuales.preparation.cim.reader import CimReader
from virtuales.resources import contributed

M1, M2, M3, ABSENT = (f"urn:uuid:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3, 9))
CGMES = "data/cim/cgmes-3.0/"


def report(place: Path, *documents: bytes) -> DependencyReport:
    files = []
    for number, data in enumerate(documents, 1):
        path = place / f"m{number}.xml"
        path.write_bytes(data)
        files.append(path)
    (place / "work").mkdir()
    return check_dependencies(read_package(files, place / "work", reader=CimReader(OneVocabulary(), BASE)))


def model(iri: str, *objects: str, profile: str = EQ, more: str = "") -> bytes:
    return document(*objects, head=header(iri, profile, more))


def supersedes(iri: str) -> str:
    return f'<md:Model.Supersedes rdf:resource="{iri}"/>'


def listed(found: DependencyReport) -> list[tuple[str, str, int]]:
    return [(finding.kind.value, finding.name, finding.number) for finding in found.findings]


TERMINAL = '<cim:Terminal rdf:about="#_t"/>'


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        (
            [model(M1, line("_a")), model(M2, terminal("_t", "#_a"))],
            [("unnamed", "m2.xml", 1)],
        ),
        ([model(M1, terminal("_t", "#_gone"))], [("dangling", "m1.xml", 1)]),
        (
            [model(M1, terminal("_t", "#_gone"), more=depends(ABSENT))],
            [("absent", "m1.xml", 0), ("unresolved", "m1.xml", 1)],
        ),
        (
            [model(M1, line("_a"), more=supersedes(ABSENT)), model(M2, terminal("_t", "#_a"), more=depends(ABSENT))],
            [("outdated", "m2.xml", 0), ("unnamed", "m2.xml", 1)],
        ),
        (
            [model(M1, terminal("_t", "#_a"), line("_a")), model(M2, TERMINAL, profile=SSH)],
            [("profiles", "m2.xml", 0), ("unnamed", "m2.xml", 1)],
        ),
        (
            [
                model(M1, terminal("_t", "#_a"), line("_a"), more=depends(M2)),
                model(M2, TERMINAL, profile=SSH, more=depends(M1)),
            ],
            [("profiles", "m1.xml", 0)],
        ),
        ([model(M1, line("_a"), more=depends(M1))], [("profiles", "m1.xml", 0)]),
    ],
)
def test_reports_what_is_amiss(tmp_path: Path, documents: list[bytes], expected: list[tuple[str, str, int]]) -> None:
    assert listed(report(tmp_path, *documents)) == expected


def test_a_model_may_lean_on_what_the_models_it_names_lean_on(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        model(M1, line("_a")),
        model(M2, terminal("_t", "#_a"), more=depends(M1)),
        model(M3, terminal("_u", "#_a"), more=depends(M2)),
    )
    assert found.findings == ()
    assert found.complete
    assert [(one.iri, one.name) for one in found.named["m3.xml"]] == [(M2, "m2.xml")]


def test_says_the_first_places(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        model(M1, line("_a")),
        model(M2, terminal("_t", "#_a"), *(terminal(f"_{n}", f"#_x{n}") for n in range(9))),
    )
    assert not found.complete
    unnamed, dangling = found.findings
    assert unnamed.places == ("m2.xml, line 4, element Terminal.ConductingEquipment: #_a",)
    assert unnamed.what == f"The model refers to objects of `m1.xml`, and its header does not name <{M1}>."
    assert (dangling.number, len(dangling.places)) == (9, 5)


@pytest.mark.parametrize(
    ("folder", "kinds"),
    [
        ("MicroGrid-BaseCase/MicroGrid-BaseCase-Merged", set()),
        ("MiniGrid", set()),
        ("MicroGrid-BaseCase/MicroGrid-BE-MAS", {"absent", "unresolved"}),
        ("MicroGrid", {"absent", "unnamed"}),
    ],
)
def test_finds_what_is_amiss_in_official_packages(tmp_path: Path, folder: str, kinds: set[str]) -> None:
    reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
    found = check_dependencies(read_package(sorted(shared(CGMES + folder).glob("*.xml")), tmp_path, reader=reader))
    assert {finding.kind.value for finding in found.findings} == kinds


def test_tells_what_a_package_holds_and_what_cannot_be_read(tmp_path: Path) -> None:
    registry = ModelRegistry.load(contributed("ontology"))
    (tmp_path / "broken.xml").write_bytes(model(M1, '<cim:Lamp rdf:ID="_l"/>', profile="http://x.example/p"))
    files = [*sorted(shared(CGMES + "MiniGrid").glob("*.xml")), tmp_path / "broken.xml"]
    inspection = Inspector(registry, BASE).inspect(files, tmp_path)
    assert not inspection.readable
    assert len(inspection.models) == 7
    broken = inspection.models[-1]
    assert broken.fault is not None
    assert broken.header is not None
    assert broken.header.iri == M1
    readings = [one.reading for one in inspection.models if one.reading is not None]
    assert {reading.short_profiles[0] for reading in readings} == {"EQ", "SSH", "TP", "SV", "DL", "EQBD"}
    change = shared("data/cim/differences/Type1_T1/T1_BE_Difference_v2/20171002T0930Z_BE_EQ_DIFF_1.xml")
    looked = Inspector(registry, BASE).inspect(change, tmp_path).models[0]
    assert looked.difference is not None
    assert (len(looked.difference.reverse), len(looked.difference.forward)) == (2, 399)


def test_assumes_equipment_of_the_model_that_uses_the_namespaces() -> None:
    registry = ModelRegistry.load(contributed("ontology"))
    assert profile_for(registry, ["http://iec.ch/TC57/CIM100#"]) == "http://iec.ch/TC57/ns/CIM/CoreEquipment-EU/3.0"
    cim16 = profile_for(registry, ["http://iec.ch/TC57/2013/CIM-schema-cim16#"])
    assert cim16 == "http://entsoe.eu/CIM/EquipmentCore/3/1"
    gb = ["http://iec.ch/TC57/CIM100#", "http://ofgem.gov.uk/ns/CIM/LTDS/Extensions#"]
    assert profile_for(registry, gb) == "http://ofgem.gov.uk/ns/CIM/LTDS/Equipment/1.0"
    assert profile_for(registry, ["https://cim.ucaiug.io/ns#"]) is None


def cim18(place: Path) -> Path:
    """Write a small equipment profile in the namespace of CIM18."""
    path = profile(
        place,
        "cim18",
        profile_header("EQ", "https://ap.cim4.eu/Equipment/4.0"),
        STRING,
        cls("Breaker", concrete=True),
        prop("IdentifiedObject.name", domain="Breaker", datatype="String"),
    )
    path.write_text(
        path.read_text()
        .replace('xml:base="http://cim"', 'xml:base="https://cim.ucaiug.io/ns"')
        .replace('"http://cim#"', '"https://cim.ucaiug.io/ns#"')
    )
    return path


BREAKER = (
    '<cim:Breaker xmlns:cim="https://cim.ucaiug.io/ns#" rdf:ID="_b">'
    "<cim:IdentifiedObject.name>B</cim:IdentifiedObject.name></cim:Breaker>"
)


def test_says_which_model_is_missing_for_cim18_and_reads_it_once_imported(tmp_path: Path) -> None:
    data = document(BREAKER, head=header(profile="https://ap.cim4.eu/Equipment/4.0"))
    data = data.replace(b'xmlns:cim="http://iec.ch/TC57/CIM100#"', b'xmlns:cim="https://cim.ucaiug.io/ns#"')
    (tmp_path / "grid.xml").write_bytes(data)
    before = ModelRegistry.load(contributed("ontology"))
    with pytest.raises(UnknownTerm) as caught:
        read_package(tmp_path / "grid.xml", tmp_path, reader=CimReader(before, BASE))
    assert "The file is written in CIM18 (<https://cim.ucaiug.io/ns#>)." in caught.value.what
    assert "virtuales models import" in (caught.value.remedy or "")
    (tmp_path / "ontology").mkdir()
    store_facts(read_files([cim18(tmp_path)], "cim18", Publication("", "", "test", "CC0-1.0")), tmp_path / "ontology")
    after = ModelRegistry.load(tmp_path / "ontology")
    package = read_package(tmp_path / "grid.xml", tmp_path, reader=CimReader(after, BASE))
    assert package.models[0].reading.vocabulary == "cim18"
    assert package.models[0].reading.objects["https://cim.ucaiug.io/ns#Breaker"] == 1


def test_ltds_models_are_read_by_their_own_profiles(tmp_path: Path) -> None:
    data = document(
        '<cim:Substation rdf:ID="_s"><cim:IdentifiedObject.name>S</cim:IdentifiedObject.name></cim:Substation>',
        head=header(profile="http://ofgem.gov.uk/ns/CIM/LTDS/Equipment/1.0"),
    )
    (tmp_path / "ltds.xml").write_bytes(data)
    reader = CimReader(ModelRegistry.load(contributed("ontology")), BASE)
    reading = read_package(tmp_path / "ltds.xml", tmp_path, reader=reader).models[0].reading
    assert (reading.vocabulary, reading.short_profiles) == ("gb-ltds-1.0.1", ("EQ",))


def test_every_namespace_of_the_family_is_told_by_name(tmp_path: Path) -> None:
    assert {"CIM16", "CIM17", "CIM18", "Ofgem's LTDS extensions"} <= set(FAMILIES.values())
    with pytest.raises(UnreadableInput):
        Inspector(ModelRegistry.load(contributed("ontology")), BASE).inspect([], tmp_path)
