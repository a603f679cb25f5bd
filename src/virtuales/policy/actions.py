"""The actions of the ODRL vocabulary, each with the one it is included in.

A rule about an action speaks of every action included in it (`odrl:includedIn`,
https://www.w3.org/TR/odrl-vocab/#term-includedIn); `odrl:use` and `odrl:transfer` stand at the top.
"""

from collections.abc import Mapping
from types import MappingProxyType

from virtuales.rdf.namespaces import ODRL
from virtuales.rdf.terms import NamedNode

_INCLUDED = {
    "use": "acceptTracking aggregate annotate anonymize archive attribute compensate concurrentUse delete derive "
    "digitize distribute ensureExclusivity execute grantUse include index inform install modify move nextPolicy "
    "obtainConsent play present print read reproduce reviewPolicy stream synchronize textToSpeech transform translate "
    "uninstall watermark write",
    "play": "display",
    "reproduce": "extract",
    "transfer": "give sell",
}

INCLUDED_IN: Mapping[NamedNode, NamedNode] = MappingProxyType(
    {ODRL[narrow]: ODRL[wide] for wide, names in _INCLUDED.items() for narrow in names.split()}
)
"""Which action encompasses which."""

ACTIONS = frozenset({ODRL.use, ODRL.transfer, *INCLUDED_IN})
"""Every action that a rule can be about."""
