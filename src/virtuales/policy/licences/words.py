"""How sentences name what licences permit, prohibit, require and leave out."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from virtuales.policy.profile import short
from virtuales.rdf.namespaces import CC, DPV
from virtuales.rdf.terms import NamedNode

_ACTIONS: Mapping[NamedNode, str] = MappingProxyType(
    {
        CC.DerivativeWorks: "changed versions",
        CC.Distribution: "passing on",
        CC.Reproduction: "copies",
        CC.CommercialUse: "commercial use",
        CC.Attribution: "naming the source",
        CC.Notice: "keeping notices and saying what was changed",
        CC.ShareAlike: "the same licence for what is made of it",
        DPV.PersonalData: "personal data",
    }
)


def said_of(term: NamedNode) -> str:
    """Return how a sentence names an action or a kind of content; of an unknown one the last part of its IRI, in words.

    >>> said_of(NamedNode("https://w3id.org/virtuales/licence#ThirdPartyRights"))
    'third party rights'
    """
    return _ACTIONS.get(term) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", short(term)).lower()


def in_order(terms: Iterable[NamedNode]) -> list[NamedNode]:
    """Return terms in the order of their IRIs."""
    return sorted(terms, key=lambda term: term.value)


def listed(words: Iterable[str], *, joint: str = "or") -> str:
    """Join words as a sentence lists them.

    >>> listed(["a", "b", "c"])
    'a, b or c'
    """
    *first, last = list(words)
    return f"{', '.join(first)} {joint} {last}" if first else last
