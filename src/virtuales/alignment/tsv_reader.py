"""Reading SSSOM/TSV, with its metadata embedded or in a file of its own.

Each column is read as a whole and each different cell once, so that 100,000 rows take about a second.
See https://mapping-commons.github.io/sssom/spec-formats-tsv/.
"""

from collections import Counter, abc
from dataclasses import replace
from pathlib import Path
from typing import Final

from virtuales.alignment.extensions import ExtensionReader
from virtuales.alignment.findings import Finding, Findings, Reading
from virtuales.alignment.legacy import modernised
from virtuales.alignment.mapping import NO_EXTENSIONS, Mapping, Value
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.metadata import MOST_SLOTS, Metadata, read_metadata, warn_of_undefined
from virtuales.alignment.propagation import propagate
from virtuales.alignment.slots import NAMES_OF_MAPPING, SLOTS
from virtuales.alignment.table import Table, read_table, read_text, split_blocks
from virtuales.alignment.validation import validate, version_needed
from virtuales.alignment.values import ColumnReader, SlotReader
from virtuales.errors import TooLarge, UnreadableInput
from virtuales.query.header import parse_header

NEEDED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
"""What every mapping has, but for literals without identifiers."""


def read_tsv(
    source: Path | bytes,
    *,
    metadata: Path | bytes | None = None,
    name: str | None = None,
    prefixes: abc.Mapping[str, str] | None = None,
) -> Reading:
    """Read a mapping set from SSSOM/TSV.

    Args:
        source: The file, or its bytes.
        metadata: The file with the metadata block, where it is not embedded, or its bytes.
        name: What findings call the source; by default the file's path.
        prefixes: Prefixes that count as declared though the file does not declare them.

    Raises:
        UnreadableInput: there is no such file, it is not UTF-8, or it is no table with a metadata block.
        TooLarge: the metadata block has more than a million characters, or it or the table more than a thousand slots.
    """
    called = name or (str(source) if isinstance(source, Path) else "the given bytes")
    findings = Findings(called)
    embedded, block = split_blocks(read_text(source, called, findings), findings)
    if metadata is None:
        entries = parse_header(embedded.text, file=called)
    else:
        if embedded.text.strip():
            what = "There is a metadata block above the table and another in a file of its own; the former is left out."
            findings.add(Finding("two-metadata-blocks", "warning", what, "Keep one.", line=1))
        place = str(metadata) if isinstance(metadata, Path) else f"the metadata of {called}"
        entries = parse_header(read_text(metadata, place, findings), file=place)
    about = read_metadata(entries, findings, known=prefixes)
    table = modernised(_checked(read_table(block, called, findings), called, findings), findings)
    rows = _rows(table, about, findings)
    return assemble(about, rows, findings, columns=dict(zip(table.names, table.positions, strict=True)))


def assemble(
    about: Metadata,
    rows: abc.Sequence[dict[str, object]],
    findings: Findings,
    *,
    columns: abc.Mapping[str, int] | None = None,
) -> Reading:
    """Make a set of what was read, and judge it.

    Args:
        about: What is said of the set.
        rows: The slots of each mapping that say something, with `line`; they become the mappings.
        findings: What was found so far.
        columns: The column of each slot, for findings.
    """
    propagate(about.slots, rows)
    for row in rows:
        row.setdefault("extensions", NO_EXTENSIONS)
        for slot in NEEDED:
            row.setdefault(slot, "")
    slots: dict[str, object] = {"mapping_set_id": "", "license": "", **about.slots}
    mapping_set = MappingSet(
        mappings=tuple(map(Mapping.of_slots, rows)),
        curie_map=about.curie_map,
        extension_definitions=about.definitions,
        extensions=about.extensions or NO_EXTENSIONS,
        file=findings.file,
        **slots,  # type: ignore[arg-type]  # the readers of the slots return the values that the slots hold
    )
    judged = tuple(
        each
        for each in validate(mapping_set)
        if each.rule != "missing-slot" or not findings.refused(each.line, each.slot)  # what was refused is not missing
    )
    if not mapping_set.sssom_version and version_needed(mapping_set) != "1.0":
        mapping_set = replace(mapping_set, sssom_version=version_needed(mapping_set))
    places = columns or {}
    judged = tuple(replace(each, column=places.get(each.slot)) if each.line else each for each in judged)
    found = sorted((*findings.all(), *judged), key=lambda each: (each.line or 0, each.column or 0))
    return Reading(mapping_set, tuple(found))


def _checked(table: Table, name: str, findings: Findings) -> Table:
    """Refuse what is no table of mappings, and leave nameless and repeated columns out."""
    if not table.names:
        raise UnreadableInput("The file has no table.", where=name, remedy="Write a line with the names of slots.")
    if not NAMES_OF_MAPPING & set(table.names):
        what = "The first line of the table names no slot of a mapping."
        remedy = "Write the names of slots, with tabs between them."
        raise UnreadableInput(what, where=f"{name}, line {table.header_line}", remedy=remedy)
    if len(table.names) > MOST_SLOTS:
        raise TooLarge(f"The table has {len(table.names):,} columns.", where=name, remedy=f"{MOST_SLOTS:,} at most.")
    counts = Counter(table.names)
    kept: dict[str, tuple[int, tuple[str, ...]]] = {}
    for column, cells, number in zip(table.names, table.columns, table.positions, strict=True):
        place = (table.header_line, number)
        if not column:
            if any(cells):
                what = "A column with values has no name."
                findings.add(Finding("nameless-column", "error", what, "Name its slot.", "", *place))
        elif column in kept:
            what = f"`{column}` is the name of {counts[column]} columns."
            findings.add(Finding("column-twice", "error", what, "Keep one of them.", "", *place))
        else:
            kept[column] = (number, cells)
    columns = tuple(cells for _, cells in kept.values())
    return replace(table, names=tuple(kept), columns=columns, positions=tuple(number for number, _ in kept.values()))


def _rows(table: Table, about: Metadata, findings: Findings) -> list[dict[str, object]]:
    standard: dict[str, list[Value | None]] = {}
    further: dict[str, list[Value | None]] = {}
    for name, cells, number in zip(table.names, table.columns, table.positions, strict=True):
        reader = _reader(name, about)
        if name not in NAMES_OF_MAPPING and about.definition(name) is None:
            warn_of_undefined(name, NAMES_OF_MAPPING, findings, (table.header_line, number))
        column = ColumnReader(reader)
        (standard if name in NAMES_OF_MAPPING else further)[name] = _values(column, cells)
        _say_doubts(column, cells, table, number, findings)
    names = (*standard, "line")
    rows: list[dict[str, object]] = [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in zip(*standard.values(), table.lines, strict=True)
    ]
    if further:
        for row, values in zip(rows, zip(*further.values(), strict=True), strict=True):
            said = {name: str(value) for name, value in zip(further, values, strict=True) if value is not None}
            if said:
                row["extensions"] = said
    return rows


def _values(column: ColumnReader, cells: abc.Sequence[str]) -> list[Value | None]:
    slot = column.reader.slot
    if slot.name in NAMES_OF_MAPPING and slot.kind == "text" and not slot.multivalued:
        return [cell or None for cell in cells]  # a text is what it is, so there is nothing to judge or to keep
    return [column[cell] for cell in cells]


def _reader(name: str, about: Metadata) -> SlotReader:
    if name in NAMES_OF_MAPPING:
        return SlotReader(SLOTS[name], about.prefixes, about.version)
    return ExtensionReader(name, about.definition(name), about.prefixes)


def _say_doubts(column: ColumnReader, cells: abc.Sequence[str], table: Table, number: int, findings: Findings) -> None:
    if not column.doubts:
        return
    slot = column.reader.slot.name
    for cell, line in zip(cells, table.lines, strict=True):
        for doubt in column.doubts.get(cell, ()):
            place = (line, number, slot)
            findings.add(Finding(doubt.rule, doubt.severity, doubt.what, doubt.remedy, "", *place))
