"""All that a model says of a term."""

from pathlib import Path

import pytest
from tests.models.small_profiles import equipment

from virtuales.errors import UnknownTerm
from virtuales.models.facts import ClassFact, Model, PropertyFact, Restriction, by_iri
from virtuales.models.rdfs_profile import read_model
from virtuales.models.term_sheet import Branch, Named, Restricted, TermSheet, term_sheet


@pytest.fixture
def small(tmp_path: Path) -> Model:
    return read_model([equipment(tmp_path)], "small")


def sheet(model: Model, name: str) -> TermSheet:
    return term_sheet(model, "small@1.0", name)


def drawn(branches: tuple[Branch, ...]) -> list[object]:
    """Return a hierarchy as nested lists of names, the term itself in capitals."""
    found: list[object] = []
    for each in branches:
        name = each.term.name.rpartition(":")[2]
        found += [name.upper() if each.is_self else name, *([drawn(each.below)] if each.below else [])]
    return found


def test_refuses_a_term_that_is_not_there(small: Model) -> None:
    with pytest.raises(UnknownTerm, match="no term of this model"):
        sheet(small, "cim:Cable")


def test_a_class_has_its_hierarchy_and_all_properties_the_nearest_first(small: Model) -> None:
    found = sheet(small, "cim:Line")
    assert drawn(found.hierarchy) == ["Thing", ["Equipment", ["LINE"]]]
    assert [group.owner.name for group in found.properties] == ["cim:Line", "cim:Equipment", "cim:Thing"]
    row = found.properties[0].rows[0]
    assert (row.label, row.unit, row.datatype) == ("r", "kohm", "float")
    assert {keyword: str(often) for keyword, often in row.multiplicities.items()} == {"EQ": "1..1"}
    assert found.concrete == ("EQ",)


def test_a_class_names_what_is_below_it_and_what_points_to_it(small: Model) -> None:
    found = sheet(small, "Thing")
    assert drawn(found.hierarchy) == ["THING", ["Equipment", "Terminal"]]
    assert [branch.further for branch in found.hierarchy[0].below] == [1, 0]
    assert [row.term.name for row in sheet(small, "Equipment").pointing] == ["cim:Terminal.Equipment"]


def test_an_association_names_both_ends(small: Model) -> None:
    found = sheet(small, "Equipment.Terminals")
    assert [each.name for each in found.domains] == ["cim:Equipment"]
    assert [each.name for each in found.ranges] == ["cim:Terminal"]
    assert found.inverse is not None
    assert found.inverse.name == "cim:Terminal.Equipment"
    assert not found.term.stated


def test_a_value_belongs_to_its_enumeration(small: Model) -> None:
    assert [each.name for each in sheet(small, "Winding").members] == ["cim:Winding.D", "cim:Winding.Y"]
    value = sheet(small, "cim:Winding.D")
    assert (value.term.kind, value.term.label) == ("value", "D")
    assert [each.name for each in value.types] == ["cim:Winding"]


def test_a_loop_and_several_ways_up_are_drawn_once() -> None:
    facts = [
        ClassFact("http://x#A", "A"),
        ClassFact("http://x#B", "B", superclasses=("http://x#A",)),
        ClassFact("http://x#C", "C", superclasses=("http://x#A",)),
        ClassFact("http://x#D", "D", superclasses=("http://x#B", "http://x#C")),
        ClassFact("http://x#E", "E", superclasses=("http://x#F",)),
        ClassFact("http://x#F", "F", superclasses=("http://x#E",)),
    ]
    model = Model("loop", namespaces={"x": "http://x#"}, classes=by_iri(facts))
    assert drawn(sheet(model, "D").hierarchy) == ["A", ["B", ["D"], "C", ["D"]]]
    assert drawn(sheet(model, "E").hierarchy) == ["E", ["F"]]


def test_a_class_tells_what_it_says_of_its_objects_and_what_numbers_are_called() -> None:
    facts = [
        ClassFact("http://x#X_0001", "line", restrictions=(Restriction("http://x#X_0002", "max", "", 1),)),
        ClassFact("http://x#Y", "Y", restrictions=(Restriction("http://x#X_0002", "some", "http://x#X_0001"),)),
    ]
    properties = by_iri([PropertyFact("http://x#X_0002", "has part")])
    model = Model("parts", namespaces={"x": "http://x#"}, classes=by_iri(facts), properties=properties)
    part = Named("http://x#X_0002", "x:X_0002", label="has part")
    line = Named("http://x#X_0001", "x:X_0001", label="line")
    assert sheet(model, "Y").restrictions == (Restricted(part, "some", line),)
    assert sheet(model, "X_0001").restrictions == (Restricted(part, "at most 1", None),)


def test_a_property_has_a_hierarchy_where_there_is_one(small: Model) -> None:
    facts = [PropertyFact("http://x#p", "p"), PropertyFact("http://x#q", "q", superproperties=("http://x#p",))]
    model = Model("properties", namespaces={"x": "http://x#"}, properties=by_iri(facts))
    assert drawn(sheet(model, "q").hierarchy) == ["p", ["Q"]]
    assert sheet(small, "Line.r").hierarchy == ()
