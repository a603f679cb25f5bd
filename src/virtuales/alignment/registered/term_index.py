"""The mappings of every term, over many sets: looked up without reading through the sets."""

from collections import abc, defaultdict
from dataclasses import dataclass

from virtuales.alignment.chain_rules import ChainRules, rules_of
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.registry import MappingRegistry
from virtuales.alignment.terms import NO_TERM_FOUND


@dataclass(frozen=True)
class SetOfMappings:
    """A set with the name it is registered under and the rules that it declares."""

    name: str
    mapping_set: MappingSet
    rules: ChainRules


class MappingIndex:
    """Where each term stands in some sets.

    A set with faults is taken as far as it can be read; `virtuales mappings show` names the faults.

    Args:
        registry: The sets.
    """

    def __init__(self, registry: MappingRegistry) -> None:
        self.sets = tuple(_set(name, registry) for name in registry.names())
        self._places: dict[str, list[tuple[int, Mapping]]] = defaultdict(list)
        for number, one in enumerate(self.sets):
            for mapping in one.mapping_set.mappings:
                for term in dict.fromkeys((mapping.subject_id, mapping.object_id)):
                    if term and term != NO_TERM_FOUND:
                        self._places[term].append((number, mapping))

    def __len__(self) -> int:
        """Return how many terms some set speaks of."""
        return len(self._places)

    def naming(self, term: str) -> abc.Iterator[tuple[SetOfMappings, Mapping]]:
        """Give the mappings that have a term as subject or object, by set and in each set's own order."""
        for number, mapping in self._places.get(term, ()):
            yield self.sets[number], mapping


def _set(name: str, registry: MappingRegistry) -> SetOfMappings:
    mapping_set = registry.reading(name).mapping_set
    return SetOfMappings(name, mapping_set, rules_of(mapping_set))
