"""What an element of CIM/XML may look like (IEC 61970-552), and what is said of one that looks otherwise."""

from collections.abc import Collection

from lxml import etree

from virtuales.errors import UnreadableInput
from virtuales.preparation.cim.header import RDF_RESOURCE
from virtuales.rdf.namespaces import RDF

RDF_DESCRIPTION = f"{{{RDF.iri}}}Description"
RDF_PARSE_TYPE = f"{{{RDF.iri}}}parseType"


def term_iri(tag: str) -> str:
    """Turn `{namespace}local` into the term's IRI, which is the two put together.

    >>> term_iri("{http://iec.ch/TC57/CIM100#}Terminal")
    'http://iec.ch/TC57/CIM100#Terminal'
    """
    return tag[1:].replace("}", "", 1) if tag.startswith("{") else tag


def _attributes(element: etree._Element) -> str:
    names = [f"`{name!s}`" for name in element.attrib]
    return "the attributes " + ", ".join(names) if names else "no attribute"


def unnamed(element: etree._Element) -> UnreadableInput:
    """Say that an object has not the one attribute that names it."""
    return UnreadableInput(
        f"The object has {_attributes(element)} where one `rdf:ID` or `rdf:about` belongs.",
        remedy='Name the object with `rdf:ID="_mRID"` or `rdf:about="#_mRID"`, and with nothing else.',
    )


def check_object(element: etree._Element) -> None:
    """Refuse an object with other attributes than its name, or with text around its properties.

    Raises:
        UnreadableInput: it has.
    """
    if len(element.attrib) != 1:
        raise unnamed(element)
    refuse_text(element.text)
    refuse_text(element.tail)


def check_property(child: etree._Element, compounds: Collection[str] = ()) -> None:
    """Refuse a property that has more than text or `rdf:resource`; structured values may have what they need.

    Args:
        child: The property's element.
        compounds: IRIs of the properties whose value is a structured value.

    Raises:
        UnreadableInput: it has an element inside, other attributes, or text beside its value.
    """
    if len(child) and term_iri(str(child.tag)) in compounds:
        check_compound(child, compounds)
        return
    if len(child):
        raise UnreadableInput(
            f"The property has an element inside it: `{child[0].tag!s}`.",
            remedy="Give the inner object an identifier of its own, beside the others, and refer to it.",
        )
    if len(child.attrib) > 1 or (len(child.attrib) and (child.text or child.get(RDF_RESOURCE) is None)):
        raise UnreadableInput(
            f"The property has {_attributes(child)}{' beside text' if child.text else ''}.",
            remedy="A property has either text and no attribute, or `rdf:resource` alone.",
        )
    refuse_text(child.tail)


def check_compound(child: etree._Element, compounds: Collection[str]) -> None:
    """Refuse a structured value that is neither one element without name nor `rdf:parseType="Resource"`.

    Raises:
        UnreadableInput: it is neither.
    """
    nested = child if child.get(RDF_PARSE_TYPE) == "Resource" else child[0]
    if len(child.attrib) != (nested is child) or (nested is not child and (len(child) > 1 or len(nested.attrib))):
        raise UnreadableInput(
            f"The property's value is structured; it has {_attributes(child)} and {len(child)} elements inside.",
            remedy='Put one element, without attributes, into the property, or write `rdf:parseType="Resource"`.',
        )
    for text in (child.text, child.tail, nested.text, nested.tail):
        refuse_text(text)
    for inner in nested:
        check_property(inner, compounds)


def refuse_text(text: str | None) -> None:
    """Refuse text where only white space may stand.

    Raises:
        UnreadableInput: there is some.
    """
    if text and not text.isspace():
        raise UnreadableInput(
            f"Text stands between elements: {text.strip()[:40]!r}.",
            remedy="Put each value into its property's element.",
        )


def empty_value(child: etree._Element) -> str:
    """Return the empty value of a property without text, unless it has attributes that would be lost.

    Raises:
        UnreadableInput: it has.
    """
    if len(child.attrib):
        raise UnreadableInput(
            f"The property's value is text, and it has {_attributes(child)}.",
            remedy="Write the value as the element's text, without attributes.",
        )
    return ""
