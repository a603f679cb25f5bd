"""The mappings of a term: what the registered mapping sets say of it, whichever side it stands on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from virtuales.alignment.chaining import invert
from virtuales.alignment.mapping import Mapping
from virtuales.alignment.mapping_set import MappingSet
from virtuales.alignment.rdf_writer import triples
from virtuales.alignment.registered.term_index import SetOfMappings
from virtuales.rdf.terms import Triple
from virtuales.workflow.workspace import Workspace


@dataclass(frozen=True)
class TermMapping:
    """A mapping as it is seen from one of its terms.

    Args:
        name: The name its set is registered under.
        mapping_set: The set it stands in.
        mapping: The mapping as its set has it.
        seen: The same with the term as its subject; what cannot be turned round stays as it is.
    """

    name: str
    mapping_set: MappingSet
    mapping: Mapping
    seen: Mapping

    @property
    def is_turned(self) -> bool:
        """Whether the mapping is written the other way round."""
        return self.seen is not self.mapping

    def other(self, iri: str) -> str:
        """Return the term on the other side: its IRI, or a text in quotation marks."""
        return self.seen.object_key if self.seen.subject_id == iri else self.seen.subject_key

    @property
    def title(self) -> str:
        """A name of the set for people."""
        return self.mapping_set.mapping_set_title or self.mapping_set.mapping_set_id

    @property
    def authors(self) -> tuple[tuple[str, str], ...]:
        """Who made it: IRI and name of each."""
        return self._people(self.mapping.author_id, self.mapping.author_label)

    @property
    def reviewers(self) -> tuple[tuple[str, str], ...]:
        """Who reviewed it: IRI and name of each."""
        return self._people(self.mapping.reviewer_id, self.mapping.reviewer_label)

    def _people(self, iris: tuple[str, ...], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        if len(names) == len(iris):
            return tuple(zip(iris, names, strict=True))
        return tuple((iri, iri.rpartition("/")[2]) for iri in iris) or tuple(("", name) for name in names)


def mappings_of(workspace: Workspace, iri: str) -> list[TermMapping]:
    """Return the mappings of a term, positive ones first, each set's in its own order.

    A set with faults is shown as far as it can be read; `virtuales mappings show` names the faults.

    Args:
        workspace: The node's parts.
        iri: The term.
    """
    found = [_seen(each, mapping, iri) for each, mapping in workspace.mappings_in_use.current.terms.naming(iri)]
    return sorted(found, key=lambda one: (one.mapping.negated or one.mapping.unmapped, one.title))


def mapping_statements(workspace: Workspace, iri: str, document: str) -> Iterator[Triple]:
    """Give the mappings of a term as RDF: each positive one as a triple, and every one with who made it and why.

    Args:
        workspace: The node's parts.
        iri: The term.
        document: IRI under which mappings that have none get one.
    """
    named: dict[str, tuple[MappingSet, list[Mapping]]] = {}
    for each, mapping in workspace.mappings_in_use.current.terms.naming(iri):
        named.setdefault(each.name, (each.mapping_set, []))[1].append(mapping)
    for place, (mapping_set, found) in enumerate(named.values(), start=1):
        mappings = tuple(
            mapping if mapping.record_id else replace(mapping, record_id=f"{document}#mapping-{place}-{number}")
            for number, mapping in enumerate(found, start=1)
        )
        yield from triples(replace(mapping_set, mappings=mappings), direct=True)


def _seen(each: SetOfMappings, mapping: Mapping, iri: str) -> TermMapping:
    turned = mapping if mapping.subject_id == iri else invert(mapping, each.rules) or mapping
    return TermMapping(each.name, each.mapping_set, mapping, turned)
