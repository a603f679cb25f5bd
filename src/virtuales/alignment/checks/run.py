"""Checking files of mappings: each is read, and judged together with all sets of its folder."""

import re
from collections import abc
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from virtuales.alignment.checks.known_terms import KnownTerms
from virtuales.alignment.checks.on_rml import RML_SUFFIX, unknown_rml_terms
from virtuales.alignment.checks.on_rules import RULE_CHECKS, CheckedRule
from virtuales.alignment.checks.pairs import AllPairs, CheckedSet, Fault, accepted_codes
from virtuales.alignment.checks.table import CHECKS
from virtuales.alignment.coherence.judging import Reasoner, judge
from virtuales.alignment.curators import CURATORS, Curator, read_curators
from virtuales.alignment.findings import Finding, Findings, Reading
from virtuales.alignment.formats import read_file
from virtuales.alignment.rules import RULE_SUFFIX, read_rule
from virtuales.errors import InputError, UnreadableInput
from virtuales.models.manifest import ListedFile, read_manifest
from virtuales.models.registry import ModelRegistry
from virtuales.rdf.namespaces import SSSOM, VES
from virtuales.rdf.terms import plain

SET_SUFFIX: Final = ".sssom.tsv"
_LINE: Final = re.compile(r"\bline (\d+)|\bat (\d+):\d+")


@dataclass(frozen=True)
class Checked:
    """What checking some files came to.

    Args:
        files: The files that were checked, in order.
        findings: What was found, by file and line.
    """

    files: tuple[str, ...]
    findings: tuple[Finding, ...]

    def count(self, severity: str) -> int:
        """Return how many findings are of a severity."""
        return sum(1 for each in self.findings if each.severity == severity)

    @property
    def sound(self) -> bool:
        """Whether there is neither an error nor a warning."""
        return not self.count("error") and not self.count("warning")


@dataclass(frozen=True)
class _Folder:
    path: Path
    sets: abc.Mapping[Path, ListedFile]
    listed: frozenset[Path]
    curators: abc.Mapping[str, Curator] | None


def check_files(
    files: abc.Sequence[Path] | None,
    *,
    folder: Path,
    models: ModelRegistry,
    reasoner: Reasoner = judge,
    read: abc.Callable[[Path], Reading] = read_file,
) -> Checked:
    """Check files of mappings: sets (SSSOM), rules (`.rq`) and lifting mappings (`.rml.ttl`).

    Args:
        files: The files; by default every file of the folder.
        folder: The folder of contributed mappings: what its sets say counts when another file is judged.
        models: The registered models.
        reasoner: Says what the mappings together do to the models.
        read: Reads a set.

    Raises:
        ConfigurationError: the folder has no manifest, or the manifest lists a file that is not there.
        UnreadableInput: a file is not there, or the manifest is not Turtle.
        InputError: the table of curators is wrong.
    """
    about = _read_folder(folder)
    shown = {path.resolve(): str(path) for path in files} if files is not None else _relative(_contributed(folder))
    for path, name in shown.items():
        if not path.is_file():
            raise UnreadableInput("There is no such file.", where=name)
    sets = dict.fromkeys((*about.sets, *(path for path in shown if not path.name.endswith((RULE_SUFFIX, RML_SUFFIX)))))
    readings = {path: _read(path, shown.get(path, str(path)), read) for path in sets}
    ordered = [readings[path] for path in sorted(readings, key=lambda one: (one in shown, str(one)))]
    terms = KnownTerms(models)
    pairs = AllPairs([each.mapping_set for each in ordered if isinstance(each, Reading)], terms, reasoner)
    found: list[Finding] = []
    for path, name in shown.items():
        findings = Findings(name)
        if path.is_relative_to(about.path) and path not in about.listed:
            what = "The folder's manifest does not list this file."
            findings.add(Finding("not-listed", "error", what, "Add an entry to manifest.ttl."))
        if path in readings:
            _judge_set(path, readings[path], findings, about=about, pairs=pairs)
        else:
            _judge_text(path, findings, terms)
        found += _in_order(findings.all())
    return Checked(tuple(shown.values()), tuple(found))


def _judge_set(path: Path, reading: Reading | Finding, findings: Findings, *, about: _Folder, pairs: AllPairs) -> None:
    if isinstance(reading, Finding):
        findings.add(reading)
        return
    curators = about.curators if path.is_relative_to(about.path) else None
    checked = CheckedSet(reading.mapping_set, pairs.terms, pairs, curators, _listed(about.sets.get(path)))
    for each in reading.findings:
        findings.add(each)
    text = path.read_text(encoding="utf-8", errors="replace").splitlines()
    columns = _columns(text)
    for check in CHECKS:
        for fault in check.judge(checked):
            line, column = _place(fault, text, columns)
            found = Finding(check.code, check.severity, fault.what, fault.remedy, "", line, column, fault.slot)
            findings.add(_accepted(found, fault))


def _accepted(finding: Finding, fault: Fault) -> Finding:
    """Make a finding a mere fact if the mapping's `other` accepts it and its `comment` says why."""
    mapping = fault.mapping
    if mapping is None or finding.rule not in accepted_codes(mapping):
        return finding
    if not mapping.comment:
        return replace(finding, remedy=f"{finding.remedy} Say in `comment` why it is accepted.".strip())
    return replace(finding, severity="info", remedy=f"Accepted: {mapping.comment}")


def _judge_text(path: Path, findings: Findings, terms: KnownTerms) -> None:
    """Judge a rule or a lifting mapping."""
    try:
        if path.name.endswith(RML_SUFFIX):
            faults = [("rml-unknown-term", each) for each in unknown_rml_terms(path, terms)]
        else:
            rule = CheckedRule(read_rule(path), terms)
            faults = [(check.code, each) for check in RULE_CHECKS for each in check.judge(rule)]
    except InputError as error:
        findings.add(_unreadable(error, findings.file))
        return
    for code, fault in faults:
        findings.add(Finding(code, "error", fault.what, fault.remedy, "", fault.line, fault.column))


def _in_order(findings: abc.Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda each: (each.line is None and not each.column, each.line or 0, each.column or 0))


def _place(fault: Fault, text: abc.Sequence[str], columns: abc.Mapping[str, int]) -> tuple[int | None, int | None]:
    if fault.mapping is not None and fault.mapping.line is not None:
        return fault.mapping.line, columns.get(fault.slot)
    starts = (f"#{fault.slot}:", f"# {fault.slot}:")
    line = next((number for number, each in enumerate(text, 1) if fault.slot and each.startswith(starts)), None)
    return line, None


def _columns(text: abc.Sequence[str]) -> dict[str, int]:
    """Return the number of each column of a table."""
    names = next((line for line in text if line and not line.startswith("#")), "")
    return {name: number for number, name in enumerate(names.split("\t"), 1)}


def _read(path: Path, name: str, read: abc.Callable[[Path], Reading]) -> Reading | Finding:
    try:
        reading = read(path)
    except InputError as error:
        return _unreadable(error, name)
    named = tuple(replace(each, file=name) for each in reading.findings)
    return Reading(replace(reading.mapping_set, file=name), named)


def _unreadable(error: InputError, name: str) -> Finding:
    line = _LINE.search(error.where or "") or _LINE.search(error.what)
    number = next((int(each) for each in line.groups() if each), None) if line else None
    return Finding("unreadable", "error", error.what, error.remedy or "", name, number)


def _read_folder(folder: Path) -> _Folder:
    table = folder / CURATORS
    curators = {each.orcid: each for each in read_curators(table)} if table.is_file() else None
    kinds = (SSSOM.MappingSet, VES.MappingRule, VES.LiftingMapping)
    sets, rules, lifting = ({file.path.resolve(): file for file in read_manifest(folder, kind)} for kind in kinds)
    return _Folder(folder.resolve(), sets, frozenset((*sets, *rules, *lifting)), curators)


def _listed(file: ListedFile | None) -> tuple[str, str, str] | None:
    if file is None:
        return None
    sides = (file.further.get(each) for each in (SSSOM.subject_source, SSSOM.object_source))
    subject, target = (plain(each) if each is not None else "" for each in sides)
    return file.iri.value, subject, target


def _contributed(folder: Path) -> list[Path]:
    suffixes = (SET_SUFFIX, RULE_SUFFIX, RML_SUFFIX)
    return sorted(path for path in folder.resolve().rglob("*") if path.name.endswith(suffixes))


def _relative(paths: abc.Iterable[Path]) -> dict[Path, str]:
    here = Path.cwd().resolve()
    return {path: str(path.relative_to(here)) if path.is_relative_to(here) else str(path) for path in paths}
