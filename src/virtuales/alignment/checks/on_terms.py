"""Checks of single terms: whether they are known, in use, of the right kind, and named as their models name them."""

from collections import abc
from difflib import get_close_matches
from typing import Final

from virtuales.alignment.checks.known_terms import Group, KnownTerm
from virtuales.alignment.checks.pairs import ORDERED, SAME, CheckedSet, Fault, Pair
from virtuales.alignment.terms import (
    CLOSE_MATCH,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    NO_TERM_FOUND,
    OWL,
    RDF,
    RDFS,
    RELATED_MATCH,
    SAME_AS,
    SKOS,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
)
from virtuales.models.facts import local_name, version_key

_RELATIONS: Final = ORDERED | {CLOSE_MATCH, RELATED_MATCH}
_STANDARD: Final = (SKOS, OWL, RDFS, RDF)
_ASKED: Final[abc.Mapping[str, frozenset[Group]]] = {
    EQUIVALENT_CLASS: frozenset({"class", "datatype"}),
    SUB_CLASS_OF: frozenset({"class"}),
    EQUIVALENT_PROPERTY: frozenset({"property"}),
    SUB_PROPERTY_OF: frozenset({"property"}),
    SAME_AS: frozenset({"individual", "concept", "value", "profile"}),
}
"""What a predicate of OWL relates."""
_SAID: Final[abc.Mapping[str, frozenset[Group]]] = {
    "owl class": frozenset({"class"}),
    "rdfs class": frozenset({"class"}),
    "rdfs datatype": frozenset({"datatype"}),
    "owl object property": frozenset({"property"}),
    "owl data property": frozenset({"property"}),
    "owl annotation property": frozenset({"property"}),
    "rdf property": frozenset({"property"}),
    "owl named individual": frozenset({"individual", "concept", "value"}),
    "skos concept": frozenset({"concept", "individual", "value"}),
}
"""What the entity types of SSSOM mean."""
_ALIKE: Final = (frozenset({"individual", "concept", "value"}),)


def unknown_terms(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Terms that no registered model has, though they lie in a model's namespace or are said to be of a model."""
    for pair in checked.pairs:
        for side, term in pair.sides:
            iri, source = _iri(pair, side), getattr(pair.mapping, f"{side}_source")
            if term is not None or not iri or iri == NO_TERM_FOUND:
                continue
            model = checked.terms.named(source) or checked.terms.owner(iri)
            if model is not None:
                what = f"`{model.name}` has no term <{iri}>."
                remedy = checked.terms.nearest(iri, model) or "Write a term of the model, or `sssom:NoTermFound`."
                yield Fault(what, remedy, pair.mapping, f"{side}_id")


def foreign_terms(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Terms of another model than the one that the set names as the source of that side."""
    for pair in checked.pairs:
        for side, term in pair.sides:
            model = checked.terms.named(getattr(pair.mapping, f"{side}_source"))
            if term is not None and model is not None and term.model is not model:
                what = f"`{term.short}` is of `{term.model.name}`, but the {side}s are said to be of `{model.name}`."
                remedy = checked.terms.nearest(term.iri, model) or f"Correct the term or the `{side}_source`."
                yield Fault(what, remedy, pair.mapping, f"{side}_id")


def deprecated_terms(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Objects that a mapping leads to though their publisher advises against their use."""
    for pair in checked.pairs:
        term = pair.object
        if pair.stands and term is not None and term.deprecated:
            what = f"`{term.short}` is deprecated by its publisher."
            if pair.subject is not None and local_name(pair.subject.iri) == local_name(term.iri):
                continue  # an edition that advises against a term of the one before still has that term
            yield Fault(what, "Map to the term that replaced it, or use a weaker predicate.", pair.mapping, "object_id")


def unknown_predicates(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Predicates that are none: slips of spelling in SKOS, OWL and RDF Schema."""
    for pair in checked.pairs:
        iri = pair.mapping.predicate_id
        if iri in _RELATIONS or not iri.startswith(_STANDARD):
            continue
        term = checked.terms.anywhere(iri)
        if term is None or term.group != "property":
            near = get_close_matches(local_name(iri).lower(), {local_name(each).lower() for each in _RELATIONS}, n=1)
            meant = next((each for each in _RELATIONS if near and local_name(each).lower() == near[0]), None)
            remedy = f"Did you mean <{meant}>?" if meant else "Write `skos:exactMatch`, `skos:broadMatch` or another."
            yield Fault(f"<{iri}> is no predicate that relates terms.", remedy, pair.mapping, "predicate_id")


def wrong_kinds(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Terms of different kinds that are said to mean the same, or one to be broader than the other."""
    for pair in checked.pairs:
        one, two = pair.subject, pair.object
        if not pair.stands or one is None or two is None or pair.mapping.predicate_id not in ORDERED:
            continue
        if not _alike(one, two):
            what = f"`{one.short}` is a {one.kind}, `{two.short}` a {two.kind}."
            remedy = "Map to a term of the same kind, or say `skos:relatedMatch`."
            yield Fault(what, remedy, pair.mapping, "object_id")


def misused_predicates(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Predicates of OWL and RDF Schema between terms that they do not relate."""
    for pair in checked.pairs:
        asked = _ASKED.get(pair.mapping.predicate_id)
        for _, term in pair.sides if asked else ():
            if asked and term is not None and term.group not in asked:
                name = pair.mapping.predicate_id.rpartition("#")[2]
                what = f"`{name}` does not relate what `{term.short}` is, a {term.kind}."
                yield Fault(what, f"Write `{_fitting(term, pair)}`.", pair.mapping, "predicate_id")
                break


def mistaken_types(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Terms that are not what `subject_type` or `object_type` say."""
    for pair in checked.pairs:
        for side, term in pair.sides:
            said = getattr(pair.mapping, f"{side}_type")
            expected = _SAID.get(said)
            if term is None or expected is None:
                continue
            if term.group not in expected or _other_property(said, term):
                what = f"The {side} is said to be an {said}, but `{term.short}` is a {_described(term)}."
                yield Fault(what, f"Correct the `{side}_type`, or the term.", pair.mapping, f"{side}_type")


def differing_labels(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Labels that are none of the term's names."""
    for pair in checked.pairs:
        for side, term in pair.sides:
            said = getattr(pair.mapping, f"{side}_label")
            if term is None or term.fact is None or not said:
                continue
            if said.casefold() not in {name.casefold() for name in term.names}:
                what = f"`{term.short}` is called `{term.fact.label}` by its model, not `{said}`."
                remedy = f"Write `{term.fact.label}`, or the term that was meant."
                yield Fault(what, remedy, pair.mapping, f"{side}_label")


def unknown_people(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Authors and reviewers who are not in the folder's table of curators."""
    for pair in checked.pairs if checked.curators is not None else ():
        for slot in ("author_id", "reviewer_id", "creator_id"):
            for person in getattr(pair.mapping, slot):
                if person not in (checked.curators or {}):
                    remedy = "Add a line to curators.tsv, or correct the ORCID iD."
                    yield Fault(f"<{person}> is no curator of this folder.", remedy, pair.mapping, slot)


def unknown_sources(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Models that are named but not registered; their terms cannot be judged."""
    for side in ("subject", "object"):
        sources = {getattr(pair.mapping, f"{side}_source") for pair in checked.pairs} - {""}
        for source in sorted(sources):
            if checked.terms.named(source) is None:
                near = get_close_matches(source, checked.terms.sources(), n=1, cutoff=0.85)
                remedy = f"Did you mean <{near[0]}>?" if near else "Register it to have its terms judged."
                yield Fault(f"<{source}> is no registered model.", remedy, None, f"{side}_source")


def other_versions(checked: CheckedSet) -> abc.Iterator[Fault]:
    """Versions of models that are named but not registered."""
    for side in ("subject", "object"):
        slots = (f"{side}_source", f"{side}_source_version")
        said = {tuple(getattr(pair.mapping, slot) for slot in slots) for pair in checked.pairs}
        for source, version in sorted(said):
            model = checked.terms.named(source)
            known = checked.terms.versions(model) if model and version else ()
            if known and not any(_same_version(version, one) for one in known):
                remedy = "Registered are: " + ", ".join(known) + "."
                name = model.name if model else source
                yield Fault(f"No version {version} of `{name}` is registered.", remedy, None, slots[1])


def differing_manifest(checked: CheckedSet) -> abc.Iterator[Fault]:
    """What the manifest says of a set and the set of itself."""
    if checked.listed is None:
        return
    iri, subject, target = checked.listed
    if checked.mapping_set.mapping_set_id != iri:
        what = f"The manifest calls the set <{iri}>."
        yield Fault(what, "Write the same in both.", None, "mapping_set_id")
    for side, said in (("subject", subject), ("object", target)):
        own = {getattr(pair.mapping, f"{side}_source") for pair in checked.pairs}
        if said and own and own != {said}:
            what = f"The manifest says that the {side}s are of <{said}>."
            yield Fault(what, "Write the same in both.", None, f"{side}_source")


def _iri(pair: Pair, side: str) -> str:
    return pair.mapping.subject_id if side == "subject" else pair.mapping.object_id


def _alike(one: KnownTerm, two: KnownTerm) -> bool:
    return one.group == two.group or any({one.group, two.group} <= same for same in _ALIKE)


def _fitting(term: KnownTerm, pair: Pair) -> str:
    if pair.mapping.predicate_id not in SAME:
        return "rdfs:subPropertyOf" if term.group == "property" else "rdfs:subClassOf"
    return {"property": "owl:equivalentProperty", "class": "owl:equivalentClass"}.get(term.group, "skos:exactMatch")


def _other_property(said: str, term: KnownTerm) -> bool:
    fact = term.attributes
    if fact is None:
        return False
    return (said == "owl object property" and bool(fact.datatype)) or (
        said == "owl data property" and bool(fact.ranges)
    )


def _described(term: KnownTerm) -> str:
    fact = term.attributes
    if fact is None:
        return term.kind
    return "property whose values are " + (f"of {local_name(fact.datatype)}" if fact.datatype else "objects")


def _same_version(said: str, known: str) -> bool:
    one, two = version_key(said), version_key(known)
    return one == two or one.startswith(two + ".") or two.startswith(one + ".")
