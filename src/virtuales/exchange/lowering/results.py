"""Tables of answers in SPARQL's JSON (https://www.w3.org/TR/sparql11-results-json/), such as endpoints give."""

import json

from virtuales.errors import UnreadableInput
from virtuales.exchange.lowering.asking import Table
from virtuales.rdf.terms import BlankNode, Literal, NamedNode, typed

_YES_OR_NO = "answer"


def table_of(body: bytes) -> Table:
    """Return the solutions that an answer holds, in their order; a yes or no is one row with the column `answer`.

    Raises:
        UnreadableInput: it is no answer to a SELECT or ASK query.

    >>> body = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"Vale"}},{}]}}'
    >>> table_of(body)
    Table(names=('n',), rows=[{'n': '"Vale"'}, {}])
    """
    try:
        document = json.loads(body)
        if "boolean" in document:
            return Table((_YES_OR_NO,), [{_YES_OR_NO: str(typed(str(document["boolean"]).lower(), "boolean"))}])
        names = tuple(document["head"]["vars"])
        bindings = document["results"]["bindings"]
        rows = [{name: _written(term) for name, term in row.items()} for row in bindings]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableInput("The answer is no table of SPARQL results.", where="answer") from error
    return Table(names, rows)


def _written(term: dict[str, str]) -> str:
    """Write a term as in N-Triples."""
    value = term["value"]
    if term["type"] == "uri":
        return str(NamedNode(value))
    if term["type"] == "bnode":
        return str(BlankNode(value))
    if "xml:lang" in term:
        return str(Literal(value, language=term["xml:lang"]))
    if "datatype" in term:
        return str(Literal(value, datatype=NamedNode(term["datatype"])))
    return str(Literal(value))
