"""SPARQL in a shapes graph, read and checked before anything is judged (https://www.w3.org/TR/shacl/#sparql-constraints)."""

import re
from collections.abc import Iterable, Mapping

from virtuales.assurance.dictionary import XSD
from virtuales.assurance.paths import sparql_of
from virtuales.assurance.query_reading import read_parts
from virtuales.assurance.query_text import Construct, parse_construct, parse_query, replaced, tokens_of
from virtuales.assurance.reading import Malformed, Node, Statements, literal_parts
from virtuales.assurance.shapes import SparqlQuery
from virtuales.errors import UnreadableInput
from virtuales.query.in_memory import syntax_complaint
from virtuales.rdf.io import parse_file
from virtuales.rdf.media import TURTLE

_OWL_IMPORTS = "http://www.w3.org/2002/07/owl#imports"
SHAPES_GRAPH = "urn:virtuales:shapes-graph"
_VARIABLES = "urn:virtuales:variable:"
_COMPLAINT = 160
_PLACE = re.compile(r"error at (\d+):(\d+)")
_VARIABLE = re.compile(r"[?$](\w+)")
_ASSIGNED = re.compile(r"\bAS\s+[?$](\w+)\s*\)", re.IGNORECASE)
_GROUPED = re.compile(r"\bGROUP\s+BY((?:\s+[?$]\w+)+)", re.IGNORECASE)


def skolem(term: str) -> str:
    """Write a blank node of the shapes graph as an IRI, so that a query can name it.

    >>> skolem("_:s0xa")
    '<urn:virtuales:blank:s0xa>'
    """
    return f"<urn:virtuales:blank:{term[2:]}>" if term.startswith("_:") else term


def read_query(
    node: Node, form: str, *, shape: Node | None, parameters: Mapping[str, str | None] | None = None
) -> SparqlQuery:
    """Read the query of a constraint, validator or target.

    Args:
        node: The node that holds the query.
        form: `select` or `ask`.
        shape: The shape that is judged; None for a target.
        parameters: Further pre-bound variables with the terms they stand for; None for one without a value.

    Raises:
        Malformed: there is no such query, it is not valid SPARQL, or SHACL does not allow it.
    """
    text = node.string(form)
    if not text:
        raise Malformed(f"`sh:{form}` is missing.")
    if shape is not None and shape.values("path"):
        path = node.graph.node(shape.get("path")).path()
        text = replaced(text, "PATH", sparql_of(path))
    opening = prologue(node)
    whole = opening + text
    _refuse_invalid(whole, node, opening)
    bound = {name: term for name, term in (parameters or {}).items() if term is not None}
    if shape is not None:
        bound |= {"shapesGraph": f"<{SHAPES_GRAPH}>", "currentShape": skolem(shape.term)}
    if any(term.startswith("_:") for term in bound.values()):
        raise Malformed(f"A parameter of the query {node.term} is a blank node, which no query can name.")
    _check(whole, form, bound, target=shape is None)
    calls = bool(node.graph.functions) and syntax_complaint(whole) is not None
    return SparqlQuery(whole, tuple(sorted(bound.items())), tuple(node.values("message")), calls)


def _regrouped(text: str) -> str:
    """Name a variable that is grouped by and assigned, which parsers complain of in words that help nobody.

    What `AS` assigns must not be bound already (https://www.w3.org/TR/sparql11-query/#selectExpressions).
    """
    assigned = set(_ASSIGNED.findall(text))
    grouped = {name for clause in _GROUPED.findall(text) for name in _VARIABLE.findall(clause)}
    both = sorted(assigned & grouped)
    return f"it groups by ?{both[0]}, which it assigns with AS; leave it out of GROUP BY." if both else ""


def _in_query(complaint: str, prologue: str) -> str:
    """Count the lines of a parser's complaint from the first line of the query as it is written in the shapes graph."""
    before = prologue.count("\n")
    return _PLACE.sub(lambda found: f"line {int(found[1]) - before}, column {found[2]}", complaint, count=1)


def read_construct(node: Node) -> tuple[SparqlQuery, tuple[tuple[str, str, str], ...]]:
    """Read the CONSTRUCT query of a SPARQL rule (https://www.w3.org/TR/shacl-af/#SPARQLRule).

    Returns:
        Its pattern as a SELECT query, and its template: terms, and variables with their mark.

    Raises:
        Malformed: there is no such query, it is not valid SPARQL, or SHACL does not allow it.
    """
    node.get("construct")
    opening = prologue(node)
    whole = opening + node.string("construct")
    _refuse_invalid(whole, node, opening)
    construct = parse_construct(whole)
    template = _template(construct)
    variables = sorted({term[1:] for one in template for term in one if term.startswith("?")} - {"this"})
    text = f"{construct.prologue}SELECT {' '.join(f'?{name}' for name in ('this', *variables))} {construct.pattern}"
    _refuse_invalid(text, node, opening)
    _check(text, "select", (), target=False)
    calls = bool(node.graph.functions) and syntax_complaint(text) is not None
    return SparqlQuery(text, calls=calls), template


def _template(construct: Construct) -> tuple[tuple[str, str, str], ...]:
    """Read a template as Turtle, which it is but for its variables; they become IRIs for that time."""
    text, end = "", 0
    for token in tokens_of(construct.template):
        if token.variable:
            text += f"{construct.template[end : token.start]}<{_VARIABLES}{token.variable}>"
            end = token.start + len(token.text)
    text = (text + construct.template[end:]).rstrip().removesuffix(".")
    try:
        quads = list(parse_file(f"{construct.prologue}\n{text}\n.".encode(), TURTLE, base="urn:shapes:"))
    except UnreadableInput as error:
        raise Malformed(f"The template of the rule cannot be read: {error}") from None
    triples = ((str(one.subject), str(one.predicate), str(one.object)) for one in quads)
    return tuple((_marked(one), _marked(two), _marked(three)) for one, two, three in triples)


def _marked(term: str) -> str:
    return f"?{term[len(_VARIABLES) + 1 : -1]}" if term.startswith(f"<{_VARIABLES}") else term


def _refuse_invalid(whole: str, node: Node, opening: str) -> None:
    complaint = syntax_complaint(whole, frozenset(name[1:-1] for name in node.graph.functions))
    if complaint:
        why = _regrouped(whole[len(opening) :]) or _in_query(complaint, opening)[:_COMPLAINT]
        raise Malformed(f"The query {node.term} is not valid SPARQL: {why}")


def _check(text: str, form: str, bound: Iterable[str], *, target: bool) -> None:
    own = set() if target else {"this", "value"} if form == "ask" else {"this"}
    query = parse_query(text, own | set(bound))
    if query.form.lower() != form:
        raise Malformed(f"`sh:{form}` holds no {form.upper()} query.")
    if form == "select" and query.projected and "this" not in query.projected:
        raise Malformed("The SELECT query does not give `$this`.")
    read_parts(text)


def prologue(node: Node) -> str:
    """Write the prefixes that a query's `sh:prefixes` declare, those of imported ontologies included."""
    ontologies = tuple(node.values("prefixes"))
    known = node.graph.prologues
    if ontologies not in known:
        known[ontologies] = _written(node.graph, ontologies)
    return known[ontologies]


def _written(graph: Statements, ontologies: Iterable[str]) -> str:
    declared: dict[str, str] = {}
    waiting, seen = list(ontologies), set[str]()
    while waiting:
        ontology = graph.node(waiting.pop(0))
        if ontology.term in seen:
            continue
        seen.add(ontology.term)
        waiting += ontology.values(_OWL_IMPORTS)
        for declaration in ontology.values("declare"):
            prefix, namespace = _declaration(graph.node(declaration))
            if declared.setdefault(prefix, namespace) != namespace:
                raise Malformed(f"The prefix `{prefix}` is declared twice, with different namespaces.")
    return "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in declared.items())


def _declaration(node: Node) -> tuple[str, str]:
    prefix, namespace = node.string("prefix"), node.get("namespace")
    if namespace.startswith("<"):
        raise Malformed(f"The namespace of the prefix `{prefix}` must be a literal of type xsd:anyURI.")
    lexical, datatype, _ = literal_parts(namespace)
    if datatype not in {f"{XSD}anyURI", f"{XSD}string"}:
        raise Malformed(f"The namespace of the prefix `{prefix}` must be a literal of type xsd:anyURI.")
    return prefix, lexical
