"""The view of one registered model's data in another's terms, put together from the registered mappings and rules."""

from collections import abc
from pathlib import Path

from virtuales.alignment.chain_rules import rules_of
from virtuales.alignment.chaining import DERIVED_FROM, invert
from virtuales.alignment.closure import Closure
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.rewriting.rule_view import RuleView
from virtuales.alignment.rewriting.strictness import Strictness, admitted
from virtuales.alignment.rewriting.term_view import Located, term_view
from virtuales.alignment.rewriting.view import View
from virtuales.alignment.rewriting.vocabulary import Vocabulary
from virtuales.alignment.rules import RuleRegistry
from virtuales.alignment.translation.term_table import EXACT
from virtuales.errors import InputError
from virtuales.models.registry import ModelRegistry


def view_between(
    query: str,
    data: str,
    *,
    models: ModelRegistry,
    mappings: MappingRegistry,
    rules: RuleRegistry,
    strictness: Strictness = Strictness.NARROWER,
) -> View:
    """Put together how data in one model is seen in another.

    Args:
        query: The registered name of the model that queries are in.
        data: The registered name of the model that the data is in.
        models: The registered models.
        mappings: The mapping sets.
        rules: The mapping rules.
        strictness: What else than terms of the same meaning may stand for the query's.

    Raises:
        UnknownTerm: no model is registered under a name.
        InputError: nothing leads from the data's model to the queries'.
    """
    ends = models.iri(data), models.iri(query)
    found = located(mappings, *ends)
    views = rules.between(data, query)
    if not found and not views:
        raise InputError(
            f"No mapping or rule leads from `{data}` to `{query}`.",
            remedy="`virtuales mappings list` names the sets that there are.",
        )
    ours, theirs = models.model(query), models.model(data)
    vocabulary = Vocabulary.of_model(theirs)
    return View(
        Vocabulary.of_model(ours),
        vocabulary,
        admitted(term_view(found, ours.terms & theirs.terms), strictness),
        tuple(RuleView.of(rule, vocabulary) for rule in views),
        approximate=strictness in {Strictness.CLOSE, Strictness.BROADER},
    )


def located(mappings: MappingRegistry, data: str, query: str) -> tuple[Located, ...]:
    """Return what leads from one model's terms to another's: what sets say of both, then what follows by way of others.

    Args:
        mappings: The mapping sets.
        data: The IRI of the model to lead from.
        query: The IRI of the model to lead to.
    """
    direct = tuple(_direct(mappings, data, query))
    known = {each.mapping.subject_id for each in direct if each.mapping.predicate_id in EXACT}
    further = [each for each in _derived(mappings, data, query) if each.mapping.subject_id not in known]
    return (*direct, *further)


def _direct(mappings: MappingRegistry, data: str, query: str) -> abc.Iterator[Located]:
    for side in mappings.sides(data, query):
        rules = rules_of(side.mapping_set)
        for mapping in side.mapping_set.mappings:
            seen = invert(mapping, rules) if side.inverted else mapping
            if seen is not None:
                line = f", line {mapping.line}" if mapping.line else ""
                yield Located(seen, f"{Path(side.mapping_set.file).name}{line}")


def _derived(mappings: MappingRegistry, data: str, query: str) -> abc.Iterator[Located]:
    """Give what follows from several sets together, if the two models are connected by way of others."""
    names = _connecting(mappings, data, query)
    if not names:
        return
    sets = [mappings.mapping_set(name) for name in names]
    closure = Closure((mapping for each in sets for mapping in each.mappings), rules_of(*sets))
    for each in closure.derived():
        mapping = each.mapping
        if (mapping.subject_source, mapping.object_source) == (data, query) and len(each.premises) > 1:
            yield Located(mapping, f"follows from {mapping.extensions[DERIVED_FROM]}")


def _connecting(mappings: MappingRegistry, data: str, query: str) -> tuple[str, ...]:
    """Return the sets by which one model can be reached from another by way of at least one between."""
    ends = {name: frozenset(mappings.models(name)) for name in mappings.names()}
    beside = {name: each for name, each in ends.items() if each != {data, query}}
    reached = _reached(data, beside.values())
    if query not in reached:
        return ()
    return tuple(name for name, each in ends.items() if each <= reached)


def _reached(start: str, links: abc.Collection[frozenset[str]]) -> frozenset[str]:
    found = {start}
    while more := {end for each in links if each & found for end in each} - found:
        found |= more
    return frozenset(found)
