"""Mapping rules as views: what a rule makes is asked for by asking for what it is made from."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from virtuales.alignment.rewriting.hierarchy import with_hierarchy
from virtuales.alignment.rewriting.vocabulary import Vocabulary
from virtuales.alignment.rules import MappingRule
from virtuales.errors import UnreadableInput
from virtuales.query.syntax.flattening import Flattener, Triple
from virtuales.query.syntax.parser import parse_query
from virtuales.query.syntax.rebuilding import FreshVariables, rebuilt, variables_of
from virtuales.query.syntax.tree import (
    NO_MODIFIER,
    ConstructQuery,
    GroupGraphPattern,
    InlineData,
    MinusGraphPattern,
    SelectClause,
    SubSelect,
    TriplesBlock,
)
from virtuales.rdf.terms import NamedNode, Variable


@dataclass(frozen=True)
class RuleView:
    """A rule as a view.

    Args:
        rule: The rule.
        heads: The triples that it makes, one by one.
        blank: Variables of the heads that stand for blank nodes, of which each solution makes new ones.
        body: What they are made from.
        data: The vocabulary of the data that it reads.
    """

    rule: MappingRule
    heads: tuple[Triple, ...]
    blank: frozenset[Variable]
    body: GroupGraphPattern
    data: Vocabulary

    @classmethod
    def of(cls, rule: MappingRule, data: Vocabulary) -> "RuleView":
        """Make a view of a rule.

        Raises:
            UnreadableInput: the rule is no CONSTRUCT query with a template.
        """
        query = parse_query(rule.query)
        if not isinstance(query, ConstructQuery) or query.template is None:
            raise UnreadableInput("A rule is a CONSTRUCT query with a template.", where=rule.file)
        written = variables_of(query)
        heads = tuple(Flattener(FreshVariables(query)).triples(query.template))
        blank = frozenset(heads_variables(heads)) - written.keys()
        body = query.where
        if query.modifier != NO_MODIFIER or query.values is not None:
            wanted = tuple(name for name in variables_of(query.template) if name in written)
            inner = SubSelect(SelectClause(wanted), body, query.modifier, query.values)
            body = GroupGraphPattern((inner,))
        return cls(rule, heads, blank, body, data)

    def makes(self, head: Triple) -> frozenset[str] | None:
        """Return the properties that a head can have, or None where one cannot see them."""
        if isinstance(head.verb, NamedNode):
            return frozenset({head.verb.value})
        for element in self.body.elements:
            if isinstance(element, InlineData) and head.verb in element.variables:
                column = [row[element.variables.index(head.verb)] for row in element.rows]
                if all(isinstance(each, NamedNode) for each in column):
                    return frozenset(each.value for each in column if isinstance(each, NamedNode))
        return None

    def body_for(self, head: Triple, verb: NamedNode | None) -> GroupGraphPattern:
        """Return what a head is made from where its property is one in particular, the hierarchy answered.

        Args:
            head: The head.
            verb: The property; None for any.
        """
        body = self.body
        if verb is not None and isinstance(head.verb, Variable):
            body = _narrowed(body, head.verb, verb)
        return with_hierarchy(body, self.data.model, FreshVariables(body, self.heads_variables))

    @cached_property
    def heads_variables(self) -> tuple[Variable, ...]:
        """Every variable of the heads."""
        return tuple(heads_variables(self.heads))

    @property
    def where(self) -> str:
        """What names the rule in an account."""
        return f"rule `{self.rule.name}` ({'/'.join(Path(self.rule.file).parts[-2:])})"


def heads_variables(heads: tuple[Triple, ...]) -> dict[Variable, None]:
    """Return the variables of some triples."""
    return {name: None for head in heads for name in head.variables}


def _narrowed(body: GroupGraphPattern, name: Variable, verb: NamedNode) -> GroupGraphPattern:
    """Keep the rows of VALUES in which a variable is a property; write into triples what is then the same in all."""
    elements = []
    known: dict[Variable, NamedNode] = {}
    for element in body.elements:
        if not isinstance(element, InlineData) or name not in element.variables:
            elements.append(element)
            continue
        place = element.variables.index(name)
        rows = tuple(row for row in element.rows if row[place] == verb)
        elements.append(InlineData(element.variables, rows))
        for column, variable in enumerate(element.variables):
            values = {row[column] for row in rows}
            only = values.pop() if len(values) == 1 else None
            if isinstance(only, NamedNode):
                known[variable] = only

    def inside(node: object) -> object | None:
        return known.get(node) if isinstance(node, Variable) else None

    def change(node: object) -> object | None:
        if isinstance(node, MinusGraphPattern | SubSelect):
            return node  # there a variable counts as one that is shared, or is another's
        return rebuilt(node, inside) if isinstance(node, TriplesBlock) else None

    return rebuilt(GroupGraphPattern(tuple(elements)), change)


def types_subjects(body: GroupGraphPattern) -> frozenset[Variable]:
    """Return variables that are the subject of a triple that a body always asks for, so that they are no literals."""
    found = set()
    for element in body.elements:
        if isinstance(element, TriplesBlock):
            found |= {each.subject for each in element.triples if isinstance(each.subject, Variable)}
    return frozenset(found)
