"""What the profiles of CIM models are to one another: which introduce objects, and which add to those of others.

By IEC 61970-600-1 an object is introduced, with `rdf:ID`, in one profile; others say more of it with `rdf:about`.
"""

from collections.abc import Iterable

from virtuales.models.vocabulary import Vocabulary

AUGMENTING_PROFILES = frozenset({"SSH", "TP", "TPBD", "SV", "DY", "DL", "GL"})
"""Profiles whose `rdf:about` adds to an object that another model introduces (IEC 61970-600-1, on profile files)."""

_EQUIPMENT = frozenset({"EQ", "EQBD", "OP", "SC"})
_TOPOLOGY = frozenset({"TP", "TPBD"})


def augments(profiles: Iterable[str]) -> bool:
    """Tell whether a model of these profiles (short names) says more of objects that other models introduce."""
    return all(profile in AUGMENTING_PROFILES for profile in profiles)


def introduces(vocabulary: Vocabulary, profiles: frozenset[str], class_iri: str) -> bool:
    """Tell whether objects of a class are introduced in a model of these profiles, rather than said more of.

    The steady state introduces nothing; topology, state, dynamics, diagrams and locations introduce what equipment does
    not have, and the state nothing that topology has.
    """
    if profiles == {"SSH"}:
        return False
    if not augments(profiles):
        return True
    earlier = _EQUIPMENT if profiles & _TOPOLOGY else _EQUIPMENT | _TOPOLOGY
    return not vocabulary.concrete.get(class_iri, frozenset()) & earlier
