"""Checks of what all mappings together do to the models: impossible classes and properties, and new orders."""

from collections import Counter, abc
from dataclasses import dataclass

from virtuales.alignment.checks.pairs import CheckedSet, Fault, Pair, accepted_codes, place_of
from virtuales.alignment.coherence.report import ImpossibleTerm, NewOrder
from virtuales.alignment.coherence.words import claim
from virtuales.alignment.mapping import Mapping
from virtuales.models.facts import local_name

_WEAKER = "Say `skos:closeMatch`, or which is narrower, in one of these lines, or correct its terms"


@dataclass(frozen=True)
class _Conclusion:
    """What some mappings lead to.

    Args:
        what: One sentence.
        term: The term that it is about.
        mappings: Those that lead to it.
    """

    what: str
    term: str
    mappings: tuple[Mapping, ...]


def impossible_classes(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Mappings by which a class can have no member."""
    if checked.all_pairs.report is None:
        what = "The mappings of all sets together take too long to think through, so they are not judged."
        yield Fault(what, "Leave out the sets that are not needed, or ask `--reasoner hermit`.")
        return
    found = (each for each in checked.all_pairs.report.impossible if each.kind == "class")
    yield from _faults(checked, "unsatisfiable-class", map(_class, found))


def impossible_properties(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Mappings by which a property can relate nothing; of single mappings, the checks of values say it better."""
    found = checked.all_pairs.report.impossible if checked.all_pairs.report is not None else ()
    several = (each for each in found if each.kind == "property" and len(each.mappings) > 1)
    yield from _faults(checked, "unsatisfiable-property", map(_property, several))


def new_orders(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Mappings that put a class below another of its own model, though the model does not."""
    yield from _faults(checked, "new-subsumption", map(_order, _orders(checked, foreseen=False)))


def foreseen_orders(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Classes that editions of a model order differently."""
    for fault in _faults(checked, "models-order-differently", map(_order, _orders(checked, foreseen=True))):
        yield Fault(fault.what, "Nothing need be done: it is the models that differ.", fault.mapping, fault.slot)


def _class(found: ImpossibleTerm) -> _Conclusion:
    what = f"`{local_name(found.term)}` of `{found.model}` could have no member: {_within(found.reason)}"
    return _Conclusion(what, found.term, found.mappings)


def _property(found: ImpossibleTerm) -> _Conclusion:
    what = f"`{local_name(found.term)}` of `{found.model}` could have no value: {_within(found.reason)}"
    return _Conclusion(what, found.term, found.mappings)


def _order(found: NewOrder) -> _Conclusion:
    return _Conclusion(found.reason, found.narrower, found.mappings)


def _orders(checked: CheckedSet, *, foreseen: bool) -> abc.Iterator[NewOrder]:
    """Give the new orders that the mappings were bound to lead to, or the others.

    Where every term kept its name, the editions of a model differ in their order, and no mapping is the reason. Where a
    mapping relates two terms of one model, it says itself how they are ordered.
    """
    pairs = checked.all_pairs.judged
    for each in checked.all_pairs.report.orders if checked.all_pairs.report is not None else ():
        by = [pairs[id(mapping)][1] for mapping in each.mappings]
        if all(_kept_name(pair) or _within_a_model(pair) for pair in by) is foreseen:
            yield each


def _kept_name(pair: Pair) -> bool:
    return pair.same and local_name(pair.mapping.subject_id) == local_name(pair.mapping.object_id)


def _within_a_model(pair: Pair) -> bool:
    terms = {pair.mapping.subject_id, pair.mapping.object_id}
    return any(terms <= term.model.classes.keys() for _, term in pair.sides if term is not None)


def _faults(checked: CheckedSet, code: str, found: abc.Iterable[_Conclusion]) -> abc.Iterator[Fault]:
    """Give one fault for each line of the set that most conclusions rest on, of those that lead to each."""
    conclusions = sorted(found, key=lambda each: (len(each.mappings), each.term))
    weight = Counter(id(mapping) for each in conclusions for mapping in each.mappings)
    told: dict[int, list[_Conclusion]] = {}
    for each in conclusions:
        accepting = [mapping for mapping in each.mappings if code in accepted_codes(mapping)]
        heaviest = max(weight[id(mapping)] for mapping in each.mappings)
        for mapping in accepting or [one for one in each.mappings if weight[id(one)] == heaviest]:
            told.setdefault(id(mapping), []).append(each)
    for pair in checked.pairs:
        if id(pair.mapping) in told:
            yield _fault(checked, pair.mapping, told[id(pair.mapping)])


def _fault(checked: CheckedSet, mapping: Mapping, conclusions: abc.Sequence[_Conclusion]) -> Fault:
    first = conclusions[0]
    others = [each for each in first.mappings if each is not mapping]
    beside = " and ".join(f"{claim(each)} ({_place(checked, each)})" for each in others)
    because = f" It follows together with: {beside}." if others else " This line alone says so."
    more = len({each.term for each in conclusions}) - 1
    so = f" So it is with {more:,} other{'s' if more > 1 else ''} too." if more else ""
    return Fault(first.what + because + so, _remedy(checked, first.mappings), mapping, "object_id")


def _remedy(checked: CheckedSet, mappings: abc.Sequence[Mapping]) -> str:
    """Say which line to weaken: the least sure one, if one is less sure than the others."""
    if len(mappings) == 1:
        return "Say `skos:closeMatch`, or which is narrower, or correct the term."
    sure = sorted(mappings, key=lambda each: 1.0 if each.confidence is None else each.confidence)
    least, next_one = (1.0 if each.confidence is None else each.confidence for each in sure[:2])
    named = f"; the least sure one is in {_place(checked, sure[0])}" if least < next_one else ""
    return f"{_WEAKER}{named}."


def _place(checked: CheckedSet, mapping: Mapping) -> str:
    return place_of(checked.all_pairs.judged[id(mapping)][0], mapping)


def _within(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
