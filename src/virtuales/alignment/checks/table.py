"""The checks of mapping sets: one entry each."""

from collections import abc
from dataclasses import dataclass

from virtuales.alignment.checks import coherent, on_terms, on_values, together
from virtuales.alignment.checks.pairs import CheckedSet, Fault
from virtuales.alignment.findings import Severity


@dataclass(frozen=True)
class Check:
    """A kind of check.

    Args:
        code: What findings call it.
        severity: How bad what it finds is.
        title: What it looks for, for people.
        judge: Gives what it finds in a set.
    """

    code: str
    severity: Severity
    title: str
    judge: abc.Callable[[CheckedSet], abc.Iterable[Fault]]


CHECKS: tuple[Check, ...] = (
    Check("unknown-term", "error", "Terms that no model has", on_terms.unknown_terms),
    Check("foreign-term", "error", "Terms of another model than the set names", on_terms.foreign_terms),
    Check("deprecated-term", "warning", "Terms that their publisher advises against", on_terms.deprecated_terms),
    Check("unknown-predicate", "error", "Predicates that do not exist", on_terms.unknown_predicates),
    Check("wrong-kind", "error", "Terms of different kinds", on_terms.wrong_kinds),
    Check("misused-predicate", "error", "Predicates between what they do not relate", on_terms.misused_predicates),
    Check("mistaken-type", "error", "Types that the terms do not have", on_terms.mistaken_types),
    Check("label-differs", "warning", "Labels that are no names of the term", on_terms.differing_labels),
    Check("unknown-curator", "warning", "People who are not in the table of curators", on_terms.unknown_people),
    Check("unknown-model", "info", "Models that are not registered", on_terms.unknown_sources),
    Check("unknown-version", "warning", "Versions of models that are not registered", on_terms.other_versions),
    Check("manifest-differs", "error", "The manifest against the set", on_terms.differing_manifest),
    Check("value-clash", "error", "Literals against objects", on_values.clashing_values),
    Check("datatype-clash", "error", "Datatypes that differ in sort", on_values.clashing_datatypes),
    Check("datatype-narrows", "warning", "Whole numbers against others", on_values.narrowing_datatypes),
    Check("unit-clash", "error", "Units that differ", on_values.clashing_units),
    Check("domain-clash", "error", "Properties of unrelated classes", on_values.clashing_domains),
    Check("range-clash", "error", "Associations to unrelated classes", on_values.clashing_ranges),
    Check("enumeration-clash", "error", "Values of other enumerations", on_values.clashing_enumerations),
    Check("collapse", "error", "Two terms of one model made the same", together.collapses),
    Check("broader-cycle", "error", "Circles of broader terms", together.cycles),
    Check("hierarchy-turned", "error", "Hierarchies that contradict each other", together.turned_hierarchies),
    Check("contradiction", "error", "Mappings that a negative mapping denies", together.contradictions),
    Check("denied-conclusion", "error", "Negative mappings of what others imply", together.denied_conclusions),
    Check("unsatisfiable-class", "error", "Classes that can have no member", coherent.impossible_classes),
    Check("unsatisfiable-property", "error", "Properties that can have no value", coherent.impossible_properties),
    Check("new-subsumption", "warning", "Classes put below others of their model", coherent.new_orders),
    Check("models-order-differently", "info", "Classes that editions order differently", coherent.foreseen_orders),
    Check("found-after-all", "error", "Missing counterparts that are mapped", together.found_after_all),
)
"""Every check of mapping sets, in the order in which findings about one place are told."""
