"""Names in messages of the Dataspace Protocol, which may be any text, as IRIs, and back."""

from typing import Final
from urllib.parse import quote, unquote

from virtuales.errors import InputError
from virtuales.rdf.terms import NamedNode, parse_iri

_NAMES: Final = "https://w3id.org/virtuales/name/"
"""What the IRIs of names start with that are no IRIs themselves."""
_LONGEST: Final = 2000


def name_iri(name: str, *, where: str) -> NamedNode:
    """Return the IRI for a name in a message: the name itself where it is one.

    Raises:
        InputError: the name is empty or longer than 2000 characters.

    >>> name_iri("urn:uuid:1", where="consumerPid").value
    'urn:uuid:1'
    >>> name_iri("ACN 0101", where="consumerPid").value
    'https://w3id.org/virtuales/name/ACN%200101'
    """
    if not name or len(name) > _LONGEST:
        raise InputError(
            f"`{where}` is empty or too long.", where=where, remedy=f"Use 1 to {_LONGEST} characters, best an IRI."
        )
    try:
        return parse_iri(name, where=where)
    except InputError:
        return NamedNode(_NAMES + quote(name, safe=""))


def is_own_name(name: str) -> bool:
    """Tell whether a name is no IRI, so that it means something to the connector alone that gave it."""
    return name_iri(name, where="name").value.startswith(_NAMES)


def iri_name(iri: NamedNode) -> str:
    """Return the name that an IRI was made from.

    >>> iri_name(name_iri("ACN 0101", where="consumerPid"))
    'ACN 0101'
    """
    return unquote(iri.value.removeprefix(_NAMES)) if iri.value.startswith(_NAMES) else iri.value
