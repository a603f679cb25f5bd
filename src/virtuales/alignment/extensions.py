"""Slots that SSSOM does not define: declared ones, and those that files use without declaring them.

See SSSOM 1.1, "Non-standard slots". Both are kept; what is not declared counts as text, as the specification has it.
"""

import re
from collections import abc
from typing import Final

from virtuales.alignment.findings import Finding, Findings
from virtuales.alignment.mapping import ExtensionDefinition
from virtuales.alignment.slots import SLOTS, Slot
from virtuales.alignment.terms import LINKML, XSD
from virtuales.alignment.values import Doubt, SlotReader
from virtuales.query.header import Entry

UNDEFINED: Final = "http://sssom.invalid/"
"""What an extension slot's property begins with when none is declared."""
_REFERENCES: Final = frozenset({LINKML + name for name in ("Uriorcurie", "uriOrCurie", "uriorcurie")})
_NAME: Final = re.compile(r"[^\W\d][\w.\-]*")
_PARTS: Final = frozenset({"slot_name", "property", "type_hint"})
_RESERVED: Final = frozenset({"curie_map", "mappings", "extension_definitions"})
_FORMS: Final[abc.Mapping[str, re.Pattern[str]]] = {
    XSD + "integer": re.compile(r"[+-]?\d+"),
    XSD + "double": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|NaN|[+-]?INF"),
    XSD + "boolean": re.compile(r"true|false|0|1"),
    XSD + "date": re.compile(r"\d{4}-\d\d-\d\d"),
    XSD + "dateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
}


def property_of(name: str, definitions: abc.Iterable[ExtensionDefinition]) -> str:
    """Return the IRI of the property that an extension slot stands for; a slot without one is given one.

    >>> property_of("ext_colour", [])
    'http://sssom.invalid/ext_colour'
    """
    declared = next((each.property for each in definitions if each.slot_name == name), "")
    return declared or UNDEFINED + name


def holds_references(definition: ExtensionDefinition | None) -> bool:
    """Tell whether the values of an extension slot are identifiers."""
    return definition is not None and definition.type_hint in _REFERENCES


class ExtensionReader(SlotReader):
    """Reads the values of an extension slot; they stay text, but identifiers are expanded.

    Args:
        name: The slot's name.
        definition: Its declaration, if there is one.
        prefixes: The prefixes that identifiers are written with.
    """

    def __init__(self, name: str, definition: ExtensionDefinition | None, prefixes: abc.Mapping[str, str]) -> None:
        super().__init__(Slot(name, "reference" if holds_references(definition) else "text"), prefixes)
        self._hint = definition.type_hint if definition else ""

    def single(self, text: str) -> str | None:
        """Return the value that a text stands for, or None if it stands for none."""
        form = _FORMS.get(self._hint)
        if text and text not in self._known and form is not None and not form.fullmatch(text):
            what = f"`{text}` is no {self._hint.rpartition('#')[2]}, which `{self.slot.name}` is declared to hold."
            self.doubt(text, Doubt("extension-type", "warning", what, "It is kept as written."))
        value = super().single(text)
        return None if value is None else str(value)


def read_definitions(
    entry: Entry | None, prefixes: abc.Mapping[str, str], findings: Findings
) -> tuple[ExtensionDefinition, ...]:
    """Read the declarations of a metadata block; one that the specification calls unusable is left out with a warning.

    Args:
        entry: The value of `extension_definitions`, if there is one.
        prefixes: The prefixes that identifiers are written with.
        findings: Where warnings go.
    """
    found: list[ExtensionDefinition] = []
    for item in entry.items() if entry else ():
        definition, problem = _definition(item, prefixes)
        if problem or definition is None:
            _warn(findings, item.line, problem)
        elif any(each.slot_name == definition.slot_name for each in found):
            _warn(findings, item.line, f"`{definition.slot_name}` is declared twice")
        elif definition.property and any(each.property == definition.property for each in found):
            _warn(findings, item.line, f"<{definition.property}> is declared for two slots")
        else:
            found.append(definition)
    return tuple(found)


def _warn(findings: Findings, line: int, problem: str) -> None:
    what = f"A declaration of an extension slot is left out: {problem}."
    remedy = "Write `slot_name`, and if you like `property` and `type_hint`, which are CURIEs."
    findings.add(Finding("extension-definition", "warning", what, remedy, line=line or None))


def _definition(item: Entry, prefixes: abc.Mapping[str, str]) -> tuple[ExtensionDefinition | None, str]:
    if not isinstance(item.value, dict):
        return None, "it is no list of `slot_name`, `property` and `type_hint`"
    parts = {key: entry.value for key, entry in item.value.items() if entry.value is not None}
    if unexpected := sorted(parts.keys() - _PARTS):
        return None, f"it says `{unexpected[0]}`"
    texts = {key: value for key, value in parts.items() if isinstance(value, str)}
    name = texts.get("slot_name", "")
    if not _NAME.fullmatch(name):
        return None, f"`{name}` is no name for a slot"
    if name in SLOTS or name in _RESERVED:
        return None, f"`{name}` is a slot of SSSOM"
    iris = {key: _expanded(texts[key], prefixes) for key in ("property", "type_hint") if key in texts}
    if unknown := [key for key, iri in iris.items() if not iri]:
        return None, f"its {unknown[0]} `{texts[unknown[0]]}` is no CURIE with a declared prefix"
    return ExtensionDefinition(name, iris.get("property", ""), iris.get("type_hint", "")), ""


def _expanded(curie: str, prefixes: abc.Mapping[str, str]) -> str:
    prefix, _, local = curie.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else ""
