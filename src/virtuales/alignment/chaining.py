"""What follows from one mapping or two: the mapping the other way round, and the composition of two.

What follows from whole sets is in `virtuales.alignment.closure`.
"""

from collections import abc
from dataclasses import dataclass
from typing import Final

from virtuales.alignment.chain_rules import Chain, ChainRules
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import MAPPING_CHAINING, MAPPING_INVERSION, NO_TERM_FOUND

DERIVED_FROM: Final = "ext_derived_from"
"""The extension slot that says which mappings led to a derived one."""
_SIDES: Final = ("label", "category", "type", "source", "source_version")
_TURNED: Final = {
    f"{one}_{name}": f"{other}_{name}"
    for one, other in (("subject", "object"), ("object", "subject"))
    for name in ("id", *_SIDES, "match_field", "preprocessing")
}
_CARRIED: Final = {side: [(f"{side}_{name}", name) for name in _SIDES] for side in ("subject", "object")}
_LOST: Final = frozenset({"record_id", "line"})


@dataclass(frozen=True)
class Derived:
    """A mapping that follows from others.

    Args:
        mapping: The conclusion.
        premises: The asserted mappings that led to it, in the order of the chain.
        contradicts: The negative mapping that denies it, if one does; it is then not among what follows.
    """

    mapping: Mapping
    premises: tuple[Mapping, ...]
    contradicts: Mapping | None = None


def invert(mapping: Mapping, rules: ChainRules) -> Mapping | None:
    """Return the mapping that holds the other way round, or None if the rules know none.

    What is denied one way is denied the other way too, so a negative mapping stays negative. Who made the mapping is
    kept; that it was turned round is its justification.
    """
    inverse = rules.inverses.get(mapping.predicate_id)
    if inverse is None:
        return None
    slots = {_TURNED.get(name, name): value for name, value in mapping.__dict__.items() if name not in _LOST}
    slots["predicate_id"] = inverse
    if inverse != mapping.predicate_id:
        slots.pop("predicate_label", None)
    slots["mapping_justification"] = MAPPING_INVERSION
    slots["mapping_cardinality"] = ":".join(reversed(mapping.mapping_cardinality.split(":")))
    slots["extensions"] = {**mapping.extensions, DERIVED_FROM: name_of(mapping)}
    return Mapping.of_slots(slots)


def compose(first: Mapping, second: Mapping, rules: ChainRules) -> Mapping | None:
    """Return what follows from `a first b` and `b second c`, or None if nothing does.

    Nothing follows from a negative mapping, from a missing counterpart, over a literal, or back to the same term.
    """
    joined = first.object_id == second.subject_id and first.subject_id != second.object_id
    if not joined or first.negated or second.negated or not (chainable(first) and chainable(second)):
        return None
    chain = rules.chain(first.predicate_id, second.predicate_id)
    if chain is None:
        return None
    said = [each.confidence for each in (first, second) if each.confidence is not None]
    ends = first.subject_id, second.object_id
    return conclusion((first, second), ends, chain.result, combined(said, chain, rules) if said else None)


def combined(confidences: abc.Sequence[float], chain: Chain, rules: ChainRules) -> float:
    """Return the confidence of a conclusion from those of its premises."""
    if rules.combination == "minimum":
        return min(confidences) * chain.factor
    product = chain.factor
    for confidence in confidences:
        product *= confidence
    return product


def chainable(mapping: Mapping) -> bool:
    """Tell whether a mapping relates two terms, so that others can follow from it."""
    return bool(mapping.subject_id and mapping.object_id) and not (
        mapping.literal or NO_TERM_FOUND in (mapping.subject_id, mapping.object_id)
    )


def conclusion(
    premises: abc.Sequence[Mapping], ends: tuple[str, str], predicate: str, confidence: float | None
) -> Mapping:
    """Make the mapping that follows from a chain of premises, of which any may stand the other way round.

    Args:
        premises: The mappings that led to it, in the order of the chain.
        ends: Its subject, a term of the first premise, and its object, a term of the last.
        predicate: Its predicate.
        confidence: Its confidence, if one is known.
    """
    slots: dict[str, object] = {
        "subject_id": ends[0],
        "predicate_id": predicate,
        "object_id": ends[1],
        "mapping_justification": MAPPING_CHAINING,
        "extensions": {DERIVED_FROM: " ; ".join(map(name_of, premises))},
    }
    if confidence is not None:
        slots["confidence"] = confidence
    for premise, end, side in ((premises[0], ends[0], "subject"), (premises[-1], ends[1], "object")):
        stands = "object" if premise.object_id == end else "subject"
        said = premise.__dict__
        for slot, name in _CARRIED[stands]:
            if said.get(slot):
                slots[f"{side}_{name}"] = said[slot]
    return Mapping.of_slots(slots)


def name_of(mapping: Mapping) -> str:
    """Return what names a mapping in the account of what it led to: its record's IRI, or else what it says."""
    if mapping.record_id:
        return mapping.record_id
    denial = "not " if mapping.negated else ""
    return f"{mapping.subject_id} {denial}{mapping.predicate_id} {mapping.object_id}"
