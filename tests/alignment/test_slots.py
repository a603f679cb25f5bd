"""The slots are those of SSSOM 1.1, and the classes have just these."""

from dataclasses import fields

from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.slots import (
    MAPPING_SLOTS,
    NAMES_OF_MAPPING,
    NAMES_OF_SET,
    PROPAGATABLE,
    SET_SLOTS,
    SLOTS,
    absent,
)


def test_counts_the_slots_of_the_specification() -> None:
    assert (len(MAPPING_SLOTS), len(SET_SLOTS), len(PROPAGATABLE)) == (50, 35, 20)
    assert SLOTS.keys() == NAMES_OF_MAPPING | NAMES_OF_SET


def test_gives_the_classes_just_the_slots_of_the_specification() -> None:
    assert {each.name for each in fields(Mapping)} - NAMES_OF_MAPPING == {"extensions", "line"}
    further = {"extensions", "file", "curie_map", "mappings", "extension_definitions"}
    assert {each.name for each in fields(MappingSet)} - NAMES_OF_SET == further


def test_says_nothing_in_each_slot_that_is_not_given() -> None:
    mapping = Mapping("https://a.example/x", "https://p.example/", "https://b.example/y", "https://j.example/")
    given = {"subject_id", "predicate_id", "object_id", "mapping_justification"}
    for slot in MAPPING_SLOTS:
        assert slot.name in given or getattr(mapping, slot.name) == absent(slot), slot.name


def test_names_the_slots_that_version_1_1_brought() -> None:
    newer = sorted(slot.name for slot in SLOTS.values() if slot.added_in == "1.1")
    assert newer == [
        "cardinality_scope",
        "mapping_set_confidence",
        "mapping_tool_id",
        "predicate_type",
        "record_id",
        "review_date",
        "reviewer_agreement",
        "sssom_version",
    ]
