"""What can be attested of an organisation: the concepts of three schemes, stated in `ontology/standing.ttl`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from virtuales.errors import UnknownTerm
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import RDF, SKOS
from virtuales.rdf.terms import NamedNode, Term, plain
from virtuales.resources import contributed

_SCHEMES = "https://w3id.org/virtuales/standing/"


class StandingKind(StrEnum):
    """What is attested of an organisation."""

    CERTIFICATION = "certification"
    GROUP = "group"
    INDUSTRY = "industry"


@dataclass(frozen=True)
class StandingConcept:
    """One kind of certification, one group or one industry.

    Args:
        iri: Its IRI.
        kind: Which scheme it belongs to.
        notation: What people and programs write, such as `iso-27001`.
        name: Its name for people.
        definition: What it takes.
        broader: The concepts that whoever has this one has with it.
    """

    iri: NamedNode
    kind: StandingKind
    notation: str
    name: str
    definition: str
    broader: frozenset[NamedNode] = frozenset()


def get_concept(name: str) -> StandingConcept:
    """Return a concept by its notation or its IRI.

    Raises:
        UnknownTerm: there is none.

    >>> get_concept("iso-27001").kind.value
    'certification'
    """
    for concept in standing_concepts().values():
        if name in (concept.notation, concept.iri.value):
            return concept
    raise UnknownTerm(
        f"`{name}` is no certification, group or industry that is known here.",
        where="concept",
        remedy="List them with `virtuales standing concepts`, and write one as it is written there.",
    )


def with_broader(concepts: Iterable[NamedNode]) -> frozenset[NamedNode]:
    """Return concepts with all that are broader: a distribution network operator is a network operator, too."""
    known, found, ahead = standing_concepts(), set[NamedNode](), list(concepts)
    while ahead:
        concept = ahead.pop()
        if concept not in found:
            found.add(concept)
            ahead.extend(known[concept].broader if concept in known else ())
    return frozenset(found)


def kind_of(concept: NamedNode) -> StandingKind | None:
    """Return which scheme a concept belongs to; also one that another release knows, and None for other IRIs.

    >>> kind_of(NamedNode("https://w3id.org/virtuales/standing/group#to-come")).value
    'group'
    """
    scheme, _, name = concept.value.partition("#")
    kinds = {_SCHEMES + kind: kind for kind in StandingKind}
    return kinds.get(scheme) if name else None


@cache
def standing_concepts() -> Mapping[NamedNode, StandingConcept]:
    """Return every concept, by its IRI, in the order of schemes and notations."""
    facts: dict[NamedNode, dict[NamedNode, list[Term]]] = {}
    for quad in parse_file(contributed("ontology") / "standing.ttl"):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, Term):
            facts.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)
    found = [_concept(iri, said) for iri, said in facts.items() if SKOS.Concept in said.get(RDF.type, ())]
    return MappingProxyType({one.iri: one for one in sorted(found, key=lambda one: (one.kind, one.notation))})


def _concept(iri: NamedNode, said: Mapping[NamedNode, list[Term]]) -> StandingConcept:
    return StandingConcept(
        iri,
        StandingKind(plain(said[SKOS.inScheme][0]).removeprefix(_SCHEMES)),
        plain(said[SKOS.notation][0]),
        plain(said[SKOS.prefLabel][0]),
        plain(said[SKOS.definition][0]),
        frozenset(one for one in said.get(SKOS.broader, ()) if isinstance(one, NamedNode)),
    )
