"""Reading SSSOM/RDF, with what software wrote before the form was settled.

See https://mapping-commons.github.io/sssom/spec-formats-rdf/. RDF does not order values, so those of a multi-valued
slot come sorted; it has no lines, so findings name the mapping instead.
"""

from collections import abc, defaultdict
from pathlib import Path
from typing import Final

from virtuales.alignment.extensions import UNDEFINED
from virtuales.alignment.findings import Finding, Findings, Reading
from virtuales.alignment.mapping import ExtensionDefinition
from virtuales.alignment.metadata import Metadata
from virtuales.alignment.slots import MAPPING_SLOTS, NAMES_OF_MAPPING, NAMES_OF_SET, SET_SLOTS, SLOTS, Slot
from virtuales.alignment.terms import BUILT_IN_PREFIXES, LINKML, XSD
from virtuales.alignment.tsv_reader import assemble
from virtuales.alignment.values import SlotReader
from virtuales.errors import UnreadableInput
from virtuales.rdf.io import ParsedFile
from virtuales.rdf.namespaces import RDF, SSSOM
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, Subject, Term, plain

_BASE: Final = "urn:virtuales:none:"
_RELATION: Final = LINKML + "Uriorcurie"
_STRUCTURE: Final = {RDF.type, SSSOM.mappings, SSSOM.extension_definitions, SSSOM.mapping_set_id}
_OF_MAPPING: Final = {NamedNode(slot.property): slot for slot in MAPPING_SLOTS}
_OF_SET: Final = {NamedNode(slot.property): slot for slot in SET_SLOTS}

Nodes = abc.Mapping[Subject, abc.Mapping[NamedNode, list[Term]]]


def read_rdf(source: Path | bytes, media_type: str | None = None, *, name: str | None = None) -> Reading:
    """Read a mapping set from RDF.

    Args:
        source: The file, or its bytes.
        media_type: The syntax; by default what the file's suffix says.
        name: What findings call the source; by default the file's path.

    Raises:
        UnreadableInput: it is no RDF, or does not describe just one mapping set.
    """
    parsed = ParsedFile(source, media_type, base=_BASE, name=name)
    nodes: dict[Subject, dict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for quad in parsed:
        if isinstance(quad.subject, NamedNode | BlankNode):
            nodes[quad.subject][quad.predicate].append(quad.object)
    return _SetReader(nodes, parsed.name, parsed.prefixes).reading()


class _SetReader:
    """Reads one set from the statements about it."""

    def __init__(self, nodes: Nodes, file: str, prefixes: abc.Mapping[str, str]) -> None:
        self._nodes = nodes
        self._findings = Findings(file)
        self._about = Metadata(curie_map={p: iri for p, iri in prefixes.items() if p not in BUILT_IN_PREFIXES})
        self._readers: dict[str, SlotReader] = {}
        self._extensions: dict[str, ExtensionDefinition] = {}
        self._node = self._set_node(file)

    def reading(self) -> Reading:
        """Read the set, its declarations of slots first."""
        said = self._nodes[self._node]
        if SLOTS["sssom_version"].choices["1.1"] in map(plain, said.get(NamedNode(SSSOM.iri + "sssom_version"), ())):
            self._about.version = "1.1"
        for each in said.get(SSSOM.extension_definitions, ()):
            self._define(each)
        slots, extensions = self._slots(self._node, said, _OF_SET)
        self._about.slots, self._about.extensions = slots, extensions
        identifier = said.get(SSSOM.mapping_set_id, [self._node])[0]
        self._about.slots["mapping_set_id"] = "" if isinstance(identifier, BlankNode) else plain(identifier)
        rows = [self._row(node) for node in said.get(SSSOM.mappings, ())]
        self._about.definitions = tuple(self._extensions.values())
        return assemble(self._about, rows, self._findings)

    def _set_node(self, file: str) -> Subject:
        found = [node for node, said in self._nodes.items() if SSSOM.MappingSet in said.get(RDF.type, ())]
        if len(found) != 1:
            what = f"The file describes {len(found)} mapping sets; one is needed."
            raise UnreadableInput(what, where=file, remedy="A mapping set is of the class `sssom:MappingSet`.")
        return found[0]

    def _define(self, node: Term) -> None:
        said = self._nodes.get(node, {}) if isinstance(node, NamedNode | BlankNode) else {}
        parts = {key: [plain(value) for value in said.get(key, ())] for key in _PARTS_OF_DEFINITION}
        name = parts[SSSOM.slot_name][0] if parts[SSSOM.slot_name] else ""
        if not name or name in SLOTS:
            what = f"A declaration of an extension slot is left out: `{name}` is no name for one."
            self._findings.add(Finding("extension-definition", "warning", what))
            return
        prop = parts[SSSOM.property][0] if parts[SSSOM.property] else ""
        hint = parts[SSSOM.type_hint][0] if parts[SSSOM.type_hint] else ""
        self._extensions[prop or UNDEFINED + name] = ExtensionDefinition(name, prop, hint)

    def _row(self, node: Term) -> dict[str, object]:
        said = self._nodes.get(node, {}) if isinstance(node, NamedNode | BlankNode) else {}
        slots, extensions = self._slots(node, said, _OF_MAPPING)
        if isinstance(node, NamedNode):
            slots["record_id"] = node.value
        if extensions:
            slots["extensions"] = extensions
        return slots

    def _slots(
        self, node: Term, said: abc.Mapping[NamedNode, list[Term]], known: abc.Mapping[NamedNode, Slot]
    ) -> tuple[dict[str, object], dict[str, str]]:
        slots: dict[str, object] = {}
        extensions: dict[str, str] = {}
        for predicate, terms in said.items():
            slot = known.get(predicate)
            if slot is not None:
                value = self._value(slot, terms, node)
                if value is not None:
                    slots[slot.name] = value
            elif predicate not in _STRUCTURE:
                extensions.update(self._extension(predicate, terms))
        return slots, extensions

    def _value(self, slot: Slot, terms: abc.Sequence[Term], node: Term) -> object:
        values = [value for term in terms for value in [self._single(slot, term, node)] if value is not None]
        if slot.multivalued:
            return tuple(sorted(map(str, values))) or None
        if len(terms) > 1:
            what = f"`{slot.name}` has {len(terms)} values; it can have one."
            self._say(Finding("bad-structure", "error", what, "Keep one of them.", slot=slot.name), node)
        return values[0] if values else None

    def _single(self, slot: Slot, term: Term, node: Term) -> object:
        reader = self._readers.setdefault(slot.name, SlotReader(slot, BUILT_IN_PREFIXES, self._about.version))
        if not isinstance(term, NamedNode | Literal):
            what = f"`{slot.name}` holds a node without an IRI."
            self._say(Finding("bad-structure", "error", what, "Write a value.", slot=slot.name), node)
            return None
        text = term.value
        if isinstance(term, NamedNode):
            spelt = next((name for name, iri in slot.choices.items() if iri == text), None)
            if spelt is not None:
                return spelt
        value = reader.expanded(text) if slot.kind == "reference" else reader.single(text)
        for doubt in reader.doubts.get(text, ()):
            self._say(Finding(doubt.rule, doubt.severity, doubt.what, doubt.remedy, slot=slot.name), node)
        return value

    def _extension(self, predicate: NamedNode, terms: abc.Sequence[Term]) -> dict[str, str]:
        term = terms[0]
        if len(terms) > 1 or not isinstance(term, NamedNode | Literal):
            what = f"<{predicate.value}> has more than one plain value; it is left out."
            remedy = "SSSOM lets an extension slot hold one plain value."
            self._findings.add(Finding("bad-structure", "error", what, remedy))
            return {}
        iri = predicate.value
        if iri.startswith(UNDEFINED) and iri not in self._extensions:
            return {iri.removeprefix(UNDEFINED): term.value}
        if iri not in self._extensions:
            self._extensions[iri] = ExtensionDefinition(_name_for(iri, self._extensions), iri, _hint(term))
        return {self._extensions[iri].slot_name: term.value}

    def _say(self, finding: Finding, node: Term) -> None:
        where = f"{self._findings.file}, <{node.value}>" if isinstance(node, NamedNode) else self._findings.file
        self._findings.add(
            Finding(finding.rule, finding.severity, finding.what, finding.remedy, where, slot=finding.slot)
        )


_PARTS_OF_DEFINITION: Final = (SSSOM.slot_name, SSSOM.property, SSSOM.type_hint)


def _hint(term: NamedNode | Literal) -> str:
    if isinstance(term, NamedNode):
        return _RELATION
    return "" if term.datatype.value == XSD + "string" else term.datatype.value


def _name_for(iri: str, known: abc.Mapping[str, ExtensionDefinition]) -> str:
    """Return a name for an undeclared property: its last part, unless that is taken."""
    local = "".join(
        char for char in iri.rstrip("/#").replace("#", "/").rpartition("/")[2] if char.isalnum() or char == "_"
    )
    name = local if local[:1].isalpha() else f"ext_{local}"
    taken = NAMES_OF_MAPPING | NAMES_OF_SET | {each.slot_name for each in known.values()}
    while name in taken:
        name = f"ext_{name}"
    return name
