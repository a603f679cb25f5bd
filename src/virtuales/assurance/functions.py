"""Functions that a shapes graph defines in SPARQL (https://www.w3.org/TR/shacl-af/#functions).

One that is in error is left out, and with it what calls it: a query that calls a function that is not there is not
valid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from virtuales.assurance.custom import read_parameters
from virtuales.assurance.queries import prologue
from virtuales.assurance.query_text import parse_query
from virtuales.assurance.reading import RDF_NS, Malformed, Node, Statements
from virtuales.assurance.shapes import SHACL, Fault, Parameter, SparqlFunction
from virtuales.query.in_memory import projected, syntax_complaint

_TYPE = f"{RDF_NS}type"
_COMPLAINT = 160


def read_functions(graph: Statements) -> tuple[dict[str, SparqlFunction], list[Fault]]:
    """Read all functions of a shapes graph; return those that can be called, by their terms, and the faults."""
    written = graph.subclasses(f"{SHACL}SPARQLFunction")
    others = graph.subclasses(f"{SHACL}Function", f"{SHACL}JSFunction") - written
    names = frozenset(node.term[1:-1] for node in graph.nodes() if not written.isdisjoint(node.values(_TYPE)))
    usable: dict[str, SparqlFunction] = {}
    faults: list[Fault] = []
    for node in graph.nodes():
        types = node.values(_TYPE)
        if not others.isdisjoint(types):
            what = "A function was left out: it is not written in SPARQL, and no other language is supported."
            faults.append(Fault(node.term, what, "sh:Function"))
        if written.isdisjoint(types):
            continue
        try:
            usable[node.term] = _function(node, names)
        except Malformed as error:
            faults.append(Fault(node.term, f"A function was left out: {error}", "sh:Function"))
    return _callable(usable, faults), faults


def _callable(usable: dict[str, SparqlFunction], faults: list[Fault]) -> dict[str, SparqlFunction]:
    """Leave out functions that are not valid, or that call themselves by way of others."""
    for name in _circular(usable):
        del usable[name]
        faults.append(Fault(name, "A function was left out: it calls itself.", "sh:SPARQLFunction"))
    while True:
        names = frozenset(name[1:-1] for name in usable)
        wrong = {name: why for name, one in usable.items() if (why := syntax_complaint(one.text, names))}
        if not wrong:
            return {name: _checked(function, names) for name, function in usable.items()}
        for name, why in wrong.items():
            del usable[name]
            what = f"A function was left out: its query is not valid SPARQL: {why[:_COMPLAINT]}"
            faults.append(Fault(name, what, "sh:SPARQLFunction"))


def _circular(usable: Mapping[str, SparqlFunction]) -> list[str]:
    every = frozenset(name[1:-1] for name in usable)
    calls = {
        name: {other for other in usable if _calls(function.text, other[1:-1], every)}
        for name, function in usable.items()
    }
    found = []
    for name in usable:
        reached, waiting = set[str](), list(calls[name])
        while waiting:
            other = waiting.pop()
            if other not in reached:
                reached.add(other)
                waiting += calls[other]
        if name in reached:
            found.append(name)
    return found


def _calls(text: str, function: str, every: frozenset[str]) -> bool:
    """Tell whether a query is valid only with a function."""
    return syntax_complaint(text, every) is None and syntax_complaint(text, every - {function}) is not None


def _function(node: Node, names: frozenset[str]) -> SparqlFunction:
    if not node.term.startswith("<"):
        raise Malformed("A function must have an IRI.")
    forms = [form for form in ("select", "ask") if node.values(form)]
    if len(forms) != 1:
        raise Malformed(f"{node.term} needs one query, as `sh:select` or as `sh:ask`.")
    parameters = _ordered(node)
    text = prologue(node) + node.string(forms[0])
    complaint = syntax_complaint(text, names)
    if complaint:
        raise Malformed(f"The query {node.term} is not valid SPARQL: {complaint[:_COMPLAINT]}")
    query = parse_query(text, {one.name for one in parameters})
    if query.form.lower() != forms[0]:
        raise Malformed(f"`sh:{forms[0]}` holds no {forms[0].upper()} query.")
    return SparqlFunction(node.term, text, parameters)


def _checked(function: SparqlFunction, names: Iterable[str]) -> SparqlFunction:
    """Take note of the variable that the result is read from; ASK has none."""
    return replace(function, result=next(iter(projected(function.text, frozenset(names))), ""))


def _ordered(node: Node) -> tuple[Parameter, ...]:
    """Order the parameters by `sh:order` where one has it, else by the local names of their paths."""
    parameters = read_parameters(node)
    orders = {}
    for one, value in zip(parameters, node.values("parameter"), strict=True):
        parameter = node.graph.node(value)
        orders[one.name] = parameter.number("order") if parameter.values("order") else None
    if any(order is not None for order in orders.values()):
        return tuple(sorted(parameters, key=lambda one: orders[one.name] or Decimal(0)))
    return tuple(sorted(parameters, key=lambda one: one.name))
