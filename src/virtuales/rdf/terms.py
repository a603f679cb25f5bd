"""The RDF terms that the whole package speaks: those of pyoxigraph, imported here and nowhere above.

See https://www.w3.org/TR/rdf11-concepts/.
"""

from pyoxigraph import BlankNode, Dataset, DefaultGraph, Literal, NamedNode, Quad, Triple, Variable

from virtuales.errors import InputError

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
    "is_unicode",
    "parse_iri",
    "plain",
    "typed",
]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_WITH_TEXT = (NamedNode, Literal, BlankNode)


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
    if isinstance(term, _WITH_TEXT):
        return term.value
    raise TypeError(f"no plain text for {term!r}")


def parse_iri(text: str, *, where: str) -> NamedNode:
    """Read an absolute IRI that somebody handed us.

    Args:
        text: The IRI.
        where: The field it stands in, for the error.

    Raises:
        InputError: the text is no absolute IRI (RFC 3987).

    >>> parse_iri("urn:uuid:1", where="@id").value
    'urn:uuid:1'
    """
    try:
        return NamedNode(text)
    except ValueError:
        shown = text[:200].encode(errors="replace").decode()
        raise InputError(
            f"`{where}` is not an absolute IRI: {shown!r}.", where=where, remedy="Write the IRI in full."
        ) from None


def is_unicode(text: str) -> bool:
    """Tell whether text can stand in a literal: JSON may bring lone surrogates, which are no characters.

    >>> is_unicode("60 °C"), is_unicode(chr(0xD800))
    (True, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
