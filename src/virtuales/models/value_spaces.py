"""Which datatypes share values: of XML Schema, RDF and OWL, by the value spaces of OWL 2.

See the [datatype maps of OWL 2](https://www.w3.org/TR/owl2-syntax/#Datatype_Maps): a datatype is part of another, or
has no value in common with it, or neither. Decimal numbers, `xsd:float` and `xsd:double` have no value in common.
"""

from collections.abc import Mapping
from typing import Final

from virtuales.rdf.namespaces import OWL, RDF, RDFS, XSD

_XSD: Final = XSD.iri
ANY_LITERAL: Final = RDFS.Literal.value
NUMBER: Final = OWL.real.value
"""What every number is where no more is to be told apart."""

_PARTS: Final[Mapping[str, str]] = {
    "integer": "decimal",
    "nonNegativeInteger": "integer",
    "nonPositiveInteger": "integer",
    "positiveInteger": "nonNegativeInteger",
    "negativeInteger": "nonPositiveInteger",
    "long": "integer",
    "int": "long",
    "short": "int",
    "byte": "short",
    "unsignedLong": "nonNegativeInteger",
    "unsignedInt": "unsignedLong",
    "unsignedShort": "unsignedInt",
    "unsignedByte": "unsignedShort",
    "normalizedString": "string",
    "token": "normalizedString",
    "language": "token",
    "Name": "token",
    "NCName": "Name",
    "NMTOKEN": "token",
    "dateTimeStamp": "dateTime",
    "yearMonthDuration": "duration",
    "dayTimeDuration": "duration",
}
_ABOVE: Final[Mapping[str, str]] = {
    **{_XSD + part: _XSD + whole for part, whole in _PARTS.items()},
    XSD.decimal.value: OWL.rational.value,
    OWL.rational.value: OWL.real.value,
    XSD.string.value: RDF.PlainLiteral.value,
    RDF.langString.value: RDF.PlainLiteral.value,
}
_XML: Final = RDF.iri + "XMLLiteral"
_FLOATING: Final = frozenset({XSD.float.value, XSD.double.value})
_BELOW_ZERO: Final = _XSD + "nonPositiveInteger"
_NEGATIVE: Final = _XSD + "negativeInteger"
_POSITIVE: Final = _XSD + "positiveInteger"
_FROM_ZERO: Final = _XSD + "nonNegativeInteger"


def is_datatype(iri: str) -> bool:
    """Tell whether an IRI is that of a datatype of XML Schema, RDF or OWL.

    >>> is_datatype("http://www.w3.org/2001/XMLSchema#date"), is_datatype("http://www.w3.org/2002/07/owl#Thing")
    (True, False)
    """
    return iri.startswith(_XSD) or iri in {ANY_LITERAL, _XML} or iri in _ABOVE or iri in _ABOVE.values()


def wider(datatype: str) -> tuple[str, ...]:
    """Return the datatypes that a datatype is part of, the nearest first.

    >>> [name.rpartition("#")[2] for name in wider("http://www.w3.org/2001/XMLSchema#integer")]
    ['decimal', 'rational', 'real']
    """
    found = []
    while (above := _ABOVE.get(datatype)) is not None:
        found.append(above)
        datatype = above
    return tuple(found)


def share_no_value(one: str, two: str) -> bool:
    """Tell whether no value is of both datatypes.

    >>> share_no_value("http://www.w3.org/2001/XMLSchema#string", "http://www.w3.org/2001/XMLSchema#date")
    True
    >>> share_no_value("http://www.w3.org/2001/XMLSchema#int", "http://www.w3.org/2001/XMLSchema#decimal")
    False
    """
    if ANY_LITERAL in {one, two}:
        return False
    ones, twos = (one, *wider(one)), (two, *wider(two))
    if ones[-1] != twos[-1]:
        return True
    if {one, two} == {XSD.string.value, RDF.langString.value}:
        return True
    signs = ((_NEGATIVE, _FROM_ZERO), (_POSITIVE, _BELOW_ZERO))
    return any((low in ones and high in twos) or (low in twos and high in ones) for low, high in signs)


def sort_of_values(datatype: str) -> str:
    """Return the datatype that stands for all that hold the same sort of values: numbers are one sort.

    >>> sort_of_values("http://www.w3.org/2001/XMLSchema#float") == NUMBER
    True
    """
    widest = (datatype, *wider(datatype))[-1]
    return NUMBER if widest in _FLOATING else widest
