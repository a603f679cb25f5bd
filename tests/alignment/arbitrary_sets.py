"""Strategies for mapping sets with anything that slots can hold."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from tests.alignment.small_sets import A, B, line

from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.slots import MAPPING_SLOTS, SET_SLOTS, Slot

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1, max_size=12)
NAMES = st.text("abcXYZ019_-./", min_size=1, max_size=6)
IRIS = st.sampled_from([A, B, "https://orcid.org/"]).flatmap(lambda start: NAMES.map(lambda name: start + name))


def values(slot: Slot) -> st.SearchStrategy[Any]:
    """Return values that a slot can hold."""
    if slot.multivalued:
        one = IRIS if slot.kind in {"reference", "uri"} else TEXTS
        return st.lists(one, min_size=1, max_size=3).map(tuple)
    if slot.kind == "number":
        return st.floats(slot.minimum or 0, slot.maximum or 1).map(lambda number: 0.0 if number == 0 else number)
    if slot.kind == "date":
        return st.dates()
    if slot.kind == "choice":
        return st.sampled_from(sorted(slot.choices))
    return IRIS if slot.kind in {"reference", "uri"} else TEXTS


SAFE = [slot for slot in MAPPING_SLOTS if slot.name not in {"record_id", "predicate_modifier", "cardinality_scope"}]
NEEDED = {"subject_id", "predicate_id", "object_id", "mapping_justification"}
OPTIONAL = {slot.name: values(slot) for slot in SAFE if slot.name not in NEEDED and not slot.name.endswith("_type")}
MAPPINGS = st.fixed_dictionaries({}, optional=OPTIONAL).flatmap(
    lambda slots: st.builds(line, IRIS, IRIS, IRIS, **{name: st.just(value) for name, value in slots.items()})
)
OF_SET = {slot.name: values(slot) for slot in SET_SLOTS if not slot.propagatable and slot.name != "sssom_version"}


def unordered(whole: MappingSet) -> tuple[MappingSet, list[str]]:
    """Return what a set says but for the order of its mappings and prefixes it does not use."""
    return replace(whole, mappings=(), curie_map={}), sorted(map(repr, (replace(m, line=None) for m in whole.mappings)))


def sorted_values(whole: MappingSet) -> MappingSet:
    """Return a set whose multi-valued slots are sorted and say nothing twice, as RDF has them."""

    def of(thing: Any, slots: tuple[Slot, ...]) -> Any:  # noqa: ANN401
        many = {slot.name: tuple(sorted(set(getattr(thing, slot.name)))) for slot in slots if slot.multivalued}
        return replace(thing, **many)

    return replace(of(whole, SET_SLOTS), mappings=tuple(of(mapping, MAPPING_SLOTS) for mapping in whole.mappings))  # type: ignore[no-any-return]
