"""Analysing small records by small mapping sets; the models are the registered ones."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.alignment.small_sets import line, mapping_set
from tests.alignment.use_cases.records import write_record

from virtuales.alignment.gaps.analysis import analyse
from virtuales.alignment.gaps.cell import Cell, GapReport
from virtuales.alignment.gaps.proposals import proposals
from virtuales.alignment.gaps.reports.plain import Account
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.terms import EXACT_MATCH
from virtuales.alignment.use_cases.reading import read_use_case
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed

CIM16, CIM17 = "http://iec.ch/TC57/2013/CIM-schema-cim16#", "http://iec.ch/TC57/CIM100#"


@cache
def registered() -> ModelRegistry:
    """The registered models, read once."""
    return ModelRegistry.load(contributed("ontology"))


def maps(old: str, new: str, predicate: str = EXACT_MATCH, *, denied: bool = False) -> Mapping:
    """Map a term of CGMES 2.4.15 to one of CGMES 3.0."""
    return line(CIM16 + old, predicate, CIM17 + new, predicate_modifier="Not" if denied else "")


def account_of(
    folder: Path, parts: Sequence[str], mappings: Sequence[Mapping] = (), models: Sequence[str] = ()
) -> Account:
    """Analyse a record."""
    use_case = read_use_case(write_record(folder, parts))
    report = analyse(use_case, models=registered(), sets=(mapping_set(*mappings),), references=models)
    return Account(use_case, report, proposals(use_case, report))


def cells(account: Account, row: int = 0) -> dict[str, Cell]:
    """Return the cells of a row, by model."""
    report: GapReport = account.report
    return dict(zip(report.names, report.rows[row].cells, strict=True))
