"""Propagation and condensation: what holds for every mapping is said once in files and of each mapping in memory.

See SSSOM 1.1, "Propagatable slots".
"""

from collections import abc
from dataclasses import replace
from typing import Any

from virtuales.alignment.mapping import Value
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.slots import NEWER_ON_THE_SET, PROPAGATABLE, absent


def propagate(of_set: dict[str, object], rows: abc.Sequence[dict[str, object]]) -> None:
    """Move the propagatable values of a set into its rows, in place.

    A slot that any row has a value of its own for is left alone, and so is everything when there are no rows.
    """
    for slot in PROPAGATABLE:
        value = of_set.get(slot.name)
        if value is None or not rows:
            continue
        if all(slot.name not in row for row in rows):
            for row in rows:
                row[slot.name] = value
        if all(row.get(slot.name) == value for row in rows):
            del of_set[slot.name]


def condensed(mapping_set: MappingSet, version: str) -> dict[str, Value]:
    """Return the values that all mappings of a set share and that the set can say for them, by slot name.

    Args:
        mapping_set: The set.
        version: The version of SSSOM to write; what only 1.1 lets a set say is left to the mappings in 1.0.
    """
    shared: dict[str, Value] = {}
    if not mapping_set.mappings:
        return shared
    first = mapping_set.mappings[0]
    for slot in PROPAGATABLE:
        value = getattr(first, slot.name)
        own = getattr(mapping_set, slot.name)
        if value == absent(slot) or own not in (absent(slot), value):
            continue
        if version == "1.0" and slot.name in NEWER_ON_THE_SET:
            continue
        if all(getattr(mapping, slot.name) == value for mapping in mapping_set.mappings):
            shared[slot.name] = value
    return shared


def propagated(mapping_set: MappingSet) -> MappingSet:
    """Return a set made by hand in the form that sets have in memory: what it says for its mappings in each of them."""
    said: dict[str, Any] = {}
    for slot in PROPAGATABLE:
        value, nothing = getattr(mapping_set, slot.name), absent(slot)
        if value != nothing and all(getattr(mapping, slot.name) == nothing for mapping in mapping_set.mappings):
            said[slot.name] = value
    if not said or not mapping_set.mappings:
        return mapping_set
    nothing_said: dict[str, Any] = {slot.name: absent(slot) for slot in PROPAGATABLE if slot.name in said}
    mappings = tuple(replace(mapping, **said) for mapping in mapping_set.mappings)
    return replace(mapping_set, mappings=mappings, **nothing_said)
