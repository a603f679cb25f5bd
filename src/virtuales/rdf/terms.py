"""The RDF terms that the whole package speaks: those of pyoxigraph, imported here and nowhere above.

See https://www.w3.org/TR/rdf11-concepts/.
"""

from pyoxigraph import BlankNode, Dataset, DefaultGraph, Literal, NamedNode, Quad, Triple, Variable

Subject = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple

__all__ = [
    "BlankNode",
    "Dataset",
    "DefaultGraph",
    "Literal",
    "NamedNode",
    "Quad",
    "Subject",
    "Term",
    "Triple",
    "Variable",
    "date_time",
    "plain",
    "typed",
]

_XSD = "http://www.w3.org/2001/XMLSchema#"


def typed(lexical: str, datatype: str) -> Literal:
    """Make a literal of an XML Schema datatype by its local name.

    >>> typed("1.50", "decimal")
    <Literal value=1.50 datatype=<NamedNode value=http://www.w3.org/2001/XMLSchema#decimal>>
    """
    return Literal(lexical, datatype=NamedNode(_XSD + datatype))


def date_time(lexical: str) -> Literal:
    """Make an `xsd:dateTime` literal from its ISO 8601 form."""
    return typed(lexical, "dateTime")


def plain(term: object) -> str:
    """Return the bare text of a term: the IRI, the lexical form, or the blank node's label.

    Raises:
        TypeError: the term is a quoted triple or no term at all.
    """
    if isinstance(term, NamedNode | Literal | BlankNode):
        return term.value
    raise TypeError(f"no plain text for {term!r}")
