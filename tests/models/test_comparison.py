"""What changed between two models: of small ones each kind of change, of CIM16 and CIM17 the figures."""

import csv
import io
import json
from collections.abc import Iterable

import pytest

from virtuales.errors import UnknownTerm
from virtuales.models.comparison import Change, Comparison, compare
from virtuales.models.comparison_report import write_comparison
from virtuales.models.correspondence import corresponding, values_of
from virtuales.models.facts import (
    ClassFact,
    Model,
    Multiplicity,
    ProfileFact,
    PropertyFact,
    by_iri,
    local_name,
)
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

OLD, NEW, OTHER = "http://old.example/#", "http://new.example/#", "http://other.example/#"
FLOAT = "http://www.w3.org/2001/XMLSchema#float"
ONE, MAYBE = Multiplicity(1, 1), Multiplicity(0, 1)
REGISTRY = ModelRegistry.load(contributed("ontology"))


def model(name: str, *facts: ClassFact | PropertyFact, spaces: Iterable[str] = (OLD, NEW, OTHER)) -> Model:
    keywords = sorted({keyword for fact in facts for keyword in fact.profiles})
    return Model(
        name,
        namespaces={space[7:10]: space for space in spaces},
        profiles={keyword: ProfileFact(keyword) for keyword in keywords},
        classes=by_iri(fact for fact in facts if isinstance(fact, ClassFact)),
        properties=by_iri(fact for fact in facts if isinstance(fact, PropertyFact)),
    )


def thing(iri: str, *above: str, profiles: str = "EQ", **said: object) -> ClassFact:
    return ClassFact(iri, local_name(iri), superclasses=above, profiles=frozenset(profiles.split()), **said)  # type: ignore[arg-type]  # facts by name


def attribute(iri: str, *, often: Multiplicity = ONE, profiles: str = "EQ", **said: object) -> PropertyFact:
    facts: dict[str, object] = {"domains": (iri.rpartition(".")[0],), "datatype": FLOAT, **said}
    occurs = dict.fromkeys(profiles.split(), often)
    return PropertyFact(iri, local_name(iri).rpartition(".")[2], multiplicities=occurs, **facts)  # type: ignore[arg-type]  # facts by name


def found(before: Iterable[ClassFact | PropertyFact], after: Iterable[ClassFact | PropertyFact]) -> Comparison:
    return compare(model("before", *before), model("after", *after))


def said(comparison: Comparison) -> dict[str, tuple[str, ...]]:
    """Return the kinds of change of each changed term by its local name."""
    return {local_name(change.after or change.before or ""): change.kinds for change in comparison.changes}


def only(comparison: Comparison) -> Change:
    (change,) = comparison.changes
    return change


def details(change: Change) -> list[tuple[str, str, str]]:
    return [(detail.aspect, detail.before, detail.after) for detail in change.details]


def test_refuses_a_profile_that_neither_has() -> None:
    with pytest.raises(UnknownTerm, match="Neither model has a profile `XX`") as caught:
        compare(model("a", thing(f"{OLD}A")), model("b", thing(f"{NEW}A", profiles="TP")), "XX")
    assert caught.value.remedy == "Known are: EQ, TP."


def test_a_new_namespace_of_the_whole_vocabulary_changes_no_term() -> None:
    old = (thing(f"{OLD}A"), thing(f"{OLD}B", f"{OLD}A"), attribute(f"{OLD}B.x"))
    new = (thing(f"{NEW}A"), thing(f"{NEW}B", f"{NEW}A"), attribute(f"{NEW}B.x"))
    comparison = found(old, new)
    assert comparison.changes == ()
    assert [(each.before, each.after, each.shared) for each in comparison.successions] == [(OLD, NEW, 3)]


def test_tells_what_was_added_and_removed() -> None:
    assert said(found([thing(f"{OLD}A"), thing(f"{OLD}Line")], [thing(f"{NEW}A"), thing(f"{NEW}Pump")])) == {
        "Line": ("removed",),
        "Pump": ("added",),
    }


def test_the_same_name_in_another_namespace_is_a_renaming() -> None:
    old = (thing(f"{OLD}A"), thing(f"{OLD}B"), thing(f"{OLD}C"))
    change = only(found(old, (thing(f"{NEW}A"), thing(f"{NEW}B"), thing(f"{OTHER}C"))))
    assert (change.kinds, change.before, change.after) == (("renamed",), f"{OLD}C", f"{OTHER}C")
    assert "another namespace" in change.why


def test_an_attribute_and_a_class_of_one_name_are_not_the_same() -> None:
    changes = found([thing(f"{OLD}B")], [attribute(f"{OLD}B", domains=())]).changes
    assert [(change.kinds, change.sort) for change in changes] == [(("added",), "property"), (("removed",), "class")]


def test_a_name_much_alike_is_a_renaming_when_class_and_values_agree() -> None:
    old = (thing(f"{OLD}Exciter"), attribute(f"{OLD}Exciter.edfmax"))
    renamed = only(found(old, (thing(f"{OLD}Exciter"), attribute(f"{OLD}Exciter.efdmax"))))
    assert renamed.kinds == ("renamed",)
    assert "names alike (0.83)" in renamed.why
    other_values = attribute(f"{OLD}Exciter.efdmax", datatype=None, ranges=(f"{OLD}Exciter",))
    assert said(found(old, (thing(f"{OLD}Exciter"), other_values))) == {
        "Exciter.edfmax": ("removed",),
        "Exciter.efdmax": ("added",),
    }


def test_a_renamed_class_takes_its_properties_with_it() -> None:
    names = ("kpc", "tic", "xs")

    def turbine(iri: str) -> list[ClassFact | PropertyFact]:
        return [thing(iri), *(attribute(f"{iri}.{name}") for name in names)]

    comparison = found(turbine(f"{OLD}WindTurbineType3IEC"), turbine(f"{OLD}WindTurbineType3aIEC"))
    assert [change.kinds for change in comparison.changes] == [("renamed",)] * 4
    assert {change.why.partition(",")[0] for change in comparison.changes} == {
        "names alike (0.97)",
        "its class was renamed",
    }


def test_a_name_alike_is_not_enough() -> None:
    old = (thing(f"{OLD}LineA"), attribute(f"{OLD}LineA.x"), attribute(f"{OLD}LineA.y"))
    new = (thing(f"{OLD}LineB"), attribute(f"{OLD}LineB.p"), attribute(f"{OLD}LineB.q"))
    assert all(change.kinds in {("added",), ("removed",)} for change in found(old, new).changes)


def test_a_property_that_went_up_to_a_class_above_moved() -> None:
    classes = (thing(f"{OLD}A"), thing(f"{OLD}B", f"{OLD}A"))
    change = only(found([*classes, attribute(f"{OLD}B.rated")], [*classes, attribute(f"{OLD}A.rated")]))
    assert change.kinds == ("renamed", "moved")
    assert ("domain", "B", "A") in details(change)


def test_another_class_above_is_a_move() -> None:
    classes = (thing(f"{OLD}A"), thing(f"{OLD}B"))
    change = only(found([*classes, thing(f"{OLD}C", f"{OLD}A")], [*classes, thing(f"{OLD}C", f"{OLD}B")]))
    assert (change.kinds, details(change)) == (("moved",), [("superclass", "A", "B")])


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        ({"unit": "ohm"}, {"unit": "ohm", "multiplier": "k"}, ("unit", "ohm", "kohm")),
        ({"value_type": f"{OLD}PU"}, {"value_type": f"{OLD}Resistance"}, ("values", "PU", "Resistance")),
        ({"often": ONE}, {"often": MAYBE}, ("multiplicity", "1..1", "0..1")),
        ({"used": True}, {"used": False}, ("stated", "yes", "no")),
    ],
)
def test_other_facts_of_a_property_retype_it(
    old: dict[str, object], new: dict[str, object], detail: tuple[str, str, str]
) -> None:
    owner = thing(f"{OLD}A")
    change = only(found([owner, attribute(f"{OLD}A.x", **old)], [owner, attribute(f"{OLD}A.x", **new)]))  # type: ignore[arg-type]  # facts by name
    assert (change.kinds, details(change)) == (("retyped",), [detail])


def test_members_of_an_enumeration_come_and_go() -> None:
    def kind(*members: str) -> ClassFact:
        return thing(f"{OLD}Kind", kind="enumeration", members=tuple(f"{OLD}Kind.{each}" for each in members))

    change = only(found([kind("a", "b")], [kind("b", "c", "d")]))
    assert (change.kinds, details(change)) == (("retyped",), [("members", "a", "c, d")])


def test_tells_what_is_deprecated_now_and_what_is_in_other_profiles() -> None:
    old = (thing(f"{OLD}A"), thing(f"{OLD}B", concrete=frozenset({"EQ"})))
    new = (thing(f"{OLD}A", deprecated=True), thing(f"{OLD}B", profiles="EQ SSH"))
    assert said(found(old, new)) == {"A": ("deprecated",), "B": ("reprofiled",)}


def test_in_one_profile_what_came_from_another_was_added() -> None:
    old = (thing(f"{OLD}A", profiles="EQ"), attribute(f"{OLD}A.x", profiles="SSH"), attribute(f"{OLD}A.y"))
    new = (thing(f"{OLD}A", profiles="EQ"), attribute(f"{OLD}A.x", profiles="EQ"), attribute(f"{OLD}A.y"))
    for profile, kind, why in (("EQ", "added", "was in SSH"), ("SSH", "removed", "is now in EQ")):
        change = only(compare(model("a", *old), model("b", *new), profile))
        assert (change.kinds, change.why) == ((kind,), why)


def test_in_one_profile_only_its_own_multiplicities_count() -> None:
    def often(eq: Multiplicity, ssh: Multiplicity) -> list[ClassFact | PropertyFact]:
        x = PropertyFact(f"{OLD}A.x", "x", domains=(f"{OLD}A",), multiplicities={"EQ": eq, "SSH": ssh})
        return [thing(f"{OLD}A"), x]

    before, after = model("a", *often(ONE, ONE)), model("b", *often(ONE, MAYBE))
    assert compare(before, after, "EQ").changes == ()
    assert details(only(compare(before, after, "SSH"))) == [("multiplicity", "1..1", "0..1")]


class TestCim16AndCim17:
    """The figures that were counted by local names over all profiles, and how they come about here."""

    BEFORE, AFTER = REGISTRY.model("cgmes-2.4.15"), REGISTRY.model("cgmes-3.0")
    COMPARISON = compare(BEFORE, AFTER)

    def alone(self, *, properties: bool) -> tuple[int, int]:
        """Count the terms whose local name the other model has not: those removed or added, and those renamed."""
        changes = self.COMPARISON.select(properties=properties)
        other_name = sum(
            1 for each in changes if each.before and each.after and local_name(each.before) != local_name(each.after)
        )
        counts = self.COMPARISON.tally(properties=properties).kinds
        return counts["removed"] + other_name, counts["added"] + other_name

    def test_classes_and_properties_that_came_and_went(self) -> None:
        classes, properties = (self.COMPARISON.tally(properties=each) for each in (False, True))
        assert (classes.before, classes.after, self.alone(properties=False)) == (488, 530, (25, 67))
        assert (properties.before, properties.after, self.alone(properties=True)) == (3643, 3705, (255, 317))
        assert (classes.kinds["removed"], classes.kinds["added"]) == (19, 61)
        assert (properties.kinds["removed"], properties.kinds["added"]) == (226, 288)

    def test_ranges_that_changed(self) -> None:
        old, new = ({local_name(i): f for i, f in each.properties.items()} for each in (self.BEFORE, self.AFTER))
        by_name = {
            name
            for name in old.keys() & new.keys()
            if set(map(local_name, values_of(old[name]))) != set(map(local_name, values_of(new[name])))
        }
        retyped = {
            local_name(change.after or "")
            for change in self.COMPARISON.changes
            if any(detail.aspect == "values" for detail in change.details)
        }
        assert len(by_name) == 274
        assert by_name - retyped == {"WindContQIEC.windQcontrolModesType"}, "its enumeration was renamed"
        assert len(retyped - by_name) == 1, "one renamed property has other values"

    def test_multiplicities_that_changed(self) -> None:
        old, new = ({local_name(i): f for i, f in each.properties.items()} for each in (self.BEFORE, self.AFTER))
        common = old.keys() & new.keys()
        anywhere = [n for n in common if set(old[n].multiplicities.values()) != set(new[n].multiplicities.values())]
        assert len(anywhere) == 80, "82 as text: two more are written `1` in one file and `1..1` in the other"
        assert self.COMPARISON.aspects()["multiplicity"] == 76, "within a profile that both models have"

    def test_enumerations_that_changed(self) -> None:
        changes = self.COMPARISON.changes
        members = [each for each in changes if any(detail.aspect == "members" for detail in each.details)]
        kept_name = [each for each in members if local_name(each.before or "") == local_name(each.after or "")]
        old, new = (
            {local_name(fact.iri) for fact in each.classes.values() if fact.kind == "enumeration"}
            for each in (self.BEFORE, self.AFTER)
        )
        assert (len(kept_name), len(old - new), len(new - old)) == (11, 4, 7)
        assert len(kept_name) + len(old - new) + len(new - old) == 22
        assert len(members) == 14, "three of those gone and come are renamed"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("LimitTypeKind", "LimitKind"),
            ("ExcDC1A.edfmax", "ExcDC1A.efdmax"),
            ("WindGenTurbineType3aIEC", "WindGenType3aIEC"),
            ("WindQcontrolModesKind", "WindQcontrolModeKind"),
            ("DCSeriesDevice.ratedUdc", "DCConductingEquipment.ratedUdc"),
        ],
    )
    def test_knows_renamed_terms_again(self, before: str, after: str) -> None:
        pairs = corresponding(self.BEFORE, self.AFTER).pairs.values()
        assert [local_name(pair.after) for pair in pairs if local_name(pair.before) == before] == [after]

    def test_per_unit_that_became_ohm_is_retyped(self) -> None:
        change = next(c for c in self.COMPARISON.changes if local_name(c.after or "") == "SynchronousMachine.r0")
        assert ("values", "PU", "Resistance") in details(change)
        assert ("unit", "", "ohm") in details(change)

    def test_every_term_is_the_same_changed_added_or_removed(self) -> None:
        found = corresponding(self.BEFORE, self.AFTER)
        assert len(found.pairs) + len(found.removed) == 488 + 3643
        assert len(found.pairs) + len(found.added) == 530 + 3705
        assert len({pair.after for pair in found.pairs.values()}) == len(found.pairs)


def test_a_model_is_the_same_as_itself() -> None:
    for name in REGISTRY.names():
        assert compare(REGISTRY.model(name), REGISTRY.model(name)).changes == (), name


def test_reports_say_the_same_in_every_form() -> None:
    comparison = compare(REGISTRY.model("cgmes-2.4.15"), REGISTRY.model("cgmes-3.0"), "EQ")
    whole = json.loads(write_comparison(comparison, "json"))
    assert len(whole["changes"]) == len(comparison.changes)
    assert whole["properties"]["added"] == comparison.tally(properties=True).kinds["added"]
    rows = list(csv.DictReader(io.StringIO(write_comparison(comparison, "csv"))))
    assert {(row["before"], row["after"]) for row in rows} == {
        (each["before"] or "", each["after"] or "") for each in whole["changes"]
    }
    text, markdown = write_comparison(comparison), write_comparison(comparison, "markdown")
    for written in (text, markdown):
        assert f"Renamed ({whole['classes']['renamed'] + whole['properties']['renamed']})" in written
        assert "unit none → ohm" in written or "multiplicity in EQ" in written
        assert "entsoe:LimitTypeKind → eu:LimitKind" in written
    assert markdown.splitlines()[0] == "# cgmes-2.4.15@2.4.15 → cgmes-3.0@3.0.0, profile EQ"
