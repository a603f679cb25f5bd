"""What a model's profiles ask of data: the mandatory properties of each class, and how far some data has them.

A property is mandatory where the profile's multiplicity has a minimum above zero; of an association only the end that
data states counts. It is the same that shapes generated from the model demand, counted instead of judged.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from virtuales.assurance.dictionary import IntArray
from virtuales.assurance.graph import ColumnarGraph
from virtuales.models.facts import Model, ProfileFact, PropertyFact
from virtuales.rdf.namespaces import RDF


@dataclass(frozen=True)
class Fulfilment:
    """How far the objects of a class have one of its mandatory properties.

    Args:
        profile: IRI of the profile version that asks for it.
        about: IRI of the class.
        of_property: IRI of the property.
        objects: How many objects of the class there are.
        fulfilled: How many of them have the property as often as the profile asks at least.
    """

    profile: str
    about: str
    of_property: str
    objects: int
    fulfilled: int

    @property
    def missing(self) -> int:
        """How many objects lack it."""
        return self.objects - self.fulfilled


class Asked:
    """What the profiles of a model ask of objects.

    Args:
        model: The model.
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    def mandatory(self, profile: ProfileFact, iri: str) -> Mapping[str, int]:
        """Return the mandatory properties of a class in a profile, each with how often it occurs at least.

        A class that no object may have in the profile is asked nothing.
        """
        fact = self._model.classes.get(iri)
        if fact is None:
            return {}
        if profile.keyword in fact.concrete:
            keywords = [*reversed(profile.extends), profile.keyword]
        elif fact.concrete.isdisjoint(profile.extends):
            return {}
        else:
            keywords = [profile.keyword]
        found: dict[str, int] = {}
        for keyword in keywords:
            for each in self._properties(iri, keyword):
                found[each.iri] = each.multiplicities[keyword].minimum
        return {name: least for name, least in found.items() if least > 0}

    def _properties(self, iri: str, keyword: str) -> Iterator[PropertyFact]:
        for each in self._model.ancestors(iri, keyword):
            for fact in self._by_domain.get(each, ()):
                if keyword in fact.multiplicities and fact.used is not False:
                    yield fact

    @cached_property
    def _by_domain(self) -> Mapping[str, list[PropertyFact]]:
        found: dict[str, list[PropertyFact]] = {}
        for fact in self._model.properties.values():
            for domain in fact.domains:
                found.setdefault(domain, []).append(fact)
        return found


def fulfilments(graph: ColumnarGraph, model: Model, profiles: Sequence[str]) -> tuple[Fulfilment, ...]:
    """Count how far one model's graph has what its profiles ask for.

    Args:
        graph: The graph of one model.
        model: The registered model that its profiles belong to.
        profiles: IRIs of the profile versions that its header names; others than the model's are passed over.

    Returns:
        For each profile, class and mandatory property, in this order.
    """
    asked = Asked(model)
    known = {version: profile for profile in model.profiles.values() for version in profile.versions}
    (kind,) = graph.dictionary.lookup([str(RDF.type)])
    subjects, classes = graph.pairs(int(kind))
    present = np.unique(classes)
    names = dict(sorted(zip((term[1:-1] for term in graph.dictionary.texts(present)), present, strict=True)))
    wanted = [
        (iri, name, *each)
        for iri in sorted(known.keys() & set(profiles))
        for name in names
        for each in sorted(asked.mandatory(known[iri], name).items())
    ]
    members = {name: subjects[classes == names[name]] for _, name, _, _ in wanted}
    having = _having(graph, {(name, least) for _, _, name, least in wanted})
    return tuple(
        Fulfilment(iri, name, of, len(members[name]), int(np.isin(members[name], having[of, least]).sum()))
        for iri, name, of, least in wanted
    )


def _having(graph: ColumnarGraph, wanted: Collection[tuple[str, int]]) -> Mapping[tuple[str, int], IntArray]:
    """Return the subjects that have a property so often, for each such pair."""
    pairs = sorted(wanted)
    predicates = graph.dictionary.lookup([f"<{name}>" for name, _ in pairs])
    found: dict[tuple[str, int], IntArray] = {}
    for (name, least), predicate in zip(pairs, predicates, strict=True):
        subjects, times = np.unique(graph.pairs(int(predicate)).first, return_counts=True)
        found[name, least] = subjects[times >= least]
    return found
