"""Triples of the query found by asking for what a rule makes them from."""

from collections import abc
from dataclasses import dataclass, field

from virtuales.alignment.rewriting.alternative import Alternative, bound, negated, same_term
from virtuales.alignment.rewriting.rule_view import RuleView, types_subjects
from virtuales.query.syntax.flattening import FlatNode, Triple
from virtuales.query.syntax.rebuilding import FreshVariables, nodes, rebuilt, variables_of
from virtuales.query.syntax.scope import always_bound
from virtuales.query.syntax.tree import (
    Assignment,
    Bind,
    BuiltInCall,
    Element,
    Filter,
    GroupGraphPattern,
    InlineData,
)
from virtuales.rdf.terms import BlankNode, NamedNode, Variable


@dataclass
class _Ends:
    """How the ends of a triple of the query meet those of a rule's head.

    Args:
        names: What the rule's variables are called in the query.
        after: What has to follow the rule's body.
        computed: Variables of the query that are set there.
        taken: The rule's variables that are called by the query's names.
        possible: Whether they can meet at all.
    """

    names: dict[Variable | BlankNode, Variable]
    after: list[Element] = field(default_factory=list)
    computed: set[Variable] = field(default_factory=set)
    taken: set[Variable] = field(default_factory=set)
    possible: bool = True

    def meet(self, wanted: FlatNode, given: FlatNode) -> None:
        """Let a part of the query's triple, whose variables all differ, be a part of the head."""
        if isinstance(given, Variable):
            if not isinstance(wanted, Variable):
                self.after.append(Filter(same_term(self.names[given], wanted)))
            elif given in self.taken:
                self._set(wanted, self.names[given])
            else:
                self.names[given] = wanted
                self.taken.add(given)
        elif isinstance(wanted, Variable):
            self._set(wanted, given)
        elif isinstance(wanted, NamedNode) or isinstance(given, NamedNode):
            self.possible &= wanted == given
        else:
            self.after.append(Filter(same_term(wanted, given)))

    def _set(self, wanted: Variable, given: FlatNode) -> None:
        self.after.append(Bind(given, wanted))
        self.computed.add(wanted)


def unfolded(view: RuleView, head: Triple, triple: Triple, fresh: FreshVariables) -> Alternative | None:
    """Return how a rule finds a triple by one of its heads; None where it cannot.

    Args:
        view: The rule.
        head: The head.
        triple: The query's triple; its verb is a variable or a property.
        fresh: Makes variables.
    """
    verb = triple.verb
    if not isinstance(verb, Variable | NamedNode) or not isinstance(head.verb, Variable | NamedNode):
        raise TypeError("a property or a variable is expected as verb")
    made = view.makes(head)
    if isinstance(verb, NamedNode) and made is not None and verb.value not in made:
        return None
    body = view.body_for(head, verb if isinstance(verb, NamedNode) else None)
    ends = _Ends(dict(fresh.for_all((body, head))))
    ends.meet(triple.subject, head.subject)
    ends.meet(triple.object, head.object)
    if isinstance(verb, Variable) or made is None:
        ends.meet(verb, head.verb)
    if not ends.possible:
        return None
    group = _named(body, ends.names)
    elements = _pruned([*group.elements, *ends.after, *_valid(group, ends, triple)], triple.variables)
    inside = {each.variable for each in nodes(group) if isinstance(each, Bind | Assignment)}
    mine = frozenset(each for each in triple.variables if each in inside or each in ends.computed)
    return Alternative(tuple(elements), mine, unique=False)


def _named(group: GroupGraphPattern, names: abc.Mapping[Variable | BlankNode, Variable]) -> GroupGraphPattern:
    def change(node: object) -> object | None:
        return names.get(node) if isinstance(node, Variable | BlankNode) else None

    return rebuilt(group, change)


def _pruned(elements: abc.Sequence[Element], wanted: abc.Collection[Variable]) -> list[Element]:
    """Leave out what is computed or listed for nothing: neither wanted nor used by anything else."""
    kept = list(elements)
    for each in reversed(elements):
        if isinstance(each, Bind):
            set_here = {each.variable}
        elif isinstance(each, InlineData) and len(each.rows) == 1:
            set_here = set(each.variables)
        else:
            continue
        others = [other for other in kept if other is not each]
        if not set_here & {*wanted, *variables_of(tuple(others))}:
            kept = others
    return kept


def _valid(group: GroupGraphPattern, ends: _Ends, triple: Triple) -> abc.Iterator[Filter]:
    """Give the conditions under which CONSTRUCT makes a triple: all is bound, no literal is a subject."""
    always = always_bound(group) | ends.computed
    for name in triple.variables:
        if name not in always:
            yield Filter(bound(name))
    subject = triple.subject
    if isinstance(subject, Variable) and subject not in types_subjects(group) and subject not in ends.computed:
        yield Filter(negated(BuiltInCall("ISLITERAL", (subject,))))
    if isinstance(triple.verb, Variable):
        yield Filter(BuiltInCall("ISIRI", (triple.verb,)))
