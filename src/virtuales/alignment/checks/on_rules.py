"""Checks of mapping rules: their models and terms, what they make and read, and the units of values they hand on."""

from collections import abc
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from virtuales.alignment.checks.known_terms import KnownTerms
from virtuales.alignment.checks.query_patterns import Patterns, patterns_of
from virtuales.alignment.checks.units import different_units
from virtuales.alignment.checks.written_terms import Token
from virtuales.alignment.findings import Severity
from virtuales.alignment.rules import MappingRule
from virtuales.models.facts import Model, PropertyFact


@dataclass(frozen=True)
class CheckedRule:
    """A rule that is checked.

    Args:
        rule: The rule.
        terms: The terms of all models.
    """

    rule: MappingRule
    terms: KnownTerms

    @cached_property
    def patterns(self) -> Patterns:
        """What its patterns say."""
        return patterns_of(self.rule.query)

    @property
    def source(self) -> Model | None:
        """The model that it reads, if it is registered."""
        return self.terms.model(self.rule.source)

    @property
    def target(self) -> Model | None:
        """The model that it writes, if it is registered."""
        return self.terms.model(self.rule.target)

    def known(self, words: abc.Iterable[Token], model: Model) -> bool:
        """Tell whether some words name a term of a model."""
        return any(word.sort == "iri" and self.terms.in_model(word.text, model) is not None for word in words)


@dataclass(frozen=True)
class RuleFault:
    """What a check found in a rule.

    Args:
        what: One sentence that says what is wrong.
        remedy: One sentence that says what would be right.
        line: The line.
        column: The character, counted from 1.
    """

    what: str
    remedy: str
    line: int | None = None
    column: int | None = None


def unknown_models(checked: CheckedRule) -> abc.Iterator[RuleFault]:
    """Models that are not registered."""
    for said, name in (("from", checked.rule.source), ("to", checked.rule.target)):
        if checked.terms.model(name) is None:
            near = get_close_matches(name, checked.terms.references(), n=1)
            remedy = f"Did you mean `{near[0]}`?" if near else "Name a registered model."
            yield RuleFault(f"No model is registered as `{name}`.", remedy, _line_of(checked, f"#+ {said}:"))


def unknown_terms(checked: CheckedRule) -> abc.Iterator[RuleFault]:
    """Terms in a model's namespace that the model does not have; each is told once."""
    for word in dict.fromkeys((*checked.patterns.made_of, *checked.patterns.read_of)):
        yield from unknown_term(word, checked.terms, prefer=(checked.source, checked.target))


def unknown_term(word: Token, terms: KnownTerms, *, prefer: abc.Iterable[Model | None] = ()) -> abc.Iterator[RuleFault]:
    """Say so if a word is an IRI of a model's namespace without being a term of any model."""
    if word.sort != "iri" or terms.anywhere(word.text) is not None:
        return
    owner = terms.owner(word.text)
    if owner is None or word.text in owner.namespaces.values():
        return
    fitting = [one for one in prefer if one and any(word.text.startswith(each) for each in one.namespaces.values())]
    model = fitting[0] if fitting else owner
    remedy = terms.nearest(word.text, model) or "Write a term of the model."
    yield RuleFault(f"`{model.name}` has no term <{word.text}>.", remedy, word.line, word.column)


def never_asked(checked: CheckedRule) -> abc.Iterator[RuleFault]:
    """Rules that make nothing of the model they are for, so that no query in its terms ever needs them."""
    target, patterns = checked.target, checked.patterns
    if target is None:
        return
    open_ended = any(predicate.sort == "variable" for _, predicate, _ in patterns.head)
    words = (*patterns.made_of, *(patterns.read_of if open_ended else ()))
    if not checked.known(words, target):
        first = patterns.made_of[0] if patterns.made_of else None
        what = f"Nothing that the rule makes is in the terms of `{target.name}`, so it is never asked for."
        yield RuleFault(what, "Make statements of the target model, or correct `to`.", first.line if first else None)


def never_applies(checked: CheckedRule) -> abc.Iterator[RuleFault]:
    """Rules that look for nothing of the model they read."""
    source, patterns = checked.source, checked.patterns
    if source is not None and not checked.known(patterns.read_of, source):
        first = patterns.read_of[0] if patterns.read_of else None
        what = f"Nothing that the rule looks for is in the terms of `{source.name}`, so it never applies."
        yield RuleFault(
            what, "Look for statements of the source model, or correct `from`.", first.line if first else None
        )


def unbound_variables(checked: CheckedRule) -> abc.Iterator[RuleFault]:
    """Variables that the rule makes statements of, or carries, but never looks for."""
    bound = {word.text for word in checked.patterns.read_of if word.sort == "variable"}
    told: set[str] = set()
    for word in checked.patterns.made_of:
        if word.sort == "variable" and word.text not in bound and word.text not in told:
            told.add(word.text)
            what = f"`?{word.text}` is made a part of statements but never looked for, so they are never made."
            yield RuleFault(what, _spelling(word.text, bound), word.line, word.column)
    declared = {one.variable: "carries" for one in checked.rule.carries}
    for one in checked.rule.creates:
        declared |= {one.variable: "creates", one.beside: "creates"}
    for name, key in declared.items():
        if name not in bound:
            line = _line_of(checked, f"?{name} ", marked=True)
            yield RuleFault(f"`{key}` names `?{name}`, which the query never binds.", _spelling(name, bound), line)


def clashing_units(checked: CheckedRule) -> abc.Iterator[RuleFault]:
    """Values that are handed on as they are from a property to one in another unit."""
    if checked.source is None or checked.target is None:
        return
    told: set[tuple[str, str]] = set()
    for _, read, value in checked.patterns.body:
        for _, made, same in checked.patterns.head:
            if value.sort != "variable" or same.text != value.text or same.sort != "variable":
                continue
            for one, two in checked.patterns.variants(read, made):
                ours = _property(one, checked.source, checked.terms)
                theirs = _property(two, checked.target, checked.terms)
                if ours is None or theirs is None or (one.text, two.text) in told:
                    continue
                units = different_units((ours, checked.source), (theirs, checked.target))
                if units:
                    told.add((one.text, two.text))
                    read_in, made_in = units.first, units.second
                    what = f"`?{value.text}` is in {read_in} where it is read and in {made_in} where it is written."
                    remedy = f"Convert it with BIND before it is written: {units.advice}."
                    yield RuleFault(what, remedy, two.line, two.column)


@dataclass(frozen=True)
class RuleCheck:
    """A kind of check of rules; the fields are those of a check of mapping sets."""

    code: str
    severity: Severity
    title: str
    judge: abc.Callable[[CheckedRule], abc.Iterable[RuleFault]]


RULE_CHECKS: tuple[RuleCheck, ...] = (
    RuleCheck("rule-unknown-model", "error", "Models of rules that are not registered", unknown_models),
    RuleCheck("rule-unknown-term", "error", "Terms in rules that no model has", unknown_terms),
    RuleCheck("rule-never-asked", "error", "Rules that make nothing of their target", never_asked),
    RuleCheck("rule-never-applies", "error", "Rules that read nothing of their source", never_applies),
    RuleCheck("rule-unbound", "error", "Variables of rules that nothing binds", unbound_variables),
    RuleCheck("rule-unit-clash", "error", "Values that rules hand on in another unit", clashing_units),
)
"""Every check of rules."""


def _property(word: Token, model: Model, terms: KnownTerms) -> PropertyFact | None:
    term = terms.in_model(word.text, model) if word.sort == "iri" else None
    return term.attributes if term else None


def _spelling(name: str, bound: abc.Iterable[str]) -> str:
    near = get_close_matches(name, bound, n=1)
    return f"Did you mean `?{near[0]}`?" if near else "Bind it in the WHERE part."


def _line_of(checked: CheckedRule, text: str, *, marked: bool = False) -> int | None:
    for number, line in enumerate(checked.rule.query.splitlines(), 1):
        if (line.startswith("#+") and text in line + " ") if marked else line.startswith(text):
            return number
    return None
