"""Writing SSSOM/RDF: each mapping an annotated axiom, each slot a property.

See https://mapping-commons.github.io/sssom/spec-formats-rdf/. Values are written in their propagated form, so that
software that knows nothing of SSSOM sees each mapping whole.
"""

import re
from collections import abc
from decimal import Decimal
from typing import Final

from virtuales.alignment.extensions import holds_references, property_of
from virtuales.alignment.mapping import Mapping, Value
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.propagation import propagated
from virtuales.alignment.slots import LITERAL, MAPPING_SLOTS, SET_SLOTS, Slot, absent
from virtuales.alignment.terms import BUILT_IN_PREFIXES, DCTERMS, OWL, PAV, PROV, XSD
from virtuales.alignment.validation import version_needed
from virtuales.errors import InputError
from virtuales.rdf import media
from virtuales.rdf.io import serialize_quads
from virtuales.rdf.namespaces import RDF, SSSOM
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Triple, parse_iri

_AXIOM: Final = NamedNode(OWL + "Axiom")
_IN_PROPERTIES: Final = {"dcterms": DCTERMS, "pav": PAV, "prov": PROV}
_TURTLE_PREFIX: Final = re.compile(r"[A-Za-z][\w.\-]*")
_IDENTIFIES: Final = {"record_id", "mapping_set_id"}


def write_turtle(mapping_set: MappingSet, *, direct: bool = False) -> str:
    """Write a mapping set in Turtle; the arguments and errors are those of `triples`."""
    prefixes = {**_IN_PROPERTIES, **BUILT_IN_PREFIXES, **mapping_set.curie_map}
    usable = {name: iri for name, iri in prefixes.items() if _TURTLE_PREFIX.fullmatch(name)}
    return serialize_quads(triples(mapping_set, direct=direct), media.TURTLE, prefixes=usable).decode()


def triples(mapping_set: MappingSet, *, direct: bool = False) -> abc.Iterator[Triple]:
    """Give the statements of a mapping set.

    Args:
        mapping_set: The set; it needs an IRI.
        direct: Whether each positive mapping between two terms is also stated as one triple.

    Raises:
        InputError: the set has no IRI, or something that has to be an IRI is none.
    """
    whole = propagated(mapping_set)
    if not whole.mapping_set_id:
        raise InputError("The set has no IRI.", where="mapping_set_id", remedy="RDF needs one: give it one.")
    node = parse_iri(whole.mapping_set_id, where="mapping_set_id")
    yield Triple(node, RDF.type, SSSOM.MappingSet)
    needed = version_needed(whole)
    for slot in SET_SLOTS:
        value = needed if slot.name == "sssom_version" and needed != "1.0" else getattr(whole, slot.name)
        yield from _statements(node, slot, value)
    yield from _extensions(node, whole.extensions, whole)
    yield from _definitions(node, whole)
    for number, mapping in enumerate(whole.mappings):
        record = mapping.record_id
        axiom = parse_iri(record, where="record_id") if record else BlankNode(f"mapping{number}")
        yield Triple(node, SSSOM.mappings, axiom)
        yield Triple(axiom, RDF.type, _AXIOM)
        for slot in MAPPING_SLOTS:
            yield from _statements(axiom, slot, getattr(mapping, slot.name))
        yield from _extensions(axiom, mapping.extensions, whole)
        if direct and _is_direct(mapping):
            yield Triple(NamedNode(mapping.subject_id), NamedNode(mapping.predicate_id), NamedNode(mapping.object_id))


def double(number: float) -> str:
    """Return the canonical form of a number as an `xsd:double`.

    >>> double(0.95), double(1.0), double(0.0), double(-12.5)
    ('9.5E-1', '1.0E0', '0.0E0', '-1.25E1')
    """
    sign, digits, _ = Decimal(repr(number)).as_tuple()
    shown = "".join(map(str, digits)).lstrip("0").rstrip("0") or "0"
    exponent = Decimal(repr(number)).adjusted() if number else 0
    return f"{'-' if sign else ''}{shown[0]}.{shown[1:] or '0'}E{exponent}"


def _is_direct(mapping: Mapping) -> bool:
    """Tell whether a mapping may be stated as one triple ("Representation of mappings as direct triples")."""
    return not (mapping.negated or mapping.unmapped or LITERAL in (mapping.subject_type, mapping.object_type))


def _statements(node: NamedNode | BlankNode, slot: Slot, value: Value | None) -> abc.Iterator[Triple]:
    if value is None or value == absent(slot) or slot.name in _IDENTIFIES:
        return
    predicate = NamedNode(slot.property)
    for each in value if isinstance(value, tuple) else (value,):
        yield Triple(node, predicate, _term(slot, each))


def _term(slot: Slot, value: Value) -> NamedNode | Literal:
    if slot.kind in {"reference", "uri"}:
        return parse_iri(str(value), where=slot.name)
    if slot.kind == "date":
        return Literal(str(value), datatype=NamedNode(XSD + "date"))
    if slot.kind == "number" and isinstance(value, float | int):
        return Literal(double(float(value)), datatype=NamedNode(XSD + "double"))
    meaning = slot.choices.get(str(value), "")
    return NamedNode(meaning) if meaning else Literal(str(value))


def _extensions(
    node: NamedNode | BlankNode, values: abc.Mapping[str, str], mapping_set: MappingSet
) -> abc.Iterator[Triple]:
    for name, value in values.items():
        definition = next((each for each in mapping_set.extension_definitions if each.slot_name == name), None)
        predicate = parse_iri(property_of(name, mapping_set.extension_definitions), where=name)
        if holds_references(definition):
            yield Triple(node, predicate, parse_iri(value, where=name))
        elif definition is not None and definition.type_hint:
            yield Triple(node, predicate, Literal(value, datatype=parse_iri(definition.type_hint, where="type_hint")))
        else:
            yield Triple(node, predicate, Literal(value))


def _definitions(node: NamedNode, mapping_set: MappingSet) -> abc.Iterator[Triple]:
    for number, each in enumerate(mapping_set.extension_definitions):
        definition = BlankNode(f"extension{number}")
        yield Triple(node, SSSOM.extension_definitions, definition)
        yield Triple(definition, RDF.type, SSSOM.ExtensionDefinition)
        yield Triple(definition, SSSOM.slot_name, Literal(each.slot_name))
        for predicate, iri in ((SSSOM.property, each.property), (SSSOM.type_hint, each.type_hint)):
            if iri:
                yield Triple(definition, predicate, parse_iri(iri, where=each.slot_name))
