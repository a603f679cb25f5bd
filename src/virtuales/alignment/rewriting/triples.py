"""Triples of the query made patterns of the data, each noted in the account."""

from collections import abc
from dataclasses import dataclass, replace

from virtuales.alignment.rewriting.account import Account, Entry, Outcome, Place
from virtuales.alignment.rewriting.alternative import Alternative, Context, combined, same_term
from virtuales.alignment.rewriting.by_rules import unfolded
from virtuales.alignment.rewriting.by_terms import ByTerms
from virtuales.alignment.rewriting.hierarchy import hierarchy_data, speaks_of_hierarchy
from virtuales.alignment.rewriting.rule_view import RuleView
from virtuales.alignment.rewriting.term_view import Carrier
from virtuales.alignment.rewriting.view import View
from virtuales.query.syntax.flattening import FlatNode, Triple, block
from virtuales.query.syntax.rebuilding import FreshVariables
from virtuales.query.syntax.tree import Bind, Element, Filter
from virtuales.rdf.namespaces import RDF, RDFS
from virtuales.rdf.terms import NamedNode, Variable


@dataclass(frozen=True)
class TripleRewriter:
    """Rewrites triples whose verb is a property or a variable.

    Args:
        view: The data as the query sees it.
        fresh: Makes variables.
        account: Where it is noted what became of each term.
    """

    view: View
    fresh: FreshVariables
    account: Account

    def rewrite(self, triple: Triple, context: Context) -> tuple[Element, ...]:
        """Return what finds in the data what a triple asks of the view.

        Args:
            triple: The triple.
            context: Where it stands.
        """
        found = self.alternatives(triple, context)
        if speaks_of_hierarchy(triple.verb) and self.view.query.model is not None:
            return found[0].elements
        return combined(found, triple.variables, context, self.fresh)

    def alternatives(self, triple: Triple, context: Context) -> list[Alternative]:
        """Return the ways to find in the data what a triple asks of the view; the arguments are those of `rewrite`."""
        model = self.view.query.model
        if model is not None and speaks_of_hierarchy(triple.verb):
            self.account.note(Entry(RDFS.subClassOf.value, "property", "hierarchy", (f"the model `{model.name}`",)))
            return [Alternative((hierarchy_data(triple, model),))]
        apart, same = self._apart(triple)
        found = self._alternatives(apart, ByTerms(self.view, self.fresh, context.candidates))
        return [replace(each, elements=each.elements + same) for each in found]

    def _apart(self, triple: Triple) -> tuple[Triple, tuple[Element, ...]]:
        """Give each place of a triple a variable of its own; return with it what makes them the same again."""
        parts: list[FlatNode] = [triple.subject, triple.object]
        same: list[Element] = []
        verb = triple.verb
        if isinstance(verb, Variable) and verb in parts:
            other = self.fresh.make(verb.value)
            same.append(Filter(same_term(verb, other)))
            verb = other
        if isinstance(parts[0], Variable) and parts[0] == parts[1]:
            other = self.fresh.make(parts[0].value)
            same.append(Filter(same_term(parts[0], other)))
            parts[1] = other
        return Triple(parts[0], verb, parts[1]), tuple(same)

    def _alternatives(self, triple: Triple, terms: ByTerms) -> abc.Iterator[Alternative]:
        verb = triple.verb
        if isinstance(verb, Variable):
            yield from self._any_verb(triple, verb, terms)
        elif verb == RDF.type:
            yield from terms.class_of(triple)
            yield from self._by_rules(triple)
            self._note_class(triple)
        elif isinstance(verb, NamedNode):
            yield from self._by_property(triple, verb, terms)
        else:
            raise TypeError(f"a path is taken apart before: {verb!r}")

    def _any_verb(self, triple: Triple, verb: Variable, terms: ByTerms) -> abc.Iterator[Alternative]:
        yield from terms.any_property(triple)
        for found in terms.class_of(replace(triple, verb=RDF.type)):
            elements = (*found.elements, Bind(RDF.type, verb))
            yield replace(found, elements=elements, assigned=found.assigned | {verb})
        yield from self._by_rules(triple)
        if self.view.query.model is not None:
            rows = hierarchy_data(replace(triple, verb=RDFS.subClassOf), self.view.query.model)
            if rows.rows:
                yield Alternative((rows, Bind(RDFS.subClassOf, verb)), frozenset({verb}))
        self._note_value(triple)

    def _by_property(self, triple: Triple, verb: NamedNode, terms: ByTerms) -> abc.Iterator[Alternative]:
        term = verb.value
        if self.view.foreign(term) and not self.rules_for(term):
            self.account.note(Entry(term, "property", "kept"))
            yield Alternative((block([triple]),))
            return
        used, reason = [], ""
        for carrier in self.view.carriers(term):
            why_not = self.view.convertible(carrier.term, term)
            if why_not:
                reason = f"{why_not} ({carrier.where})"
                continue
            used.append(carrier)
            yield from terms.property(triple, carrier, term)
        yield from self._by_rules(triple)
        if self.view.foreign(term):
            yield Alternative((block([triple]),))
        self._note(term, "property", used, reason)
        self._note_value(triple)

    def rules_for(self, term: str, *, is_class: bool = False) -> list[tuple[RuleView, Triple]]:
        """Return the heads of rules that make statements with a property, or of a class."""
        found = []
        for view in self.view.rules:
            for head in view.heads:
                made = view.makes(head)
                if is_class and (made is None or RDF.type.value in made):
                    if head.object == NamedNode(term) or isinstance(head.object, Variable):
                        found.append((view, head))
                elif not is_class and (made is None or term in made):
                    found.append((view, head))
        return found

    def _by_rules(self, triple: Triple) -> abc.Iterator[Alternative]:
        for view in self.view.rules:
            for head in view.heads:
                if view.blank & set(head.variables):
                    continue
                found = unfolded(view, head, triple, self.fresh)
                if found is not None:
                    yield found

    def _note_class(self, triple: Triple) -> None:
        target = triple.object
        if isinstance(target, NamedNode):
            if self.view.foreign(target.value) and not self.rules_for(target.value, is_class=True):
                self.account.note(Entry(target.value, "class", "kept"))
            else:
                used = [each for each in self.view.carriers(target.value) if each.how != "inverse"]
                self._note(target.value, "class", used)

    def _note_value(self, triple: Triple) -> None:
        target = triple.object
        if isinstance(target, NamedNode) and self.view.query.owns(target.value) and not self.view.foreign(target.value):
            used = [each for each in self.view.carriers(target.value) if each.how != "inverse"]
            self._note(target.value, "value", used)

    def _note(self, term: str, place: Place, carriers: abc.Sequence[Carrier], reason: str = "") -> None:
        """Note what became of a term that belongs to a vocabulary."""
        rules = self.rules_for(term, is_class=place == "class") if place != "value" else []
        used = [view for view, head in rules if not view.blank & set(head.variables)]
        unusable = [view.where for view, head in rules if view.blank & set(head.variables)]
        if unusable:
            reason = f"{', '.join(unusable)} makes blank nodes, which cannot be asked for again. {reason}".strip()
        by = (*map(str, carriers), *dict.fromkeys(view.where for view in used))
        outcome: Outcome = "carried"
        hows = {each.how for each in carriers}
        if not by:
            outcome = "not carried"
            reason = reason or self._why_not(term)
        elif hows & {"broader", "close"}:
            outcome = "approximate"
        elif reason or ("narrower" in hows and "same" not in hows and not used):
            outcome = "narrower"
        self.account.note(Entry(term, place, outcome, by, reason))

    def _why_not(self, term: str) -> str:
        known = self.view.terms.reasons.get(term)
        if known:
            return known
        if self.view.data.owns(term) and not self.view.query.owns(term):
            return f"It is a term of `{self.view.data.name}`; the query is in terms of `{self.view.query.name}`."
        return "No mapping names it."
