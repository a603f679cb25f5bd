"""The licences a dataset can be published under, read from the contributed facts in `ontology/licences.ttl`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from virtuales.errors import UnknownTerm
from virtuales.rdf.io import parse_file
from virtuales.rdf.namespaces import CC, DCTERMS, RDFS, VES
from virtuales.rdf.terms import Literal, NamedNode, Quad, Term, plain


@dataclass(frozen=True)
class Licence:
    """One licence.

    Args:
        iri: The licence's IRI, as its keeper publishes it.
        identifier: The SPDX identifier, or our own for licences that SPDX does not list.
        title: The licence's name.
        is_open: Whether data under it may be used by anybody for anything.
        permits: What it permits, such as `cc:Distribution`.
        prohibits: What it prohibits, such as `cc:CommercialUse`.
        requires: What it requires, such as `cc:Attribution`.
    """

    iri: NamedNode
    identifier: str
    title: str
    is_open: bool
    permits: frozenset[NamedNode] = frozenset()
    prohibits: frozenset[NamedNode] = frozenset()
    requires: frozenset[NamedNode] = frozenset()


class Licences:
    """The known licences.

    Args:
        licences: Each licence once.
    """

    def __init__(self, licences: Iterable[Licence]) -> None:
        self._by_name = {licence.identifier.lower(): licence for licence in licences}
        self._by_iri = {licence.iri.value: licence for licence in self._by_name.values()}

    def get(self, name: str) -> Licence:
        """Return a licence by its identifier, in any case, or by its IRI.

        Raises:
            UnknownTerm: no such licence is known.
        """
        licence = self._by_name.get(name.lower()) or self._by_iri.get(name)
        if licence is None:
            raise UnknownTerm(
                f"`{name}` is not a licence known to this node.",
                where="licence",
                remedy="Use one of: " + ", ".join(sorted(licence.identifier for licence in self)) + ".",
            )
        return licence

    def __iter__(self) -> Iterator[Licence]:
        """Give every licence."""
        return iter(self._by_name.values())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._by_name)


def load_licences(file: Path) -> Licences:
    """Read the licence facts of a file; a licence is what has an identifier there.

    Raises:
        UnreadableInput: the file is missing or no Turtle.
    """
    facts: dict[NamedNode, dict[NamedNode, list[Term]]] = {}
    for quad in parse_file(file):
        _note(facts, quad)
    return Licences(_licence(iri, node) for iri, node in facts.items() if DCTERMS.identifier in node)


def _note(facts: dict[NamedNode, dict[NamedNode, list[Term]]], quad: Quad) -> None:
    if isinstance(quad.subject, NamedNode):
        facts.setdefault(quad.subject, {}).setdefault(quad.predicate, []).append(quad.object)


def _licence(iri: NamedNode, node: dict[NamedNode, list[Term]]) -> Licence:
    titles = [*node.get(DCTERMS.title, []), *node.get(RDFS.label, [])]
    identifier = plain(node[DCTERMS.identifier][0])
    return Licence(
        iri=iri,
        identifier=identifier,
        title=plain(titles[0]) if titles else identifier,
        is_open=any(isinstance(value, Literal) and value.value == "true" for value in node.get(VES.openLicence, [])),
        permits=_named(node.get(CC.permits, [])),
        prohibits=_named(node.get(CC.prohibits, [])),
        requires=_named(node.get(CC.requires, [])),
    )


def _named(values: list[Term]) -> frozenset[NamedNode]:
    return frozenset(value for value in values if isinstance(value, NamedNode))
