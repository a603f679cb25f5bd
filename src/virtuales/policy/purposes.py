"""The purposes for which data can be asked for: concepts of our own vocabulary, each with a name for people."""

from collections.abc import Mapping
from types import MappingProxyType

from virtuales.errors import UnknownTerm
from virtuales.rdf.namespaces import VES
from virtuales.rdf.terms import NamedNode

PURPOSES: Mapping[NamedNode, str] = MappingProxyType(
    {
        VES.NetworkPlanning: "Network planning",
        VES.SystemOperation: "System operation",
        VES.ConnectionStudy: "Connection study",
        VES.MarketAnalysis: "Market analysis",
        VES.Research: "Research",
        VES.RegulatoryReporting: "Regulatory reporting",
    }
)
"""Each purpose with its name for people."""


def find_purpose(name: str) -> NamedNode:
    """Return a purpose by its IRI or by the last part of it.

    Raises:
        UnknownTerm: no purpose is called so.

    >>> find_purpose("NetworkPlanning").value
    'https://w3id.org/virtuales/ns#NetworkPlanning'
    """
    for purpose in PURPOSES:
        if name in (purpose.value, purpose.value.removeprefix(VES.iri)):
            return purpose
    known = ", ".join(purpose.value.removeprefix(VES.iri) for purpose in PURPOSES)
    raise UnknownTerm(f"`{name}` is not a purpose known here.", where="purpose", remedy=f"Use one of: {known}.")
