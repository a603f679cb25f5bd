"""What a file says of the whole set: prefixes, slots of the set, declarations of extension slots."""

from collections import abc
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from virtuales.alignment.curies import PREFIX_NAME, is_iri
from virtuales.alignment.extensions import ExtensionReader, read_definitions
from virtuales.alignment.findings import Finding, Findings
from virtuales.alignment.mapping import ExtensionDefinition
from virtuales.alignment.slots import NAMES_OF_MAPPING, NAMES_OF_SET, SLOTS, Slot
from virtuales.alignment.terms import BUILT_IN_PREFIXES
from virtuales.alignment.values import SlotReader
from virtuales.errors import TooLarge
from virtuales.query.header import Entry

MOST_SLOTS: Final = 1_000
"""Slots that a set or a mapping may have, those that SSSOM does not know among them."""
_STRUCTURE: Final = frozenset({"curie_map", "extension_definitions", "mappings"})


@dataclass
class Metadata:
    """What is said of the whole set, as it was read.

    Args:
        curie_map: The prefixes the file declares.
        prefixes: All prefixes that its identifiers may use.
        definitions: The declared extension slots.
        version: The version of SSSOM that the file declares, or 1.0.
        slots: The set's slots that say something, by name.
        extensions: The set's values of extension slots.
        lines: The line of each slot that was read.
    """

    curie_map: dict[str, str] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    definitions: tuple[ExtensionDefinition, ...] = ()
    version: str = "1.0"
    slots: dict[str, object] = field(default_factory=dict)
    extensions: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def definition(self, name: str) -> ExtensionDefinition | None:
        """Return the declaration of an extension slot, or None."""
        return next((each for each in self.definitions if each.slot_name == name), None)


def read_metadata(
    entries: abc.Mapping[str, Entry], findings: Findings, *, known: abc.Mapping[str, str] | None = None
) -> Metadata:
    """Read the slots of a set.

    Args:
        entries: The slots as they are written.
        findings: Where what is wrong or doubtful goes.
        known: Prefixes that count as declared if the file does not declare them.

    Raises:
        TooLarge: there are more than a thousand slots.
    """
    if len(entries) > MOST_SLOTS:
        what = f"The metadata has {len(entries):,} slots; SSSOM knows {len(NAMES_OF_SET)}."
        raise TooLarge(what, where=findings.file, remedy=f"Write {MOST_SLOTS:,} at most.")
    metadata = Metadata()
    metadata.curie_map = _prefixes(entries.get("curie_map"), findings)
    metadata.prefixes = {**(known or {}), **BUILT_IN_PREFIXES, **metadata.curie_map}
    metadata.curie_map = {**(known or {}), **metadata.curie_map}
    metadata.definitions = read_definitions(entries.get("extension_definitions"), metadata.prefixes, findings)
    version = entries.get("sssom_version")
    if version is not None and version.value == "1.1":
        metadata.version = "1.1"
    for name, entry in entries.items():
        if name in _STRUCTURE or entry.value is None:
            continue
        metadata.lines[name] = entry.line
        if name in NAMES_OF_SET:
            _read_slot(SLOTS[name], entry, metadata, findings)
        else:
            _read_extension(name, entry, metadata, findings)
    return metadata


def suggestion(name: str, names: abc.Iterable[str]) -> str:
    """Return a sentence that names the slot somebody may have meant, or nothing.

    >>> suggestion("license_fail", ["license", "comment"])
    'Did you mean `license`?'
    """
    close = get_close_matches(name, list(names), n=1, cutoff=0.7)
    return f"Did you mean `{close[0]}`?" if close else ""


def warn_of_undefined(name: str, names: abc.Iterable[str], findings: Findings, place: tuple[int, int | None]) -> None:
    """Say that a slot is neither of SSSOM nor declared."""
    what = f"`{name}` is no slot of SSSOM and is not declared; it is kept as text."
    remedy = suggestion(name, names) or "Declare it in `extension_definitions`."
    line, column = place
    findings.add(Finding("undefined-slot", "warning", what, remedy, line=line or None, column=column, slot=name))


def _prefixes(entry: Entry | None, findings: Findings) -> dict[str, str]:
    if entry is None or entry.value is None:
        return {}
    if not isinstance(entry.value, dict):
        what = "`curie_map` is no list of prefixes with what they stand for."
        remedy = "Write a line `prefix: IRI` for each."
        findings.add(Finding("bad-prefix", "error", what, remedy, line=entry.line or None, slot="curie_map"))
        return {}
    found: dict[str, str] = {}
    for name, value in entry.value.items():
        if problem := _problem_of_prefix(name, value.value):
            findings.add(Finding("bad-prefix", "error", *problem, line=value.line or None, slot="curie_map"))
        else:
            found[name] = str(value.value)
    return found


def _problem_of_prefix(name: str, value: object) -> tuple[str, str] | None:
    if not PREFIX_NAME.fullmatch(name):
        return f"`{name}` is no name for a prefix.", "Write letters, digits, `_`, `-` and `.`, a letter first."
    if not isinstance(value, str) or not is_iri(value):
        return (
            f"The prefix `{name}` stands for no IRI.",
            "Write the beginning of an IRI, such as `https://example.org/`.",
        )
    built_in = BUILT_IN_PREFIXES.get(name, value)
    if built_in != value:
        return f"The prefix `{name}` stands for <{built_in}> in SSSOM, not for <{value}>.", "Give yours another name."
    return None


def _texts(entry: Entry) -> list[str] | None:
    """Return the texts of a value that is a text or a list of texts."""
    values = [item.value for item in entry.items()]
    texts = [value for value in values if isinstance(value, str)]
    return texts if len(texts) == len(values) - values.count(None) else None


def _read_slot(slot: Slot, entry: Entry, metadata: Metadata, findings: Findings) -> None:
    texts = _texts(entry)
    if texts is None or (not slot.multivalued and isinstance(entry.value, list)):
        kind = "a list of values" if slot.multivalued else "one value"
        what = f"`{slot.name}` holds {kind}, which this is not."
        findings.add(Finding("bad-structure", "error", what, line=entry.line or None, slot=slot.name))
        return
    reader = SlotReader(slot, metadata.prefixes, metadata.version)
    value = reader.several(texts) if slot.multivalued else reader.single(texts[0])
    if value is not None:
        metadata.slots[slot.name] = value
    _say_doubts(reader, entry, findings)


def _say_doubts(reader: SlotReader, entry: Entry, findings: Findings) -> None:
    for text, doubts in reader.doubts.items():
        line = next((item.line for item in entry.items() if item.value == text), entry.line)
        for each in doubts:
            where = (line or None, None, reader.slot.name)
            findings.add(Finding(each.rule, each.severity, each.what, each.remedy, "", *where))


def _read_extension(name: str, entry: Entry, metadata: Metadata, findings: Findings) -> None:
    definition = metadata.definition(name)
    if definition is None:
        known = sorted(NAMES_OF_SET | _STRUCTURE)
        if name in NAMES_OF_MAPPING:
            what = f"`{name}` is a slot of mappings, not of sets; it is kept as text."
            findings.add(Finding("undefined-slot", "warning", what, "Write it as a column.", line=entry.line or None))
        else:
            warn_of_undefined(name, known, findings, (entry.line, None))
    if not isinstance(entry.value, str):
        what = f"The extension slot `{name}` holds a list or a dictionary; it is left out."
        remedy = "SSSOM lets an extension slot hold one plain value."
        findings.add(Finding("bad-structure", "error", what, remedy, line=entry.line or None, slot=name))
        return
    reader = ExtensionReader(name, definition, metadata.prefixes)
    value = reader.single(entry.value)
    if value is not None:
        metadata.extensions[name] = value
    _say_doubts(reader, entry, findings)
