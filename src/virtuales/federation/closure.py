"""Fetching for paths that may be walked any number of times: step by step, from wherever they have led by now."""

from typing import TYPE_CHECKING

from virtuales.federation.context import Context
from virtuales.query.syntax.flattening import FlatNode, Triple, block
from virtuales.query.syntax.tree import GroupGraphPattern
from virtuales.query.syntax.triples import Path, PathElt
from virtuales.rdf.terms import Variable

if TYPE_CHECKING:
    from virtuales.federation.collecting import Collector


def fetch_closure(triple: Triple, context: Context, collector: "Collector") -> None:
    """Fetch what a path with `?`, `*` or `+` can use."""
    verb = triple.verb
    if not isinstance(verb, PathElt):
        raise TypeError(f"no path of any length: {verb!r}")
    if verb.mod != "+":
        _fetch_nodes(triple, context, collector)
    once = GroupGraphPattern((block([Triple(triple.subject, verb.path, triple.object)]),))
    if verb.mod == "?":
        collector.group(once, context)
    elif _is_known(triple.subject, context):
        _walk(triple.subject, verb.path, context, collector, forward=True)
    elif _is_known(triple.object, context):
        _walk(triple.object, verb.path, context, collector, forward=False)
    else:
        start, end = collector.steps
        collector.group(GroupGraphPattern((block([Triple(start, verb.path, end)]),)), Context(context.place))


def _is_known(node: FlatNode, context: Context) -> bool:
    return not isinstance(node, Variable) or node in context.variables


def _walk(start: FlatNode, path: Path, context: Context, collector: "Collector", *, forward: bool) -> None:
    """Fetch one step after the other from a node that is known, until nothing new comes."""
    here, there = collector.steps

    def step(one: FlatNode, way: Path, other: FlatNode) -> GroupGraphPattern:
        ends = (one, way, other) if forward else (other, way, one)
        return GroupGraphPattern((block([Triple(*ends)]),))

    first, further = step(start, path, there), step(here, path, there)
    collector.group(first, context.narrowed(context.variables, first))
    size = -1
    while size != len(collector.fetcher.local):
        size = len(collector.fetcher.local)
        reached = context.joined(step(start, PathElt(path, "+"), here), {here})
        collector.group(further, reached.narrowed({here}, further))


def _fetch_nodes(triple: Triple, context: Context, collector: "Collector") -> None:
    """Fetch what shows which nodes there are: a path of no length leads from each to itself."""
    ends = (triple.subject, triple.object)
    variables = [each for each in ends if isinstance(each, Variable)]
    if not context.nodes.isdisjoint(variables):
        return
    if len(variables) < len(ends):
        for each in ends:
            if not isinstance(each, Variable):
                collector.fetcher.witness(each, context.place)
        return
    known = next((each for each in variables if each in context.variables), None)
    verb, other = collector.steps
    if known is None:
        all_of_it = GroupGraphPattern((block([Triple(variables[0], verb, other)]),))
        collector.group(all_of_it, Context(context.place))
        return
    for said in (Triple(known, verb, other), Triple(other, verb, known)):
        group = GroupGraphPattern((block([said]),))
        collector.group(group, context.narrowed({known}, group))
