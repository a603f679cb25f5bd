"""Checks of a whole mapping before anything is read: parents of joins, and the paths of references."""

from collections.abc import Iterator, Mapping

from virtuales.errors import InputError
from virtuales.preparation.rml.json_path import JsonPath
from virtuales.preparation.rml.mapping import Formulation, LogicalSource, RefObjectMap, TermMap, TriplesMap, TriplesMaps
from virtuales.preparation.rml.xpath import compile_xpath


def check_mapping(mapping: TriplesMaps) -> None:
    """Refuse a mapping that cannot be carried out, whatever the data.

    Raises:
        InputError: a parent triples map that is missing, a reference to another source without join condition, or a
            path that is malformed; names the map's place.
    """
    for triples_map in mapping.values():
        for term_map in _term_maps(triples_map):
            _check_paths(term_map, triples_map.source)
        for reference in _references(triples_map):
            _check_join(reference, triples_map, mapping)


def same_records(one: LogicalSource, other: LogicalSource) -> bool:
    """Tell whether two sources have the same records."""
    return (one.file, one.iterator, one.sheet) == (other.file, other.iterator, other.sheet)


def _term_maps(triples_map: TriplesMap) -> Iterator[TermMap]:
    yield triples_map.subject
    yield from triples_map.graphs
    for each in triples_map.predicate_objects:
        yield from each.predicates
        yield from each.graphs
        for made_by in each.objects:
            if isinstance(made_by, TermMap):
                yield made_by
                yield from (part for part in (made_by.datatype, made_by.language) if part is not None)


def _references(triples_map: TriplesMap) -> Iterator[RefObjectMap]:
    for each in triples_map.predicate_objects:
        yield from (made_by for made_by in each.objects if isinstance(made_by, RefObjectMap))


def _check_join(reference: RefObjectMap, child: TriplesMap, mapping: Mapping[str, TriplesMap]) -> None:
    parent = mapping.get(reference.parent)
    if parent is None:
        raise InputError(
            f"The mapping has no triples map <{reference.parent}>.",
            where=reference.place,
            remedy="Correct `rml:parentTriplesMap`; it is one of: " + ", ".join(f"<{name}>" for name in mapping) + ".",
        )
    if not reference.joins and not same_records(parent.source, child.source):
        raise InputError(
            f"<{parent.name}> has another source, and the reference to it has no join condition.",
            where=reference.place,
            remedy="Give a `rml:joinCondition` with `rml:child` and `rml:parent`.",
        )
    for join in reference.joins:
        _check_paths(join.child, child.source)
        _check_paths(join.parent, parent.source)


def _check_paths(term_map: TermMap, source: LogicalSource) -> None:
    for reference in term_map.references():
        if source.formulation is Formulation.JSON_PATH:
            JsonPath(reference, where=term_map.place or source.place)
        elif source.formulation is Formulation.XPATH:
            compile_xpath(reference, source, where=term_map.place or source.place)
