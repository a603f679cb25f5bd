"""Contributed mapping rules are sound, and the editions of CGMES and the LTDS profiles are covered without a gap."""

import re

import pytest

from virtuales.alignment.coverage import Row, coverage
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rules import MappingRule, RuleRegistry
from virtuales.clock import SystemClock
from virtuales.models.registry import ModelRegistry
from virtuales.resources import contributed
from virtuales.workflow.convert import Converter

MODELS = ModelRegistry.load(contributed("ontology"))
RULES = RuleRegistry.load(contributed("mappings")).rules
_PREFIX = re.compile(r"PREFIX\s+([\w-]+):\s*<([^>]*)>")
_NAME = re.compile(r"\b([\w-]+):([A-Za-z][\w.-]*\w)")
EDITIONS = ("cgmes-2.4.15", "cgmes-3.0")
STATEMENTS = ("cgmes-3.0", "gb-ltds-1.0.1")
CIM = "http://iec.ch/TC57/CIM100#"


def test_there_are_rules() -> None:
    assert len(RULES) >= 24


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.source}-{rule.name}")
def test_names_terms_of_its_models_only(rule: MappingRule) -> None:
    known: set[str] = set()
    for name in (rule.source, rule.target):
        model = MODELS.model(name)
        known |= model.classes.keys() | model.properties.keys()
        known |= {member for fact in model.classes.values() for member in fact.members}
    prefixes = {prefix: iri for prefix, iri in _PREFIX.findall(rule.query) if "www.w3.org" not in iri}
    named = {prefixes[prefix] + local for prefix, local in _NAME.findall(rule.query) if prefix in prefixes}
    assert named
    assert sorted(named - known) == [], f"{rule.file} names terms that its models do not have"


def counted(source: str, target: str, *profiles: str) -> tuple[Row, ...]:
    folder = contributed("mappings")
    converter = Converter(MODELS, MappingRegistry.load(folder), RuleRegistry.load(folder), SystemClock())
    translator = converter.translator(source, target)
    return coverage(translator.source, translator.target, translator.table, translator.rules, profiles)


@pytest.mark.parametrize(("source", "target"), [EDITIONS, EDITIONS[::-1]])
def test_declares_every_term_of_both_editions(source: str, target: str) -> None:
    rows = counted(source, target, "EQ", "SSH", "TP", "SV", "SC", "OP", "EQBD", "GL", "DL")
    assert len(rows) == 18
    assert {row.profile: row.undeclared for row in rows if row.undeclared} == {}
    assert sum(row.counts["mapped"] for row in rows) > 900


@pytest.mark.parametrize(("source", "target"), [STATEMENTS, STATEMENTS[::-1]])
def test_declares_every_term_of_the_long_term_development_statements(source: str, target: str) -> None:
    rows = counted(source, target, "EQ", "SSH", "TP", "SV", "SC", "OP", "EQBD", "GL", "DL", "SCR", "SYSCAP")
    assert len(rows) == 22
    assert {row.profile: row.undeclared for row in rows if row.undeclared} == {}
    assert sum(row.counts["mapped"] for row in rows) > 500


@pytest.mark.parametrize("term", ["CurrentLimit.normalValue", "CurrentLimit.value", "Switch.ratedCurrent"])
def test_a_name_that_the_statements_use_for_another_unit_is_carried_by_rule(term: str) -> None:
    folder = contributed("mappings")
    converter = Converter(MODELS, MappingRegistry.load(folder), RuleRegistry.load(folder), SystemClock())
    for source, target in (STATEMENTS, STATEMENTS[::-1]):
        translator = converter.translator(source, target)
        assert CIM + term not in translator.table.terms
        assert CIM + term in {one.term for rule in translator.rules for one in rule.carries}
