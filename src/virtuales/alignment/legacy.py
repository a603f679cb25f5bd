"""Slots of SSSOM before version 1.0, turned into those that replaced them.

See "Compatibility with pre-1.0 versions" of SSSOM/TSV.
"""

from collections import abc
from typing import Final

from virtuales.alignment.findings import Finding, Findings
from virtuales.alignment.table import Table

_JUSTIFICATIONS: Final = {
    "Lexical": "semapv:LexicalMatching",
    "Logical": "semapv:LogicalReasoning",
    "HumanCurated": "semapv:ManualMappingCuration",
    "Complex": "semapv:CompositeMatching",
    "Unspecified": "semapv:UnspecifiedMatching",
    "SemanticSimilarity": "semapv:SemanticSimilarityThresholdMatching",
}
"""The specification's table says `semapv:LogicalMatching`, which its own schema refuses."""
_TYPES: Final = {
    "ConceptMatch": "skos concept",
    "ClassMatch": "owl class",
    "ObjectPropertyMatch": "owl object property",
    "IndividualMatch": "owl named individual",
    "DataPropertyMatch": "owl data property",
    "TermMatch": "rdfs literal",
}
_CHOICES: Final = {"match_type": _JUSTIFICATIONS, "match_term_type": _TYPES}
_SUCCESSORS: Final = {
    "match_type": ("mapping_justification",),
    "match_term_type": ("subject_type", "object_type"),
    "semantic_similarity_score": ("similarity_score",),
    "semantic_similarity_measure": ("similarity_measure",),
}


def modernised(table: Table, findings: Findings) -> Table:
    """Return a table with today's columns in place of those that were given up."""
    former = _SUCCESSORS.keys() & set(table.names)
    if not former:
        return table
    columns: dict[str, tuple[int, tuple[str, ...]]] = {}
    for name, cells, number in zip(table.names, table.columns, table.positions, strict=True):
        if name not in former:
            columns[name] = (number, cells)
            continue
        what = f"`{name}` is a slot from before version 1.0; it is taken for what replaced it."
        findings.add(Finding("former-slot", "info", what, line=table.header_line, column=number, slot=name))
        choices = _CHOICES.get(name)
        values = _replaced(cells, choices, table, (name, number), findings) if choices else cells
        for successor in _SUCCESSORS[name]:
            if successor not in table.names:
                columns[successor] = (number, values)
    return Table(
        tuple(columns),
        tuple(cells for _, cells in columns.values()),
        table.lines,
        table.header_line,
        tuple(number for number, _ in columns.values()),
    )


def _replaced(
    cells: tuple[str, ...], values: abc.Mapping[str, str], table: Table, column: tuple[str, int], findings: Findings
) -> tuple[str, ...]:
    slot, number = column
    for cell, line in zip(cells, table.lines, strict=True):
        if cell and cell not in values:
            remedy = "It was one of " + ", ".join(f"`{value}`" for value in values) + "."
            what = f"`{cell}` is nothing that `{slot}` could be."
            findings.add(Finding("no-choice", "error", what, remedy, line=line, column=number, slot=slot))
    return tuple(values.get(cell, "") for cell in cells)
