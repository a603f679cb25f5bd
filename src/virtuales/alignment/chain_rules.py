"""What follows from mappings, as data: inverses, chains and weaker relations of the predicates of SKOS, OWL and RDFS.

The rules are those of SSSOM's chaining rules, https://mapping-commons.github.io/sssom/chaining-rules/, with the OWL
chains that it leaves to reasoners. A set declares which groups of them hold for it in the extension slot
`ext_chaining`; see `rules_of`.
"""

from collections import abc
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.terms import (
    BROAD_MATCH,
    CLOSE_MATCH,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    EXACT_MATCH,
    INVERSE_OF,
    NARROW_MATCH,
    RELATED_MATCH,
    SAME_AS,
    SEMAPV,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
)
from virtuales.errors import UnknownTerm

Combination = Literal["product", "minimum"]
"""How the confidence of a conclusion follows from those of its premises; one that is not said counts as 1."""

GROUPS: Final = ("inversion", "transitivity", "over-exact", "generalisation")
"""The groups of rules; all but `generalisation` hold unless a set says otherwise."""
USUAL: Final = ("inversion", "transitivity", "over-exact")
DECLARED_IN: Final = "ext_chaining"
"""The extension slot of a set that names the groups that hold for it, and `minimum` if that combines confidences."""


@dataclass(frozen=True)
class Chain:
    """A rule: from `a first b` and `b second c` follows `a result c`.

    Args:
        first: The first premise's predicate.
        second: The second premise's predicate.
        result: The conclusion's predicate.
        factor: What the combined confidence is multiplied by, above 0 and at most 1.
    """

    first: str
    second: str
    result: str
    factor: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a factor that would make conclusions surer than their premises."""
        if not 0 < self.factor <= 1:
            raise ValueError(f"a factor is above 0 and at most 1, not {self.factor}")


@dataclass(frozen=True)
class ChainRules:
    """The rules that hold.

    Args:
        inverses: Predicate to the predicate that holds the other way round.
        chains: The rules of two premises.
        weaker: Predicate to the predicates that follow from it between the same terms.
        generalise: Whether weaker mappings are derived; negative ones always count against what they follow from.
        combination: How confidences combine.
    """

    inverses: abc.Mapping[str, str] = field(default_factory=dict)
    chains: tuple[Chain, ...] = ()
    weaker: abc.Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    generalise: bool = False
    combination: Combination = "product"

    def chain(self, first: str, second: str) -> Chain | None:
        """Return the rule for two predicates, or None."""
        return next((each for each in self.chains if (each.first, each.second) == (first, second)), None)

    def stronger(self, predicate: str) -> frozenset[str]:
        """Return the predicate and all from which it follows between the same terms."""
        found, waiting = {predicate}, [predicate]
        while waiting:
            weak = waiting.pop()
            new = {strong for strong, follows in self.weaker.items() if weak in follows} - found
            found |= new
            waiting += new
        return frozenset(found)


_SYMMETRIC: Final = (
    EXACT_MATCH,
    CLOSE_MATCH,
    RELATED_MATCH,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    SAME_AS,
    INVERSE_OF,
    SEMAPV + "crossSpeciesExactMatch",
)
_BROADER: Final = SEMAPV + "crossSpeciesBroadMatch"
_NARROWER: Final = SEMAPV + "crossSpeciesNarrowMatch"
INVERSES: abc.Mapping[str, str] = MappingProxyType(
    {
        **{predicate: predicate for predicate in _SYMMETRIC},
        BROAD_MATCH: NARROW_MATCH,
        NARROW_MATCH: BROAD_MATCH,
        _BROADER: _NARROWER,
        _NARROWER: _BROADER,
    }
)
"""Rules RI1 to RI5, and the predicates that are their own inverse."""

WEAKER: abc.Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        EXACT_MATCH: (CLOSE_MATCH,),
        EQUIVALENT_CLASS: (EXACT_MATCH, SUB_CLASS_OF),
        EQUIVALENT_PROPERTY: (EXACT_MATCH, SUB_PROPERTY_OF),
        SAME_AS: (EXACT_MATCH,),
        SUB_CLASS_OF: (BROAD_MATCH,),
        SUB_PROPERTY_OF: (BROAD_MATCH,),
    }
)
"""Rules RG1 and RG2, with what SKOS (S42) and OWL say themselves."""

_TRANSITIVE: Final = (
    EXACT_MATCH,
    NARROW_MATCH,
    BROAD_MATCH,
    EQUIVALENT_CLASS,
    EQUIVALENT_PROPERTY,
    SUB_CLASS_OF,
    SUB_PROPERTY_OF,
    SAME_AS,
)
_SAME: Final = {
    EXACT_MATCH: (NARROW_MATCH, BROAD_MATCH, CLOSE_MATCH, RELATED_MATCH),
    EQUIVALENT_CLASS: (NARROW_MATCH, BROAD_MATCH, CLOSE_MATCH, RELATED_MATCH, EXACT_MATCH, SUB_CLASS_OF),
    EQUIVALENT_PROPERTY: (NARROW_MATCH, BROAD_MATCH, CLOSE_MATCH, RELATED_MATCH, EXACT_MATCH, SUB_PROPERTY_OF),
}
"""Predicates that say that two terms are the same, with those that carry over them (rules RCE1, RCE2, RCE-N1 to N4)."""

_CHAINS: Final[abc.Mapping[str, tuple[Chain, ...]]] = MappingProxyType(
    {
        "transitivity": tuple(Chain(each, each, each) for each in _TRANSITIVE),
        "over-exact": tuple(
            chain
            for same, carried in _SAME.items()
            for each in carried
            for chain in (Chain(same, each, each), Chain(each, same, each))
        ),
    }
)


def rules(groups: abc.Iterable[str] = USUAL, *, combination: Combination = "product") -> ChainRules:
    """Return the rules of some groups.

    Raises:
        UnknownTerm: there is no such group.

    >>> rules(["transitivity"]).chain(EXACT_MATCH, CLOSE_MATCH) is None
    True
    """
    named = frozenset(groups)
    if unknown := sorted(named - set(GROUPS)):
        raise UnknownTerm(f"There are no chaining rules `{unknown[0]}`.", remedy="There are " + ", ".join(GROUPS) + ".")
    return ChainRules(
        inverses=INVERSES if "inversion" in named else {},
        chains=tuple(chain for group, chains in _CHAINS.items() if group in named for chain in chains),
        weaker=WEAKER,
        generalise="generalisation" in named,
        combination=combination,
    )


def rules_of(*mapping_sets: MappingSet) -> ChainRules:
    """Return the rules that hold for some sets together: those that each of them declares, or the usual ones.

    A set declares them in the extension slot `ext_chaining`, such as `inversion transitivity`; `none` declares none,
    and `minimum` among them makes a conclusion as sure as its weakest premise instead of multiplying.

    Raises:
        UnknownTerm: a set names a group that does not exist.
    """
    held, combination = set(USUAL) | {"generalisation"}, "product"
    for each in mapping_sets:
        words = set(each.extensions.get(DECLARED_IN, " ".join(USUAL)).split()) - {"none"}
        if "minimum" in words:
            combination = "minimum"
        held &= words - {"minimum", "product"} if _known(words, each) else set()
    found = rules(group for group in GROUPS if group in held) if mapping_sets else rules()
    return replace(found, combination="minimum") if combination == "minimum" else found


def _known(words: abc.Set[str], mapping_set: MappingSet) -> bool:
    unknown = sorted(words - {*GROUPS, "minimum", "product"})
    if unknown:
        raise UnknownTerm(
            f"There are no chaining rules `{unknown[0]}`.",
            where=f"{mapping_set.file}: {DECLARED_IN}",
            remedy="There are " + ", ".join(GROUPS) + "; `minimum` and `product` combine confidences.",
        )
    return True
