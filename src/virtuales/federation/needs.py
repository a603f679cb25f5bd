"""What a pattern needs of the data it is asked of, so that one can tell from a summary what it cannot find there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Final

from virtuales.federation.sketch import End, Hashes, hashed
from virtuales.federation.summary import Summary
from virtuales.query.syntax.flattening import FlatNode, Flattener, Triple
from virtuales.query.syntax.rebuilding import FreshVariables, renamed, variables_of
from virtuales.query.syntax.scope import in_scope
from virtuales.query.syntax.tree import (
    Assignment,
    GroupGraphPattern,
    GroupOrUnionGraphPattern,
    InlineData,
    SubSelect,
    TriplesBlock,
)
from virtuales.rdf.namespaces import RDF
from virtuales.rdf.terms import NamedNode, Variable

if TYPE_CHECKING:
    from virtuales.query.syntax.triples import Verb

_ENDS: Final[tuple[End, End]] = ("subject", "object")
_MANY: Final = 64
"""How many ways to fill in lists of values are looked at one by one."""


@dataclass(frozen=True)
class Needs:
    """What a pattern needs: all of some triples, and of each choice one of the ways. The rest is left out.

    Args:
        triples: The triples whose verbs are properties or variables.
        choices: The choices.
        listed: For variables the only IRIs that they can be.
    """

    triples: tuple[Triple, ...] = ()
    choices: "tuple[tuple[Needs, ...], ...]" = ()
    listed: Mapping[Variable, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, group: GroupGraphPattern) -> "Needs":
        """Read what a group needs."""
        triples: list[Triple] = []
        choices: list[tuple[Needs, ...]] = []
        listed: dict[Variable, frozenset[str]] = {}
        fresh = FreshVariables(group)
        flattener = Flattener(fresh)
        for element in group.elements:
            match element:
                case TriplesBlock():
                    flat = flattener.triples(element.triples)
                    triples += [each for each in flat if isinstance(each.verb, NamedNode | Variable)]
                case GroupOrUnionGraphPattern(alternatives):
                    choices.append(tuple(map(cls.of, alternatives)))
                case SubSelect() if not _is_computed(element):
                    choices.append((cls.of(_seen_from_outside(element, fresh)),))
                case InlineData(variables, rows):
                    if not rows:
                        choices.append(())
                    for place, name in enumerate(variables):
                        column = [row[place] for row in rows]
                        iris = frozenset(each.value for each in column if isinstance(each, NamedNode))
                        if all(isinstance(each, NamedNode) for each in column):
                            listed[name] = listed.get(name, iris) & iris
                case _:
                    pass
        return cls(tuple(triples), tuple(choices), listed)

    def count(self, summary: Summary) -> float:
        """Return how many solutions there are at most, roughly; 0 only where there are none."""
        sizes = [self._count(triple, summary) for triple in self.triples]
        sizes += [sum(way.count(summary) for way in choice) for choice in self.choices]
        for name, iris in self.listed.items():
            if not any(self.may_have(name, iri, summary) for iri in iris):
                return 0
        return min(sizes, default=1)

    def _count(self, triple: Triple, summary: Summary) -> float:
        """Return how many statements fit a triple, whose property and class may be listed."""
        verbs: list[Verb] = [*self._iris(triple.verb)] or [triple.verb]
        objects: list[FlatNode] = [*self._iris(triple.object)] if RDF.type in verbs else []
        objects = objects or [triple.object]
        if len(verbs) * len(objects) > _MANY:
            return summary.count(triple)
        ways = (replace(triple, verb=verb, object=target) for verb, target in product(verbs, objects))
        return sum(summary.count(each) for each in ways)

    def _iris(self, term: object) -> list[NamedNode]:
        """Return what a variable is listed to be."""
        return [NamedNode(each) for each in sorted(self.listed.get(term, ()))] if isinstance(term, Variable) else []

    def may_have(self, name: Variable, iri: str, summary: Summary) -> bool:
        """Tell whether a variable may be an IRI in any solution."""
        if name in self.listed and iri not in self.listed[name]:
            return False
        met = (each for each in self.triples if name in {each.subject, each.object})
        return all(summary.may_have(each, name, iri) for each in met) and all(
            any(way.may_have(name, iri, summary) for way in choice) for choice in self.choices
        )

    def hashes(self, name: Variable, summary: Summary) -> Hashes | None:
        """Return the hashes of all IRIs that a variable may be, and maybe of more; None where nobody knows."""
        if name in self.listed:
            return Hashes(" ".join(map(hashed, self.listed[name])))
        for triple in self.triples:
            for end in _ENDS:
                node = triple.subject if end == "subject" else triple.object
                found = summary.hashes(triple.verb, end) if node == name else None
                if found is not None:
                    return found
        for choice in self.choices:
            ways = [way.hashes(name, summary) for way in choice]
            known = [each for each in ways if each is not None]
            if known and len(known) == len(ways):
                return known[0] if len(known) == 1 else Hashes(" ".join(each.text for each in known))
        return None


def _is_computed(element: SubSelect) -> bool:
    """Tell whether a SELECT gives out groups, of which there may be one though nothing fits."""
    return bool(element.modifier.having) or any(isinstance(each, Assignment) for each in element.select.variables)


def _seen_from_outside(element: SubSelect, fresh: FreshVariables) -> GroupGraphPattern:
    """Return the pattern of a SELECT; variables that it keeps to itself have other names."""
    shown = element.select.variables or tuple(in_scope(element.where))
    hidden = [each for each in variables_of(element.where) if each not in shown]
    return renamed(element.where, {each: fresh.make(each.value) for each in hidden})
