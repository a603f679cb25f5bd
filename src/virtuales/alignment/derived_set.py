"""What follows from several sets, as a mapping set of its own that says what it comes from."""

from collections import abc
from dataclasses import dataclass, replace
from typing import Final

from virtuales.alignment.chain_rules import ChainRules, rules_of
from virtuales.alignment.chaining import DERIVED_FROM, Derived
from virtuales.alignment.closure import Closure
from virtuales.alignment.mapping import ExtensionDefinition
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.terms import BUILT_IN_PREFIXES, PROV

CHAINED: Final = "urn:virtuales:mappings:chained"
"""What a derived set is called that nobody gave a name."""
_ACCOUNT: Final = ExtensionDefinition(DERIVED_FROM, PROV + "wasDerivedFrom")


@dataclass(frozen=True)
class Wanted:
    """Which conclusions are wanted.

    Args:
        source: What the subjects' IRIs begin with; empty wants all.
        target: What the objects' IRIs begin with; empty wants all.
        confidence: The least confidence; a conclusion whose confidence nobody said is wanted in any case.
    """

    source: str = ""
    target: str = ""
    confidence: float = 0.0

    def __call__(self, derived: Derived) -> bool:
        """Tell whether a conclusion is wanted."""
        mapping = derived.mapping
        sure = mapping.confidence is None or mapping.confidence >= self.confidence
        return sure and mapping.subject_id.startswith(self.source) and mapping.object_id.startswith(self.target)


@dataclass(frozen=True)
class Conclusions:
    """What follows from some sets.

    Args:
        mapping_set: The conclusions; each names in `ext_derived_from` the mappings that led to it.
        contradictions: What negative mappings deny, of what is asserted and of what would follow.
    """

    mapping_set: MappingSet
    contradictions: tuple[Derived, ...]


def derive(
    mapping_sets: abc.Sequence[MappingSet],
    *,
    wanted: Wanted | None = None,
    rules: ChainRules | None = None,
    iri: str = CHAINED,
) -> Conclusions:
    """Work out what follows from some sets together.

    Args:
        mapping_sets: The sets.
        wanted: Which conclusions are wanted; by default all.
        rules: The rules that hold; by default those that all the sets declare.
        iri: What the derived set is called.

    Raises:
        UnknownTerm: a set declares rules that do not exist.
        TooLarge: too much follows.
    """
    mappings = (mapping for each in mapping_sets for mapping in each.mappings)
    closure = Closure(mappings, rules or rules_of(*mapping_sets))
    kept = filter(wanted or Wanted(), closure.derived())
    licences = {each.license for each in mapping_sets}
    made = MappingSet(
        iri,
        tuple(each.mapping for each in kept),
        license=licences.pop() if len(licences) == 1 else "",
        mapping_set_source=tuple(sorted({each.mapping_set_id for each in mapping_sets if each.mapping_set_id})),
        curie_map=merged_prefixes(mapping_sets),
        extension_definitions=(_ACCOUNT,),
    )
    needs_1_1 = any(each.sssom_version == "1.1" for each in mapping_sets)
    return Conclusions(replace(made, sssom_version="1.1") if needs_1_1 else made, tuple(closure.contradictions()))


def merged_prefixes(mapping_sets: abc.Iterable[MappingSet]) -> dict[str, str]:
    """Return prefixes for all that some sets speak of; one that two sets use differently gets a number."""
    made = {"prov": PROV}
    for each in mapping_sets:
        for name, iri in each.curie_map.items():
            if iri in made.values() or iri in BUILT_IN_PREFIXES.values():
                continue
            free, number = name, 2
            while free in made or free in BUILT_IN_PREFIXES:
                free, number = f"{name}{number}", number + 1
            made[free] = iri
    return made
