"""By what each term of one model is carried into another, by the sets and rules of a folder of mappings."""

from collections import abc
from dataclasses import dataclass, field

from virtuales.alignment.checks.known_terms import KnownTerms
from virtuales.alignment.checks.query_patterns import patterns_of
from virtuales.alignment.registered.folder import MappingFolder
from virtuales.alignment.rules import MappingRule
from virtuales.alignment.translation.term_table import term_table
from virtuales.errors import InputError
from virtuales.models.facts import Model


@dataclass(frozen=True)
class Ways:
    """What leads from one model to another.

    Args:
        carried: For each term of the source by what it is carried: a term's IRI, or `rule NAME`.
        reached: The target's terms that some statement can be carried to, or made of by a rule.
        rules: The queries of the rules, by their names.
        fault: Why no translation can be made; empty if one can.
    """

    carried: dict[str, str] = field(default_factory=dict)
    reached: frozenset[str] = frozenset()
    rules: dict[str, str] = field(default_factory=dict)
    fault: str = ""


def ways(folder: MappingFolder, ends: tuple[str, str], terms: KnownTerms) -> Ways:
    """Return what leads from one model to another.

    Args:
        folder: The mappings.
        ends: The IRIs of the models, as sets name them.
        terms: The terms of all models.
    """
    source, target = (terms.named(iri) for iri in ends)
    shared = source.terms & target.terms if source and target else frozenset()
    rules = _rules(folder, source, target)
    queries = {rule.name: rule.query for rule in rules}
    if not rules and not folder.mappings.sides(*ends):
        return Ways()
    try:
        table = term_table(folder.mappings.between(*ends), shared)
    except InputError as error:
        return Ways(rules=queries, fault=str(error))
    carried = {one.term: f"rule {rule.name}" for rule in rules for one in rule.carries} | dict(table.terms)
    made = {iri for rule in rules for iri in _made(rule)}
    return Ways(carried, frozenset(table.terms.values()) | made, queries)


def _made(rule: MappingRule) -> abc.Iterator[str]:
    """Give the terms that a rule may make statements of; where a variable stands for one, any that it names."""
    patterns = patterns_of(rule.query)
    is_open = any(predicate.sort == "variable" for _, predicate, _ in patterns.head)
    words = (*patterns.made_of, *patterns.read_of) if is_open else patterns.made_of
    return (word.text for word in words if word.sort == "iri")


def _rules(folder: MappingFolder, source: Model | None, target: Model | None) -> tuple[MappingRule, ...]:
    return folder.rules.between(source.name, target.name) if source and target else ()
