"""Checks of mappings together, across all sets: what is the same, broader, not so, or without counterpart."""

from collections import abc, defaultdict

from virtuales.alignment.checks.pairs import SAME, CheckedSet, Fault, Pair, place_of
from virtuales.alignment.checks.sameness import Node
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.terms import BROAD_MATCH, CLOSE_MATCH, NARROW_MATCH, NO_TERM_FOUND, RELATED_MATCH
from virtuales.models.facts import local_name

_TURNED: abc.Mapping[str, str] = {BROAD_MATCH: NARROW_MATCH, NARROW_MATCH: BROAD_MATCH}
"""The predicate that says the same the other way round, where it is another."""
_SYMMETRIC = SAME | {CLOSE_MATCH, RELATED_MATCH}
_Claim = tuple[Node, str, Node]


def collapses(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Mappings that make two terms of one model the same, by themselves or with mappings before them."""
    found = checked.all_pairs.collapses
    for pair in checked.pairs:
        collapse = found.get(id(pair.mapping))
        if collapse is not None:
            one, two = map(local_name, collapse.terms)
            what = f"`{one}` and `{two}` of `{collapse.model}` would mean the same."
            remedy = "Say `skos:broadMatch` or `skos:closeMatch` of the one that is narrower, or correct the term."
            yield Fault(what, remedy, pair.mapping, "object_id")


def cycles(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Mappings to a broader or narrower term that, with others or with the models' hierarchies, lead in a circle."""
    parts = checked.all_pairs.parts
    for pair in checked.pairs:
        if pair.ordered is None:
            continue
        one, two = map(checked.all_pairs.sameness.group, pair.nodes)
        if one == two or parts.get(one, -1) == parts.get(two, -2):
            first, second = pair.mapping.subject_id, pair.mapping.object_id
            what = f"`{local_name(first)}` and `{local_name(second)}` would each be broader than the other."
            remedy = "Turn the predicate round, or say `skos:exactMatch` if both mean the same."
            yield Fault(what, remedy, pair.mapping, "predicate_id")


def turned_hierarchies(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Mappings that together make a class of a model its own subclass by way of another model's hierarchy."""
    parts, sameness = checked.all_pairs.parts, checked.all_pairs.sameness
    members: dict[int, set[Node]] = defaultdict(set)
    for node, part in parts.items():
        members[part].add(node)
    for pair in checked.pairs:
        group = sameness.group(pair.nodes[0])
        if pair.same and len(members.get(parts.get(group, -1), ())) > 1:
            others = sorted(local_name(node[1]) for node in members[parts[group]] - {group})
            what = f"`{local_name(pair.mapping.subject_id)}` would be above and below `{others[0]}` at once."
            remedy = "The models order these classes differently: say which is broader instead of the same."
            yield Fault(what, remedy, pair.mapping, "object_id")


def contradictions(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Mappings that a negative mapping of any set denies."""
    denied = _denials(checked)
    for pair in checked.pairs:
        by = denied.get(_claim(pair)) if pair.stands else None
        if by is not None:
            what = f"{place_of(*by)} says that this is not so."
            yield Fault(what, "Remove the one that is wrong.", pair.mapping, "predicate_modifier")


def denied_conclusions(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Negative mappings of what follows from others: terms that several steps make the same."""
    sameness = checked.all_pairs.sameness
    direct = {_claim(pair) for _, pair in checked.all_pairs.every() if pair.stands}
    for pair in checked.pairs:
        if not pair.mapping.negated or pair.mapping.unmapped or pair.mapping.literal:
            continue
        one, two = pair.nodes
        together = pair.mapping.predicate_id in SAME and sameness.group(one) == sameness.group(two)
        if one != two and together and not direct & {_claim(pair), (two, pair.mapping.predicate_id, one)}:
            what = "Other mappings together make these terms the same."
            yield Fault(what, "Correct one of them, or remove this line.", pair.mapping, "predicate_modifier")


def found_after_all(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Terms that are said to have no counterpart in a model that another mapping names one in."""
    found: dict[tuple[str, str, str], tuple[MappingSet, Mapping]] = {}
    for mapping_set, pair in checked.all_pairs.every():
        if pair.same:
            mapping = pair.mapping
            found.setdefault(("subject", mapping.subject_id, mapping.object_source), (mapping_set, mapping))
            found.setdefault(("object", mapping.object_id, mapping.subject_source), (mapping_set, mapping))
    for pair in checked.pairs:
        mapping = pair.mapping
        if not mapping.unmapped or mapping.negated:
            continue
        if mapping.object_id == NO_TERM_FOUND:
            by = found.get(("subject", mapping.subject_id, mapping.object_source))
        else:
            by = found.get(("object", mapping.object_id, mapping.subject_source))
        if by is not None:
            what = f"No counterpart is said to exist, but {place_of(*by)} names one."
            yield Fault(what, "Remove the one that is wrong.", mapping, "object_id")


def _claim(pair: Pair) -> _Claim:
    one, two = pair.nodes
    return one, pair.mapping.predicate_id, two


def _denials(checked: CheckedSet) -> dict[_Claim, tuple[MappingSet, Mapping]]:
    denied: dict[_Claim, tuple[MappingSet, Mapping]] = {}
    for mapping_set, pair in checked.all_pairs.every():
        if pair.mapping.negated and not pair.mapping.unmapped:
            one, predicate, two = _claim(pair)
            denied[one, predicate, two] = mapping_set, pair.mapping
            if predicate in _TURNED or predicate in _SYMMETRIC:
                denied[two, _TURNED.get(predicate, predicate), one] = mapping_set, pair.mapping
    return denied
