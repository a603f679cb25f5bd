"""Reading published CIM profiles, in both styles."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.effort import examples
from tests.models.small_profiles import FLOAT, STRING, XSD, cls, equipment, fixed, header, profile, prop, quantity
from tests.shared_data import shared

from virtuales.errors import InputError, UnreadableInput
from virtuales.models.facts import Multiplicity
from virtuales.models.rdfs_profile import is_profile, read_model, read_profile
from virtuales.rdf.io import parse_file

EXACTLY_ONCE = Multiplicity(1, 1)


def test_refuses_a_file_that_is_no_rdf(tmp_path: Path) -> None:
    file = tmp_path / "model.rdf"
    file.write_text("<model/>, so they said")
    with pytest.raises(UnreadableInput, match="not well-formed") as caught:
        read_profile(file)
    assert str(file) in str(caught.value)


def test_refuses_a_file_without_classes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="describes no class"):
        read_profile(profile(tmp_path, "empty", header()))


def test_refuses_a_file_that_does_not_say_which_profile_it_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="which profile"):
        read_profile(profile(tmp_path, "nameless", cls("Line")))


def test_refuses_a_header_with_two_keywords(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="2 values"):
        read_profile(profile(tmp_path, "two", header("EQ"), header("EQ").replace(">EQ<", ">TP<"), cls("Line")))


def test_refuses_an_attribute_whose_type_no_file_describes(tmp_path: Path) -> None:
    file = profile(tmp_path, "half", header(), cls("Line"), prop("Line.r", domain="Line", datatype="Resistance"))
    with pytest.raises(InputError, match="ranges") as caught:
        read_model([file], "half")
    assert caught.value.where == "http://cim#Line.r"


def test_refuses_an_unknown_primitive(tmp_path: Path) -> None:
    parts = (cls("Quaternion", stereotype="Primitive"), cls("Line"))
    file = profile(tmp_path, "odd", header(), *parts, prop("Line.q", domain="Line", datatype="Quaternion"))
    with pytest.raises(InputError, match="no primitive type"):
        read_model([file], "odd")


def test_refuses_a_multiplicity_it_cannot_read(tmp_path: Path) -> None:
    file = profile(tmp_path, "m", header(), STRING, prop("a.b", domain="String", datatype="String", often="many"))
    with pytest.raises(InputError, match="not a multiplicity"):
        read_model([file], "m")


@pytest.mark.parametrize("name", ["", "With Space", "../up", "Upper", "-first", "a/b"])
def test_refuses_a_name_that_is_no_file_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot name a model"):
        read_model([equipment(tmp_path)], name)


def test_refuses_nothing_at_all() -> None:
    with pytest.raises(InputError, match="no profile file"):
        read_model([], "none")


def test_follows_a_datatype_to_xml_schema_with_unit_and_multiplier(tmp_path: Path) -> None:
    line_r = read_model([equipment(tmp_path)], "small").properties["http://cim#Line.r"]
    assert (line_r.datatype, line_r.unit, line_r.multiplier) == (f"{XSD}float", "ohm", "k")
    assert line_r.value_type == "http://cim#Resistance"
    assert line_r.multiplicities == {"EQ": EXACTLY_ONCE}


def test_takes_an_enumeration_as_range_with_its_members(tmp_path: Path) -> None:
    model = read_model([equipment(tmp_path)], "small")
    assert model.properties["http://cim#Line.winding"].ranges == ("http://cim#Winding",)
    assert model.classes["http://cim#Winding"].members == ("http://cim#Winding.D", "http://cim#Winding.Y")


def test_knows_which_end_of_an_association_data_states(tmp_path: Path) -> None:
    properties = read_model([equipment(tmp_path)], "small").properties
    used = properties["http://cim#Terminal.Equipment"]
    assert (used.used, used.inverse) == (True, "http://cim#Equipment.Terminals")
    assert properties["http://cim#Equipment.Terminals"].used is False


def test_keeps_multiplicity_and_concreteness_per_profile(tmp_path: Path) -> None:
    name = "Thing.name"
    other = profile(
        tmp_path,
        "topology",
        header("TP", "http://profile/TP/1"),
        STRING,
        cls("Thing"),
        cls("Line"),
        prop(name, domain="Thing", datatype="String", often="0..1"),
    )
    model = read_model([equipment(tmp_path), other], "both")
    assert model.properties["http://cim#Thing.name"].multiplicities == {"EQ": EXACTLY_ONCE, "TP": Multiplicity(0, 1)}
    line = model.classes["http://cim#Line"]
    assert [sorted(each) for each in (line.profiles, line.concrete, line.roots)] == [["EQ", "TP"], ["EQ"], ["TP"]]
    assert "http://cim#Thing" in model.ancestors(line.iri, "EQ")
    assert model.ancestors(line.iri, "TP") == (line.iri,)


def variant(folder: Path, name: str, *parts: str) -> Path:
    """Write one combination of the older equipment profile, which always names all three version IRIs."""
    identity = cls("EquipmentVersion") + fixed("shortName", "EQ")
    iris = "".join(
        fixed(f"entsoeURI{part}", f"http://old/Equipment{part}/1") for part in ("Core", "Operation", "ShortCircuit")
    )
    return profile(folder, name, identity, iris, STRING, FLOAT, cls("Line", concrete=True), *parts)


def test_splits_the_combinations_of_the_older_equipment_profile(tmp_path: Path) -> None:
    ohm = quantity("Resistance", unit="ohm")
    operation = cls("Analog", stereotype="Operation", concrete=True)
    circuit = (
        ohm
        + cls("Coil", stereotype="ShortCircuit", concrete=True)
        + prop("Line.r0", domain="Line", datatype="Resistance", often="1..1")
    )
    files = [
        variant(tmp_path, "core"),
        variant(tmp_path, "core-op", operation),
        variant(tmp_path, "core-sc", circuit),
        variant(tmp_path, "core-op-sc", operation, circuit),
    ]
    model = read_model(files, "old")
    assert {k: (p.versions, p.extends) for k, p in model.profiles.items()} == {
        "EQ": (("http://old/EquipmentCore/1",), ()),
        "OP": (("http://old/EquipmentOperation/1",), ("EQ",)),
        "SC": (("http://old/EquipmentShortCircuit/1",), ("EQ",)),
    }
    assert model.classes["http://cim#Line"].profiles == {"EQ"}
    assert model.classes["http://cim#Analog"].profiles == {"OP"}
    assert model.properties["http://cim#Line.r0"].multiplicities == {"SC": EXACTLY_ONCE}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(80))
@given(st.data())
def test_refuses_or_reads_a_file_with_statements_missing(tmp_path: Path, data: st.DataObject) -> None:
    lines = sorted(f"{quad} ." for quad in parse_file(equipment(tmp_path)))
    lost = data.draw(st.sets(st.integers(0, len(lines) - 1), max_size=12))
    file = tmp_path / "lossy.nt"
    file.write_text("\n".join(line for number, line in enumerate(lines) if number not in lost))
    with suppress(InputError):
        read_model([file], "lossy")


def test_tells_a_profile_from_another_vocabulary(tmp_path: Path) -> None:
    other = tmp_path / "other.ttl"
    other.write_text("<http://a#B> a <http://www.w3.org/2002/07/owl#Class> .")
    assert is_profile(equipment(tmp_path))
    assert not is_profile(other)


@pytest.mark.parametrize(
    ("name", "classes", "properties"),
    [("cgmes-2.4.15", 488, 3643), ("cgmes-3.0", 530, 3705), ("gb-ltds-1.0.1", 174, 421)],
)
def test_reads_all_terms_of_the_published_files(name: str, classes: int, properties: int) -> None:
    files = sorted(shared(f"data/cim/profiles/{name}/RDFS").glob("*.rdf"))
    model = read_model(files, name)
    assert (len(model.classes), len(model.properties)) == (classes, properties)
    assert all(fact.datatype or fact.ranges for fact in model.properties.values())
    assert all(term.profiles for term in model.classes.values())
    assert all(term.profiles for term in model.properties.values())
