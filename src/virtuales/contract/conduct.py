"""What became of the rules of an agreement: duties that were fulfilled, duties and prohibitions that were violated.

The provider records it, since it decides about access; each record is an event of its journal.
"""

from dataclasses import dataclass
from enum import StrEnum

from virtuales.errors import Conflict, NotFound
from virtuales.policy.check import duties_of
from virtuales.policy.odrl import Agreement, Duty, Permission, Rule
from virtuales.rdf.changeset import ChangeSet, Statements
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode
from virtuales.store.rdf_store import RdfStore


class RuleState(StrEnum):
    """What is on record about a rule."""

    FULFILLED = "fulfilled"
    VIOLATED = "violated"
    WITHDRAWN = "withdrawn"


_PREDICATES = {RuleState.FULFILLED: VES.fulfilledDuty, RuleState.VIOLATED: VES.violatedRule}


@dataclass(frozen=True)
class Conduct:
    """What is on record about the rules of one agreement.

    Args:
        fulfilled: The duties that were fulfilled.
        violated: The duties and prohibitions that were violated.
    """

    fulfilled: frozenset[NamedNode] = frozenset()
    violated: frozenset[NamedNode] = frozenset()


def read_conduct(store: RdfStore, graph: NamedNode, agreement: NamedNode) -> Conduct:
    """Read what is on record about the rules of an agreement."""
    rows = store.select(
        f"SELECT ?what ?rule WHERE {{ {agreement} ?what ?rule "
        f"VALUES ?what {{ {VES.fulfilledDuty} {VES.violatedRule} }} }}",
        graphs=[graph],
    )
    said = [(row["what"], row["rule"]) for row in rows]
    named = {state: {rule for what, rule in said if what == term} for state, term in _PREDICATES.items()}
    return Conduct(
        frozenset(rule for rule in named[RuleState.FULFILLED] if isinstance(rule, NamedNode)),
        frozenset(rule for rule in named[RuleState.VIOLATED] if isinstance(rule, NamedNode)),
    )


def record_rule(
    agreement: Agreement, rule: NamedNode, state: RuleState, *, known: Conduct, graph: NamedNode
) -> ChangeSet:
    """Return the change that puts on record what became of a rule.

    A violation stays on record when the duty is fulfilled after all; only withdrawing takes records back.

    Args:
        agreement: The agreement.
        rule: The duty, obligation, remedy or consequence, or the prohibition.
        state: What became of it; `WITHDRAWN` takes back what is on record.
        known: What is on record already.
        graph: The graph of the node's agreements.

    Raises:
        NotFound: the agreement has no such rule, or none that can be fulfilled or violated.
        Conflict: it is on record already; there is nothing to withdraw; a prohibition cannot be fulfilled.
    """
    found = {one.iri: one for one in _rules(agreement)}.get(rule)
    if found is None:
        known_rules = ", ".join(one.iri.value for one in _rules(agreement)) or "none"
        what = "The agreement has no such duty or prohibition."
        raise NotFound(what, where=rule.value, remedy=f"It has: {known_rules}.")
    if state is RuleState.WITHDRAWN:
        return _withdrawal(agreement.iri, rule, known, graph)
    if state is RuleState.FULFILLED and not isinstance(found, Duty):
        raise Conflict("A prohibition is not fulfilled.", where=rule.value, remedy="Record its remedy as fulfilled.")
    if rule in (known.fulfilled if state is RuleState.FULFILLED else known.violated):
        raise Conflict(f"The rule is on record as {state} already.", where=rule.value, remedy="Nothing is to be done.")
    return ChangeSet(add=Statements(graph).say(agreement.iri, _PREDICATES[state], rule).quads)


def _withdrawal(agreement: NamedNode, rule: NamedNode, known: Conduct, graph: NamedNode) -> ChangeSet:
    gone = Statements(graph)
    if rule in known.fulfilled:
        gone.say(agreement, VES.fulfilledDuty, rule)
    if rule in known.violated:
        gone.say(agreement, VES.violatedRule, rule)
    if not gone.quads:
        raise Conflict("Nothing is on record about the rule.", where=rule.value, remedy="Nothing is to be done.")
    return ChangeSet(remove=gone.quads)


def _rules(agreement: Agreement) -> list[Rule]:
    """Return every rule that can be fulfilled or violated: duties at any depth, and prohibitions."""
    ahead: list[Rule] = [*agreement.permissions, *agreement.prohibitions, *agreement.obligations]
    found: list[Rule] = []
    while ahead:
        rule = ahead.pop(0)
        ahead.extend(duties_of(rule))
        if not isinstance(rule, Permission):
            found.append(rule)
    return found
