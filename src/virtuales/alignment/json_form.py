"""SSSOM/JSON: the classes of SSSOM as JSON objects, with a context that makes them JSON-LD.

The specification leaves the details open (https://mapping-commons.github.io/sssom/spec-formats-json/). This is the form
of the reference tool, identifiers as CURIEs and prefixes in the context, with a context under which a JSON-LD reader
gets the very statements of SSSOM/RDF.
"""

import json
from collections import abc
from pathlib import Path
from typing import Any, Final

from virtuales.alignment.curies import Contraction, is_iri
from virtuales.alignment.extensions import ExtensionReader, holds_references, property_of
from virtuales.alignment.findings import Finding, Findings, Reading
from virtuales.alignment.mapping import Mapping, Value
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.metadata import Metadata, read_metadata, warn_of_undefined
from virtuales.alignment.propagation import propagated
from virtuales.alignment.slots import MAPPING_SLOTS, NAMES_OF_MAPPING, SET_SLOTS, SLOTS, Slot, absent
from virtuales.alignment.table import read_text
from virtuales.alignment.terms import BUILT_IN_PREFIXES, DCTERMS, OWL, PAV, PROV, SSSOM, XSD
from virtuales.alignment.tsv_reader import assemble
from virtuales.alignment.validation import version_needed
from virtuales.alignment.values import SlotReader
from virtuales.errors import UnreadableInput
from virtuales.query.header import Entry
from virtuales.rdf.terms import is_unicode

_DEEPEST: Final = 20
_OF_SSSOM: Final = ("MappingSet", "mappings", "ExtensionDefinition", "extension_definitions", "slot_name")


def write_json(mapping_set: MappingSet, *, lenient: bool = False) -> str:
    """Write a mapping set, propagated, as JSON-LD.

    Args:
        mapping_set: The set.
        lenient: Whether an identifier that no prefix fits is written in full.

    Raises:
        InputError: no prefix of the set fits an identifier.
    """
    whole = propagated(mapping_set)
    contraction = Contraction(whole.curie_map)
    writer = _ObjectWriter(whole, contraction, lenient=lenient)
    content: dict[str, object] = {"@type": "MappingSet"}
    needed = version_needed(whole)
    content |= writer.slots(whole, SET_SLOTS)
    if needed != "1.0":
        content["sssom_version"] = needed
    content |= writer.extensions(whole.extensions)
    if whole.extension_definitions:
        content["extension_definitions"] = [
            {"@type": "ExtensionDefinition", "slot_name": each.slot_name}
            | {
                key: writer.identifier(iri)
                for key, iri in (("property", each.property), ("type_hint", each.type_hint))
                if iri
            }
            for each in whole.extension_definitions
        ]
    content["mappings"] = [
        {"@type": "Mapping"} | writer.slots(mapping, MAPPING_SLOTS) | writer.extensions(mapping.extensions)
        for mapping in whole.mappings
    ]
    return json.dumps({"@context": context(whole), **content}, ensure_ascii=False, indent=1) + "\n"


def context(mapping_set: MappingSet) -> dict[str, object]:
    """Return the JSON-LD context under which the set's JSON says what its RDF says."""
    made: dict[str, object] = {"dcterms": DCTERMS, "pav": PAV, "prov": PROV, **BUILT_IN_PREFIXES}
    made |= {name: {"@id": iri, "@prefix": True} for name, iri in mapping_set.curie_map.items()}
    for slot in SLOTS.values():
        made[slot.name] = _term_definition(slot)
    meant = {"mapping_set_id": "@id", "record_id": "@id", "Mapping": OWL + "Axiom"}
    meant |= {name: SSSOM + name for name in _OF_SSSOM}
    made |= {name: {"@id": iri} for name, iri in meant.items()}  # a plain text would be taken for a prefix
    for key in ("property", "type_hint"):
        made[key] = {"@id": SSSOM + key, "@type": "@id"}
    names = {name for mapping in mapping_set.mappings for name in mapping.extensions} | mapping_set.extensions.keys()
    for name in sorted(names):
        definition = next((each for each in mapping_set.extension_definitions if each.slot_name == name), None)
        hint = "@id" if holds_references(definition) else (definition.type_hint if definition else "")
        term = {"@id": property_of(name, mapping_set.extension_definitions)}
        made[name] = term | ({"@type": hint} if hint else {})
    return made


def _term_definition(slot: Slot) -> dict[str, object]:
    term: dict[str, object] = {"@id": slot.property}
    if slot.kind in {"reference", "uri"}:
        term["@type"] = "@id"
    elif slot.kind in {"date", "number"}:
        term["@type"] = XSD + ("date" if slot.kind == "date" else "double")
    elif any(slot.choices.values()):
        term |= {"@type": "@vocab", "@context": {name: iri for name, iri in slot.choices.items() if iri}}
    return term


class _ObjectWriter:
    """Writes the slots of sets and mappings as members of JSON objects."""

    def __init__(self, mapping_set: MappingSet, contraction: Contraction, *, lenient: bool) -> None:
        self._references = {each.slot_name for each in mapping_set.extension_definitions if holds_references(each)}
        self._contraction = contraction
        self._lenient = lenient

    def identifier(self, iri: str) -> str:
        if self._lenient or ":" not in iri:
            return self._contraction.find(iri) or iri
        curie = self._contraction.get(iri)
        # JSON-LD takes what follows `prefix:` with two slashes for an IRI of that scheme.
        return iri if curie.partition(":")[2].startswith("//") else curie

    def slots(self, of: Mapping | MappingSet, slots: abc.Iterable[Slot]) -> dict[str, object]:
        said = ((slot, getattr(of, slot.name)) for slot in slots)
        return {slot.name: self._json(slot, value) for slot, value in said if value != absent(slot)}

    def extensions(self, values: abc.Mapping[str, str]) -> dict[str, object]:
        return {name: self.identifier(value) if name in self._references else value for name, value in values.items()}

    def _json(self, slot: Slot, value: Value) -> object:
        if isinstance(value, tuple):
            return [self._json(slot, each) for each in value]
        if slot.kind == "reference":
            return self.identifier(str(value))
        return float(value) if isinstance(value, int | float) else str(value)


def read_json(
    source: Path | bytes, *, name: str | None = None, prefixes: abc.Mapping[str, str] | None = None
) -> Reading:
    """Read a mapping set from JSON; JSON has no lines here, so findings name the mapping's place instead.

    Args:
        source: The file, or its bytes.
        name: What findings call the source; by default the file's path.
        prefixes: Prefixes that count as declared though the file does not declare them.

    Raises:
        UnreadableInput: there is no such file, or it is no JSON object.
    """
    called = name or (str(source) if isinstance(source, Path) else "the given bytes")
    findings = Findings(called)
    content = _parsed(read_text(source, called, findings), called)
    declared = _prefixes(content.pop("@context", {})) | _prefixes(content.pop("curie_map", {}))
    mappings = content.pop("mappings", [])
    entries = {key: _entry(value) for key, value in content.items() if not key.startswith("@")}
    entries["curie_map"] = Entry({key: Entry(iri, 0) for key, iri in declared.items()}, 0)
    about = read_metadata(entries, findings, known=prefixes)
    if not isinstance(mappings, list):
        findings.add(Finding("bad-structure", "error", "`mappings` is no list.", "Write a list of objects."))
        mappings = []
    reader = _RowReader(about, findings)
    rows = [row for place, each in enumerate(mappings, start=1) for row in [reader.row(each, place)] if row is not None]
    return assemble(about, rows, findings)


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        place = name if line is None else f"{name}, line {line}"
        raise UnreadableInput(f"This is no JSON: {str(error)[:200]}.", where=place) from None
    except RecursionError:
        raise UnreadableInput("The JSON is nested without measure.", where=name) from None
    if "\\ud" in text.lower() and not is_unicode(json.dumps(content, ensure_ascii=False)):
        raise UnreadableInput("The JSON has half of a character in it.", where=name, remedy="Write it as UTF-8.")
    if not isinstance(content, dict):
        raise UnreadableInput("The JSON is no object.", where=name, remedy="Write one object, which is the set.")
    return content


def _prefixes(found: object) -> dict[str, str]:
    """Return the prefixes of a context: its terms that just stand for an IRI or are said to be prefixes."""
    made: dict[str, str] = {}
    for part in found if isinstance(found, list) else [found]:
        for name, value in part.items() if isinstance(part, dict) else ():
            iri = value.get("@id") if isinstance(value, dict) and value.get("@prefix") else value
            if isinstance(iri, str) and is_iri(iri) and name not in SLOTS and not name.startswith("@"):
                made[name] = iri
    return {name: iri for name, iri in made.items() if BUILT_IN_PREFIXES.get(name) != iri}


def _entry(value: object, depth: int = 0) -> Entry:
    if isinstance(value, list) and depth < _DEEPEST:
        return Entry([_entry(each, depth + 1) for each in value], 0)
    if isinstance(value, dict) and depth < _DEEPEST:
        return Entry({str(k): _entry(each, depth + 1) for k, each in value.items() if not str(k).startswith("@")}, 0)
    return Entry(None if value is None else _text(value), 0)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class _RowReader:
    """Reads the objects of mappings."""

    def __init__(self, about: Metadata, findings: Findings) -> None:
        self._about = about
        self._findings = findings
        self._readers: dict[str, SlotReader] = {}

    def row(self, found: object, place: int) -> dict[str, object] | None:
        where = f"{self._findings.file}, mapping {place}"
        if not isinstance(found, dict):
            self._findings.add(Finding("bad-structure", "error", "A mapping is no object.", file=where))
            return None
        row: dict[str, object] = {}
        extensions: dict[str, str] = {}
        for name, value in found.items():
            if name.startswith("@") or value is None or value in ("", []):
                continue
            read = self._value(name, value, where)
            if read is not None and name in NAMES_OF_MAPPING:
                row[name] = read
            elif read is not None:
                extensions[name] = str(read)
        if extensions:
            row["extensions"] = extensions
        return row

    def _value(self, name: str, value: object, where: str) -> object:
        reader = self._reader(name)
        parts = value if isinstance(value, list) else [value]
        if any(isinstance(part, dict | list) for part in parts) or (
            isinstance(value, list) and not reader.slot.multivalued
        ):
            what = f"`{name}` holds something that it cannot hold."
            self._findings.add(Finding("bad-structure", "error", what, "Write plain values.", where, slot=name))
            return None
        texts = [_text(part) for part in parts if part is not None]
        read = reader.several(texts) if reader.slot.multivalued else reader.single(texts[0])
        for text in texts:
            for doubt in reader.doubts.get(text, ()):
                self._findings.add(Finding(doubt.rule, doubt.severity, doubt.what, doubt.remedy, where, slot=name))
        return read

    def _reader(self, name: str) -> SlotReader:
        if name not in self._readers:
            if name in NAMES_OF_MAPPING:
                self._readers[name] = SlotReader(SLOTS[name], self._about.prefixes, self._about.version)
            else:
                definition = self._about.definition(name)
                if definition is None:
                    warn_of_undefined(name, NAMES_OF_MAPPING, self._findings, (0, None))
                self._readers[name] = ExtensionReader(name, definition, self._about.prefixes)
        return self._readers[name]
