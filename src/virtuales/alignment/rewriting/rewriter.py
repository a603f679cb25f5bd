"""Whole queries rewritten: every pattern is asked of the data so that the answers are those of the view.

Variables keep the values that they have in the query's vocabulary, so filters, expressions, CONSTRUCT templates and
what is selected stay as they are.
"""

from collections import abc
from dataclasses import dataclass, replace

from virtuales.alignment.rewriting.account import Account, Entry
from virtuales.alignment.rewriting.alternative import Context
from virtuales.alignment.rewriting.paths import PathRewriter
from virtuales.alignment.rewriting.triples import TripleRewriter
from virtuales.alignment.rewriting.view import View
from virtuales.errors import InputError
from virtuales.query.syntax.flattening import Flattener
from virtuales.query.syntax.rebuilding import FreshVariables, Node, nodes, rebuilt
from virtuales.query.syntax.scope import always_bound, in_scope
from virtuales.query.syntax.tree import (
    Aggregate,
    AskQuery,
    Bind,
    ConstructQuery,
    DescribeQuery,
    Element,
    ExistsFunc,
    Filter,
    FunctionCall,
    GraphGraphPattern,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    MinusGraphPattern,
    OptionalGraphPattern,
    Prologue,
    Query,
    SelectClause,
    SelectQuery,
    ServiceGraphPattern,
    SolutionModifier,
    SubSelect,
    TriplesBlock,
)
from virtuales.query.syntax.triples import BlankNodePropertyList, Collection, TriplesSameSubject
from virtuales.query.syntax.writer import write_query
from virtuales.rdf.namespaces import RDF, XSD
from virtuales.rdf.terms import BlankNode, NamedNode, Variable


@dataclass(frozen=True)
class Rewriting:
    """A rewritten query.

    Args:
        query: The query in the data's vocabulary.
        account: What became of each term.
    """

    query: Query
    account: Account

    @property
    def text(self) -> str:
        """The query as SPARQL."""
        return write_query(self.query)


def rewrite(query: Query, view: View) -> Rewriting:
    """Rewrite a query.

    Args:
        query: The query, in the view's vocabulary of queries.
        view: The data as the query sees it.

    Raises:
        InputError: the query is of a kind that cannot be asked of other data with the same meaning.
    """
    return _QueryRewriter(query, view).rewrite()


class _QueryRewriter:
    def __init__(self, query: Query, view: View) -> None:
        self._query = query
        self._view = view
        self._account = Account()
        self._fresh = FreshVariables(query)
        self._flattener = Flattener(self._fresh)
        self._paths = PathRewriter(TripleRewriter(view, self._fresh, self._account))

    def rewrite(self) -> Rewriting:
        query = self._query
        if isinstance(query, DescribeQuery) or query.where is None:
            raise InputError(
                "DESCRIBE lets the data decide what to tell, in the data's vocabulary.",
                remedy="Write a CONSTRUCT that says what is wanted.",
            )
        self._refuse_services()
        self._note_compared()
        context = Context(sets=_as_sets(query))
        where = self._group(query.where, context)
        modifier = self._within(query.modifier, query.where, context)
        if isinstance(query, SelectQuery):
            select = self._within(self._select(query.select, query.where, query.values), query.where, context)
            fresh: Query = replace(query, select=select, where=where, modifier=modifier)
        elif isinstance(query, ConstructQuery):
            fresh = replace(query, template=_template(query), where=where, modifier=modifier)
        else:
            fresh = replace(query, where=where, modifier=modifier)
        return Rewriting(replace(fresh, prologue=self._prologue(fresh)), self._account)

    def _refuse_services(self) -> None:
        if any(isinstance(node, ServiceGraphPattern) for node in nodes(self._query)):
            raise InputError(
                "SERVICE asks another server, of whose vocabulary nothing is known here.",
                where="SERVICE",
                remedy="Rewrite what is asked of each server by itself.",
            )

    def _note_compared(self) -> None:
        """Note the terms in filters, expressions and lists of values, which stay as they are."""
        for node in nodes(self._query):
            parts: tuple[object, ...] = ()
            if isinstance(node, Filter | Bind):
                parts = (node,)
            elif isinstance(node, InlineData):
                parts = node.rows
            for each in nodes(parts):
                if isinstance(each, NamedNode) and self._view.query.owns(each.value):
                    self._note_one_compared(each.value, node)

    def _note_one_compared(self, term: str, node: object) -> None:
        called = isinstance(node, FunctionCall) and node.function.value == term
        patterns = [each for each in nodes(node) if isinstance(each, TriplesBlock)]
        if called or any(NamedNode(term) in nodes(each) for each in patterns):
            return
        carriers = tuple(map(str, self._view.carriers(term)))
        reason = "" if carriers else "No value of the data becomes it."
        self._account.note(Entry(term, "compared", "kept", carriers, reason))

    def _prologue(self, query: Query) -> Prologue:
        """Add the prefixes that the rewritten query needs."""
        prefixes = dict(query.prologue.prefixes)
        named = {node.value for node in nodes(query) if isinstance(node, NamedNode)} - {RDF.type.value}
        for name, iri in sorted({"xsd": XSD.iri, **self._view.data.prefixes}.items()):
            if iri not in prefixes.values() and any(each.startswith(iri) for each in named):
                free, number = name, 2
                while free in prefixes:
                    free, number = f"{name}{number}", number + 1
                prefixes[free] = iri
        return replace(query.prologue, prefixes=tuple(prefixes.items()))

    def _select(self, select: SelectClause, where: GroupGraphPattern, values: InlineData | None) -> SelectClause:
        """Write out what `*` stands for, since the rewritten pattern has further variables."""
        if select.variables:
            return select
        names = in_scope(where) | dict.fromkeys(values.variables if values else ())
        if not names:
            raise InputError("The query selects no variable.", where="SELECT *", remedy="Write ASK.")
        return replace(select, variables=tuple(names))

    def _within(self, part: Node, where: GroupGraphPattern, context: Context) -> Node:
        """Rewrite the groups of EXISTS within expressions."""
        outer = context.outer | in_scope(where).keys()
        inner = Context(True, frozenset(outer), context.certain | frozenset(always_bound(where)))

        def change(node: object) -> object | None:
            return replace(node, pattern=self._group(node.pattern, inner)) if isinstance(node, ExistsFunc) else None

        return rebuilt(part, change)

    def _group(self, group: GroupGraphPattern, context: Context) -> GroupGraphPattern:
        elements: list[Element] = []
        outer = replace(context, candidates={})
        listed = context.narrowed(each for each in group.elements if isinstance(each, InlineData))
        for place, element in enumerate(group.elements):
            if isinstance(element, TriplesBlock):
                elements += self._triples(element, listed)
            elif isinstance(element, Filter):
                elements.append(self._within(element, group, outer))
            elif isinstance(element, Bind):
                before = GroupGraphPattern(group.elements[:place])
                elements.append(self._within(element, before, outer))
            else:
                elements.append(self._nested(element, outer))
        return GroupGraphPattern(tuple(_joined(elements)))

    def _nested(self, element: Element, context: Context) -> Element:
        match element:
            case GroupOrUnionGraphPattern(alternatives):
                return GroupOrUnionGraphPattern(tuple(self._group(each, context) for each in alternatives))
            case OptionalGraphPattern(pattern):
                return OptionalGraphPattern(self._group(pattern, context))
            case MinusGraphPattern(pattern):
                return MinusGraphPattern(self._group(pattern, replace(context, sets=True)))
            case GraphGraphPattern(name, pattern):
                return GraphGraphPattern(name, self._group(pattern, context))
            case SubSelect():
                return self._sub_select(element, context)
            case _:
                return element

    def _sub_select(self, element: SubSelect, context: Context) -> SubSelect:
        inner = Context(sets=_selects_sets(element.select, element.modifier, outer=context.sets))
        where = self._group(element.where, inner)
        select = self._select(element.select, element.where, element.values)
        return replace(
            element,
            select=self._within(select, element.where, inner),
            where=where,
            modifier=self._within(element.modifier, element.where, inner),
        )

    def _triples(self, written: TriplesBlock, context: Context) -> abc.Iterator[Element]:
        triples = list(self._flattener.triples(written.triples))
        context = context.narrowed(self._paths.asked_of_hierarchy(triples))
        for place, triple in enumerate(triples):
            others = [each for number, each in enumerate(triples) if number != place]
            known = {name for each in others if isinstance(each.verb, Variable | NamedNode) for name in each.variables}
            yield from self._paths.rewrite(triple, context, known)


def _joined(elements: abc.Iterable[Element]) -> abc.Iterator[Element]:
    """Join blocks of triples that follow each other, and in them what is said of one subject."""
    waiting: list[TriplesSameSubject] = []
    for element in elements:
        if not isinstance(element, TriplesBlock):
            if waiting:
                yield TriplesBlock(tuple(waiting))
            waiting = []
            yield element
            continue
        for each in element.triples:
            if waiting and waiting[-1].subject == each.subject:
                waiting[-1] = replace(each, properties=waiting[-1].properties + each.properties)
            else:
                waiting.append(each)
    if waiting:
        yield TriplesBlock(tuple(waiting))


def _as_sets(query: Query) -> bool:
    """Tell whether it makes no difference to a query how often its pattern has a solution."""
    if isinstance(query, SelectQuery):
        return _selects_sets(query.select, query.modifier, outer=False)
    if isinstance(query, ConstructQuery):
        cut = query.modifier.limit is not None or query.modifier.offset is not None
        made = any(isinstance(each, BlankNode | BlankNodePropertyList | Collection) for each in nodes(query.template))
        return not (cut or made or query.modifier.group)
    return isinstance(query, AskQuery) and not query.modifier.group


def _selects_sets(select: SelectClause, modifier: SolutionModifier, *, outer: bool) -> bool:
    if modifier.group or any(isinstance(node, Aggregate) for node in nodes((select, modifier))):
        return False
    cut = modifier.limit is not None or modifier.offset is not None
    return select.modifier == "DISTINCT" or (outer and not cut)


def _template(query: ConstructQuery) -> tuple[TriplesSameSubject, ...]:
    """Return the template; in the short form it is the pattern."""
    if query.template is not None:
        return query.template
    return tuple(
        each for element in query.where.elements if isinstance(element, TriplesBlock) for each in element.triples
    )
